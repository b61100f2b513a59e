"""Which operation rings a unit, as events have left it: what folds of units and of operations share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.operation import OperationStatus

if TYPE_CHECKING:
    from arls.state import State
    from arls.unit import Unit


def ringed_unit(state: State, unit: Unit) -> Unit:
    """The unit with the operation that rings it now; of one that is planned here no booking can tell."""
    ring = state.find_ring(unit.callsign)
    if ring is not None and ring.status is OperationStatus.RUNNING:
        operation: str = ring.id
    else:
        operation = "" if unit.operation in state.operations else unit.operation
    return unit if operation == unit.operation else replace(unit, operation=operation)
