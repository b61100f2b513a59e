"""Operations: planned, begun and ended; units ringed for them and released; incidents that are theirs."""

from __future__ import annotations

from datetime import datetime

from arls.incident import IncidentId
from arls.messages.said import Said
from arls.operation import Operation, OperationId, OperationStatus
from arls.unit import Callsign

# --- commands -----------------------------------------------------------------------------------------------------


class PlanOperation(Said, frozen=True, kw_only=True):
    """Hold these units for something. `since` None: from now on; `until` None: until it is ended."""

    name: str
    since: datetime | None = None
    until: datetime | None = None
    areas: tuple[str, ...] = ()
    units: tuple[Callsign, ...] = ()
    note: str = ""


class RingUnits(Said, frozen=True, kw_only=True):
    """Hold these units for it too."""

    operation: OperationId
    units: tuple[Callsign, ...]
    reason: str = ""


class ReleaseUnits(Said, frozen=True, kw_only=True):
    """These units may do everyday work again."""

    operation: OperationId
    units: tuple[Callsign, ...]
    reason: str = ""


class EndOperation(Said, frozen=True, kw_only=True):
    """It is over, and its units are free of it."""

    operation: OperationId
    reason: str = ""


class TurnOperations(Said, frozen=True, kw_only=True):
    """The clock went on: operations may begin or end."""


class PutToOperation(Said, frozen=True, kw_only=True):
    """An incident is an operation's own; None: nobody's any more."""

    incident: IncidentId
    operation: OperationId | None
    reason: str = ""


# --- events -------------------------------------------------------------------------------------------------------


class OperationPlanned(Said, frozen=True, kw_only=True):
    """Units are to be held for something, or are from this moment: its status says."""

    operation: Operation


class UnitsRinged(Said, frozen=True, kw_only=True):
    """Units more are held for it."""

    operation: OperationId
    units: tuple[Callsign, ...]
    reason: str = ""


class UnitsReleased(Said, frozen=True, kw_only=True):
    """Units may do everyday work again."""

    operation: OperationId
    units: tuple[Callsign, ...]
    reason: str = ""


class OperationTurned(Said, frozen=True, kw_only=True):
    """It began, or it is over."""

    operation: OperationId
    status: OperationStatus
    reason: str = ""


class IncidentPutToOperation(Said, frozen=True, kw_only=True):
    """An incident is an operation's own; None: nobody's any more."""

    incident: IncidentId
    operation: OperationId | None
    reason: str = ""
