"""Which of a unit's devices says where it is, its vehicle's or somebody's, and when its officers have left the car.

It decides by the devices' newest fixes alone, all of them together, so that the order in which they came does not
matter and no clock is read. What each device is believed to say was decided by `track`.

A device in the vehicle is trusted before one that somebody carries, as long as it speaks about as often as it does and
says a place of any use; the next takes over when it falls silent, and it must speak twice again to be taken back. Of
equals the one is taken whose name is first: never the newest, which changes with every fix.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from arls.fix import COURSE_SPEED_MPS
from arls.track import SHORTEST_INTERVAL_S, Track, apart_m, at_one_place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from arls.fix import Fix
    from arls.unit import Unit

# All ours. So many of its usual intervals behind the others a device has fallen silent.
LATE_AFTER = 3.0
# A place is of little use that is so uncertain, and so many times more than another's.
COARSE_M, COARSE_TIMES = 150.0, 4.0
# So many fixes of a walker so far from the car that stands, and the officer has left it; nearer than half of that is
# back.
LEFT_FIXES, LEFT_M = 3, 60.0
# Faster nobody runs for long: whoever goes so is in another car.
RUN_MPS = 4.0
# Schemes of what is screwed into vehicles; everything else is carried, unless crew or vehicle say otherwise.
IN_VEHICLES = frozenset({"imei", "nmea"})


class Bearer(NamedTuple):
    """The fix that stands for a unit, and how far its officers walked from their vehicle; None where they did not."""

    fix: Fix
    afoot_m: float | None = None


class Carried(NamedTuple):
    """A device of a unit, since when it is (UTC), and the fix since which it stands, if it does."""

    track: Track
    since: datetime
    stands: Fix | None = None


class _Device(NamedTuple):
    fixed: bool  # in the vehicle
    fixes: tuple[Fix, ...]  # since it is the unit's, oldest first, up to the believed one
    stands: Fix | None

    @property
    def last(self) -> Fix:
        return self.fixes[-1]

    @property
    def interval_s(self) -> float:
        """How often it speaks, by its own fixes; the shortest that counts where they are too few to tell."""
        times = [fix.true_at for fix in self.fixes]
        gaps = [(late - early).total_seconds() for early, late in pairwise(times)]
        return max(SHORTEST_INTERVAL_S, median(gaps) if gaps else 0.0)


def find_bearer(unit: Unit, carried: Sequence[Carried]) -> Bearer | None:
    """The bearer among the devices that a unit carries; None where none of them says a place."""
    if len(carried) == 1:  # as most units do, and two thousand times a second
        only = carried[0].track.believed
        return Bearer(only) if only is not None and only.received_at >= carried[0].since else None
    devices = [device for one in carried if (device := _find_device(unit, one)) is not None]
    if not devices:
        return None
    newest_at = max(device.last.true_at for device in devices)
    finest_m = min(device.last.accuracy_m or 0.0 for device in devices)

    def rank(device: _Device) -> tuple[bool, bool, bool, str]:
        return _is_late(device, newest_at), _is_coarse(device.last, finest_m), not device.fixed, device.last.source

    ranked = sorted(devices, key=rank)
    return _find_left(ranked) or Bearer(ranked[0].last)


def stand_of(held: Fix | None, fix: Fix) -> Fix | None:
    """The fix since which a device stands, with one more of its fixes; None while it moves."""
    if fix.lat is None:
        return held
    if held is not None and fix.true_at < held.true_at:
        return fix if (fix.speed_mps or 0.0) < COURSE_SPEED_MPS and at_one_place(fix, held) else held
    if (fix.speed_mps or 0.0) >= COURSE_SPEED_MPS:
        return None
    return held if held is not None and at_one_place(held, fix) else fix


def _find_device(unit: Unit, carried: Carried) -> _Device | None:
    track, since, stands = carried
    believed = track.believed
    if believed is None or believed.received_at < since:
        return None
    fixes = track.fixes[: track.fixes.index(believed) + 1]
    # What another unit did with it before says nothing of this one.
    own = tuple(fix for fix in fixes if fix.received_at >= since)
    return _Device(fixed=is_fixed(unit, track.source), fixes=own, stands=stands)


def is_fixed(unit: Unit, source: str) -> bool:
    """Whether the device is in the unit's vehicle, as crew and vehicle say, or else by what kind of device it is."""
    if unit.vehicle is not None and source in unit.vehicle.devices:
        return True
    if any(source in member.devices for member in unit.members):
        return False
    return source.partition(":")[0] in IN_VEHICLES


def _is_late(device: _Device, newest_at: datetime) -> bool:
    """True for one that is silent for longer than it ever was between fixes, and one that has spoken but once since."""
    patience_s = LATE_AFTER * device.interval_s
    gaps_from = [fix.true_at for fix in device.fixes[-2:]]
    if len(gaps_from) == 2 and (gaps_from[1] - gaps_from[0]).total_seconds() > patience_s:
        return True
    return (newest_at - device.last.true_at).total_seconds() > patience_s


def _is_coarse(fix: Fix, finest_m: float) -> bool:
    return (fix.accuracy_m or 0.0) > max(COARSE_M, COARSE_TIMES * finest_m)


def _find_left(devices: Sequence[_Device]) -> Bearer | None:
    """Where everybody is who walked away from the vehicle that stands; None while anyone is at it, or it moves."""
    car = next((device for device in devices if device.fixed), None)
    people = [device for device in devices if not device.fixed]
    if car is None or not people:
        return None
    if car.stands is None or not all(_walked_off(device, car.stands) for device in people):
        return None
    return Bearer(people[0].last, afoot_m=apart_m(people[0].last, car.last))


def _walked_off(device: _Device, stands: Fix) -> bool:
    """True when the last that its fixes say, since the car stands, is that it is away from it, at a walk."""
    away, seen = False, 0
    for fix in device.fixes:
        if fix.true_at < stands.true_at:
            continue
        far_m = apart_m(fix, stands) - (fix.accuracy_m or 0.0) - (stands.accuracy_m or 0.0)
        if (fix.speed_mps or 0.0) > RUN_MPS or far_m < LEFT_M / 2:
            away, seen = False, 0
        elif far_m > LEFT_M:
            seen += 1
            away = away or seen >= LEFT_FIXES
    return away
