"""Cursor on Target as protobuf (TAK protocol 1): a datagram of the mesh, or frames on a stream that began as XML.

It decides where a frame begins and ends and which version is read. The fields are takproto's, their meaning is
`cot_event`'s.
"""

from __future__ import annotations

import re
from contextlib import suppress
from math import isfinite
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError as ProtobufError
from takproto.proto import TakMessage

from gateways.cot_writing import frame_of, pong
from gateways.decoders import cot_xml
from gateways.decoders.cot_event import PING, CotEvent, message_of
from gateways.decoders.instants import from_epoch
from gateways.decoders.message import Answer, DecodeError, Ignored, Message, Outcome, OutOfStepError
from gateways.decoders.whole import Whole
from gateways.decoders.xml_tree import MOST_OCTETS, parse

if TYPE_CHECKING:
    from datetime import datetime

_MAGIC = 0xBF
_VERSION = 1
# Behind an octet above 0x7F the magic octet is the end of a character of XML, not the beginning of a frame.
_FRAME = re.compile(rb"(?<![\x80-\xff])\xbf")
_LONGEST_VARINT = 4


class CotProtobuf:
    """The decoder of one stream, which may carry many devices. A whole datagram of the mesh is understood too.

    A ping is answered in the encoding that it came in.
    """

    def __init__(self, source: str | None = None, *, own_units_only: bool = False) -> None:  # noqa: ARG002  # see below
        """The peer is no identity here: every event names its device."""
        self._rest = bytearray()
        self._own_units_only = own_units_only
        self._xml = cot_xml.CotXml(own_units_only=own_units_only)
        self._in_character = False

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """What each message says that is whole; also XML, until the peer goes over to protobuf."""
        self._rest += data
        outcomes: list[Outcome] = []
        while self._rest:
            try:
                if self._in_character or self._rest[0] != _MAGIC:
                    outcomes += self._xml.feed(self._unframed(), received_at=received_at)
                    continue
                message = self._framed()
                if message is None:
                    break
                said = _read(message)
                outcomes.append(_meant(said, received_at, own_units_only=self._own_units_only))
                if said.cotEvent.type == PING and received_at is not None:
                    outcomes.append(Answer(octets=frame_of(pong(at=received_at))))
            except DecodeError as error:
                outcomes.append(error)
        return outcomes

    def flush(self) -> list[Outcome]:
        """Nothing: a slow network pauses within a frame."""
        return []

    def _unframed(self) -> bytes:
        """What stands in front of the next frame."""
        frame = _FRAME.search(self._rest, 1)
        text = bytes(self._rest[: frame.start() if frame else len(self._rest)])
        del self._rest[: len(text)]
        self._in_character = text[-1] >= 0x80
        return text

    def _framed(self) -> bytes | None:
        """The next message out of its frame; None while it is not whole. Raises DecodeError, and goes on behind it."""
        rest = self._rest
        if len(rest) < 3:
            return None
        if rest[2] == _MAGIC and rest[1] < 0x80:
            # The header of the mesh, since no TakMessage begins so; from 0x80 on it would be part of a length. The
            # end of the datagram is the end of the message.
            datagram = bytes(rest)
            rest.clear()
            return _unwrapped(datagram)
        head = _size_of(rest)
        if head is None:
            return None
        size, begin = head
        if size > MOST_OCTETS or not begin:
            rest.clear()
            raise OutOfStepError("too_long", f"{size} octets")
        if len(rest) < begin + size:
            return None
        message = bytes(rest[begin : begin + size])
        del rest[: begin + size]
        return message


class CotDatagrams(Whole):
    """The decoder of the mesh, where every datagram is whole: protobuf behind a header, or XML."""

    def __init__(self, source: str | None = None, *, own_units_only: bool = False) -> None:  # noqa: ARG002  # see below
        """The address is no identity here: every event names its device."""
        self._own_units_only = own_units_only

    def said(self, data: bytes, received_at: datetime | None) -> Message:
        """The one message of `data`. Raises DecodeError."""
        if data[:1] == bytes([_MAGIC]):
            return decode(_unwrapped(data), received_at=received_at, own_units_only=self._own_units_only)
        return cot_xml.decode(data.strip(), received_at=received_at, own_units_only=self._own_units_only)


def _unwrapped(datagram: bytes) -> bytes:
    """What stands behind the header `BF 01 BF`. Version 0 would be XML, which nobody sends so."""
    if len(datagram) < 3 or datagram[2] != _MAGIC:
        raise DecodeError("bad_header", datagram[:3].hex())
    if datagram[1] != _VERSION:
        raise DecodeError("version_unsupported", datagram[1])
    if len(datagram) > MOST_OCTETS:
        raise DecodeError("too_long", f"{len(datagram)} octets")
    return datagram[3:]


def _size_of(frame: bytearray) -> tuple[int, int] | None:
    """How long the message behind the magic octet is, a varint, and where it begins; None while that is cut."""
    size = 0
    for place, octet in enumerate(frame[1 : 1 + _LONGEST_VARINT]):
        size |= (octet & 0x7F) << (7 * place)
        if octet < 0x80:
            return size, place + 2
    return (size, 0) if len(frame) > _LONGEST_VARINT else None


def decode(octets: bytes, *, received_at: datetime | None = None, own_units_only: bool = False) -> Message:
    """What one TakMessage says. Raises DecodeError."""
    return _meant(_read(octets), received_at, own_units_only=own_units_only)


def _read(octets: bytes) -> Any:
    try:
        message = TakMessage.FromString(octets)
    except ProtobufError as error:
        raise DecodeError("not_protobuf") from error
    if message.takControl.minProtoVersion > _VERSION:
        raise DecodeError("version_unsupported", message.takControl.minProtoVersion)
    return message


def _meant(message: Any, received_at: datetime | None, *, own_units_only: bool) -> Message:
    if not message.HasField("cotEvent"):
        return Ignored(received_at=received_at, why="protocol")
    return message_of(_event_of(message.cotEvent), received_at, own_units_only=own_units_only)


def _event_of(event: Any) -> CotEvent:
    detail = event.detail
    emergency, parent = _asides_of(detail.xmlDetail)
    moves = detail.HasField("track")
    return CotEvent(
        uid=event.uid,
        type=event.type,
        at=from_epoch(event.sendTime / 1000) if event.sendTime else None,
        lat=_finite(event.lat),
        lon=_finite(event.lon),
        hae=_finite(event.hae),
        ce=_finite(event.ce),
        speed=_finite(detail.track.speed) if moves else None,
        course=_finite(detail.track.course) if moves else None,
        battery=float(detail.status.battery),
        how=event.how,
        emergency=emergency,
        parent=parent,
    )


def _asides_of(words: str) -> tuple[bool, str | None]:
    """What has no field of its own stays XML; where that is broken, the rest of the event still counts."""
    if "<emergency" in words or "<link" in words:
        with suppress(DecodeError):
            return cot_xml.asides_of(parse(f"<detail>{words}</detail>".encode()))
    return False, None


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
