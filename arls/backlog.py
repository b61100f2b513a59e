"""What waits for somebody to be sent, the most pressing first, and what of that is to be told.

It decides the order: grade by grade, and within a grade by what is due next. A force fails by its backlog before it
fails by seconds of an ETA. Who could be sent is `ranking`'s to say.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from arls.clocks import ClockState, Reading, Told, readings_of
from arls.incident import AssignmentState, IncidentId, MoreUnits, find_waiting_since
from arls.state import assignments_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from arls.incident import Assignment, Incident
    from arls.state import Known, State


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A request for more units, and how many are still to be sent for it."""

    request: MoreUnits
    missing: int


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """An incident in the queue. `unresourced_s` None: units are on it, and more are wanted."""

    incident: IncidentId
    grade: str
    policy: str
    urgency: int  # 0 for the most urgent grade
    unresourced_since: datetime | None
    unresourced_s: float | None
    attend: Reading
    deploy: Reading
    due_at: datetime | None  # the next of both
    escalate_at: datetime | None
    escalated: bool
    more_units: tuple[Wanted, ...]
    told: tuple[Told, ...]


class Due(NamedTuple):
    """What is to be told of an incident now. `since` is where its wait began, of an escalation."""

    incident: IncidentId
    clock: Literal["deploy", "attend", "unresourced"]
    state: Literal["at_risk", "breached", "escalated"]
    due_at: datetime
    since: datetime

    @property
    def what(self) -> str:
        """As it is kept that it was told."""
        return "escalated" if self.state == "escalated" else f"{self.clock} {self.state}"


def backlog_of(known: State | Known, at: datetime) -> tuple[Waiting, ...]:
    """Every open incident that nobody is on, or that wants more than it has, at the UTC instant `at`."""
    waiting = (
        _waiting(incident, sent, known, at) for incident, sent in _with_sent(known) if _grade_deploys(known, incident)
    )
    found = [row for row in waiting if row.unresourced_since is not None or row.more_units]
    return tuple(sorted(found, key=_order))


def dues_of(known: State | Known, at: datetime) -> list[Due]:
    """What became true of open incidents by the UTC instant `at` and was not told yet."""
    return [due for incident, sent in _with_sent(known) for due in _dues(incident, sent, known, at)]


class Watch:
    """Whether anything is to be told, asked each second: an incident is looked at when it changed or its time came."""

    def __init__(self) -> None:
        self._quiet: dict[IncidentId, tuple[Incident, datetime | None]] = {}  # until when (UTC) each is

    def has_due(self, known: State | Known, at: datetime) -> bool:
        """True when `dues_of` is not empty at the UTC instant `at`."""
        quiet = {}
        for incident in known.incidents.values():
            if incident.closed_at is not None:
                continue
            # Whatever happens to an incident is in its log, so that it is another value.
            seen, until = self._quiet.get(incident.id, (None, None))
            if seen is not incident or (until is not None and at > until):
                sent = assignments_of(known, incident.id)
                if next(iter(_dues(incident, sent, known, at)), None) is not None:
                    return True
                until = _next_turn(incident, sent, known, at)
            quiet[incident.id] = incident, until
        self._quiet = quiet
        return False


def _next_turn(incident: Incident, sent: Sequence[Assignment], known: State | Known, at: datetime) -> datetime | None:
    """The next instant (UTC) from `at` on after which something may be told of it; None: by the clock nothing will."""
    policy, grade = known.packs.policy_of(incident), known.packs.grade_of(incident)
    warn, turns = timedelta(seconds=grade.warn_before_s), []
    for reading in readings_of(incident, sent, policy, at):
        turns += [reading.due_at - warn, reading.due_at] if reading.due_at is not None else []
    since = find_unresourced(incident, sent)
    if since is not None and grade.escalate_after_s is not None:
        turns.append(since + timedelta(seconds=grade.escalate_after_s))
    # A tick before the instant itself: some of these become true at it, and some behind it.
    tick = timedelta(seconds=1)
    return min((turn - tick for turn in turns if turn + tick >= at), default=None)


def _with_sent(known: State | Known) -> list[tuple[Incident, list[Assignment]]]:
    """Every open incident with its assignments, both the oldest first."""
    return [(one, assignments_of(known, one.id)) for one in known.incidents.values() if one.closed_at is None]


