"""Who may be offered at all: every unit goes past the rules, and whoever is left out is told why.

It decides on a unit by what it is and does, never by where it is; who of the others is there first is `ranking`'s to
say. The rules are `EXCLUSIONS`; the first that speaks is the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arls.track import FRESHNESS, Freshness, freshnesses_of
from arls.unit import Availability, Callsign, Unit, UnitState, find_stranded

if TYPE_CHECKING:
    from datetime import datetime

    from arls.geo import Position
    from arls.incident import IncidentId
    from arls.policy import Grade
    from arls.roster import Doing
    from arls.state import Known


class Exclusion(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why a unit was not ranked."""

    callsign: Callsign
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Who can be at `position` first? `grade` None: whoever; `profile` None: each by its own."""

    position: Position
    at: datetime
    grade: str | None = None
    incident: IncidentId | None = None
    profile: str | None = None
    requirement: frozenset[str] = frozenset()
    k: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One unit before the rules."""

    unit: Unit
    state: UnitState | None
    in_emergency: bool
    assigned_to: IncidentId | None
    age_s: float  # NaN: never heard
    freshness: Freshness
    question: Question
    grade: Grade | None  # of the question, as its policy has it


# Of an example, which stands for units of any age of a word.
_SOME_AGE_S = 0.0

Rule = Callable[[Case], Exclusion | None]


def _off_duty(case: Case) -> Exclusion | None:
    if case.state is not None and case.state.availability is Availability.OFF_DUTY:
        return excluded(case, "off_duty", "off duty")
    return None


def _own_emergency(case: Case) -> Exclusion | None:
    return excluded(case, "emergency", "has an emergency of its own") if case.in_emergency else None


def _assigned(case: Case) -> Exclusion | None:
    if case.assigned_to is None:
        return None
    here = case.assigned_to == case.question.incident
    return excluded(case, "assigned", "already assigned here" if here else f"assigned to {case.assigned_to}")


_UNOFFERED = {
    Availability.COMMITTED: "committed",
    Availability.AT_SCENE: "at a scene",
    Availability.DIVERTIBLE: "committed: divert it by hand",
    Availability.UNAVAILABLE: "not deployable",
    Availability.UNKNOWN: "its state is not known",
    Availability.EMERGENCY: "has an emergency of its own",
}


def _not_available(case: Case) -> Exclusion | None:
    if case.state is None:
        return excluded(case, "no_state", "never said what it is doing")
    text = _UNOFFERED.get(case.state.availability)
    return excluded(case, "not_available", f"{text} ({case.state.label})") if text else None


def _resting(case: Case) -> Exclusion | None:
    if case.state is None or case.state.availability is not Availability.RESTING:
        return None
    if case.grade is None or case.grade.interrupts_rest:
        return None
    return excluded(case, "resting", f"at refreshments, which grade {case.grade.code} does not interrupt")


def _lacks_capability(case: Case) -> Exclusion | None:
    lacking = sorted(case.question.requirement - set(case.unit.capabilities))
    return excluded(case, "capability", f"lacks {', '.join(lacking)}") if lacking else None


def _stranded(case: Case) -> Exclusion | None:
    why = find_stranded(case.unit)
    return excluded(case, "no_driver", why) if why else None


def _nowhere(case: Case) -> Exclusion | None:
    if case.freshness is Freshness.NEVER:
        return excluded(case, "no_fix", "no believable position")
    if case.freshness is Freshness.LOST:
        said = f"last position {ago(case.age_s)} old, one is expected every {ago(case.unit.expected_interval_s)}"
        return excluded(case, "lost", said)
    return None


EXCLUSIONS: tuple[Rule, ...] = (
    _off_duty,
    _own_emergency,
    _assigned,
    _not_available,
    _resting,
    _lacks_capability,
    _stranded,
    _nowhere,
)


class Everybody:
    """All units at one instant, sorted into kinds that no rule tells apart and that go by one profile and as promptly.

    There are a few dozen kinds in a force of thousands, so that the rules are asked a few dozen times.
    """

    def __init__(self, known: Known, at: datetime) -> None:
        self._known = known
        self.age_s = known.picture.age_s(at)  # [N] NaN: never heard
        freshness = freshnesses_of(self.age_s, known.roster.interval_s)
        self._words = [FRESHNESS[place] for place in freshness.tolist()]
        words = len(FRESHNESS)
        kinds, self.kind = np.unique(known.roster.sort * words + freshness, return_inverse=True)  # [N] of each
        self._examples = [(known.roster.examples[kind // words], FRESHNESS[kind % words]) for kind in kinds.tolist()]

    @property
    def examples(self) -> list[Doing]:
        """One unit of each kind."""
        return [doing for doing, _ in self._examples]

    def offered(self, question: Question) -> list[bool]:
        """The units of which kinds may be offered, for a question of this instant."""
        # No rule decides by an age what it does not decide by its word.
        grade = self.find_grade(question)
        cases = (_case(doing, _SOME_AGE_S, freshness, question, grade) for doing, freshness in self._examples)
        return [_find_exclusion(case) is None for case in cases]

    def exclusions(self, question: Question) -> list[Exclusion]:
        """Each unit that may not be offered, with the reason why not."""
        offered = np.array(self.offered(question), np.bool_)[self.kind]
        grade = self.find_grade(question)
        cases = (self._case(number, question, grade) for number in np.flatnonzero(~offered).tolist())
        return [exclusion for case in cases if (exclusion := _find_exclusion(case)) is not None]

    def freshness(self, number: int) -> Freshness:
        """The word for the age of a unit's fix."""
        return self._words[number]

    def case(self, number: int, question: Question) -> Case:
        """One unit, by its number, before the rules."""
        return self._case(number, question, self.find_grade(question))

    def find_grade(self, question: Question) -> Grade | None:
        """What the grade of a question promises: by its incident's policy, or by the one in force."""
        incident = self._known.incidents.get(question.incident) if question.incident is not None else None
        packs = self._known.packs
        policy = packs.policy_of(incident) if incident is not None else packs.policy_at(question.at)
        return policy.find_grade(question.grade)

    def _case(self, number: int, question: Question, grade: Grade | None) -> Case:
        doing, age_s = self._known.roster.doings[number], float(self.age_s[number])
        return _case(doing, age_s, self._words[number], question, grade)


def _case(doing: Doing, age_s: float, freshness: Freshness, question: Question, grade: Grade | None) -> Case:
    unit, state, in_emergency, assigned_to = doing
    return Case(
        unit=unit,
        state=state,
        in_emergency=in_emergency,
        assigned_to=assigned_to,
        age_s=age_s,
        freshness=freshness,
        question=question,
        grade=grade,
    )


def _find_exclusion(case: Case) -> Exclusion | None:
    return next((found for rule in EXCLUSIONS if (found := rule(case)) is not None), None)


def excluded(case: Case, code: str, reason: str) -> Exclusion:
    """The unit left out, with a code for machines and a text for a dispatcher."""
    return Exclusion(callsign=case.unit.callsign, code=code, reason=reason)


def ago(seconds: float) -> str:
    """A duration as a dispatcher reads it: `1:05 min`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes}:{rest:02d} min" if minutes else f"{rest} s"
