"""The rules of incidents: what may be made, changed, logged and closed.

It decides what a command about an incident leads to. Who is sent to it is `rules.assignments`' to decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.geo import Position, find_grid_reference
from arls.incident import Grading, Incident, IncidentId, LogEntry
from arls.locality import NOWHERE
from arls.origin import find_wrong_ref
from arls.rules.appointments import find_wrong_appointment, held_until
from arls.rules.calls import find_wrong_call
from arls.rules.refusal import (
    Decision,
    Refusal,
    fields_of,
    find_open,
    find_stale,
    find_too_long,
    incident_entry,
    no_incident,
    who,
)
from arls.rules.steps import withdrawn
from arls.state import assignments_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arls.policy import Policy
    from arls.ports import Entry
    from arls.state import State


def create_incident(command: m.CreateIncident, state: State) -> Decision:
    """An incident with the next number, graded by the policy that is in force now."""
    policy = state.packs.policy_at(command.at)
    wrong = (
        _wrong_grade(command.grade, policy)
        or _wrong_call_time(command)
        or _wrong_place(command.lat, command.lon)
        or find_wrong_call(command.call_id)
        or find_too_long(command.text)
        or _wrong_refs(command.refs)
        or _wrong_appointment(command, policy)
    )
    if wrong:
        return wrong
    number = len(state.incidents) + 1
    line = LogEntry(at=command.at, operator=command.operator, desk=command.desk, text="created")
    incident = Incident(
        id=IncidentId(f"INC{number:04d}"),
        lat=command.lat,
        lon=command.lon,
        grade=command.grade,
        type=command.type,
        text=command.text,
        call_id=command.call_id,
        locality=command.locality,
        created_at=command.at,
        log=(line,),
        policy=policy.id,
        called_at=command.called_at,
        source=command.source,
        refs=command.refs,
        appointment=command.appointment,
        held_until=held_until(command.appointment, command.at) if command.appointment else None,
        firearms=command.firearms,
        desk=command.locality.desk or command.desk,
        gradings=(Grading(at=command.at, grade=command.grade, policy=policy.id, operator=command.operator),),
    )
    return [incident_entry(incident.id, m.IncidentCreated(**who(command), incident=incident))]


def log_incident(command: m.LogIncident, state: State) -> Decision:
    """A line more; a closed incident takes it too."""
    if command.incident not in state.incidents:
        return no_incident(command.incident)
    if not command.text.strip():
        return Refusal(code="empty", reason="an empty line says nothing")
    wrong = find_too_long(command.text)
    if wrong:
        return wrong
    event = m.IncidentLogged(**who(command), incident=command.incident, text=command.text, typed=command.typed)
    return [incident_entry(command.incident, event)]


def change_incident(command: m.ChangeIncident, state: State) -> Decision:
    """Another grade, place, type, text or link, if nobody changed it meanwhile."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    stale = find_stale(incident, command.version)
    if stale:
        return stale
    if (command.lat is None) != (command.lon is None):
        return Refusal(code="half_place", reason="a place has both latitude and longitude")
    wrong = _wrong_change(command, state)
    if wrong:
        return wrong
    fields = {name: value for name, value in fields_of(command).items() if name != "version"}
    # Of a place that nobody asked the maps about nothing is known; what was known of the old one would be a lie.
    fields["locality"] = None if command.lat is None else command.locality or NOWHERE
    fields["place"] = _said_of(command)
    policy = state.packs.policy_at(command.at).id if command.grade is not None else None
    entries = [incident_entry(incident.id, m.IncidentChanged(**fields, policy=policy))]
    if command.link is not None and incident.id not in state.incidents[command.link].links:
        back = m.IncidentChanged(**who(command), incident=command.link, link=incident.id, reason=command.reason)
        entries.append(incident_entry(command.link, back))
    return entries + _follow(command, incident, state)


