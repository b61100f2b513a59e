"""Who may be offered at all: every unit goes past the rules, and whoever is left out is told why.

It decides on a unit by what it is and does, and by how old its position is, never by where it is; who of the others is
there first is `ranking`'s to say. The rules stand in the groups that `pipeline` asks one after another; the first rule
that speaks is the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arls.diversion import Task, find_hold, releases
from arls.incident import AssignmentState
from arls.operation import Ground, ground_of
from arls.reasons import Bar
from arls.state import assignments_of
from arls.track import FRESHNESS, Freshness, freshnesses_of
from arls.unit import Availability, Callsign, Unit, UnitState, find_stranded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from arls.geo import Position
    from arls.incident import IncidentId
    from arls.plan import Requirement
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
    plan: tuple[Requirement, ...] | None = None  # what must be sent, in the stead of the incident's own plan
    k: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One unit before the rules."""

    unit: Unit
    state: UnitState | None
    in_emergency: bool
    task: Task | None
    age_s: float  # NaN: never heard
    freshness: Freshness
    question: Question
    grade: Grade | None  # of the question, as its policy has it
    ground: Ground  # of the question's incident
    refused_at: datetime | None = None  # by it, of the question's incident; None: it has not, or was asked again


# Of an example, which stands for units of any age of a word.
_SOME_AGE_S = 0.0

Rule = Callable[[Case], Exclusion | None]


def _off_duty(case: Case) -> Exclusion | None:
    if case.state is not None and case.state.availability is Availability.OFF_DUTY:
        return excluded(case, Bar.OFF_DUTY, "off duty")
    return None


def _own_emergency(case: Case) -> Exclusion | None:
    return excluded(case, Bar.EMERGENCY, "has an emergency of its own") if case.in_emergency else None


def _assigned(case: Case) -> Exclusion | None:
    if case.task is None:
        return None
    if case.task.incident == case.question.incident:
        return excluded(case, Bar.ASSIGNED, "already assigned here")
    hold = find_hold(case.task, case.state, case.question.grade)
    return excluded(case, Bar.ASSIGNED, hold) if hold else None


def _refused(case: Case) -> Exclusion | None:
    if case.refused_at is None:
        return None
    since_s = (case.question.at - case.refused_at).total_seconds()
    return excluded(case, Bar.REFUSED, f"refused {ago(max(0.0, since_s))} ago")


_UNOFFERED = {
    Availability.COMMITTED: "committed",
    Availability.AT_SCENE: "at a scene",
    Availability.DIVERTIBLE: "committed: divert it by hand",
    Availability.UNAVAILABLE: "not deployable",
    Availability.UNKNOWN: "its state is not known",
    Availability.EMERGENCY: "has an emergency of its own",
}
# What an assignment explains, from which it may be taken; and what a state may release a unit from.
_ATTENDS = frozenset({Availability.COMMITTED, Availability.AT_SCENE, Availability.DIVERTIBLE})
BUSY = _ATTENDS | {Availability.UNAVAILABLE}


def _not_available(case: Case) -> Exclusion | None:
    if case.state is None:
        return excluded(case, Bar.NO_STATE, "never said what it is doing")
    said = case.state.availability
    explained = said in _ATTENDS and case.task is not None
    if explained or (said in BUSY and releases(case.state, case.question.grade)):
        return None
    text = _UNOFFERED.get(said)
    if text and case.state.divertible_for and case.question.grade is not None:
        text = f"may be taken for grade {' and '.join(case.state.divertible_for)} only"
    return excluded(case, Bar.NOT_AVAILABLE, f"{text} ({case.state.label})") if text else None


def _resting(case: Case) -> Exclusion | None:
    if case.state is None or case.state.availability is not Availability.RESTING:
        return None
    if case.grade is None or case.grade.interrupts_rest:
        return None
    return excluded(case, Bar.RESTING, f"at refreshments, which grade {case.grade.code} does not interrupt")


def _forbidden_role(case: Case) -> Exclusion | None:
    if case.grade is None or case.unit.role not in case.grade.forbidden_roles:
        return None
    why = case.grade.forbidden_roles[case.unit.role]
    return excluded(case, Bar.ROLE, f"{case.unit.role}, not sent to grade {case.grade.code}: {why}")


