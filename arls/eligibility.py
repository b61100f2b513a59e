"""Who may be offered at all: every unit goes past the rules, and whoever is left out is told why.

It decides on a unit by what it is and does, never by where it is; who of the others is there first is `ranking`'s to
say. The rules are `EXCLUSIONS`; the first that speaks is the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from arls.incident import GRADES, IncidentId
from arls.track import Freshness, freshness_of
from arls.unit import Availability, Callsign, Unit, UnitState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from arls.geo import Position
    from arls.state import Known


class Exclusion(msgspec.Struct, frozen=True, kw_only=True):
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
    age_s: float | None
    freshness: Freshness
    question: Question


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
    grade = GRADES.get(case.question.grade or "")
    if grade is None or grade.interrupts_rest:
        return None
    return excluded(case, "resting", f"at refreshments, which grade {grade.code} does not interrupt")


def _lacks_capability(case: Case) -> Exclusion | None:
    lacking = sorted(case.question.requirement - set(case.unit.capabilities))
    return excluded(case, "capability", f"lacks {', '.join(lacking)}") if lacking else None


def _nowhere(case: Case) -> Exclusion | None:
    if case.age_s is None:
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
    _nowhere,
)


def sifted(question: Question, known: Known) -> tuple[list[Case], list[Exclusion]]:
    """The units that may be offered, and the others with the reason why not: together every unit once."""
    cases, exclusions = [], []
    for row in _rows(known, question.at):
        case = _case(row, question)
        exclusion = _find_exclusion(case)
        if exclusion is None:
            cases.append(case)
        else:
            exclusions.append(exclusion)
    return cases, exclusions


class Everybody:
    """All units at one instant, sorted into kinds that no rule tells apart and that go by one profile and as promptly.

    There are a few dozen kinds in a force of thousands, so that the rules are asked a few dozen times.
    """

    def __init__(self, known: Known, at: datetime) -> None:
        kinds: dict[tuple[object, ...], int] = {}
        kind_of: list[int] = []
        self._examples: list[_Row] = []
        for row in _rows(known, at):
            kind = kinds.setdefault(_kind_of(row), len(kinds))
            kind_of.append(kind)
            if kind == len(self._examples):
                self._examples.append(row)
        self.kind = np.array(kind_of, np.int64)  # [N] of each unit

    @property
    def units(self) -> list[Unit]:
        """One unit of each kind."""
        return [row.unit for row in self._examples]

    @property
    def mobilise_s(self) -> list[int]:
        """What the units of each kind need to get going."""
        return [row.state.mobilise_s if row.state else 0 for row in self._examples]

    def offered(self, question: Question) -> list[bool]:
        """Of which kinds `sifted` leaves the units over, for a question of this instant."""
        return [_find_exclusion(_case(row, question)) is None for row in self._examples]


class _Row(NamedTuple):
    """What is known of one unit."""

    unit: Unit
    state: UnitState | None
    in_emergency: bool
    assigned_to: IncidentId | None
    age_s: float | None
    freshness: Freshness


def _rows(known: Known, at: datetime) -> Iterator[_Row]:
    """Every unit, by number."""
    states, emergencies, active, assignments = known.states, known.emergencies, known.active, known.assignments
    for callsign, age in zip(known.picture.callsigns, known.picture.age_s(at).tolist(), strict=True):
        unit, heard, held = known.units[callsign], None if isnan(age) else age, active.get(callsign)
        yield _Row(
            unit,
            states.get(callsign),
            callsign in emergencies,
            assignments[held].incident if held else None,
            heard,
            freshness_of(heard, unit.expected_interval_s),
        )


def _case(row: _Row, question: Question) -> Case:
    return Case(**row._asdict(), question=question)


def _kind_of(row: _Row) -> tuple[object, ...]:
    unit, state, in_emergency, assigned_to, _, freshness = row
    doing = None if state is None else (state.availability, state.mobilise_s)
    return doing, in_emergency, assigned_to is None, freshness, unit.capabilities, unit.profile


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
