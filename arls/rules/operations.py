"""The rules of operations: who can be held for what, from when, and by whom it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.operation import Operation, OperationId, OperationStatus, find_operation_turn
from arls.ports import Entry
from arls.rules.refusal import Decision, Refusal, find_open, find_too_long, incident_entry, no_unit, who

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arls.state import State
    from arls.unit import Callsign


def plan_operation(command: m.PlanOperation, state: State) -> Decision:
    """An operation with the next number; it runs at once if its time has come."""
    since = command.since or command.at
    wrong = _wrong_plan(command) or _wrong_units(command.units, state)
    if wrong:
        return wrong
    operation = Operation(
        id=OperationId(f"OP{len(state.operations) + 1:04d}"),
        name=command.name.strip(),
        since=since,
        until=command.until,
        areas=command.areas,
        units=tuple(sorted(set(command.units))),
        note=command.note,
        author=command.operator,
        status=OperationStatus.RUNNING if since <= command.at else OperationStatus.PLANNED,
    )
    return [_entry(operation.id, m.OperationPlanned(**who(command), operation=operation))]


def ring_units(command: m.RingUnits, state: State) -> Decision:
    """Units more; who is ringed already stays so."""
    operation = _find_going_on(command.operation, state)
    if isinstance(operation, Refusal):
        return operation
    more = tuple(sorted(set(command.units) - set(operation.units)))
    wrong = _wrong_units(more, state)
    if wrong or not more:
        return wrong or []
    event = m.UnitsRinged(**who(command), operation=operation.id, units=more, reason=command.reason)
    return [_entry(operation.id, event)]


def release_units(command: m.ReleaseUnits, state: State) -> Decision:
    """Fewer; whoever was not ringed cannot be released."""
    operation = _find_going_on(command.operation, state)
    if isinstance(operation, Refusal):
        return operation
    strangers = sorted(set(command.units) - set(operation.units))
    if strangers:
        return Refusal(code="not_ringed", reason=f"{', '.join(strangers)} not held for {operation.id}")
    gone = tuple(sorted(set(command.units)))
    event = m.UnitsReleased(**who(command), operation=operation.id, units=gone, reason=command.reason)
    return [_entry(operation.id, event)]


def end_operation(command: m.EndOperation, state: State) -> Decision:
    """The end of it, by somebody who says so."""
    operation = _find_going_on(command.operation, state)
    if isinstance(operation, Refusal):
        return operation
    over = m.OperationTurned(**who(command), operation=operation.id, status=OperationStatus.OVER, reason=command.reason)
    return [_entry(operation.id, over)]


def turn_operations(command: m.TurnOperations, state: State) -> Decision:
    """Each that begins or ends by the clock; one whose whole time has passed ends and never ran."""
    return [
        _entry(name, m.OperationTurned(**who(command), operation=name, status=status))
        for name, operation in state.operations.items()
        if (status := find_operation_turn(operation, command.at)) is not None
    ]


def put_to_operation(command: m.PutToOperation, state: State) -> Decision:
    """An incident is an operation's own, whose units may then be sent there."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    if command.operation is not None:
        operation = _find_going_on(command.operation, state)
        if isinstance(operation, Refusal):
            return operation
    if (command.operation or "") == incident.operation:
        return []
    event = m.IncidentPutToOperation(
        **who(command), incident=incident.id, operation=command.operation, reason=command.reason
    )
    return [incident_entry(incident.id, event)]


def find_ringed(command: m.Assign, state: State) -> Refusal | None:
    """Why a unit is not sent to everyday work: it is held for something. Whatever interrupts rest breaks a ring."""
    incident, operation = state.incidents[command.incident], state.units[command.callsign].operation
    if not operation:
        return None
    grade = state.packs.policy_of(incident).find_grade(incident.grade)
    planned = state.operations.get(OperationId(operation))
    if (grade is not None and grade.interrupts_rest) or operation == incident.operation:
        return None
    if planned is not None and planned.owns(incident):
        return None
    named = f"{operation} ({planned.name})" if planned else operation
    reason = f"{command.callsign} is held for the operation {named}: release it, or put {incident.id} to the operation"
    return Refusal(code="ring_fenced", reason=reason)


def _wrong_plan(command: m.PlanOperation) -> Refusal | None:
    if not command.name.strip():
        return Refusal(code="empty", reason="an operation has a name")
    if command.until is not None and command.until <= max(command.at, command.since or command.at):
        return Refusal(code="no_time", reason="an operation ends after it begins, and later than now")
    return find_too_long(command.name) or find_too_long(command.note)


def _wrong_units(units: Sequence[Callsign], state: State) -> Refusal | None:
    for callsign in units:
        if callsign not in state.units:
            return no_unit(callsign)
        holding = state.find_ring(callsign)
        if holding is not None:
            return Refusal(code="ringed", reason=f"{callsign} is held for {holding.id} ({holding.name}) already")
    return None


def _find_going_on(name: OperationId, state: State) -> Operation | Refusal:
    operation = state.operations.get(name)
    if operation is None:
        return Refusal(code="no_operation", reason=f"there is no operation {name}")
    if operation.status is OperationStatus.OVER:
        return Refusal(code="operation_over", reason=f"{name} ({operation.name}) is over")
    return operation


def _entry(operation: OperationId, event: m.Event) -> Entry:
    return Entry(stream=f"operation/{operation}", event=event)
