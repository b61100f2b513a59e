"""One event of Cursor on Target, in whichever of its two encodings it came, and what it means.

It decides which types of event are positions, alarms or neither (protocols.md 8), and which positions are a unit's own
report. The uid names the device; a callsign is a label that people change, and is left out.
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
PING, PONG = "t-x-c-t", "t-x-c-t-r"
_PINGS = frozenset({PING, PONG})
OFFER, REQUEST, RESPONSE = "t-x-takp-v", "t-x-takp-q", "t-x-takp-r"
# The second letter of an atom is whose it is: f friend, h hostile, n neutral, u unknown and so on (MIL-STD-2525).
_FRIEND = "a-f"
# How a position was come by: h- by a human, h-g-i-g-o put on a map by hand, m-g by GPS, m-s simulated.
_BY_HAND, _SIMULATED = "h-", "m-s"
# TAK clients name an alarm so after the device in need.
_PRESSED = "-9-1-1"
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
    how: str = ""
    emergency: bool = False
    parent: str | None = None  # the uid of who made it, where an event is not about its own device
    versions: tuple[int, ...] = ()  # of the TAK protocol, that its sender offers to speak
    accepted: bool | None = None  # what was requested


class Negotiation(Ignored, frozen=True, kw_only=True, omit_defaults=True, tag="negotiation"):
    """Talk about which version of the TAK protocol a stream goes on in: an offer, or the answer to a request.

    Of no use to a picture, but to whoever holds the stream.
    """

    why: str = "protocol"
    uid: str
    versions: tuple[int, ...] = ()
    accepted: bool | None = None


def message_of(event: CotEvent, received_at: datetime | None, *, own_units_only: bool = False) -> Message:
    """What an event says; with `own_units_only` the positions of others are passed by. Raises DecodeError."""
    if not event.uid or not event.type:
        raise DecodeError("uid_missing" if not event.uid else "type_missing")
    match event.type:
        case kind if kind.startswith("a-"):
            why = _not_a_unit(event) if own_units_only else None
            return _ignored(event, received_at, why) if why else _atom(event, received_at)
        case kind if kind.startswith(_CANCELLED):
            # Heard and kept; whether the emergency is over, a person decides.
            return Status(device_id=_presser(event), received_at=received_at, text="emergency_cancelled")
        case kind if kind.startswith("b-a-o"):
            return _alarm(event, received_at)
        case kind if kind.startswith("b-t-f"):
            return Text(device_id=_find_device(event.uid), received_at=received_at)
        case _:
            return _aside(event, received_at)


def _aside(event: CotEvent, received_at: datetime | None) -> Message:
    """What concerns no unit."""
    if event.type in _PINGS:
        return KeepAlive(received_at=received_at)  # its uid is the ping's own, and no device's
    if event.type in {OFFER, RESPONSE}:
        return Negotiation(received_at=received_at, uid=event.uid, versions=event.versions, accepted=event.accepted)
    why = next((why for prefix, why in _OTHERS.items() if event.type.startswith(prefix)), "other_type")
    return _ignored(event, received_at, why)


def _ignored(event: CotEvent, received_at: datetime | None, why: str) -> Ignored:
    return Ignored(device_id=_find_device(event.uid), received_at=received_at, why=why)


def _not_a_unit(event: CotEvent) -> str | None:
    """Why an atom is no report of one of our units on itself; None where it is. A call for help always is."""
    if event.emergency:
        return None
    if event.type != _FRIEND and not event.type.startswith(f"{_FRIEND}-"):
        return "not_friendly"
    if event.parent not in {None, event.uid} and event.how.startswith(_BY_HAND):
        return "marker"  # somebody else put it on a map
    return None


def _atom(event: CotEvent, received_at: datetime | None) -> Message:
    device_id = _device(event.uid)
    lat, lon = position_of(event.lat, event.lon)
    if event.at is None:
        raise DecodeError("bad_time")
    at, flags = judged(event.at, received_at)
    if event.how == _SIMULATED or event.how.startswith(f"{_SIMULATED}-"):
        flags = (*flags, "mock")
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
        accuracy_kind=_accuracy_kind(event, accuracy_m),
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
        accuracy_kind=_accuracy_kind(event, accuracy_m),
        reason="emergency",
        flags=flags,
    )


def _presser(event: CotEvent) -> str:
    """An alarm has a uid of its own; its link names the device that is in need, or else its uid is made of that."""
    return _device(event.parent or event.uid.removesuffix(_PRESSED))


def _find_device(uid: str) -> str | None:
    """The device, where it can be one: the uid of a chat is made of two and of a number, and longer than any."""
    return f"cot:{uid}" if _IDENTITY.fullmatch(uid) else None


def _device(uid: str) -> str:
    device_id = _find_device(uid)
    if device_id is None:
        raise DecodeError("bad_identity", ascii(uid))
    return device_id


def _stated(value: float | None) -> float | None:
    return None if value is None or abs(value) >= _UNKNOWN_FROM else value


def _accuracy(ce: float | None) -> float | None:
    """No position is without error: 0 is what stands where nobody wrote anything."""
    return _stated(ce) if ce is not None and ce > 0 else None


def _accuracy_kind(event: CotEvent, accuracy_m: float | None) -> AccuracyKind | None:
    if accuracy_m is None:
        return None
    return AccuracyKind.ESTIMATED if event.how.startswith(_BY_HAND) else AccuracyKind.MEASURED
