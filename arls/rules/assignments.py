"""The rules of assignments: who may be sent, taken away or queued, and what the clock does to whoever does not answer.

It decides what a dispatcher's word leads to; it never picks a unit. What a step leads to is `steps`' to say.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from arls import messages as m
from arls.asks import AskKind
from arls.control import AUTHORISING, SUPERVISOR
from arls.diversion import find_hold
from arls.incident import UNREPORTED, Act, Assignment, AssignmentId, AssignmentState, Incident, Step
from arls.rules.appointments import find_held
from arls.rules.asks import raise_ask
from arls.rules.gate import NEEDS_AUTHORITY, find_gate, warnings_of
from arls.rules.operations import find_ringed
from arls.rules.refusal import Decision, Refusal, find_open, find_stale, find_too_long, incident_entry, no_unit, who
from arls.rules.steps import find_unfit, left_at, next_job, step, withdrawn
from arls.state import doing_of

if TYPE_CHECKING:
    from datetime import datetime

    from arls.ports import Entry
    from arls.state import Known, State

# A dispatcher who plans further ahead than this plans for a unit that will be elsewhere.
MOST_NEXT_JOBS = 5

_UNANSWERED = frozenset({AssignmentState.RESERVED, AssignmentState.DELIVERED, AssignmentState.UNANSWERED})


def assign(command: m.Assign, state: State) -> Decision:
    """A unit reserved at once, queued, or taken from what is less urgent; or the sentence that says why not."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    wrong = (
        find_stale(incident, command.version)
        or find_too_long(command.reason)
        or find_held(incident, command.at)
        or _find_wrong(command, state)
        or find_ringed(command, state)
    )
    if wrong:
        return wrong
    against = _objections(command, incident, state)
    if isinstance(against, Refusal):
        return against
    held = state.active.get(command.callsign)
    if held is None:
        return [_assigned(command, state, AssignmentState.RESERVED, against), *_overtaken(command, state)]
    if command.divert:
        return _divert(command, state.assignments[held], incident, state, against)
    return [_assigned(command, state, AssignmentState.QUEUED, against)]


def _find_wrong(command: m.Assign, state: State) -> Refusal | None:
    if command.callsign not in state.units:
        return no_unit(command.callsign)
    if command.queue and command.divert:
        return Refusal(code="queue_or_divert", reason="a unit is queued or diverted, not both")
    return _find_taken(command, state) or find_unfit(command.callsign, state)


def _find_taken(command: m.Assign, state: State) -> Refusal | None:
    """Why a unit that has something to do, or to come, cannot be given this as well."""
    held = state.active.get(command.callsign)
    jobs = [state.assignments[name] for name in state.next_jobs.get(command.callsign, ())]
    if held is None:
        return None
    if command.queue and any(job.incident == command.incident for job in jobs):
        return Refusal(code="taken", reason=f"{command.incident} is a next job of {command.callsign} already")
    where = state.assignments[held].incident
    if where == command.incident or not (command.queue or command.divert):
        return Refusal(code="taken", reason=f"{command.callsign} is already assigned to {where}")
    if command.queue and len(jobs) >= MOST_NEXT_JOBS:
        return Refusal(code="taken", reason=f"{command.callsign} has {MOST_NEXT_JOBS} next jobs already")
    return None


def _objections(command: m.Assign, incident: Incident, state: State) -> str | Refusal:
    """What speaks against it and is overridden, as the record keeps it; the refusal where it is not."""
    against = []
    gate = find_gate(command.callsign, incident, state, to_rvp=command.to_rvp)
    if gate:
        wrong = gate if gate.code != NEEDS_AUTHORITY else _find_wrong_override(command, gate, AUTHORISING)
        if wrong:
            return wrong
        against.append("not authorised")
    held = state.active.get(command.callsign)
    if held is not None and command.divert:
        # As the ranking has it: by the policy of what it attends, and by what the unit itself says.
        doing = doing_of(state, command.callsign)
        hold = find_hold(doing.task, doing.state, incident.grade) if doing.task else None
        if hold:
            refusal = Refusal(code="not_interruptible", reason=f"{command.callsign} is {hold}")
            wrong = _find_wrong_override(command, refusal, frozenset({SUPERVISOR}))
            if wrong:
                return wrong
            against.append(hold)
    return "; ".join(against)


def _divert(command: m.Assign, old: Assignment, incident: Incident, state: State, against: str) -> Decision:
    """One decision: the old assignment ends, the new one holds, and the desk of the old incident hears of it."""
    losing = state.incidents[old.incident]
    new = _made(command, state, AssignmentState.RESERVED, against=against)
    event = m.UnitDiverted(**who(command), ended=old.id, abandoned=losing.id, assignment=new)
    loud = m.IncidentAbandoned(
        **who(command),
        incident=losing.id,
        callsign=command.callsign,
        taken_for=incident.id,
        left=left_at(losing.id, state, without={old.id}),
    )
    return [incident_entry(incident.id, event), incident_entry(losing.id, loud), *_overtaken(command, state)]


