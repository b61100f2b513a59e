"""OwnTracks over HTTP: a phone posts one object and is answered with a list of commands, which is empty.

It decides who may post, how much, and how it is answered. A phone repeats what is not answered with 2xx, so 200 waits
until what it posted is safe, and nonsense is counted and answered with 200: repeated it would be nonsense again.
"""

from __future__ import annotations

import asyncio
import hmac
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING

import h11

from gateways.clock import received_now
from gateways.decoders.message import DecodeError
from gateways.decoders.owntracks import MOST_OCTETS, decode
from gateways.listeners.streams import READ_OCTETS, StreamServer
from gateways.payloads import LineStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateways.decoders.message import Outcome
    from gateways.listeners.limits import Limits
    from gateways.listeners.listener import Ear
    from gateways.tls import Tls

_MOST_HEADER_OCTETS = 16_384
_DIALECT = "owntracks"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    method: bytes
    headers: Mapping[bytes, bytes]
    body: bytes


class _RefusedError(Exception):
    """A request that ends its connection; `status` is the answer."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(str(status))


class HttpListener:
    """Listens on `host:port`; with `users` (name to password) only they may post, and only as themselves."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        users: Mapping[str, str] | None = None,
        idle_s: float = 60.0,
        tls: Tls | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self._users = users
        self._idle_s = idle_s
        self._server = StreamServer("HTTP", host, port, tls=tls, limits=limits)

    @property
    def line(self) -> LineStatus:
        """Where it listens, and to how many."""
        name = f"http {self.host}:{self.port}"
        return LineStatus(name=name, over="http", dialect=_DIALECT, connections=self._server.connections)

    async def start(self, ear: Ear) -> None:
        """Begins to listen. Raises ListenerError for an address that cannot be had, TlsError for unusable files."""

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._converse(ear, reader, writer)

        def fault(error: DecodeError) -> None:
            ear.hear([error], dialect=_DIALECT, received_at=received_now())

        self.port = await self._server.start(converse, fault)

    async def stop(self) -> None:
        """Stops listening and ends every connection."""
        await self._server.stop()

    async def _converse(self, ear: Ear, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = h11.Connection(h11.SERVER, max_incomplete_event_size=_MOST_HEADER_OCTETS)
        try:
            while (request := await asyncio.wait_for(_next_request(wire, reader), self._idle_s)) is not None:
                await _answer(wire, writer, await self._status_for(ear, request))
                if wire.our_state is h11.MUST_CLOSE:
                    break
                wire.start_next_cycle()
        except _RefusedError as refused:
            await _answer(wire, writer, refused.status)
        except h11.RemoteProtocolError as error:
            await _answer(wire, writer, error.error_status_hint)

    async def _status_for(self, ear: Ear, request: _Request) -> int:
        """What the request is answered with, once what it carries is safe."""
        if request.method != b"POST":
            return 405
        user = _words(request.headers.get(b"x-limit-u"))
        if self._users is not None:
            account = _account_of(request.headers.get(b"authorization", b""), self._users)
            if account is None or user not in {None, account}:
                return 401
            user = account
        device = _words(request.headers.get(b"x-limit-d"))
        if self._users is not None and device is None:
            device = "phone"  # never the topic in the object: that may name somebody else
        source = f"owntracks:{user}/{device}" if user and device else None
        received_at = received_now()
        outcome: Outcome
        try:
            outcome = decode(request.body, source=source, received_at=received_at)
        except DecodeError as error:
            outcome = error
        return 200 if await ear.hear([outcome], dialect=_DIALECT, received_at=received_at) else 503


async def _next_request(wire: h11.Connection, reader: asyncio.StreamReader) -> _Request | None:
    """The next whole request; None when the phone has gone. Raises _RefusedError for a body that is too long."""
    head: h11.Request | None = None
    body = b""
    while True:
        event = wire.next_event()
        if event is h11.NEED_DATA:
            wire.receive_data(await reader.read(READ_OCTETS))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MOST_OCTETS:
                raise _RefusedError(413)
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _Request(method=head.method, headers=dict(head.headers), body=body)
        else:
            return None


async def _answer(wire: h11.Connection, writer: asyncio.StreamWriter, status: int) -> None:
    if wire.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
        return
    body = b"[]" if status == 200 else b""
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    if status == 401:
        headers.append(("WWW-Authenticate", 'Basic realm="arls"'))
    events = (h11.Response(status_code=status, headers=headers), h11.Data(data=body), h11.EndOfMessage())
    for event in events:
        writer.write(wire.send(event) or b"")
    await writer.drain()


def _account_of(authorization: bytes, users: Mapping[str, str]) -> str | None:
    """The user of an HTTP Basic header with the right password (RFC 7617); None for anything else."""
    scheme, _, words = authorization.partition(b" ")
    try:
        name, _, password = b64decode(words, validate=True).decode().partition(":")
    except ValueError:
        return None
    expected = users.get(name, "")
    right = hmac.compare_digest(password.encode(), expected.encode())
    return name if scheme.lower() == b"basic" and expected and right else None


def _words(header: bytes | None) -> str | None:
    return header.decode("utf-8", "replace") if header else None
