"""What the backlog's events mean: what is wanted, and what was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.clocks import Told
from arls.folds.incidents import because, log

if TYPE_CHECKING:
    from arls import messages as m
    from arls.incident import IncidentId, MoreUnits
    from arls.state import State


def asked(state: State, event: m.MoreUnitsAsked) -> None:
    """More units are wanted."""
    incident, request = state.incidents[event.incident], event.request
    state.incidents[incident.id] = replace(incident, more_units=(*incident.more_units, request))
    log(state, incident.id, event, f"{_said(request)} asked for" + because(request.reason))


def withdrawn(state: State, event: m.MoreUnitsWithdrawn) -> None:
    """They are not."""
    incident = state.incidents[event.incident]
    requests = [replace(one, withdrawn_at=event.at) if one.id == event.request else one for one in incident.more_units]
    state.incidents[incident.id] = replace(incident, more_units=tuple(requests))
    log(state, incident.id, event, f"request {event.request} withdrawn" + because(event.reason))


def warned(state: State, event: m.BreachWarned) -> None:
    """It was told of a target."""
    _note(state, event.incident, Told(at=event.at, what=f"{event.clock} {event.state}", due_at=event.due_at))


def escalated(state: State, event: m.IncidentEscalated) -> None:
    """It was told of a wait."""
    _note(state, event.incident, Told(at=event.at, what="escalated", due_at=event.due_at))


def _note(state: State, incident: IncidentId, told: Told) -> None:
    state.told[incident] = (*state.told.get(incident, ()), told)


def _said(request: MoreUnits) -> str:
    skills = f" with {', '.join(request.capabilities)}" if request.capabilities else ""
    return f"{request.n} more unit{'s' if request.n > 1 else ''}{skills}"
