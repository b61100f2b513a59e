"""What a radio's state codes mean: rows of a pack, from a code to an availability and what follows from it.

It decides what a pack of codes may say, when one contradicts itself, and what state a code leads to. A code that no
row knows is never guessed at (domain.md C2). Which pack is in force is `packs`' to say.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import msgspec

from arls.policy import Fault, Instant, PackName, PackVersion, Text
from arls.unit import Availability, UnitState

if TYPE_CHECKING:
    from collections.abc import Iterator

# In `divertible_for`: whatever the grade.
ANY_GRADE = "*"


class ClockEvent(StrEnum):
    """What a code says of the assignment that the unit has."""

    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    CLEAR = "clear"


class StateCode(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One row of a pack: what a code says, and what follows from it."""

    code: Annotated[int, msgspec.Meta(ge=0, le=65_535)]
    label: Text
    availability: Availability | None = None  # None: a message only, the state stays as it was
    divertible_for: tuple[str, ...] = ()  # grades for which a unit in this state may be taken; ANY_GRADE for all
    clock_event: ClockEvent | None = None
    message_only: bool = False
    urgent: bool = False  # of a message: a desk is to see it now
    track: bool = True  # False: routine fixes are discarded before anything keeps them
    mobilise_s: Annotated[int, msgspec.Meta(ge=0, le=3_600)] = 0  # how long such a unit needs before it moves


class StatePack(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A force's codes, in force from an instant until another pack's."""

    name: PackName
    version: PackVersion
    label: Text
    owner: Text
    review_by: date
    effective_from: Instant
    effective_until: Instant | None = None
    codes: tuple[StateCode, ...]

    @property
    def id(self) -> str:
        """Name and version."""
        return f"{self.name}/{self.version}"

    def find(self, code: int) -> StateCode | None:
        """The row of a code; None for one that the pack does not know."""
        return next((row for row in self.codes if row.code == code), None)

    def is_emergency(self, code: int | None) -> bool:
        """Whether the code asks for help for the officer."""
        row = self.find(code) if code is not None else None
        return row is not None and row.availability is Availability.EMERGENCY


def state_of(code: int, *, since: datetime, pack: StatePack) -> UnitState | None:
    """The state that a code sets; None for one that is a message only.

    A code that the pack does not know makes the unit's state unknown, since keeping the old one would lie.
    """
    row = pack.find(code)
    if row is None:
        return UnitState(code=code, label=f"unknown ({code})", availability=Availability.UNKNOWN, since=since)
    if row.availability is None:
        return None
    return UnitState(
        code=code,
        label=row.label,
        availability=row.availability,
        since=since,
        mobilise_s=row.mobilise_s,
        divertible_for=row.divertible_for,
        track=row.track,
    )


_FREE = {Availability.AVAILABLE, Availability.STANDBY, Availability.RESTING, Availability.OFF_DUTY}
_TAKEN = {Availability.COMMITTED, Availability.AT_SCENE}


def state_faults_of(pack: StatePack) -> Iterator[Fault]:
    """Every contradiction in a pack of codes; none for one that can be used."""
    if pack.effective_until is not None and pack.effective_until <= pack.effective_from:
        yield Fault(("effective_until",), "must be later than effective_from, or the pack ends before it starts")
    if not pack.codes:
        yield Fault(("codes",), "must hold at least one code")
    seen: set[int] = set()
    for place, row in enumerate(pack.codes):
        if row.code in seen:
            yield Fault(("codes", place, "code"), f"{row.code} stands in another row already")
        seen.add(row.code)
        for field, reason in _row_faults(row):
            yield Fault(("codes", place, field), f"{reason} (code {row.code})")


def _row_faults(row: StateCode) -> Iterator[tuple[str, str]]:
    if row.message_only:
        for field in ("availability", "divertible_for", "clock_event"):
            if getattr(row, field):
                yield field, "must be left out where message_only = true: a message changes no state"
    elif row.availability is None:
        yield "availability", f"must be given, one of {', '.join(Availability)}, or message_only = true"
    if row.urgent and not row.message_only:
        yield "urgent", "is said of a message alone: message_only = true"
    if row.availability is Availability.OFF_DUTY and row.track:
        yield "track", "must be false where availability = off_duty: nobody off duty is tracked"
    if row.availability is Availability.EMERGENCY and not row.track:
        yield "track", "must not be false where availability = emergency: whoever needs help is looked for"
    if row.clock_event in {ClockEvent.EN_ROUTE, ClockEvent.ARRIVED} and row.availability in _FREE:
        yield "clock_event", f"says that the unit is committed, and availability = {row.availability} that it is not"
    if row.clock_event is ClockEvent.CLEAR and row.availability in _TAKEN:
        yield "clock_event", f"says that the unit is clear, and availability = {row.availability} that it is not"
