"""Datagrams of one dialect on a port: each whole in itself, peers told apart by where they come from.

It decides how many peers are remembered, when a quiet one has nothing more to add, and when a device hears its
acknowledgement. A source address can be forged, so a port like this belongs on a private network.
"""

from __future__ import annotations

import asyncio
import socket
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from gateways.clock import received_now
from gateways.dialects import BINARY, HOLDING_BACK, OVER_UDP
from gateways.listeners.door import Door
from gateways.listeners.listener import QUIET_S, sentence_for
from gateways.payloads import LineStatus

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateways.decoders.message import Decoder
    from gateways.listeners.limits import Limits
    from gateways.listeners.listener import Ear

_MOST_PEERS = 20_000
# What arrives while we decode waits here; the system may grant less.
_BUFFER_OCTETS = 4 * 1024 * 1024


class UdpListener:
    """Listens on `host:port`; port 0 takes a free one, and `port` then says which.

    With `allowed` only those devices are heard.
    """

    def __init__(
        self,
        dialect: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        allowed: Collection[str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.dialect = dialect
        self._door = Door(allowed, limits)
        self.host = host
        self.port = port
        self._transport: asyncio.DatagramTransport | None = None
        self._peers: _Peers | None = None

    @property
    def line(self) -> LineStatus:
        """Where it listens; datagrams have no connections."""
        return LineStatus(name=f"udp {self.host}:{self.port}", over="udp", dialect=self.dialect)

    async def start(self, ear: Ear) -> None:
        """Begins to listen. Raises ListenerError for an address that cannot be had."""
        loop = asyncio.get_running_loop()
        with sentence_for("UDP", self.host, self.port):
            transport, self._peers = await loop.create_datagram_endpoint(
                lambda: _Peers(ear, self.dialect, self._door), local_addr=(self.host, self.port)
            )
        self._transport = transport
        wire = transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_OCTETS)
        self.port = wire.getsockname()[1]

    async def stop(self) -> None:
        """Stops listening; what was held back in the hope of more is heard as it is."""
        if self._peers is not None:
            self._peers.end()
        if self._transport is not None:
            self._transport.close()


class _Peers(asyncio.DatagramProtocol):
    """One decoder for each address heard of late; the longest silent are forgotten first."""

    def __init__(self, ear: Ear, dialect: str, door: Door) -> None:
        self._ear = ear
        self._door = door
        self._dialect = dialect
        self._make = OVER_UDP[dialect]
        # A datagram is whole: a line in it has ended, also where its sender did not say so.
        self._line_end = b"" if dialect in BINARY else b"\n"
        self._decoders: OrderedDict[tuple[str, int], Decoder] = OrderedDict()
        self._timers: dict[tuple[str, int], asyncio.TimerHandle] = {}
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        received_at = received_now()
        peer = cast("tuple[str, int]", addr[:2])
        outcomes = self._decoder_of(peer).feed(data + self._line_end, received_at=received_at)
        admitted = self._door.admit(outcomes, peer[0])
        kept = self._ear.hear(admitted.outcomes, dialect=self._dialect, received_at=received_at)
        if admitted.answer:
            kept.add_done_callback(partial(self._answer, admitted.answer, addr))
        if self._dialect not in HOLDING_BACK:
            return
        if peer in self._timers:
            self._timers[peer].cancel()
        self._timers[peer] = asyncio.get_running_loop().call_later(QUIET_S, self._quiet, peer)

    def end(self) -> None:
        """Nobody will be quiet any more."""
        for peer in list(self._timers):
            self._quiet(peer)

    def _answer(self, octets: bytes, addr: tuple[str | Any, int], kept: asyncio.Future[bool]) -> None:
        """Tells the device what is safe; what is not it keeps, and sends again."""
        if self._transport is not None and not self._transport.is_closing() and not kept.cancelled() and kept.result():
            self._transport.sendto(octets, addr)

    def _decoder_of(self, peer: tuple[str, int]) -> Decoder:
        decoder = self._decoders.get(peer)
        if decoder is None:
            decoder = self._decoders[peer] = self._make(self._ear.source_for(self._dialect, f"{peer[0]}:{peer[1]}"))
            if len(self._decoders) > _MOST_PEERS:
                longest_silent = next(iter(self._decoders))
                self._quiet(longest_silent)
                del self._decoders[longest_silent]
        self._decoders.move_to_end(peer)
        return decoder

    def _quiet(self, peer: tuple[str, int]) -> None:
        """What the peer's decoder held back, once nothing more has come for half a second."""
        if (timer := self._timers.pop(peer, None)) is not None:
            timer.cancel()
            admitted = self._door.admit(self._decoders[peer].flush(), peer[0])
            self._ear.hear(admitted.outcomes, dialect=self._dialect, received_at=received_now())
