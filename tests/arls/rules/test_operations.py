"""Operations hold units for what is theirs, and every ring and release is somebody's word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from arls import messages as m
from arls.dispatch import Refusal
from arls.incident import IncidentId
from arls.locality import AreaRef, Locality
from arls.operation import OperationId, OperationStatus
from arls.state import State, bytes_of, state_from
from arls.unit import Callsign, Unit
from tests.arls.deciding import carry_out, refused

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
AB12, AB13 = Callsign("AB12"), Callsign("AB13")
OP, INC = OperationId("OP0001"), IncidentId("INC0001")
GROUND = Locality(areas=(AreaRef(kind="priority", id="ground", name="The Ground"),))


def said(second: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "op1", "desk": "desk 4", **fields}


@pytest.fixture
def state() -> State:
    made = State()
    for callsign in (AB12, AB13):
        carry_out(made, m.PutUnit(**said(unit=Unit(callsign=callsign), sources=())))
        carry_out(made, m.SetState(**said(callsign=callsign, code=2)))
    carry_out(made, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="3", locality=GROUND)))
    return made


def plan(**fields: Any) -> m.PlanOperation:
    return m.PlanOperation(**said(**({"name": "Derby", "units": (AB12,)} | fields)))


def rings(state: State) -> list[str]:
    return [state.units[callsign].operation for callsign in (AB12, AB13)]


def test_an_operation_whose_time_has_come_rings_its_units_at_once(state: State) -> None:
    carry_out(state, plan())
    assert rings(state) == ["OP0001", ""]
    assert state.operations[OP].author == "op1"


def test_one_that_begins_later_rings_them_when_the_clock_says_so_and_frees_them_at_its_end(state: State) -> None:
    carry_out(state, plan(since=NOW + timedelta(hours=1), until=NOW + timedelta(hours=3)))
    assert rings(state) == ["", ""]
    assert carry_out(state, m.TurnOperations(**said(3599))) == []
    carry_out(state, m.TurnOperations(**said(3600)))
    assert rings(state) == ["OP0001", ""]
    carry_out(state, m.TurnOperations(**said(3 * 3600)))
    assert rings(state) == ["", ""]
    assert state.operations[OP].status is OperationStatus.OVER


def test_units_are_ringed_and_released_one_by_one(state: State) -> None:
    carry_out(state, plan())
    carry_out(state, m.RingUnits(**said(1, operation=OP, units=(AB13, AB12))))
    assert rings(state) == ["OP0001", "OP0001"]
    (event,) = carry_out(state, m.ReleaseUnits(**said(2, operation=OP, units=(AB12,), reason="bronze agrees")))
    assert isinstance(event, m.UnitsReleased)
    assert (event.operator, event.reason, rings(state)) == ("op1", "bronze agrees", ["", "OP0001"])
    assert refused(state, m.ReleaseUnits(**said(3, operation=OP, units=(AB12,)))) == "not_ringed"
    carry_out(state, m.EndOperation(**said(4, operation=OP)))
    assert rings(state) == ["", ""]
    assert refused(state, m.RingUnits(**said(5, operation=OP, units=(AB12,)))) == "operation_over"


def test_a_unit_that_is_booked_anew_stays_ringed_and_no_booking_says_otherwise(state: State) -> None:
    carry_out(state, plan())
    carry_out(state, m.PutUnit(**said(1, unit=Unit(callsign=AB12, crew=2), sources=())))
    carry_out(state, m.PutUnit(**said(1, unit=Unit(callsign=AB13, operation="OP0001"), sources=())))
    assert rings(state) == ["OP0001", ""]
    assert refused(state, m.MoveUnits(**said(2, callsigns=(AB13,), operation="OP0001"))) == "ringed_by_operation"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": " "}, "empty"),
        ({"units": (Callsign("ZZ9"),)}, "no_unit"),
        ({"until": NOW}, "no_time"),
        ({"since": NOW + timedelta(hours=2), "until": NOW + timedelta(hours=1)}, "no_time"),
        ({"note": "x" * 10_001}, "too_long"),
    ],
)
def test_what_is_no_operation_is_refused(state: State, wrong: dict[str, Any], code: str) -> None:
    assert refused(state, plan(**wrong)) == code
    assert not state.operations


def test_nobody_is_held_for_two_operations(state: State) -> None:
    carry_out(state, plan(since=NOW + timedelta(hours=1)))
    assert refused(state, plan(name="Fair")) == "ringed"


def test_a_held_unit_is_sent_to_its_operations_own_and_to_emergencies_and_to_nothing_else(state: State) -> None:
    carry_out(state, plan())
    send = m.Assign(**said(1, incident=INC, callsign=AB12))
    assert refused(state, send) == "ring_fenced"
    carry_out(state, m.PutToOperation(**said(2, incident=INC, operation=OP, reason="at the turnstiles")))
    assert state.incidents[INC].log[-1].text == "put to the operation OP0001: at the turnstiles"
    assert not isinstance(carry_out(state, send), Refusal)
    carry_out(state, m.CreateIncident(**said(3, lat=53.2, lon=-0.03, grade="1")))
    urgent = m.Assign(**said(4, incident=IncidentId("INC0002"), callsign=AB13))
    carry_out(state, m.RingUnits(**said(4, operation=OP, units=(AB13,))))
    assert not isinstance(carry_out(state, urgent), Refusal)


def test_an_incident_in_an_area_of_the_operation_is_its_own(state: State) -> None:
    carry_out(state, plan(areas=("priority:ground",)))
    assert not isinstance(carry_out(state, m.Assign(**said(1, incident=INC, callsign=AB12))), Refusal)


def test_an_incident_is_put_to_what_runs_or_is_planned_only(state: State) -> None:
    assert refused(state, m.PutToOperation(**said(incident=INC, operation=OP))) == "no_operation"
    carry_out(state, plan())
    carry_out(state, m.PutToOperation(**said(1, incident=INC, operation=OP)))
    assert carry_out(state, m.PutToOperation(**said(2, incident=INC, operation=OP))) == []
    carry_out(state, m.PutToOperation(**said(3, incident=INC, operation=None)))
    assert state.incidents[INC].operation == ""


def test_a_snapshot_keeps_them(state: State) -> None:
    carry_out(state, plan(areas=("ground",)))
    assert state_from(bytes_of(state)) == state
