"""Appointments: an incident that is held until its time comes, or somebody releases it."""

from __future__ import annotations

from datetime import datetime

from arls.incident import Appointment, IncidentId
from arls.messages.said import Said

# --- commands -----------------------------------------------------------------------------------------------------


class MakeAppointment(Said, frozen=True, kw_only=True):
    """Agree when somebody will come, or agree anew."""

    incident: IncidentId
    appointment: Appointment
    reason: str = ""


class ReleaseIncident(Said, frozen=True, kw_only=True):
    """Do not hold it any longer: units may be sent."""

    incident: IncidentId
    reason: str = ""


class ReleaseDue(Said, frozen=True, kw_only=True):
    """The clock went on: what was held may be due."""


# --- events -------------------------------------------------------------------------------------------------------


class AppointmentMade(Said, frozen=True, kw_only=True):
    """It was agreed when somebody will come; until `held_until` nobody is ranked for it (None: it is not held)."""

    incident: IncidentId
    appointment: Appointment
    held_until: datetime | None
    reason: str = ""


class IncidentReleased(Said, frozen=True, kw_only=True):
    """It is held no longer."""

    incident: IncidentId
    reason: str = ""
