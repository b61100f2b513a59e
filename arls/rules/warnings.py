"""The rules of warnings: when a crew can have read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.rules.refusal import Decision, Refusal, incident_entry, who

if TYPE_CHECKING:
    from arls.state import State


def note_warnings_read(command: m.NoteWarningsRead, state: State) -> Decision:
    """That they were read, once; there must be some."""
    assignment = state.assignments.get(command.assignment)
    if assignment is None:
        return Refusal(code="no_assignment", reason=f"there is no assignment {command.assignment}")
    if not state.incidents[assignment.incident].locality.warnings:
        return Refusal(code="no_warnings", reason=f"there are no warnings for {assignment.incident}")
    if assignment.warnings_read_at is not None:
        return []
    event = m.WarningsRead(**who(command), assignment=assignment.id, via=command.via)
    return [incident_entry(assignment.incident, event)]
