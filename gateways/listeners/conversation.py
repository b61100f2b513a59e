"""What is said on one connection of one dialect, from its first octet to its last.

It decides how long the other end may be silent or in the middle of a message, when what its decoder holds back is let
go, and when a device hears its acknowledgement. Who opened the connection makes no difference.
"""

from __future__ import annotations

import asyncio
from math import inf
from typing import TYPE_CHECKING, Protocol

from gateways.clock import received_now
from gateways.decoders.message import DecodeError, Ignored
from gateways.dialects import CHATTING, DIALECTS, HOLDING_BACK
from gateways.listeners.listener import QUIET_S
from gateways.listeners.streams import READ_OCTETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.decoders.message import Outcome
    from gateways.listeners.door import Admitted, Door
    from gateways.listeners.limits import Limits
    from gateways.listeners.listener import Ear


class Stream(Protocol):
    """What can be read from; an asyncio.StreamReader is one."""

    async def read(self, n: int) -> bytes:
        """The next octets, `n` at most; none at the end."""
        ...


class Conversation:
    """One connection, listened to: `peer` is how the other end is called, `address` what it shares with others."""

    def __init__(self, dialect: str, *, peer: str, address: str | None, ear: Ear, door: Door, limits: Limits) -> None:
        self._dialect = dialect
        self._decoder = DIALECTS[dialect](ear.source_for(dialect, peer))
        self._address = address
        self._ear = ear
        self._door = door
        self._idle_s = limits.idle_s
        self._message_s = inf if dialect in CHATTING else limits.message_s
        # 2,000 connections need not wake for nothing.
        self._quiet_s = QUIET_S if dialect in HOLDING_BACK else limits.idle_s

    async def hold(self, stream: Stream, writer: asyncio.StreamWriter) -> None:
        """Until the other end leaves, has been silent for too long, or cannot be understood any more."""
        try:
            await self._listen_to(stream, writer)
        finally:
            self._hear(self._decoder.flush())

    async def _listen_to(self, stream: Stream, writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        wait_s, begun_s = self._quiet_s, inf  # when the message began that is not whole yet
        while True:
            left_s = begun_s + self._message_s - clock()
            try:
                async with asyncio.timeout(min(wait_s, left_s)):
                    data = await stream.read(READ_OCTETS)
            except TimeoutError:
                if left_s <= wait_s or wait_s == self._idle_s:
                    self._hear([_given_up(half=left_s <= wait_s)])
                    return
                outcomes = self._decoder.flush()
                wait_s = self._idle_s  # nothing is held back any more, so that there is nothing to wake up for
            else:
                if not data:
                    return
                outcomes = self._decoder.feed(data, received_at=received_now())
                wait_s = self._quiet_s
                if data.strip():
                    begun_s = min(begun_s, clock())
            # Octets that come one by one, and make no message, buy nobody any time.
            if outcomes:
                begun_s = inf
            elif clock() - begun_s > self._message_s:
                self._hear([_given_up(half=True)])
                return
            admitted, kept = self._hear(outcomes)
            if not await self._answer(writer, admitted, kept):
                return

    def _hear(self, outcomes: Sequence[Outcome]) -> tuple[Admitted, asyncio.Future[bool]]:
        admitted = self._door.admit(outcomes, self._address)
        return admitted, self._ear.hear(admitted.outcomes, dialect=self._dialect, received_at=received_now())

    async def _answer(self, writer: asyncio.StreamWriter, admitted: Admitted, kept: asyncio.Future[bool]) -> bool:
        """Tells the device what is safe; what is not it keeps, and sends again. True while the conversation goes on."""
        if admitted.answer and await kept:
            writer.write(admitted.answer)
        if admitted.refusal:
            writer.write(admitted.refusal)
        async with asyncio.timeout(self._idle_s):
            await writer.drain()
        return not admitted.is_over


def _given_up(*, half: bool) -> Outcome:
    """What is counted when the peer keeps us waiting; to be silent between two messages is no fault."""
    return DecodeError("message_unfinished") if half else Ignored(why="silent_too_long")
