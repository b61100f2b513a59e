"""Who can be there first: every unit is either a candidate with its ETA and reasons, or excluded with a reason.

It decides the order, and how sure it is. It sends nobody: a dispatcher decides. The steps are the rules of
`eligibility`, then the ETA of *all* that are left, then the order: ETA, then age of the fix, then callsign.
"""

from __future__ import annotations

import hashlib
from datetime import datetime  # noqa: TC003 - msgspec reads the annotation when it decodes
from enum import StrEnum
from math import isnan
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arls.eligibility import Case, Exclusion, Question, ago, excluded, sifted
from arls.eta import Doubtfulness, Eta, crow_interval, flight_interval, launches_s, road_interval
from arls.geo import distances_m, find_grid_reference
from arls.incident import GRADES, IncidentId
from arls.roads.live import UNREACHED_MS, Asked, Roads
from arls.track import Freshness
from arls.unit import Callsign  # noqa: TC001 - as `datetime`

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arls.picture import Picture
    from arls.roads.profile import Profile
    from arls.state import Known

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

__all__ = [
    "Basis",
    "Candidate",
    "Exclusion",
    "Question",
    "Ranking",
    "Reason",
    "Verdict",
    "bytes_of",
    "rank",
    "sha256_of",
]

# Streets are named for the first so many candidates: nobody reads the way of the two hundredth.
STREETS_FOR = 10
STREETS_SHOWN = 6

# Codes of reasons: a straight line is a guess where a road should lead, and the way itself for who flies.
_GUESSED = "straight_line"
_FLIES = "flies"


class Basis(StrEnum):
    """What an ETA rests on."""

    ROAD = "road"
    STRAIGHT_LINE = "straight_line"  # where no road is known, and for who flies: the reasons say which


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


def rank(question: Question, known: Known, roads: Roads) -> Ranking:
    """Everybody who may be sent, soonest first, and everybody else with the reason why not."""
    cases, exclusions = sifted(question, known)
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


def _profile_of(case: Case) -> str:
    if case.question.profile is not None:
        return case.question.profile
    grade = GRADES.get(case.question.grade or "")
    responding = grade is None or grade.response
    return case.unit.profile if responding else case.unit.profile.replace("car-response", "car-normal")


def _timed(cases: list[Case], profile: str, picture: Picture, roads: Roads) -> tuple[list[Candidate], list[Exclusion]]:
    mobility = roads.profile(profile)
    if mobility.kind == "water":
        return [], [excluded(case, "by_water", "goes by water: no ETA is known") for case in cases]
    numbers = np.array([picture.numbers[case.unit.callsign] for case in cases])
    if mobility.kind == "air":
        return _flown(cases, mobility, numbers, picture), []
    return _driven(cases, mobility, numbers, picture, roads)


def _driven(
    cases: list[Case], mobility: Profile, numbers: Longs, picture: Picture, roads: Roads
) -> tuple[list[Candidate], list[Exclusion]]:
    profile, goal = mobility.name, cases[0].question.position
    # A few are measured one by one when they are shown; all at once only when all are.
    everybody = cases[0].question.k is None
    answer = roads.reach(goal, Asked(profile=profile, numbers=numbers, columns=picture.columns), measured=everybody)
    doubt = _doubt_of(cases, numbers, picture)
    by_road = road_interval(answer.cost_ms / 1000.0, doubt, profile)
    by_crow = crow_interval(answer.crow_m, doubt, profile)
    candidates, exclusions = [], []
    for i, case in enumerate(cases):
        basis = Basis.STRAIGHT_LINE if answer.off_map[i] else Basis.ROAD
        if basis is Basis.ROAD and answer.cost_ms[i] == UNREACHED_MS:
            exclusions.append(excluded(case, "unreachable", "no road leads there for it"))
            continue
        eta_s = _eta_of(by_crow if answer.off_map[i] else by_road, i)
        distance_m = float(answer.crow_m[i] if answer.off_map[i] else answer.length_m[i])
        candidates.append(_candidate(case, mobility, eta_s, basis, distance_m, float(answer.crow_m[i])))
    return candidates, exclusions


