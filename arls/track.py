"""What we believe of one device's whereabouts: its newest fixes, in any arrival order, ageing from fresh to lost.

It decides which of a device's fixes is believed now. A track is a function of the *set* of fixes that came, so late,
repeated and shuffled ones lead to the same state. Which device speaks for a unit is `state`'s to decide.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arls.fix import COURSE_SPEED_MPS, Doubt, Fix, doubts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

# How many of the newest believable fixes a track keeps: enough to tell a jump from a journey.
WINDOW = 8
# Nothing on the ground moves faster (protocols.md 12): such a jump waits until a second fix agrees.
JUMP_MPS = 100.0

# Multiples of the expected interval at which silence turns into the next word (protocols.md 12, screen.md 1).
_WORDS_AFTER = (2.0, 3.0, 5.0)
# A modem that speaks every second is not lost after five: silence is measured in no less than this.
SHORTEST_INTERVAL_S = 10.0
# Who was silent for longer may have parked or turned meanwhile: what went before says nothing of where it is now. Ours.
_TRAIL_BREAKS_AFTER = timedelta(seconds=120)
# Two fixes of a receiver that stands are at most so far apart, whatever it says of its accuracy: ours.
_NOISE_M = 15.0
_METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371,009 m: a jump test needs no ellipsoid


class Freshness(StrEnum):
    """How long ago a unit was heard, in terms of how often it usually speaks."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    LOST = "lost"
    NEVER = "never"


# From `_WORDS_AFTER` to the next, and last what was never heard.
FRESHNESS = (Freshness.FRESH, Freshness.AGEING, Freshness.STALE, Freshness.LOST, Freshness.NEVER)


class Track(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One device: its newest fixes without doubts of their own, oldest first, and when it was last heard at all."""

    source: str
    heard_at: datetime  # UTC, the newest receipt of anything, a position or not
    fixes: tuple[Fix, ...] = ()

    @property
    def believed(self) -> Fix | None:
        """The newest fix that nothing speaks against; None when there was never one."""
        return _judged(self.fixes)[0]

    @property
    def suspect(self) -> Fix | None:
        """A newer fix that would need a jump; it waits for a second that agrees."""
        return _judged(self.fixes)[1]


def track_of(fix: Fix) -> Track:
    """The track that begins with this fix."""
    return folded(Track(source=fix.source, heard_at=fix.received_at), fix)


def folded(track: Track, fix: Fix) -> Track:
    """The track with this fix as well: the same for any order and number of the same fixes."""
    heard_at = max(track.heard_at, fix.received_at)
    if doubts_of(fix):
        return msgspec.structs.replace(track, heard_at=heard_at)
    fixes = track.fixes
    if not fixes or (_order(fix) > _order(fixes[-1]) and all(fix.id != other.id for other in fixes)):
        merged = (*fixes, fix)  # the usual case: it is the newest
    else:
        # The same observation heard twice: the later receipt stands, whichever came first.
        by_id = {other.id: other for other in fixes}
        by_id[fix.id] = max(by_id.get(fix.id, fix), fix, key=_order)
        merged = tuple(sorted(by_id.values(), key=_order))
    return Track(source=track.source, heard_at=heard_at, fixes=merged[-WINDOW:])


def doubts_against(track: Track | None, fix: Fix) -> frozenset[Doubt]:
    """Every reason not to believe `fix` when it comes to `track`."""
    doubts = doubts_of(fix)
    held = track.believed if track else None
    if not doubts and held is not None and not _plausible(held, fix):
        return frozenset({Doubt.JUMP})
    return doubts


def trail_of(track: Track, fix: Fix) -> tuple[Fix, ...]:
    """How the device came to where it made `fix`, one of its believed: the fixes up to it, none long after another."""
    fixes = track.fixes[: track.fixes.index(fix) + 1]
    first = len(fixes) - 1
    while first > 0 and fixes[first].true_at - fixes[first - 1].true_at <= _TRAIL_BREAKS_AFTER:
        first -= 1
    return fixes[first:]


def stood_s(track: Track) -> float | None:
    """How long, to its believed fix, a device has been seen to stand; None while it moves, and where it is nowhere.

    It stands when its fix says so by its speed; where that says nothing, when the one before it was made there too.
    Earlier fixes at the same place, as far as their errors can tell, lengthen it.
    """
    believed = track.believed
    if believed is None or (believed.speed_mps or 0.0) >= COURSE_SPEED_MPS:
        return None
    fixes = track.fixes[: track.fixes.index(believed)]
    since = believed
    for fix in reversed(fixes):
        if (fix.speed_mps or 0.0) >= COURSE_SPEED_MPS or not at_one_place(fix, believed):
            break
        since = fix
    if believed.speed_mps is None and since is believed and fixes:
        return None
    return (believed.true_at - since.true_at).total_seconds()


def freshness_of(age_s: float | None, expected_interval_s: float) -> Freshness:
    """The word for an age in seconds (None: never heard) of something that speaks every `expected_interval_s`."""
    if age_s is None:
        return Freshness.NEVER
    return FRESHNESS[bisect_left(_WORDS_AFTER, age_s / max(expected_interval_s, SHORTEST_INTERVAL_S))]


def freshnesses_of(age_s: Floats, expected_interval_s: Floats) -> Longs:
    """[n] the same for many, as places in FRESHNESS; an age of NaN: never heard."""
    quiet = age_s / np.maximum(expected_interval_s, SHORTEST_INTERVAL_S)
    return np.where(np.isnan(quiet), FRESHNESS.index(Freshness.NEVER), np.searchsorted(_WORDS_AFTER, quiet))


def _order(fix: Fix) -> tuple[datetime, str, datetime, str, bool, tuple[str, ...]]:
    # One observation may come live and once more as backlog: then the live one stands, whichever came first.
    return fix.true_at, fix.id, fix.received_at, fix.gateway, not fix.flags, fix.flags


def _judged(fixes: tuple[Fix, ...]) -> tuple[Fix | None, Fix | None]:
    held: Fix | None = None
    suspect: Fix | None = None
    for fix in fixes:
        if held is None or _plausible(held, fix) or (suspect is not None and _plausible(suspect, fix)):
            held, suspect = fix, None
        else:
            suspect = fix
    return held, suspect


def _plausible(earlier: Fix, later: Fix) -> bool:
    between_m = apart_m(earlier, later) - (earlier.accuracy_m or 0.0) - (later.accuracy_m or 0.0)
    between_s = abs((later.true_at - earlier.true_at).total_seconds())
    # What the clocks do not say for sure counts in favour of the fix.
    spare_s = 1.0 + (earlier.fix_time_error_s or 0.0) + (later.fix_time_error_s or 0.0)
    return between_m <= JUMP_MPS * (between_s + spare_s)


def at_one_place(earlier: Fix, later: Fix) -> bool:
    """True for two fixes of a receiver that may have stood where it was, as far as their errors can tell."""
    return apart_m(earlier, later) <= max(_NOISE_M, earlier.accuracy_m or 0.0, later.accuracy_m or 0.0)


def apart_m(earlier: Fix, later: Fix) -> float:
    """How far apart two fixes of tracks were made: they have positions, for others enter no window."""
    lat_a, lon_a, lat_b, lon_b = earlier.lat or 0.0, earlier.lon or 0.0, later.lat or 0.0, later.lon or 0.0
    d_lat = (lat_b - lat_a) * _METRES_PER_DEGREE
    d_lon = (lon_b - lon_a) * _METRES_PER_DEGREE * math.cos(math.radians((lat_a + lat_b) / 2))
    return math.hypot(d_lat, d_lon)
