"""Cursor on Target as XML: one event a datagram, or event behind event on a stream.

It decides where an event ends and reads its attributes. What an event means is `cot_event`'s.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateways.cot_writing import pong
from gateways.decoders.cot_event import PING, CotEvent, message_of
from gateways.decoders.instants import from_iso
from gateways.decoders.message import Answer, DecodeError, Message, Outcome, decimal_of
from gateways.decoders.xml_tree import MOST_OCTETS, parse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from xml.etree.ElementTree import Element

# protocols.md 8: an event ends at its end tag, and a sender starts each with an XML header. One that begins before the
# last has ended shows that the last was cut short.
_EDGE = re.compile(rb"</event\s{0,8}>|<event(?=[\s/>])|<\?xml(?=\s)")
_LONGEST_EDGE = 24
_VERSION = re.compile(r"\d{1,3}", re.ASCII)


class CotXml:
    """The decoder of one peer, which may carry many devices: a TAK server, a radio net, a phone.

    A ping is answered: ATAK ends a stream on which it has heard nothing for 25 s. With `own_units_only`, as a live
    gateway wants it, the positions of others are passed by.
    """

    def __init__(self, source: str | None = None, *, own_units_only: bool = False) -> None:  # noqa: ARG002  # see below
        """The peer is no identity here: every event names its device."""
        self._pieces = Pieces()
        self._own_units_only = own_units_only

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """What each event says that has ended."""
        outcomes: list[Outcome] = []
        for piece in self._pieces.feed(data):
            try:
                if isinstance(piece, DecodeError):
                    raise piece
                event = event_of(parse(piece))
                outcomes.append(message_of(event, received_at, own_units_only=self._own_units_only))
                if event.type == PING and received_at is not None:
                    outcomes.append(Answer(octets=pong(at=received_at)))
            except DecodeError as error:
                outcomes.append(error)
        return outcomes

    def flush(self) -> list[Outcome]:
        """Nothing: a slow network pauses within an event."""
        return []


class Pieces:
    """A stream cut into documents of one event each."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._looked_at = 0  # no edge begins before
        self._opened = False  # the document at hand has come as far as its event

    def feed(self, data: bytes) -> list[bytes | DecodeError]:
        """The documents that are whole now; a fault in place of one that has no end."""
        self._rest += data
        pieces: list[bytes | DecodeError] = []
        while edge := _EDGE.search(self._rest, self._looked_at):
            opens, closes = edge[0] == b"<event", edge[0].startswith(b"</")
            cut = edge.end() if closes else 0 if opens and not self._opened else edge.start()
            self._looked_at, self._opened = edge.end() - cut, opens
            piece = bytes(self._rest[:cut])
            del self._rest[:cut]
            if b"<" in piece:
                pieces.append(piece[piece.index(b"<") :])
        self._looked_at = max(self._looked_at, len(self._rest) - _LONGEST_EDGE)
        if len(self._rest) > MOST_OCTETS:
            pieces.append(DecodeError("too_long", f"{len(self._rest)} octets without an end"))
            self._rest.clear()
            self._looked_at, self._opened = 0, False
        return pieces


def decode(document: bytes, *, received_at: datetime | None = None, own_units_only: bool = False) -> Message:
    """What one document of one event says. Raises DecodeError."""
    return message_of(event_of(parse(document)), received_at, own_units_only=own_units_only)


def event_of(root: Element) -> CotEvent:
    """The parts of an event. Raises DecodeError for a document that is none."""
    if root.tag != "event":
        raise DecodeError("not_an_event")
    point = _attributes(root.find("point"))
    detail = root.find("detail")
    parts: dict[str, Element] = {} if detail is None else {part.tag: part for part in detail}
    track = _attributes(parts.get("track"))
    emergency, parent = asides_of(() if detail is None else detail)
    versions, accepted = _terms_of(parts.get("TakControl"))
    return CotEvent(
        uid=root.get("uid", ""),
        type=root.get("type", ""),
        at=from_iso(root.get("time", "")),
        lat=decimal_of(point.get("lat")),
        lon=decimal_of(point.get("lon")),
        hae=decimal_of(point.get("hae")),
        ce=decimal_of(point.get("ce")),
        speed=decimal_of(track.get("speed")),
        course=decimal_of(track.get("course")),
        battery=decimal_of(_attributes(parts.get("status")).get("battery")),
        how=root.get("how", ""),
        emergency=emergency,
        parent=parent,
        versions=versions,
        accepted=accepted,
    )


def asides_of(detail: Iterable[Element]) -> tuple[bool, str | None]:
    """Whether help is called for, and the uid of who made the event: what protobuf too leaves in XML."""
    emergency, parent = False, None
    for part in detail:
        if part.tag == "emergency":
            emergency = part.get("cancel") != "true"
        elif part.tag == "link" and part.get("relation") == "p-p":
            parent = part.get("uid")
    return emergency, parent


def _terms_of(control: Element | None) -> tuple[tuple[int, ...], bool | None]:
    """The versions of the TAK protocol that are offered, and whether one that was requested is granted."""
    if control is None:
        return (), None
    versions = tuple(int(part.get("version", "")) for part in control if _VERSION.fullmatch(part.get("version", "")))
    response = control.find("TakResponse")
    return versions, None if response is None else response.get("status") == "true"


def _attributes(element: Element | None) -> dict[str, str]:
    return {} if element is None else element.attrib
