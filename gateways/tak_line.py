"""A connection to a TAK Server that comes back by itself, for whoever listens there or tells it something.

It decides how a server is reached, when silence is the end of a connection, and how long to wait before the next. What
is said on it is `tak_session`'s.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from gateways.clock import received_now
from gateways.tak_session import Speech, TakSession
from gateways.tls import client_context_of, why_failed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gateways.decoders.message import Outcome
    from gateways.tls import Tls

    Take = Callable[[list[Outcome], datetime], bool]  # False: in these octets nobody can find the next message

_log = logging.getLogger(__name__)

_READ_OCTETS = 16_384
# What a server does not take of us in time it shall not take at all: it is as good as gone.
_MOST_UNSENT_OCTETS = 256 * 1024


class TakLineError(Exception):
    """No connection, or none that takes anything; its text is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakServer:
    """Where a TAK Server is; without `tls` the connection is open to all who can see it.

    `server_name` is the name in the server's certificate where it is not the host that we dial.
    """

    host: str
    port: int = 8089
    tls: Tls | None = None
    server_name: str | None = None
    negotiate: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds. The first four are ATAK's own (streamingsocketmanagement.cpp), so that a server sees nothing new."""

    ping_after_s: float = 15.0
    ping_again_s: float = 4.5
    gone_after_s: float = 25.0
    negotiation_s: float = 60.0
    connect_s: float = 20.0
    shortest_wait_s: float = 1.0
    longest_wait_s: float = 60.0


class TakLine:
    """Keeps one connection to `server`; `take` hears what it says. All of it belongs to one event loop.

    Raises TlsError for files that TLS cannot be made of.
    """

    def __init__(self, server: TakServer, *, uid: str, take: Take, pace: Pace | None = None) -> None:
        self.fault: str | None = "No connection was made yet."  # a sentence, while there is none
        self._server = server
        self._uid = uid
        self._take = take
        self._pace = pace or Pace()
        self._context = client_context_of(server.tls) if server.tls else None
        self._negotiate = server.negotiate
        self._session: TakSession | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._up = asyncio.Event()  # while events are taken
        self._waits = 0

    async def run(self) -> None:
        """Connects, listens, and connects again, until cancelled."""
        while True:
            since_s = monotonic()
            try:
                await self._converse()
                self.fault = f"The TAK Server at {self._where()} ended the connection."
            except (OSError, TimeoutError, TakLineError, UnicodeError) as error:  # UnicodeError: no such name can be
                self.fault = self._sentence(error)
            _log.warning(self.fault)
            if monotonic() - since_s >= self._pace.longest_wait_s:
                self._waits = 0
            await asyncio.sleep(self._wait_s())

    async def until_up(self) -> None:
        """Waits for a connection that takes events. Raises TakLineError where there is none for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.connect_s):
                await self._up.wait()
                return
        raise TakLineError(self.fault or f"The TAK Server at {self._where()} has not answered yet.")

    async def send(self, xml: bytes) -> None:
        """Hands one event over. Raises TakLineError when it is not taken now."""
        if self._writer is None or self._session is None or not self._up.is_set():
            raise TakLineError(self.fault or f"The TAK Server at {self._where()} has not answered yet.")
        if self._writer.transport.get_write_buffer_size() > _MOST_UNSENT_OCTETS:
            raise TakLineError(f"The TAK Server at {self._where()} takes nothing.")
        self._writer.write(self._session.words(xml))
        try:
            async with asyncio.timeout(self._pace.gone_after_s):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise TakLineError(self._sentence(error)) from error

    async def _converse(self) -> None:
        async with asyncio.timeout(self._pace.connect_s):
            reader, writer = await asyncio.open_connection(
                self._server.host,
                self._server.port,
                ssl=self._context,
                server_hostname=self._name() if self._context else None,
            )
        session = TakSession(uid=self._uid, negotiate=self._negotiate)
        try:
            writer.write(session.ping(at=received_now()))
            self._session, self._writer, self.fault = session, writer, None
            self._up.set()
            await self._listen(reader, writer, session)
        finally:
            self._session = self._writer = None
            self._up.clear()
            writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await writer.wait_closed()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, session: TakSession) -> None:
        """Until the server leaves, falls silent, or cannot be understood."""
        heard_s, asked_s = monotonic(), None
        wait_s = self._pace.ping_after_s
        while True:
            if session.speech is Speech.SILENT:
                asked_s = asked_s or monotonic()
                wait_s = min(wait_s, self._pace.negotiation_s)
                if monotonic() - asked_s >= self._pace.negotiation_s:
                    self._negotiate = False  # or the next connection would end in the same way
                    raise TakLineError(f"The TAK Server at {self._where()} offers a protocol and does not grant it.")
            try:
                async with asyncio.timeout(wait_s):
                    data = await reader.read(_READ_OCTETS)
            except TimeoutError:
                if session.speech is Speech.SILENT:
                    continue
                if monotonic() - heard_s >= self._pace.gone_after_s:
                    raise TakLineError(f"The TAK Server at {self._where()} has fallen silent.") from None
                writer.write(session.ping(at=received_now()))
                wait_s = self._pace.ping_again_s
                continue
            if not data:
                return
            heard_s, wait_s = monotonic(), self._pace.ping_after_s
            received_at = received_now()
            heard, reply = session.feed(data, received_at=received_at)
            writer.write(reply)
            (self._up.clear if session.speech is Speech.SILENT else self._up.set)()
            if not self._take(heard, received_at):
                raise TakLineError(f"What the TAK Server at {self._where()} sends cannot be understood.")

    def _wait_s(self) -> float:
        """Doubling, with jitter: after a server's restart its clients must not all come at once."""
        ceiling_s = min(self._pace.longest_wait_s, self._pace.shortest_wait_s * float(2**self._waits))
        self._waits = min(self._waits + 1, 16)
        return ceiling_s * random.uniform(0.5, 1.0)  # noqa: S311  # spread, not secrecy

    def _where(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    def _name(self) -> str:
        return self._server.server_name or self._server.host

    def _sentence(self, error: Exception) -> str:
        match error:
            case TakLineError():
                return str(error)
            case ssl.SSLCertVerificationError():
                return f"The TAK Server at {self._where()} is not who it should be: {error.verify_message}."
            case ssl.SSLError():
                return f"TLS with the TAK Server at {self._where()} failed: {why_failed(error)}."
            case TimeoutError():
                return f"The TAK Server at {self._where()} does not answer in time."
            case _:
                why = getattr(error, "strerror", None) or str(error)
                return f"No connection to the TAK Server at {self._where()}: {why}."
