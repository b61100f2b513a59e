"""LIP's long location report (ETSI TS 100 392-18-1): a place with its shape, height, speed and, at last, a time.

It decides what the report says. Only day, hour, minute and second of a time are sent; the month comes from the
receive stamp, and without a stamp the time is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from arls.fix import AccuracyKind, AltitudeRef, TimeBasis
from gateways.decoders.instants import TIME_SUSPECT, judged, latest_on_day, time_of_day
from gateways.decoders.message import DecodeError, Located, Message, NoFix, is_null_island
from gateways.decoders.tetra_lip_fields import (
    AGE_MAX_S,
    ERROR_BOUND_M,
    reason_of,
    take_position,
    take_speed_mps,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gateways.decoders.bits import Bits

EXTENSION = 3

# "Confidence level"; 7 is unknown.
_CONFIDENCE = {0: 0.50, 1: 0.68, 2: 0.80, 3: 0.90, 4: 0.95, 5: 0.98, 6: 0.99}

_RESULT_CODE = 12  # type 5 element


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    accuracy_confidence: float | None = None
    accuracy_kind: AccuracyKind | None = None
    altitude_m: float | None = None
    altitude_ref: AltitudeRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _When:
    at: datetime | None = None
    basis: TimeBasis | None = None
    age_max_s: float | None = None
    flags: tuple[str, ...] = ()


def read(bits: Bits, source: str | None, received_at: datetime | None) -> Message:
    """What the report says; `bits` begin after the PDU type extension. Raises DecodeError."""
    when = _take_time(bits, received_at)
    place = _take_place(bits)
    speed_mps, course_deg = _take_velocity(bits)
    bits.take(1, "acknowledgement request")
    reason = reason_of(bits.take(1, "type of additional data"), bits.take(8, "additional data"))
    result_code = _take_result_code(bits)
    if place.lat is None or place.lon is None or is_null_island(place.lat, place.lon):
        return NoFix(
            device_id=source,
            received_at=received_at,
            time=when.at,
            time_basis=when.basis,
            age_max_s=when.age_max_s,
            reason=reason,
            result_code=result_code,
            flags=when.flags,
        )
    return Located(
        device_id=source,
        received_at=received_at,
        lat=place.lat,
        lon=place.lon,
        time=when.at,
        time_basis=when.basis,
        age_max_s=when.age_max_s,
        accuracy_m=place.accuracy_m,
        accuracy_confidence=place.accuracy_confidence,
        accuracy_kind=place.accuracy_kind,
        altitude_m=place.altitude_m,
        altitude_ref=place.altitude_ref,
        speed_mps=speed_mps,
        course_deg=course_deg,
        reason=reason,
        result_code=result_code,
        flags=when.flags,
        last_known=reason == "location_lost",
    )


def _take_time(bits: Bits, received_at: datetime | None) -> _When:
    match bits.take(2, "time type"):
        case 0:
            return _When()
        case 1:
            age_max_s = AGE_MAX_S.get(bits.take(2, "time elapsed"))
            if received_at is None or age_max_s is None:
                return _When(age_max_s=age_max_s)
            return _When(at=received_at, basis=TimeBasis.DERIVED, age_max_s=age_max_s)
        case 2:
            day, hour, minute, second = (bits.take(width, "time of position") for width in (5, 5, 6, 6))
            return _time_of_position(day, hour, minute, second, received_at)
        case reserved:
            raise DecodeError("time_type_reserved", reserved)


def _time_of_position(day: int, hour: int, minute: int, second: int, received_at: datetime | None) -> _When:
    since_midnight = time_of_day(hour, minute, second)
    if received_at is None:
        return _When()
    at = None if since_midnight is None else latest_on_day(day, since_midnight, received_at)
    if at is None:
        return _When(flags=(TIME_SUSPECT,))
    at, flags = judged(at, received_at)
    return _When(at=at, basis=TimeBasis.GNSS if at else None, flags=flags)


def _take_place(bits: Bits) -> _Place:
    shape = bits.take(4, "location shape")
    if shape not in _SHAPES:
        raise DecodeError("shape_not_supported", shape)
    parts = _SHAPES[shape]
    if not parts:
        return _Place()
    place = _Place()
    for part in parts:
        place = part(bits, place)
    return place


def _point(bits: Bits, place: _Place) -> _Place:
    lat, lon = take_position(bits)
    return replace(place, lat=lat, lon=lon)


def _circle(bits: Bits, place: _Place) -> _Place:
    return _with_accuracy(place, _uncertainty_m(bits), AccuracyKind.MEASURED)


def _ellipse(bits: Bits, place: _Place) -> _Place:
    """The half major axis is the radius that holds the ellipse."""
    major_m, minor_m = _uncertainty_m(bits), _uncertainty_m(bits)
    bits.take(8, "angle")
    radius_m = None if major_m is None or minor_m is None else max(major_m, minor_m)
    return _with_accuracy(place, radius_m, AccuracyKind.MEASURED)


def _altitude(bits: Bits, place: _Place) -> _Place:
    """Altitude type 1 bit, altitude 11 bits: steps of 1, 2 and 75 m; 0 is unknown."""
    user_defined = bits.take(1, "altitude type")
    code = bits.take(11, "altitude")
    if code == 0:
        return place
    steps = [(1201, 1, -201), (1926, 2, -1402), (2047, 75, -142_000)]
    altitude_m = next(step_m * code + offset_m for last, step_m, offset_m in steps if code <= last)
    return replace(
        place,
        altitude_m=float(altitude_m),
        altitude_ref=AltitudeRef.UNKNOWN if user_defined else AltitudeRef.ELLIPSOID,
    )


def _altitude_uncertainty(bits: Bits, place: _Place) -> _Place:
    bits.take(3, "altitude uncertainty")
    return place


def _confidence(bits: Bits, place: _Place) -> _Place:
    return replace(place, accuracy_confidence=_CONFIDENCE.get(bits.take(3, "confidence")))


def _position_error(bits: Bits, place: _Place) -> _Place:
    accuracy_m = ERROR_BOUND_M.get(bits.take(3, "position error"))
    return _with_accuracy(place, accuracy_m, AccuracyKind.CLASS_BOUND)


def _with_accuracy(place: _Place, accuracy_m: float | None, kind: AccuracyKind) -> _Place:
    return replace(place, accuracy_m=accuracy_m, accuracy_kind=None if accuracy_m is None else kind)


# "Location shape": what follows the four bits, in order. 9, an arc, names the place of a mast and not of the radio;
# 11 to 14 are reserved and 15 is an extension: none of these is read. Public decoders disagree about 6 and 8
# (protocols.md 1.4); the order here is the sheet's.
_SHAPES = {
    0: (),
    1: (_point,),
    2: (_point, _circle),
    3: (_point, _ellipse, _confidence),
    4: (_point, _altitude),
    5: (_point, _circle, _altitude),
    6: (_point, _ellipse, _altitude, _confidence),
    7: (_point, _circle, _altitude, _altitude_uncertainty),
    8: (_point, _ellipse, _altitude, _altitude_uncertainty, _confidence),
    10: (_point, _position_error),
}


def _uncertainty_m(bits: Bits) -> float | None:
    """Horizontal position uncertainty, 6 bits: 2 x 1.2^(K+5) - 4 metres; 63 is best effort, which bounds nothing."""
    code = bits.take(6, "horizontal uncertainty")
    return None if code == 63 else 2 * 1.2 ** (code + 5) - 4


def _take_velocity(bits: Bits) -> tuple[float | None, float | None]:
    """Speed and course of the eight velocity types."""
    velocity_type = bits.take(3, "velocity type")
    if velocity_type == 0:
        return None, None
    speed_mps, course_deg = take_speed_mps(bits), None
    for part in _VELOCITY_PARTS[velocity_type]:
        match part:
            case "course":
                course_deg = bits.take(8, "direction of travel") * 360 / 256
            case "vertical":
                bits.take(8, "vertical velocity")  # a picture has no use for it
            case _:
                bits.take(3, "velocity uncertainty")
    return speed_mps, course_deg


# What follows the horizontal speed.
_VELOCITY_PARTS: dict[int, Sequence[str]] = {
    1: (),
    2: ("uncertainty",),
    3: ("vertical",),
    4: ("uncertainty", "vertical", "uncertainty"),
    5: ("course",),
    6: ("uncertainty", "course", "uncertainty"),
    7: ("uncertainty", "vertical", "uncertainty", "course", "uncertainty"),
}


def _take_result_code(bits: Bits) -> int | None:
    """The result code among the type 5 elements, which end the PDU: id 5 bits, length 6 bits, value.

    Octet padding looks like an element of id 0; whatever does not fit is padding too.
    """
    result_code = None
    while bits.left >= 11:
        element, length = bits.take(5), bits.take(6)
        if element == 0 or length > bits.left:
            break
        value = bits.take(length)
        if element == _RESULT_CODE and length == 8:
            result_code = value
    return result_code