def _flown(cases: list[Case], mobility: Profile, numbers: Longs, picture: Picture) -> list[Candidate]:
    """Who flies needs no road: its straight line is no guess."""
    if mobility.straight is None:
        raise ValueError(f"the profile {mobility.name} flies at no speed")
    goal, columns = cases[0].question.position, picture.columns
    crow_m = distances_m(
        from_lats=columns["lat"][numbers],
        from_lons=columns["lon"][numbers],
        to_lats=np.full(len(numbers), goal.lat),
        to_lons=np.full(len(numbers), goal.lon),
    )
    speed_mps = columns["speed_mps"][numbers]
    flown = flight_interval(crow_m, _doubt_of(cases, numbers, picture), mobility.straight, speed_mps)
    launch_s = launches_s(mobility.straight, speed_mps)
    candidates = []
    for i, case in enumerate(cases):
        said = f"flies: {launch_s[i]:.0f} s to launch" if launch_s[i] else "flies: in the air"
        metres, flies = float(crow_m[i]), Reason(code=_FLIES, text=said)
        candidates.append(
            _candidate(case, mobility, _eta_of(flown, i), Basis.STRAIGHT_LINE, metres, metres, flies=flies)
        )
    return candidates


def _doubt_of(cases: list[Case], numbers: Longs, picture: Picture) -> Doubtfulness:
    return Doubtfulness(
        age_s=np.array([case.age_s for case in cases], np.float64),
        error_s=picture.columns["error_s"][numbers],
        accuracy_m=picture.columns["accuracy_m"][numbers],
        mobilise_s=np.array([case.state.mobilise_s if case.state else 0 for case in cases], np.float64),
    )


def _eta_of(interval: tuple[Floats, Floats, Floats], i: int) -> Eta:
    low, mid, high = (round(float(bound[i]), 3) for bound in interval)
    return Eta(low=low, mid=mid, high=high)


def _candidate(
    case: Case,
    mobility: Profile,
    eta_s: Eta,
    basis: Basis,
    distance_m: float,
    crow_m: float,
    *,
    flies: Reason | None = None,
) -> Candidate:
    return Candidate(
        rank=0,
        callsign=case.unit.callsign,
        kind=case.unit.kind,
        eta_s=eta_s,
        basis=basis,
        distance_m=round(distance_m, 1),
        straight_line_m=round(crow_m, 1),
        streets=(),
        fix_age_s=round(case.age_s or 0.0, 3),
        freshness=case.freshness,
        profile=mobility.name,
        reasons=tuple(_reasons(case, basis, flies)),
    )


def _reasons(case: Case, basis: Basis, flies: Reason | None) -> list[Reason]:
    reasons = [flies] if flies else []
    if basis is Basis.STRAIGHT_LINE and not flies:
        reasons.append(Reason(code=_GUESSED, text="no road is known there: a straight line, very rough"))
    if case.state is not None and case.state.mobilise_s:
        said = f"{case.state.label}: {case.state.mobilise_s} s to get going"
        reasons.append(Reason(code="mobilise", text=said))
    if case.freshness is not Freshness.FRESH:
        reasons.append(Reason(code="old_fix", text=f"position {ago(case.age_s or 0.0)} old"))
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
    if any(reason.code == _GUESSED for reason in first.reasons):
        return Verdict.UNKNOWN, f"{first.callsign} by a straight line only: no road is known there"
    rivals = [other.callsign for other in others if other.eta_s.low < first.eta_s.high]
    if not rivals:
        return Verdict.ROBUST, f"{first.callsign} is there first"
    named = ", ".join(rivals[:3]) + (f" and {len(rivals) - 3} more" if len(rivals) > 3 else "")
    return Verdict.AMBIGUOUS, f"too close to call: {first.callsign} or {named}"
