"""All tracks at one instant, as columns over dense unit numbers, findable in space.

It decides how a believed fix becomes a row. A picture is immutable; the next one shares nothing that changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from arls.geo import LocalPlane, Position, distances_m
from arls.index import Kind, SpatialIndex, make_index
from arls.roads.live import Asked
from arls.roads.matching.evidence import Fixes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from arls.fix import Fix
    from arls.geo import Bounds
    from arls.unit import Callsign

    Floats = NDArray[np.float64]

# The columns of a picture and what each holds; NaN where it is not known.
COLUMNS = (
    "lat",  # degrees
    "lon",
    "course_deg",
    "speed_mps",
    "accuracy_m",
    "true_s",  # seconds since 1970 UTC at which the fix was true
    "error_s",  # the fix may be this much older
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """Where every unit is believed to be, by unit number 0..N-1; `position` is its place in the journal."""

    position: int
    callsigns: tuple[Callsign, ...]
    numbers: dict[Callsign, int]
    trails: tuple[tuple[Fix, ...], ...]  # [N] the fix that each unit was drawn by, and before it how it came there
    keys: NDArray[np.int64]  # [N] another key, another trail
    columns: dict[str, Floats]  # COLUMNS, each [N]
    index_kind: Kind = "grid"

    def __len__(self) -> int:
        return len(self.callsigns)

    def find_fix(self, callsign: Callsign) -> Fix | None:
        """The fix that a unit was drawn by, or None where it has no place."""
        trail = self.trails[self.numbers[callsign]]
        return trail[-1] if trail else None

    def asked_of(self, numbers: NDArray[np.int64], profile: str) -> Asked:
        """What the roads are asked of some units that go by one profile."""
        return Asked(profile=profile, numbers=numbers, columns=self.columns, trails=self)

    def fixes_of(self, numbers: NDArray[np.int64]) -> Fixes:
        """The trails of some units, for matching; one that has none has one fix of no place."""
        trails = [self.trails[number] or (None,) for number in numbers.tolist()]
        rows = [_seen(fix) for trail in trails for fix in trail]
        lats, lons, courses_deg, speeds_mps, accuracies_m, times_s = np.array(rows, np.float64).reshape(-1, 6).T
        return Fixes(
            lats=lats,
            lons=lons,
            times_s=times_s,
            courses_deg=courses_deg,
            speeds_mps=speeds_mps,
            accuracies_m=accuracies_m,
            start=np.append(0, np.cumsum([len(trail) for trail in trails])),
        )

    def age_s(self, at: datetime) -> Floats:
        """Seconds between each unit's fix and `at`, at the latest it can have been true; NaN where there is none."""
        return np.asarray(np.maximum(0.0, at.timestamp() - self.columns["true_s"]), np.float64)

    def crow_m(self, numbers: NDArray[np.int64], goal: Position) -> Floats:
        """How far each of these units is from the goal as the crow flies."""
        return distances_m(
            from_lats=self.columns["lat"][numbers],
            from_lons=self.columns["lon"][numbers],
            to_lats=np.full(len(numbers), goal.lat),
            to_lons=np.full(len(numbers), goal.lon),
        )

    @cached_property
    def located(self) -> NDArray[np.bool_]:
        """Which units have a place."""
        return ~np.isnan(self.columns["lat"])

    @cached_property
    def _index(self) -> SpatialIndex:
        ids = np.flatnonzero(self.located)
        lats, lons = self.columns["lat"][ids], self.columns["lon"][ids]
        middle = Position(lat=round(float(np.median(lats)), 1), lon=round(float(np.median(lons)), 1))
        index = make_index(self.index_kind, plane=LocalPlane(middle))
        index.update(ids, lats=lats, lons=lons)
        return index

    def nearest(self, position: Position, k: int) -> list[tuple[Callsign, float]]:
        """The `k` nearest units as the crow flies with their distances in metres, nearest first."""
        if not self.located.any():
            return []
        ids, metres = self._index.nearest(position, k)
        return [(self.callsigns[i], float(m)) for i, m in zip(ids, metres, strict=True)]

    def within(self, bounds: Bounds) -> list[Callsign]:
        """The units inside the box, by number."""
        return [self.callsigns[i] for i in self._index.within(bounds)] if self.located.any() else []


class Canvas:
    """The columns on which pictures are drawn: one writer sets rows, `picture` hands out copies."""

    def __init__(self, index_kind: Kind = "grid") -> None:
        self._kind = index_kind
        self._callsigns: tuple[Callsign, ...] = ()
        self._numbers: dict[Callsign, int] = {}
        self._trails: list[tuple[Fix, ...]] = []
        self._keys = np.empty(0, np.int64)
        self._columns = {name: np.empty(0) for name in COLUMNS}

    @property
    def numbers(self) -> Mapping[Callsign, int]:
        """The number of each callsign."""
        return self._numbers

    def add(self, callsigns: Collection[Callsign]) -> None:
        """Give each callsign behind those already numbered the next number."""
        new = tuple(islice(callsigns, len(self._callsigns), None))
        if not new:
            return
        self._callsigns = (*self._callsigns, *new)
        self._numbers = {callsign: number for number, callsign in enumerate(self._callsigns)}
        self._trails += [()] * len(new)
        self._keys = np.append(self._keys, np.zeros(len(new), np.int64))
        for name, column in self._columns.items():
            self._columns[name] = np.concatenate([column, np.full(len(new), np.nan)])

    def set(self, callsign: Callsign, trail: tuple[Fix, ...]) -> None:
        """Draw a unit where the last fix of its trail says; an empty one rubs it out."""
        number = self._numbers[callsign]
        self._trails[number] = trail
        self._keys[number] = hash(tuple((fix.id, fix.received_at) for fix in trail))
        for name, value in row_of(trail[-1] if trail else None).items():
            self._columns[name][number] = np.nan if value is None else value

    def picture(self, position: int) -> Picture:
        """The picture as it stands, for the journal position `position`."""
        columns = {name: column.copy() for name, column in self._columns.items()}
        keys = self._keys.copy()
        for column in (*columns.values(), keys):
            column.flags.writeable = False
        return Picture(
            position=position,
            callsigns=self._callsigns,
            numbers=self._numbers,
            trails=tuple(self._trails),
            keys=keys,
            columns=columns,
            index_kind=self._kind,
        )


def row_of(fix: Fix | None) -> dict[str, float | None]:
    """The columns of a unit that is drawn where this fix says; None: nowhere."""
    if fix is None:
        return dict.fromkeys(COLUMNS)
    return {
        "lat": fix.lat,
        "lon": fix.lon,
        "course_deg": fix.course_deg,
        "speed_mps": fix.speed_mps,
        "accuracy_m": fix.accuracy_m,
        "true_s": (fix.fix_time or fix.received_at).timestamp(),
        "error_s": fix.fix_time_error_s or 0.0,
    }


def _seen(fix: Fix | None) -> tuple[float | None, ...]:
    """What matching is told of a fix; by `true_at` a trail is in order, whatever its clocks say."""
    if fix is None:
        return None, None, None, None, None, 0.0
    return fix.lat, fix.lon, fix.course_deg, fix.speed_mps, fix.accuracy_m, fix.true_at.timestamp()
