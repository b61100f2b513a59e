"""The rules: decide(command, state) gives the entries to journal, or a refusal that a dispatcher can read.

It decides what may happen; to roads that are shut, `closing` does. It touches nothing: `state.fold` moves the state
on, once the journal has the entries.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from arls import messages as m
from arls.calling import find_wrong_call, forget_callers, locate_caller
from arls.closing import close_roads, lift_closure, note_reordering, turn_closures
from arls.geo import Position
from arls.incident import (
    ASSIGNMENT_LIFE,
    GRADES,
    Assignment,
    AssignmentId,
    AssignmentState,
    Incident,
    IncidentId,
    LogEntry,
    Step,
)
from arls.ports import Entry
from arls.rules import TEXT_LIMIT, Decision, Refusal, find_too_long, who
from arls.unit import UK_NATIONAL, Availability, Callsign, Pairing, state_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arls.fix import Fix
    from arls.state import State

__all__ = ["TEXT_LIMIT", "Decision", "Refusal", "decide", "request_hash"]


def decide(command: m.Command, state: State) -> Decision:  # noqa: C901, PLR0911, PLR0912 - one arm a command
    """What `command` leads to in `state`."""
    match command:
        case m.RecordFixes():
            return _record_fixes(command, state)
        case m.RadioEvent():
            return _radio_event(command, state)
        case m.LocateCaller():
            return locate_caller(command, state)
        case m.ForgetCallers():
            return forget_callers(command, state)
        case m.PutUnit():
            return _put_unit(command, state)
        case m.SetState():
            return _set_state(command, state)
        case m.CancelEmergency():
            return _cancel_emergency(command, state)
        case m.CreateIncident():
            return _create_incident(command, state)
        case m.LogIncident():
            return _log_incident(command, state)
        case m.ChangeIncident():
            return _change_incident(command, state)
        case m.CloseIncident():
            return _close_incident(command, state)
        case m.Assign():
            return _assign(command, state)
        case m.Advance():
            return _advance(command, state)
        case m.CloseRoads():
            return close_roads(command, state)
        case m.LiftClosure():
            return lift_closure(command, state)
        case m.TurnClosures():
            return turn_closures(command, state)
        case m.NoteReordering():
            return note_reordering(command, state)
        case m.NoteRanking():
            return [Entry(stream="rankings", event=m.RankingShown(**_fields(command)))]


def request_hash(command: m.Command) -> str:
    """The hash of what a command asks, without when: a repeat under the same key must ask the same."""
    asked = {name: value for name, value in _fields(command).items() if name != "at"}
    data = msgspec.json.encode([type(command).__name__, asked], order="deterministic")
    return hashlib.sha256(data).hexdigest()


def _fields(command: m.Said) -> dict[str, Any]:
    return {name: getattr(command, name) for name in command.__struct_fields__}


# --- fixes and radios ---------------------------------------------------------------------------------------------


def _record_fixes(command: m.RecordFixes, state: State) -> Decision:
    # Routine fixes of a unit off duty are discarded before anything keeps them (domain.md C2); an emergency never.
    kept = [fix for fix in command.fixes if fix.emergency or not _withheld(fix, state)]
    body = msgspec.msgpack.encode(m.FixBatch(fixes=tuple(kept), rejects=command.rejects))
    rejects: dict[str, int] = {}
    for reject in command.rejects:
        rejects[reject.reason] = rejects.get(reject.reason, 0) + 1
    batch = m.FixesRecorded(
        **who(command),
        sha256=hashlib.sha256(body).hexdigest(),
        fixes=len(kept),
        rejects=rejects,
        withheld=len(command.fixes) - len(kept),
        publications=command.publications,
    )
    return [Entry(stream="fixes", event=batch, body=body), *_alarms(command, kept, state)]


def _withheld(fix: Fix, state: State) -> bool:
    carrier = state.find_carrier(fix.source, fix.received_at)
    # What a gateway heard while the unit was on duty is kept, also when it comes late.
    return carrier is not None and state.off_duty(carrier) and fix.received_at >= state.states[carrier].since


def _alarms(command: m.Said, fixes: Sequence[Fix], state: State) -> list[Entry]:
    pressed: dict[Callsign, Fix] = {}
    for fix in fixes:
        if not fix.emergency:
            continue
        carrier = state.find_carrier(fix.source, fix.received_at)
        ended_at = state.cancelled_at.get(carrier) if carrier else None
        # One press repeats itself in later fixes: what was true before it was cancelled is the old press.
        if carrier and not (ended_at and fix.true_at <= ended_at):
            pressed.setdefault(carrier, fix)
    return [
        entry for callsign, fix in pressed.items() for entry in _raise_emergency(command, callsign, fix.source, state)
    ]


def _raise_emergency(command: m.Said, callsign: Callsign, source: str, state: State) -> list[Entry]:
    if callsign in state.emergencies:
        return []  # one press arriving by several paths is one alarm
    return [_unit_entry(callsign, m.EmergencyRaised(**who(command), callsign=callsign, source=source))]


def _radio_event(command: m.RadioEvent, state: State) -> Decision:
    carrier = state.find_carrier(command.source, command.happened_at or command.at)
    if carrier is None:
        return Refusal(code="unknown_device", reason=f"no unit carries the device {command.source}")
    if _is_overtaken(command, carrier, state):
        return []
    if command.kind == "emergency" or command.code == 0:
        return _raise_emergency(command, carrier, command.source, state)
    if command.code is None:
        return Refusal(code="no_code", reason=f"the device {command.source} sent a state without a code")
    return _state_entries(command, carrier, command.code, "radio", state)


def _is_overtaken(command: m.RadioEvent, carrier: Callsign, state: State) -> bool:
    """True for a late press that an operator has ended since, and a late code that a newer one has replaced.

    Only what its gateway says is late is judged by its time: clocks differ, and no new press may be taken for an old.
    """
    if command.happened_at is None:
        return False
    if command.kind == "emergency" or command.code == 0:
        ended_at = state.cancelled_at.get(carrier)
        return ended_at is not None and command.happened_at <= ended_at
    held = state.states.get(carrier)
    return held is not None and command.happened_at < held.since


# --- units --------------------------------------------------------------------------------------------------------


def _put_unit(command: m.PutUnit, state: State) -> Decision:
    unit = command.unit
    entries = []
    if state.units.get(unit.callsign) != unit:
        entries.append(_unit_entry(unit.callsign, m.UnitPut(**who(command), unit=unit)))
    if command.sources is None:
        return entries
    carried = set(state.sources.get(unit.callsign, ()))
    given_up: list[m.Event] = [
        m.DeviceUnpaired(**who(command), source=source) for source in sorted(carried - set(command.sources))
    ]
    taken: list[m.Event] = [
        m.DevicePaired(**who(command), pairing=Pairing(source=source, callsign=unit.callsign, since=command.at))
        for source in sorted(set(command.sources) - carried)
    ]
    entries.extend(_unit_entry(unit.callsign, event) for event in given_up + taken)
    return entries


def _set_state(command: m.SetState, state: State) -> Decision:
    if command.callsign not in state.units:
        return _no_unit(command.callsign)
    if command.code == 0:
        return _raise_emergency(command, command.callsign, f"{command.via}:{command.operator}", state)
    if command.via == "desk" and command.code not in UK_NATIONAL:
        known = ", ".join(map(str, UK_NATIONAL))
        return Refusal(code="unknown_code", reason=f"there is no state code {command.code}; known are {known}")
    return _state_entries(command, command.callsign, command.code, command.via, state)


def _state_entries(command: m.Said, callsign: Callsign, code: int, via: m.Via, state: State) -> Decision:
    held = state.states.get(callsign)
    new = state_of(code, since=command.at)
    if new is None:
        label = UK_NATIONAL[code].label
        return Refusal(code="message_only", reason=f"code {code} ({label}) is a message and changes no state")
    if held is not None and held.code == code:
        return []
    return [_unit_entry(callsign, m.StateSet(**who(command), callsign=callsign, code=code, via=via))]


def _cancel_emergency(command: m.CancelEmergency, state: State) -> Decision:
    if command.callsign not in state.emergencies:
        return Refusal(code="no_emergency", reason=f"{command.callsign} has no emergency to cancel")
    return [_unit_entry(command.callsign, m.EmergencyCancelled(**who(command), callsign=command.callsign))]


# --- incidents ----------------------------------------------------------------------------------------------------


def _create_incident(command: m.CreateIncident, state: State) -> Decision:
    wrong = (
        _wrong_grade(command.grade)
        or _wrong_place(command.lat, command.lon)
        or find_wrong_call(command.call_id)
        or find_too_long(command.text)
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
        created_at=command.at,
        log=(line,),
    )
    return [_incident_entry(incident.id, m.IncidentCreated(**who(command), incident=incident))]


def _log_incident(command: m.LogIncident, state: State) -> Decision:
    if command.incident not in state.incidents:
        return _no_incident(command.incident)
    if not command.text.strip():
        return Refusal(code="empty", reason="an empty line says nothing")
    wrong = find_too_long(command.text)
    if wrong:
        return wrong
    event = m.IncidentLogged(**who(command), incident=command.incident, text=command.text)
    return [_incident_entry(command.incident, event)]


def _change_incident(command: m.ChangeIncident, state: State) -> Decision:
    incident = _find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    if command.version is not None and command.version != incident.version:
        reason = f"{incident.id} has changed since you saw it (version {incident.version}, not {command.version})"
        return Refusal(code="stale", reason=reason)
    if (command.lat is None) != (command.lon is None):
        return Refusal(code="half_place", reason="a place has both latitude and longitude")
    wrong = _wrong_change(command, state)
    if wrong:
        return wrong
    fields = {name: value for name, value in _fields(command).items() if name != "version"}
    return [_incident_entry(incident.id, m.IncidentChanged(**fields))]


def _wrong_change(command: m.ChangeIncident, state: State) -> Refusal | None:
    if command.link is not None and command.link not in state.incidents:
        return _no_incident(command.link)
    if command.lat is not None and command.lon is not None:
        wrong = _wrong_place(command.lat, command.lon)
        if wrong:
            return wrong
    if command.grade is not None:
        wrong = _wrong_grade(command.grade)
        if wrong:
            return wrong
    return find_wrong_call(command.call_id or "") or find_too_long(command.text or "")


def _close_incident(command: m.CloseIncident, state: State) -> Decision:
    incident = _find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    still = sorted(a.callsign for a in state.assignments.values() if a.incident == incident.id and a.active)
    if still:
        return Refusal(code="units_assigned", reason=f"{', '.join(still)} not yet clear of {incident.id}")
    event = m.IncidentClosed(**who(command), incident=incident.id, result=command.result)
    return [_incident_entry(incident.id, event)]


# --- assignments --------------------------------------------------------------------------------------------------


def _assign(command: m.Assign, state: State) -> Decision:
    incident = _find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    wrong = _not_free(command.callsign, state)
    if wrong:
        return wrong
    assignment = Assignment(
        id=AssignmentId(f"A{len(state.assignments) + 1:05d}"),
        incident=incident.id,
        callsign=command.callsign,
        steps=(Step(at=command.at, state=AssignmentState.RESERVED, via="desk"),),
        reason=command.reason,
    )
    return [_incident_entry(incident.id, m.UnitAssigned(**who(command), assignment=assignment))]


def _not_free(callsign: Callsign, state: State) -> Refusal | None:
    if callsign not in state.units:
        return _no_unit(callsign)
    held = state.active.get(callsign)
    if held is not None:
        where = state.assignments[held].incident
        return Refusal(code="taken", reason=f"{callsign} is already assigned to {where}")
    if callsign in state.emergencies:
        return Refusal(code="emergency", reason=f"{callsign} has an emergency of its own")
    doing = state.states.get(callsign)
    if doing is not None and doing.availability is Availability.OFF_DUTY:
        return Refusal(code="off_duty", reason=f"{callsign} is off duty")
    return None


def _advance(command: m.Advance, state: State) -> Decision:
    assignment = state.assignments.get(command.assignment)
    if assignment is None:
        return Refusal(code="no_assignment", reason=f"there is no assignment {command.assignment}")
    new = ASSIGNMENT_LIFE.get((assignment.state, command.act))
    if new is None:
        now = assignment.state.value.replace("_", " ")
        reason = f"{assignment.callsign} is {now} for {assignment.incident}: {command.act.value} cannot follow"
        return Refusal(code="illegal_step", reason=reason)
    event = m.AssignmentAdvanced(**who(command), assignment=assignment.id, act=command.act, via=command.via)
    return [_incident_entry(assignment.incident, event)]


# --- what several rules share -------------------------------------------------------------------------------------


def _unit_entry(callsign: Callsign, event: m.Event) -> Entry:
    return Entry(stream=f"unit/{callsign}", event=event)


def _incident_entry(incident: IncidentId, event: m.Event) -> Entry:
    return Entry(stream=f"incident/{incident}", event=event)


def _find_open(incident: IncidentId, state: State) -> Incident | Refusal:
    found = state.incidents.get(incident)
    if found is None:
        return _no_incident(incident)
    if found.closed_at is not None:
        return Refusal(code="closed", reason=f"{incident} is closed")
    return found


def _no_unit(callsign: Callsign) -> Refusal:
    return Refusal(code="no_unit", reason=f"there is no unit {callsign}")


def _no_incident(incident: IncidentId) -> Refusal:
    return Refusal(code="no_incident", reason=f"there is no incident {incident}")


def _wrong_grade(grade: str) -> Refusal | None:
    if grade in GRADES:
        return None
    return Refusal(code="unknown_grade", reason=f"there is no grade {grade!r}; known are {', '.join(GRADES)}")


def _wrong_place(lat: float, lon: float) -> Refusal | None:
    try:
        Position(lat=lat, lon=lon)
    except ValueError as error:
        return Refusal(code="no_such_place", reason=str(error))
    if lat == 0 and lon == 0:
        return Refusal(code="null_island", reason="latitude 0, longitude 0 is what an empty form gives, not a place")
    return None