def _overtaken(command: m.Assign, state: State) -> list[Entry]:
    """A next job of the unit that is this very incident: it goes there now."""
    return withdrawn(command.incident, command, state, callsign=command.callsign)


def _find_wrong_override(command: m.Assign, refusal: Refusal, roles: frozenset[str]) -> Refusal | None:
    """Why a rule that speaks against a command stands; None when somebody in one of these roles says so and why."""
    if not command.override:
        return refusal
    if not roles & set(command.override):
        only = " or ".join(sorted(roles))
        return Refusal(code="no_role", reason=f"{refusal.reason}; only a {only} may decide otherwise")
    if not command.reason.strip():
        return Refusal(code="no_reason", reason=f"{refusal.reason}; say why it is done all the same")
    return None


def _assigned(command: m.Assign, state: State, first: AssignmentState, against: str) -> Entry:
    made = _made(command, state, first, against=against)
    return incident_entry(command.incident, m.UnitAssigned(**who(command), assignment=made))


def _made(command: m.Assign, state: State, first: AssignmentState, *, against: str) -> Assignment:
    return Assignment(
        id=AssignmentId(f"A{len(state.assignments) + 1:05d}"),
        incident=command.incident,
        callsign=command.callsign,
        steps=(Step(at=command.at, state=first, via="desk"),),
        reason=command.reason,
        crew=state.units[command.callsign].crew,
        capabilities=state.units[command.callsign].capabilities,
        overrides=state.find_overridden(command.incident, command.callsign),
        against=against,
        to_rvp=command.to_rvp,
        warnings=warnings_of(command.callsign, state.incidents[command.incident], state),
    )


def advance(command: m.Advance, state: State) -> Decision:
    """The next step, if it may follow."""
    assignment = state.assignments.get(command.assignment)
    if assignment is None:
        return Refusal(code="no_assignment", reason=f"there is no assignment {command.assignment}")
    if command.act in UNREPORTED:
        return Refusal(code="illegal_step", reason=f"{command.act.value} is nobody's to report: it follows by itself")
    wrong = find_too_long(command.reason)
    return wrong or step(assignment, command.act, command, state, via=command.via, reason=command.reason)


def explain(command: m.ExplainAssignment, state: State) -> Decision:
    """Why this unit, at any time; the same again is no news."""
    assignment = state.assignments.get(command.assignment)
    if assignment is None:
        return Refusal(code="no_assignment", reason=f"there is no assignment {command.assignment}")
    wrong = find_too_long(command.reason)
    if wrong or command.reason == assignment.reason:
        return wrong or []
    event = m.AssignmentExplained(**who(command), assignment=assignment.id, reason=command.reason)
    return [incident_entry(assignment.incident, event)]


def turn_assignments(command: m.TurnAssignments, state: State) -> Decision:
    """Whoever has not answered in time, and next jobs whose unit is free."""
    entries: list[Entry] = []
    lapsed: set[AssignmentId] = set()
    for late in overdue(state, command.at):
        found = step(late, Act.TIME_OUT, command, state, via="clock", gone=lapsed)
        entries += [] if isinstance(found, Refusal) else found
        if late.state is AssignmentState.UNANSWERED:
            lapsed.add(late.id)
    for callsign in state.next_jobs:
        if callsign not in state.active:
            entries += next_job(callsign, command, state)
    return entries


def note_leaving(command: m.NoteLeaving, state: State) -> Decision:
    """A question to the desks, once: it may be parked round the corner, or gone."""
    found = state.assignments.get(command.assignment)
    if found is None or found.state is not AssignmentState.AT_SCENE or found.left_at is not None:
        return []
    noticed = m.LeavingNoticed(**who(command), incident=found.incident, assignment=found.id, callsign=found.callsign)
    held = state.states.get(found.callsign)
    text = f"{found.callsign}: elsewhere, and at scene for {found.incident}: clear?"
    code = held.code if held is not None and held.code is not None else 0
    ask = raise_ask(command, AskKind.LEFT_SCENE, found.callsign, code, text, state)
    return [incident_entry(found.incident, noticed), ask]


def overdue(known: State | Known, at: datetime) -> list[Assignment]:
    """Deployments that nobody has answered within the time that their incident's grade gives, at the UTC instant."""
    held = (known.assignments[name] for name in known.active.values())
    dues = ((one, find_answer_due(one, known)) for one in held)
    return [one for one, due_at in dues if due_at is not None and at >= due_at]


def find_answer_due(assignment: Assignment, known: State | Known) -> datetime | None:
    """When (UTC) an answer is overdue; None where nobody waits for one, or its grade gives all the time there is."""
    if assignment.state not in _UNANSWERED:
        return None
    within_s = known.packs.grade_of(known.incidents[assignment.incident]).accept_within_s
    return None if within_s is None else assignment.steps[-1].at + timedelta(seconds=within_s)


def has_turn(known: State | Known, at: datetime) -> bool:
    """Whether the clock has anything to say: cheap enough to ask once a second."""
    waits = any(callsign not in known.active for callsign in known.next_jobs)
    return waits or bool(overdue(known, at))
