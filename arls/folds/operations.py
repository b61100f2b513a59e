"""What operations' events mean: whose units are ringed, and which incidents are theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.folds.incidents import because, with_log
from arls.folds.rings import ringed_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arls import messages as m
    from arls.operation import Operation
    from arls.state import State
    from arls.unit import Callsign


def planned(state: State, event: m.OperationPlanned) -> set[Callsign]:
    """There is one more."""
    return _kept(state, event.operation, event.operation.units)


def ringed(state: State, event: m.UnitsRinged) -> set[Callsign]:
    """Units more are held."""
    before = state.operations[event.operation]
    return _kept(state, replace(before, units=tuple(sorted({*before.units, *event.units}))), event.units)


def released(state: State, event: m.UnitsReleased) -> set[Callsign]:
    """Units are free of it."""
    before = state.operations[event.operation]
    left = tuple(callsign for callsign in before.units if callsign not in event.units)
    return _kept(state, replace(before, units=left), event.units)


def turned(state: State, event: m.OperationTurned) -> set[Callsign]:
    """It runs, or is over."""
    before = state.operations[event.operation]
    return _kept(state, replace(before, status=event.status), before.units)


def incident_put(state: State, event: m.IncidentPutToOperation) -> None:
    """An incident is somebody's own."""
    incident = replace(state.incidents[event.incident], operation=event.operation or "")
    said = f"put to the operation {event.operation}" if event.operation else "put to no operation"
    state.incidents[incident.id] = with_log(incident, event, said + because(event.reason))


def _kept(state: State, operation: Operation, touched: Iterable[Callsign]) -> set[Callsign]:
    state.operations[operation.id] = operation
    for callsign in touched:
        state.units[callsign] = ringed_unit(state, state.units[callsign])
    return set(touched)
