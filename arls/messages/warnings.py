"""Warnings of a place: whether the crew that goes there has read them."""

from __future__ import annotations

from arls.incident import AssignmentId
from arls.messages.said import Said, Via

# --- commands -----------------------------------------------------------------------------------------------------


class NoteWarningsRead(Said, frozen=True, kw_only=True):
    """The crew says that it has read the warnings of where it is sent."""

    assignment: AssignmentId
    via: Via = "desk"


# --- events -------------------------------------------------------------------------------------------------------


class WarningsRead(Said, frozen=True, kw_only=True):
    """The crew said that it has read them."""

    assignment: AssignmentId
    via: Via
