"""The rules of assignments: who may be sent, and which step may follow which.

It decides what a dispatcher's word leads to; it never picks a unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.incident import ASSIGNMENT_LIFE, Assignment, AssignmentId, AssignmentState, Step
from arls.rules.refusal import Decision, Refusal, find_open, incident_entry, no_unit, who
from arls.unit import Availability, Callsign

if TYPE_CHECKING:
    from arls.state import State


def assign(command: m.Assign, state: State) -> Decision:
    """A unit reserved at once, unless it is not free."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    wrong = _not_free(command.callsign, state)
    if wrong:
        return wrong
    assignment = Assignment(
        id=AssignmentId(f"A{len(state.assignments) + 1:05d}"),
        incident=incident.id,
        callsign=command.callsign,
        steps=(Step(at=command.at, state=AssignmentState.RESERVED, via="desk"),),
        reason=command.reason,
        overrides=state.find_overridden(incident.id, command.callsign),
    )
    return [incident_entry(incident.id, m.UnitAssigned(**who(command), assignment=assignment))]


def _not_free(callsign: Callsign, state: State) -> Refusal | None:
    if callsign not in state.units:
        return no_unit(callsign)
    held = state.active.get(callsign)
    if held is not None:
        where = state.assignments[held].incident
        return Refusal(code="taken", reason=f"{callsign} is already assigned to {where}")
    if callsign in state.emergencies:
        return Refusal(code="emergency", reason=f"{callsign} has an emergency of its own")
    doing = state.states.get(callsign)
    if doing is not None and doing.availability is Availability.OFF_DUTY:
        return Refusal(code="off_duty", reason=f"{callsign} is off duty")
    return None


def advance(command: m.Advance, state: State) -> Decision:
    """The next step, if it may follow."""
    assignment = state.assignments.get(command.assignment)
    if assignment is None:
        return Refusal(code="no_assignment", reason=f"there is no assignment {command.assignment}")
    new = ASSIGNMENT_LIFE.get((assignment.state, command.act))
    if new is None:
        now = assignment.state.value.replace("_", " ")
        reason = f"{assignment.callsign} is {now} for {assignment.incident}: {command.act.value} cannot follow"
        return Refusal(code="illegal_step", reason=reason)
    event = m.AssignmentAdvanced(**who(command), assignment=assignment.id, act=command.act, via=command.via)
    return [incident_entry(assignment.incident, event)]
