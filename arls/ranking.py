"""Who can be there first: every unit is either a candidate with its ETA and reasons, or excluded with a reason.

It decides who may be offered, and the order. It sends nobody: a dispatcher decides. The steps are `EXCLUSIONS`, then
the ETA by road of *all* that are left, then the order: ETA, then age of the fix, then callsign.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotation when it decodes
from enum import StrEnum
from math import isnan
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arls.eta import Doubtfulness, Eta, crow_interval, road_interval
from arls.geo import Position, find_grid_reference
from arls.incident import GRADES, IncidentId
from arls.roads.live import UNREACHED_MS, Asked, Roads
from arls.track import Freshness, freshness_of
from arls.unit import Availability, Callsign, Unit, UnitState

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arls.picture import Picture
    from arls.state import Known

    Floats = NDArray[np.float64]

# Streets are named for the first so many candidates: nobody reads the way of the two hundredth.
STREETS_FOR = 10
STREETS_SHOWN = 6


class Basis(StrEnum):
    """What an ETA rests on."""

    ROAD = "road"
    STRAIGHT_LINE = "straight_line"


class Verdict(StrEnum):
    """How sure the first place is."""

    ROBUST = "robust"  # the first is there before the second can be
    AMBIGUOUS = "ambiguous"  # too close to call
    UNKNOWN = "unknown"  # nobody, or nobody by a known road


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Something that speaks for or against a candidate: a code for machines, a text for a dispatcher."""

    code: str
    text: str


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A unit considered, with its ETA in seconds and what that rests on."""

    rank: int
    callsign: Callsign
    kind: str
    eta_s: Eta
    basis: Basis
    distance_m: float
    straight_line_m: float
    streets: tuple[str, ...]
    fix_age_s: float
    freshness: Freshness
    profile: str
    reasons: tuple[Reason, ...]


class Exclusion(msgspec.Struct, frozen=True, kw_only=True):
    """Why a unit was not ranked."""

    callsign: Callsign
    code: str
    reason: str


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """Candidates and exclusions together name every unit once, unless `omitted` says how many candidates were cut.

    `at`, `picture` (a journal position) and `network` (a checksum) are what it was made from: the same three give
    the same bytes again.
    """

    at: datetime
    picture: int
    network: str
    incident: IncidentId | None
    lat: float
    lon: float
    place: str | None  # the nearest street
    grid_ref: str | None
    verdict: Verdict
    verdict_text: str
    candidates: tuple[Candidate, ...]
    exclusions: tuple[Exclusion, ...]
    shortfalls: tuple[str, ...] = ()
    omitted: int = 0


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
        return _excluded(case, "off_duty", "off duty")
    return None


def _own_emergency(case: Case) -> Exclusion | None:
    return _excluded(case, "emergency", "has an emergency of its own") if case.in_emergency else None


def _assigned(case: Case) -> Exclusion | None:
    if case.assigned_to is None:
        return None
    here = case.assigned_to == case.question.incident
    return _excluded(case, "assigned", "already assigned here" if here else f"assigned to {case.assigned_to}")


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
        return _excluded(case, "no_state", "never said what it is doing")
    text = _UNOFFERED.get(case.state.availability)
    return _excluded(case, "not_available", f"{text} ({case.state.label})") if text else None


def _resting(case: Case) -> Exclusion | None:
    if case.state is None or case.state.availability is not Availability.RESTING:
        return None
    grade = GRADES.get(case.question.grade or "")
    if grade is None or grade.interrupts_rest:
        return None
    return _excluded(case, "resting", f"at refreshments, which grade {grade.code} does not interrupt")


def _lacks_capability(case: Case) -> Exclusion | None:
    lacking = sorted(case.question.requirement - set(case.unit.capabilities))
    return _excluded(case, "capability", f"lacks {', '.join(lacking)}") if lacking else None


def _nowhere(case: Case) -> Exclusion | None:
    if case.age_s is None:
        return _excluded(case, "no_fix", "no believable position")
    if case.freshness is Freshness.LOST:
        said = f"last position {_ago(case.age_s)} old, one is expected every {_ago(case.unit.expected_interval_s)}"
        return _excluded(case, "lost", said)
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


def rank(question: Question, known: Known, roads: Roads) -> Ranking:
    """Everybody who may be sent, soonest first, and everybody else with the reason why not."""
    age_s = known.picture.age_s(question.at)
    cases, exclusions = _sifted(question, known, age_s)
    candidates: list[Candidate] = []
    for profile in sorted({_profile_of(case) for case in cases}):
        travelling = [case for case in cases if _profile_of(case) == profile]
        timed, unreachable = _timed(travelling, profile, known.picture, roads)
        candidates += timed
        exclusions += unreachable
    candidates.sort(key=lambda candidate: (candidate.eta_s.mid, candidate.fix_age_s, candidate.callsign))
    shown = candidates if question.k is None else candidates[: question.k]
    verdict, text = _verdict_of(candidates)
    return Ranking(
        at=question.at,
        picture=known.position,
        network=roads.checksum,
        incident=question.incident,
        lat=question.position.lat,
        lon=question.position.lon,
        place=roads.find_street(question.position),
        grid_ref=find_grid_reference(question.position),
        verdict=verdict,
        verdict_text=text,
        candidates=tuple(_finished(n, c, question, known, roads) for n, c in enumerate(shown, 1)),
        exclusions=tuple(sorted(exclusions, key=lambda exclusion: exclusion.callsign)),
        omitted=len(candidates) - len(shown),
    )


def bytes_of(ranking: Ranking) -> bytes:
    """The ranking as JSON: equal rankings give equal bytes."""
    return msgspec.json.encode(ranking, order="deterministic")


def sha256_of(ranking: Ranking) -> str:
    """The hash by which a replayed ranking is compared with the one that was shown."""
    return hashlib.sha256(bytes_of(ranking)).hexdigest()


def _sifted(question: Question, known: Known, age_s: Floats) -> tuple[list[Case], list[Exclusion]]:
    cases, exclusions = [], []
    for number, callsign in enumerate(known.picture.callsigns):
        unit = known.units[callsign]
        age = None if np.isnan(age_s[number]) else float(age_s[number])
        held = known.active.get(callsign)
        case = Case(
            unit=unit,
            state=known.states.get(callsign),
            in_emergency=callsign in known.emergencies,
            assigned_to=known.assignments[held].incident if held else None,
            age_s=age,
            freshness=freshness_of(age, unit.expected_interval_s),
            question=question,
        )
        exclusion = next((found for rule in EXCLUSIONS if (found := rule(case)) is not None), None)
        if exclusion is None:
            cases.append(case)
        else:
            exclusions.append(exclusion)
    return cases, exclusions


def _profile_of(case: Case) -> str:
    if case.question.profile is not None:
        return case.question.profile
    grade = GRADES.get(case.question.grade or "")
    responding = grade is None or grade.response
    return case.unit.profile if responding else case.unit.profile.replace("car-response", "car-normal")


def _timed(cases: list[Case], profile: str, picture: Picture, roads: Roads) -> tuple[list[Candidate], list[Exclusion]]:
    numbers = np.array([picture.numbers[case.unit.callsign] for case in cases])
    columns = {name: column[numbers] for name, column in picture.columns.items()}
    goal = cases[0].question.position
    # A few are measured one by one when they are shown; all at once only when all are.
    everybody = cases[0].question.k is None
    answer = roads.reach(goal, Asked(profile=profile, numbers=numbers, columns=picture.columns), measured=everybody)
    doubt = Doubtfulness(
        age_s=np.array([case.age_s for case in cases], np.float64),
        error_s=columns["error_s"],
        accuracy_m=columns["accuracy_m"],
        mobilise_s=np.array([case.state.mobilise_s if case.state else 0 for case in cases], np.float64),
    )
    by_road = road_interval(answer.cost_ms / 1000.0, doubt, profile)
    by_crow = crow_interval(answer.crow_m, doubt, profile)
    candidates, exclusions = [], []
    for i, case in enumerate(cases):
        basis = Basis.STRAIGHT_LINE if answer.off_map[i] else Basis.ROAD
        if basis is Basis.ROAD and answer.cost_ms[i] == UNREACHED_MS:
            exclusions.append(_excluded(case, "unreachable", "no road leads there for it"))
            continue
        low, mid, high = (float(bound[i]) for bound in (by_crow if answer.off_map[i] else by_road))
        candidates.append(
            Candidate(
                rank=0,
                callsign=case.unit.callsign,
                kind=case.unit.kind,
                eta_s=Eta(low=round(low, 3), mid=round(mid, 3), high=round(high, 3)),
                basis=basis,
                distance_m=round(float(answer.crow_m[i] if answer.off_map[i] else answer.length_m[i]), 1),
                straight_line_m=round(float(answer.crow_m[i]), 1),
                streets=(),
                fix_age_s=round(case.age_s or 0.0, 3),
                freshness=case.freshness,
                profile=profile,
                reasons=tuple(_reasons(case, basis)),
            )
        )
    return candidates, exclusions


def _reasons(case: Case, basis: Basis) -> list[Reason]:
    reasons = []
    if basis is Basis.STRAIGHT_LINE:
        reasons.append(Reason(code="straight_line", text="no road is known there: a straight line, very rough"))
    if case.state is not None and case.state.mobilise_s:
        said = f"{case.state.label}: {case.state.mobilise_s} s to get going"
        reasons.append(Reason(code="mobilise", text=said))
    if case.freshness is not Freshness.FRESH:
        reasons.append(Reason(code="old_fix", text=f"position {_ago(case.age_s or 0.0)} old"))
    if case.unit.crew == 1:
        reasons.append(Reason(code="single_crewed", text="single-crewed"))
    return reasons


def _finished(number: int, candidate: Candidate, question: Question, known: Known, roads: Roads) -> Candidate:
    """With its rank, and by road with its streets and metres, where they are not known yet and will be read."""
    ranked = msgspec.structs.replace(candidate, rank=number)
    if candidate.basis is not Basis.ROAD or (number > STREETS_FOR and not isnan(candidate.distance_m)):
        return ranked
    asked = Asked(
        profile=candidate.profile,
        numbers=np.array([known.picture.numbers[candidate.callsign]]),
        columns=known.picture.columns,
    )
    path = roads.find_path(question.position, asked)
    if path is None:
        return ranked
    return msgspec.structs.replace(ranked, streets=path.streets[-STREETS_SHOWN:], distance_m=round(path.length_m, 1))


def _verdict_of(candidates: list[Candidate]) -> tuple[Verdict, str]:
    if not candidates:
        return Verdict.UNKNOWN, "nobody can be sent"
    first, others = candidates[0], candidates[1:]
    if first.basis is Basis.STRAIGHT_LINE:
        return Verdict.UNKNOWN, f"{first.callsign} by a straight line only: no road is known there"
    rivals = [other.callsign for other in others if other.eta_s.low < first.eta_s.high]
    if not rivals:
        return Verdict.ROBUST, f"{first.callsign} is there first"
    named = ", ".join(rivals[:3]) + (f" and {len(rivals) - 3} more" if len(rivals) > 3 else "")
    return Verdict.AMBIGUOUS, f"too close to call: {first.callsign} or {named}"


def _excluded(case: Case, code: str, reason: str) -> Exclusion:
    return Exclusion(callsign=case.unit.callsign, code=code, reason=reason)


def _ago(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes}:{rest:02d} min" if minutes else f"{rest} s"
