"""Who can be there first: every unit is either a candidate with its ETA and reasons, or excluded with a reason.

It decides the order, and how sure it is. It sends nobody: a dispatcher decides. The steps are the rules of
`eligibility`, then the ETA of *all* that are left, then the order: ETA, then age of the fix, then callsign.
"""

from __future__ import annotations

import hashlib
from datetime import datetime  # noqa: TC003 - msgspec reads the annotation when it decodes
from enum import StrEnum
from math import floor, isnan
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arls.closure import ClosureId  # noqa: TC001 - as `datetime`
from arls.detour import cut_off, find_cost
from arls.eligibility import Case, Exclusion, Question, ago, excluded, sifted
from arls.eta import Eta
from arls.geo import find_grid_reference
from arls.incident import IncidentId  # noqa: TC001 - as `datetime`
from arls.rivals import Rival, Scene, outlooks
from arls.timing import Party, Times, launch_s_of, parties_of, times_of
from arls.track import Freshness
from arls.unit import Callsign  # noqa: TC001 - as `datetime`

if TYPE_CHECKING:
    from arls.closure import Closures
    from arls.picture import Picture
    from arls.roads.live import Roads
    from arls.state import Known

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

# Of a first place that is held so often we say that it is, and who is first so often instead is named beside it.
ROBUST_FROM, RIVAL_FROM = 0.9, 0.05
_NAMED = 3

# Codes of reasons: a straight line is a guess where a road should lead, and the way itself for who flies.
_GUESSED = "straight_line"
_FLIES = "flies"

# Why a unit has no ETA: by the kind of its profile, or because no road leads there.
_UNTIMED = {"water": ("by_water", "goes by water: no ETA is known")}
_NO_ROAD = ("unreachable", "no road leads there for it")


class Basis(StrEnum):
    """What an ETA rests on."""

    ROAD = "road"
    STRAIGHT_LINE = "straight_line"  # where no road is known, and for who flies: the reasons say which


