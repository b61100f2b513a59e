"""ETA as an interval: what the road says, widened by what we do not know of where the unit is by now.

It decides how age, accuracy and the error of the drive times widen an answer. The drive time itself is the roads'.

`low` and `high` are meant to hold the truth nine times in ten, half of the misses on either side. They come in two
qualities: in one go for everybody (`road_interval`), from age, speed and accuracy alone; and for those who may be first
from all the drives that they may have by now (`arrivals_of`). docs/eta.md tells the model, and how often it is right.

The factors are assumptions, chosen on made-up journeys, not fitted to police ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from statistics import NormalDist
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arls.roads.profile import WALK_MPS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from arls.roads.packs import Straight

    Floats = NDArray[np.float64]

# Of a hundred arrivals ninety lie between low and high, and five on either side.
_LOW, _HIGH = 0.05, 0.95
# So many equally likely arrivals tell when one unit will be there.
ARRIVALS = 32
_LEVEL = (np.arange(ARRIVALS) + 0.5) / ARRIVALS

# A drive takes a multiple of what the model says: lognormal, as ambulances' (Westgate, Woodard, Matteson and Henderson,
# Annals of Applied Statistics 7, 2013), round the model with this sigma: ours. To four places, so that no processor's
# exp() rounds to another.
_DRIVE_SIGMA = 0.2
_FACTOR = np.array([round(exp(_DRIVE_SIGMA * NormalDist().inv_cdf(level)), 4) for level in _LEVEL.tolist()])
_QUICK, _SLOW = (round(exp(_DRIVE_SIGMA * NormalDist().inv_cdf(level)), 4) for level in (_LOW, _HIGH))
# Getting going takes a multiple of what the state's table says, and who stands off the road comes to it by car at once
# or walks all of it: uniform between these; both ours. A lattice (Korobov 1959) pairs their levels with the factors'.
_SOONEST_GOING, _LATEST_GOING = 0.6, 1.6
_GOING = _SOONEST_GOING + (_LATEST_GOING - _SOONEST_GOING) * _LEVEL[np.arange(ARRIVALS) * 13 % ARRIVALS]
_WALKED = _LEVEL[np.arange(ARRIVALS) * 7 % ARRIVALS]
# What is less than this off the road is the road's width.
_BESIDE_M = 10.0
# As the crow flies there is no model: between a straight empty road and one three times as long.
_CROW_QUICK, _CROW_LIKELY, _CROW_SLOW = 1.0, 1.5, 3.0

# How fast a mobility covers ground off the model, in m/s: for position error and for straight lines only.
_PACE_MPS = {"foot": 1.4, "cycle": 4.0}
_CAR_PACE_MPS = 10.0

# Who flies and was as fast as this at its fix was up: ours, faster than anything taxies or hovers along the ground.
_UP_MPS = 10.0


class Eta(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Seconds until a unit is there: at the earliest, most probably, at the latest; low <= mid <= high."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Doubtfulness:
    """What is uncertain about N units' places, arrays of one length; NaN counts as nothing known and so as nothing."""

    age_s: Floats  # since the fix
    error_s: Floats  # by which the fix may be older than it says
    accuracy_m: Floats
    mobilise_s: Floats  # before the unit moves at all
    stayed: Floats  # how probably it is where it was when the fix was made


def certain(units: int) -> Doubtfulness:
    """Of units whose places are known, now and to the metre, and who set off at once."""
    nothing = np.zeros(units)
    return Doubtfulness(age_s=nothing, error_s=nothing, accuracy_m=nothing, mobilise_s=nothing, stayed=nothing)


def pace_of(profile: str) -> float:
    """How fast a profile covers ground off the road model, in m/s."""
    return _PACE_MPS.get(profile, _CAR_PACE_MPS)


def road_interval(drive_s: ArrayLike, doubt: Doubtfulness, profile: str) -> tuple[Floats, Floats, Floats]:
    """Low, mid and high seconds by road, without a look at the roads about.

    What is unknown adds up as independent things do, by the root of the sum of squares, and moves no middle.
    """
    drive = np.asarray(drive_s, np.float64)
    moved_s = _moved_s(doubt)
    blur_s = _known(doubt.accuracy_m) / pace_of(profile)
    sooner = _added((1.0 - _QUICK) * drive, (1.0 - _SOONEST_GOING) * doubt.mobilise_s, moved_s, blur_s)
    later = _added((_SLOW - 1.0) * drive, (_LATEST_GOING - 1.0) * doubt.mobilise_s, moved_s, blur_s)
    mid = doubt.mobilise_s + drive
    return np.maximum(_SOONEST_GOING * doubt.mobilise_s, mid - sooner), mid, mid + later


def _moved_s(doubt: Doubtfulness) -> Floats:
    """By how much at most, nine times in ten, a unit has come nearer or gone away.

    It may have driven for any part of the time, either way; who stayed has not.
    """
    unseen_s = _known(doubt.age_s) + _known(doubt.error_s)
    left = np.maximum(1.0 - doubt.stayed, 1e-9)
    return unseen_s * np.maximum(0.0, 1.0 - 0.1 / left)


