"""Streams of one dialect over TCP: vehicle modems, and serial lines behind device servers.

It decides how long a peer may be silent, when what its decoder holds back is let go, and when a device hears its
acknowledgement. Serial-over-TCP is raw octets, with no telnet negotiation.
"""

from __future__ import annotations

import asyncio
from math import inf
from typing import TYPE_CHECKING

from gateways.clock import received_now
from gateways.decoders.message import DecodeError, Ignored
from gateways.dialects import DIALECTS, HOLDING_BACK
from gateways.listeners.door import Door
from gateways.listeners.limits import Limits
from gateways.listeners.listener import QUIET_S
from gateways.listeners.streams import READ_OCTETS, StreamServer
from gateways.payloads import LineStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gateways.decoders.message import Decoder, Outcome
    from gateways.listeners.door import Admitted
    from gateways.listeners.listener import Ear
    from gateways.tls import Tls


class TcpListener:
    """Listens on `host:port`; port 0 takes a free one, and `port` then says which.

    With `allowed` only those devices are heard, and a stranger's connection ends.
    """

    def __init__(
        self,
        dialect: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        allowed: Collection[str] | None = None,
        tls: Tls | None = None,
        limits: Limits | None = None,
    ) -> None:
        limits = limits or Limits()
        self.host = host
        self.port = port
        self._dialect = dialect
        self._make = DIALECTS[dialect]
        self._idle_s = limits.idle_s
        self._message_s = limits.message_s
        # 2,000 connections need not wake for nothing.
        self._quiet_s = QUIET_S if dialect in HOLDING_BACK else limits.idle_s
        self._door = Door(allowed, limits)
        self._server = StreamServer("TCP", host, port, tls=tls, limits=limits)

    @property
    def line(self) -> LineStatus:
        """Where it listens, and to how many."""
        name = f"tcp {self.host}:{self.port}"
        return LineStatus(name=name, over="tcp", dialect=self._dialect, connections=self._server.connections)

    async def start(self, ear: Ear) -> None:
        """Begins to listen. Raises ListenerError for an address that cannot be had, TlsError for unusable files."""

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            host, port = _peer_of(writer)
            decoder = self._make(ear.source_for(self._dialect, f"{host}:{port}"))
            try:
                await self._listen_to(reader, writer, decoder, ear)
            finally:
                self._hear(decoder.flush(), host, ear)

        def fault(error: DecodeError) -> None:
            ear.hear([error], dialect=self._dialect, received_at=received_now())

        self.port = await self._server.start(converse, fault)

    async def stop(self) -> None:
        """Stops listening and ends every connection."""
        await self._server.stop()

    async def _listen_to(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, decoder: Decoder, ear: Ear
    ) -> None:
        """Until the peer leaves, has been silent for too long, or cannot be understood any more."""
        (address, _), clock = _peer_of(writer), asyncio.get_running_loop().time
        wait_s, begun_s = self._quiet_s, inf  # when the message began that is not whole yet
        while True:
            left_s = begun_s + self._message_s - clock()
            try:
                async with asyncio.timeout(min(wait_s, left_s)):
                    data = await reader.read(READ_OCTETS)
            except TimeoutError:
                if left_s <= wait_s or wait_s == self._idle_s:
                    self._hear([_given_up(half=left_s <= wait_s)], address, ear)
                    return
                outcomes = decoder.flush()
                wait_s = self._idle_s  # nothing is held back any more, so that there is nothing to wake up for
            else:
                if not data:
                    return
                outcomes = decoder.feed(data, received_at=received_now())
                wait_s = self._quiet_s
                if data.strip():
                    begun_s = min(begun_s, clock())
            # Octets that come one by one, and make no message, buy nobody any time.
            if outcomes:
                begun_s = inf
            elif clock() - begun_s > self._message_s:
                self._hear([_given_up(half=True)], address, ear)
                return
            admitted, kept = self._hear(outcomes, address, ear)
            if not await self._answer(writer, admitted, kept):
                return

    def _hear(self, outcomes: Sequence[Outcome], address: str, ear: Ear) -> tuple[Admitted, asyncio.Future[bool]]:
        admitted = self._door.admit(outcomes, address)
        return admitted, ear.hear(admitted.outcomes, dialect=self._dialect, received_at=received_now())

    async def _answer(self, writer: asyncio.StreamWriter, admitted: Admitted, kept: asyncio.Future[bool]) -> bool:
        """Tells the device what is safe; what is not it keeps, and sends again. True while the conversation goes on."""
        if admitted.answer and await kept:
            writer.write(admitted.answer)
        if admitted.refusal:
            writer.write(admitted.refusal)
        async with asyncio.timeout(self._idle_s):
            await writer.drain()
        return not admitted.is_over


def _peer_of(writer: asyncio.StreamWriter) -> tuple[str, int]:
    """Address and port; of one that has hung up meanwhile nobody knows them any more."""
    host, port = (writer.get_extra_info("peername") or ("nobody", 0))[:2]
    return str(host), int(port)


def _given_up(*, half: bool) -> Outcome:
    """What is counted when the peer keeps us waiting; to be silent between two messages is no fault."""
    return DecodeError("message_unfinished") if half else Ignored(why="silent_too_long")
