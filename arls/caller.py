"""Where a caller is: what came of one emergency call, which of it is best, and when it is worth offering to a desk.

It decides nothing of an incident: a caller's place is offered, and a dispatcher moves the incident. Who calls is not
known here and must not be: a call has an id that its call-taking system made up, never a number.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import inf, isfinite
from typing import TYPE_CHECKING, NewType

import msgspec

from arls.fix import AccuracyKind
from arls.geo import Position, metres_between

if TYPE_CHECKING:
    from collections.abc import Iterable

CallId = NewType("CallId", str)

SCHEMA = "arls.caller/1"

# A phone sends a handful a call (protocols.md 9.1: first cell or Wi-Fi, later GNSS); beyond this somebody floods.
MOST_LOCATIONS = 20

# A circle smaller than a house number is not worth moving an incident for.
_WORTH_MOVING_M = 25.0

# protocols.md 9.1: the best is by method, radius, time.
_METHODS = {"gnss": 0, "gps": 0, "a-gps": 0, "wifi": 1, "802.11": 1, "browser": 1, "cell": 2}
_UNKNOWN_METHOD = 3
_FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)

_CALL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,59}", re.ASCII)
_NUMBER = re.compile(r"\d{7,}(@.*)?", re.ASCII)


class CallerLocation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One location of one call (protocols.md 9); lat and lon are None where the phone did not know.

    Raises ValueError for half a position, a place that does not exist, a number that is none, or an instant without a
    zone.
    """

    id: str  # the same report heard twice has the same id
    received_at: datetime  # UTC, the gateway's clock
    lat: float | None = None  # degrees WGS 84
    lon: float | None = None
    accuracy_m: float | None = None  # horizontal radius
    accuracy_confidence: float | None = None  # 0 to 1: how probably the caller is inside
    accuracy_kind: AccuracyKind | None = None
    altitude_m: float | None = None  # above the ellipsoid
    time: datetime | None = None  # UTC, when it was true
    method: str | None = None  # gnss, wifi, cell; of PIDF-LO the registered word
    floor: str | None = None
    address: dict[str, str] | None = None  # RFC 5139: element to value
    gateway: str = ""
    protocol: str = ""
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a location has both latitude and longitude or neither")
        if self.lat is not None and self.lon is not None:
            Position(lat=self.lat, lon=self.lon)
        sizes = (self.accuracy_m, self.altitude_m, self.accuracy_confidence)
        if not all(size is None or isfinite(size) for size in sizes) or (self.accuracy_m or 0.0) < 0:
            raise ValueError("a size is finite, and no radius is below 0")
        if self.accuracy_confidence is not None and not 0 < self.accuracy_confidence <= 1:
            raise ValueError("a confidence lies between 0 and 1")
        for at in (self.received_at, self.time):
            if at is not None and at.tzinfo is None:
                raise ValueError(f"{at} has no time zone")

    @property
    def position(self) -> Position | None:
        """Where the phone says the caller is; None when it does not know."""
        return None if self.lat is None or self.lon is None else Position(lat=self.lat, lon=self.lon)


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one call: its locations, in the order in which they came, and when the last one did."""

    heard_at: datetime  # UTC, the engine's
    locations: tuple[CallerLocation, ...]
    positions: tuple[int, ...]  # of the records in the journal whose bodies they are


def is_call_id(text: str) -> bool:
    """True for what may be the id of a call. One that reads like a number or an IMEI is somebody's identity."""
    return _CALL_ID.fullmatch(text) is not None and _NUMBER.fullmatch(text) is None


def best_first(locations: Iterable[CallerLocation]) -> list[CallerLocation]:
    """By method, radius, time: GNSS before Wi-Fi before the cell, small before large, new before old."""
    return sorted(locations, key=_merit)


def _merit(location: CallerLocation) -> tuple[bool, int, float, float]:
    radius_m = inf if location.accuracy_m is None else location.accuracy_m
    method = _METHODS.get((location.method or "").lower(), _UNKNOWN_METHOD)
    age_s = ((location.time or location.received_at) - _FIRST_INSTANT).total_seconds()
    return location.lat is None, method, radius_m, -age_s


def find_offer(locations: Iterable[CallerLocation], at: Position) -> CallerLocation | None:
    """The best location, where an incident at `at` lies outside of its circle; None: there is no reason to move it."""
    best = next(iter(best_first(locations)), None)
    if best is None or best.position is None:
        return None
    away_m = metres_between(best.position, at)
    return best if away_m > max(best.accuracy_m or 0.0, _WORTH_MOVING_M) else None


def with_location(call: Call | None, location: CallerLocation, *, at: datetime, position: int) -> Call:
    """The call with one more location; beyond the most, the oldest that is not the best goes."""
    locations = (*call.locations, location) if call else (location,)
    positions = (*call.positions, position) if call else (position,)
    if len(locations) > MOST_LOCATIONS:
        gone = 1 if best_first(locations)[0] is locations[0] else 0
        locations = (*locations[:gone], *locations[gone + 1 :])
    return Call(heard_at=at, locations=locations, positions=positions)