def _follow(command: m.ChangeIncident, incident: Incident, state: State) -> list[Entry]:
    """What else another grade or place leads to: nothing is held for an urgent grade, and another group talks there."""
    entries = []
    grade = state.packs.policy_at(command.at).find_grade(command.grade)
    if incident.held_until is not None and grade is not None and not grade.scheduled:
        reason = f"grade {grade.code} is not by appointment"
        entries.append(
            incident_entry(incident.id, m.IncidentReleased(**who(command), incident=incident.id, reason=reason))
        )
    before, locality = incident.locality.talk_group, command.locality
    if locality is not None and command.lat is not None and locality.talk_group != before:
        suggested = m.TalkGroupSuggested(
            **who(command), incident=incident.id, talk_group=locality.talk_group, before=before
        )
        entries.append(incident_entry(incident.id, suggested))
    return entries


def _wrong_appointment(command: m.CreateIncident, policy: Policy) -> Refusal | None:
    if command.appointment is None:
        return None
    return find_wrong_appointment(command.appointment, policy.find_grade(command.grade), command.at)


def _said_of(command: m.ChangeIncident) -> str:
    """The new place as the log says it: the street, and a grid reference or five decimals (1 m)."""
    if command.lat is None or command.lon is None:
        return ""
    where = find_grid_reference(Position(lat=command.lat, lon=command.lon), figures=8)
    return ", ".join(part for part in (command.place, where or f"{command.lat:.5f} {command.lon:.5f}") if part)


def _wrong_change(command: m.ChangeIncident, state: State) -> Refusal | None:
    if command.link is not None and command.link not in state.incidents:
        return no_incident(command.link)
    if command.link == command.incident:
        return Refusal(code="self_link", reason=f"{command.incident} cannot be linked to itself")
    if command.lat is not None and command.lon is not None:
        wrong = _wrong_place(command.lat, command.lon)
        if wrong:
            return wrong
    if command.grade is not None:
        wrong = _wrong_grade(command.grade, state.packs.policy_at(command.at))
        if wrong:
            return wrong
    return (
        find_wrong_call(command.call_id or "") or find_too_long(command.text or "") or _wrong_refs(command.refs or {})
    )


def close_incident(command: m.CloseIncident, state: State) -> Decision:
    """The end of it, once everybody is clear."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    still = sorted(one.callsign for one in assignments_of(state, incident.id) if one.active)
    if still:
        return Refusal(code="units_assigned", reason=f"{', '.join(still)} not yet clear of {incident.id}")
    wrong = find_wrong_result(command.result, state.packs.policy_of(incident))
    if wrong:
        return wrong
    event = m.IncidentClosed(
        **who(command), incident=incident.id, result=command.result, closing_type=command.closing_type
    )
    return [incident_entry(incident.id, event), *withdrawn(incident.id, command, state)]


def _wrong_grade(grade: str, policy: Policy) -> Refusal | None:
    if policy.find_grade(grade) is not None:
        return None
    known = ", ".join(row.code for row in policy.grades)
    return Refusal(code="unknown_grade", reason=f"there is no grade {grade!r} in {policy.id}; known are {known}")


def find_wrong_result(result: str, policy: Policy) -> Refusal | None:
    """A refusal of what is not among the results of the policy, where it lists them."""
    if not policy.results or result in policy.results:
        return None
    known = ", ".join(f"{code} ({label})" for code, label in policy.results.items())
    return Refusal(code="unknown_result", reason=f"there is no result {result!r} in {policy.id}; known are {known}")


def _wrong_refs(refs: Mapping[str, str]) -> Refusal | None:
    wrong = find_wrong_ref(refs)
    return Refusal(code="wrong_ref", reason=wrong) if wrong else None


def _wrong_call_time(command: m.CreateIncident) -> Refusal | None:
    if command.called_at is None or command.called_at <= command.at:
        return None
    said = f"the call cannot have come at {command.called_at.isoformat()}, later than now ({command.at.isoformat()})"
    return Refusal(code="future_call", reason=said)


def _wrong_place(lat: float, lon: float) -> Refusal | None:
    try:
        Position(lat=lat, lon=lon)
    except ValueError as error:
        return Refusal(code="no_such_place", reason=str(error))
    if lat == 0 and lon == 0:
        return Refusal(code="null_island", reason="latitude 0, longitude 0 is what an empty form gives, not a place")
    return None
