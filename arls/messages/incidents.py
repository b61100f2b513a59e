"""Incidents: made, logged, changed, closed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from arls.incident import Appointment, Incident, IncidentId
from arls.locality import NOWHERE, Locality
from arls.messages.said import Said
from arls.origin import Origin

# --- commands -----------------------------------------------------------------------------------------------------


class CreateIncident(Said, frozen=True, kw_only=True):
    """Something is to be attended; `call_id` is the call by which it became known."""

    lat: float
    lon: float
    grade: str
    type: str = ""
    text: str = ""
    call_id: str = ""
    locality: Locality = NOWHERE  # of its place, worked out at the door
    appointment: Appointment | None = None  # of a grade that is by appointment
    called_at: datetime | None = None  # UTC, by the call-taking system's clock; None: it did not say
    source: Origin = Origin.UNKNOWN
    refs: dict[str, str] = msgspec.field(default_factory=dict)
    firearms: bool = False


class LogIncident(Said, frozen=True, kw_only=True):
    """A line for the running log; `typed`: in somebody's own words, and not about something that was done."""

    incident: IncidentId
    text: str
    typed: bool = True


class ChangeIncident(Said, frozen=True, kw_only=True):
    """Regrade, relocate, retype or link; None leaves a field as it is. `version` is what the operator saw."""

    incident: IncidentId
    version: int | None = None
    grade: str | None = None
    lat: float | None = None
    lon: float | None = None
    type: str | None = None
    text: str | None = None
    call_id: str | None = None
    link: IncidentId | None = None
    reason: str = ""
    locality: Locality | None = None  # of the new place, worked out at the door
    place: str = ""  # the street of the new place, likewise
    source: Origin | None = None
    refs: dict[str, str] | None = None
    firearms: bool | None = None


class CloseIncident(Said, frozen=True, kw_only=True):
    """Nothing more is to be attended."""

    incident: IncidentId
    result: str = ""
    closing_type: str = ""  # what it turned out to be, where that is not what it was opened as


# --- events -------------------------------------------------------------------------------------------------------


class IncidentCreated(Said, frozen=True, kw_only=True):
    """Something is to be attended."""

    incident: Incident


class IncidentLogged(Said, frozen=True, kw_only=True):
    """A line was added to the running log."""

    incident: IncidentId
    text: str
    typed: bool = True


class IncidentChanged(Said, frozen=True, kw_only=True):
    """Its grade, place, type, text or links changed; None: as before."""

    incident: IncidentId
    grade: str | None = None
    lat: float | None = None
    lon: float | None = None
    type: str | None = None
    text: str | None = None
    call_id: str | None = None
    link: IncidentId | None = None
    reason: str = ""
    locality: Locality | None = None  # given wherever a place is
    policy: str | None = None  # of a grade: name/version of the policy that it is from
    place: str = ""  # the new place as the log says it: its street and grid reference
    source: Origin | None = None
    refs: dict[str, str] | None = None
    firearms: bool | None = None


class IncidentClosed(Said, frozen=True, kw_only=True):
    """Nothing more is to be attended."""

    incident: IncidentId
    result: str
    closing_type: str = ""
