"""The mesh of TAK: everybody tells a multicast group where they are, as XML or protobuf, one event a datagram.

It decides which interfaces are listened on, and knows a datagram again that two of them bring. Nothing proves who sent
one, so a group like this belongs on a network of one's own.
"""

from __future__ import annotations

import asyncio
import socket
from collections import OrderedDict
from hashlib import blake2b
from time import monotonic
from typing import TYPE_CHECKING

from gateways.clock import received_now
from gateways.decoders.cot_protobuf import CotDatagrams
from gateways.decoders.message import Ignored
from gateways.listeners.door import Door
from gateways.listeners.listener import sentence_for
from gateways.listeners.tak import DIALECT, without_ours
from gateways.payloads import LineStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gateways.listeners.limits import Limits
    from gateways.listeners.listener import Ear

# protocols.md 8: where ATAK and WinTAK tell each other where they are.
GROUP, PORT = "239.2.3.1", 6969

_BUFFER_OCTETS = 4 * 1024 * 1024
# Two interfaces bring the same datagram within milliseconds of each other; a device says nothing twice to the letter.
_SAME_WITHIN_S = 2.0
_MOST_REMEMBERED = 4_096
# Linux: only what comes in by an interface that this socket has joined on, and not what others on the host have.
_IP_MULTICAST_ALL = 49


class MulticastListener:
    """Listens to a group on some interfaces, each named by an address of its own (none: the system chooses).

    With `allowed` only those devices are heard; `ours` is how the uids begin that ARLS itself sends there.
    """

    def __init__(
        self,
        *,
        group: str = GROUP,
        port: int = PORT,
        interfaces: Sequence[str] = (),
        allowed: Collection[str] | None = None,
        limits: Limits | None = None,
        ours: str = "",
    ) -> None:
        self.port = port
        self._group = group
        self._interfaces = interfaces or ("0.0.0.0",)  # noqa: S104  # INADDR_ANY: the system's choice (ip(7))
        self._door = Door(allowed, limits)
        self._ours = ours
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def line(self) -> LineStatus:
        """Which group; datagrams have no connections."""
        return LineStatus(name=f"multicast {self._group}:{self.port}", over="multicast", dialect=DIALECT)

    async def start(self, ear: Ear) -> None:
        """Begins to listen. Raises ListenerError for a group or interface that cannot be had."""
        with sentence_for("multicast", self._group, self.port):
            wire = self._joined()
        self.port = wire.getsockname()[1]
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Mesh(ear, self._door, self._ours), sock=wire
        )

    async def stop(self) -> None:
        """Leaves the group."""
        if self._transport is not None:
            self._transport.close()

    def _joined(self) -> socket.socket:
        wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
        try:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a TAK client on this host listens there too
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_OCTETS)
            wire.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
            wire.bind((self._group, self.port))
            for interface in self._interfaces:
                request = socket.inet_aton(self._group) + socket.inet_aton(interface)
                wire.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
            wire.setblocking(False)  # socket's signature
        except OSError:
            wire.close()
            raise
        return wire


class _Mesh(asyncio.DatagramProtocol):
    """Hears every datagram once."""

    def __init__(self, ear: Ear, door: Door, ours: str) -> None:
        self._ear = ear
        self._door = door
        self._ours = ours
        self._decoder = CotDatagrams(own_units_only=True)
        self._lately: OrderedDict[bytes, float] = OrderedDict()  # when a datagram of that content came

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        received_at = received_now()
        if self._knows(data):
            self._ear.hear([Ignored(why="duplicate")], dialect=DIALECT, received_at=received_at)
            return
        outcomes = self._decoder.feed(data, received_at=received_at)
        admitted = self._door.admit(without_ours(outcomes, self._ours), addr[0])
        self._ear.hear(admitted.outcomes, dialect=DIALECT, received_at=received_at)

    def _knows(self, data: bytes) -> bool:
        now_s, content = monotonic(), blake2b(data, digest_size=16).digest()
        came_s = self._lately.get(content)
        if came_s is not None and now_s - came_s <= _SAME_WITHIN_S:
            return True
        self._lately[content] = now_s
        self._lately.move_to_end(content)
        if len(self._lately) > _MOST_REMEMBERED:
            self._lately.popitem(last=False)
        return False
