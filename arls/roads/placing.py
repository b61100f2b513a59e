"""Where units are on the road: by the drive that their latest fixes tell of, else by the last of them alone.

It decides which of the two is believed. How a drive is told from fixes is `matching`'s to decide, and on which road
one fix alone is `snap`'s. A place is a function of the fixes, the network and the profile, so that it is the same again
in a replay.

On the 12 tracks of Kubicka et al. 2015, a fix every 5 s, the arc is one that was driven in 0.96 of all places by the
last eight fixes, in 0.95 by the last two, and in 0.89 by the last alone with its course.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from arls.roads.matching.evidence import LEAST_SIGMA_M
from arls.roads.matching.match import Matcher
from arls.roads.network import NO_ARC, Places
from arls.roads.profile import FORBIDDEN, off_main
from arls.roads.snap import MOVING_MPS, OFF_ROAD_FREE_M, walk_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from arls.roads.matching.evidence import Fixes
    from arls.roads.matching.match import Whereabouts
    from arls.roads.network import Bools, Floats, Longs
    from arls.roads.profile import Weights
    from arls.roads.snap import Snapper

# What the place of a unit by one fix depends on, by the names of a picture's columns.
SEEN = ("lat", "lon", "course_deg", "speed_mps", "accuracy_m")
# A second place is kept that is at least so probable against the first: ours.
_NEARLY = 0.5
# A unit has at most so many places.
SLOTS = 2
# Fixes that are nearer to each other tell of no drive: matching would take them for one.
_NOISE_M = 2.0 * LEAST_SIGMA_M
_METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371,009 m: enough to tell a drive from noise


class Trails(Protocol):
    """The latest fixes of every unit, the last of them the one that a picture shows."""

    @property
    def keys(self) -> Longs:
        """[N] by unit: another key, another trail."""
        ...

    def fixes_of(self, numbers: Longs) -> Fixes:
        """Those of some units, each of which has one or more."""
        ...


class Placer:
    """The roads on which the units of one profile are placed. Many threads may ask, and wait for each other."""

    def __init__(self, snapper: Snapper, weights: Weights) -> None:
        self._snapper = snapper
        self._weights = weights
        self._matcher: Matcher | None = None  # made when it is first needed: many a profile never is

    def places(self, seen: Mapping[str, Floats], fixes: Fixes | None) -> Places:
        """Where each unit is by what is seen of it, and by its fixes, of which the last is what is seen."""
        snapped = self._snapper.snap(
            lats=seen["lat"],
            lons=seen["lon"],
            courses=seen["course_deg"],
            speeds=seen["speed_mps"],
            accuracies=seen["accuracy_m"],
            weights=self._weights,
        )
        if fixes is None or not (travelled := _travelled(fixes)).any():
            return snapped
        units = np.flatnonzero(travelled)
        driven = self._driven({name: column[units] for name, column in seen.items()}, fixes.of(units))
        return _merged(snapped, units, driven)

    def _driven(self, seen: Mapping[str, Floats], fixes: Fixes) -> Places:
        """Where units are by their drives; one that no drive leads to has no place."""
        if self._matcher is None:
            self._matcher = Matcher(self._snapper.streets, self._weights)
        here = self._matcher.whereabouts(fixes)
        unit, chosen = self._chosen(here)
        arc, fraction, off_m = here.arc[chosen], here.fraction[chosen], here.off_road_m[chosen]
        # Who stands may leave either way by the street that it stopped on; who does not tell its speed drives on.
        stands = (seen["speed_mps"] < MOVING_MPS)[unit]
        second = np.append(False, np.diff(unit) == 0)
        twin = self._snapper.streets.network.arc_twin[arc]
        turns = stands & ~second & (twin != NO_ARC) & (self._weights.arc_ms[twin] < FORBIDDEN)
        kept = np.append(np.flatnonzero(~(stands & second)), np.flatnonzero(turns))
        back = np.arange(len(kept)) >= len(kept) - turns.sum()
        order = np.argsort(unit[kept], kind="stable")
        kept, back = kept[order], back[order]
        free_m = np.maximum(OFF_ROAD_FREE_M, np.nan_to_num(seen["accuracy_m"], nan=0.0))
        return Places(
            start=np.searchsorted(unit[kept], np.arange(len(free_m) + 1)),
            arc=np.where(back, twin[kept], arc[kept]).astype(np.int32),
            fraction=np.where(back, 1.0 - fraction[kept], fraction[kept]),
            off_road_m=off_m[kept],
            extra_ms=walk_ms(off_m[kept], free_m[unit[kept]]),
        )

    def _chosen(self, here: Whereabouts) -> tuple[Longs, Longs]:
        """The most probable place of each unit that a drive leads to, and one nearly as probable: unit and place."""
        unit = np.repeat(np.arange(len(here.leads_on)), np.diff(here.start))
        # As a snap has it: arcs of the main component go before more probable ones of others.
        network = self._snapper.streets.network
        off = off_main(self._weights, here.arc) & off_main(self._weights, network.arc_twin[here.arc])
        off |= off_main(self._weights, here.arc) & (network.arc_twin[here.arc] == NO_ARC)
        place = np.flatnonzero(here.leads_on[unit] & (~off | ~np.isin(unit, unit[~off])))
        unit = unit[place]
        nth = np.arange(len(unit)) - np.searchsorted(unit, unit)
        likely = here.probability[place] >= _NEARLY * here.probability[place[np.arange(len(unit)) - nth]]
        kept = (nth == 0) | ((nth < SLOTS) & likely)
        return unit[kept], place[kept]


def _travelled(fixes: Fixes) -> Bools:
    """[U] whether a unit's fixes are further apart than noise makes them, so that a drive may be told from them."""
    last, start = fixes.bounds[1:][fixes.unit] - 1, fixes.bounds[:-1]
    north_m = (fixes.lats - fixes.lats[last]) * _METRES_PER_DEGREE
    east_m = (fixes.lons - fixes.lons[last]) * _METRES_PER_DEGREE * np.cos(np.radians(fixes.lats[last]))
    return np.maximum.reduceat(np.hypot(north_m, east_m), start) > _NOISE_M


def _merged(snapped: Places, units: Longs, driven: Places) -> Places:
    """The places of all units: those that were driven to instead of those snapped to."""
    owner = np.repeat(np.arange(len(snapped)), np.diff(snapped.start))
    left = np.flatnonzero(~np.isin(owner, units[np.diff(driven.start) > 0]))
    owner = np.append(owner[left], np.repeat(units, np.diff(driven.start)))
    order = np.argsort(owner, kind="stable")

    def both(name: str) -> NDArray[Any]:
        return np.append(getattr(snapped, name)[left], getattr(driven, name))[order]

    return Places(
        start=np.searchsorted(owner[order], np.arange(len(snapped) + 1)),
        arc=both("arc"),
        fraction=both("fraction"),
        off_road_m=both("off_road_m"),
        extra_ms=both("extra_ms"),
    )
