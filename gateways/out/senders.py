"""The ways out: a TAK Server, datagrams to a group or a host, a POST to a URL.

It decides when something counts as sent, and what is refused for good. Nothing here waits without an end.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import httpx

from gateways.cot_writing import datagram_of
from gateways.decoders.message import OutOfStepError
from gateways.tak_line import TakLine, TakLineError
from gateways.tls import client_context_of

if TYPE_CHECKING:
    from gateways.decoders.message import Outcome
    from gateways.out.parcels import Parcel
    from gateways.tak_line import Pace, TakServer
    from gateways.tls import Tls

# RFC 9110: the body is wrong, and would be the next time. All else may pass: a server that is away, a token that is
# being renewed, an address that is being moved.
_WRONG_FOR_GOOD = frozenset({400, 413, 415, 422})


class SendError(Exception):
    """Not sent; the text is a sentence. `for_good`: there is no point in another attempt."""

    def __init__(self, sentence: str, *, for_good: bool = False) -> None:
        self.for_good = for_good
        super().__init__(sentence)


class Sender(Protocol):
    """One way out. All of it belongs to one event loop."""

    async def run(self) -> None:
        """Keeps what it needs, until cancelled."""

    async def until_ready(self) -> None:
        """Returns when something can be sent. Raises SendError where that takes too long."""

    async def send(self, parcel: Parcel) -> None:
        """Sends one parcel. Raises SendError."""


class TakSender:
    """To a TAK Server, as a client of it. Sent is what the connection has taken: CoT has no acknowledgement."""

    def __init__(self, server: TakServer, *, uid: str, pace: Pace | None = None) -> None:
        self._line = TakLine(server, uid=uid, take=lambda heard, _at: not _is_out_of_step(heard), pace=pace)

    async def run(self) -> None:
        """Keeps the connection."""
        await self._line.run()

    async def until_ready(self) -> None:
        """Returns when there is a connection. Raises SendError."""
        try:
            await self._line.until_up()
        except TakLineError as error:
            raise SendError(str(error)) from error

    async def send(self, parcel: Parcel) -> None:
        """Over the connection that there is. Raises SendError."""
        try:
            await self._line.send(parcel.body)
        except TakLineError as error:
            raise SendError(str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where datagrams go. `interface` is an address of ours; the rest is of multicast alone."""

    host: str
    port: int
    interface: str | None = None
    hops: int = 1
    protobuf: bool = False


class DatagramSender:
    """To a multicast group, or to one host. Nobody says whether anybody heard it."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._wire: socket.socket | None = None

    async def run(self) -> None:
        """Nothing needs to be kept."""
        try:
            await asyncio.Event().wait()
        finally:
            if self._wire is not None:
                self._wire.close()

    async def until_ready(self) -> None:
        """At once."""

    async def send(self, parcel: Parcel) -> None:
        """One datagram. Raises SendError."""
        target = self._target
        body = datagram_of(parcel.body) if target.protobuf else parcel.body
        try:
            self._wire = self._wire or self._opened()
            await asyncio.get_running_loop().sock_sendto(self._wire, body, (target.host, target.port))
        except OSError as error:
            why = error.strerror or str(error)
            raise SendError(
                f"No datagram goes to {target.host}:{target.port}: {why}.", for_good=error.errno == errno.EMSGSIZE
            ) from error

    def _opened(self) -> socket.socket:
        wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        wire.setblocking(False)
        if ipaddress.ip_address(self._target.host).is_multicast:
            wire.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, self._target.hops)
            if self._target.interface is not None:
                interface = socket.inet_aton(self._target.interface)
                wire.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
        return wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A URL that takes JSON. `header` (name, value) is what proves who we are."""

    url: str
    header: tuple[str, str] | None = None
    tls: Tls | None = None
    timeout_s: float = 10.0
    content_type: str = "application/json"


class HookSender:
    """By POST. Sent is what was answered with 2xx; a redirect is not followed, since it may lead anywhere."""

    def __init__(self, hook: Hook) -> None:
        self._hook = hook
        headers = {"Content-Type": hook.content_type, "User-Agent": "arls"}
        if hook.header is not None:
            headers[hook.header[0]] = hook.header[1]
        # trust_env would let a variable send positions through a proxy that nobody named in the settings.
        self._client = httpx.AsyncClient(
            headers=headers,
            timeout=hook.timeout_s,
            trust_env=False,
            verify=client_context_of(hook.tls) if hook.tls else True,
        )

    async def run(self) -> None:
        """Keeps connections open."""
        try:
            await asyncio.Event().wait()
        finally:
            await self._client.aclose()

    async def until_ready(self) -> None:
        """At once: only an answer says whether somebody is there."""

    async def send(self, parcel: Parcel) -> None:
        """One POST; `Idempotency-Key` is the same when it is sent again. Raises SendError."""
        try:
            async with (
                asyncio.timeout(3 * self._hook.timeout_s),  # httpx counts each step anew, and a body may drip
                self._client.stream(
                    "POST", self._hook.url, content=parcel.body, headers={"Idempotency-Key": parcel.id}
                ) as answer,
            ):
                status = answer.status_code  # what else is said is not read: it may have no end
        except (httpx.HTTPError, OSError, TimeoutError) as error:
            raise SendError(f"{self._where()} does not take it: {_why(error)}.") from error
        if not 200 <= status < 300:
            raise SendError(f"{self._where()} answers {status}.", for_good=status in _WRONG_FOR_GOOD)

    def _where(self) -> str:
        return place_of(self._hook.url)


def place_of(url: str) -> str:
    """A URL as it may be shown: some carry their secret in user, path or query."""
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.host}" + (f":{parts.port}" if parts.port else "")


def _is_out_of_step(heard: list[Outcome]) -> bool:
    return any(isinstance(outcome, OutOfStepError) for outcome in heard)


def _why(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()
