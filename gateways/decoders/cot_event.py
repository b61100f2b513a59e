"""One event of Cursor on Target, in whichever of its two encodings it came, and what it means.

It decides which types of event are positions, alarms or neither (protocols.md 8). The uid names the device; a callsign
is a label that people change, and is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arls.fix import AccuracyKind, AltitudeRef, TimeBasis
from gateways.decoders.instants import judged
from gateways.decoders.message import (
    Alarm,
    DecodeError,
    Ignored,
    KeepAlive,
    Located,
    Message,
    NoFix,
    Status,
    Text,
    course_of,
    is_null_island,
    known,
    position_of,
)

if TYPE_CHECKING:
    from datetime import datetime

_IDENTITY = re.compile(r"[!-~](?:[ -~]{0,126}[!-~])?", re.ASCII)

# 9999999 stands for unknown, and in older clients 999999.
_UNKNOWN_FROM = 999_999

_CANCELLED = "b-a-o-can"
_PINGS = frozenset({"t-x-c-t", "t-x-c-t-r"})
# Of no use to a picture of our own units, by the beginning of the type.
_OTHERS = {"b-m-p": "marker", "b-m-r": "route", "b-a-g": "geofence", "u-": "drawing", "t-": "protocol"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CotEvent:
    """The parts of an event that are used here, as they were written: metres, m/s, degrees, and 9999999."""

    uid: str
    type: str
    at: datetime | None
    lat: float | None = None
    lon: float | None = None
    hae: float | None = None  # above the ellipsoid
    ce: float | None = None
    speed: float | None = None
    course: float | None = None
    battery: float | None = None
    emergency: bool = False
    parent: str | None = None  # the uid of who made it, where an event is not about its own device


def message_of(event: CotEvent, received_at: datetime | None) -> Message:
    """What an event says. Raises DecodeError."""
    device_id = _device(event.uid)
    match event.type:
        case "":
            raise DecodeError("type_missing")
        case kind if kind.startswith("a-"):
            return _atom(event, device_id, received_at)
        case kind if kind.startswith(_CANCELLED):
            # Heard and kept; whether the emergency is over, a person decides.
            return Status(device_id=_presser(event), received_at=received_at, text="emergency_cancelled")
        case kind if kind.startswith("b-a-o"):
            return _alarm(event, received_at)
        case kind if kind.startswith("b-t-f"):
            return Text(device_id=device_id, received_at=received_at)
        case kind if kind in _PINGS:
            return KeepAlive(device_id=device_id, received_at=received_at)
        case kind:
            why = next((why for prefix, why in _OTHERS.items() if kind.startswith(prefix)), "other_type")
            return Ignored(device_id=device_id, received_at=received_at, why=why)


def _atom(event: CotEvent, device_id: str, received_at: datetime | None) -> Message:
    lat, lon = position_of(event.lat, event.lon)
    if event.at is None:
        raise DecodeError("bad_time")
    at, flags = judged(event.at, received_at)
    basis = TimeBasis.DEVICE if at else None
    reason = "emergency" if event.emergency else None
    if is_null_island(lat, lon):
        return NoFix(
            device_id=device_id, received_at=received_at, time=at, time_basis=basis, reason=reason, flags=flags
        )
    accuracy_m, altitude_m = _accuracy(event.ce), _stated(event.hae)
    return Located(
        device_id=device_id,
        received_at=received_at,
        lat=lat,
        lon=lon,
        time=at,
        time_basis=basis,
        accuracy_m=accuracy_m,
        accuracy_kind=None if accuracy_m is None else AccuracyKind.MEASURED,
        altitude_m=altitude_m,
        altitude_ref=None if altitude_m is None else AltitudeRef.ELLIPSOID,
        speed_mps=known(_stated(event.speed)),
        course_deg=course_of(event.course),
        # Protobuf writes 0 where nothing was said, and a device that says anything is not empty.
        battery_pct=event.battery if event.battery is not None and 0 < event.battery <= 100 else None,
        reason=reason,
        flags=flags,
    )


def _alarm(event: CotEvent, received_at: datetime | None) -> Message:
    """A call for help is heard whatever else in it is wrong."""
    at, flags = judged(event.at, received_at)
    try:
        lat, lon = position_of(event.lat, event.lon)
    except DecodeError:
        lat = lon = 0
    placed = not is_null_island(lat, lon)
    accuracy_m = _accuracy(event.ce) if placed else None
    return Alarm(
        device_id=_presser(event),
        received_at=received_at,
        lat=lat if placed else None,
        lon=lon if placed else None,
        time=at,
        time_basis=TimeBasis.DEVICE if at else None,
        accuracy_m=accuracy_m,
        accuracy_kind=None if accuracy_m is None else AccuracyKind.MEASURED,
        reason="emergency",
        flags=flags,
    )


def _presser(event: CotEvent) -> str:
    """An alarm has a uid of its own; its link names the device that is in need."""
    return _device(event.parent or event.uid)


def _device(uid: str) -> str:
    if not uid:
        raise DecodeError("uid_missing")
    if _IDENTITY.fullmatch(uid) is None:
        raise DecodeError("bad_identity", ascii(uid))
    return f"cot:{uid}"


def _stated(value: float | None) -> float | None:
    return None if value is None or abs(value) >= _UNKNOWN_FROM else value


def _accuracy(ce: float | None) -> float | None:
    """No position is without error: 0 is what stands where nobody wrote anything."""
    return _stated(ce) if ce is not None and ce > 0 else None
