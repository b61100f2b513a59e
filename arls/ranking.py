"""Who can be there first: every unit is either a candidate with its ETA and reasons, or excluded with a reason.

It decides what is told of each, and how sure the first place is. It sends nobody: a dispatcher decides. The steps, and
with them the order, stand in `pipeline`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from math import floor, isnan
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np

from arls.asking import awaited
from arls.candidates import Basis, Candidate, Reason, candidate_of
from arls.circle import Area, find_doubt
from arls.closure import ClosureId
from arls.detour import cut_off, find_cost
from arls.eligibility import Everybody, Exclusion, Question
from arls.geo import find_grid_reference
from arls.incident import IncidentId
from arls.lists import Listed
from arls.muster import Muster, find_plan, muster_of, shortfalls_of
from arls.pipeline import exclusions_of, get_lineup, run, sheet_of
from arls.reasons import Bar, Note
from arls.rivals import Scene, outlooks
from arls.tail import tail_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from arls.lineup import Lineup
    from arls.roads.live import Roads
    from arls.roads.path import Path
    from arls.state import Known
    from arls.timing import Party, Times

    Floats = NDArray[np.float64]

__all__ = [
    "Basis",
    "Candidate",
    "Exclusion",
    "Listed",
    "Question",
    "Ranking",
    "Reason",
    "Verdict",
    "bytes_of",
    "rank",
    "sha256_of",
    "shown",
]

# Streets are named for the first so many candidates: nobody reads the way of the two hundredth.
STREETS_FOR = 10
STREETS_SHOWN = 6

# Of a first place that is held so often we say that it is, and who is first so often instead is named beside it.
ROBUST_FROM, RIVAL_FROM = 0.9, 0.05
_NAMED = 3

# Why a unit has no ETA: by the kind of its profile, or because no road leads there.
_UNTIMED = {"water": (Bar.BY_WATER, "goes by water: no ETA is known")}
_NO_ROAD = (Bar.UNREACHABLE, "no road leads there for it")


class Verdict(StrEnum):
    """How sure the first place is."""

    ROBUST = "robust"  # the first is there before all others at least nine times in ten
    AMBIGUOUS = "ambiguous"  # too close to call
    UNKNOWN = "unknown"  # nobody, or nobody by a known road


_HELD = "firearms incident: armed units need authority, or go to the RVP only"


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
    goal: Literal["incident", "rvp"]  # what is there
    place: str | None  # the nearest street
    grid_ref: str | None
    verdict: Verdict
    verdict_text: str
    candidates: tuple[Candidate, ...]
    exclusions: tuple[Exclusion, ...]
    closures: tuple[ClosureId, ...] = ()
    shortfalls: tuple[str, ...] = ()
    plan: Muster | None = None  # what the incident needs and who fills it; None: nothing is asked for
    omitted: int = 0
    caller_radius_m: float | None = None  # the incident is in a circle in which its caller is somewhere: see `expanse`
    area: Area | None = None  # of a ranking of a whole circle
    warnings: tuple[str, ...] = ()  # of the incident's place: for whoever is sent, read before they go


def rank(question: Question, known: Known, roads: Roads) -> Ranking:
    """Everybody who may be sent, soonest first, and everybody else with the reason why not."""
    return _ranked(question, known, roads, all_told=True)[0]


def shown(question: Question, known: Known, roads: Roads) -> tuple[Ranking, bytes]:
    """A ranking without the candidates whom nobody reads first, and the bytes of the whole one, sooner than by it."""
    found, pieces = _ranked(question, known, roads, all_told=question.k is not None)
    return found, bytes_of(msgspec.structs.replace(found, candidates=pieces))


def _ranked(question: Question, known: Known, roads: Roads, *, all_told: bool) -> tuple[Ranking, tuple[Any, ...]]:
    """A ranking, and its candidates as they go into JSON; it has them all, or the first few and who may be first."""
    everybody, closures = Everybody(known, question.at), known.closures_at(question.at)
    # A few are measured one by one when they are shown; all at once only when all are.
    sheet = run(sheet_of(question, everybody, roads, closures=closures, measured=question.k is None))
    lineup = get_lineup(sheet)
    scene = Scene(goal=question.position, at=question.at, known=known, roads=roads, closures=closures)
    looked_at = outlooks(lineup, scene)
    shown = len(lineup) if question.k is None else min(question.k, len(lineup))
    crow_m = np.round(known.picture.crow_m(lineup.numbers, question.position), 1)
    read = shown if all_told else min(shown, STREETS_FOR)
    places = sorted({*looked_at, *range(read)})
    told = {
        row.place: candidate_of(row, everybody, far_m, looked_at.get(row.place))
        for row, far_m in zip(lineup.rows(places), crow_m[places].tolist(), strict=True)
    }
    candidates = _finished([told[n] for n in places if n < shown], scene)
    verdict, text = _verdict_of([told[place] for place in sorted(looked_at)], int(lineup.tier[0]) if looked_at else 0)
    exclusions = exclusions_of(sheet)
    for party, time in zip(sheet.parties, sheet.times, strict=True):
        exclusions += _untimed(party, time, scene)
    plan = find_plan(question, known)
    reasons = {exclusion.callsign: exclusion.reason for exclusion in exclusions}
    mustered = muster_of(plan, lineup, scene, reasons, incident=question.incident) if plan else None
    found = Ranking(
        at=question.at,
        picture=known.position,
        network=roads.checksum,
        incident=question.incident,
        lat=question.position.lat,
        lon=question.position.lon,
        goal=_goal_of(question, known),
        place=roads.find_street(question.position),
        grid_ref=find_grid_reference(question.position),
        verdict=verdict,
        verdict_text=text + awaited(question, known),
        candidates=tuple(candidates),
        exclusions=tuple(sorted(exclusions, key=lambda exclusion: exclusion.callsign)),
        closures=tuple(closure.id for closure in closures),
        shortfalls=shortfalls_of(mustered) if mustered else (),
        plan=mustered,
        omitted=len(lineup) - shown,
        caller_radius_m=_caller_radius_m(question, known),
        warnings=_warnings_of(question, known),
    )
    return found, tuple(_pieces(candidates, shown, lineup, crow_m, everybody))


def _pieces(
    candidates: Sequence[Candidate], shown: int, lineup: Lineup, crow_m: Floats, everybody: Everybody
) -> Iterator[Candidate | msgspec.Raw]:
    """The candidates up to the last that is shown, those between as they stand in JSON."""
    place = 0
    for candidate in (*candidates, None):
        until = shown if candidate is None else candidate.rank - 1
        if place < until:
            yield msgspec.Raw(tail_of(lineup, range(place, until), crow_m[place:until], everybody))
        if candidate is not None:
            yield candidate
        place = until + 1


def _goal_of(question: Question, known: Known) -> Literal["incident", "rvp"]:
    incident = known.incidents.get(question.incident) if question.incident is not None else None
    at_rvp = incident is not None and incident.rvp is not None and question.position == incident.goal
    return "rvp" if at_rvp else "incident"


def _warnings_of(question: Question, known: Known) -> tuple[str, ...]:
    incident = known.incidents.get(question.incident) if question.incident is not None else None
    if incident is None:
        return ()
    held = incident.firearms and incident.authorised is None
    return (*((_HELD,) if held else ()), *incident.locality.warnings)


def _caller_radius_m(question: Question, known: Known) -> float | None:
    incident = known.incidents.get(question.incident) if question.incident is not None else None
    doubt = find_doubt(incident, known) if incident is not None else None
    return doubt.radius_m if doubt is not None else None


def bytes_of(ranking: Ranking) -> bytes:
    """The ranking as JSON: equal rankings give equal bytes."""
    return msgspec.json.encode(ranking, order="deterministic")


def sha256_of(shown: bytes) -> str:
    """The hash by which a replayed ranking's bytes are compared with those that were shown."""
    return hashlib.sha256(shown).hexdigest()


