"""What a desk is to be asked or told of a unit: a message it sent, or a state that leaves something open.

It decides what is said. Which codes lead to an ask is `rules.codes`' to decide, and who answers is up to the desks: an
ask stands until somebody does, or until it asks about nothing any more.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

from arls.incident import AssignmentId, IncidentId
from arls.unit import Callsign

AskId = NewType("AskId", str)


class AskKind(StrEnum):
    """What is open."""

    MESSAGE = "message"  # it asks to be called back, or the like
    UNKNOWN_CODE = "unknown_code"  # no pack knows its code: its state is not known
    INCIDENT_UNKNOWN = "incident_unknown"  # committed, and nobody knows to what
    CLEAR = "clear"  # it says that it is free, and is assigned
    LEFT_SCENE = "left_scene"  # it is elsewhere, and nobody has said that it is clear


class Ask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question or message for the desks: since when (UTC), of which unit, by which code, in a sentence."""

    id: AskId
    at: datetime
    kind: AskKind
    callsign: Callsign
    code: int
    text: str
    urgent: bool = False
    incident: IncidentId | None = None
    assignment: AssignmentId | None = None

    def renews(self, other: Ask) -> bool:
        """Whether it asks the same as another, of the same unit."""
        return (self.kind, self.callsign, self.code) == (other.kind, other.callsign, other.code)
