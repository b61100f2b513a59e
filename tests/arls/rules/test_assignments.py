"""Assignments: what may follow what, next jobs, diversion, and what the clock does to whoever does not answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from arls import messages as m
from arls.incident import (
    ACTIVE,
    ASSIGNMENT_LIFE,
    UNREPORTED,
    Act,
    Assignment,
    AssignmentId,
    AssignmentState,
    IncidentId,
    Step,
    find_waiting_since,
)
from arls.rules.assignments import MOST_NEXT_JOBS, has_turn
from arls.state import State, assignments_of, bytes_of, state_from
from arls.unit import Callsign, Unit
from tests.arls.deciding import do, refusal_of

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
AB1, AB2 = Callsign("AB1"), Callsign("AB2")
FIRST, SECOND, THIRD = IncidentId("INC0001"), IncidentId("INC0002"), IncidentId("INC0003")


def said(second: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "op1", "desk": "desk 4", **fields}


def assign(second: float = 0.0, incident: IncidentId = FIRST, callsign: Callsign = AB1, **fields: Any) -> m.Assign:
    return m.Assign(**said(second, incident=incident, callsign=callsign, **fields))


def advance(name: str, act: Act, second: float = 0.0) -> m.Advance:
    return m.Advance(**said(second, assignment=AssignmentId(name), act=act, via="voice"))


def waiting_since(state: State, incident: IncidentId) -> datetime | None:
    return find_waiting_since(state.incidents[incident], assignments_of(state, incident))


@pytest.fixture
def state() -> State:
    """Two units, and incidents of grade 3, 1 and 2."""
    made = State()
    for callsign in (AB1, AB2):
        do(made, m.PutUnit(**said(unit=Unit(callsign=callsign), sources=(f"issi:{callsign}",))))
        do(made, m.SetState(**said(callsign=callsign, code=2)))
    for grade in ("3", "1", "2"):
        do(made, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade=grade)))
    return made


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("now", list(AssignmentState))
def test_a_step_that_is_not_in_the_table_is_refused_with_a_sentence(
    state: State, now: AssignmentState, act: Act
) -> None:
    made = Assignment(
        id=AssignmentId("A00001"), incident=FIRST, callsign=AB1, steps=(Step(at=NOW, state=now, via="desk"),)
    )
    state.assignments[made.id], state.sent[FIRST] = made, (made.id,)
    if now in ACTIVE:
        state.active[AB1] = made.id
    if now is AssignmentState.QUEUED:
        state.next_jobs[AB1] = (made.id,)
    if (now, act) in ASSIGNMENT_LIFE and act not in UNREPORTED:
        do(state, advance("A00001", act, 5))
        last = state.assignments[made.id].steps[-1]
        assert (last.state, last.at, last.via) == (ASSIGNMENT_LIFE[now, act], NOW + timedelta(seconds=5), "voice")
        return
    refusal = refusal_of(state, advance("A00001", act))
    assert refusal.code == "illegal_step"
    assert act.value in refusal.reason


def test_a_next_job_is_sent_when_its_unit_clears_and_not_before(state: State) -> None:
    do(state, assign())
    do(state, assign(1, SECOND, queue=True))
    assert state.active == {AB1: "A00001"}
    assert state.assignments[AssignmentId("A00002")].state is AssignmentState.QUEUED
    cleared, sent = do(state, advance("A00001", Act.CLEAR, 60))
    assert isinstance(cleared, m.AssignmentAdvanced)
    assert isinstance(sent, m.AssignmentAdvanced)
    assert (sent.assignment, sent.act) == ("A00002", Act.SEND)
    assert state.active == {AB1: "A00002"}
    assert state.next_jobs == {}


def test_a_free_unit_is_sent_at_once_though_it_was_to_be_queued(state: State) -> None:
    do(state, assign(queue=True))
    assert state.active == {AB1: "A00001"}


def test_next_jobs_come_in_their_order_and_those_of_closed_incidents_never(state: State) -> None:
    do(state, assign())
    do(state, assign(1, SECOND, queue=True))
    do(state, assign(2, THIRD, queue=True))
    do(state, m.CloseIncident(**said(3, incident=SECOND)))
    assert state.assignments[AssignmentId("A00002")].state is AssignmentState.CANCELLED
    do(state, advance("A00001", Act.CLEAR, 60))
    assert state.active == {AB1: "A00003"}


def test_a_next_job_waits_while_its_unit_needs_help_and_goes_on_by_the_clock(state: State) -> None:
    do(state, assign())
    do(state, assign(1, SECOND, queue=True))
    do(state, m.RadioEvent(**said(2, source="issi:AB1", kind="emergency")))
    do(state, advance("A00001", Act.CLEAR, 60))
    assert state.active == {}
    assert do(state, m.TurnAssignments(**said(70))) == []
    do(state, m.CancelEmergency(**said(80, callsign=AB1)))
    assert has_turn(state, NOW + timedelta(seconds=81))
    do(state, m.TurnAssignments(**said(81)))
    assert state.active == {AB1: "A00002"}


def test_a_unit_is_queued_once_for_an_incident_and_not_without_end(state: State) -> None:
    do(state, assign())
    do(state, assign(1, SECOND, queue=True))
    assert refusal_of(state, assign(2, SECOND, queue=True)).code == "taken"
    for number in range(4, 4 + MOST_NEXT_JOBS):
        do(state, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="3")))
        last = assign(3, IncidentId(f"INC{number:04d}"), queue=True)
        if number < 3 + MOST_NEXT_JOBS:
            do(state, last)
    assert refusal_of(state, last).reason == "AB1 has 5 next jobs already"


def test_who_goes_to_its_next_job_now_is_not_sent_there_again(state: State) -> None:
    do(state, assign())
    do(state, assign(1, SECOND, queue=True))
    do(state, assign(2, SECOND, divert=True))
    assert state.next_jobs == {}
    assert state.assignments[AssignmentId("A00002")].state is AssignmentState.CANCELLED


def test_a_more_urgent_incident_takes_a_unit_and_the_other_is_loudly_in_the_queue_again(state: State) -> None:
    do(state, assign())
    assert waiting_since(state, FIRST) is None
    diverted, loud = do(state, assign(30, SECOND, divert=True, reason="knife seen"))
    assert isinstance(diverted, m.UnitDiverted)
    assert isinstance(loud, m.IncidentAbandoned)
    assert (loud.incident, loud.callsign, loud.taken_for, loud.left) == (FIRST, "AB1", SECOND, 0)
    assert state.active == {AB1: "A00002"}
    assert state.assignments[AssignmentId("A00001")].state is AssignmentState.DIVERTED
    assert waiting_since(state, FIRST) == NOW + timedelta(seconds=30)
    assert [line.text for line in state.incidents[FIRST].log][-2:] == [
        "AB1 diverted to INC0002",
        "AB1 was taken for INC0002: it is in the queue again, nobody attends",
    ]
    assert state.incidents[SECOND].log[-1].text == "AB1 assigned, diverted from INC0001: knife seen"


def test_an_incident_that_keeps_a_unit_is_not_in_the_queue(state: State) -> None:
    do(state, assign())
    do(state, assign(callsign=AB2))
    _, loud = do(state, assign(30, SECOND, divert=True))
    assert isinstance(loud, m.IncidentAbandoned)
    assert loud.left == 1
    assert waiting_since(state, FIRST) is None


def test_a_unit_is_not_taken_from_what_is_as_urgent_unless_a_supervisor_says_why(state: State) -> None:
    do(state, assign(0, SECOND))
    wanted = {"incident": FIRST, "divert": True}
    assert refusal_of(state, assign(1, **wanted)).reason == (
        "AB1 is assigned to INC0002 (grade 1), which nothing interrupts"
    )
    assert refusal_of(state, assign(1, **wanted, override=("tfc",), reason="so")).code == "no_role"
    assert refusal_of(state, assign(1, **wanted, override=("supervisor",))).code == "no_reason"
    do(state, assign(1, **wanted, override=("supervisor",), reason="child missing"))
    made = state.assignments[AssignmentId("A00002")]
    assert (made.against, made.reason) == ("assigned to INC0002 (grade 1), which nothing interrupts", "child missing")
    assert state.incidents[FIRST].log[-1].text == (
        "AB1 assigned, diverted from INC0002 "
        "(although assigned to INC0002 (grade 1), which nothing interrupts): child missing"
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"incident": FIRST, "divert": True}, "taken"),
        ({"incident": SECOND, "queue": True, "divert": True}, "queue_or_divert"),
        ({"incident": SECOND, "version": 7}, "stale"),
        ({"incident": SECOND, "reason": "x" * 10_001}, "too_long"),
    ],
)
def test_each_refusal_has_its_cause(state: State, fields: dict[str, Any], code: str) -> None:
    do(state, assign())
    assert refusal_of(state, assign(1, **fields)).code == code


def test_who_saw_an_older_version_is_told_who_changed_what(state: State) -> None:
    seen = state.incidents[FIRST].version
    do(state, m.LogIncident(**said(1, incident=FIRST, text="he is back")))
    do(state, assign(2, callsign=AB2))
    assert refusal_of(state, assign(3, version=seen)).reason == (
        "INC0001 has changed since you saw it (version 3, not 1): "
        "op1 at desk 4: he is back; op1 at desk 4: AB2 assigned"
    )
    do(state, assign(3, version=3))


def test_whoever_does_not_answer_is_told_of_once_and_keeps_the_unit(state: State) -> None:
    do(state, assign(0, SECOND))
    assert not has_turn(state, NOW + timedelta(seconds=29))
    assert do(state, m.TurnAssignments(**said(29))) == []
    step, loud = do(state, m.TurnAssignments(**said(30)))
    assert isinstance(step, m.AssignmentAdvanced)
    assert isinstance(loud, m.DeploymentUnanswered)
    assert do(state, m.TurnAssignments(**said(31))) == []
    assert state.active == {AB1: "A00001"}
    assert waiting_since(state, SECOND) is None
    assert state.incidents[SECOND].log[-1].text == "no answer from AB1's terminal: voice"


def test_a_second_time_out_puts_the_incident_into_the_queue_and_a_late_answer_takes_it_out(state: State) -> None:
    do(state, assign(0, SECOND))
    do(state, m.TurnAssignments(**said(30)))
    _, loud = do(state, m.TurnAssignments(**said(60)))
    assert isinstance(loud, m.DeploymentEscalated)
    assert (loud.why, loud.left) == ("unanswered", 0)
    assert waiting_since(state, SECOND) == NOW + timedelta(seconds=60)
    assert state.active == {AB1: "A00001"}
    assert do(state, m.TurnAssignments(**said(120))) == []
    do(state, advance("A00001", Act.ACCEPT, 130))
    assert waiting_since(state, SECOND) is None


def test_how_long_an_answer_may_take_is_the_grades_to_say(state: State) -> None:
    do(state, assign())  # grade 3 of the generic policy: 300 s
    assert not has_turn(state, NOW + timedelta(seconds=299))
    assert has_turn(state, NOW + timedelta(seconds=300))


def test_a_refusal_is_escalated_and_the_unit_is_free(state: State) -> None:
    do(state, assign())
    _, loud = do(state, advance("A00001", Act.REFUSE, 8))
    assert isinstance(loud, m.DeploymentEscalated)
    assert (loud.why, loud.callsign, loud.left) == ("refused", "AB1", 0)
    assert state.active == {}
    assert waiting_since(state, FIRST) == NOW + timedelta(seconds=8)
    do(state, assign(9))  # by the dispatcher's word it is asked again


def test_a_state_code_takes_the_assignment_on_and_never_clears_it(state: State) -> None:
    do(state, m.RadioEvent(**said(source="issi:AB1", kind="state", code=5)))
    do(state, assign())
    for second, code, now in (
        (5, 5, AssignmentState.EN_ROUTE),  # the code that it had before, said again: now it says more
        (9, 5, AssignmentState.EN_ROUTE),
        (60, 6, AssignmentState.AT_SCENE),
        (90, 2, AssignmentState.AT_SCENE),
        (95, 5, AssignmentState.AT_SCENE),
    ):
        do(state, m.RadioEvent(**said(second, source="issi:AB1", kind="state", code=code)))
        assert state.assignments[AssignmentId("A00001")].state is now
    assert [step.via for step in state.assignments[AssignmentId("A00001")].steps] == [
        "desk",
        "state_code",
        "state_code",
    ]


def test_a_snapshot_from_before_incidents_knew_their_assignments_is_read(state: State) -> None:
    do(state, assign())
    do(state, assign(1, SECOND, AB2))
    before = state_from(bytes_of(state))
    before.sent = {}
    assert state_from(bytes_of(before)).sent == state.sent
