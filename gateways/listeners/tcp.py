"""Streams of one dialect over TCP from whoever connects: vehicle modems, and device servers with a serial line behind.

It decides who is taken for whom until it names itself, and whether a radio behind a connection is asked to deliver.
Serial-over-TCP is raw octets, with no telnet negotiation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.clock import received_now
from gateways.dialects import SHARED
from gateways.listeners.conversation import Conversation
from gateways.listeners.door import Door
from gateways.listeners.limits import Limits
from gateways.listeners.pei_states import LineState
from gateways.listeners.pei_talk import PeiTalk
from gateways.listeners.streams import StreamServer
from gateways.payloads import LineStatus

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection

    from gateways.decoders.message import DecodeError
    from gateways.listeners.listener import Ear
    from gateways.listeners.pei_life import PeiSetup
    from gateways.tls import Tls


class TcpListener:
    """Listens on `host:port`; port 0 takes a free one, and `port` then says which.

    With `allowed` only those devices are heard, and a stranger's connection ends. With `pei` every peer is the PEI of a
    radio that is asked to deliver; without, it is only listened to.
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
        pei: PeiSetup | None = None,
    ) -> None:
        limits = limits or Limits()
        self.host = host
        self.port = port
        self._dialect = dialect
        self._limits = limits
        self._pei = pei
        self.talks: dict[str, PeiTalk] = {}  # by peer
        self._door = Door(allowed, limits, is_shared=dialect in SHARED)
        self._server = StreamServer("TCP", host, port, tls=tls, limits=limits)

    @property
    def line(self) -> LineStatus:
        """Where it listens, to how many, and how the radios among them are."""
        return LineStatus(
            name=f"tcp {self.host}:{self.port}",
            over="tcp",
            dialect=self._dialect,
            state=self._state(),
            connections=self._server.connections,
            detail=self._radios(),
        )

    @property
    def radios(self) -> tuple[PeiTalk, ...]:
        """Those that are asked to deliver."""
        return tuple(self.talks.values())

    async def start(self, ear: Ear) -> None:
        """Begins to listen. Raises ListenerError for an address that cannot be had, TlsError for unusable files."""

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._hold(reader, writer, ear)

        def fault(error: DecodeError) -> None:
            ear.hear([error], dialect=self._dialect, received_at=received_now())

        self.port = await self._server.start(converse, fault)

    async def stop(self) -> None:
        """Stops listening and ends every connection."""
        await self._server.stop()

    def _state(self) -> str:
        """Listening, unless none of the radios that are asked to deliver does."""
        states = {talk.life.state for talk in self.talks.values()}
        return LineState.LOST if states and states <= {LineState.LOST, LineState.REFUSED} else "listening"

    def _radios(self) -> str:
        """A sentence about the radios that are asked to deliver; the first few that do not are named."""
        if not self.talks:
            return ""
        idle = {peer: talk for peer, talk in self.talks.items() if talk.life.state is not LineState.REGISTERED}
        named = "".join(f" {peer} is {talk.life.state}. {talk.life.detail}" for peer, talk in [*idle.items()][:3])
        return f"{len(self.talks) - len(idle)} of {len(self.talks)} radios are registered.{named}"

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ear: Ear) -> None:
        # Of one that has hung up meanwhile nobody knows the address any more.
        host, port = (writer.get_extra_info("peername") or ("nobody", 0))[:2]
        peer = f"{host}:{port}"
        conversation = Conversation(
            self._dialect, peer=peer, address=str(host), ear=ear, door=self._door, limits=self._limits
        )
        if self._pei is None:
            await conversation.hold(reader, writer)
            return
        talk = self.talks[peer] = PeiTalk(self._pei)
        talk.opened(reader, writer)
        try:
            await conversation.hold(talk, writer)
        finally:
            del self.talks[peer]
            talk.closed()
