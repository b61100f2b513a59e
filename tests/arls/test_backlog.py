"""The backlog: what nobody is on, in the order in which it presses, and each warning once."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls import messages as m
from arls.backlog import Watch, backlog_of, dues_of
from arls.dispatch import Refusal, decide
from arls.folds.fold import fold
from arls.incident import Act, Appointment, AssignmentId, IncidentId
from arls.ports import Recorded
from arls.state import State
from arls.unit import Callsign, Unit
from tests.arls.deciding import refused

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
FIRST = AssignmentId("A00001")
INC = IncidentId("INC0001")


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


def said(second: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": at(second), "operator": "op1", "desk": "desk 4", **fields}


def done(state: State, command: m.Command) -> list[m.Event]:
    decision = decide(command, state)
    assert not isinstance(decision, Refusal), decision
    for entry in decision:
        fold(state, Recorded(position=state.position + 1, entry=entry))
    return [entry.event for entry in decision]


def made(state: State, second: float, grade: str) -> None:
    done(state, m.CreateIncident(**said(second, lat=53.2, lon=0.1, grade=grade)))


def sent(state: State, second: float, callsign: str, incident: str = INC) -> None:
    done(state, m.Assign(**said(second, incident=IncidentId(incident), callsign=Callsign(callsign))))


def advanced(state: State, second: float, *acts: Act, assignment: str = FIRST) -> None:
    for act in acts:
        done(state, m.Advance(**said(second, assignment=AssignmentId(assignment), act=act)))


def waiting(state: State, second: float) -> list[str]:
    return [row.incident for row in backlog_of(state, at(second))]


@pytest.fixture
def state() -> State:
    new = State()
    for callsign, skills in (("AB12", ()), ("AB13", ("taser",)), ("AB14", ("dog", "taser"))):
        done(new, m.PutUnit(**said(unit=Unit(callsign=Callsign(callsign), capabilities=skills), sources=())))
        done(new, m.SetState(**said(callsign=Callsign(callsign), code=2)))
    return new


def test_the_most_urgent_comes_first_and_within_a_grade_what_is_due_next(state: State) -> None:
    for second, grade in ((0, "2"), (10, "3"), (20, "1"), (30, "2"), (40, "1"), (50, "4")):
        made(state, second, grade)
    assert waiting(state, 60) == ["INC0003", "INC0005", "INC0001", "INC0004", "INC0002"]


def test_a_row_says_how_long_it_waits_and_what_is_due(state: State) -> None:
    made(state, 0, "1")
    (row,) = backlog_of(state, at(100))
    assert (row.unresourced_s, row.due_at, row.escalate_at) == (100, at(240), at(300))
    assert (row.attend.due_at, row.deploy.due_at) == (at(900), at(240))


def test_an_incident_leaves_the_queue_when_somebody_is_sent_and_comes_back_when_they_are_taken_away(
    state: State,
) -> None:
    made(state, 0, "1")
    sent(state, 50, "AB12")
    assert waiting(state, 60) == []
    advanced(state, 70, Act.REFUSE)
    (row,) = backlog_of(state, at(100))
    assert (row.unresourced_since, row.unresourced_s) == (at(70), 30)


def test_an_incident_that_was_attended_waits_for_nobody(state: State) -> None:
    made(state, 0, "1")
    sent(state, 50, "AB12")
    advanced(state, 70, Act.ARRIVE, Act.CLEAR)
    assert waiting(state, 5_000) == []


def test_who_was_taken_away_from_the_scene_has_not_attended(state: State) -> None:
    made(state, 0, "1")
    sent(state, 50, "AB12")
    advanced(state, 70, Act.ARRIVE, Act.CANCEL)
    assert waiting(state, 80) == [INC]


def test_more_units_stand_in_the_queue_until_as_many_as_were_asked_for_are_sent(state: State) -> None:
    made(state, 0, "1")
    sent(state, 50, "AB13")
    done(state, m.AskMoreUnits(**said(60, incident=INC, n=2, capabilities=("taser",), reason="a crowd")))
    (row,) = backlog_of(state, at(70))
    assert (row.unresourced_since, [wanted.missing for wanted in row.more_units]) == (None, [2])
    sent(state, 80, "AB12")
    assert backlog_of(state, at(90))[0].more_units[0].missing == 2, "AB12 has no taser"
    sent(state, 100, "AB14")
    assert backlog_of(state, at(110))[0].more_units[0].missing == 1
    advanced(state, 120, Act.REFUSE, assignment="A00003")
    assert backlog_of(state, at(130))[0].more_units[0].missing == 2
    assert state.incidents[INC].log[2].text == "2 more units with taser asked for: a crowd"


def test_a_request_that_is_withdrawn_is_one_no_more(state: State) -> None:
    made(state, 0, "4")
    done(state, m.AskMoreUnits(**said(60, incident=INC, n=1)))
    assert waiting(state, 70) == [INC], "it is wanted, though the grade sends nobody"
    done(state, m.WithdrawMoreUnits(**said(80, incident=INC, request="R1", reason="calm")))
    assert waiting(state, 90) == []
    assert refused(state, m.WithdrawMoreUnits(**said(95, incident=INC, request="R1"))) == "withdrawn"
    assert refused(state, m.WithdrawMoreUnits(**said(95, incident=INC, request="R2"))) == "no_request"


@pytest.mark.parametrize("n", [0, -1, 101])
def test_a_number_of_units_that_nobody_has_is_refused(state: State, n: int) -> None:
    made(state, 0, "1")
    assert refused(state, m.AskMoreUnits(**said(60, incident=INC, n=n))) == "no_number"


def test_a_unit_counts_for_one_request_alone(state: State) -> None:
    made(state, 0, "1")
    for second in (10, 20):
        done(state, m.AskMoreUnits(**said(second, incident=INC, n=1)))
    sent(state, 30, "AB12")
    (row,) = backlog_of(state, at(40))
    assert [wanted.request.id for wanted in row.more_units] == ["R2"]


def warned(state: State, second: float) -> list[str]:
    told = []
    for event in done(state, m.WarnOfBreaches(**said(second))):
        match event:
            case m.BreachWarned():
                told.append(f"{event.clock} {event.state}")
            case m.IncidentEscalated():
                told.append("escalated")
    return told


def test_each_warning_is_told_once_when_it_becomes_true(state: State) -> None:
    made(state, 0, "1")
    assert warned(state, 200) == []
    assert warned(state, 241) == ["deploy breached"]
    assert warned(state, 300) == ["escalated"]
    assert warned(state, 301) == []
    assert warned(state, 720) == ["attend at_risk"]
    assert warned(state, 901) == ["attend breached"]
    assert warned(state, 9_999) == []
    assert backlog_of(state, at(950))[0].escalated
    assert [told.what for told in state.told[INC]] == [
        "deploy breached",
        "escalated",
        "attend at_risk",
        "attend breached",
    ]


def test_a_wait_that_begins_again_is_escalated_again(state: State) -> None:
    made(state, 0, "1")
    assert "escalated" in warned(state, 310)
    sent(state, 320, "AB12")
    assert warned(state, 340) == []
    advanced(state, 350, Act.REFUSE)
    assert warned(state, 640) == []
    assert warned(state, 650) == ["escalated"]


def test_a_new_grade_has_targets_of_its_own_to_be_warned_of(state: State) -> None:
    made(state, 0, "3")
    assert warned(state, 1_000) == []
    done(state, m.ChangeIncident(**said(1_000, incident=INC, grade="1", reason="a knife")))
    assert warned(state, 1_001) == ["attend breached", "deploy breached", "escalated"]


def test_an_appointment_is_due_when_it_ends_and_presses_nobody_while_it_is_held(state: State) -> None:
    made(state, 0, "3")
    agreed = Appointment(begins_at=at(300_000), ends_at=at(303_600), release_at=at(296_400))
    done(state, m.MakeAppointment(**said(60, incident=INC, appointment=agreed)))
    assert warned(state, 200_000) == [], "though the grade's 48 hours are past"
    assert waiting(state, 200_000) == []
    done(state, m.ReleaseDue(**said(296_400)))
    (row,) = backlog_of(state, at(296_500))
    assert (row.due_at, row.unresourced_since) == (at(303_600), at(296_400))
    assert warned(state, 303_601) == ["attend breached"]


def test_nobody_is_warned_of_what_is_closed_or_sends_nobody(state: State) -> None:
    made(state, 0, "1")
    made(state, 0, "4")
    done(state, m.CloseIncident(**said(100, incident=INC, result="duplicate")))
    assert warned(state, 99_999) == []
    assert not state.told


steps = st.tuples(
    st.sampled_from(["1", "2", "3", "4", "send", "refuse", "regrade", "close", "wait"]), st.integers(1, 2_000)
)


@settings(max_examples=40)
@given(st.lists(steps, max_size=15))
def test_the_watch_never_misses_what_is_to_be_told_and_never_cries_for_nothing(told: list[tuple[str, int]]) -> None:
    state, watch, now = State(), Watch(), 0
    done(state, m.PutUnit(**said(unit=Unit(callsign=Callsign("AB12")), sources=())))
    for what, seconds in told:
        now += seconds
        first = next((one for one in state.incidents.values() if one.closed_at is None), None)
        held = state.active.get(Callsign("AB12"))
        match what:
            case "1" | "2" | "3" | "4":
                made(state, now, what)
            case "send" if first is not None and held is None:
                sent(state, now, "AB12", first.id)
            case "refuse" if held is not None:
                advanced(state, now, Act.REFUSE, assignment=held)
            case "regrade" if first is not None:
                done(state, m.ChangeIncident(**said(now, incident=first.id, grade="1")))
            case "close" if first is not None and held is None:
                done(state, m.CloseIncident(**said(now, incident=first.id)))
        for second in (now, now + 1):
            assert watch.has_due(state, at(second)) is bool(dues_of(state, at(second)))
            done(state, m.WarnOfBreaches(**said(second)))
            assert not watch.has_due(state, at(second))


@given(st.lists(st.tuples(st.sampled_from("1234"), st.integers(0, 5_000)), max_size=12), st.integers(0, 90_000))
def test_the_queue_holds_each_waiting_incident_once_in_the_order_of_its_grades(
    calls: list[tuple[str, int]], second: int
) -> None:
    state = State()
    for grade, when in calls:
        made(state, when, grade)
    rows = backlog_of(state, at(second))
    assert sorted(row.incident for row in rows) == sorted(
        incident.id for incident in state.incidents.values() if incident.grade != "4"
    )
    assert [row.urgency for row in rows] == sorted(row.urgency for row in rows)
    assert all(row.unresourced_s is not None and row.unresourced_s >= 0 for row in rows)
    for one, other in itertools.pairwise(rows):
        if one.urgency == other.urgency and one.due_at and other.due_at:
            assert one.due_at <= other.due_at
