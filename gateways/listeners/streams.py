"""A TCP server whose connections are conversations: bounded in number, all ended together.

It decides when a connection is turned away and how it ends. What is said on it is the listener's own.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from gateways.listeners.listener import sentence_for

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_MOST_CONNECTIONS = 5_000
READ_OCTETS = 16_384


class StreamServer:
    """Serves `converse` on an address until it is stopped; a connection that breaks ends its conversation alone."""

    def __init__(self, carrier: str, host: str, port: int) -> None:
        self._carrier = carrier
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def start(self, converse: Converse) -> int:
        """Begins to listen and gives the port. Raises ListenerError for an address that cannot be had."""

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None and len(self._conversations) < _MOST_CONNECTIONS:
                self._conversations.add(task)
                task.add_done_callback(self._conversations.discard)
                # A modem that drove into a tunnel, a phone that lost its network, our own end.
                with suppress(ConnectionError, TimeoutError, asyncio.CancelledError):
                    await converse(reader, writer)
            writer.close()

        with sentence_for(self._carrier, self._host, self._port):
            self._server = await asyncio.start_server(accept, self._host, self._port, limit=READ_OCTETS)
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
