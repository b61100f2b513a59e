"""One position report, as the device made it, and the doubts that keep one out of the picture.

It decides what a fix may say and which doubts it raises by itself. Whether it contradicts the fixes before it is
`track`'s to decide; which unit carries the device is `unit`'s. A doubtful fix is kept, never dropped.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import inf, isfinite, nextafter

import msgspec

from arls.geo import Position

SCHEMA = "arls.fix/1"

# protocols.md 12: later than this after its arrival, a device's clock is wrong.
FUTURE_LIMIT = timedelta(seconds=120)
# A GPS week counter of 10 bits rolls over after 1024 weeks; half of that is the oldest believable live fix.
ANCIENT_LIMIT = timedelta(weeks=500)

# A course means nothing at a crawl: protocols.md 12.
COURSE_SPEED_MPS = 0.5


class FixKind(StrEnum):
    """What the device says of its own report."""

    FIX = "fix"
    NO_FIX = "no_fix"  # alive, nowhere
    LAST_KNOWN = "last_known"  # it lost GPS; this is where it was
    ESTIMATED = "estimated"  # dead reckoning or a radio cell


class AccuracyKind(StrEnum):
    """Where the error radius comes from."""

    MEASURED = "measured"
    CLASS_BOUND = "class_bound"  # TETRA LIP: the upper bound of a class
    ESTIMATED = "estimated"  # HDOP times a constant
    ASSUMED = "assumed"  # the default of the device type


class TimeBasis(StrEnum):
    """Whose clock gave the time of the fix."""

    DEVICE = "device"
    GNSS = "gnss"
    DERIVED = "derived"  # time of receipt less the elapsed class
    GATEWAY = "gateway"


class AltitudeRef(StrEnum):
    """What an altitude is counted from; the two are 45 to 55 m apart in Britain."""

    MSL = "msl"
    ELLIPSOID = "ellipsoid"
    UNKNOWN = "unknown"


class Doubt(StrEnum):
    """Why a fix is kept but not believed."""

    NO_POSITION = "no_position"
    NULL_ISLAND = "null_island"
    FUTURE = "future"
    ANCIENT = "ancient"
    MOCK = "mock"
    JUMP = "jump"  # raised by the track: nothing on the ground gets there that fast


class Fix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One report of one device (protocols.md 12). Unknown is None, never 0 or -1; every number is finite.

    Raises ValueError for half a position, a place that does not exist, a number that is not finite, a negative
    size or an instant without a zone.
    """

    id: str  # the same observation heard twice has the same id
    source: str  # `<scheme>:<value>` of the device
    received_at: datetime  # UTC, the gateway's clock
    kind: FixKind = FixKind.FIX
    schema: str = SCHEMA
    gateway: str = ""
    protocol: str = ""
    lat: float | None = None  # degrees WGS 84
    lon: float | None = None
    accuracy_m: float | None = None  # horizontal radius
    accuracy_confidence: float | None = None  # 0 to 1: how probably the truth lies inside
    accuracy_kind: AccuracyKind | None = None
    altitude_m: float | None = None
    altitude_ref: AltitudeRef | None = None
    speed_mps: float | None = None
    course_deg: float | None = None  # 0 <= course < 360, true
    fix_time: datetime | None = None  # UTC, when it was true
    fix_time_basis: TimeBasis | None = None
    fix_time_error_s: float | None = None  # the fix is at most this much older
    reason: str | None = None  # interval, distance, emergency, ptt, status, power_on, request ...
    emergency: bool = False
    satellites: int | None = None
    hdop: float | None = None
    battery_pct: float | None = None
    ignition: bool | None = None
    flags: tuple[str, ...] = ()
    raw: str | None = None  # hex or text; off by default

    def __post_init__(self) -> None:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a fix has both latitude and longitude or neither")
        if self.lat is not None and self.lon is not None:
            Position(lat=self.lat, lon=self.lon)
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not (low <= value <= high and isfinite(value)):
                raise ValueError(f"{name} is {value}: it must lie between {low} and {high}")
        for at in (self.received_at, self.fix_time):
            if at is not None and at.tzinfo is None:
                raise ValueError(f"{at} has no time zone")

    @property
    def position(self) -> Position | None:
        """Where the device says it was; None when it does not say."""
        if self.lat is None or self.lon is None:
            return None
        return Position(lat=self.lat, lon=self.lon)

    @property
    def true_at(self) -> datetime:
        """The instant by which fixes are ordered: when it was true, or the earliest moment it can have been."""
        received_at = max(self.received_at, _FIRST_INSTANT)
        return self.fix_time or received_at - timedelta(seconds=self.fix_time_error_s or 0.0)


# What each number may be. No elapsed class is longer than a year, so that the earliest moment at which a fix can have
# been true is an instant too.
_RANGES = {
    "accuracy_m": (0.0, inf),
    "accuracy_confidence": (nextafter(0.0, 1.0), 1.0),
    "altitude_m": (-inf, inf),
    "speed_mps": (0.0, inf),
    "course_deg": (0.0, nextafter(360.0, 0.0)),
    "fix_time_error_s": (0.0, 366 * 86_400.0),
    "satellites": (0, inf),
    "hdop": (0.0, inf),
    "battery_pct": (0.0, inf),
}
_FIRST_INSTANT = datetime(1900, 1, 1, tzinfo=UTC)


def doubts_of(fix: Fix) -> frozenset[Doubt]:
    """What speaks against believing this fix, from the fix alone; empty means believe it."""
    doubts = set()
    if fix.kind is FixKind.NO_FIX or fix.lat is None or fix.lon is None:
        doubts.add(Doubt.NO_POSITION)
    elif fix.lat == 0 and fix.lon == 0:
        doubts.add(Doubt.NULL_ISLAND)
    if fix.fix_time is not None:
        if fix.fix_time - fix.received_at > FUTURE_LIMIT:
            doubts.add(Doubt.FUTURE)
        elif fix.received_at - fix.fix_time > ANCIENT_LIMIT:
            doubts.add(Doubt.ANCIENT)
    if "mock" in fix.flags:
        doubts.add(Doubt.MOCK)
    return frozenset(doubts)


def fix_id_of(source: str, *observation: object) -> str:
    """A stable id of one observation: the same device and the same content give the same id.

    `observation` is the time of the fix with its position where the device gives a time, else the raw payload.
    """
    text = "\x1f".join([source, *map(_canonical, observation)])
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _canonical(part: object) -> str:
    match part:
        case datetime():
            return part.astimezone(UTC).isoformat(timespec="milliseconds")
        case float():
            return f"{part:.7f}"
        case bytes():
            return part.hex()
        case _:
            return str(part)
