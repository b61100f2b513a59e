"""A TCP server whose connections are conversations: bounded in number, with TLS where it is asked for, ended together.

It decides when a connection is turned away and how it ends. What is said on it is the listener's own.
"""

from __future__ import annotations

import asyncio
from asyncio.sslproto import SSLProtocol
from collections import Counter
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from gateways.decoders.message import DecodeError
from gateways.listeners.limits import Limits
from gateways.listeners.listener import sentence_for
from gateways.tls import server_context_of, why_failed

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Iterator

    from gateways.tls import Tls

    Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
    Fault = Callable[[DecodeError], object]

# Also what a TLS record holds at most (RFC 8446, 5.1). asyncio gives every TLS connection 256 KiB to read into and has
# no word to ask for less: 2,000 of them took 643 MB, and take 175 MB.
READ_OCTETS = 16_384
# After an outage a fleet comes back within a second; the system may grant less.
_BACKLOG = 2_048
# A peer that does not take our last words, or does not return TLS's farewell, is left without.
_FAREWELL_S = 2.0


class StreamServer:
    """Serves `converse` on an address until it is stopped; a connection that breaks ends its conversation alone.

    With `tls` only who shakes hands in time gets as far as a conversation, and counts as a connection before.
    """

    def __init__(
        self, carrier: str, host: str, port: int, *, tls: Tls | None = None, limits: Limits | None = None
    ) -> None:
        self._carrier = carrier
        self._host = host
        self._port = port
        self._tls = tls
        self._limits = limits or Limits()
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()
        self._addresses: Counter[str] = Counter()

    @property
    def connections(self) -> int:
        """How many are open now."""
        return len(self._conversations)

    async def start(self, converse: Converse, fault: Fault) -> int:
        """Begins to listen and gives the port; `fault` is told of every connection that got no conversation.

        Raises ListenerError for an address that cannot be had, TlsError for files that are none.
        """
        context = server_context_of(self._tls) if self._tls is not None else None
        if context is not None:
            SSLProtocol.max_size = READ_OCTETS

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # Of a peer that has hung up meanwhile nobody knows the name any more.
            address = str((writer.get_extra_info("peername") or ("nobody",))[0])
            if (reason := self._find_crowd(address)) is not None:
                fault(DecodeError(reason, address))
                writer.transport.abort()
                return
            with self._counted(address):
                # A modem that drove into a tunnel, a phone that lost its network, our own end.
                with suppress(ConnectionError, TimeoutError, asyncio.CancelledError):
                    if context is None or await self._has_shaken_hands(writer, context, fault):
                        await converse(reader, writer)
                await _closed(writer)

        with sentence_for(self._carrier, self._host, self._port):
            self._server = await asyncio.start_server(
                accept, self._host, self._port, limit=READ_OCTETS, backlog=_BACKLOG
            )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stops listening and ends every conversation."""
        if self._server is not None:
            self._server.close()
        conversations = list(self._conversations)
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)

    def _find_crowd(self, address: str) -> str | None:
        """Why one more connection is too many; None when it is not."""
        if len(self._conversations) >= self._limits.connections:
            return "too_many_connections"
        if self._addresses[address] >= self._limits.connections_per_address:
            return "too_many_connections_of_address"
        return None

    @contextmanager
    def _counted(self, address: str) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in one
        self._conversations.add(task)
        self._addresses[address] += 1
        try:
            yield
        finally:
            self._conversations.discard(task)
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    async def _has_shaken_hands(self, writer: asyncio.StreamWriter, context: ssl.SSLContext, fault: Fault) -> bool:
        # Nothing may be awaited before: what the peer says from now on is the handshake's, not the conversation's.
        try:
            await writer.start_tls(context, ssl_handshake_timeout=self._limits.handshake_s)
        except (OSError, TimeoutError) as error:
            fault(DecodeError("tls_failed", why_failed(error)))
            return False
        return True


async def _closed(writer: asyncio.StreamWriter) -> None:
    """Hangs up: politely, and when that takes the peer too long, without it."""
    writer.close()
    with suppress(OSError, TimeoutError, asyncio.CancelledError):
        async with asyncio.timeout(_FAREWELL_S):
            await writer.wait_closed()
    writer.transport.abort()
