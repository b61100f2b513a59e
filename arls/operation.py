"""An operation: units that are held for it and kept from everyday work, from when until when, and where.

It decides what is an operation's own. Whom a ring keeps from what is `eligibility`'s and `rules`' to say.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, NewType

import msgspec

from arls.unit import Callsign

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arls.incident import Incident
    from arls.locality import RoleBan

OperationId = NewType("OperationId", str)


class OperationStatus(StrEnum):
    """Where an operation is in its life: its ring holds while it runs."""

    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """Units held from `since` until `until` (None: until it is ended), for what is its own."""

    id: OperationId
    name: str
    since: datetime
    until: datetime | None = None
    areas: tuple[str, ...] = ()  # whose incidents are its own, as `AreaRef.names`
    units: tuple[Callsign, ...] = ()  # sorted
    note: str = ""
    author: str = ""
    status: OperationStatus = OperationStatus.PLANNED

    def owns(self, incident: Incident) -> bool:
        """Whether an incident is its own: it was put to it, or lies in one of its areas."""
        return incident.operation == self.id or incident.locality.lies_in(self.areas)


class Ground(NamedTuple):
    """What an incident's place and purpose say of who may be sent: one of each for all incidents that are alike."""

    operations: frozenset[str] = frozenset()  # whose units may be sent though they are held
    forbidden_roles: tuple[RoleBan, ...] = ()


def ground_of(incident: Incident, operations: Mapping[OperationId, Operation]) -> Ground:
    """The ground of an incident."""
    owners = {operation.id for operation in operations.values() if operation.owns(incident)}
    own = owners | ({incident.operation} if incident.operation else set())
    return Ground(operations=frozenset(own), forbidden_roles=incident.locality.forbidden_roles)


def find_operation_turn(operation: Operation, at: datetime) -> OperationStatus | None:
    """What an operation becomes by the clock at the instant; None while it stays what it is."""
    if operation.status is OperationStatus.OVER:
        return None
    if operation.until is not None and operation.until <= at:
        return OperationStatus.OVER
    if operation.status is OperationStatus.PLANNED and operation.since <= at:
        return OperationStatus.RUNNING
    return None
