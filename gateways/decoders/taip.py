"""TAIP, the Trimble ASCII Interface Protocol: `>RPV...;ID=4711;*7F<` from vehicle modems.

It decides what a report of position and velocity says, with an event (EV) or without (PV). Makers' own messages and
the long navigation ones are named and passed by; who asks for an acknowledgement gets one all the same, since it
would repeat them for ever.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from arls.fix import TimeBasis
from gateways.decoders.instants import judged, nearest_day
from gateways.decoders.lines import Lines
from gateways.decoders.message import (
    Answer,
    DecodeError,
    Estimated,
    Ignored,
    Located,
    Message,
    NoFix,
    Outcome,
    Unsupported,
    course_of,
    is_null_island,
)
from gateways.decoders.xor8 import xor_of

# RLN with its parameters has about 200 characters.
_LONGEST = 512

_MPH_MPS = 0.44704
_DAY_S = 86_400

# IS-GPS-200: weeks are counted from here. GPS time has run 18 s ahead of UTC since 2017, and no receiver can be
# trusted to have corrected for that (protocols.md 15).
_GPS_EPOCH = datetime(1980, 1, 6, tzinfo=UTC)
_LEAP = timedelta(seconds=18)

_FRAME = re.compile(r"([RQS])([A-Z]{2})([^;]*)(.*)", re.ASCII)
_CHECKSUM = re.compile(r"[0-9A-Fa-f]{2}", re.ASCII)
_EVENT = re.compile(r"\d\d(\d{4})([0-6])(\d{5}.*)", re.ASCII)
# Lassen-SK8 manual, appendix C: seconds of the day, latitude, longitude, mph, heading, source, age.
_PLACE = re.compile(r"(\d{5})([+-]\d{7})([+-]\d{8})(\d{3})(\d{3})(\d)(\d)", re.ASCII)
_IDENTITY = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_IMEI = re.compile(r"\d{15}", re.ASCII)
_NUMBERED = re.compile(r"#[0-9A-Fa-f]{4}", re.ASCII)

# Source of the fix: 2D and 3D, without and with differential corrections; 9 is none. The others are dead reckoning.
_GPS_SOURCES = frozenset("0123")
_NO_SOURCE = "9"
# Age of the fix: 2 is fresh, 1 older than ten seconds.
_AGE_UNAVAILABLE, _AGE_FRESH = "0", "2"

# A position may stand in these; in RGP and the others it does in each maker's own way, in units of its own.
_MAKERS = frozenset({"GP", "CQ", "CV", "BR", "US", "UV", "PI"})

CHECKSUM_ABSENT = "checksum_absent"


class _Frame(NamedTuple):
    """One message between `>` and `<`."""

    qualifier: str
    name: str
    data: str
    device_id: str | None
    number: str | None  # of a message that wants to be acknowledged
    flags: tuple[str, ...]


class Taip:
    """The decoder of one device's stream, or of its datagrams; a message that names a vehicle is that vehicle's."""

    def __init__(self, source: str | None = None) -> None:
        self._source = source
        self._lines = Lines(_LONGEST)

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """What each message says, and behind it the acknowledgement it asks for."""
        outcomes: list[Outcome] = []
        # A line end closes a message as well as `<` does: devices leave the one or the other out.
        for line in self._lines.feed(data.replace(b"<", b"\n")):
            try:
                outcomes += [line] if isinstance(line, DecodeError) else self._said(_framed(line), received_at)
            except DecodeError as error:
                outcomes.append(error)
        return outcomes

    def flush(self) -> list[Outcome]:
        """Nothing: half a message says nothing."""
        return []

    def _said(self, frame: _Frame, received_at: datetime | None) -> list[Outcome]:
        device_id = frame.device_id or self._source
        message = _message(frame, device_id, received_at)
        if frame.number is None:
            return [message]
        return [message, Answer(device_id=device_id, received_at=received_at, octets=_acknowledgement(frame))]


def _framed(line: str) -> _Frame:
    """The parts of one message. Raises DecodeError where none begins, and for a wrong checksum."""
    _, start, text = line.rpartition(">")
    if not start:
        raise DecodeError("no_start", line)
    body, flags = _vouched(text)
    match = _FRAME.fullmatch(body)
    if match is None:
        raise DecodeError("bad_frame", line)
    qualifier, name, data, tail = match.groups()
    parameters = tail.split(";")
    identity = next((p[3:] for p in parameters if p[:3].upper() == "ID="), None)
    number = next((p for p in parameters if _NUMBERED.fullmatch(p)), None)
    return _Frame(qualifier, name, data, _device(identity) if identity else None, number, flags)


def _vouched(text: str) -> tuple[str, tuple[str, ...]]:
    """The message without its checksum, which is the exclusive or from `>` to `*`, both included."""
    body, star, checksum = text.rpartition("*")
    if not star:
        return text, (CHECKSUM_ABSENT,)
    if _CHECKSUM.fullmatch(checksum) is None:
        raise DecodeError("checksum_malformed", text)
    computed = _checksum(f">{body}*")
    if computed != int(checksum, 16):
        raise DecodeError("checksum_wrong", f"{checksum}, computed {computed:02X}")
    return body, ()


def _message(frame: _Frame, device_id: str | None, received_at: datetime | None) -> Message:
    if frame.qualifier == "R" and frame.name == "PV":
        return _velocity(frame, device_id, received_at)
    if frame.qualifier == "R" and frame.name == "EV":
        return _event(frame, device_id, received_at)
    why = f"taip_{frame.qualifier}{frame.name}".lower()
    kind = Unsupported if frame.qualifier == "R" and frame.name in _MAKERS else Ignored
    return kind(device_id=device_id, received_at=received_at, why=why)


def _velocity(frame: _Frame, device_id: str | None, received_at: datetime | None) -> Message:
    """PV tells the second of a day, and not which day: the one nearest to its arrival."""
    clock = _second(frame.data[:5]) - _LEAP
    at, doubts = judged(nearest_day(clock, received_at), received_at) if received_at else (None, ())
    return _placed(frame.data, at, device_id, received_at, frame.flags + doubts)


def _event(frame: _Frame, device_id: str | None, received_at: datetime | None) -> Message:
    """EV puts event, GPS week and day in front. A week counted in ten bits is a rollover like any other."""
    match = _EVENT.fullmatch(frame.data)
    if match is None:
        raise DecodeError("bad_event", frame.data)
    week, day, data = match.groups()
    sent_at = _GPS_EPOCH + timedelta(weeks=int(week), days=int(day)) + _second(data[:5]) - _LEAP
    at, doubts = judged(sent_at, received_at)
    return _placed(data, at, device_id, received_at, frame.flags + doubts)


def _placed(
    data: str, at: datetime | None, device_id: str | None, received_at: datetime | None, flags: tuple[str, ...]
) -> Message:
    match = _PLACE.fullmatch(data)
    if match is None:
        raise DecodeError("bad_position", data)
    _, latitude, longitude, mph, heading, source, age = match.groups()
    # The sign stands before the zeros, and is gone when the degrees are read by themselves.
    lat, lon = int(latitude) / 1e5, int(longitude) / 1e5
    if abs(lat) > 90 or abs(lon) > 180:
        raise DecodeError("position_out_of_range", data)
    basis = TimeBasis.GNSS if at else None
    if source == _NO_SOURCE or age == _AGE_UNAVAILABLE or is_null_island(lat, lon):
        return NoFix(device_id=device_id, received_at=received_at, time=at, time_basis=basis, flags=flags)
    kind: type[Located | Estimated] = Located if source in _GPS_SOURCES else Estimated
    said = kind(
        device_id=device_id,
        received_at=received_at,
        lat=lat,
        lon=lon,
        time=at,
        time_basis=basis,
        speed_mps=int(mph) * _MPH_MPS,
        course_deg=course_of(int(heading)),
        flags=flags,
    )
    # An old position sent again: the device has lost GPS for longer than ten seconds.
    return replace(said, last_known=True) if isinstance(said, Located) and age != _AGE_FRESH else said


def _second(text: str) -> timedelta:
    if not text.isdecimal() or int(text) >= _DAY_S:
        raise DecodeError("time_out_of_range", text)
    return timedelta(seconds=int(text))


def _device(identity: str) -> str:
    if _IDENTITY.fullmatch(identity) is None:
        raise DecodeError("bad_identity", identity)
    return f"imei:{identity}" if _IMEI.fullmatch(identity) else f"taip:{identity}"


def _acknowledgement(frame: _Frame) -> bytes:
    """`>ACK;ID=4711;#0002;*hh<`, which makers of this kind of message expect, else they repeat it."""
    identity = f"ID={frame.device_id.partition(':')[2]};" if frame.device_id else ""
    body = f">ACK;{identity}{frame.number};*"
    return f"{body}{_checksum(body):02X}<".encode()


def _checksum(text: str) -> int:
    return xor_of(text.encode())
