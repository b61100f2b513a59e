"""Those who may be there first, looked at closely: from where each may be by now, and how probably each is the first.

It decides whom it looks at and what their intervals are. Who may be sent, and the order, is `ranking`'s to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.eta import Eta, arrivals_between, arrivals_of, first_probabilities, pace_of
from arls.roads.live import UNREACHED_MS
from arls.unseen import Seen, roaming_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from arls.closure import Closures
    from arls.geo import Position
    from arls.roads.live import Roads
    from arls.state import Known
    from arls.unit import Callsign

    Floats = NDArray[np.float64]

# So many of the first are looked at closely, and whoever else may be before the first of them, in all so many.
ALWAYS, AT_MOST = 12, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """One who may be sent, with the interval that needs no look at the roads about."""

    callsign: Callsign
    eta_s: Eta
    profile: str
    by_road: bool
    mobilise_s: float


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


def outlooks(rivals: Sequence[Rival], scene: Scene) -> dict[int, Outlook]:
    """What comes of a close look at some of these rivals, who stand soonest first, by their numbers.

    Looked at are the first few, and whoever may be there before the first of them: nobody else can be first.
    """
    near = [n for n, rival in enumerate(rivals) if n < ALWAYS or rival.eta_s.low < rivals[0].eta_s.high][:AT_MOST]
    if not near:
        return {}
    low, mid, high = (np.array([getattr(rivals[n].eta_s, bound) for n in near]) for bound in ("low", "mid", "high"))
    arrivals_s = arrivals_between(low, mid, high)
    for profile in sorted({rivals[n].profile for n in near if rivals[n].by_road}):
        alike = [i for i, n in enumerate(near) if rivals[n].by_road and rivals[n].profile == profile]
        found = _arrivals([rivals[near[i]] for i in alike], profile, scene)
        for i, arrivals, soonest, latest in zip(alike, *found, strict=True):
            if np.isfinite(latest):
                arrivals_s[i], low[i], high[i] = arrivals, min(soonest, mid[i]), max(latest, mid[i])
    return {
        n: Outlook(
            eta_s=Eta(low=round(float(low[i]), 3), mid=rivals[n].eta_s.mid, high=round(float(high[i]), 3)),
            first_probability=round(probability, 3),
        )
        for (i, n), probability in zip(enumerate(near), first_probabilities(arrivals_s).tolist(), strict=True)
    }


def _arrivals(rivals: Sequence[Rival], profile: str, scene: Scene) -> tuple[Floats, Floats, Floats]:
    """Arrivals, low and high of each of these rivals of one profile; infinite where no way is known from anywhere."""
    picture, tracks = scene.known.picture, scene.known.tracks
    numbers = np.array([picture.numbers[rival.callsign] for rival in rivals])
    seen = [
        Seen(unit=scene.known.units[rival.callsign], fix=fix, track=tracks[fix.source])
        for rival in rivals
        if (fix := picture.find_fix(rival.callsign)) is not None
    ]
    asked = picture.asked_of(numbers, profile)
    roaming = roaming_of(seen, scene.at, pace_of(profile))
    drives = scene.roads.drives(scene.goal, asked, roaming, closures=scene.closures)
    drives_s = np.where(drives.ms == UNREACHED_MS, np.inf, drives.ms / 1000.0)
    mobilise_s = np.array([rival.mobilise_s for rival in rivals], np.float64)
    return arrivals_of(drives_s, mobilise_s, drives.off_road_m, picture.columns["accuracy_m"][numbers])
