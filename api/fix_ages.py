"""How old the fixes were that units were shown by, per gateway and protocol, over the last hours.

It decides what is sampled and how long it is kept: every ten seconds the ages of all units on duty, the median and the
95th percentile of each series, in memory of a fixed size. A restart begins anew, and the answer says since when.
"""

from __future__ import annotations

import math
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from api.views import on_duty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from arls.engine import Engine
    from arls.state import Known

    Floats = NDArray[np.float64]

EVERY = timedelta(seconds=10)
KEPT = timedelta(hours=24)
_ROWS = KEPT // EVERY
# Series that have rings of their own; whatever comes after them is one more, so that forged names fill no memory.
SERIES_LIMIT = 24
OTHERS = ("others", "")
# What a chart of some 600 pixels can show.
POINTS_LIMIT = 300
_COLUMNS = 3  # n, median, 95th percentile


class FixAgePoint(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Fixes of one series from `at` (UTC) on for one step: of several samples the middle median, the worst 95th."""

    at: datetime
    n: int  # units, in the last of the samples
    p50_s: float
    p95_s: float


class FixAgeSeries(msgspec.Struct, frozen=True, kw_only=True):
    """The units that were shown by fixes of one gateway and protocol."""

    gateway: str
    protocol: str
    points: tuple[FixAgePoint, ...]


class FixAgesView(msgspec.Struct, frozen=True, kw_only=True):
    """How old the fixes were that units were shown by, gateway by gateway and protocol by protocol."""

    start: datetime = msgspec.field(name="from")
    end: datetime = msgspec.field(name="to")
    sampled_from: datetime | None  # the oldest sample that is kept; null: there is none yet
    every_s: float  # between two samples
    kept_s: float  # so long samples are kept
    step_s: float  # between two points
    series: tuple[FixAgeSeries, ...]


class FixAges:
    """Rings of samples, one a series; one writer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_s = np.full(_ROWS, np.nan)  # [rows] Unix seconds
        self._rings: dict[tuple[str, str], Floats] = {}  # [rows, n | p50 | p95], NaN where nobody was
        self._next = 0

    def sample(self, known: Known, at: datetime) -> None:
        """Note how old the fixes of all units on duty are at the UTC instant `at`."""
        ages = known.picture.age_s(at)
        groups: dict[tuple[str, str], list[float]] = {}
        for callsign, number in known.picture.numbers.items():
            fix = known.picture.find_fix(callsign)
            if fix is not None and on_duty(known, callsign):
                groups.setdefault((fix.gateway, fix.protocol), []).append(float(ages[number]))
        with self._lock:
            row, self._next = self._next, (self._next + 1) % _ROWS
            self._at_s[row] = at.timestamp()
            for ring in self._rings.values():
                ring[row] = np.nan
            for name, found in self._kept(groups).items():
                p50, p95 = np.percentile(found, (50, 95))
                self._ring(name)[row] = len(found), p50, p95

    def view(self, *, start: datetime, end: datetime) -> FixAgesView:
        """What was sampled from `start` to before `end` (UTC), at most `POINTS_LIMIT` points a series."""
        with self._lock:
            at_s, rings = self._at_s.copy(), {name: ring.copy() for name, ring in self._rings.items()}
        width_s = (end - start).total_seconds()
        every_s = EVERY.total_seconds()
        step_s = every_s * max(1, math.ceil(width_s / every_s / POINTS_LIMIT))
        within = np.flatnonzero((at_s >= start.timestamp()) & (at_s < end.timestamp()))
        order = within[np.argsort(at_s[within], kind="stable")]
        oldest_s = np.nanmin(at_s) if np.isfinite(at_s).any() else None
        series = (
            FixAgeSeries(gateway=gateway, protocol=protocol, points=_points(at_s[order], ring[order], start, step_s))
            for (gateway, protocol), ring in sorted(rings.items())
        )
        return FixAgesView(
            start=start,
            end=end,
            sampled_from=None if oldest_s is None else datetime.fromtimestamp(float(oldest_s), UTC),
            every_s=every_s,
            kept_s=KEPT.total_seconds(),
            step_s=step_s,
            series=tuple(one for one in series if one.points),
        )

    def _kept(self, groups: dict[tuple[str, str], list[float]]) -> dict[tuple[str, str], list[float]]:
        kept: dict[tuple[str, str], list[float]] = {}
        for name, found in groups.items():
            known = name in self._rings or len(self._rings.keys() | kept.keys()) < SERIES_LIMIT
            kept.setdefault(name if known else OTHERS, []).extend(found)
        return kept

    def _ring(self, name: tuple[str, str]) -> Floats:
        return self._rings.setdefault(name, np.full((_ROWS, _COLUMNS), np.nan))


def _points(at_s: Floats, rows: Floats, start: datetime, step_s: float) -> tuple[FixAgePoint, ...]:
    """Samples in the order of time, those of one step as one point."""
    there = np.isfinite(rows[:, 0])
    at_s, rows = at_s[there], rows[there]
    begin_s = start.timestamp()
    steps = ((at_s - begin_s) // step_s).astype(np.int64)
    edges = np.flatnonzero(np.diff(steps)) + 1
    points = []
    for samples, step in zip(np.split(rows, edges), np.split(steps, edges), strict=True):
        if len(samples) == 0:
            continue
        p50_s, p95_s = np.median(samples[:, 1]), samples[:, 2].max()
        at = datetime.fromtimestamp(begin_s + float(step[0]) * step_s, UTC)
        points.append(
            FixAgePoint(at=at, n=int(samples[-1, 0]), p50_s=round(float(p50_s), 1), p95_s=round(float(p95_s), 1))
        )
    return tuple(points)


@contextmanager
def sampling(engine: Engine, *, now: Callable[[], datetime]) -> Iterator[FixAges]:
    """Samples of a running engine every ten seconds, from a thread of its own, until the block ends."""
    ages, stopping = FixAges(), threading.Event()

    def run() -> None:
        while not stopping.wait(EVERY.total_seconds()):
            ages.sample(engine.known, now())

    thread = threading.Thread(target=run, name="fix ages", daemon=True)
    thread.start()
    try:
        yield ages
    finally:
        stopping.set()
        thread.join()
