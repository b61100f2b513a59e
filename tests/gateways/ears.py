"""An ear for listeners under test: it remembers what it heard, and everything is safe at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateways.decoders.message import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from gateways.decoders.message import Outcome

PATIENCE_S = 5.0


@dataclass
class Ear:
    """To be used in one event loop."""

    heard: list[Outcome] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    def source_for(self, dialect: str, peer: str) -> str:
        return f"{dialect}:{peer}"

    def hear(self, outcomes: Sequence[Outcome], *, dialect: str, received_at: datetime) -> asyncio.Future[bool]:
        assert dialect
        assert received_at.tzinfo
        self.heard += outcomes
        self._came.set()
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        kept.set_result(True)
        return kept

    def faults(self, reason: str) -> list[str]:
        """The details of the faults of that reason."""
        return [it.detail for it in self.heard if isinstance(it, DecodeError) and it.reason == reason]

    async def until(self, true: Callable[[], object]) -> None:
        """Returns once it is true of what was heard."""
        async with asyncio.timeout(PATIENCE_S):
            while not true():
                self._came.clear()
                await self._came.wait()

    async def until_fault(self, reason: str) -> str:
        """The detail of the first fault of that reason, once there is one."""
        await self.until(lambda: self.faults(reason))
        return self.faults(reason)[0]
