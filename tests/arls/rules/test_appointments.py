"""An incident by appointment waits for its time: nobody is sent before, unless somebody releases it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from arls import messages as m
from arls.dispatch import Refusal
from arls.incident import Appointment, Incident, IncidentId, find_waiting_since
from arls.locality import Locality
from arls.packs.adopted import generic_policy
from arls.state import State
from arls.unit import Callsign, Unit
from tests.arls.deciding import carry_out, refused

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
AB12, INC = Callsign("AB12"), IncidentId("INC0001")
SCHEDULED = next(grade.code for grade in generic_policy().grades if grade.scheduled)


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


AT_FOUR = Appointment(begins_at=later(2), ends_at=later(3), release_at=later(1))


def said(hours: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": later(hours), "operator": "op1", "desk": "desk 4", **fields}


def create(**fields: Any) -> m.CreateIncident:
    asked = {"lat": 53.2, "lon": -0.03, "grade": SCHEDULED, "appointment": AT_FOUR} | fields
    return m.CreateIncident(**said(**asked))


@pytest.fixture
def state() -> State:
    made = State()
    carry_out(made, m.PutUnit(**said(unit=Unit(callsign=AB12), sources=())))
    carry_out(made, m.SetState(**said(callsign=AB12, code=2)))
    carry_out(made, create())
    return made


def incident(state: State) -> Incident:
    return state.incidents[INC]


def test_nobody_is_sent_before_its_time_and_somebody_from_then_on(state: State) -> None:
    assert incident(state).held_until == later(1)
    send = m.Assign(**said(0.5, incident=INC, callsign=AB12))
    refusal = carry_out(state, send)
    assert isinstance(refusal, Refusal)
    until = "INC0001 is held until 2026-03-02 15:00 UTC for its appointment 2026-03-02 16:00 to 17:00 UTC"
    assert (refusal.code, refusal.reason) == ("held", f"{until}: release it first")
    # Nobody waits to be told of the time by the clock.
    assert not isinstance(carry_out(state, m.Assign(**said(1.0, incident=INC, callsign=AB12))), Refusal)


def test_the_clock_releases_what_is_due_once(state: State) -> None:
    assert carry_out(state, m.ReleaseDue(**said(0.9))) == []
    carry_out(state, m.ReleaseDue(**said(1.0)))
    assert (incident(state).held_until, incident(state).released_at) == (None, later(1))
    assert incident(state).log[-1].text == "released: its time has come"
    assert carry_out(state, m.ReleaseDue(**said(1.1))) == []


def test_a_dispatcher_releases_it_before_and_says_why(state: State) -> None:
    carry_out(state, m.ReleaseIncident(**said(0.1, incident=INC, reason="the caller is home already")))
    assert incident(state).log[-1].text == "released: the caller is home already"
    assert refused(state, m.ReleaseIncident(**said(0.2, incident=INC))) == "not_held"


def test_it_waits_for_nobody_while_it_is_held_and_from_its_release_on_after_that(state: State) -> None:
    assert find_waiting_since(incident(state), ()) is None
    carry_out(state, m.ReleaseDue(**said(1.0)))
    assert find_waiting_since(incident(state), ()) == later(1)


def test_a_regrade_to_what_is_not_by_appointment_releases_it(state: State) -> None:
    carry_out(state, m.ChangeIncident(**said(0.1, incident=INC, grade="1", reason="he is back")))
    assert incident(state).held_until is None
    assert incident(state).log[-1].text == "released: grade 1 is not by appointment"


def test_an_appointment_is_made_anew(state: State) -> None:
    tomorrow = Appointment(begins_at=later(26), ends_at=later(27), release_at=later(25))
    carry_out(state, m.MakeAppointment(**said(1.5, incident=INC, appointment=tomorrow, reason="not at home")))
    assert (incident(state).appointment, incident(state).held_until) == (tomorrow, later(25))
    assert incident(state).log[-1].text == "appointment 2026-03-03 16:00 to 17:00 UTC: not at home"


def test_what_somebody_is_sent_to_cannot_be_put_off(state: State) -> None:
    carry_out(state, m.Assign(**said(1.0, incident=INC, callsign=AB12)))
    assert refused(state, m.MakeAppointment(**said(1.1, incident=INC, appointment=AT_FOUR))) == "units_assigned"


def test_one_whose_release_has_come_is_not_held() -> None:
    state = State()
    carry_out(state, create(appointment=Appointment(begins_at=later(0.5), ends_at=later(1), release_at=later(-0.5))))
    assert incident(state).held_until is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"grade": "1"}, "not_scheduled"),
        ({"appointment": Appointment(begins_at=later(3), ends_at=later(2), release_at=later(1))}, "no_time"),
        ({"appointment": Appointment(begins_at=later(2), ends_at=later(3), release_at=later(2.5))}, "no_time"),
        ({"appointment": Appointment(begins_at=later(-3), ends_at=later(-2), release_at=later(-4))}, "no_time"),
    ],
)
def test_what_is_no_appointment_is_refused(fields: dict[str, Any], code: str) -> None:
    assert refused(State(), create(**fields)) == code


def test_where_another_talk_group_is_used_the_incident_says_so(state: State) -> None:
    there = Locality(talk_group="ARL-W")
    carry_out(state, m.ChangeIncident(**said(0.1, incident=INC, lat=53.3, lon=0.1, locality=there)))
    assert incident(state).log[-1].text == "talk group ARL-W (before: none)"
    events = carry_out(state, m.ChangeIncident(**said(0.2, incident=INC, lat=53.4, lon=0.1, locality=there)))
    assert isinstance(events, list)
    assert [type(event) for event in events] == [m.IncidentChanged]
