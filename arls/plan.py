"""What must be sent: requirements, and the plans that name them by the type and the grade of an incident.

It decides which plan is in force for an incident and which plans are impossible. Who fills it is `muster`'s to say.
Plans are a force's own: a pack is a table, and with none adopted one unit of any kind is what an incident needs.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated

import msgspec

from arls.filling import MOST_SHARED, MOST_SLOTS
from arls.policy import Fault, Instant, PackName, PackVersion, Text
from arls.unit import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from arls.policy import Grade
    from arls.unit import Unit

# Whom a vehicle can carry at the most: a carrier has 16 seats, a car five; a sum over several cycles is no unit.
MOST_CREW = 16
_SEATS = {
    UnitKind.CAR: 5,
    UnitKind.DOG: 5,
    UnitKind.ARMED: 5,
    UnitKind.TRAFFIC: 5,
    UnitKind.MOTORCYCLE: 2,
}

Word = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,32}$")]
_Label = Annotated[str, msgspec.Meta(max_length=80)]
_Note = Annotated[str, msgspec.Meta(max_length=400)]


class Requirement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """`n` units of which each has all of `capabilities`, one of `any_of`, and is one of what else is named.

    `shared`: a unit that fills another requirement may fill this one as well; else each unit counts once.
    """

    n: Annotated[int, msgspec.Meta(ge=1, le=MOST_SLOTS)] = 1
    label: _Label = ""  # what the force calls it; empty: what it asks, in words
    capabilities: tuple[Word, ...] = ()
    any_of: tuple[Word, ...] = ()
    kinds: tuple[UnitKind, ...] = ()
    roles: tuple[Word, ...] = ()
    profiles: tuple[Word, ...] = ()  # how it gets about
    min_crew: Annotated[int, msgspec.Meta(ge=1, le=MOST_CREW)] = 1
    shared: bool = False

    @property
    def said(self) -> str:
        """One such unit, in words."""
        if self.label:
            return self.label
        kinds = " or ".join(self.kinds)
        skills = [*self.capabilities, " or ".join(self.any_of)]
        parts = [
            "with " + " and ".join(skill for skill in skills if skill) if any(skills) else "",
            f"of the role {' or '.join(self.roles)}" if self.roles else "",
            f"by {' or '.join(self.profiles)}" if self.profiles else "",
            f"of a crew of {self.min_crew}" if self.min_crew > 1 else "",
        ]
        return " ".join(part for part in (kinds, "unit", *parts) if part)

    def suits(self, unit: Unit) -> bool:
        """Whether a unit is what is asked for."""
        can = unit.capabilities
        return (
            all(capability in can for capability in self.capabilities)
            and (not self.any_of or any(capability in can for capability in self.any_of))
            and (not self.kinds or unit.kind in self.kinds)
            and (not self.roles or unit.role in self.roles)
            and (not self.profiles or unit.profile in self.profiles)
            and unit.crew >= self.min_crew
        )


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What incidents of some types and grades need; without types, or without grades, of any."""

    label: Text
    types: tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=80)], ...] = ()  # patterns: `burglary*`
    grades: tuple[Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9-]{1,16}$")], ...] = ()
    requirements: tuple[Requirement, ...]
    note: _Note = ""

    def is_for(self, incident_type: str, grade: str) -> bool:
        """Whether it is a plan for such an incident; capitals in its type mean nothing."""
        said = incident_type.strip().casefold()
        named = not self.types or any(fnmatchcase(said, pattern.casefold()) for pattern in self.types)
        return named and (not self.grades or grade in self.grades)