def _forbidden_here(case: Case) -> Exclusion | None:
    ban = next((ban for ban in case.ground.forbidden_roles if ban.role == case.unit.role), None)
    return excluded(case, Bar.ROLE_HERE, f"{ban.role}, not sent here: {ban.reason}") if ban else None


def _ring_fenced(case: Case) -> Exclusion | None:
    operation, grade = case.unit.operation, case.grade
    # Whatever interrupts rest breaks a ring too, and of a question without a grade nobody says that it is routine.
    if not operation or grade is None or grade.interrupts_rest or operation in case.ground.operations:
        return None
    return excluded(
        case, Bar.RING_FENCED, f"held for the operation {operation}, which grade {grade.code} does not open"
    )


def _lacks_capability(case: Case) -> Exclusion | None:
    required = case.question.requirement.union(case.grade.needs if case.grade else ())
    lacking = sorted(required - set(case.unit.capabilities))
    return excluded(case, Bar.CAPABILITY, f"lacks {', '.join(lacking)}") if lacking else None


def _stranded(case: Case) -> Exclusion | None:
    why = find_stranded(case.unit)
    return excluded(case, Bar.NO_DRIVER, why) if why else None


def _too_few(case: Case) -> Exclusion | None:
    if case.grade is None or case.unit.crew >= case.grade.min_crew:
        return None
    return excluded(
        case, Bar.CREW, f"crew of {case.unit.crew}: grade {case.grade.code} takes at least {case.grade.min_crew}"
    )


def _nowhere(case: Case) -> Exclusion | None:
    if case.freshness is Freshness.NEVER:
        return excluded(case, Bar.NO_FIX, "no believable position")
    if case.freshness is Freshness.LOST:
        said = f"last position {ago(case.age_s)} old, one is expected every {ago(case.unit.expected_interval_s)}"
        return excluded(case, Bar.LOST, said)
    return None


def _too_old(case: Case) -> Exclusion | None:
    if case.grade is None or case.grade.max_age_s is None or not case.age_s > case.grade.max_age_s:
        return None
    most = f"grade {case.grade.code} takes none older than {ago(case.grade.max_age_s)}"
    return excluded(case, Bar.OLD_FIX, f"position {ago(case.age_s)} old, {most}")


DUTY: tuple[Rule, ...] = (_off_duty, _own_emergency)
# The first of these also says no to whoever attends the incident already.
DIVERSION: tuple[Rule, ...] = (_assigned, _not_available, _resting)
# Asked of those who refused alone, since it tells units apart that are alike in all else.
REFUSAL: tuple[Rule, ...] = (_refused,)
ELIGIBILITY: tuple[Rule, ...] = (_forbidden_role, _forbidden_here, _ring_fenced)
CAPABILITY: tuple[Rule, ...] = (_lacks_capability, _stranded, _too_few)
# These decide by the age of a fix itself, and not by its word alone.
FIX: tuple[Rule, ...] = (_nowhere, _too_old)
# Whose words name more than what units of a kind have in common: an incident, when it refused, how old its fix is.
PERSONAL = frozenset({_assigned, _refused, *FIX})


