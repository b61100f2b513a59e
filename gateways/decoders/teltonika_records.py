"""The data of a Teltonika frame: records of codec 8, 8 Extended and 16, and the commands of others.

It decides what a record says. Every count in it is the sender's word: nothing is set aside for what has not come, and
records that do not fill the data exactly are not believed. Facts: protocols.md 5.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from arls.fix import AccuracyKind, AltitudeRef, TimeBasis
from gateways.decoders.instants import TIME_SUSPECT, from_epoch, judged
from gateways.decoders.message import Control, DecodeError, Located, NoFix, Outcome, course_of, is_null_island

if TYPE_CHECKING:
    from datetime import datetime

# Time in ms since 1970, priority, longitude and latitude in 1e-7 degrees, altitude in m, angle, satellites, km/h.
_HEAD = Struct(">QBiihHBH")
_DEGREE = 1e7
_KMH_MPS = 1 / 3.6

_PANIC = 2
_IGNITION, _HDOP = 239, 182
# Personal trackers send it when their button is pressed, and only then (Teltonika's wiki, Alarm event), under whatever
# priority they were set to.
_BUTTON = 236
# What made the device send a record now, where its event says so.
_REASONS = {239: "ignition", 240: "movement", 200: "sleep", 252: "unplugged", 253: "driving"}

# HDOP times the usual 95 % error of one receiver: a guess, and marked as one (protocols.md 3).
_HDOP_M = 5.0
_HDOP_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class _Codec:
    """How the elements behind a record's head are packed."""

    opening: Struct  # the event, how many elements there are; codec 16 has the generation type between
    count: Struct  # of a group
    groups: tuple[Struct, ...]  # id and value, for values of 1, 2, 4 and 8 octets
    sized: Struct | None  # id and length of those whose values have any number of octets


_CODECS = {
    0x08: _Codec(Struct(">BB"), Struct(">B"), tuple(Struct(f">B{width}") for width in "BHIQ"), None),
    0x8E: _Codec(Struct(">HH"), Struct(">H"), tuple(Struct(f">H{width}") for width in "BHIQ"), Struct(">HH")),
    0x10: _Codec(Struct(">HBB"), Struct(">B"), tuple(Struct(f">H{width}") for width in "BHIQ"), None),
}
_COMMANDS = frozenset({0x07, 0x0C, 0x0D, 0x0E})


class Data(NamedTuple):
    """What the data of one frame say, and how many records are to be acknowledged."""

    said: list[Outcome]
    records: int


def read_data(data: bytes, device_id: str | None, received_at: datetime | None) -> Data:
    """What stands between the head of a frame and its checksum. Raises DecodeError.

    A record that says an impossible place is a fault beside the others; sent again it would say the same.
    """
    if len(data) < 3:
        raise DecodeError("truncated", f"{len(data)} octets of data")
    codec, count = data[:2]
    if count != data[-1]:
        raise DecodeError("counts_differ", f"{count} and {data[-1]}")
    if codec in _COMMANDS:
        return Data([Control(device_id=device_id, received_at=received_at, pdu=f"codec_{codec}")], 0)
    if codec not in _CODECS:
        raise DecodeError("codec_unknown", f"{codec:02x}")
    if count == 0:
        raise DecodeError("no_records")
    try:
        return Data(_records(_CODECS[codec], data[2:-1], count, device_id, received_at), count)
    except struct.error as error:
        raise DecodeError("truncated", error) from error


def _records(
    codec: _Codec, octets: bytes, count: int, device_id: str | None, received_at: datetime | None
) -> list[Outcome]:
    """Raises struct.error where a record is cut short, DecodeError where octets are left over."""
    said: list[Outcome] = []
    start = 0
    for _ in range(count):
        head = _HEAD.unpack_from(octets, start)
        event, elements, start = _elements(codec, octets, start + _HEAD.size)
        try:
            said.append(_record(head, event, elements, device_id, received_at))
        except DecodeError as error:
            said.append(error)
    if start != len(octets):
        raise DecodeError("records_end_elsewhere", f"{start} of {len(octets)} octets")
    return said


def _elements(codec: _Codec, octets: bytes, start: int) -> tuple[int, dict[int, int], int]:
    """The event, the values of fixed width by id, and where the next record begins. Raises struct.error."""
    event = codec.opening.unpack_from(octets, start)[0]
    start += codec.opening.size
    elements: dict[int, int] = {}
    for group in codec.groups:
        (count,) = codec.count.unpack_from(octets, start)
        start += codec.count.size
        end = start + count * group.size
        if count:
            elements.update(group.iter_unpack(octets[start:end]))
        start = end
    if codec.sized is not None:
        (count,) = codec.count.unpack_from(octets, start)
        start += codec.count.size
        for _ in range(count):
            _, length = codec.sized.unpack_from(octets, start)
            start += codec.sized.size + length
    return event, elements, start


def _record(
    head: tuple[int, ...], event: int, elements: dict[int, int], device_id: str | None, received_at: datetime | None
) -> Located | NoFix:
    """One record. Raises DecodeError for a place that does not exist."""
    milliseconds, priority, east, north, altitude_m, angle, satellites, kmh = head
    at = from_epoch(milliseconds / 1000)
    at, flags = judged(at, received_at) if at else (None, (TIME_SUSPECT,))
    basis = TimeBasis.DEVICE if at else None
    is_pressed = priority == _PANIC or (event == _BUTTON and elements.get(_BUTTON) != 0)
    reason = "emergency" if is_pressed else _REASONS.get(event)
    ignition = elements.get(_IGNITION)
    lat, lon = north / _DEGREE, east / _DEGREE
    is_place = -90 <= lat <= 90 and -180 <= lon <= 180
    if not (is_place or is_pressed):
        raise DecodeError("position_out_of_range", f"lat {lat}, lon {lon}")
    # A press is heard wherever it comes from. Without a fix the device repeats its last position and calls it now.
    if satellites == 0 or not is_place or is_null_island(lat, lon):
        return NoFix(
            device_id=device_id,
            received_at=received_at,
            time=at,
            time_basis=basis,
            satellites=satellites,
            ignition=None if ignition is None else ignition == 1,
            reason=reason,
            flags=flags,
        )
    tenths = elements.get(_HDOP, 0)
    return Located(
        device_id=device_id,
        received_at=received_at,
        lat=lat,
        lon=lon,
        time=at,
        time_basis=basis,
        accuracy_m=tenths / 10 * _HDOP_M if tenths else None,
        accuracy_confidence=_HDOP_CONFIDENCE if tenths else None,
        accuracy_kind=AccuracyKind.ESTIMATED if tenths else None,
        altitude_m=float(altitude_m),
        altitude_ref=AltitudeRef.MSL,
        speed_mps=kmh * _KMH_MPS,
        course_deg=course_of(angle),
        satellites=satellites,
        hdop=tenths / 10 if tenths else None,
        ignition=None if ignition is None else ignition == 1,
        reason=reason,
        flags=flags,
    )
