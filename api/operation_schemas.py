"""What clients may send of operations and appointments."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas import AppointmentBody, CallsignText, Identity, Instant, Phrase, Sent, Words

AreaName = Annotated[str, Field(min_length=1, max_length=200)]


class OperationBody(Sent):
    """An operation: from when until when, which units are held for it, and where incidents are its own."""

    name: Annotated[Phrase, Field(min_length=1)]
    since: Annotated[Instant | None, Field(description="left out: from now on")] = None
    until: Annotated[Instant | None, Field(description="left out: until it is ended")] = None
    areas: list[AreaName] = Field(default_factory=list, max_length=100, description="ids, or kind:id")
    units: list[CallsignText] = Field(default_factory=list, max_length=500)
    note: Words = ""


class RingBody(Sent):
    """Units to be held for an operation, or to be released from it, and why."""

    units: Annotated[list[CallsignText], Field(min_length=1, max_length=500)]
    reason: Phrase = ""


class EndBody(Sent):
    """Why it is over."""

    reason: Phrase = ""


class PutToBody(Sent):
    """Whose own an incident is; null: nobody's."""

    operation: Identity | None
    reason: Phrase = ""


class MakeAppointmentBody(AppointmentBody):
    """The same, and why."""

    reason: Phrase = ""


class ReleaseBody(Sent):
    """Why it waits no longer."""

    reason: Phrase = ""
