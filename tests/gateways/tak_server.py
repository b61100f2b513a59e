"""A TAK Server as far as its clients see it: a stream of events, an offer of TAK protocol 1, pings answered."""

from __future__ import annotations

import asyncio
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import takproto

from gateways.decoders.cot_xml import Pieces
from gateways.decoders.xml_tree import parse

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

AT = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)


def event(
    uid: str = "ANDROID-7",
    *,
    kind: str = "a-f-G-U-C",
    how: str = "m-g",
    detail: str = "",
    lat: float = 52.4797,
    at: datetime = AT,
) -> bytes:
    """An event as a TAK client writes it."""
    time, stale = (moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") for moment in (at, at + timedelta(minutes=5)))
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
        f"<event version='2.0' uid='{uid}' type='{kind}' how='{how}' time='{time}' start='{time}' stale='{stale}'>"
        f"<point lat='{lat}' lon='-1.9026' hae='188.5' ce='4.5' le='9.0'/><detail>{detail}</detail></event>"
    ).encode()


def frame(xml: bytes) -> bytes:
    """The same as takproto frames it."""
    return bytes(takproto.xml2proto(xml, takproto.TAKProtoVer.STREAM))


def offer(versions: str = "1", uid: str = "offer-1") -> bytes:
    """What a server says that can speak TAK protocol 1."""
    return event(uid, kind="t-x-takp-v", detail=f"<TakControl><TakProtocolSupport version='{versions}'/></TakControl>")


def granted(status: str = "true") -> bytes:
    """Its answer to the request."""
    return event("offer-1", kind="t-x-takp-r", detail=f"<TakControl><TakResponse status='{status}'/></TakControl>")


@dataclass
class TakServerFake:
    """To be used in one event loop. `heard` is every event in XML, `framed` every one in a frame."""

    offers: bool = False
    answers: bool = True
    heard: list[Element] = field(default_factory=list)
    framed: list[Any] = field(default_factory=list)
    connections: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, context: ssl.SSLContext | None = None, port: int = 0) -> int:
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", port, ssl=context)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0.05)  # asyncio closes sockets in its next rounds, those of broken handshakes too

    def hang_up(self) -> None:
        """Ends every connection."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def say(self, octets: bytes) -> None:
        """To everybody who is connected."""
        for writer in self._writers:
            writer.write(octets)

    async def until(self, true: Callable[[], object]) -> None:
        """Returns once it is true of what was heard."""
        async with asyncio.timeout(5):
            while not true():
                self._came.clear()
                await self._came.wait()

    def types(self) -> list[str]:
        """Of what was heard in XML, in order."""
        return [element.get("type", "") for element in self.heard]

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        self._came.set()
        if self.offers:
            writer.write(offer())
        pieces = Pieces()
        with suppress(ConnectionError), closing(writer):
            while data := await reader.read(65_536):
                if data.startswith(b"\xbf"):
                    self.framed.append(takproto.parse_proto(bytearray(data)))
                    self._came.set()
                    continue
                for piece in pieces.feed(data):
                    assert isinstance(piece, bytes)
                    self._take(parse(piece), writer)

    def _take(self, element: Element, writer: asyncio.StreamWriter) -> None:
        self.heard.append(element)
        self._came.set()
        if element.get("type") == "t-x-takp-q" and self.answers:
            writer.write(granted())
