"""Those who may be there first, looked at closely: from where each may be by now, and how probably each is the first.

It decides whom it looks at and what their intervals are. Who may be sent, and the order, is `ranking`'s to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.eta import ARRIVALS, Eta, arrivals_between, arrivals_of, expected_of, first_probabilities, pace_of
from arls.roads.live import UNREACHED_MS
from arls.unseen import Seen, roaming_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from numpy.typing import NDArray

    from arls.closure import Closures
    from arls.geo import Position
    from arls.lineup import Lineup
    from arls.roads.live import Roads
    from arls.state import Known

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

# So many of the first are looked at closely, and whoever else may be before the first of them, in all so many.
ALWAYS, AT_MOST = 12, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What came of the close look."""

    eta_s: Eta
    first_probability: float  # that it is there before everybody else, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where they are wanted, and all that is known of it."""

    goal: Position
    at: datetime
    known: Known
    roads: Roads
    closures: Closures


def outlooks(lineup: Lineup, scene: Scene) -> dict[int, Outlook]:
    """What comes of a close look at some of these units, by their places from 0.

    Looked at are the first few, and whoever may be there before the first of them: nobody else can be first. Who stands
    on a list behind is not: those in front are to be sent first, however late.
    """
    if not len(lineup):
        return {}
    near = _near(lineup)
    low, mid, high = lineup.low_s[near], lineup.mid_s[near], lineup.high_s[near]
    arrivals_s = arrivals_between(low, mid, high)
    for alike in _by_road(near, lineup):
        found = arrivals_of(*_drives(near[alike], lineup, scene))
        for i, arrivals, soonest, latest in zip(alike.tolist(), *found, strict=True):
            if np.isfinite(latest):
                arrivals_s[i], low[i], high[i] = arrivals, min(soonest, mid[i]), max(latest, mid[i])
    return {
        n: Outlook(
            eta_s=Eta(low=round(float(low[i]), 3), mid=float(mid[i]), high=round(float(high[i]), 3)),
            first_probability=round(probability, 3),
        )
        for (i, n), probability in zip(enumerate(near.tolist()), first_probabilities(arrivals_s).tolist(), strict=True)
    }


def expected_by_place(lineup: Lineup, scene: Scene) -> tuple[Longs, Floats]:
    """The places from 0 of those who are looked at, and [n, ARRIVALS] when each would be there on average.

    One column is one place where it may be by now, all equally likely; of whom none is known, all are one.
    """
    if not len(lineup):
        return np.zeros(0, np.int64), np.zeros((0, ARRIVALS))
    near = _near(lineup)
    expected_s = np.repeat(lineup.mid_s[near][:, None], ARRIVALS, axis=1)
    for alike in _by_road(near, lineup):
        found = expected_of(*_drives(near[alike], lineup, scene))
        sure = np.isfinite(found).all(axis=1)
        expected_s[alike[sure]] = found[sure]
    return near, expected_s


def _near(lineup: Lineup) -> Longs:
    may_be_first = (np.arange(len(lineup)) < ALWAYS) | (lineup.low_s < lineup.high_s[0])
    return np.flatnonzero(may_be_first & (lineup.tier == lineup.tier[0]))[:AT_MOST]


def _by_road(near: Longs, lineup: Lineup) -> Iterator[Longs]:
    """Which of those near go by a road that is known, party by party."""
    by_road = np.array([mobility.kind == "road" for mobility in map(lineup.mobility, near)]) & ~lineup.guessed[near]
    for party in np.unique(lineup.party[near[by_road]]).tolist():
        yield np.flatnonzero(by_road & (lineup.party[near] == party))


def _drives(places: Longs, lineup: Lineup, scene: Scene) -> tuple[Floats, Floats, Floats, Floats]:
    """Drives (infinite: no way), times to get going, metres off the road and errors of some of one party."""
    known, picture, numbers = scene.known, scene.known.picture, lineup.numbers[places]
    mobility = lineup.mobility(int(places[0]))
    seen = [
        Seen(unit=known.units[callsign], fix=fix, track=known.tracks[fix.source])
        for callsign in (picture.callsigns[number] for number in numbers.tolist())
        if (fix := picture.find_fix(callsign)) is not None
    ]
    roaming = roaming_of(seen, scene.at, pace_of(mobility.name))
    drives = scene.roads.drives(scene.goal, picture.asked_of(numbers, mobility.name), roaming, closures=scene.closures)
    drives_s = np.where(drives.ms == UNREACHED_MS, np.inf, drives.ms / 1000.0)
    accuracy_m = picture.columns["accuracy_m"][numbers]
    return drives_s, lineup.mobilise_s[places], drives.off_road_m, accuracy_m
