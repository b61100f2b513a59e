"""What all rules share: the no that a dispatcher can read, who asked, how long a text may be, and what must exist.

It decides nothing of a subject; each has a page of rules of its own beside this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from arls.ports import Entry

if TYPE_CHECKING:
    from arls import messages as m
    from arls.incident import Incident, IncidentId
    from arls.state import State
    from arls.unit import Callsign

# A dispatcher's text is bounded so that no client can fill the journal with one command.
TEXT_LIMIT = 10_000

# Of what changed since a dispatcher looked, the last so many are named.
_CHANGES_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The rules say no. `code` is stable for machines, `reason` is for a dispatcher."""

    code: str
    reason: str


Decision = list[Entry] | Refusal


def who(command: m.Said) -> dict[str, Any]:
    """What an event takes over from its command: when, who, from which desk."""
    return {"at": command.at, "operator": command.operator, "desk": command.desk}


def find_too_long(text: str) -> Refusal | None:
    """A refusal of a text that is longer than any dispatcher's."""
    if len(text) <= TEXT_LIMIT:
        return None
    return Refusal(code="too_long", reason=f"a text has at most {TEXT_LIMIT} characters, not {len(text)}")


def fields_of(command: m.Said) -> dict[str, Any]:
    """What a message says, by name."""
    return {name: getattr(command, name) for name in command.__struct_fields__}


def unit_entry(callsign: Callsign, event: m.Event) -> Entry:
    """An event of a unit's life."""
    return Entry(stream=f"unit/{callsign}", event=event)


def incident_entry(incident: IncidentId, event: m.Event) -> Entry:
    """An event of an incident's life."""
    return Entry(stream=f"incident/{incident}", event=event)


def find_open(incident: IncidentId, state: State) -> Incident | Refusal:
    """The incident, or why nothing more can be done to it."""
    found = state.incidents.get(incident)
    if found is None:
        return no_incident(incident)
    if found.closed_at is not None:
        return Refusal(code="closed", reason=f"{incident} is closed")
    return found


def find_stale(incident: Incident, version: int | None) -> Refusal | None:
    """A refusal of what was asked in view of an older version (None: it was not said), with what happened since."""
    if version is None or version == incident.version:
        return None
    # Each change is a line of the log and a version more.
    since = incident.log[max(version, 0) :] if version < incident.version else ()
    said = "; ".join(f"{line.operator} at {line.desk}: {line.text}" for line in since[-_CHANGES_TOLD:])
    reason = f"{incident.id} has changed since you saw it (version {incident.version}, not {version})"
    return Refusal(code="stale", reason=f"{reason}: {said}" if said else reason)


def no_unit(callsign: Callsign) -> Refusal:
    """There is none of that name."""
    return Refusal(code="no_unit", reason=f"there is no unit {callsign}")


def no_incident(incident: IncidentId) -> Refusal:
    """There is none of that name."""
    return Refusal(code="no_incident", reason=f"there is no incident {incident}")
