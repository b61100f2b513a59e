"""Who can be there first: every unit is either a candidate with its ETA and reasons, or excluded with a reason.

It decides what is told of each, and how sure the first place is. It sends nobody: a dispatcher decides. The steps, and
with them the order, stand in `pipeline`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from math import floor, isnan
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from arls.asking import awaited
from arls.circle import Area, find_doubt
from arls.closure import ClosureId
from arls.detour import cut_off, find_cost
from arls.eligibility import BUSY, Everybody, Exclusion, Question, ago
from arls.eta import Eta, launches_s
from arls.geo import find_grid_reference
from arls.incident import IncidentId
from arls.lists import STANDS, Listed
from arls.muster import Muster, find_plan, muster_of, shortfalls_of
from arls.pipeline import exclusions_of, get_lineup, run, sheet_of
from arls.reasons import Bar, Note
from arls.rivals import Outlook, Scene, outlooks
from arls.roads.profile import WALK_MPS
from arls.shifts import find_shift_reasons
from arls.track import Freshness
from arls.unit import Callsign, find_held_back

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from arls.diversion import Task
    from arls.lineup import Row
    from arls.roads.live import Roads
    from arls.roster import Doing
    from arls.state import Known
    from arls.timing import Party, Times

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


class Basis(StrEnum):
    """What an ETA rests on."""

    ROAD = "road"
    STRAIGHT_LINE = "straight_line"  # where no road is known, and for who flies: the reasons say which


class Verdict(StrEnum):
    """How sure the first place is."""

    ROBUST = "robust"  # the first is there before all others at least nine times in ten
    AMBIGUOUS = "ambiguous"  # too close to call
    UNKNOWN = "unknown"  # nobody, or nobody by a known road


class Reason(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that speaks for or against a candidate: a code for machines, a text for a dispatcher."""

    code: str
    text: str


_ROUGH = Reason(code=Note.STRAIGHT_LINE, text="no road is known there: a straight line, very rough")
_HELD = "firearms incident: armed units need authority, or go to the RVP only"
_ALONE = Reason(code=Note.SINGLE_CREWED, text="single-crewed")


