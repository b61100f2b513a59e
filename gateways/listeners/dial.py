"""A line that we keep open by ourselves: opened, listened to, and opened again when it breaks.

It decides how long we wait between two attempts. What is said on it is `conversation`'s, and where the other end is a
radio's PEI, its life is `pei_life`'s.
"""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from gateways.clock import received_now
from gateways.dialects import SHARED
from gateways.listeners.conversation import Conversation
from gateways.listeners.door import Door
from gateways.listeners.limits import Limits
from gateways.listeners.pei_talk import PeiTalk
from gateways.payloads import LineStatus

if TYPE_CHECKING:
    from asyncio import StreamWriter
    from collections.abc import Collection

    from gateways.listeners.listener import Ear
    from gateways.listeners.pei_life import PeiSetup
    from gateways.listeners.ports import Port

_log = logging.getLogger(__name__)

_OPEN_S = 10.0
_LASTING_S = 10.0
_FAREWELL_S = 1.0
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0


class Dialled:
    """One line of one dialect on a port of ours. It never fails to start: a radio may be switched on later."""

    def __init__(
        self,
        dialect: str,
        port: Port,
        *,
        pei: PeiSetup | None = None,
        limits: Limits | None = None,
        allowed: Collection[str] | None = None,
    ) -> None:
        self.port = port
        self.talk: PeiTalk | None = None
        self._dialect = dialect
        self._pei = pei
        self._limits = limits or Limits()
        self._door = Door(allowed, self._limits, is_shared=dialect in SHARED)
        self._task: asyncio.Task[None] | None = None
        self._state, self._since, self._detail = "connecting", received_now(), ""

    @property
    def line(self) -> LineStatus:
        """Which line this is and how it is."""
        state, since, detail = self._state, self._since, self._detail
        if self.talk is not None and state == "connected":
            state, since, detail = self.talk.state
        return LineStatus(
            name=f"{self.port.over} {self.port.peer}",
            over=self.port.over,
            dialect=self._dialect,
            state=state,
            since=since,
            detail=detail,
        )

    @property
    def radios(self) -> tuple[PeiTalk, ...]:
        """The radio at the other end, where there is one."""
        return (self.talk,) if self.talk is not None else ()

    async def start(self, ear: Ear) -> None:
        """Begins to open the port."""
        if self._pei is not None:
            self.talk = PeiTalk(self._pei)
        self._task = asyncio.create_task(self._keep(ear))

    async def stop(self) -> None:
        """Closes it."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _keep(self, ear: Ear) -> None:
        failures = 0
        while True:
            began_s = monotonic()
            try:
                await self._once(ear)
            except Exception as error:  # noqa: BLE001 - said below
                # A fault of ours ends a connection, never the line: nobody would see that it is deaf.
                _log.exception("the line %s failed", self.line.name)
                self._now("connecting", f"A fault of ours: {error!r}.")
            failures = 0 if monotonic() - began_s >= _LASTING_S else min(failures + 1, 16)
            # Doubling waits with jitter: behind one switch all lines break at once, and come back so.
            ceiling_s = min(_LONGEST_WAIT_S, _SHORTEST_WAIT_S * 2**failures)
            await asyncio.sleep(ceiling_s * random.uniform(0.5, 1.0))  # noqa: S311  # spread, not secrecy

    async def _once(self, ear: Ear) -> None:
        """One connection from its opening to its end, whatever ends it."""
        try:
            async with asyncio.timeout(_OPEN_S):
                reader, writer = await self.port.open()
        except (OSError, TimeoutError) as error:
            self._now("connecting", f"It cannot be opened: {_why(error)}.")
            return
        self._now("connected", "")
        conversation = Conversation(
            self._dialect, peer=self.port.peer, address=None, ear=ear, door=self._door, limits=self._limits
        )
        try:
            if self.talk is not None:
                self.talk.opened(reader, writer)
            await conversation.hold(self.talk or reader, writer)
            self._now("connecting", "The other end hung up, or was silent for too long.")
        except (OSError, TimeoutError) as error:
            self._now("connecting", f"It broke: {_why(error)}.")
        finally:
            if self.talk is not None:
                self.talk.closed()
            await _closed(writer)

    def _now(self, state: str, detail: str) -> None:
        if state != self._state:
            self._since = received_now()
        self._state, self._detail = state, detail


async def _closed(writer: StreamWriter) -> None:
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_FAREWELL_S):
            await writer.wait_closed()


def _why(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or "nobody answers"
