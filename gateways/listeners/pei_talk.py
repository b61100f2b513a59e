"""A PEI line between a port and whoever listens to it: what the line's life wants said is said in between.

It decides when the life is told of time passing. Everything that comes goes on to the listener, answers and all: the
decoder passes them by.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from gateways.clock import received_now
from gateways.listeners.pei_life import PeiLife

if TYPE_CHECKING:
    from datetime import datetime

    from gateways.listeners.pei_life import PeiSetup

# A command of somebody else's may shorten the wait: so it is looked at once a second at least.
_LONGEST_NAP_S, _SHORTEST_NAP_S = 1.0, 0.01


class PeiTalk:
    """The life of one line through all its connections."""

    def __init__(self, setup: PeiSetup) -> None:
        self.life = PeiLife(setup)
        self.since = received_now()
        self._writer: asyncio.StreamWriter | None = None
        self._reader: asyncio.StreamReader | None = None
        self._shown = self.life.state

    @property
    def state(self) -> tuple[str, datetime, str]:
        """The state, when it began, and a sentence."""
        return str(self.life.state), self.since, self.life.detail

    def opened(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection begins."""
        self._reader, self._writer = reader, writer
        self.life.opened(monotonic())
        self._say()

    def closed(self) -> None:
        """It has ended."""
        self._reader = self._writer = None
        self.life.closed(monotonic())
        self.life.take()
        self._note()

    async def read(self, n: int) -> bytes:
        """What comes next, as a stream's `read`; meanwhile the line lives."""
        if self._reader is None:
            return b""
        while True:
            self.life.tick(monotonic())
            self._say()
            nap_s = min(max(self.life.next_s - monotonic(), _SHORTEST_NAP_S), _LONGEST_NAP_S)
            try:
                async with asyncio.timeout(nap_s):
                    data = await self._reader.read(n)
            except TimeoutError:
                continue
            if data:
                self.life.heard(data, monotonic())
                self._say()
            return data

    def send(self, called: int, digits: str, bits: int, *, within_s: float) -> asyncio.Future[str | None]:
        """Has the radio send user data to a subscriber. The future is None once the radio took it, else why not."""
        sent: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

        def told(why: str | None) -> None:
            if not sent.done():
                sent.set_result(why)

        now_s = monotonic()
        self.life.send(called, digits, bits, told, now_s=now_s, until_s=now_s + within_s)
        self._say()
        return sent

    def _say(self) -> None:
        out = self.life.take()
        if out and self._writer is not None and not self._writer.is_closing():
            self._writer.write(out)
        self._note()

    def _note(self) -> None:
        if self.life.state is not self._shown:
            self._shown, self.since = self.life.state, received_now()