class Candidate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A unit considered, with its ETA in seconds and what that rests on."""

    rank: int
    callsign: Callsign
    kind: str
    list: Listed
    diverts_from: IncidentId | None  # that it would leave
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
    everybody, closures = Everybody(known, question.at), known.closures_at(question.at)
    # A few are measured one by one when they are shown; all at once only when all are.
    sheet = run(sheet_of(question, everybody, roads, closures=closures, measured=question.k is None))
    lineup = get_lineup(sheet)
    scene = Scene(goal=question.position, at=question.at, known=known, roads=roads, closures=closures)
    looked_at = outlooks(lineup, scene)
    shown = len(lineup) if question.k is None else min(question.k, len(lineup))
    places = sorted({*looked_at, *range(shown)})
    crow_m = known.picture.crow_m(lineup.numbers[places], question.position).tolist()
    told = {
        row.place: _candidate(row, everybody, far_m, looked_at.get(row.place))
        for row, far_m in zip(lineup.rows(places), crow_m, strict=True)
    }
    verdict, text = _verdict_of([told[place] for place in sorted(looked_at)], int(lineup.tier[0]) if looked_at else 0)
    exclusions = exclusions_of(sheet)
    for party, time in zip(sheet.parties, sheet.times, strict=True):
        exclusions += _untimed(party, time, scene)
    plan = find_plan(question, known)
    reasons = {exclusion.callsign: exclusion.reason for exclusion in exclusions}
    mustered = muster_of(plan, lineup, scene, reasons, incident=question.incident) if plan else None
    return Ranking(
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
        candidates=tuple(_finished(told[n], scene) if _is_read(told[n]) else told[n] for n in range(shown)),
        exclusions=tuple(sorted(exclusions, key=lambda exclusion: exclusion.callsign)),
        closures=tuple(closure.id for closure in closures),
        shortfalls=shortfalls_of(mustered) if mustered else (),
        plan=mustered,
        omitted=len(lineup) - shown,
        caller_radius_m=_caller_radius_m(question, known),
        warnings=_warnings_of(question, known),
    )


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


def _candidate(row: Row, everybody: Everybody, crow_m: float, outlook: Outlook | None) -> Candidate:
    doing, freshness = everybody.known.roster.doings[row.numbers], everybody.freshness(row.numbers)
    flies = _find_flight(row, everybody.known)
    return Candidate(
        rank=row.place + 1,
        callsign=doing.unit.callsign,
        kind=doing.unit.kind,
        list=STANDS[row.stand].listed,
        diverts_from=doing.task.incident if doing.task else None,
        eta_s=outlook.eta_s if outlook else Eta(low=row.low_s, mid=row.mid_s, high=row.high_s),
        basis=Basis.STRAIGHT_LINE if row.guessed or flies else Basis.ROAD,
        distance_m=round(row.distance_m, 1),
        straight_line_m=round(crow_m, 1),
        streets=(),
        fix_age_s=round(row.age_s, 3),
        freshness=freshness,
        profile=row.mobility.name,
        reasons=_reasons(doing, row, everybody, flies),
        first_probability=outlook.first_probability if outlook else None,
    )


def _find_flight(row: Row, known: Known) -> Reason | None:
    if row.mobility.straight is None:
        return None
    (launch_s,) = launches_s(row.mobility.straight, known.picture.columns["speed_mps"][[row.numbers]]).tolist()
    return Reason(code=Note.FLIES, text="flies: " + (f"{launch_s:.0f} s to launch" if launch_s else "in the air"))


def _reasons(doing: Doing, row: Row, everybody: Everybody, flies: Reason | None) -> tuple[Reason, ...]:
    freshness, reasons = everybody.freshness(row.numbers), list(_of_its_list(doing, everybody))
    if flies:
        reasons.append(flies)
    if row.guessed:
        reasons.append(_ROUGH)
    if doing.afoot_m is not None:
        reasons.append(_afoot(doing.afoot_m))
    if doing.state is not None and doing.state.mobilise_s:
        reasons.append(_getting_going(doing.state.label, doing.state.mobilise_s))
    if freshness is not Freshness.FRESH:
        reasons.append(Reason(code=Note.OLD_FIX, text=f"position {ago(row.age_s)} old"))
    if doing.unit.crew == 1:
        reasons.append(_ALONE)
    if (slow := find_held_back(doing.unit)) is not None:
        reasons.append(Reason(code=Note.NO_RESPONSE_DRIVE, text=slow))
    if doing.unit.shift is not None:
        soft = find_shift_reasons(doing.unit, everybody.at, row.mid_s)
        reasons += [Reason(code=code, text=text) for code, text in soft]
    return tuple(reasons)


def _of_its_list(doing: Doing, everybody: Everybody) -> Iterator[Reason]:
    """Why it stands on another list than that of our own who are free."""
    if doing.task is not None:
        yield Reason(code=Note.DIVERTS, text=_leaving(doing.task, len(everybody.attending[doing.task.incident]) - 1))
    elif doing.state is not None and doing.state.availability in BUSY:
        yield Reason(code=Note.RELEASED, text=f"busy, but may be taken: {doing.state.label}")
    if doing.unit.organisation:
        yield Reason(code=Note.NEIGHBOUR, text=f"of {doing.unit.organisation}: to be asked for")


def _leaving(task: Task, others: int) -> str:
    stay = "nobody else would be" if not others else "1 other stays" if others == 1 else f"{others} others stay"
    return f"leaves {task.incident} (grade {task.grade}), where {stay}"


def _afoot(far_m: float) -> Reason:
    back = ago(far_m / WALK_MPS)
    return Reason(
        code=Note.LEFT_VEHICLE, text=f"on foot, {far_m:.0f} m from its vehicle: or {back} back to it and by that"
    )


@lru_cache(maxsize=256)
def _getting_going(label: str, mobilise_s: int) -> Reason:
    return Reason(code=Note.MOBILISE, text=f"{label}: {mobilise_s} s to get going")


def _is_read(candidate: Candidate) -> bool:
    """True where the way by road will be read, or its metres were not measured with all the others'."""
    return candidate.basis is Basis.ROAD and (candidate.rank <= STREETS_FOR or isnan(candidate.distance_m))


def _finished(candidate: Candidate, scene: Scene) -> Candidate:
    """By road with its streets, its metres and what closures cost it."""
    picture, roads = scene.known.picture, scene.roads
    asked = picture.asked_of(np.array([picture.numbers[candidate.callsign]]), candidate.profile)
    path = roads.find_path(scene.goal, asked, closures=scene.closures)
    if path is None:
        return candidate
    cost = find_cost(path, scene.goal, asked, roads, scene.closures)
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
