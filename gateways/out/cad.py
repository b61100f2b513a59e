"""Incidents as documents for another command and control system (`arls.cad/1`): each state once, the end of it too.

It decides what has changed since it was last told, and what is left out for those who may not read what was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.cad import CadIncident, document_of
from gateways.out.telling import Telling

if TYPE_CHECKING:
    from datetime import datetime

    from arls.incident import Assignment, Incident, IncidentId
    from arls.state import Known
    from gateways.out.telling import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class CadTelling(Telling):
    """An incident as it is now."""

    document: CadIncident


class CadWatch:
    """What of the incidents is to be told to one system, from one look to the next.

    At first those that are open are new. One that leaves the grades that may be told is told no more.
    """

    def __init__(self, selection: Selection, *, system: str) -> None:
        self._selection = selection
        self._system = system
        self._told: dict[IncidentId, int] | None = None

    def look(self, known: Known, at: datetime) -> list[CadTelling]:
        """What is to be told now."""
        if self._told is None:
            closed = (incident for incident in known.incidents.values() if incident.closed_at is not None)
            self._told = {incident.id: incident.version for incident in closed}
        grades = self._selection.grades
        new = [
            incident
            for incident in known.incidents.values()
            if self._told.get(incident.id) != incident.version and (grades is None or incident.grade in grades)
        ]
        self._told |= {incident.id: incident.version for incident in new}
        sent: dict[IncidentId, list[Assignment]] = {incident.id: [] for incident in new}
        for assignment in known.assignments.values() if new else ():
            if assignment.incident in sent:
                sent[assignment.incident].append(assignment)
        return [self._telling(incident, sent[incident.id], at) for incident in new]

    def _telling(self, incident: Incident, sent: list[Assignment], at: datetime) -> CadTelling:
        document = document_of(incident, sent, system=self._system)
        if not self._selection.texts and document.arls is not None:
            document = replace(document, text="", arls=replace(document.arls, log=()))
        return CadTelling(uid=f"{self._system}.incident.{incident.id}", at=at, row=None, document=document)