def _grade_deploys(known: State | Known, incident: Incident) -> bool:
    # Whom somebody asked for is wanted, whatever the grade says.
    return known.packs.grade_of(incident).deploys or bool(incident.more_units)


def _waiting(incident: Incident, sent: Sequence[Assignment], known: State | Known, at: datetime) -> Waiting:
    policy, grade = known.packs.policy_of(incident), known.packs.grade_of(incident)
    attend, deploy = readings_of(incident, sent, policy, at)
    since = find_unresourced(incident, sent) if grade.deploys else None
    escalate_at = since + timedelta(seconds=grade.escalate_after_s) if since and grade.escalate_after_s else None
    told = known.told.get(incident.id, ())
    return Waiting(
        incident=incident.id,
        grade=incident.grade,
        policy=policy.id,
        urgency=policy.urgency_of(incident.grade),
        unresourced_since=since,
        unresourced_s=max(0.0, (at - since).total_seconds()) if since else None,
        attend=attend,
        deploy=deploy,
        due_at=min((due for due in map(_open_due, (attend, deploy)) if due is not None), default=None),
        escalate_at=escalate_at,
        escalated=any(one.what == "escalated" and one.due_at == escalate_at for one in told),
        more_units=tuple(wanted_of(incident, sent)),
        told=told,
    )


def _open_due(reading: Reading) -> datetime | None:
    return reading.due_at if reading.stop_at is None else None


def _order(row: Waiting) -> tuple[int, bool, float, float, str]:
    return order_of(row.urgency, row.due_at, row.unresourced_since, row.incident)


def order_of(
    urgency: int, due_at: datetime | None, since: datetime | None, name: str
) -> tuple[int, bool, float, float, str]:
    """What the queue is sorted by: grade, then what is due next (UTC), then who has waited longest."""
    return urgency, due_at is None, due_at.timestamp() if due_at else 0.0, since.timestamp() if since else 0.0, name


def find_unresourced(incident: Incident, sent: Iterable[Assignment]) -> datetime | None:
    """Since when (UTC) nobody has been on an open incident; None while somebody is, or once it was attended.

    Attended: somebody was there and is clear. Who was taken away from the scene has not attended.
    """
    sent = list(sent)
    attended = {AssignmentState.AT_SCENE, AssignmentState.CLEARED}
    if any(attended <= {step.state for step in one.steps} for one in sent):
        return None
    return find_waiting_since(incident, sent)


def wanted_of(incident: Incident, sent: Iterable[Assignment]) -> list[Wanted]:
    """The requests for more units that are not met: a unit counts for the oldest that it can, and once."""
    free = [one for one in sent if one.attends or one.state is AssignmentState.CLEARED]
    wanted = []
    for request in incident.more_units:
        if request.withdrawn_at is not None:
            continue
        fit = [
            one for one in free if one.steps[0].at >= request.at and set(request.capabilities) <= set(one.capabilities)
        ][: request.n]
        free = [one for one in free if one not in fit]
        if len(fit) < request.n:
            wanted.append(Wanted(request=request, missing=request.n - len(fit)))
    return wanted


_LOUD: Mapping[ClockState, Literal["at_risk", "breached"]] = {
    ClockState.AT_RISK: "at_risk",
    ClockState.BREACHED: "breached",
}


def _dues(incident: Incident, sent: Sequence[Assignment], known: State | Known, at: datetime) -> Iterable[Due]:
    policy, grade = known.packs.policy_of(incident), known.packs.grade_of(incident)
    if not grade.deploys or incident.held_until is not None:  # an appointment is nobody's to attend before its time
        return
    told = {(one.what, one.due_at) for one in known.told.get(incident.id, ())}
    attend, deploy = readings_of(incident, sent, policy, at)
    readings: tuple[tuple[Literal["attend", "deploy"], Reading], ...] = (
        ("attend", attend),
        ("deploy", deploy),
    )
    for clock, reading in readings:
        loud = _LOUD.get(reading.state)
        if loud is not None and reading.due_at is not None:
            due = Due(incident.id, clock, loud, reading.due_at, incident.created_at)
            if (due.what, due.due_at) not in told:
                yield due
    since = find_unresourced(incident, sent)
    if since is not None and grade.escalate_after_s is not None:
        due = Due(incident.id, "unresourced", "escalated", since + timedelta(seconds=grade.escalate_after_s), since)
        if due.due_at <= at and (due.what, due.due_at) not in told:
            yield due
