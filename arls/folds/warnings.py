"""What the events of warnings mean: a crew knows, until it is sent to another place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.folds.incidents import log

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State


def read(state: State, event: m.WarningsRead) -> None:
    """The crew has read what there is to beware of."""
    assignment = replace(state.assignments[event.assignment], warnings_read_at=event.at)
    state.assignments[assignment.id] = assignment
    log(state, assignment.incident, event, f"{assignment.callsign} has read the warnings (by {event.via})")