def _untimed(party: Party, times: Times, scene: Scene) -> list[Exclusion]:
    """Those of a party for whom there is no way."""
    untimed = np.flatnonzero(~times.known).tolist()
    shut = cut_off(party, untimed, scene.goal, scene.known.picture, scene.roads, scene.closures)
    why = _UNTIMED.get(party.mobility.kind, _NO_ROAD)
    names = scene.known.picture.callsigns
    exclusions = []
    for i in untimed:
        code, reason = (Bar.CUT_OFF, shut[i]) if i in shut else why
        exclusions.append(Exclusion(callsign=names[party.numbers[i]], code=code, reason=reason))
    return exclusions


def _is_read(candidate: Candidate) -> bool:
    """True where the way by road will be read, or its metres were not measured with all the others'."""
    return candidate.basis is Basis.ROAD and (candidate.rank <= STREETS_FOR or isnan(candidate.distance_m))


def _finished(candidates: list[Candidate], scene: Scene) -> list[Candidate]:
    """Those who are read by road with their streets, their metres and what closures cost them."""
    finished = {candidate.callsign: candidate for candidate in candidates}
    read = [candidate for candidate in candidates if _is_read(candidate)]
    picture, roads = scene.known.picture, scene.roads
    for profile in {candidate.profile for candidate in read}:
        alike = [candidate for candidate in read if candidate.profile == profile]
        asked = picture.asked_of(np.array([picture.numbers[candidate.callsign] for candidate in alike]), profile)
        paths = roads.find_paths(scene.goal, asked, closures=scene.closures)
        for candidate, path in zip(alike, paths, strict=True):
            if path is not None:
                finished[candidate.callsign] = _told_of(candidate, path, scene)
    return list(finished.values())


