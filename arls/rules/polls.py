"""The rules of polls: radios are asked for an incident that is open, and it is written down before they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.rules.refusal import Decision, Refusal, fields_of, find_open, incident_entry

if TYPE_CHECKING:
    from arls.state import State


def note_radios_asked(command: m.NoteRadiosAsked, state: State) -> Decision:
    """Who is asked, for what, and why it is worth it."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    return [incident_entry(incident.id, m.RadiosAsked(**fields_of(command)))]
