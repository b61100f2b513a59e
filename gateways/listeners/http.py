"""HTTP: one port, a path for each dialect, and no 2xx before what was posted is safe.

It decides how a request is framed (by h11), how long and how much it may be, and how it is answered: errors as
problem+json (RFC 9457). What a request says, and whether its sender may, is `posts`'.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import h11
import msgspec

from gateways.clock import received_now
from gateways.decoders.message import DecodeError
from gateways.listeners.accounts import Accounts
from gateways.listeners.door import Door
from gateways.listeners.limits import Buckets
from gateways.listeners.posts import RefusedError, Request, post_of
from gateways.listeners.streams import READ_OCTETS, StreamServer
from gateways.payloads import LineStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gateways.decoders.message import Outcome
    from gateways.listeners.limits import Limits
    from gateways.listeners.listener import Ear
    from gateways.listeners.posts import Post
    from gateways.tls import Tls

MOST_OCTETS = 65_536
_MOST_HEADER_OCTETS = 16_384

# Wrong secrets of one address: a phone with a typing error tries on, whoever guesses gets nowhere.
_GUESSES_PER_S, _GUESSES = 0.2, 30

# Where OwnTracks posts by its own documents.
_ALSO = {"owntracks": ("pub",)}

_STATUS_OF_FAULT = {"device_not_allowed": 403, "rate_of_device": 429, "rate_of_address": 429}


class _Head(NamedTuple):
    """A request's first lines."""

    method: str
    target: str
    headers: Mapping[bytes, bytes]