class PlanPack(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A force's plans, in force from an instant; the first that is for an incident is its plan."""

    name: PackName
    version: PackVersion
    label: Text
    owner: Text
    review_by: date
    effective_from: Instant
    effective_until: Instant | None = None
    capabilities: tuple[Word, ...] = ()  # the catalogue: no plan may name another; empty: none is kept
    plans: tuple[Plan, ...]
    note: str = ""

    @property
    def id(self) -> str:
        """Name and version."""
        return f"{self.name}/{self.version}"

    def plan_of(self, incident_type: str, grade: str) -> Plan:
        """The plan for such an incident; the generic one where none is named."""
        return next((plan for plan in self.plans if plan.is_for(incident_type, grade)), GENERIC)


# What holds where nobody planned anything (contract.md: an unknown type means the generic plan).
GENERIC = Plan(label="Generic: one unit", requirements=(Requirement(),))


class PlanOrigin(StrEnum):
    """Who says what must be sent."""

    PACK = "pack"
    DISPATCHER = "dispatcher"  # for this incident alone
    ASKED = "asked"  # in the question itself


class PlanSetBy(msgspec.Struct, frozen=True, kw_only=True):
    """What a dispatcher says that an incident needs, in the stead of its plan, and why."""

    requirements: tuple[Requirement, ...]
    reason: str
    operator: str
    desk: str
    at: datetime


class PlanInForce(msgspec.Struct, frozen=True, kw_only=True):
    """What an incident needs, and who says so."""

    label: str
    origin: PlanOrigin
    pack: str  # its id; empty: none
    requirements: tuple[Requirement, ...]
    note: str = ""
    set_by: PlanSetBy | None = None
    more: tuple[Requirement, ...] = ()  # asked for from the scene, beside those who were sent before


def plan_in_force(pack: PlanPack, incident_type: str, grade: Grade, set_by: PlanSetBy | None) -> PlanInForce:
    """The plan for an incident: the dispatcher's, else the pack's with what the policy's grade asks of one unit."""
    if set_by is not None:
        return PlanInForce(
            label="Set for this incident",
            origin=PlanOrigin.DISPATCHER,
            pack=pack.id,
            requirements=set_by.requirements,
            note=set_by.reason,
            set_by=set_by,
        )
    plan = pack.plan_of(incident_type, grade.code)
    wanted = grade.deploys or grade.code in plan.grades
    return PlanInForce(
        label=plan.label,
        origin=PlanOrigin.PACK,
        pack=pack.id,
        requirements=_led(plan.requirements, grade) if wanted else (),
        note=plan.note if wanted else "nobody is sent at this grade",
    )


def asked_plan(requirements: Sequence[Requirement]) -> PlanInForce:
    """What a question itself asks for."""
    return PlanInForce(label="As asked", origin=PlanOrigin.ASKED, pack="", requirements=tuple(requirements))


def _led(requirements: tuple[Requirement, ...], grade: Grade) -> tuple[Requirement, ...]:
    """The requirements where one unit has by itself what the grade needs: one of the first, unless another does."""
    needs = set(grade.needs)
    if not requirements or any(
        needs <= set(one.capabilities) and one.min_crew >= grade.min_crew for one in requirements
    ):
        return requirements
    first, *others = requirements
    lead = msgspec.structs.replace(
        first,
        n=1,
        capabilities=tuple(sorted({*first.capabilities, *needs})),
        min_crew=max(first.min_crew, grade.min_crew),
    )
    more = (msgspec.structs.replace(first, n=first.n - 1),) if first.n > 1 else ()
    return (lead, *more, *others)


def plan_faults_of(pack: PlanPack) -> Iterator[Fault]:
    """Every contradiction in a pack of plans; none for one that can be used."""
    if pack.effective_until is not None and pack.effective_until <= pack.effective_from:
        yield Fault(("effective_until",), "must be later than effective_from, or the pack ends before it starts")
    known = set(pack.capabilities)
    for place, plan in enumerate(pack.plans):
        if not plan.requirements:
            yield Fault(("plans", place, "requirements"), f"must hold at least one requirement ({plan.label!r})")
        hider = next((other for other in pack.plans[:place] if _hides(other, plan)), None)
        if hider is not None:
            yield Fault(("plans", place, "types"), f"can never come to it: {hider.label!r} stands before it")
        for where, reason in impossible_in(plan.requirements):
            yield Fault(("plans", place, "requirements", *where), f"{reason} ({plan.label!r})")
        for n, one in enumerate(plan.requirements):
            for field, word in _strangers(one, known):
                reason = f"names {word!r}, which is not in the pack's capabilities ({plan.label!r})"
                yield Fault(("plans", place, "requirements", n, field), reason)


def impossible_in(requirements: Sequence[Requirement]) -> Iterator[Fault]:
    """Why nobody could ever meet these requirements, by the way to what is wrong; none where somebody could."""
    slots = sum(one.n for one in requirements)
    if slots > MOST_SLOTS:
        yield Fault((), f"must ask for at most {MOST_SLOTS} units in all, not {slots}")
    shared = sum(one.shared for one in requirements)
    if shared > MOST_SHARED:
        yield Fault((), f"must share at most {MOST_SHARED} requirements, not {shared}")
    for place, one in enumerate(requirements):
        for field, reason in _impossible(one):
            yield Fault((place, field), reason)


def _impossible(one: Requirement) -> Iterator[tuple[str, str]]:
    if one.shared and one.n > 1:
        yield "n", "must be 1 where shared = true: one unit would count for all of them"
    seats = max((_SEATS.get(kind, MOST_CREW) for kind in one.kinds), default=MOST_CREW)
    if one.min_crew > seats:
        yield "min_crew", f"must be at most {seats}: no {' or '.join(one.kinds)} unit carries more"
    both = sorted(set(one.any_of) & set(one.capabilities))
    if both:
        yield "any_of", f"names {both[0]!r}, which capabilities ask for already: any_of would ask nothing"
    for field in ("capabilities", "any_of", "kinds", "roles", "profiles"):
        words = getattr(one, field)
        if len(set(words)) < len(words):
            yield field, "names one of them twice"


def _strangers(one: Requirement, known: set[str]) -> Iterator[tuple[str, str]]:
    if known:
        for field in ("capabilities", "any_of"):
            yield from ((field, word) for word in getattr(one, field) if word not in known)


def _hides(earlier: Plan, later: Plan) -> bool:
    """Whether whatever the later plan is for, the earlier one is for as well; of patterns only those that are equal."""
    types = not earlier.types or (bool(later.types) and {*later.types} <= {*earlier.types})
    grades = not earlier.grades or (bool(later.grades) and {*later.grades} <= {*earlier.grades})
    return types and grades