class Everybody:
    """All units at one instant, sorted into kinds that no rule tells apart and that go by one profile and as promptly.

    There are a few dozen kinds in a force of thousands, so that the rules are asked a few dozen times.
    """

    def __init__(self, known: Known, at: datetime) -> None:
        self.known, self.at = known, at
        self._grounds: dict[IncidentId, Ground] = {}
        self._alike: tuple[Question, list[Case]] | None = None
        self.age_s = known.picture.age_s(at)  # [N] NaN: never heard
        self.freshness_place = freshness = freshnesses_of(self.age_s, known.roster.interval_s)  # [N] in FRESHNESS
        words = len(FRESHNESS)
        kinds, self.kind = np.unique(known.roster.sort * words + freshness, return_inverse=True)  # [N] of each
        self._examples = [(known.roster.examples[kind // words], FRESHNESS[kind % words]) for kind in kinds.tolist()]

    @cached_property
    def attending(self) -> dict[IncidentId, list[int]]:
        """The numbers of the units that are assigned to each incident."""
        found: defaultdict[IncidentId, list[int]] = defaultdict(list)
        for callsign, assignment in self.known.active.items():
            found[self.known.assignments[assignment].incident].append(self.known.picture.numbers[callsign])
        return found

    def refusers(self, incident: IncidentId | None) -> dict[int, datetime]:
        """The numbers of the units whose last word to an incident was no, and when that was (UTC)."""
        sent = assignments_of(self.known, incident) if incident is not None else []
        last = {one.callsign: one for one in sent}
        numbers = self.known.picture.numbers
        return {
            numbers[callsign]: one.steps[-1].at
            for callsign, one in last.items()
            if one.state is AssignmentState.REFUSED
        }

    @property
    def examples(self) -> list[Doing]:
        """One unit of each kind."""
        return [doing for doing, _ in self._examples]

    def spoken(self, question: Question, rules: tuple[Rule, ...]) -> NDArray[np.int64]:
        """[N] the place of the first of these rules that speaks against each unit, for a question of this instant; -1.

        Who attends the very incident is judged as if it were another. No rule decides by an age what it does not decide
        by its word, but for the oldest fix that a grade takes.
        """
        grade = self.find_grade(question)
        found = np.array([_find_place(case, rules) for case in self.alike(question)], np.int64)[self.kind]
        if _too_old in rules and grade is not None and grade.max_age_s is not None:
            found[(found < 0) & (self.age_s > grade.max_age_s)] = rules.index(_too_old)
        return found

    def alike(self, question: Question) -> list[Case]:
        """One unit of each kind before the rules, of no age that means anything, as if it attended nothing here."""
        if self._alike is None or self._alike[0] is not question:
            grade, ground, other = self.find_grade(question), self.ground(question), replace(question, incident=None)
            cases = [_case(doing, _SOME_AGE_S, freshness, other, grade, ground) for doing, freshness in self._examples]
            self._alike = question, cases
        return self._alike[1]

    def freshness(self, number: int) -> Freshness:
        """The word for the age of a unit's fix."""
        return FRESHNESS[self.freshness_place[number]]

    def find_grade(self, question: Question) -> Grade | None:
        """What the grade of a question promises: by its incident's policy, or by the one in force."""
        incident = self.known.incidents.get(question.incident) if question.incident is not None else None
        packs = self.known.packs
        policy = packs.policy_of(incident) if incident is not None else packs.policy_at(question.at)
        return policy.find_grade(question.grade)

    def ground(self, question: Question) -> Ground:
        """What the place and purpose of the question's incident say of who may be sent; of none nothing."""
        incident = self.known.incidents.get(question.incident) if question.incident is not None else None
        if incident is None:
            return Ground()
        if incident.id not in self._grounds:
            self._grounds[incident.id] = ground_of(incident, self.known.operations)
        return self._grounds[incident.id]

    def case(self, number: int, question: Question, grade: Grade | None) -> Case:
        """One unit, by its number, before the rules; `grade` is that of the question."""
        (case,) = self.cases([number], question, grade)
        return case

    def cases(self, numbers: Sequence[int], question: Question, grade: Grade | None) -> Iterator[Case]:
        """The same of several."""
        doings, ground, refusers = self.known.roster.doings, self.ground(question), self.refusers(question.incident)
        for number, age_s in zip(numbers, self.age_s[numbers].tolist(), strict=True):
            case = _case(doings[number], age_s, self.freshness(number), question, grade, ground)
            yield replace(case, refused_at=refusers[number]) if number in refusers else case


def _case(
    doing: Doing, age_s: float, freshness: Freshness, question: Question, grade: Grade | None, ground: Ground
) -> Case:
    unit, state, in_emergency, task, _ = doing
    return Case(
        unit=unit,
        state=state,
        in_emergency=in_emergency,
        task=task,
        age_s=age_s,
        freshness=freshness,
        question=question,
        grade=grade,
        ground=ground,
    )


def _find_place(case: Case, rules: tuple[Rule, ...]) -> int:
    return next((place for place, rule in enumerate(rules) if rule(case) is not None), -1)


def excluded(case: Case, code: Bar, reason: str) -> Exclusion:
    """The unit left out, with a code for machines and a text for a dispatcher."""
    return Exclusion(callsign=case.unit.callsign, code=code, reason=reason)


def ago(seconds: float) -> str:
    """A duration as a dispatcher reads it everywhere: `0:28`, `1:05`, and `2 h 05 min`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes}:{rest:02d}"