class HttpListener:
    """Listens on `host:port` for the dialects named; one alone is also heard at `/`.

    `secrets` are accounts by dialect; one without any is open to everybody. With `allowed` only those devices count.
    `caller_key` names the calls of callers of whom nobody says which call is theirs.
    """

    def __init__(
        self,
        dialects: Sequence[str] = ("owntracks",),
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        secrets: Mapping[str, Mapping[str, str]] | None = None,
        allowed: Collection[str] | None = None,
        caller_key: bytes | None = None,
        idle_s: float = 60.0,
        tls: Tls | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self._dialects = tuple(dialects)
        self._posts: dict[str, tuple[str, Post]] = {}  # by the first word of the path
        for dialect in dialects:
            post = post_of(dialect, Accounts((secrets or {}).get(dialect)), caller_key=caller_key)
            alone = ("",) if len(dialects) == 1 else ()
            self._posts |= dict.fromkeys((dialect, *_ALSO.get(dialect, ()), *alone), (dialect, post))
        self._door = Door(allowed, limits)
        self._guesses = Buckets(per_s=_GUESSES_PER_S, burst=_GUESSES)
        self._idle_s = idle_s
        self._server = StreamServer("HTTP", host, port, tls=tls, limits=limits)

    @property
    def line(self) -> LineStatus:
        """Where it listens, and to how many."""
        name = f"http {self.host}:{self.port}"
        return LineStatus(
            name=name, over="http", dialect=" ".join(self._dialects), connections=self._server.connections
        )

    async def start(self, ear: Ear) -> None:
        """Begins to listen. Raises ListenerError for an address that cannot be had, TlsError for unusable files."""

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._converse(ear, reader, writer)

        def fault(error: DecodeError) -> None:
            ear.hear([error], dialect=self._dialects[0], received_at=received_now())

        self.port = await self._server.start(converse, fault)

    async def stop(self) -> None:
        """Stops listening and ends every connection."""
        await self._server.stop()

    async def _converse(self, ear: Ear, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = h11.Connection(h11.SERVER, max_incomplete_event_size=_MOST_HEADER_OCTETS)
        address = str((writer.get_extra_info("peername") or ("nobody",))[0])
        try:
            while True:
                async with asyncio.timeout(self._idle_s):
                    request = await _next_request(wire, reader, writer)
                if request is None:
                    return
                await self._reply(ear, wire, writer, request, address)
                if wire.our_state is h11.MUST_CLOSE:
                    return
                wire.start_next_cycle()
        except TimeoutError:
            # To be silent between two requests is no fault; octets that come one by one buy nobody any time.
            if wire.their_state is h11.SEND_BODY or wire.trailing_data[0]:
                unfinished = DecodeError("message_unfinished")
                ear.hear([unfinished], dialect=self._dialects[0], received_at=received_now())
        except RefusedError as refused:
            await _refuse(wire, writer, refused)
        except h11.RemoteProtocolError as error:
            ear.hear([DecodeError("not_http")], dialect=self._dialects[0], received_at=received_now())
            await _refuse(wire, writer, RefusedError(error.error_status_hint, "this is not HTTP/1.1"))

    async def _reply(
        self, ear: Ear, wire: h11.Connection, writer: asyncio.StreamWriter, said: tuple[_Head, bytes], address: str
    ) -> None:
        try:
            dialect, post, request = self._routed(*said)
            status = await self._heard(ear, dialect, post, request, address)
        except RefusedError as refused:
            await _refuse(wire, writer, refused)
            return
        media_type = "application/json" if post.answer else "text/plain"
        await _answer(wire, writer, status, post.answer, ("Content-Type", media_type))

    def _routed(self, head: _Head, body: bytes) -> tuple[str, Post, Request]:
        """Who is to read a request. Raises RefusedError."""
        path, _, query = head.target.partition("?")
        first, *rest = [unquote(part) for part in path.strip("/").split("/")]
        if first not in self._posts:
            raise RefusedError(404, f"what is heard here: {', '.join('/' + name for name in self._dialects)}")
        dialect, post = self._posts[first]
        if head.method not in post.methods:
            allow = ", ".join(post.methods)
            raise RefusedError(405, f"{dialect} comes by {allow}", headers=(("Allow", allow),))
        request = Request(
            method=head.method,
            path=tuple(rest),
            query=query,
            headers=head.headers,
            media_type=_media_type_of(head, post),
            body=body,
            received_at=received_now(),
        )
        return dialect, post, request

    async def _heard(self, ear: Ear, dialect: str, post: Post, request: Request, address: str) -> int:
        """The status of 2xx, once what was posted is safe. Raises RefusedError."""
        status = 200
        outcome: Outcome
        refused: RefusedError | None = None
        try:
            outcome = post.read(request)
        except DecodeError as error:
            outcome, status = error, post.status_of_nonsense
            if status >= 400:
                refused = RefusedError(status, error.reason.replace("_", " "))
        except RefusedError as error:
            outcome, refused = DecodeError(error.reason), self._guarded(error, address)
        (admitted,) = self._door.admit([outcome], address).outcomes
        if isinstance(admitted, DecodeError) and (turned_away := _STATUS_OF_FAULT.get(admitted.reason)):
            refused = _turned_away(turned_away, admitted.reason)
        if not await ear.hear([admitted], dialect=dialect, received_at=request.received_at):
            raise RefusedError(503, "it cannot be kept now: send it again", headers=(("Retry-After", "5"),))
        if refused is not None:
            raise refused
        return status

    def _guarded(self, refused: RefusedError, address: str) -> RefusedError:
        """The refusal, or that this address has guessed too often."""
        guesses = refused.status in {401, 403}
        if guesses and not self._guesses.take(address, 1, now_s=monotonic()):
            return _turned_away(429, "too many refusals")
        return refused


def _turned_away(status: int, reason: str) -> RefusedError:
    headers = (("Retry-After", "60"),) if status == 429 else ()
    return RefusedError(status, reason.replace("_", " "), headers=headers)


def _media_type_of(head: _Head, post: Post) -> str:
    """What the body is said to be. Raises RefusedError for what is none of the dialect's, or compressed."""
    said = head.headers.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("ascii", "replace")
    coding = head.headers.get(b"content-encoding", b"identity").lower()
    if (said and head.method != "GET" and said not in post.media_types) or coding != b"identity":
        accepted = ", ".join(post.media_types)
        raise RefusedError(415, f"a body is one of {accepted}, uncompressed", headers=(("Accept", accepted),))
    return said


async def _next_request(
    wire: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> tuple[_Head, bytes] | None:
    """The next whole request; None when the phone has gone. Raises RefusedError for a body that is too long."""
    head: _Head | None = None
    body = bytearray()
    while True:
        event = wire.next_event()
        if event is h11.NEED_DATA:
            if wire.they_are_waiting_for_100_continue:
                writer.write(wire.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            wire.receive_data(await reader.read(READ_OCTETS))
        elif isinstance(event, h11.Request):
            head = _Head(event.method.decode(), event.target.decode("ascii", "replace"), dict(event.headers))
            if int(head.headers.get(b"content-length", b"0")) > MOST_OCTETS:
                raise _too_long()
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MOST_OCTETS:
                raise _too_long()
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return head, bytes(body)
        else:
            return None


def _too_long() -> RefusedError:
    return RefusedError(413, f"a body has at most {MOST_OCTETS:,} octets")


async def _refuse(wire: h11.Connection, writer: asyncio.StreamWriter, refused: RefusedError) -> None:
    problem = {
        "type": "about:blank",  # RFC 9457, 4.2.1
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "detail": refused.detail,
    }
    body = msgspec.json.encode(problem)
    await _answer(wire, writer, refused.status, body, ("Content-Type", "application/problem+json"), *refused.headers)


async def _answer(
    wire: h11.Connection, writer: asyncio.StreamWriter, status: int, body: bytes, *headers: tuple[str, str]
) -> None:
    if wire.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
        return
    sized = [*headers, ("Content-Length", str(len(body)))]
    events = (h11.Response(status_code=status, headers=sized), h11.Data(data=body), h11.EndOfMessage())
    for event in events:
        writer.write(wire.send(event) or b"")
    await writer.drain()
