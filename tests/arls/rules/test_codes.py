"""State codes, sentence by sentence of what a control room manager insists on (domain.md C2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from arls import messages as m
from arls.asks import AskKind
from arls.dispatch import Refusal, decide
from arls.fix import Fix
from arls.folds.fold import fold
from arls.incident import Act, AssignmentId, IncidentId
from arls.packs.adopted import generic_policy, uk_national_states
from arls.packs.reader import STATES, read_states
from arls.ports import Recorded
from arls.state import State
from arls.unit import Availability, Callsign, Unit

if TYPE_CHECKING:
    from arls.policy import Policy
    from arls.state_codes import StatePack

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
AB12, AB13, INC, FIRST = Callsign("AB12"), Callsign("AB13"), IncidentId("INC0001"), AssignmentId("A00001")


def said(second: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "op1", "desk": "desk 4", **fields}


def done(state: State, command: m.Command) -> list[m.Event]:
    decision = decide(command, state)
    assert not isinstance(decision, Refusal), decision
    for entry in decision:
        fold(state, Recorded(position=state.position + 1, entry=entry))
    return [entry.event for entry in decision]


def radio(state: State, code: int, second: float = 0.0, callsign: Callsign = AB12) -> list[m.Event]:
    return done(state, m.RadioEvent(**said(second, source=f"issi:{callsign}", kind="state", code=code)))


def fix(second: float, *, emergency: bool = False) -> Fix:
    at = NOW + timedelta(seconds=second)
    return Fix(id=f"f{second}", source="issi:AB12", received_at=at, fix_time=at, lat=53.2, lon=0.0, emergency=emergency)


def kept(events: list[m.Event]) -> int:
    (recorded,) = (event for event in events if isinstance(event, m.FixesRecorded))
    return recorded.fixes


def adopt(state: State, policy: Policy | None = None, states: StatePack | None = None) -> None:
    policies = (policy or generic_policy(),)
    done(state, m.AdoptPacks(**said(policies=policies, states=(states or uk_national_states(),))))


@pytest.fixture
def state() -> State:
    made = State()
    for callsign in (AB12, AB13):
        done(made, m.PutUnit(**said(unit=Unit(callsign=callsign), sources=(f"issi:{callsign}",))))
        radio(made, 2, callsign=callsign)
    done(made, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1")))
    return made


def assigned(state: State) -> State:
    done(state, m.Assign(**said(5, incident=INC, callsign=AB12)))
    return state


def asked(state: State) -> list[AskKind]:
    return [ask.kind for ask in state.asks.values()]


def test_a_message_is_journalled_and_shown_to_the_desks_and_changes_no_state(state: State) -> None:
    before = state.states[AB12]
    (event,) = radio(state, 14, 1)
    assert isinstance(event, m.AskRaised)
    assert (event.ask.kind, event.ask.urgent, event.ask.text) == (AskKind.MESSAGE, True, "AB12: urgent call back")
    assert state.states[AB12] == before


def test_a_message_stands_until_somebody_sees_to_it_and_once_however_often_it_is_sent(state: State) -> None:
    radio(state, 13, 1)
    radio(state, 13, 2)
    radio(state, 3, 3)
    (ask,) = state.asks.values()
    assert ask.at == NOW + timedelta(seconds=2)
    done(state, m.AnswerAsk(**said(9, ask=ask.id, text="called")))
    assert not state.asks
    assert isinstance(decide(m.AnswerAsk(**said(10, ask=ask.id)), state), Refusal)


def test_an_unknown_code_is_told_loudly_and_the_unit_is_not_to_be_sent(state: State) -> None:
    _, alert = radio(state, 23, 1)
    assert isinstance(alert, m.AskRaised)
    assert (alert.ask.kind, alert.ask.urgent) == (AskKind.UNKNOWN_CODE, True)
    assert "unknown (23)" in alert.ask.text
    assert (state.states[AB12].label, state.states[AB12].availability) == ("unknown (23)", Availability.UNKNOWN)
    radio(state, 2, 2)
    assert not state.asks, "a code that is known leaves nothing to ask"


@pytest.mark.parametrize("code", [5, 6])
def test_committed_without_an_assignment_is_asked_and_starts_or_stops_no_clock(state: State, code: int) -> None:
    events = radio(state, code, 1)
    assert [type(event) for event in events] == [m.StateSet, m.AskRaised]
    (ask,) = state.asks.values()
    assert ask.kind is AskKind.INCIDENT_UNKNOWN
    assert "committed, incident unknown: ask" in ask.text
    assert not state.assignments
    assigned(state)
    assert not state.asks, "now it is known to what"


def test_free_while_assigned_is_asked_and_never_clears_in_silence(state: State) -> None:
    radio(assigned(state), 3, 10)
    (ask,) = state.asks.values()
    assert (ask.kind, ask.assignment, ask.incident) == (AskKind.CLEAR, FIRST, INC)
    assert state.assignments[FIRST].active
    done(state, m.Advance(**said(20, assignment=FIRST, act=Act.CLEAR, via="voice")))
    assert not state.asks


def test_free_while_assigned_clears_where_the_policy_says_so_and_says_it_in_the_log(state: State) -> None:
    adopt(state, replace(generic_policy(), version="2", free_while_assigned="clear"))
    done(state, m.ChangeIncident(**said(4, incident=INC, grade="1")))
    radio(assigned(state), 3, 10)
    assert not state.assignments[FIRST].active
    assert not state.asks
    assert state.incidents[INC].log[-1].text == "AB12 cleared (by state_code)"


def test_routine_fixes_off_duty_are_discarded_before_anything_keeps_them(state: State) -> None:
    radio(state, 11, 1)
    assert kept(done(state, m.RecordFixes(**said(5, fixes=(fix(4),))))) == 0
    assert not state.tracks


def test_an_emergency_overrides_off_duty_says_why_and_tracks_until_a_named_operator_cancels(state: State) -> None:
    radio(state, 11, 1)
    _, raised = done(state, m.RecordFixes(**said(5, fixes=(fix(4, emergency=True), fix(4.5)))))
    assert isinstance(raised, m.EmergencyRaised)
    assert raised.overrides == "off duty"
    assert kept(done(state, m.RecordFixes(**said(9, fixes=(fix(8),))))) == 1
    (cancelled,) = done(state, m.CancelEmergency(**said(20, callsign=AB12)))
    assert cancelled.operator == "op1"
    assert kept(done(state, m.RecordFixes(**said(25, fixes=(fix(24),))))) == 0


def test_an_emergency_on_duty_overrides_nothing(state: State) -> None:
    (raised,) = radio(state, 0, 1)
    assert isinstance(raised, m.EmergencyRaised)
    assert raised.overrides == ""


def test_which_code_calls_for_help_is_the_packs_to_say(state: State) -> None:
    adopt(state, states=read_states(STATES / "us-generic.toml"))
    radio(state, 33, 1)
    assert AB12 in state.emergencies
    adopt(state, states=read_states(STATES / "de-fms.toml"))
    radio(state, 0, 2, AB13)
    assert AB13 not in state.emergencies
    assert asked(state) == [AskKind.MESSAGE]


def test_a_code_that_a_pack_does_not_track_discards_fixes_though_the_unit_is_on_duty(state: State) -> None:
    pack = uk_national_states()
    court = replace(pack.codes[10], track=False)
    adopt(state, states=replace(pack, version="court", codes=(*pack.codes[:10], court, *pack.codes[11:])))
    radio(state, 10, 1)
    assert kept(done(state, m.RecordFixes(**said(5, fixes=(fix(4),))))) == 0


def test_what_a_code_said_stays_said_when_another_pack_is_adopted(state: State) -> None:
    adopt(state, states=read_states(STATES / "us-generic.toml"))
    assert state.states[AB12].label == "on patrol"
    radio(state, 97, 1)
    assert state.states[AB12].availability is Availability.AT_SCENE


def test_a_pack_once_adopted_may_not_say_something_else(state: State) -> None:
    adopt(state)
    other = replace(generic_policy(), label="something else")
    command = m.AdoptPacks(**said(1, policies=(other,), states=(uk_national_states(),)))
    refusal = decide(command, state)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, "generic/1" in refusal.reason) == ("pack_changed", True)


def test_packs_that_are_in_use_already_are_no_news(state: State) -> None:
    adopt(state)
    command = m.AdoptPacks(**said(1, policies=(generic_policy(),), states=(uk_national_states(),)))
    assert decide(command, state) == []


def test_an_incident_keeps_the_policy_by_which_it_was_graded(state: State) -> None:
    policy = replace(generic_policy(), name="other", label="Another")
    adopt(state, policy)
    old = state.incidents[INC]
    assert state.packs.policy_of(old).id == "generic/1"
    done(state, m.ChangeIncident(**said(60, incident=INC, grade="2", reason="offender left")))
    new = state.incidents[INC]
    assert (new.policy, [grading.grade for grading in new.gradings]) == ("other/1", ["1", "2"])
    assert (new.graded_at, new.gradings[-1].reason) == (NOW + timedelta(seconds=60), "offender left")


def test_a_call_cannot_have_come_later_than_now(state: State) -> None:
    late = m.CreateIncident(**said(lat=53.2, lon=0.1, grade="1", called_at=NOW + timedelta(seconds=1)))
    refusal = decide(late, state)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "future_call"
    done(state, m.CreateIncident(**said(lat=53.2, lon=0.1, grade="1", called_at=NOW - timedelta(seconds=40))))
