"""The rules of sets: several units sent in one decision, all of them or none.

It decides that nothing is half done. Whether each may be sent is `assignments`' to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls import messages as m
from arls.incident import AssignmentId
from arls.rules.assignments import assign
from arls.rules.refusal import Decision, Refusal, who

if TYPE_CHECKING:
    from arls.ports import Entry
    from arls.state import State

# More than a dispatcher reads out at once is a mistake.
MOST_AT_ONCE = 24


def assign_set(command: m.AssignSet, state: State) -> Decision:
    """All of them reserved at once; or why one of them cannot be, and then none is."""
    if not 0 < len(command.callsigns) <= MOST_AT_ONCE:
        return Refusal(code="odd_set", reason=f"a set is 1 to {MOST_AT_ONCE} units, not {len(command.callsigns)}")
    twice = next((one for one in command.callsigns if command.callsigns.count(one) > 1), None)
    if twice is not None:
        return Refusal(code="odd_set", reason=f"{twice} stands in the set twice: a unit is sent once")
    entries: list[Entry] = []
    for callsign in command.callsigns:
        one = m.Assign(**who(command), incident=command.incident, callsign=callsign, reason=command.reason)
        decision = assign(one, state)
        if isinstance(decision, Refusal):
            others = f"; nobody of the {len(command.callsigns)} was sent" if len(command.callsigns) > 1 else ""
            return Refusal(code=decision.code, reason=decision.reason + others)
        entries += decision
    return _numbered(entries, command, state)


def _numbered(entries: list[Entry], command: m.AssignSet, state: State) -> list[Entry]:
    """The assignments numbered on, since each was decided as if it were the only one.

    A set with the suggested unit in it overrides nothing.
    """
    made, numbered = 0, []
    suggested = state.shown.get(command.incident)
    agreed = suggested is not None and suggested.callsign in command.callsigns
    for entry in entries:
        event = entry.event
        if isinstance(event, m.UnitAssigned):
            made += 1
            name = AssignmentId(f"A{len(state.assignments) + made:05d}")
            overrides = None if agreed else event.assignment.overrides
            event = replace(event, assignment=replace(event.assignment, id=name, overrides=overrides))
        numbered.append(replace(entry, event=event))
    return numbered
