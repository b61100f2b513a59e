"""What the fixes of one unit say: the places on arcs where each may have been made, and how well each explains it.

It decides what is a candidate and how likely a fix is, had the unit been there, by its distance from the road and its
course. Which candidates of successive fixes make a drive is the `trellis`'s to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from arls.roads.network import NO_ARC
from arls.roads.profile import FORBIDDEN
from arls.roads.snap import MOVING_MPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arls.roads.network import Floats, Longs, Network
    from arls.roads.profile import Weights

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
_HEADING_STEP_M = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fixes:
    """N successive fixes of one unit; NaN or None: unknown. Raises ValueError when time runs backwards."""

    lats: Floats
    lons: Floats
    times_s: Floats  # seconds of any epoch
    courses_deg: Floats | None = None
    speeds_mps: Floats | None = None
    accuracies_m: Floats | None = None  # the radius that holds 68 %

    def __post_init__(self) -> None:
        if not np.all(np.diff(self.times_s) >= 0.0):
            raise ValueError("fixes must be in the order of their times")

    def __len__(self) -> int:
        return len(self.lats)


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


class ArcTree:
    """The arcs that one profile may use, findable by place. Many threads may ask at once."""

    def __init__(self, network: Network, weights: Weights) -> None:
        self._plane = network.plane
        self._has_way_in = np.zeros(network.arcs, np.bool_)
        self._has_way_in[network.turn_to[weights.turn_ms < FORBIDDEN]] = True
        arcs = np.flatnonzero(weights.arc_ms < FORBIDDEN)
        street_arc = np.full((len(network.street_class), 2), NO_ARC, np.int64)
        street_arc[network.arc_street[arcs], network.arc_backward[arcs].astype(np.int64)] = arcs
        used = np.flatnonzero((street_arc != NO_ARC).any(axis=1))
        self._street_arc = street_arc[used]
        self._lines = _lines(network)[used]
        self._tree = shapely.STRtree(self._lines)
        # GEOS builds the tree at the first question, and two threads must not ask that one.
        self._tree.query(shapely.Point(0.0, 0.0))

    def evidence_of(self, fixes: Fixes) -> Evidence:
        """Where each fix may have been made."""
        x, y = self._plane.metres_of(lats=fixes.lats, lons=fixes.lons)
        told_m = _or_unknown(fixes.accuracies_m, len(fixes)) * _ACCURACY_TO_SIGMA
        fix, street = self._near(x, y, np.clip(_REACH_SIGMAS * np.nan_to_num(told_m), REACH_M, WIDEST_REACH_M))
        along, off_m, heading_deg = _nearest_points(self._lines[street], _points(x[fix], y[fix]))
        sigma_m = _sigma_m(fix, off_m, told_m)
        wrong_deg = np.abs((heading_deg - _moving_courses(fixes)[fix] + 180.0) % 360.0 - 180.0)
        # Each street is two arcs, forward and backward.
        arc, fraction = self._street_arc[street].ravel(), np.column_stack((along, 1.0 - along)).ravel()
        course_nats = _course_nats(np.column_stack((wrong_deg, 180.0 - wrong_deg)).ravel())
        fix, off_m = np.repeat(fix, 2), np.repeat(off_m, 2)
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

    def _near(self, x: Floats, y: Floats, reach_m: Floats) -> tuple[Longs, Longs]:
        """Pairs of a fix and a street within its reach, or within 200 m where there is none."""
        points = _points(x, y)
        points[~(np.isfinite(x) & np.isfinite(y))] = None
        fix, street = self._tree.query(points, predicate="dwithin", distance=reach_m)
        alone = np.setdiff1d(np.arange(len(x)), fix)
        further, more = self._tree.query(points[alone], predicate="dwithin", distance=WIDEST_REACH_M)
        return np.append(fix, alone[further]), np.append(street, more)

    def _kept(self, fix: Longs, arc: Longs, fraction: Floats, off_m: Floats) -> Longs:
        """The nearest places of each fix, in order."""
        # The start of an arc is the end of another, from which one may still go elsewhere.
        kept = np.flatnonzero((arc != NO_ARC) & ~((fraction <= 0.0) & self._has_way_in[arc]))
        kept = kept[np.lexsort((arc[kept], off_m[kept], fix[kept]))]
        nth = np.arange(len(kept)) - np.searchsorted(fix[kept], fix[kept])
        return kept[nth < _MOST_PLACES]


def _points(x: Floats, y: Floats) -> NDArray[Any]:
    return np.asarray(shapely.points(np.column_stack((x, y))))


def _lines(network: Network) -> NDArray[Any]:
    """[S] the streets on the plane."""
    points = np.column_stack((network.point_x, network.point_y))
    street = np.repeat(np.arange(len(network.street_class)), np.diff(network.street_point_start))
    return np.asarray(shapely.linestrings(points, indices=street))


def _nearest_points(lines: NDArray[Any], points: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """How far along its line, 0 to 1, the point nearest to each point is, metres off, and the line's heading there."""
    length_m = shapely.length(lines)
    at_m = shapely.line_locate_point(lines, points)
    behind = shapely.line_interpolate_point(lines, np.maximum(at_m - _HEADING_STEP_M, 0.0))
    ahead = shapely.line_interpolate_point(lines, np.minimum(at_m + _HEADING_STEP_M, length_m))
    dx, dy = shapely.get_x(ahead) - shapely.get_x(behind), shapely.get_y(ahead) - shapely.get_y(behind)
    # Rounded, so that the end of a street is 1.
    along = np.clip(np.round(at_m / np.maximum(length_m, np.finfo(np.float64).tiny), 9), 0.0, 1.0)
    return along, shapely.distance(lines, points), np.degrees(np.arctan2(dx, dy))


def _sigma_m(fix: Longs, off_m: Floats, told_m: Floats) -> Floats:
    """[N] what each fix errs by as it says itself, else as the distances from the nearest roads say of all."""
    nearest_m = np.full(len(told_m), np.inf)
    np.minimum.at(nearest_m, fix, off_m)
    nearest_m = nearest_m[np.isfinite(nearest_m)]
    usual_m = _MAD_TO_SIGMA * float(np.median(nearest_m)) if len(nearest_m) else LEAST_SIGMA_M
    return np.clip(np.where(np.isnan(told_m), usual_m, told_m), LEAST_SIGMA_M, WORST_SIGMA_M)


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
