"""Assignments: a unit is sent, and the steps of that."""

from __future__ import annotations

from arls.incident import Act, Assignment, AssignmentId, IncidentId
from arls.messages.said import Said, Via
from arls.unit import Callsign

# --- commands -----------------------------------------------------------------------------------------------------


class Assign(Said, frozen=True, kw_only=True):
    """Send this unit there."""

    incident: IncidentId
    callsign: Callsign
    reason: str = ""


class Advance(Said, frozen=True, kw_only=True):
    """One step in the life of an assignment."""

    assignment: AssignmentId
    act: Act
    via: Via = "desk"


# --- events -------------------------------------------------------------------------------------------------------


class UnitAssigned(Said, frozen=True, kw_only=True):
    """A unit was committed to an incident: reserved at once, for every desk."""

    assignment: Assignment


class AssignmentAdvanced(Said, frozen=True, kw_only=True):
    """An assignment took a step of its life."""

    assignment: AssignmentId
    act: Act
    via: Via
