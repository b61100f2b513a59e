"""What a force promises: its grades, their clocks and targets, and who may be taken from what. A policy is data.

It decides what a policy may say and when one contradicts itself. Whether a promise was kept is `clocks`' to say, and
which policy is in force `packs`'. A policy is never changed: another one has another version, so that an incident is
always judged by what was promised when it was graded.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

Diversion = Literal["together", "after"]
Setting = Literal["urban", "rural"]
# A name is part of a file's name and of an incident's record; a version is whatever its owner counts by.
PackName = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,63}$")]
PackVersion = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=366 * 86_400)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class ClockStart(StrEnum):
    """From when an attendance is timed."""

    CALL = "call"  # the call-taking system's time of the call
    CREATED = "created"
    GRADED = "graded"
    DISPATCH = "dispatch"  # the first unit is assigned


class ClockStop(StrEnum):
    """Until when it is timed."""

    FIRST_SUITABLE_ARRIVED = "first_suitable_arrived"  # one unit that by itself has the crew and what is needed
    FIRST_ANY = "first_any"


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many seconds in a town, so many in the country."""

    urban: Seconds
    rural: Seconds


class Grade(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How urgent, and what follows from it: a row of a policy. What is None is not promised, or not limited."""

    code: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9-]{1,16}$")]
    label: Text
    clock_start: ClockStart | None = None  # with `clock_stop` None: how it is timed was not published
    clock_stop: ClockStop | None = None
    target_s: Target | None = None
    deploy_target_s: Seconds | None = None  # from the grading to the first assignment
    warn_before_s: Annotated[int, msgspec.Meta(ge=0, le=366 * 86_400)] = 0  # a target is at risk so long before it
    escalate_after_s: Seconds | None = None  # with nobody assigned for so long, somebody senior is to hear of it
    accept_within_s: Seconds | None = None  # a silent deployment unanswered for so long is made by voice
    response: bool = False  # whether a response drive is allowed
    deploys: bool = True  # False: resolved without sending anyone
    scheduled: bool = False  # by appointment
    min_crew: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    needs: tuple[str, ...] = ()  # capabilities
    interrupts_rest: bool = False
    interruptible_by: tuple[str, ...] = ()  # grades that may take a unit away from an incident of this one
    # Whether a unit that may be diverted stands among the free ones by its ETA, or behind them all.
    diversion: Diversion = "after"
    max_age_s: Annotated[float, msgspec.Meta(gt=0, le=7 * 86_400)] | None = None  # of a fix that may be relied on
    forbidden_roles: dict[str, Text] = {}  # role of a unit that is not sent, with the reason


class Policy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A pack of grades, the most urgent first, in force from an instant until another of its name, or its end."""

    name: PackName
    version: PackVersion
    label: Text
    owner: Text
    review_by: date
    effective_from: Instant
    effective_until: Instant | None = None
    grades: tuple[Grade, ...]
    # By which target an incident is timed when nobody knows whether it lies in a town.
    unknown_setting: Setting = "urban"
    # Whether the clock of a new grade counts from where the old one counted, or from the regrade.
    on_regrade: Literal["continue", "restart"] = "continue"
    # What a unit that says it is free while assigned leads to: its desk is asked, or the assignment is cleared.
    free_while_assigned: Literal["ask", "clear"] = "ask"
    armed: tuple[str, ...] = ("afo", "arv", "ctsfo")  # capabilities that a firearms incident's gate is about
    # What may come of an incident, code -> label; none listed: any text. The code of closing may differ from the type.
    results: dict[Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9-]{1,32}$")], Text] = {}
    note: str = ""  # what a reader of its numbers must know

    @property
    def id(self) -> str:
        """Name and version, as an incident keeps them."""
        return f"{self.name}/{self.version}"

    def find_grade(self, code: str | None) -> Grade | None:
        """The grade of that code, or None."""
        return next((grade for grade in self.grades if grade.code == code), None)

    def urgency_of(self, code: str) -> int:
        """0 for the most urgent grade, one more for each below it; an unknown code is less urgent than all."""
        codes = [grade.code for grade in self.grades]
        return codes.index(code) if code in codes else len(codes)

    def may_interrupt(self, taking: str, losing: str) -> bool:
        """Whether an incident of the grade `taking` may take a unit away from one of the grade `losing`."""
        grade = self.find_grade(losing)
        return grade is not None and taking in grade.interruptible_by


class Fault(NamedTuple):
    """What contradicts itself in a pack, and where: the way to the value, by keys and places in lists."""

    where: tuple[str | int, ...]
    reason: str


def faults_of(policy: Policy) -> Iterator[Fault]:
    """Every contradiction in a policy; none for one that can be used."""
    if policy.effective_until is not None and policy.effective_until <= policy.effective_from:
        yield Fault(("effective_until",), "must be later than effective_from, or the policy ends before it starts")
    if not policy.grades:
        yield Fault(("grades",), "must hold at least one grade")
    codes = [grade.code for grade in policy.grades]
    for place, grade in enumerate(policy.grades):
        if grade.code in codes[:place]:
            yield Fault(("grades", place, "code"), f"{grade.code!r} is another grade's code already")
        for field, reason in (*_clock_faults(grade), *_order_faults(place, codes, grade)):
            yield Fault(("grades", place, field), f"{reason} (grade {grade.code!r})")


def _clock_faults(grade: Grade) -> Iterator[tuple[str, str]]:
    if (grade.clock_start is None) != (grade.clock_stop is None):
        given = "clock_start" if grade.clock_stop is None else "clock_stop"
        yield given, "must be given with its other end, or neither: a clock both starts and stops"
    if grade.target_s is not None:
        soonest_s = min(grade.target_s.urban, grade.target_s.rural)
        if grade.deploy_target_s is not None and soonest_s < grade.deploy_target_s:
            yield "target_s", f"must not be shorter than deploy_target_s ({grade.deploy_target_s} s)"
        if grade.warn_before_s >= soonest_s:
            yield "warn_before_s", f"must be shorter than the target ({soonest_s} s), or all is at risk from the start"
    if not grade.deploys:
        promised = ("target_s", "deploy_target_s", "escalate_after_s", "accept_within_s")
        for field in (name for name in promised if getattr(grade, name) is not None):
            yield field, "must be left out where deploys = false: nobody is sent, so nobody can be late"


def _order_faults(place: int, codes: list[str], grade: Grade) -> Iterator[tuple[str, str]]:
    for taking in grade.interruptible_by:
        if taking not in codes:
            yield "interruptible_by", f"names {taking!r}, and the grades are {', '.join(codes)}"
        elif codes.index(taking) >= place:
            # With only the more urgent allowed there is no circle in which incidents rob each other.
            yield "interruptible_by", f"names {taking!r}, which is not more urgent: those listed above it are"
