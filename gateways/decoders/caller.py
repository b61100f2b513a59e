"""Where a caller is: a location for an incident, never for a unit, and without a word about who calls.

It decides what a caller's location may say. Numbers, IMSI and IMEI are dropped before anything is made of a message
(protocols.md 9 and 15), so that no log, topic or sample can hold them; the call itself names its caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.fix import AccuracyKind, AltitudeRef, TimeBasis
from gateways.decoders.message import Report, is_null_island, position_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    # Makes the id of a call of who calls; it is handed in, and what it was given is forgotten at once.
    NameCall = Callable[[str], str]

# Zeros at the end of an identity that are no accident.
_MASKED = 6

# No size of anybody's place on earth has more digits than these; an identity in the wrong field has.
_LARGEST_M = 20_000_000.0
_HIGHEST_M = 100_000.0
_FASTEST_MPS = 1_000.0


class CallerLocated(Report, frozen=True, kw_only=True, omit_defaults=True, tag="fix"):
    """A caller is within `accuracy_m` of here, as sure as `accuracy_confidence`."""

    method: str | None = None  # gnss, wifi, cell; in PIDF-LO the registered word
    floor: str | None = None  # the label on the lift's button
    address: dict[str, str] | None = None  # RFC 5139: element to value
    call_id: str | None = None  # which call, by the name that the carrier gives it


class CallerNoFix(Report, frozen=True, kw_only=True, omit_defaults=True, tag="nofix"):
    """A caller's phone does not know where it is, or says it only as an address."""

    address: dict[str, str] | None = None
    call_id: str | None = None


def caller_of(
    *,
    lat: float | None,
    lon: float | None,
    time: datetime | None,
    accuracy_m: float | None,
    confidence: float | None,
    method: str | None,
    altitude_m: float | None = None,
    speed_mps: float | None = None,
    course_deg: float | None = None,
    floor: str | None = None,
    address: dict[str, str] | None = None,
    received_at: datetime | None,
    flags: tuple[str, ...] = (),
) -> CallerLocated | CallerNoFix:
    """A caller's location. Raises DecodeError."""
    lat, lon = position_of(lat, lon)
    basis = TimeBasis.DEVICE if time else None
    if is_null_island(lat, lon):
        return CallerNoFix(received_at=received_at, time=time, time_basis=basis, address=address, flags=flags)
    # A radius of 0 is how phones write that they do not know it.
    radius_m = _within(accuracy_m, _LARGEST_M) or None
    height_m = _within(altitude_m, _HIGHEST_M)
    return CallerLocated(
        received_at=received_at,
        lat=lat,
        lon=lon,
        time=time,
        time_basis=basis,
        accuracy_m=radius_m,
        accuracy_confidence=None if radius_m is None else confidence,
        accuracy_kind=None if radius_m is None else AccuracyKind.MEASURED,
        altitude_m=height_m,
        altitude_ref=None if height_m is None else AltitudeRef.ELLIPSOID,
        speed_mps=_within(speed_mps, _FASTEST_MPS),
        course_deg=course_deg,
        method=method,
        floor=floor,
        address=address,
        flags=flags,
    )


def _within(size: float | None, largest: float) -> float | None:
    return size if size is not None and abs(size) <= largest else None


def find_telling(*identities: str | None) -> str | None:
    """The first IMEI or IMSI that is one phone's alone; None where there is none.

    Android masks: of an IMSI it sends the network's digits and zeros behind (ELS, SMS specification), so that half a
    country would be one call.
    """
    return next((one for one in identities if one and len(one) > _MASKED and one[-_MASKED:] != "0" * _MASKED), None)


def named(
    message: CallerLocated | CallerNoFix, caller: str | None, name_call: NameCall | None
) -> CallerLocated | CallerNoFix:
    """The message with the id of its call, where somebody can make one of who calls."""
    if name_call is None or not caller:
        return message
    return replace(message, call_id=name_call(caller))


def share_of(percent: float | None) -> float | None:
    """A confidence between 0 and 1; None for one that is unknown, and for 0, which vouches for nothing."""
    return percent / 100 if percent is not None and 0 < percent <= 100 else None
