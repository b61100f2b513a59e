"""What closures cost a unit on its way somewhere: how much later it is there, how far it walks, or that it is cut off.

It decides which closures are named: those on the way that the unit would take if every road were open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arls.eligibility import ago
from arls.reasons import Note
from arls.roads.live import UNREACHED_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arls.closure import Closure, Closures
    from arls.geo import Position
    from arls.picture import Picture
    from arls.roads.live import Asked, Roads
    from arls.roads.path import Path
    from arls.timing import Party

# Of those that are cut off, so many who would be there first are told by which closures: the others, that they are.
NAMED_FOR = 10
# Getting off the road for the last metres differs by this much from street to street.
_WALK_M = 5.0


def find_cost(path: Path, goal: Position, asked: Asked, roads: Roads, closures: Closures) -> tuple[Note, str] | None:
    """A code and a text for what closures cost the one unit that takes this way to the goal; None: nothing."""
    if not closures:
        return None
    if_open = roads.find_path(goal, asked)
    if if_open is None or if_open.cost_ms >= path.cost_ms:
        return None
    by = named(roads.met_by(if_open, asked.profile, closures))
    walked_m = path.end_off_m - if_open.end_off_m
    if walked_m > _WALK_M:
        return Note.ON_FOOT, f"the last {walked_m:.0f} m on foot: shut by {by}"
    return Note.DETOUR, f"{ago((path.cost_ms - if_open.cost_ms) / 1000)} later: goes round {by}"


def cut_off(
    party: Party, units: Sequence[int], goal: Position, picture: Picture, roads: Roads, closures: Closures
) -> dict[int, str]:
    """Of these units of a party, none of which has a way, each that would have one if every road were open; and why."""
    profile = party.mobility
    binding = tuple(closure for closure in closures if profile.passes.isdisjoint(closure.passable))
    if not binding or not units:
        return {}
    asked = picture.asked_of(party.numbers[list(units)], profile.name)
    cost_ms = roads.reach(goal, asked, measured=False).cost_ms
    soonest = [int(i) for i in np.argsort(cost_ms, kind="stable") if cost_ms[i] != UNREACHED_MS]
    reasons = {}
    for place, i in enumerate(soonest):
        by: Closures = binding if len(binding) == 1 else ()
        if not by and place < NAMED_FOR:
            one = picture.asked_of(asked.numbers[i : i + 1], profile.name)
            if_open = roads.find_path(goal, one)
            by = roads.met_by(if_open, profile.name, binding) if if_open else ()
        reasons[units[i]] = f"cut off by {named(by)}"
    return reasons


def named(closures: Sequence[Closure]) -> str:
    """The closures as a dispatcher reads them: `C0017 (High Street)`."""
    said = [f"{closure.id} ({closure.name})" if closure.name else closure.id for closure in closures]
    return " and ".join(said) or "closures"
