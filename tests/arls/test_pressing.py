"""What presses on open incidents: their lanes, what is due, what was told, and the order in which a desk sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from arls import messages as m
from arls.backlog import backlog_of
from arls.clocks import readings_of
from arls.incident import Act, Appointment, AssignmentId, IncidentId
from arls.pressing import Lane, Pressing, pressing_of
from arls.state import State, assignments_of
from arls.unit import Callsign, Unit
from tests.arls.deciding import carry_out

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
INC = IncidentId("INC0001")


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


def said(second: float, **fields: Any) -> dict[str, Any]:
    return {"at": at(second), "operator": "op1", "desk": "desk 4", **fields}


def room() -> State:
    state = State()
    for callsign in ("AB12", "AB13"):
        carry_out(state, m.PutUnit(**said(0, unit=Unit(callsign=Callsign(callsign)), sources=())))
        carry_out(state, m.SetState(**said(0, callsign=Callsign(callsign), code=2)))
    return state


def made(state: State, second: float, grade: str) -> None:
    carry_out(state, m.CreateIncident(**said(second, lat=53.2, lon=0.1, grade=grade)))


def pressing(state: State, name: IncidentId = INC) -> Pressing:
    incident, sent = state.incidents[name], assignments_of(state, name)
    policy = state.packs.policy_of(incident)
    readings = readings_of(incident, sent, policy, incident.created_at)
    return pressing_of(incident, sent, policy, readings, state.told.get(name, ()))


def test_an_incident_goes_from_lane_to_lane_as_units_come_and_go() -> None:
    state = room()
    made(state, 0, "1")
    lanes = [pressing(state).lane]
    carry_out(state, m.Assign(**said(10, incident=INC, callsign=Callsign("AB12"))))
    for second, act in ((20, Act.ACCEPT), (30, Act.ARRIVE), (40, Act.CLEAR)):
        lanes.append(pressing(state).lane)
        carry_out(state, m.Advance(**said(second, assignment=AssignmentId("A00001"), act=act)))
    lanes.append(pressing(state).lane)
    carry_out(state, m.AskMoreUnits(**said(50, incident=INC, n=2)))
    lanes.append(pressing(state).lane)
    assert lanes == [Lane.WAITING, *[Lane.ATTENDED] * 3, Lane.SEEN_TO, Lane.WAITING]
    assert [wanted.missing for wanted in pressing(state).wanted] == [2]


def test_a_clock_is_due_only_until_it_stops() -> None:
    state = room()
    made(state, 0, "1")
    assert (pressing(state).deploy_due_at, pressing(state).attend_due_at) == (at(240), at(900))
    carry_out(state, m.Assign(**said(10, incident=INC, callsign=Callsign("AB12"))))
    assert (pressing(state).deploy_due_at, pressing(state).attend_due_at) == (None, at(900))
    carry_out(state, m.Advance(**said(20, assignment=AssignmentId("A00001"), act=Act.ARRIVE)))
    assert pressing(state).attend_due_at is None


def test_a_warning_holds_until_what_it_warned_of_is_over() -> None:
    state = room()
    made(state, 0, "1")
    carry_out(state, m.WarnOfBreaches(**said(301)))
    assert (pressing(state).warned, pressing(state).escalated) == (("deploy breached",), True)
    carry_out(state, m.Assign(**said(310, incident=INC, callsign=Callsign("AB12"))))
    assert (pressing(state).warned, pressing(state).escalated) == ((), False)


def test_an_appointment_is_held_apart_and_presses_nobody() -> None:
    state = room()
    made(state, 0, "3")
    agreed = Appointment(begins_at=at(9_000), ends_at=at(12_600), release_at=at(5_400))
    carry_out(state, m.MakeAppointment(**said(60, incident=INC, appointment=agreed)))
    assert (pressing(state).lane, pressing(state).attend_due_at) == (Lane.HELD, None)
    carry_out(state, m.ReleaseDue(**said(5_400)))
    assert (pressing(state).lane, pressing(state).attend_due_at) == (Lane.WAITING, at(12_600))


def test_a_grade_that_sends_nobody_is_never_late() -> None:
    state = room()
    made(state, 0, "4")
    assert (pressing(state).lane, pressing(state).attend_due_at, pressing(state).warned) == (Lane.SEEN_TO, None, ())


steps = st.tuples(
    st.sampled_from(["1", "2", "3", "4", "send", "refuse", "clear", "more", "agree", "warn"]),
    st.integers(1, 2_000),
    st.integers(1, 5),
)


@settings(max_examples=40)
@given(st.lists(steps, max_size=20))
def test_incidents_sorted_by_their_order_stand_as_in_the_queue_and_the_others_behind(
    told: list[tuple[str, int, int]],
) -> None:
    state, now = room(), 0
    for what, seconds, number in told:
        now += seconds
        _step(state, now, what, IncidentId(f"INC{number:04}"))
    order = {name: pressing(state, name) for name in state.incidents}
    names = sorted(order, key=lambda name: order[name].order)
    queue = [row.incident for row in backlog_of(state, at(now))]
    assert names[: len(queue)] == queue
    assert all((order[name].lane is Lane.WAITING) == (name in queue) for name in names)


def _step(state: State, now: int, what: str, name: IncidentId) -> None:
    held = next(iter(state.active.values()), None)
    match what:
        case "1" | "2" | "3" | "4":
            made(state, now, what)
        case "send":
            carry_out(state, m.Assign(**said(now, incident=name, callsign=Callsign("AB12"))))
        case "refuse" if held is not None:
            carry_out(state, m.Advance(**said(now, assignment=held, act=Act.REFUSE)))
        case "clear" if held is not None:
            carry_out(state, m.Advance(**said(now, assignment=held, act=Act.ARRIVE)))
            carry_out(state, m.Advance(**said(now, assignment=held, act=Act.CLEAR)))
        case "more":
            carry_out(state, m.AskMoreUnits(**said(now, incident=name, n=1)))
        case "agree":
            agreed = Appointment(begins_at=at(now + 90), ends_at=at(now + 99), release_at=at(now + 60))
            carry_out(state, m.MakeAppointment(**said(now, incident=name, appointment=agreed)))
        case "warn":
            carry_out(state, m.WarnOfBreaches(**said(now)))
            carry_out(state, m.ReleaseDue(**said(now)))
