"""What incidents' events mean: each change is a line of the running log and a version more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.incident import Grading, Incident, IncidentId, LogEntry, Relocation

if TYPE_CHECKING:
    from arls import messages as m
    from arls.locality import Locality
    from arls.state import State
    from arls.unit import Callsign


def created(state: State, event: m.IncidentCreated) -> None:
    """Something is to be attended."""
    state.incidents[event.incident.id] = event.incident


def logged(state: State, event: m.IncidentLogged) -> None:
    """A line more, in somebody's own words."""
    state.incidents[event.incident] = with_log(state.incidents[event.incident], event, event.text, typed=event.typed)


def closed(state: State, event: m.IncidentClosed) -> None:
    """Nothing more is to be attended."""
    state.told.pop(event.incident, None)
    incident = replace(
        state.incidents[event.incident], closed_at=event.at, result=event.result, closing_type=event.closing_type
    )
    said = "; ".join(part for part in (event.result, _as(event.closing_type)) if part)
    state.shown.pop(incident.id, None)
    state.incidents[incident.id] = with_log(incident, event, f"closed{because(said)}")


def changed(state: State, event: m.IncidentChanged) -> set[Callsign]:
    """What was given is new, and the log says what; a new grade may free or hold those who attend."""
    incident = state.incidents[event.incident]
    new = {
        name: value
        for name in ("grade", "lat", "lon", "type", "text", "call_id", "source", "refs", "firearms")
        if (value := getattr(event, name)) is not None
    }
    if event.link is not None and event.link not in incident.links:
        new["links"] = (*incident.links, event.link)
    said = ", ".join(_said(name, value, event) for name, value in new.items() if name not in {"links", "lon"})
    if event.lat is not None:
        new["relocations"] = (*incident.relocations, _relocation(incident, event))
    if event.locality is not None:
        new["locality"] = event.locality
        _forget_reading(state, incident, event.locality)
    if event.grade is not None and event.policy is not None:
        new |= {"policy": event.policy, "gradings": (*gradings_of(incident), _grading(event, event.policy))}
    linked = f"linked to {event.link}" if event.link else ""
    text = "; ".join(part for part in (said, linked) if part) + because(event.reason)
    state.incidents[incident.id] = with_log(replace(incident, **new), event, text)
    return state.attending(incident.id) if event.grade is not None else set()


def _said(name: str, value: object, event: m.IncidentChanged) -> str:
    """What is new, as the log says it: a place never by 15 digits."""
    if name == "lat":
        return f"moved to {event.place or f'{event.lat:.5f} {event.lon:.5f}'}"
    return f"refs {', '.join(sorted(event.refs or {})) or 'none'}" if name == "refs" else f"{name} {value}"


def _relocation(incident: Incident, event: m.IncidentChanged) -> Relocation:
    return Relocation(
        at=event.at, operator=event.operator, desk=event.desk, lat=incident.lat, lon=incident.lon, reason=event.reason
    )


def _as(closing_type: str) -> str:
    return f"as {closing_type}" if closing_type else ""


def gradings_of(incident: Incident) -> tuple[Grading, ...]:
    """Every grading of an incident; of one from before they were kept, that which it has."""
    if incident.gradings:
        return incident.gradings
    return (Grading(at=incident.created_at, grade=incident.grade, policy=incident.policy, operator=""),)


def _grading(event: m.IncidentChanged, policy: str) -> Grading:
    return Grading(at=event.at, grade=event.grade or "", policy=policy, operator=event.operator, reason=event.reason)


def _forget_reading(state: State, incident: Incident, locality: Locality) -> None:
    """Who is on the way has not read what there is to beware of at another place."""
    if locality.warnings == incident.locality.warnings:
        return
    for assignment in state.assignments.values():
        if assignment.incident == incident.id and assignment.active:
            state.assignments[assignment.id] = replace(assignment, warnings_read_at=None)


def with_log(incident: Incident, event: m.Event, text: str, *, typed: bool = False) -> Incident:
    """The incident, one line of its log later."""
    line = LogEntry(at=event.at, operator=event.operator, desk=event.desk, text=text, typed=typed)
    return replace(incident, log=(*incident.log, line), version=incident.version + 1)


def log(state: State, incident: IncidentId, event: m.Event, text: str) -> None:
    """A line in an incident's log, under the event's name and time."""
    state.incidents[incident] = with_log(state.incidents[incident], event, text)


def because(reason: str) -> str:
    """A reason behind what it is the reason of; empty without one."""
    return f": {reason}" if reason else ""
