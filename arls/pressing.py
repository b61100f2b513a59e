"""What presses on an open incident, and where it stands among the others at a desk.

It decides which of them wait, are attended, are seen to or held; within each the order is the queue's. Nothing here
ages: a screen that has it counts on by itself until something happens.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from arls.backlog import Wanted, find_unresourced, order_of, wanted_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from arls.clocks import Reading, Told
    from arls.incident import Assignment, Incident
    from arls.policy import Grade, Policy


class Lane(StrEnum):
    """Where an open incident stands at a desk, the most pressing first."""

    WAITING = "waiting"  # in the queue: nobody is on it, or it wants more units than it has
    ATTENDED = "attended"
    SEEN_TO = "seen_to"  # nobody is to be sent: who attended is clear, or its grade sends nobody
    HELD = "held"  # until its appointment is near


_LANES = tuple(Lane)


class Pressing(msgspec.Struct, frozen=True, kw_only=True):
    """What presses on an open incident. A due instant is None where that clock is not running, or promises nothing."""

    lane: Lane
    order: str  # open incidents sorted by this text stand as a desk is to see them
    urgency: int  # 0 for the most urgent grade of its policy
    unresourced_since: datetime | None  # nobody is on it; None: somebody is, or it was attended
    attend_due_at: datetime | None
    deploy_due_at: datetime | None  # of the first dispatch
    escalate_at: datetime | None
    escalated: bool  # and somebody senior was told
    wanted: tuple[Wanted, ...]  # more units, and how many are still to be sent
    warned: tuple[str, ...]  # of what was told, what still holds: `attend breached`, `deploy at_risk`


def pressing_of(
    incident: Incident,
    sent: Sequence[Assignment],
    policy: Policy,
    readings: tuple[Reading, Reading],
    told: Iterable[Told],
) -> Pressing:
    """What presses on an open incident with these assignments, clocks (`readings_of`) and warnings."""
    grade, wanted = policy.find_grade(incident.grade), tuple(wanted_of(incident, sent))
    deploys = grade is not None and grade.deploys
    since = find_unresourced(incident, sent) if deploys else None
    attend_due_at, deploy_due_at = map(_open_due, readings)
    next_due_at = min((due for due in (attend_due_at, deploy_due_at) if due is not None), default=None)
    urgency, lane = policy.urgency_of(incident.grade), _lane(incident, sent, waits=since is not None or bool(wanted))
    # Nobody is late for what sends nobody, nor for an appointment before its time.
    runs = deploys and incident.held_until is None
    due = {"attend": attend_due_at, "deploy": deploy_due_at} if runs else {}
    escalate_at = _escalated_at(grade, since)
    return Pressing(
        lane=lane,
        order=_text(lane, order_of(urgency, next_due_at, since, incident.id)),
        urgency=urgency,
        unresourced_since=since,
        attend_due_at=due.get("attend"),
        deploy_due_at=due.get("deploy"),
        escalate_at=escalate_at,
        escalated=any(one.what == "escalated" and one.due_at == escalate_at for one in told),
        wanted=wanted,
        warned=tuple(one.what for one in told if one.due_at == due.get(one.what.split()[0])),
    )


def _open_due(reading: Reading) -> datetime | None:
    return reading.due_at if reading.stop_at is None else None


def _escalated_at(grade: Grade | None, since: datetime | None) -> datetime | None:
    if grade is None or grade.escalate_after_s is None or since is None:
        return None
    return since + timedelta(seconds=grade.escalate_after_s)


def _lane(incident: Incident, sent: Iterable[Assignment], *, waits: bool) -> Lane:
    if waits:
        return Lane.WAITING
    if incident.held_until is not None:
        return Lane.HELD
    return Lane.ATTENDED if any(one.attends for one in sent) else Lane.SEEN_TO


def _text(lane: Lane, order: tuple[int, bool, float, float, str]) -> str:
    """An order as a text that sorts like it: every number has the same count of figures."""
    urgency, undue, due_s, since_s, name = order
    return f"{_LANES.index(lane)}/{urgency:03d}/{undue:d}/{due_s:014.3f}/{since_s:014.3f}/{name}"
