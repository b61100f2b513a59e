"""What may have become of a unit since its fix: how old that is, whether it stood, what its radio's silence says.

It decides how much is not known of a unit's whereabouts. What that makes of its ETA is `eta`'s to decide.

Each number here is ours, chosen by the experiment of docs/eta.md on made-up journeys; none is fitted to police work.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from arls.fix import COURSE_SPEED_MPS, AccuracyKind, FixKind
from arls.roads.scatter import TIMES, Roaming
from arls.track import Freshness, freshness_of, stood_s

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from arls.fix import Fix
    from arls.track import Track
    from arls.unit import Unit

    Floats = NDArray[np.float64]

# A unit that has stood for S still stands after A with S / (S + A): of what is seen at any moment of its life, half
# is past the middle of it (Gott, Nature 363, 1993). Who has just been seen to stand counts as having done so for long
# enough to have been seen.
_SEEN_STANDING_S = 30.0

# How probably an error is smaller than the radius, where the fix does not say: receivers mean 68 %, and of the upper
# bound of a class we assume 95 % (protocols.md 12).
_USUALLY, _BY_CLASS = 0.68, 0.95

# Of radios that should report, so many are not heard: coverage, batteries, collisions. So much of a place's weight is
# left where a radio that works would have spoken (Bayes).
_UNHEARD = 0.03
# What passes between two looks of a radio at how far it has moved, and until its report is here.
_NOTICES_AFTER_S = 5.0
# With an older position than this the radio itself does not see how far it has moved.
_SEES_WITHIN_S = 10.0

# The levels of three things that do not depend on each other, as a lattice (Korobov 1959): each takes every level once.
_LEVEL = (np.arange(TIMES) + 0.5) / TIMES
_AGE, _LEAVING = _LEVEL, _LEVEL[np.arange(TIMES) * 11 % TIMES]
# Who drives about is as fast as the profile at most, mostly at more than half of it: the density rises from 0 to 1.
_PACE = np.sqrt(_LEVEL[np.arange(TIMES) * 7 % TIMES])


def sigma_m(fix: Fix) -> float:
    """The error of a fix along each axis; 0 where nothing is said of it.

    A radius that holds a share c of a round Gaussian is sqrt(-2 ln(1 - c)) sigmas (protocols.md 12).
    """
    if fix.accuracy_m is None:
        return 0.0
    by_class = fix.accuracy_kind in {AccuracyKind.CLASS_BOUND, AccuracyKind.ASSUMED}
    confidence = fix.accuracy_confidence or (_BY_CLASS if by_class else _USUALLY)
    confidence = min(max(confidence, 0.01), 0.9999)  # what is said beyond that is not meant
    return fix.accuracy_m / sqrt(-2.0 * log(1.0 - confidence))


def stays_at_a_glance(speed_mps: Floats, age_s: Floats, error_s: Floats) -> Floats:
    """[n] how probably each unit is where its fix was made, by the speed in that fix alone; NaN counts as moving."""
    stays = _SEEN_STANDING_S / (_SEEN_STANDING_S + age_s + 0.5 * np.nan_to_num(error_s, nan=0.0))
    return np.where(speed_mps < COURSE_SPEED_MPS, stays, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A unit, the fix that stands for it, and the track of the device that made it."""

    unit: Unit
    fix: Fix
    track: Track


def roaming_of(seen: Sequence[Seen], at: datetime, pace_mps: float) -> Roaming:
    """What may have become of these units until `at`, of which each gets about at up to `pace_mps`."""
    gone = [_gone(one, at) for one in seen]
    return Roaming(
        stayed=np.array([stayed for stayed, _ in gone], np.float64),
        gone_ms=np.array([gone_ms for _, gone_ms in gone], np.int64).reshape(len(seen), TIMES),
        sigma_m=np.array([sigma_m(one.fix) for one in seen], np.float64),
        fence_m=np.array([_fence_m(one, at, pace_mps) for one in seen], np.float64),
        beyond=np.full(len(seen), _UNHEARD),
    )


def _gone(seen: Seen, at: datetime) -> tuple[float, NDArray[np.int64]]:
    """How probably it stayed, and else for how long it has driven, in milliseconds that rise."""
    fix, stood = seen.fix, stood_s(seen.track)
    age_s = max(0.0, (at - (fix.fix_time or fix.received_at)).total_seconds())
    error_s = fix.fix_time_error_s or 0.0
    driving_s, stayed = age_s + _AGE * error_s, 0.0
    if stood is not None:
        stood += _SEEN_STANDING_S
        stayed = stood / (stood + age_s + 0.5 * error_s)
        # By the same law: who has left by now left when so many had.
        left = _LEAVING * driving_s / (stood + driving_s)
        driving_s = driving_s - stood * left / (1.0 - left)
    return stayed, np.rint(np.sort(driving_s * _PACE) * 1000.0).astype(np.int64)


def _fence_m(seen: Seen, at: datetime, pace_mps: float) -> float:
    """Further than this from its fix a unit's radio would have reported; infinite where its silence says nothing.

    It says nothing when the radio did not see where it was at its last word, or has missed its turn to report anyway.
    """
    unit, fix, track = seen.unit, seen.fix, seen.track
    sees = fix.kind is FixKind.FIX and (fix.fix_time_error_s or 0.0) <= _SEES_WITHIN_S
    if unit.reports_every_m is None or not sees or track.heard_at > fix.received_at:
        return inf
    silent_s = (at - track.heard_at).total_seconds()
    if freshness_of(silent_s, unit.expected_interval_s) is not Freshness.FRESH:
        return inf
    return unit.reports_every_m + _NOTICES_AFTER_S * pace_mps + 2.0 * sigma_m(fix)
