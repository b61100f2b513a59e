"""Who has arrived, and who has left again, by position alone: a ring round the place where units are to go.

It decides what can be said from fixes, and says it only when it is plain: two fixes of a unit that does not drive past,
each mostly inside and none from before it was sent. That somebody has left is a question and never a clear.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, pi, sqrt
from typing import TYPE_CHECKING

from arls.geo import Position, metres_between
from arls.incident import Assignment, AssignmentState
from arls.locality import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.fix import Fix
    from arls.incident import Incident, Step
    from arls.state import Known

# Faster than this is driving: 20 km/h. Who goes through the ring without stopping has not arrived.
_PASSING_MPS = 20 / 3.6
# Slower is standing, as a receiver's noise has it.
_STANDING_MPS = 1.0
# Of the accuracy circle.
_MOSTLY = 0.5
_GOING = frozenset({AssignmentState.ACCEPTED, AssignmentState.EN_ROUTE})
# Nobody has answered for these: only who stands there has plainly come.
_SENT = frozenset(
    {AssignmentState.RESERVED, AssignmentState.DELIVERED, AssignmentState.UNANSWERED, AssignmentState.LAPSED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """The ring: so wide in towns, so wide elsewhere; who is `leave_times` as far away has left."""

    urban_m: float = 75.0
    rural_m: float = 150.0
    leave_times: float = 3.0

    def radius_m(self, incident: Incident) -> float:
        """Of the ring round an incident; where nobody knows what the place is like, the narrower one."""
        return self.rural_m if incident.locality.setting is Setting.RURAL else self.urban_m


def arrivals_of(known: Known, fence: Fence) -> list[Assignment]:
    """Those whose unit has plainly arrived, and of whom nobody has said so."""
    return [one for one in _active(known) if one.state in _GOING | _SENT and _has_arrived(one, known, fence)]


def leavings_of(known: Known, fence: Fence) -> list[Assignment]:
    """Those at the scene whose unit is plainly elsewhere, and of whom nobody has asked yet."""
    return [one for one in _active(known) if _is_asked_about(one) and _has_left(one, known, fence)]


def _active(known: Known) -> Iterator[Assignment]:
    return (known.assignments[name] for name in known.active.values())


def _is_asked_about(assignment: Assignment) -> bool:
    return assignment.state is AssignmentState.AT_SCENE and assignment.left_at is None


def _has_arrived(assignment: Assignment, known: Known, fence: Fence) -> bool:
    incident = known.incidents[assignment.incident]
    goal, radius_m = incident.goal, fence.radius_m(incident)
    fixes = _fixes_since(assignment, known)
    inside = [fix for fix in fixes if _share_inside(fix, goal, radius_m) > _MOSTLY]
    if not fixes or len(inside) < len(fixes):
        return False
    last_mps = fixes[-1].speed_mps
    if last_mps is not None and last_mps < _STANDING_MPS:
        return True
    slow = last_mps is None or last_mps < _PASSING_MPS
    return assignment.state in _GOING and len(fixes) > 1 and slow


def _has_left(assignment: Assignment, known: Known, fence: Fence) -> bool:
    incident = known.incidents[assignment.incident]
    far_m = fence.leave_times * fence.radius_m(incident)
    # Who is at the RVP, and who is at the address, are both there.
    places = (incident.goal, Position(lat=incident.lat, lon=incident.lon))
    fixes = _fixes_since(assignment, known)
    return len(fixes) > 1 and all(
        _far_m(fix, place) - (fix.accuracy_m or 0.0) > far_m for fix in fixes for place in places
    )


def _fixes_since(assignment: Assignment, known: Known) -> list[Fix]:
    """The last two fixes of the unit, those made since its assignment's last step."""
    trail = known.picture.trails[known.picture.numbers[assignment.callsign]]
    # While it is on its way, since it was sent: what it answers meanwhile moves it nowhere.
    begun = assignment.steps[-1] if assignment.state is AssignmentState.AT_SCENE else _sent(assignment)
    return [fix for fix in trail[-2:] if fix.lat is not None and fix.true_at > begun.at]


def _sent(assignment: Assignment) -> Step:
    return next(step for step in assignment.steps if step.state is AssignmentState.RESERVED)


def _far_m(fix: Fix, place: Position) -> float:
    if fix.lat is None or fix.lon is None:
        raise ValueError("a fix without a place is nowhere")
    return metres_between(Position(lat=fix.lat, lon=fix.lon), place)


def _share_inside(fix: Fix, goal: Position, radius_m: float) -> float:
    """How much of a fix's accuracy circle lies within so many metres of a place, 0 to 1."""
    apart_m, error_m = _far_m(fix, goal), fix.accuracy_m or 0.0
    if apart_m + error_m <= radius_m:
        return 1.0
    if apart_m >= radius_m + error_m:
        return 0.0
    if apart_m + radius_m <= error_m:
        return (radius_m / error_m) ** 2
    return _lens_m2(apart_m, error_m, radius_m) / (pi * error_m**2)


def _lens_m2(apart: float, a: float, b: float) -> float:
    """What two circles that cross have in common (Weisstein, Circle-Circle Intersection)."""
    part_a = a * a * acos((apart**2 + a * a - b * b) / (2 * apart * a))
    part_b = b * b * acos((apart**2 + b * b - a * a) / (2 * apart * b))
    kite = sqrt((-apart + a + b) * (apart + a - b) * (apart - a + b) * (apart + a + b))
    return part_a + part_b - kite / 2
