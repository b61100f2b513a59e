"""The rules of what another system says of its incidents: taken once a revision, wholly or not at all.

It decides whether a revision is new, and what of it is. Whether that may be is decided by the rules of incidents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.cad import changes_between, key_of
from arls.rules.incidents import change_incident, close_incident, create_incident, find_wrong_result
from arls.rules.refusal import Decision, Refusal, incident_entry, who

if TYPE_CHECKING:
    from arls.cad import CadReport, Taken
    from arls.incident import IncidentId
    from arls.ports import Entry
    from arls.state import State


def take_cad(command: m.TakeCad, state: State) -> Decision:
    """A new incident, a changed or a closed one; nothing for a revision that was taken, or a later one was."""
    taken = state.cad.get(key_of(command.report))
    if taken is None:
        return _new(command, state)
    known, said = taken.report, command.report
    if said.revision < known.revision or said == known:
        return []
    if said.revision == known.revision:
        reason = f"revision {said.revision} of {key_of(said)} was taken with other content: a change has a new revision"
        return Refusal(code="revision_reused", reason=reason)
    return _changed(command, taken, state)


def _new(command: m.TakeCad, state: State) -> Decision:
    said = command.report
    made = create_incident(
        m.CreateIncident(
            **who(command),
            lat=said.lat,
            lon=said.lon,
            grade=said.grade,
            type=said.type,
            text=said.text,
            call_id=said.call_id,
            called_at=said.called_at,
            source=said.source,
            refs=said.refs,
            locality=command.locality,
        ),
        state,
    )
    if isinstance(made, Refusal):
        return made
    event = made[0].event
    assert isinstance(event, m.IncidentCreated)  # noqa: S101 - what create_incident gives
    entries = [*made, _taken(command, event.incident.id)]
    if said.status == "closed":
        wrong = find_wrong_result(said.result, state.packs.policy_at(command.at))
        if wrong:
            return wrong
        entries.append(incident_entry(event.incident.id, _closed(command, event.incident.id)))
    return entries


def _changed(command: m.TakeCad, taken: Taken, state: State) -> Decision:
    said, incident = command.report, state.incidents[taken.incident]
    entries: list[Entry] = []
    if incident.closed_at is not None and said.status == "closed":
        return [_taken(command, incident.id)]  # it is over here already: that it is so there is all there is to know
    changes = changes_between(taken.report, said)
    if changes or incident.closed_at is not None:
        decision = change_incident(
            m.ChangeIncident(
                **who(command),
                incident=incident.id,
                reason=f"{said.system} revision {said.revision}",
                locality=command.locality,
                place=command.place,
                **changes,
            ),
            state,
        )
        if isinstance(decision, Refusal):
            return decision
        entries += decision
    if said.status == "closed":
        closed = close_incident(
            m.CloseIncident(**who(command), incident=incident.id, result=said.result, closing_type=said.closing_type),
            state,
        )
        if isinstance(closed, Refusal):
            return closed
        entries += closed
    return [*entries, _taken(command, incident.id)]


def _taken(command: m.TakeCad, incident: IncidentId) -> Entry:
    return incident_entry(incident, m.CadTaken(**who(command), incident=incident, report=command.report))


def _closed(command: m.TakeCad, incident: IncidentId) -> m.IncidentClosed:
    said: CadReport = command.report
    return m.IncidentClosed(**who(command), incident=incident, result=said.result, closing_type=said.closing_type)
