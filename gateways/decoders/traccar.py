"""Traccar: what another Traccar server forwards, one JSON object a position (traccar.org/forward; model/Position.java).

It decides what a forwarded position says. Who sent it is the device that the server names; whether the server may is
the carrier's to say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from arls.fix import AccuracyKind, AltitudeRef, TimeBasis
from gateways.decoders.instants import TIME_SUSPECT, from_epoch, from_iso, judged
from gateways.decoders.json_object import object_of, part_of
from gateways.decoders.message import (
    DecodeError,
    Estimated,
    Ignored,
    Located,
    Message,
    NoFix,
    course_of,
    is_null_island,
    known,
    number_of,
    position_of,
)
from gateways.decoders.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_KNOT_MPS = 1852 / 3600
_MILLISECONDS_FROM = 2**31

_IDENTITY = re.compile(r"[!-~]{1,64}", re.ASCII)
_IMEI = re.compile(r"\d{15}", re.ASCII)

# Position.java, ALARM_*: those for which protocols.md 12 has a word; several may stand in a row, with commas.
_REASONS = {"sos": "emergency", "powerOn": "power_on", "powerOff": "power_off", "lowBattery": "low_battery"}

BACKLOG, MOCK = "backlog", "mock"


class Traccar(Whole):
    """The decoder of a server: every object is whole, so nothing is held back."""

    def __init__(self, source: str | None = None) -> None:
        """Whoever the carrier takes the server for, its devices have names of their own."""

    def said(self, data: bytes, received_at: datetime | None) -> Message:
        """The one message of `data`. Raises DecodeError."""
        return decode(data, received_at=received_at)


def decode(payload: bytes, *, received_at: datetime | None = None) -> Message:
    """What one forwarded object says. Raises DecodeError."""
    words = object_of(payload)
    device_id = _device(part_of(words.get("device")).get("uniqueId"))
    event = words.get("event")
    # Events are forwarded to the same address; only an alarm says more than the position that comes by itself.
    if isinstance(event, dict) and event.get("type") != "alarm":
        return Ignored(device_id=device_id, received_at=received_at, why="event")
    position = words.get("position")
    if not isinstance(position, dict):
        raise DecodeError("position_missing", "position")
    attributes = part_of(position.get("attributes"))
    alarm = part_of(part_of(event).get("attributes")).get("alarm") or attributes.get("alarm")
    return _position(position, attributes, _reason(alarm), device_id, received_at)


def _position(
    position: Mapping[str, object],
    attributes: Mapping[str, object],
    reason: str | None,
    device_id: str,
    received_at: datetime | None,
) -> Message:
    at, flags = _time(position.get("fixTime"), received_at)
    flags += (BACKLOG,) if attributes.get("archive") is True else ()
    flags += (MOCK,) if attributes.get("mock") is True else ()
    lat, lon = position_of(number_of(position.get("latitude")), number_of(position.get("longitude")))
    basis = TimeBasis.DEVICE if at else None
    battery_pct, ignition = number_of(attributes.get("batteryLevel")), attributes.get("ignition")
    battery_pct = battery_pct if battery_pct is not None and 0 <= battery_pct <= 100 else None
    # Of a device that never had a fix the server writes 0/0, and whatever else a new object holds.
    if is_null_island(lat, lon):
        return NoFix(
            device_id=device_id,
            received_at=received_at,
            time=at,
            time_basis=basis,
            battery_pct=battery_pct,
            reason=reason,
            flags=flags,
        )
    knots, accuracy_m = known(number_of(position.get("speed"))), known(number_of(position.get("accuracy"))) or None
    satellites = number_of(attributes.get("sat"))
    said: dict[str, Any] = {
        "device_id": device_id,
        "received_at": received_at,
        "lat": lat,
        "lon": lon,
        "time": at,
        "time_basis": basis,
        # 0 is what stands in a field that no device has filled in.
        "accuracy_m": accuracy_m,
        "accuracy_kind": None if accuracy_m is None else AccuracyKind.MEASURED,
        "altitude_m": (altitude_m := number_of(position.get("altitude")) or None),
        "altitude_ref": None if altitude_m is None else AltitudeRef.UNKNOWN,
        "speed_mps": None if knots is None else knots * _KNOT_MPS,
        "course_deg": course_of(number_of(position.get("course"))),
        "satellites": int(satellites) if satellites is not None and 0 <= satellites <= 255 else None,
        "hdop": known(number_of(attributes.get("hdop"))),
        "battery_pct": battery_pct,
        "ignition": ignition if isinstance(ignition, bool) else None,
        "reason": reason,
        "flags": flags,
    }
    if attributes.get("approximate") is True:  # by cell or Wi-Fi, worked out at the server
        return Estimated(**said)
    # `outdated`: the server has put the last position in; `valid`: the device vouches for it.
    old = position.get("outdated") is True or position.get("valid") is False
    return Located(**said, last_known=old)


def _device(identity: object) -> str:
    """`imei:` where it is one, so that a tracker is the same device however it comes; else `traccar:`."""
    if not isinstance(identity, str) or not identity:
        raise DecodeError("id_missing", "device.uniqueId")
    if _IDENTITY.fullmatch(identity) is None:
        raise DecodeError("bad_identity", "device.uniqueId")
    return f"imei:{identity}" if _is_imei(identity) else f"traccar:{identity}"


def _is_imei(digits: str) -> bool:
    """3GPP TS 23.003, annex B: the last of 15 digits is Luhn's check of the others."""
    if _IMEI.fullmatch(digits) is None:
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(digits))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _time(stamp: object, received_at: datetime | None) -> tuple[datetime | None, tuple[str, ...]]:
    """ISO 8601, and of older servers milliseconds; null of a device that has no time."""
    if stamp is None:
        return None, ()
    number = number_of(stamp)
    if number is not None:
        at = from_epoch(number / 1000 if abs(number) >= _MILLISECONDS_FROM else number)
    else:
        at = from_iso(stamp) if isinstance(stamp, str) else None
    if at is None:
        raise DecodeError("bad_time", "position.fixTime")
    # A tracker without a clock begins with the epoch.
    return judged(at, received_at) if at.timestamp() > 0 else (None, (TIME_SUSPECT,))


def _reason(alarm: object) -> str | None:
    """The reason that matters most of a list of alarms."""
    if not isinstance(alarm, str):
        return None
    said = [_REASONS[word] for word in alarm.replace(" ", "").split(",") if word in _REASONS]
    return "emergency" if "emergency" in said else next(iter(said), None)
