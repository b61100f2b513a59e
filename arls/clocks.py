"""How long an incident waited, by every definition of a clock, worked out late from instants that were stored.

It decides nothing: a policy says which definition is its own, how long it may take, and what a regrade does to it. Any
policy can be asked of the same incident, so that forces and years can be compared though they count differently.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from arls.incident import AssignmentState, IncidentId
from arls.locality import Setting
from arls.policy import ClockStart, ClockStop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arls.incident import Assignment, Incident
    from arls.policy import Grade, Policy


class ClockState(StrEnum):
    """How a clock stands at an instant."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    AT_RISK = "at_risk"  # running, and its target is near
    BREACHED = "breached"  # running, and its target is past
    MET = "met"
    LATE = "late"
    STOPPED = "stopped"  # without a target
    ENDED = "ended"  # the incident was closed before it stopped


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A unit at the scene: when (UTC), and whether by itself it has the crew and the capabilities of the grade."""

    at: datetime
    callsign: str
    suitable: bool


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """Every instant of an incident (UTC) that some clock may count from or to, each list in the order of time."""

    called_at: datetime | None
    created_at: datetime
    graded_at: tuple[datetime, ...]  # at least one
    dispatched_at: tuple[datetime, ...]
    accepted_at: tuple[datetime, ...]
    en_route_at: tuple[datetime, ...]
    arrivals: tuple[Arrival, ...]
    cleared_at: tuple[datetime, ...]
    closed_at: datetime | None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One clock at one instant. `elapsed_s` of a running one is up to that instant; None: it has not started."""

    start: ClockStart
    stop: ClockStop | None  # None: the first dispatch
    claimed: bool  # whether the policy counts by this one
    start_at: datetime | None
    stop_at: datetime | None
    elapsed_s: float | None
    target_s: int | None
    due_at: datetime | None
    state: ClockState


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Something of an incident that the desks were told of when it became true, once."""

    at: datetime
    what: str  # `attend breached`, `deploy at_risk`, `escalated`
    due_at: datetime  # of another due instant, or another wait, it is told again


class Clocks(msgspec.Struct, frozen=True, kw_only=True):
    """Every clock of an incident at one instant, by one policy, and what had to be assumed."""

    incident: IncidentId
    at: datetime
    policy: str
    grade: str
    setting: Setting  # as it was when the incident was put where it is
    times: Times
    clocks: tuple[Reading, ...]
    deploy: Reading  # from the grading to the first dispatch
    notes: tuple[str, ...]  # assumptions, and what the policy says of its own numbers


def times_of(incident: Incident, assignments: Iterable[Assignment], grade: Grade | None) -> Times:
    """The instants of an incident; which arrivals are suitable is this grade's to say."""
    sent = list(assignments)
    arrivals = [
        Arrival(at=step.at, callsign=one.callsign, suitable=grade is None or is_suitable(one, grade))
        for one in sent
        for step in one.steps
        if step.state is AssignmentState.AT_SCENE
    ]
    return Times(
        called_at=incident.called_at,
        created_at=incident.created_at,
        graded_at=tuple(grading.at for grading in incident.gradings) or (incident.created_at,),
        dispatched_at=_reached(sent, AssignmentState.RESERVED),
        accepted_at=_reached(sent, AssignmentState.ACCEPTED),
        en_route_at=_reached(sent, AssignmentState.EN_ROUTE),
        arrivals=tuple(sorted(arrivals, key=lambda arrival: (arrival.at, arrival.callsign))),
        cleared_at=_reached(sent, AssignmentState.CLEARED),
        closed_at=incident.closed_at,
    )


def is_suitable(assignment: Assignment, grade: Grade) -> bool:
    """Whether the unit, with the crew and the capabilities with which it was sent, is what the grade needs."""
    return assignment.crew >= grade.min_crew and set(grade.needs) <= set(assignment.capabilities)


def clocks_of(incident: Incident, assignments: Iterable[Assignment], policy: Policy, at: datetime) -> Clocks:
    """Every clock of an incident at the UTC instant `at`, as this policy counts and promises."""
    grade = policy.find_grade(incident.grade)
    times = times_of(incident, assignments, grade)
    target_s, notes = _target(incident, policy, grade)
    if incident.called_at is None:
        notes = (*notes, "no time of the call was given: it is taken to be that of the creation")
    claimed = (grade.clock_start, grade.clock_stop) if grade else (None, None)
    return Clocks(
        incident=incident.id,
        at=at,
        policy=policy.id,
        grade=incident.grade,
        setting=incident.locality.setting,
        times=times,
        clocks=tuple(
            _reading(times, policy, at, start, stop, target_s, _warn_s(grade), claimed=(start, stop) == claimed)
            for start, stop in product(ClockStart, ClockStop)
        ),
        deploy=_deploy(times, policy, grade, at),
        notes=notes,
    )


def judged_by(incident: Incident, assignments: Iterable[Assignment], policy: Policy, at: datetime) -> Reading:
    """The clock that an incident is judged by: its policy's own, or, where none was published, the strictest.

    The strictest runs from the call to the first suitable unit: it starts first and stops last.
    """
    return readings_of(incident, assignments, policy, at)[0]


