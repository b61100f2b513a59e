"""Warnings of a place are read by whoever goes there, and again when it becomes another place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from arls import messages as m
from arls.dispatch import Refusal
from arls.incident import Assignment, AssignmentId, IncidentId
from arls.locality import Locality
from arls.state import State
from arls.unit import Callsign, Unit
from tests.arls.deciding import carry_out

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
INC, SENT = IncidentId("INC0001"), AssignmentId("A00001")
AB12 = Callsign("AB12")


def said(second: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "AB12", "desk": "terminal", **fields}


def sent_to(*warnings: str) -> State:
    state = State()
    carry_out(state, m.PutUnit(**said(unit=Unit(callsign=AB12), sources=())))
    carry_out(state, m.SetState(**said(callsign=AB12, code=2)))
    there = Locality(warnings=warnings)
    carry_out(state, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1", locality=there)))
    carry_out(state, m.Assign(**said(incident=INC, callsign=AB12)))
    return state


def read(state: State, second: float = 5.0) -> list[m.Event] | Refusal:
    return carry_out(state, m.NoteWarningsRead(**said(second, assignment=SENT, via="terminal")))


def assignment_of(state: State) -> Assignment:
    return state.assignments[SENT]


def test_that_a_crew_has_read_the_warnings_is_kept_once_and_logged() -> None:
    state = sent_to("a large dog")
    assert assignment_of(state).warnings_read_at is None
    read(state)
    assert assignment_of(state).warnings_read_at == NOW + timedelta(seconds=5)
    assert state.incidents[INC].log[-1].text == "AB12 has read the warnings (by terminal)"
    assert read(state, 9) == []


@pytest.mark.parametrize(("warnings", "unread"), [(("a large dog",), False), (("another dog",), True), ((), True)])
def test_at_another_place_they_are_unread_unless_they_are_the_same(warnings: tuple[str, ...], unread: bool) -> None:  # noqa: FBT001 - a case
    state = sent_to("a large dog")
    read(state)
    moved = Locality(warnings=warnings)
    carry_out(state, m.ChangeIncident(**said(6, incident=INC, lat=53.3, lon=0.1, locality=moved)))
    assert (assignment_of(state).warnings_read_at is None) == unread


def test_what_nobody_warned_of_cannot_be_read() -> None:
    refusal = read(sent_to())
    assert isinstance(refusal, Refusal)
    assert refusal.code == "no_warnings"
    nobody = carry_out(State(), m.NoteWarningsRead(**said(assignment=SENT)))
    assert isinstance(nobody, Refusal)
    assert nobody.code == "no_assignment"
