"""What the events of appointments mean: an incident waits for its time, and then no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.folds.incidents import because, with_log

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State


def made(state: State, event: m.AppointmentMade) -> None:
    """Somebody will come then."""
    incident = replace(state.incidents[event.incident], appointment=event.appointment, held_until=event.held_until)
    said = f"appointment {event.appointment.text}"
    state.incidents[incident.id] = with_log(incident, event, said + because(event.reason))


def released(state: State, event: m.IncidentReleased) -> None:
    """Units may be sent."""
    incident = replace(state.incidents[event.incident], held_until=None, released_at=event.at)
    state.incidents[incident.id] = with_log(incident, event, "released" + because(event.reason))
