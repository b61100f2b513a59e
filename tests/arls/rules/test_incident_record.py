"""What an incident's record keeps: where it was, what came of it, how it became known, and what belongs with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from arls import messages as m
from arls.duplicates import duplicates_of
from arls.incident import Incident, IncidentId
from arls.origin import Origin, find_wrong_ref, is_number_shaped
from arls.packs.adopted import generic_policy, uk_national_states
from arls.state import State
from tests.arls.deciding import do, refused

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
ONE, TWO = IncidentId("INC0001"), IncidentId("INC0002")


def said(**fields: Any) -> dict[str, Any]:
    return {"at": NOW, "operator": "op1", "desk": "desk 4", **fields}


def made(state: State, **fields: Any) -> None:
    do(state, m.CreateIncident(**said(lat=52.48, lon=-1.9, grade="1") | fields))


def test_a_move_keeps_where_it_was_who_moved_it_and_why() -> None:
    state = State()
    made(state)
    move = m.ChangeIncident(
        **said(incident=ONE, lat=52.487654321, lon=-1.912345678, place="Mill Lane", reason="caller")
    )
    do(state, move)
    incident = state.incidents[ONE]
    (before,) = incident.relocations
    assert (before.lat, before.lon, before.operator, before.reason) == (52.48, -1.9, "op1", "caller")
    assert incident.log[-1].text == "moved to Mill Lane, SP 0604 8775: caller"


def test_a_move_off_the_british_grid_is_logged_with_five_decimals() -> None:
    state = State()
    made(state)
    do(state, m.ChangeIncident(**said(incident=ONE, lat=41.157943217, lon=-8.629105123)))
    assert state.incidents[ONE].log[-1].text == "moved to 41.15794 -8.62911"


def test_a_link_is_one_act_and_stands_in_both_logs() -> None:
    state = State()
    made(state)
    made(state)
    do(state, m.ChangeIncident(**said(incident=ONE, link=TWO, reason="same fight")))
    assert state.incidents[ONE].links == (TWO,)
    assert state.incidents[TWO].links == (ONE,)
    assert state.incidents[ONE].log[-1].text == "linked to INC0002: same fight"
    assert state.incidents[TWO].log[-1].text == "linked to INC0001: same fight"


def test_no_incident_is_linked_to_itself() -> None:
    state = State()
    made(state)
    assert refused(state, m.ChangeIncident(**said(incident=ONE, link=ONE))) == "self_link"


def test_results_are_those_of_the_policy_where_it_lists_them() -> None:
    state = State()
    policy = replace(generic_policy(), version="with-results", results={"A1": "arrest", "N0": "no trace"})
    do(state, m.AdoptPacks(**said(policies=(policy,), states=(uk_national_states(),))))
    made(state, type="robbery")
    assert refused(state, m.CloseIncident(**said(incident=ONE, result="gone home"))) == "unknown_result"
    assert refused(state, m.CloseIncident(**said(incident=ONE))) == "unknown_result"
    do(state, m.CloseIncident(**said(incident=ONE, result="A1", closing_type="theft")))
    incident = state.incidents[ONE]
    assert (incident.type, incident.closing_type, incident.result) == ("robbery", "theft", "A1")
    assert incident.log[-1].text == "closed: A1; as theft"


def test_without_a_list_any_result_is_taken() -> None:
    state = State()
    made(state)
    do(state, m.CloseIncident(**said(incident=ONE, result="gone home")))
    assert state.incidents[ONE].result == "gone home"


def test_source_and_references_are_kept_and_a_number_is_not() -> None:
    state = State()
    made(state, source=Origin.EMERGENCY_999, refs={"recording": "REC-2026-03-02-0017"})
    assert state.incidents[ONE].source is Origin.EMERGENCY_999
    bad = m.CreateIncident(**said(lat=52.48, lon=-1.9, grade="1", refs={"crm": "07700900123"}))
    assert refused(state, bad) == "wrong_ref"
    assert refused(state, m.ChangeIncident(**said(incident=ONE, refs={"crm": "tel:+44-7700-900123"}))) == "wrong_ref"


@pytest.mark.parametrize(
    "text",
    [
        "07700900123",
        "+447700900123",
        "+44 7700 900-123",
        "(0121) 496 0000",
        "tel:+447700900123",
        "sip:447700900123@bt",
        "214000806012228",
        "1234567",
    ],
)
def test_what_reads_like_a_number_is_known(text: str) -> None:
    assert is_number_shaped(text)


@pytest.mark.parametrize("text", ["REC-17", "123456", "20260302140512345678", "a1b2c3d4e5f6", "2026-03-02T14:05Z"])
def test_what_is_a_reference_is_none(text: str) -> None:
    assert not is_number_shaped(text)


@pytest.mark.parametrize(
    "refs", [{"Crm": "x"}, {"crm": ""}, {"crm": "a b"}, {"crm": "x" * 101}, {f"r{n}": "x" for n in range(9)}]
)
def test_references_are_bounded(refs: dict[str, str]) -> None:
    assert find_wrong_ref(refs)


@given(st.text())
def test_no_reference_breaks_the_rule(text: str) -> None:
    assert isinstance(is_number_shaped(text), bool)


def incident(number: int, *, lat: float = 52.48, minutes: float = 0.0, **fields: Any) -> Incident:
    return Incident(
        id=IncidentId(f"INC{number:04d}"),
        lat=lat,
        lon=-1.9,
        grade="1",
        created_at=NOW + timedelta(minutes=minutes),
        **fields,
    )


def test_the_likeliest_duplicate_comes_first() -> None:
    mine = incident(1, type="Fight")
    others = [
        mine,
        incident(2, type="fight ", lat=52.482, minutes=10),
        incident(3, type="", lat=52.4801),
        incident(4, type="burglary"),
        incident(5, type="fight", lat=52.49),
        incident(6, type="fight", minutes=50),
        incident(7, type="fight", minutes=-5, closed_at=NOW),
    ]
    found = duplicates_of(mine, others)
    assert [one.incident for one in found] == ["INC0007", "INC0002", "INC0003"]
    assert found[0].closed
    assert found[1].distance_m == pytest.approx(222.6, abs=0.5)


@given(lat=st.floats(-0.02, 0.02), minutes=st.floats(-90, 90))
def test_what_is_a_duplicate_of_one_is_so_the_other_way_round(lat: float, minutes: float) -> None:
    one, other = incident(1, type="x"), incident(2, type="x", lat=52.48 + lat, minutes=minutes)
    assert bool(duplicates_of(one, [other])) == bool(duplicates_of(other, [one]))
