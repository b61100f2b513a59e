"""What assignments' events mean: who is taken, what each unit does next, and how far each assignment is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.folds.asks import settle
from arls.folds.incidents import because, log
from arls.incident import ASSIGNMENT_LIFE, Act, Assignment, AssignmentId, AssignmentState, Step

if TYPE_CHECKING:
    from arls import messages as m
    from arls.messages.said import Via
    from arls.state import State
    from arls.unit import Callsign


def assigned(state: State, event: m.UnitAssigned) -> set[Callsign]:
    """A unit is taken, or has a next job."""
    assignment = event.assignment
    if assignment.active:
        settle(state, assignment.callsign)
    _enter(state, assignment)
    done = "assigned" if assignment.active else "is to come next"
    log(state, assignment.incident, event, f"{assignment.callsign} {done}{_why(assignment)}")
    return {assignment.callsign}


def diverted(state: State, event: m.UnitDiverted) -> set[Callsign]:
    """A unit is taken from one and given to another, at one stroke."""
    old, new = _step(state, event.ended, Act.DIVERT, event, "desk"), event.assignment
    settle(state, new.callsign)
    _enter(state, new)
    log(state, old.incident, event, f"{old.callsign} diverted to {new.incident}")
    log(state, new.incident, event, f"{new.callsign} assigned, diverted from {old.incident}{_why(new)}")
    return {new.callsign}


def advanced(state: State, event: m.AssignmentAdvanced) -> set[Callsign]:
    """A step of its life; whoever is done is free."""
    new = _step(state, event.assignment, event.act, event, event.via)
    said = f"{new.callsign} {new.state.value.replace('_', ' ')} (by {event.via})"
    log(state, new.incident, event, said + because(event.reason))
    return {new.callsign}


def explained(state: State, event: m.AssignmentExplained) -> None:
    """Why this one, which the record keeps beside who was suggested."""
    new = replace(state.assignments[event.assignment], reason=event.reason)
    state.assignments[new.id] = new
    rather = f"{new.callsign} rather than {new.overrides.callsign}" if new.overrides else f"why {new.callsign}"
    log(state, new.incident, event, rather + because(event.reason))


def abandoned(state: State, event: m.IncidentAbandoned) -> None:
    """The desk that answers for it reads in its log that it needs somebody."""
    log(state, event.incident, event, f"{event.callsign} was taken for {event.taken_for}: {_left(event.left)}")


def unanswered(state: State, event: m.DeploymentUnanswered) -> None:
    """No answer from the terminal."""
    log(state, event.incident, event, f"no answer from {event.callsign}'s terminal: voice")


def escalated(state: State, event: m.DeploymentEscalated) -> None:
    """Somebody else is to be found."""
    how = "refused" if event.why == "refused" else "has not answered twice"
    log(state, event.incident, event, f"{event.callsign} {how}: {_left(event.left)}")


def leaving_noticed(state: State, event: m.LeavingNoticed) -> None:
    """It is asked once."""
    state.assignments[event.assignment] = replace(state.assignments[event.assignment], left_at=event.at)
    log(state, event.incident, event, f"{event.callsign} is elsewhere: clear?")


def _enter(state: State, assignment: Assignment) -> None:
    state.assignments[assignment.id] = assignment
    state.sent[assignment.incident] = (*state.sent.get(assignment.incident, ()), assignment.id)
    if assignment.active:
        state.active[assignment.callsign] = assignment.id
    else:
        state.next_jobs[assignment.callsign] = (*state.next_jobs.get(assignment.callsign, ()), assignment.id)


def _step(state: State, name: AssignmentId, act: Act, event: m.Event, via: Via) -> Assignment:
    """The assignment one step on; who is taken, and by what, follows."""
    old = state.assignments[name]
    step = Step(at=event.at, state=ASSIGNMENT_LIFE[old.state, act], via=via)
    new = state.assignments[name] = replace(old, steps=(*old.steps, step))
    if old.state is AssignmentState.QUEUED:
        _leave_queue(state, old)
    if new.active:
        state.active[new.callsign] = name
    elif state.active.get(new.callsign) == name:
        del state.active[new.callsign]
        settle(state, new.callsign)
    return new


def _leave_queue(state: State, assignment: Assignment) -> None:
    rest = tuple(name for name in state.next_jobs[assignment.callsign] if name != assignment.id)
    if rest:
        state.next_jobs[assignment.callsign] = rest
    else:
        del state.next_jobs[assignment.callsign]


def _why(assignment: Assignment) -> str:
    against = f" (although {assignment.against})" if assignment.against else ""
    return against + because(assignment.reason)


def _left(left: int) -> str:
    if not left:
        return "it is in the queue again, nobody attends"
    return f"{left} unit{'' if left == 1 else 's'} still attend{'s' if left == 1 else ''}"
