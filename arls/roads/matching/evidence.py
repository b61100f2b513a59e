"""What the fixes of units say: the places on arcs where each may have been made, and how well each explains it.

It decides what is a candidate and how likely a fix is, had the unit been there, by its distance from the road and its
course. Which candidates of successive fixes make a drive is the `trellis`'s to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.network import NO_ARC
from arls.roads.profile import FORBIDDEN
from arls.roads.snap import MOVING_MPS
from arls.roads.streets import Near

if TYPE_CHECKING:
    from arls.roads.network import Floats, Longs
    from arls.roads.profile import Weights
    from arls.roads.streets import StreetTree

# The error across the road where nobody tells it is 1.4826 x the median distance to the nearest road (as Newson and
# Krumm 2009 estimate it from a drive). From the routes that were driven it is 1.9 to 8.1 m on the tracks of Kubicka et
# al. 2015; less than 6 m is not believed of any, for roads are wide, maps err, and the nearest road is too near.
_MAD_TO_SIGMA = 1.4826
LEAST_SIGMA_M = 6.0
WORST_SIGMA_M = 50.0
# An accuracy is taken as the radius that holds 68 % of the fixes: 1.51 sigma of a Rayleigh distribution.
_ACCURACY_TO_SIGMA = 1.0 / 1.51

REACH_M = 50.0
WIDEST_REACH_M = 200.0  # Newson and Krumm: what is further off is no candidate
_REACH_SIGMAS = 6.0
_MOST_PLACES = 32

_COURSE_SIGMA_DEG = 25.0
_WORST_COURSE_NATS = 8.0  # who reverses, or has a wrong compass, stays possible


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fixes:
    """N successive fixes of one unit, or of U; NaN or None: unknown. Raises ValueError when time runs backwards."""

    lats: Floats
    lons: Floats
    times_s: Floats  # seconds of any epoch
    courses_deg: Floats | None = None
    speeds_mps: Floats | None = None
    accuracies_m: Floats | None = None  # the radius that holds 68 %
    start: Longs | None = None  # [U + 1] those of unit i are start[i]:start[i + 1]; None: all are of one

    def __post_init__(self) -> None:
        backwards = np.diff(self.times_s) < 0.0
        if (backwards & (np.diff(self.unit) == 0)).any() or np.isnan(self.times_s).any():
            raise ValueError("fixes must be in the order of their times")

    def __len__(self) -> int:
        return len(self.lats)

    @property
    def bounds(self) -> Longs:
        """[U + 1] where the fixes of each unit begin, and where the last end."""
        return np.array([0, len(self)]) if self.start is None else self.start

    @property
    def unit(self) -> Longs:
        """[N] whose each fix is."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    def of(self, units: Longs) -> Fixes:
        """Those of some of the units, in rising order."""
        counts = np.diff(self.bounds)[units]
        taken = np.isin(self.unit, units)

        def some(values: Floats | None) -> Floats | None:
            return None if values is None else values[taken]

        return Fixes(
            lats=self.lats[taken],
            lons=self.lons[taken],
            times_s=self.times_s[taken],
            courses_deg=some(self.courses_deg),
            speeds_mps=some(self.speeds_mps),
            accuracies_m=some(self.accuracies_m),
            start=np.append(0, np.cumsum(counts)),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """M places where N fixes may have been made: those of fix i are start[i]:start[i + 1], the nearest first."""

    x: Floats  # [N] metres on the network's plane
    y: Floats  # [N]
    sigma_m: Floats  # [N] the error of the fix across the road
    start: Longs  # [N + 1]
    arc: Longs  # [M]
    fraction: Floats  # [M]
    off_road_m: Floats  # [M]
    seen: Floats  # [M] log-likelihood of the fix, had the unit been there


class Witness:
    """The arcs that one profile may use, by the tree of all streets. Many threads may ask at once."""

    def __init__(self, streets: StreetTree, weights: Weights) -> None:
        self._streets = streets
        self._usable = weights.arc_ms < FORBIDDEN
        self._has_way_in = np.zeros(len(self._usable), np.bool_)
        self._has_way_in[streets.network.turn_to[weights.turn_ms < FORBIDDEN]] = True

    def evidence_of(self, fixes: Fixes) -> Evidence:
        """Where each fix may have been made."""
        x, y = self._streets.plane.metres_of(lats=fixes.lats, lons=fixes.lons)
        told_m = _or_unknown(fixes.accuracies_m, len(fixes)) * _ACCURACY_TO_SIGMA
        near = self._near(x, y, np.clip(_REACH_SIGMAS * np.nan_to_num(told_m), REACH_M, WIDEST_REACH_M))
        sigma_m = _sigma_m(near.owner, near.off_m, told_m, fixes.unit)
        # Each street is two arcs, forward and backward.
        fix, off_m = np.repeat(near.owner, 2), np.repeat(near.off_m, 2)
        arc = self._streets.arcs[near.street].ravel()
        along = np.round(near.along, 9)  # so that the end of a street is 1
        fraction = np.column_stack((along, 1.0 - along)).ravel()
        wrong_deg = np.abs((near.heading_deg - _moving_courses(fixes)[near.owner] + 180.0) % 360.0 - 180.0)
        course_nats = _course_nats(np.column_stack((wrong_deg, 180.0 - wrong_deg)).ravel())
        kept = self._kept(fix, arc, fraction, off_m)
        return Evidence(
            x=x,
            y=y,
            sigma_m=sigma_m,
            start=np.searchsorted(fix[kept], np.arange(len(fixes) + 1)),
            arc=arc[kept],
            fraction=fraction[kept],
            off_road_m=off_m[kept],
            seen=(-0.5 * (off_m / sigma_m[fix]) ** 2 - course_nats)[kept],
        )

    def _near(self, x: Floats, y: Floats, reach_m: Floats) -> Near:
        """The streets that may be used within reach of each fix, or within 200 m where there is none."""
        placed = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        near = self._within(placed, x, y, reach_m)
        alone = np.setdiff1d(placed, near.owner)
        if not len(alone):
            return near
        further = self._within(alone, x, y, np.full(len(x), WIDEST_REACH_M))
        return Near(*(np.concatenate(columns) for columns in zip(near, further, strict=True)))

    def _within(self, positions: Longs, x: Floats, y: Floats, reach_m: Floats) -> Near:
        near = self._streets.near(positions, x, y, reach_m)
        arcs = self._streets.arcs[near.street]
        usable = ((arcs != NO_ARC) & self._usable[arcs]).any(axis=1)
        kept = usable & (near.off_m <= reach_m[near.owner])
        return Near(*(column[kept] for column in near))

    def _kept(self, fix: Longs, arc: Longs, fraction: Floats, off_m: Floats) -> Longs:
        """The nearest places of each fix, in order."""
        # The start of an arc is the end of another, from which one may still go elsewhere.
        usable = (arc != NO_ARC) & self._usable[arc] & ~((fraction <= 0.0) & self._has_way_in[arc])
        kept = np.flatnonzero(usable)
        kept = kept[np.lexsort((arc[kept], off_m[kept], fix[kept]))]
        nth = np.arange(len(kept)) - np.searchsorted(fix[kept], fix[kept])
        return kept[nth < _MOST_PLACES]


def _sigma_m(fix: Longs, off_m: Floats, told_m: Floats, unit: Longs) -> Floats:
    """[N] what each fix errs by as it says itself, else as the nearest roads are far from all fixes of its unit."""
    nearest_m = np.full(len(told_m), np.inf)
    np.minimum.at(nearest_m, fix, off_m)
    usual_m = np.nan_to_num(_MAD_TO_SIGMA * _medians(nearest_m, unit), nan=LEAST_SIGMA_M)
    return np.clip(np.where(np.isnan(told_m), usual_m[unit], told_m), LEAST_SIGMA_M, WORST_SIGMA_M)


def _medians(values: Floats, group: Longs) -> Floats:
    """[G] the median of the finite values of each group, whose numbers rise; NaN of one that has none."""
    finite = np.isfinite(values)
    values, group, groups = values[finite], group[finite], int(group.max(initial=-1)) + 1
    values = np.append(values[np.lexsort((values, group))], np.nan)
    start = np.searchsorted(group, np.arange(groups + 1))
    count = np.diff(start)
    low, high = start[:-1] + (count - 1) // 2, start[:-1] + count // 2
    medians: Floats = np.where(count > 0, (values[low] + values[np.where(count > 0, high, -1)]) / 2.0, np.nan)
    return medians


def _moving_courses(fixes: Fixes) -> Floats:
    """[N] the course, NaN of who hardly moves; one without a speed is believed."""
    still = _or_unknown(fixes.speeds_mps, len(fixes)) < MOVING_MPS
    return np.where(still, np.nan, _or_unknown(fixes.courses_deg, len(fixes)))


def _course_nats(wrong_deg: Floats) -> Floats:
    """What a course that is so wrong costs; nothing where it is unknown."""
    nats = np.minimum(0.5 * (wrong_deg / _COURSE_SIGMA_DEG) ** 2, _WORST_COURSE_NATS)
    return np.nan_to_num(nats, nan=0.0)


def _or_unknown(values: Floats | None, count: int) -> Floats:
    return np.full(count, np.nan) if values is None else np.asarray(values, np.float64)