class Verdict(StrEnum):
    """How sure the first place is."""

    ROBUST = "robust"  # the first is there before all others at least nine times in ten
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
    first_probability: float | None = None  # that it is there before all others, 0 to 1; None: not worth a look


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """Candidates and exclusions together name every unit once, unless `omitted` says how many candidates were cut.

    `at`, `picture` (a journal position) and `network` (a checksum) are what it was made from: the same three give
    the same bytes again. `closures` are those that were in force at `at`.
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
    closures: tuple[ClosureId, ...] = ()
    shortfalls: tuple[str, ...] = ()
    omitted: int = 0


def rank(question: Question, known: Known, roads: Roads) -> Ranking:
    """Everybody who may be sent, soonest first, and everybody else with the reason why not."""
    cases, exclusions = sifted(question, known)
    closures = known.closures_at(question.at)
    candidates: list[Candidate] = []
    for party in parties_of(cases, known.picture, roads):
        timed, untimed = _ranked(party, question, known, roads, closures)
        candidates += timed
        exclusions += untimed
    candidates.sort(key=lambda candidate: (candidate.eta_s.mid, candidate.fix_age_s, candidate.callsign))
    candidates = _looked_at(candidates, question, known, roads, closures)
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
        candidates=tuple(_finished(n, c, question, known, roads, closures) for n, c in enumerate(shown, 1)),
        exclusions=tuple(sorted(exclusions, key=lambda exclusion: exclusion.callsign)),
        closures=tuple(closure.id for closure in closures),
        omitted=len(candidates) - len(shown),
    )


def bytes_of(ranking: Ranking) -> bytes:
    """The ranking as JSON: equal rankings give equal bytes."""
    return msgspec.json.encode(ranking, order="deterministic")


def sha256_of(ranking: Ranking) -> str:
    """The hash by which a replayed ranking is compared with the one that was shown."""
    return hashlib.sha256(bytes_of(ranking)).hexdigest()


def _ranked(
    party: Party, question: Question, known: Known, roads: Roads, closures: Closures
) -> tuple[list[Candidate], list[Exclusion]]:
    # A few are measured one by one when they are shown; all at once only when all are.
    everybody = question.k is None
    times = times_of(party, question.position, known.picture, roads, closures=closures, measured=everybody)
    flights = _flights_of(party, known.picture)
    candidates = [
        _candidate(party, times, i, flights[i] if flights else None) for i in np.flatnonzero(times.known).tolist()
    ]
    untimed = np.flatnonzero(~times.known).tolist()
    shut = cut_off(party, untimed, question.position, known.picture, roads, closures)
    why = _UNTIMED.get(party.mobility.kind, _NO_ROAD)
    exclusions = [excluded(party.cases[i], *(("cut_off", shut[i]) if i in shut else why)) for i in untimed]
    return candidates, exclusions


def _flights_of(party: Party, picture: Picture) -> list[Reason]:
    if party.mobility.kind != "air":
        return []
    said = (f"{launch_s:.0f} s to launch" if launch_s else "in the air" for launch_s in launch_s_of(party, picture))
    return [Reason(code=_FLIES, text=f"flies: {text}") for text in said]


def _candidate(party: Party, times: Times, i: int, flies: Reason | None) -> Candidate:
    case, guessed = party.cases[i], bool(times.guessed[i])
    return Candidate(
        rank=0,
        callsign=case.unit.callsign,
        kind=case.unit.kind,
        eta_s=Eta(low=_ms(times.low_s[i]), mid=_ms(times.mid_s[i]), high=_ms(times.high_s[i])),
        basis=Basis.STRAIGHT_LINE if guessed or flies else Basis.ROAD,
        distance_m=round(float(times.distance_m[i]), 1),
        straight_line_m=round(float(times.crow_m[i]), 1),
        streets=(),
        fix_age_s=_ms(case.age_s or 0.0),
        freshness=case.freshness,
        profile=party.mobility.name,
        reasons=tuple(_reasons(case, flies, guessed=guessed)),
    )


def _ms(seconds: float) -> float:
    return round(float(seconds), 3)


def _reasons(case: Case, flies: Reason | None, *, guessed: bool) -> list[Reason]:
    reasons = [flies] if flies else []
    if guessed:
        reasons.append(Reason(code=_GUESSED, text="no road is known there: a straight line, very rough"))
    if case.state is not None and case.state.mobilise_s:
        said = f"{case.state.label}: {case.state.mobilise_s} s to get going"
        reasons.append(Reason(code="mobilise", text=said))
    if case.freshness is not Freshness.FRESH:
        reasons.append(Reason(code="old_fix", text=f"position {ago(case.age_s or 0.0)} old"))
    if case.unit.crew == 1:
        reasons.append(Reason(code="single_crewed", text="single-crewed"))
    return reasons


def _finished(
    number: int, candidate: Candidate, question: Question, known: Known, roads: Roads, closures: Closures
) -> Candidate:
    """With its rank, and by road with its streets, its metres and what closures cost it, where that will be read."""
    ranked = msgspec.structs.replace(candidate, rank=number)
    if candidate.basis is not Basis.ROAD or (number > STREETS_FOR and not isnan(candidate.distance_m)):
        return ranked
    asked = known.picture.asked_of(np.array([known.picture.numbers[candidate.callsign]]), candidate.profile)
    path = roads.find_path(question.position, asked, closures=closures)
    if path is None:
        return ranked
    cost = find_cost(path, question.position, asked, roads, closures)
    return msgspec.structs.replace(
        ranked,
        streets=path.streets[-STREETS_SHOWN:],
        distance_m=round(path.length_m, 1),
        reasons=(*ranked.reasons, Reason(code=cost[0], text=cost[1])) if cost else ranked.reasons,
    )


def _looked_at(
    candidates: list[Candidate], question: Question, known: Known, roads: Roads, closures: Closures
) -> list[Candidate]:
    """The candidates, with the intervals and the chances of those who may be first by a close look."""
    scene = Scene(goal=question.position, at=question.at, known=known, roads=roads, closures=closures)
    found = outlooks([_rival(candidate, known) for candidate in candidates], scene)
    looked_at = list(candidates)
    for n, outlook in found.items():
        looked_at[n] = msgspec.structs.replace(
            candidates[n], eta_s=outlook.eta_s, first_probability=outlook.first_probability
        )
    return looked_at


def _rival(candidate: Candidate, known: Known) -> Rival:
    state = known.states.get(candidate.callsign)
    return Rival(
        callsign=candidate.callsign,
        eta_s=candidate.eta_s,
        profile=candidate.profile,
        by_road=candidate.basis is Basis.ROAD,
        mobilise_s=state.mobilise_s if state else 0.0,
    )


def _verdict_of(candidates: list[Candidate]) -> tuple[Verdict, str]:
    if not candidates:
        return Verdict.UNKNOWN, "nobody can be sent"
    first = candidates[0]
    if any(reason.code == _GUESSED for reason in first.reasons):
        return Verdict.UNKNOWN, f"{first.callsign} by a straight line only: no road is known there"
    chance = first.first_probability or 0.0
    if chance >= ROBUST_FROM:
        return Verdict.ROBUST, f"{first.callsign} is there first, {min(99, floor(100 * chance))} times in 100"
    others = sorted(candidates[1:], key=lambda other: -(other.first_probability or 0.0))
    likely = [other for other in others if (other.first_probability or 0.0) >= RIVAL_FROM] or others[:1]
    rest = f" and {len(likely) - _NAMED} more" if len(likely) > _NAMED else ""
    named = ", ".join(other.callsign for other in likely[:_NAMED])
    return Verdict.AMBIGUOUS, f"too close to call: {first.callsign} or {named}{rest}"
