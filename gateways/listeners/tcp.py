"""Streams of one dialect over TCP: vehicle modems, and serial lines behind device servers.

It decides how long a peer may be silent, and when what its decoder holds back is let go. Serial-over-TCP is raw
octets, with no telnet negotiation.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateways.clock import received_now
from gateways.dialects import DIALECTS
from gateways.listeners.listener import QUIET_S
from gateways.listeners.streams import READ_OCTETS, StreamServer

if TYPE_CHECKING:
    from gateways.decoders.message import Decoder
    from gateways.listeners.listener import Ear


class TcpListener:
    """Listens on `host:port`; port 0 takes a free one, and `port` then says which."""

    def __init__(self, dialect: str, *, host: str = "127.0.0.1", port: int = 0, idle_s: float = 600.0) -> None:
        self.port = port
        self._dialect = dialect
        self._make = DIALECTS[dialect]
        self._idle_s = idle_s
        self._server = StreamServer("TCP", host, port)

    async def start(self, ear: Ear) -> None:
        """Begins to listen. Raises ListenerError for an address that cannot be had."""

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            host, port = writer.get_extra_info("peername")[:2]
            decoder = self._make(ear.source_for(self._dialect, f"{host}:{port}"))
            try:
                await self._listen_to(reader, decoder, ear)
            finally:
                ear.hear(decoder.flush(), dialect=self._dialect, received_at=received_now())

        self.port = await self._server.start(converse)

    async def stop(self) -> None:
        """Stops listening and ends every connection."""
        await self._server.stop()

    async def _listen_to(self, reader: asyncio.StreamReader, decoder: Decoder, ear: Ear) -> None:
        """Until the peer leaves or has been silent for too long."""
        silent_s = 0.0
        while silent_s < self._idle_s:
            try:
                data = await asyncio.wait_for(reader.read(READ_OCTETS), QUIET_S)
            except TimeoutError:
                silent_s += QUIET_S
                ear.hear(decoder.flush(), dialect=self._dialect, received_at=received_now())
                continue
            if not data:
                return
            silent_s = 0.0
            received_at = received_now()
            ear.hear(decoder.feed(data, received_at=received_at), dialect=self._dialect, received_at=received_at)
