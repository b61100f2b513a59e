"""Calls and where their callers are: what is kept, what is best, what is offered, and what is forgotten."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls import messages as m
from arls.caller import MOST_LOCATIONS, CallerLocation, CallId, best_first, find_offer, is_call_id, with_location
from arls.dispatch import Refusal, decide
from arls.engine import Engine, revived
from arls.folds.fold import fold
from arls.geo import Position, moved
from arls.incident import IncidentId
from arls.ports import Entry, Recorded
from arls.replay import find_snapshot_fault, known_after
from arls.rules.calls import MOST_WAITING
from arls.state import State, bytes_of
from tests.fakes import ListOutbox, MemoryJournal

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
CALL = CallId("C-20260302-17")
INC = IncidentId("INC0001")
HERE = Position(lat=53.2, lon=-0.03)


def said(second: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "gateway", "desk": "radio", **fields}


def location(name: str = "L1", at: Position | None = HERE, **fields: Any) -> CallerLocation:
    place = {"lat": at.lat, "lon": at.lon} if at else {}
    return CallerLocation(id=name, received_at=NOW, **place, **fields)


def locate(name: str = "L1", *, second: float = 0.0, call: str = CALL, **fields: Any) -> m.LocateCaller:
    return m.LocateCaller(**said(second), call=CallId(call), location=location(name, **fields))


def carried_out(state: State, command: m.Command) -> list[Entry]:
    decision = decide(command, state)
    assert not isinstance(decision, Refusal), decision
    for entry in decision:
        fold(state, Recorded(position=state.position + 1, entry=entry))
    return decision


def refusal(state: State, command: m.Command) -> str:
    decision = decide(command, state)
    assert isinstance(decision, Refusal)
    return decision.code


def forget(state: State, *, second: float, before_s: float) -> list[Entry]:
    return carried_out(state, m.ForgetCallers(**said(second), before=NOW + timedelta(seconds=before_s)))


def test_the_place_lies_in_a_body_that_can_be_erased_and_the_record_holds_its_hash_alone() -> None:
    (entry,) = carried_out(State(), locate(accuracy_m=14.0, method="gnss"))
    assert isinstance(entry.event, m.CallerLocated)
    assert entry.body is not None
    assert entry.event.sha256 == hashlib.sha256(entry.body).hexdigest()
    assert str(HERE.lat).encode() not in msgspec.json.encode(entry.event)


def test_the_same_report_heard_twice_is_one_location() -> None:
    state = State()
    carried_out(state, locate())
    assert carried_out(state, locate(second=5)) == []
    carried_out(state, locate("L2", second=6))
    assert [one.id for one in state.callers[CALL].locations] == ["L1", "L2"]
    assert state.callers[CALL].heard_at == NOW + timedelta(seconds=6)


@pytest.mark.parametrize(
    "call", ["", "+447700900123", "447700900123", "07700900123@sip.example", "a b", "-x", "x" * 61]
)
def test_what_reads_like_a_number_is_no_id_of_a_call(call: str) -> None:
    assert refusal(State(), locate(call=call)) == "no_call_id"
    assert not is_call_id(call)


@pytest.mark.parametrize("call", ["C-17", "a84b4c76e66710@pc33.atlanta.example", "7f9d0c1e-2b", "999"])
def test_what_a_call_taking_system_makes_up_is_one(call: str) -> None:
    assert is_call_id(call)


def test_an_incident_may_not_name_a_callers_number_either() -> None:
    state = State()
    create = {"lat": HERE.lat, "lon": HERE.lon, "grade": "1"}
    assert refusal(state, m.CreateIncident(**said(**create, call_id="07700900123"))) == "no_call_id"
    carried_out(state, m.CreateIncident(**said(**create)))
    assert refusal(state, m.ChangeIncident(**said(incident=INC, call_id="+447700900123"))) == "no_call_id"


def test_a_call_that_no_incident_came_of_is_forgotten_with_every_record_that_held_its_place() -> None:
    state = State()
    carried_out(state, locate())
    carried_out(state, locate("L2", second=30))
    assert forget(state, second=900, before_s=30) == []  # the last word is what counts
    (entry,) = forget(state, second=931, before_s=31)
    assert isinstance(entry.event, m.CallersForgotten)
    assert (entry.event.calls, entry.event.erase) == ((CALL,), (1, 2))
    assert state.callers == {}


def test_a_call_with_an_incident_stays_and_goes_once_the_incident_has_another() -> None:
    state = State()
    carried_out(state, locate())
    carried_out(state, m.CreateIncident(**said(lat=HERE.lat, lon=HERE.lon, grade="1", call_id=CALL)))
    assert forget(state, second=9000, before_s=8000) == []
    carried_out(state, m.ChangeIncident(**said(9001, incident=INC, call_id="C-18")))
    assert "call_id C-18" in state.incidents[INC].log[-1].text
    assert len(forget(state, second=9002, before_s=8000)) == 1


def test_a_caller_moves_no_incident_and_changes_no_version() -> None:
    state = State()
    carried_out(state, m.CreateIncident(**said(lat=HERE.lat, lon=HERE.lon, grade="1", call_id=CALL)))
    before = state.incidents[INC]
    far = moved(HERE, course_deg=90, distance_m=5_000)
    carried_out(state, locate(at=far, accuracy_m=10.0, method="gnss"))
    assert state.incidents[INC] == before


def test_floods_are_bounded_in_calls_and_in_locations_of_one() -> None:
    state = State()
    for number in range(MOST_WAITING):
        carried_out(state, locate(f"L{number}", call=f"C-{number}"))
    assert refusal(state, locate(call="C-one-more")) == "too_many"
    for number in range(199):
        carried_out(state, locate(f"again {number}", call="C-1"))
    assert refusal(state, locate("too often", call="C-1")) == "too_many"
    assert len(state.callers[CallId("C-1")].locations) == MOST_LOCATIONS


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"method": "gnss", "accuracy_m": 50.0}, {"method": "wifi", "accuracy_m": 10.0}),
        ({"method": "GPS"}, {"method": "Cell", "accuracy_m": 10.0}),
        ({"method": "wifi", "accuracy_m": 20.0}, {"method": "wifi", "accuracy_m": 21.0}),
        ({"method": "wifi", "accuracy_m": 900.0}, {"method": "wifi"}),
        ({"time": NOW}, {"time": NOW - timedelta(seconds=9)}),
        ({"accuracy_m": 9000.0}, {"at": None, "method": "gnss"}),
    ],
)
def test_method_goes_before_radius_and_radius_before_time(better: dict[str, Any], worse: dict[str, Any]) -> None:
    both = [location("worse", **worse), location("better", **better)]
    assert [one.id for one in best_first(both)] == ["better", "worse"]


def test_only_a_best_location_whose_circle_leaves_the_incident_out_is_offered() -> None:
    near, far = (moved(HERE, course_deg=10, distance_m=away_m) for away_m in (20, 900))
    cell = location("cell", at=far, method="cell", accuracy_m=2_000.0)
    assert find_offer([cell], HERE) is None
    assert find_offer([location(at=near, method="gnss", accuracy_m=3.0)], HERE) is None
    gnss = location("gnss", at=far, method="gnss", accuracy_m=14.0)
    assert find_offer([cell, gnss], HERE) is gnss
    assert find_offer([cell, gnss], far) is None
    assert find_offer([location(at=None)], HERE) is None
    assert find_offer([], HERE) is None


@given(radii=st.lists(st.floats(1.0, 1e6), min_size=1, max_size=60))
def test_however_many_come_the_best_of_all_is_among_those_kept(radii: list[float]) -> None:
    call, every = None, [location(str(number), accuracy_m=radius) for number, radius in enumerate(radii)]
    for number, one in enumerate(every):
        call = with_location(call, one, at=NOW, position=number)
    assert call is not None
    assert len(call.locations) == min(len(every), MOST_LOCATIONS)
    assert best_first(call.locations)[0].accuracy_m == min(radii)
    assert call.locations[-1] is every[-1]
    assert call.positions == tuple(range(len(every)))


def test_a_replay_knows_the_same_and_a_snapshot_brings_it_back() -> None:
    journal = MemoryJournal()
    engine = Engine(journal, ListOutbox(), journal)
    engine.start()
    for command in (locate(), locate("L2", second=1, call="C-18", address={"A3": "Skegness"}, at=None)):
        engine.ask(command).result(5)
    known = engine.known
    engine.stop()
    assert known_after(journal, known.position).callers == known.callers
    newest = journal.find_newest()
    assert newest is not None
    assert b"Skegness" not in newest[1]
    assert revived(newest[1], journal).callers == known.callers
    assert find_snapshot_fault(journal) is None


def test_an_erased_body_is_known_to_nobody() -> None:
    state = State()
    for entry in carried_out(State(), locate()):
        fold(state, Recorded(position=1, entry=Entry(stream=entry.stream, event=entry.event, body=None)))
    assert bytes_of(state) == bytes_of(State(position=1))


@pytest.mark.parametrize(
    "fields",
    [
        {"lat": 53.2},
        {"lat": 91.0, "lon": 0.0},
        {"accuracy_m": -1.0},
        {"accuracy_m": float("inf")},
        {"accuracy_confidence": 0.0},
        {"time": NOW.replace(tzinfo=None)},
    ],
)
def test_no_location_says_what_cannot_be(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        CallerLocation(id="L1", received_at=NOW, **fields)
