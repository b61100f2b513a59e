"""What assignments' events mean: who is taken, and how far each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.folds.asks import settle
from arls.folds.incidents import because, log
from arls.incident import ASSIGNMENT_LIFE, Step

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State
    from arls.unit import Callsign


def assigned(state: State, event: m.UnitAssigned) -> set[Callsign]:
    """A unit is taken."""
    assignment = event.assignment
    settle(state, assignment.callsign)
    state.assignments[assignment.id] = assignment
    state.active[assignment.callsign] = assignment.id
    log(state, assignment.incident, event, f"{assignment.callsign} assigned" + because(assignment.reason))
    return {assignment.callsign}


def advanced(state: State, event: m.AssignmentAdvanced) -> set[Callsign]:
    """A step of its life; whoever is done is free."""
    old = state.assignments[event.assignment]
    step = Step(at=event.at, state=ASSIGNMENT_LIFE[old.state, event.act], via=event.via)
    new = replace(old, steps=(*old.steps, step))
    state.assignments[old.id] = new
    if not new.active and state.active.get(old.callsign) == old.id:
        del state.active[old.callsign]
        settle(state, old.callsign)
    log(state, old.incident, event, f"{old.callsign} {step.state.value.replace('_', ' ')} (by {event.via})")
    return {old.callsign}
