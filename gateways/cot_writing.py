"""Cursor on Target as we write it: an event as XML, and the same in the frames of TAK protocol 1.

It decides how an event is laid out and what stands for unknown. What is told, and to whom, is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement, tostring

from takproto import TAKProtoVer, xml2proto

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

# protocols.md 8: unknown height and error.
UNKNOWN = 9_999_999.0

# A sender starts each event with the header and a line end, and sends nothing behind the event's end tag: a TAK Server
# takes the next octet for the next header (protocol.txt of ATAK).
_HEADER = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# As ATAK's own.
_PING_STALE = timedelta(seconds=10)
_WORD_STALE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where, degrees WGS 84, and how well that is known, metres; the height is above the ellipsoid."""

    lat: float = 0.0
    lon: float = 0.0
    hae: float | None = None
    ce: float | None = None
    le: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CotWords:
    """One event: what, since when it is true (UTC), and until when it may be believed."""

    uid: str
    type: str
    how: str
    at: datetime
    stale: datetime
    point: Point = Point()
    start: datetime | None = None  # None: `at`
    detail: Sequence[Element] = ()


def xml_of(words: CotWords) -> bytes:
    """The event as XML, as it stands on a stream or fills a datagram."""
    event = Element(
        "event",
        version="2.0",
        uid=words.uid,
        type=words.type,
        how=words.how,
        time=_written(words.at),
        start=_written(words.start or words.at),
        stale=_written(words.stale),
    )
    point = words.point
    SubElement(
        event,
        "point",
        lat=f"{point.lat:.7f}",
        lon=f"{point.lon:.7f}",
        hae=_metres(point.hae),
        ce=_metres(point.ce),
        le=_metres(point.le),
    )
    SubElement(event, "detail").extend(words.detail)
    written: bytes = tostring(event, encoding="utf-8", xml_declaration=False)
    return _HEADER + written


def frame_of(xml: bytes) -> bytes:
    """What `xml_of` wrote, as a frame on a stream: BF, a length, a TakMessage."""
    return bytes(xml2proto(xml, TAKProtoVer.STREAM))


def datagram_of(xml: bytes) -> bytes:
    """What `xml_of` wrote, as a datagram of the mesh: BF 01 BF, a TakMessage."""
    return bytes(xml2proto(xml, TAKProtoVer.MESH))


def ping(uid: str, *, at: datetime) -> bytes:
    """Whether the other end is there; `uid` is ours."""
    return _word("t-x-c-t", at, uid=f"{uid}-ping", stale=_PING_STALE)


def pong(*, at: datetime) -> bytes:
    """That this end is there."""
    return _word("t-x-c-t-r", at, uid="takPong", stale=_PING_STALE)


def request(uid: str, *, at: datetime) -> bytes:
    """Asks for TAK protocol 1; `uid` is that of the offer (protocol.txt, streaming connections)."""
    control = Element("TakControl")
    SubElement(control, "TakRequest", version="1")
    return _word("t-x-takp-q", at, uid=uid, detail=(control,))


def deletion(uid: str, *, at: datetime) -> bytes:
    """Takes what was told of `uid` off the maps; it says nothing of where that was."""
    link = Element("link", uid=uid, relation="p-p", type="none")
    return _word("t-x-d-d", at, uid=str(uuid4()), detail=(link, Element("__forcedelete")))


def _word(
    kind: str, at: datetime, *, uid: str, stale: timedelta = _WORD_STALE, detail: Sequence[Element] = ()
) -> bytes:
    return xml_of(CotWords(uid=uid, type=kind, how="m-g", at=at, stale=at + stale, detail=detail))


def _metres(value: float | None) -> str:
    return repr(UNKNOWN if value is None else round(float(value), 3))


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
