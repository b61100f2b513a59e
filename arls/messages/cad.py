"""Incidents of another command and control system: taken over, revision by revision."""

from __future__ import annotations

from arls.cad import CadReport
from arls.incident import IncidentId
from arls.locality import NOWHERE, Locality
from arls.messages.said import Said


class TakeCad(Said, frozen=True, kw_only=True):
    """Another system says what an incident of its is now."""

    report: CadReport
    locality: Locality = NOWHERE  # of its place, worked out at the door
    place: str = ""  # the street, likewise


class CadTaken(Said, frozen=True, kw_only=True):
    """What another system said was taken; what that changed was journalled just before."""

    incident: IncidentId
    report: CadReport
