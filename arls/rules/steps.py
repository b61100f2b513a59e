"""What a step of an assignment leads to: its event, whoever must hear of it, and the unit's next job.

It decides what may follow what by the table in `incident`, and who is free to be sent. Which assignment, and whether
to make one, is `assignments`' to decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arls import messages as m
from arls.incident import ASSIGNMENT_LIFE, Act, Assignment, AssignmentId, AssignmentState
from arls.rules.gate import find_gate
from arls.rules.refusal import Refusal, incident_entry, who
from arls.state import assignments_of
from arls.unit import Availability

if TYPE_CHECKING:
    from collections.abc import Collection

    from arls.incident import IncidentId
    from arls.messages.said import Via
    from arls.ports import Entry
    from arls.rules.refusal import Decision
    from arls.state import State
    from arls.unit import Callsign


def step(
    assignment: Assignment,
    act: Act,
    command: m.Said,
    state: State,
    *,
    via: Via,
    reason: str = "",
    gone: Collection[AssignmentId] = (),
) -> Decision:
    """The step and what follows from it, or why it cannot be taken. `gone` attend no longer by this very decision."""
    after = ASSIGNMENT_LIFE.get((assignment.state, act))
    if after is None:
        now = assignment.state.value.replace("_", " ")
        said = f"{assignment.callsign} is {now} for {assignment.incident}: {act.value} cannot follow"
        return Refusal(code="illegal_step", reason=said)
    entries = [_advanced(assignment, act, command, via=via, reason=reason)]
    entries += _alarms(assignment, after, command, left_at(assignment.incident, state, without={assignment.id, *gone}))
    if assignment.active and after in _FREED:
        entries += next_job(assignment.callsign, command, state)
    return entries


# After these the unit is free; whoever was diverted has been given something else already.
_FREED = frozenset({AssignmentState.CLEARED, AssignmentState.CANCELLED, AssignmentState.REFUSED})


def next_job(callsign: Callsign, command: m.Said, state: State) -> list[Entry]:
    """The first of its queued jobs that still is one, for a unit that is or becomes free; nothing if it may not go."""
    if find_unfit(callsign, state):
        return []
    for name in state.next_jobs.get(callsign, ()):
        job = state.assignments[name]
        incident = state.incidents[job.incident]
        # What somebody decided against the gate was decided; authority may have been withdrawn since, or not given yet.
        gate = None if job.against else find_gate(callsign, incident, state, to_rvp=job.to_rvp and bool(incident.rvp))
        if incident.closed_at is None and gate is None:
            return [_advanced(job, Act.SEND, command, via="queue")]
    return []


def withdrawn(incident: IncidentId, command: m.Said, state: State, *, callsign: Callsign | None = None) -> list[Entry]:
    """Jobs that are still queued for an incident, of one unit or of all (None), taken back."""
    queued = (job for job in assignments_of(state, incident) if job.state is AssignmentState.QUEUED)
    mine = (job for job in queued if callsign is None or job.callsign == callsign)
    return [_advanced(job, Act.CANCEL, command, via="queue") for job in mine]


def find_unfit(callsign: Callsign, state: State) -> Refusal | None:
    """Why a unit cannot be sent whatever it is assigned to; None when it can."""
    if callsign in state.emergencies:
        return Refusal(code="emergency", reason=f"{callsign} has an emergency of its own")
    doing = state.states.get(callsign)
    if doing is not None and doing.availability is Availability.OFF_DUTY:
        return Refusal(code="off_duty", reason=f"{callsign} is off duty")
    return None


def left_at(incident: IncidentId, state: State, *, without: Collection[AssignmentId]) -> int:
    """How many units still attend an incident when these assignments do not count."""
    return sum(other.attends for other in assignments_of(state, incident) if other.id not in without)


def _advanced(assignment: Assignment, act: Act, command: m.Said, *, via: Via, reason: str = "") -> Entry:
    event = m.AssignmentAdvanced(**who(command), assignment=assignment.id, act=act, via=via, reason=reason)
    return incident_entry(assignment.incident, event)


def _alarms(assignment: Assignment, after: AssignmentState, command: m.Said, left: int) -> list[Entry]:
    """What a desk must hear of, when so many still attend."""
    about: dict[str, Any] = {
        "incident": assignment.incident,
        "assignment": assignment.id,
        "callsign": assignment.callsign,
    }
    about |= who(command)
    match after:
        case AssignmentState.UNANSWERED:
            event: m.Event = m.DeploymentUnanswered(**about)
        case AssignmentState.LAPSED:
            event = m.DeploymentEscalated(**about, why="unanswered", left=left)
        case AssignmentState.REFUSED:
            event = m.DeploymentEscalated(**about, why="refused", left=left)
        case _:
            return []
    return [incident_entry(assignment.incident, event)]
