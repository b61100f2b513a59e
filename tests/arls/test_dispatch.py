"""The rules, one by one: what each command leads to, and what is refused with which reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from arls import messages as m
from arls.dispatch import Refusal, decide, request_hash
from arls.fix import Fix
from arls.incident import Act, AssignmentId, IncidentId
from arls.state import State
from arls.unit import Availability, Callsign, Unit, UnitKind
from tests.arls.deciding import carry_out, refused

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def said(second: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "op1", "desk": "desk 4", **fields}


def unit(callsign: str, **fields: Any) -> Unit:
    return Unit(callsign=Callsign(callsign), kind=UnitKind.CAR, **fields)


@pytest.fixture
def state() -> State:
    made = State()
    for callsign in ("AB12", "AB13"):
        carry_out(made, m.PutUnit(**said(unit=unit(callsign), sources=(f"issi:{callsign}",))))
        carry_out(made, m.SetState(**said(callsign=callsign, code=2)))
    carry_out(made, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1", text="robbery")))
    return made


INC, OTHER = IncidentId("INC0001"), IncidentId("INC0002")


def test_a_unit_taken_at_one_desk_is_refused_at_every_other(state: State) -> None:
    carry_out(state, m.CreateIncident(**said(lat=53.2, lon=-0.02, grade="2")))
    assert carry_out(state, m.Assign(**said(incident=INC, callsign=Callsign("AB12"))))
    second = decide(m.Assign(**said(incident=OTHER, callsign=Callsign("AB12"))), state)
    assert second == Refusal(code="taken", reason="AB12 is already assigned to INC0001")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (m.Assign(**said(incident="INC9", callsign="AB12")), "no_incident"),
        (m.Assign(**said(incident=INC, callsign="ZZ99")), "no_unit"),
        (m.CreateIncident(**said(lat=95.0, lon=0.0, grade="1")), "no_such_place"),
        (m.CreateIncident(**said(lat=float("nan"), lon=0.0, grade="1")), "no_such_place"),
        (m.CreateIncident(**said(lat=0.0, lon=0.0, grade="1")), "null_island"),
        (m.CreateIncident(**said(lat=53.2, lon=0.0, grade="urgent")), "unknown_grade"),
        (m.CreateIncident(**said(lat=53.2, lon=0.0, grade="1", text="x" * 10_001)), "too_long"),
        (m.SetState(**said(callsign="AB12", code=23)), "unknown_code"),
        (m.SetState(**said(callsign="ZZ99", code=2)), "no_unit"),
        (m.CancelEmergency(**said(callsign="AB12")), "no_emergency"),
        (m.Advance(**said(assignment="A00009", act=Act.ACCEPT)), "no_assignment"),
        (m.LogIncident(**said(incident=INC, text="  ")), "empty"),
        (m.ChangeIncident(**said(incident=INC, version=7, grade="2")), "stale"),
        (m.ChangeIncident(**said(incident=INC, lat=53.0)), "half_place"),
        (m.ChangeIncident(**said(incident=INC, link="INC9")), "no_incident"),
        (m.RadioEvent(**said(source="issi:9", kind="emergency")), "unknown_device"),
    ],
)
def test_each_refusal_has_its_cause(state: State, command: m.Command, code: str) -> None:
    before = state.position
    assert refused(state, command) == code
    assert state.position == before


def test_an_incident_is_not_closed_while_a_unit_is_on_its_way(state: State) -> None:
    carry_out(state, m.Assign(**said(incident=INC, callsign=Callsign("AB12"))))
    assert refused(state, m.CloseIncident(**said(incident=INC))) == "units_assigned"
    carry_out(state, m.Advance(**said(assignment=AssignmentId("A00001"), act=Act.CLEAR)))
    assert carry_out(state, m.CloseIncident(**said(incident=INC, result="no trace")))
    assert state.incidents[INC].closed_at == NOW
    assert refused(state, m.Assign(**said(incident=INC, callsign=Callsign("AB12")))) == "closed"


def test_the_log_tells_who_did_what(state: State) -> None:
    carry_out(state, m.Assign(**said(incident=INC, callsign=Callsign("AB12"), reason="knows the address")))
    carry_out(state, m.ChangeIncident(**said(incident=INC, grade="2", reason="offender left")))
    texts = [line.text for line in state.incidents[INC].log]
    assert texts == ["created", "AB12 assigned: knows the address", "grade 2: offender left"]
    assert {(line.operator, line.desk) for line in state.incidents[INC].log} == {("op1", "desk 4")}


def test_an_unknown_code_from_a_radio_makes_the_state_unknown_and_keeps_no_lie(state: State) -> None:
    carry_out(state, m.RadioEvent(**said(source="issi:AB12", kind="state", code=23)))
    assert state.states[Callsign("AB12")].availability is Availability.UNKNOWN


def fix(second: float, source: str = "issi:AB12", *, emergency: bool = False) -> Fix:
    at = NOW + timedelta(seconds=second)
    return Fix(
        id=f"{source}{second}", source=source, received_at=at, fix_time=at, lat=53.2, lon=0.0, emergency=emergency
    )


def test_one_press_by_several_paths_is_one_alarm(state: State) -> None:
    first = carry_out(state, m.RadioEvent(**said(1, source="issi:AB12", kind="emergency")))
    again = carry_out(state, m.RecordFixes(**said(2, fixes=(fix(1.5, emergency=True),))))
    third = carry_out(state, m.SetState(**said(3, callsign=Callsign("AB12"), code=0, via="radio")))
    events = [*first, *again, *third]
    assert sum(isinstance(event, m.EmergencyRaised) for event in events) == 1


def test_a_cancelled_press_is_not_raised_again_by_its_own_late_fix_but_a_new_one_is(state: State) -> None:
    carry_out(state, m.RadioEvent(**said(1, source="issi:AB12", kind="emergency")))
    carry_out(state, m.CancelEmergency(**said(10, callsign=Callsign("AB12"))))
    carry_out(state, m.RecordFixes(**said(11, fixes=(fix(9, emergency=True),))))
    assert not state.emergencies
    carry_out(state, m.RecordFixes(**said(21, fixes=(fix(20, emergency=True),))))
    assert Callsign("AB12") in state.emergencies


def test_routine_fixes_off_duty_are_discarded_and_an_emergency_overrides(state: State) -> None:
    carry_out(state, m.SetState(**said(callsign=Callsign("AB12"), code=11)))
    (event,) = carry_out(state, m.RecordFixes(**said(5, fixes=(fix(4), fix(4, "issi:AB13")))))
    assert (event.fixes, event.withheld) == (1, 1)
    assert "issi:AB12" not in state.tracks
    carry_out(state, m.RecordFixes(**said(6, fixes=(fix(6, emergency=True),))))
    assert "issi:AB12" in state.tracks
    assert Callsign("AB12") in state.emergencies


def test_what_was_heard_on_duty_is_kept_when_it_comes_late(state: State) -> None:
    carry_out(state, m.SetState(**said(5, callsign=Callsign("AB12"), code=11)))
    (event,) = carry_out(state, m.RecordFixes(**said(9, fixes=(fix(4), fix(5), fix(6)))))
    assert (event.fixes, event.withheld) == (1, 2)


def test_a_press_that_comes_late_is_the_old_one_when_it_was_ended_since(state: State) -> None:
    press = {"source": "issi:AB12", "kind": "emergency"}
    carry_out(state, m.RadioEvent(**said(1, **press)))
    carry_out(state, m.CancelEmergency(**said(10, callsign=Callsign("AB12"))))
    assert carry_out(state, m.RadioEvent(**said(20, **press, happened_at=NOW + timedelta(seconds=9)))) == []
    assert carry_out(state, m.RadioEvent(**said(21, **press, happened_at=NOW + timedelta(seconds=11))))
    carry_out(state, m.CancelEmergency(**said(30, callsign=Callsign("AB12"))))
    # One that is not late is believed whatever the clocks say.
    assert carry_out(state, m.RadioEvent(**said(30, **press)))


def test_a_state_code_that_comes_late_replaces_nothing_newer(state: State) -> None:
    late = {"source": "issi:AB12", "kind": "state", "code": 5}
    carry_out(state, m.SetState(**said(60, callsign=Callsign("AB12"), code=6, via="radio")))
    assert carry_out(state, m.RadioEvent(**said(90, **late, happened_at=NOW + timedelta(seconds=50)))) == []
    assert state.states[Callsign("AB12")].code == 6
    carry_out(state, m.RadioEvent(**said(91, **late, happened_at=NOW + timedelta(seconds=70))))
    assert state.states[Callsign("AB12")].code == 5


def test_a_late_event_is_that_of_the_unit_that_carried_the_radio_then(state: State) -> None:
    carry_out(state, m.PutUnit(**said(10, unit=unit("AB13"), sources=("issi:AB12", "issi:AB13"))))
    press = m.RadioEvent(**said(20, source="issi:AB12", kind="emergency", happened_at=NOW + timedelta(seconds=9)))
    carry_out(state, press)
    assert set(state.emergencies) == {"AB12"}


def test_a_radio_handed_on_speaks_for_its_new_unit_only(state: State) -> None:
    carry_out(state, m.RecordFixes(**said(1, fixes=(fix(0.5),))))
    assert state.find_belief(Callsign("AB12")) is not None
    carry_out(state, m.PutUnit(**said(10, unit=unit("AB13"), sources=("issi:AB12", "issi:AB13"))))
    assert state.find_belief(Callsign("AB12")) is None
    assert state.find_carrier("issi:AB12", NOW + timedelta(seconds=5)) == "AB12"
    assert state.find_carrier("issi:AB12", NOW + timedelta(seconds=10)) == "AB13"
    carry_out(state, m.RecordFixes(**said(12, fixes=(fix(11),))))
    assert state.find_belief(Callsign("AB13")) == fix(11)


def test_a_receipt_counts_only_what_is_there_without_a_gap(state: State) -> None:
    def publish(*seqs: int, session: int = 1) -> None:
        published = tuple(m.Publication(gateway="gw1", session=session, seq=seq) for seq in seqs)
        carry_out(state, m.RecordFixes(**said(publications=published)))

    publish(1, 2, 4)
    assert state.receipts["gw1"].seq == 2
    publish(3, 2)
    assert state.receipts["gw1"].seq == 4
    publish(1, session=2)
    publish(9, session=1)
    assert (state.receipts["gw1"].session, state.receipts["gw1"].seq) == (2, 1)


def test_the_hash_of_a_request_leaves_out_when_it_was_made() -> None:
    first = m.Assign(**said(0, incident=INC, callsign=Callsign("AB12")))
    later = m.Assign(**said(9, incident=INC, callsign=Callsign("AB12")))
    other = m.Assign(**said(0, incident=INC, callsign=Callsign("AB13")))
    assert request_hash(first) == request_hash(later) != request_hash(other)


class Desks(RuleBasedStateMachine):
    """Many desks assign, advance and close as they like."""

    CALLSIGNS = ("AB1", "AB2", "AB3")

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        for callsign in self.CALLSIGNS:
            carry_out(self.state, m.PutUnit(**said(unit=unit(callsign), sources=())))

    @rule(grade=st.sampled_from(["1", "2"]))
    def create(self, grade: str) -> None:
        carry_out(self.state, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade=grade)))

    @precondition(lambda self: self.state.incidents)
    @rule(data=st.data(), callsign=st.sampled_from(CALLSIGNS))
    def assign(self, data: st.DataObject, callsign: str) -> None:
        incident = data.draw(st.sampled_from(sorted(self.state.incidents)))
        carry_out(self.state, m.Assign(**said(incident=incident, callsign=Callsign(callsign))))

    @precondition(lambda self: self.state.assignments)
    @rule(data=st.data(), act=st.sampled_from(list(Act)))
    def advance(self, data: st.DataObject, act: Act) -> None:
        assignment = data.draw(st.sampled_from(sorted(self.state.assignments)))
        carry_out(self.state, m.Advance(**said(assignment=assignment, act=act)))

    @precondition(lambda self: self.state.incidents)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        incident = data.draw(st.sampled_from(sorted(self.state.incidents)))
        carry_out(self.state, m.CloseIncident(**said(incident=incident)))

    @invariant()
    def no_unit_is_in_two_places(self) -> None:
        taken = [assignment.callsign for assignment in self.state.assignments.values() if assignment.active]
        assert len(taken) == len(set(taken))
        assert {self.state.assignments[held].callsign for held in self.state.active.values()} == set(taken)

    @invariant()
    def nobody_is_on_the_way_to_a_closed_incident(self) -> None:
        for assignment in self.state.assignments.values():
            assert not assignment.active or self.state.incidents[assignment.incident].closed_at is None


Desks.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestDesks = Desks.TestCase
