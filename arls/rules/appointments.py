"""The rules of appointments: what may be held until when, and who sends nobody there meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.rules.refusal import Decision, Refusal, find_open, incident_entry, who

if TYPE_CHECKING:
    from datetime import datetime

    from arls.incident import Appointment, Incident
    from arls.policy import Grade
    from arls.state import State


def make_appointment(command: m.MakeAppointment, state: State) -> Decision:
    """A time at which somebody will come; of a grade that is by appointment."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    sent = sorted(state.attending(incident.id))
    if sent:
        return Refusal(
            code="units_assigned", reason=f"{', '.join(sent)} sent to {incident.id}: it cannot wait any more"
        )
    grade = state.packs.policy_of(incident).find_grade(incident.grade)
    wrong = find_wrong_appointment(command.appointment, grade, command.at)
    if wrong:
        return wrong
    event = m.AppointmentMade(
        **who(command),
        incident=incident.id,
        appointment=command.appointment,
        held_until=held_until(command.appointment, command.at),
        reason=command.reason,
    )
    return [incident_entry(incident.id, event)]


def release_incident(command: m.ReleaseIncident, state: State) -> Decision:
    """The hold is over, because somebody says so."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    if incident.held_until is None:
        return Refusal(code="not_held", reason=f"{incident.id} is not held")
    return [
        incident_entry(incident.id, m.IncidentReleased(**who(command), incident=incident.id, reason=command.reason))
    ]


def release_due(command: m.ReleaseDue, state: State) -> Decision:
    """Every one whose time has come."""
    return [
        incident_entry(name, m.IncidentReleased(**who(command), incident=name, reason="its time has come"))
        for name, incident in state.incidents.items()
        if incident.closed_at is None and incident.held_until is not None and incident.held_until <= command.at
    ]


def find_wrong_appointment(appointment: Appointment, grade: Grade | None, at: datetime) -> Refusal | None:
    """Why nobody can come then; None when somebody can."""
    if grade is None or not grade.scheduled:
        said = "this grade" if grade is None else f"grade {grade.code} ({grade.label})"
        return Refusal(code="not_scheduled", reason=f"{said} is not by appointment")
    if not appointment.release_at <= appointment.begins_at < appointment.ends_at:
        return Refusal(code="no_time", reason="an appointment is released, begins and ends, in this order")
    if appointment.ends_at <= at:
        return Refusal(code="no_time", reason="this appointment has passed already")
    return None


def held_until(appointment: Appointment, at: datetime) -> datetime | None:
    """Until when it is held; None where its time has come."""
    return appointment.release_at if at < appointment.release_at else None


def find_held(incident: Incident, at: datetime) -> Refusal | None:
    """Why nobody is sent yet; None where somebody may be."""
    if not incident.held_at(at):
        return None
    return Refusal(code="held", reason=f"{incident.held_text}: release it first")