def readings_of(
    incident: Incident, assignments: Iterable[Assignment], policy: Policy, at: datetime
) -> tuple[Reading, Reading]:
    """What presses: the clock that an incident is judged by, and the one from the grading to the first dispatch.

    Where an appointment was made, the first is due when that ends, whatever the grade's target.
    """
    grade = policy.find_grade(incident.grade)
    claimed = grade is not None and grade.clock_start is not None
    start = (grade and grade.clock_start) or ClockStart.CALL
    stop = (grade and grade.clock_stop) or ClockStop.FIRST_SUITABLE_ARRIVED
    target_s, _ = _target(incident, policy, grade)
    times = times_of(incident, assignments, grade)
    judged = _reading(times, policy, at, start, stop, target_s, _warn_s(grade), claimed=claimed)
    if incident.appointment is not None:
        judged = _until(judged, incident.appointment.ends_at, at, _warn_s(grade), closed=times.closed_at is not None)
    return judged, _deploy(times, policy, grade, at)


def _deploy(times: Times, policy: Policy, grade: Grade | None, at: datetime) -> Reading:
    target_s = grade.deploy_target_s if grade else None
    return _reading(times, policy, at, ClockStart.GRADED, None, target_s, 0, claimed=True)


def _target(incident: Incident, policy: Policy, grade: Grade | None) -> tuple[int | None, tuple[str, ...]]:
    """How long it may take at the incident's place, and what that rests on."""
    notes = (policy.note,) if policy.note else ()
    if grade is None:
        return None, (*notes, f"{policy.id} has no grade {incident.grade!r}: its times are told without a target")
    if grade.target_s is None:
        return None, notes
    setting = incident.locality.setting
    if setting is Setting.UNKNOWN and grade.target_s.urban != grade.target_s.rural:
        notes = (*notes, f"no area says whether this is urban: the {policy.unknown_setting} target is assumed")
    rural = (policy.unknown_setting if setting is Setting.UNKNOWN else setting) == Setting.RURAL
    return grade.target_s.rural if rural else grade.target_s.urban, notes


def _warn_s(grade: Grade | None) -> int:
    return grade.warn_before_s if grade else 0


def _reading(
    times: Times,
    policy: Policy,
    at: datetime,
    start: ClockStart,
    stop: ClockStop | None,
    target_s: int | None,
    warn_s: int,
    *,
    claimed: bool,
) -> Reading:
    start_at = _start(times, start, restarts=policy.on_regrade == "restart")
    stop_at = _stop(times, stop, start_at)
    due_at = start_at + timedelta(seconds=target_s) if start_at is not None and target_s is not None else None
    until = stop_at or times.closed_at or at
    return Reading(
        start=start,
        stop=stop,
        claimed=claimed,
        start_at=start_at,
        stop_at=stop_at,
        # A clock that restarted after the incident was closed, or of which `at` is before its start, has run no time.
        elapsed_s=None if start_at is None else max(0.0, (until - start_at).total_seconds()),
        target_s=target_s,
        due_at=due_at,
        state=_state(start_at, stop_at, due_at, at, timedelta(seconds=warn_s), closed=times.closed_at is not None),
    )


def _until(reading: Reading, due_at: datetime, at: datetime, warn_s: int, *, closed: bool) -> Reading:
    """The same clock, due at another instant."""
    state = _state(reading.start_at, reading.stop_at, due_at, at, timedelta(seconds=warn_s), closed=closed)
    return replace(reading, target_s=None, due_at=due_at, state=state)


def _start(times: Times, start: ClockStart, *, restarts: bool) -> datetime | None:
    regraded_at = times.graded_at[-1] if restarts and len(times.graded_at) > 1 else None
    match start:
        case ClockStart.CALL:
            begun_at = times.called_at or times.created_at
        case ClockStart.CREATED:
            begun_at = times.created_at
        case ClockStart.GRADED:
            begun_at = times.graded_at[0]
        case ClockStart.DISPATCH:
            if not times.dispatched_at:
                return None
            begun_at = times.dispatched_at[0]
    return max(begun_at, regraded_at) if regraded_at else begun_at


def _stop(times: Times, stop: ClockStop | None, start_at: datetime | None) -> datetime | None:
    match stop:
        case None:
            stopped = times.dispatched_at
        case ClockStop.FIRST_ANY:
            stopped = tuple(arrival.at for arrival in times.arrivals)
        case ClockStop.FIRST_SUITABLE_ARRIVED:
            stopped = tuple(arrival.at for arrival in times.arrivals if arrival.suitable)
    if start_at is None or not stopped:
        return None
    # Whoever was there before the clock started was there when it did.
    return max(start_at, stopped[0])


def _state(
    start_at: datetime | None,
    stop_at: datetime | None,
    due_at: datetime | None,
    at: datetime,
    warn: timedelta,
    *,
    closed: bool,
) -> ClockState:
    if start_at is None:
        return ClockState.ENDED if closed else ClockState.NOT_STARTED
    if stop_at is not None:
        if due_at is None:
            return ClockState.STOPPED
        return ClockState.MET if stop_at <= due_at else ClockState.LATE
    if closed:
        return ClockState.ENDED
    if due_at is None or at < due_at - warn:
        return ClockState.RUNNING
    return ClockState.AT_RISK if at <= due_at else ClockState.BREACHED


def _reached(sent: Iterable[Assignment], state: AssignmentState) -> tuple[datetime, ...]:
    return tuple(sorted(step.at for one in sent for step in one.steps if step.state is state))
