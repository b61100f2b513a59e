"""Assignments: a unit is sent, and the steps of that; what a desk must hear of when they go wrong."""

from __future__ import annotations

from typing import Literal

from arls.incident import Act, Assignment, AssignmentId, IncidentId
from arls.messages.said import Said, Via
from arls.unit import Callsign

# --- commands -----------------------------------------------------------------------------------------------------


class Assign(Said, frozen=True, kw_only=True):
    """Send this unit there: now, as its next job (`queue`), or away from what it is doing (`divert`).

    `to_rvp`: no further than the RVP until firearms are authorised.
    `version` is what the operator saw of the incident. `override` are the roles in which the operator does it although
    a rule speaks against it; then `reason` says why.
    """

    incident: IncidentId
    callsign: Callsign
    reason: str = ""
    version: int | None = None
    queue: bool = False
    divert: bool = False
    to_rvp: bool = False
    override: tuple[str, ...] = ()


class AssignSet(Said, frozen=True, kw_only=True):
    """Send these units there, all of them or none."""

    incident: IncidentId
    callsigns: tuple[Callsign, ...]
    reason: str = ""


class Advance(Said, frozen=True, kw_only=True):
    """One step in the life of an assignment."""

    assignment: AssignmentId
    act: Act
    via: Via = "desk"
    reason: str = ""


class ExplainAssignment(Said, frozen=True, kw_only=True):
    """Why this unit was sent, said when there was time for it."""

    assignment: AssignmentId
    reason: str


class TurnAssignments(Said, frozen=True, kw_only=True):
    """The clock's word: deployments that nobody answered in time, and next jobs whose unit is free."""


class NoteLeaving(Said, frozen=True, kw_only=True):
    """A unit that had arrived is seen elsewhere."""

    assignment: AssignmentId


# --- events -------------------------------------------------------------------------------------------------------


class UnitAssigned(Said, frozen=True, kw_only=True):
    """A unit was committed to an incident, reserved at once for every desk; or that is its next job (`queued`)."""

    assignment: Assignment


class UnitDiverted(Said, frozen=True, kw_only=True):
    """One decision: the unit left its assignment `ended` (of the incident `abandoned`) and was committed to another."""

    ended: AssignmentId
    abandoned: IncidentId
    assignment: Assignment


class AssignmentAdvanced(Said, frozen=True, kw_only=True):
    """An assignment took a step of its life."""

    assignment: AssignmentId
    act: Act
    via: Via
    reason: str = ""


class AssignmentExplained(Said, frozen=True, kw_only=True):
    """Somebody said why this unit was sent; it takes the place of what was said before."""

    assignment: AssignmentId
    reason: str


class IncidentAbandoned(Said, frozen=True, kw_only=True):
    """A unit was taken away from an incident for another one, and `left` still attend: a desk must hear of it."""

    incident: IncidentId
    callsign: Callsign
    taken_for: IncidentId
    left: int


class DeploymentUnanswered(Said, frozen=True, kw_only=True):
    """Nobody answered a deployment in time: it is to be repeated by voice. The unit stays reserved."""

    incident: IncidentId
    assignment: AssignmentId
    callsign: Callsign


class DeploymentEscalated(Said, frozen=True, kw_only=True):
    """A deployment was refused, or not answered twice, and `left` still attend: somebody else is to be found."""

    incident: IncidentId
    assignment: AssignmentId
    callsign: Callsign
    why: Literal["refused", "unanswered"]
    left: int


class LeavingNoticed(Said, frozen=True, kw_only=True):
    """A unit that had arrived was seen elsewhere; a desk is asked, and nothing is cleared by it."""

    incident: IncidentId
    assignment: AssignmentId
    callsign: Callsign
