"""ETA as an interval: what the road says, widened by what we do not know of where the unit is by now.

It decides how age, accuracy and the error of the drive times widen an answer. The drive time itself is the roads'.

The factors are assumptions, chosen wide, not calibrated on police journeys (docs/benchmarks.md says what is).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from arls.roads.packs import Straight

    Floats = NDArray[np.float64]

# A drive takes between these multiples of what the model says.
_QUICK, _SLOW = 0.8, 1.35
# As the crow flies there is no model: between a straight empty road and one three times as long.
_CROW_QUICK, _CROW_LIKELY, _CROW_SLOW = 1.0, 1.5, 3.0

# How fast a mobility covers ground off the model, in m/s: for position error and for straight lines only.
_PACE_MPS = {"foot": 1.4, "cycle": 4.0}
_CAR_PACE_MPS = 10.0

# Who flies and was as fast as this at its fix was up: ours, faster than anything taxies or hovers along the ground.
_UP_MPS = 10.0


class Eta(msgspec.Struct, frozen=True, kw_only=True):
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


def certain(units: int) -> Doubtfulness:
    """Of units whose places are known, now and to the metre, and who set off at once."""
    nothing = np.zeros(units)
    return Doubtfulness(age_s=nothing, error_s=nothing, accuracy_m=nothing, mobilise_s=nothing)


def pace_of(profile: str) -> float:
    """How fast a profile covers ground off the road model, in m/s."""
    return _PACE_MPS.get(profile, _CAR_PACE_MPS)


def road_interval(drive_s: ArrayLike, doubt: Doubtfulness, profile: str) -> tuple[Floats, Floats, Floats]:
    """Low, mid and high seconds by road.

    A unit whose fix is `age_s` old may have come nearer or gone away for that long, and the fix may be off by its
    accuracy; both widen the interval and neither moves its middle.
    """
    drive = np.asarray(drive_s, np.float64)
    unseen = _known(doubt.age_s) + _known(doubt.error_s)
    blur = _known(doubt.accuracy_m) / pace_of(profile)
    low = doubt.mobilise_s + np.maximum(0.0, _QUICK * drive - unseen - blur)
    high = doubt.mobilise_s + _SLOW * drive + unseen + blur
    return low, doubt.mobilise_s + drive, high


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