def _added(*deviations: Floats) -> Floats:
    return np.asarray(np.sqrt(sum(deviation**2 for deviation in deviations)), np.float64)


def arrivals_of(
    drives_s: Floats, mobilise_s: Floats, off_road_m: Floats, accuracy_m: Floats
) -> tuple[Floats, Floats, Floats]:
    """[n, ARRIVALS] when each unit will be there, equally likely seconds that rise; and the low and high of each.

    `drives_s` [n, any] are equally likely drives by the model from wherever it may be by now, `off_road_m` [n] what
    its fix was off the road. What the error of the fix alone explains of that is not walked.
    """
    beside_m = np.maximum(_BESIDE_M, _known(accuracy_m))
    walk_s = np.maximum(0.0, _known(off_road_m) - beside_m) / WALK_MPS
    setting_out_s = mobilise_s[:, None] * _GOING + walk_s[:, None] * _WALKED
    each = drives_s[:, :, None] * _FACTOR + setting_out_s[:, None, :]
    each = np.sort(each.reshape(len(drives_s), -1), axis=1)
    levels = (np.append(_LEVEL, (_LOW, _HIGH)) * each.shape[1]).astype(np.int64)
    found = each[:, levels]
    return found[:, :-2], found[:, -2], found[:, -1]


def expected_of(drives_s: Floats, mobilise_s: Floats, off_road_m: Floats, accuracy_m: Floats) -> Floats:
    """[n, any] when each unit would be there on average, were its place the one that each of its drives begins at."""
    beside_m = np.maximum(_BESIDE_M, _known(accuracy_m))
    walk_s = np.maximum(0.0, _known(off_road_m) - beside_m) / WALK_MPS
    setting_out_s = mobilise_s * _GOING.mean() + walk_s * _WALKED.mean()
    return np.asarray(drives_s * _FACTOR.mean() + setting_out_s[:, None], np.float64)


def arrivals_between(low: Floats, mid: Floats, high: Floats) -> Floats:
    """[n, ARRIVALS] the same where nothing but the interval is known: straight between its three, and on beyond."""
    nearer = mid[:, None] - (mid - low)[:, None] * (0.5 - _LEVEL) / (0.5 - _LOW)
    further = mid[:, None] + (high - mid)[:, None] * (_LEVEL - 0.5) / (_HIGH - 0.5)
    return np.maximum(0.0, np.where(_LEVEL < 0.5, nearer, further))


def first_probabilities(arrivals_s: Floats) -> Floats:
    """[n] how probably each of n units is there before all others, if none depends on another; 1 in all.

    Of two that arrive together each is the first every second time.
    """
    units, levels = arrivals_s.shape
    flat = arrivals_s.ravel()
    in_order = np.argsort(flat, kind="stable")
    arrived = np.zeros((units, len(flat) + 1))  # [unit, n] how many of its arrivals are among the first n of all
    arrived[in_order // levels, np.arange(1, len(flat) + 1)] = 1.0
    arrived = np.cumsum(arrived, axis=1)
    before, after = (np.searchsorted(flat[in_order], flat, side) for side in ("left", "right"))
    not_yet = 1.0 - (arrived[:, before] + arrived[:, after]) / (2.0 * levels)
    not_yet[np.repeat(np.arange(units), levels), np.arange(len(flat))] = 1.0
    first = np.prod(not_yet, axis=0).reshape(units, levels).mean(axis=1)
    return np.asarray(first / first.sum(), np.float64)


def crow_interval(crow_m: ArrayLike, doubt: Doubtfulness, profile: str) -> tuple[Floats, Floats, Floats]:
    """Low, mid and high seconds where no road is known: wide, and to be labelled so."""
    flight = np.asarray(crow_m, np.float64) / pace_of(profile)
    unseen = _known(doubt.age_s) + _known(doubt.error_s)
    low = doubt.mobilise_s + np.maximum(0.0, _CROW_QUICK * flight - unseen)
    return low, doubt.mobilise_s + _CROW_LIKELY * flight, doubt.mobilise_s + _CROW_SLOW * flight + unseen


def launches_s(straight: Straight, speed_mps: Floats) -> Floats:
    """How long each of N units needs to be in the air: nothing where its fix was made up there; NaN counts as down."""
    return np.where(_known(speed_mps) >= _UP_MPS, 0.0, straight.launch_s)


def flight_interval(
    crow_m: ArrayLike, doubt: Doubtfulness, straight: Straight, speed_mps: Floats
) -> tuple[Floats, Floats, Floats]:
    """Low, mid and high seconds of who flies: it gets going while it launches, then flies straight at its cruise."""
    pace_mps = straight.cruise_kmh / 3.6
    up_s = np.maximum(doubt.mobilise_s, launches_s(straight, speed_mps))
    flight_s = np.asarray(crow_m, np.float64) / pace_mps
    unseen = _known(doubt.age_s) + _known(doubt.error_s) + _known(doubt.accuracy_m) / pace_mps
    low = up_s + np.maximum(0.0, _QUICK * flight_s - unseen)
    return low, up_s + flight_s, up_s + _SLOW * flight_s + unseen


def _known(values: Floats) -> Floats:
    return np.nan_to_num(values, nan=0.0)