def _told_of(candidate: Candidate, path: Path, scene: Scene) -> Candidate:
    picture = scene.known.picture
    asked = picture.asked_of(np.array([picture.numbers[candidate.callsign]]), candidate.profile)
    cost = find_cost(path, scene.goal, asked, scene.roads, scene.closures)
    return msgspec.structs.replace(
        candidate,
        streets=path.streets[-STREETS_SHOWN:],
        distance_m=round(path.length_m, 1),
        reasons=(*candidate.reasons, Reason(code=cost[0], text=cost[1])) if cost else candidate.reasons,
    )


# Said before a verdict where nobody stands on the lists in front.
_BEHIND = ("", "nobody is free: ", "nobody of ours: ", "nobody on the ground: ")


def _verdict_of(candidates: Sequence[Candidate], tier: int) -> tuple[Verdict, str]:
    """How sure the first place is among those of this tier, the foremost there is."""
    if not candidates:
        return Verdict.UNKNOWN, "nobody can be sent"
    first, lacking = candidates[0], _BEHIND[tier]
    if any(reason.code == Note.STRAIGHT_LINE for reason in first.reasons):
        return Verdict.UNKNOWN, f"{lacking}{first.callsign} by a straight line only: no road is known there"
    chance = first.first_probability or 0.0
    if chance >= ROBUST_FROM:
        return Verdict.ROBUST, f"{lacking}{first.callsign} is there first, {min(99, floor(100 * chance))} times in 100"
    others = sorted(candidates[1:], key=lambda other: -(other.first_probability or 0.0))
    likely = [other for other in others if (other.first_probability or 0.0) >= RIVAL_FROM] or others[:1]
    rest = f" and {len(likely) - _NAMED} more" if len(likely) > _NAMED else ""
    named = ", ".join(other.callsign for other in likely[:_NAMED])
    return Verdict.AMBIGUOUS, f"{lacking}too close to call: {first.callsign} or {named}{rest}"
