"""What is told of a candidate: its ETA, what that rests on, and everything that speaks for or against it.

It decides the words. The order, and who is a candidate at all, was decided by `pipeline`.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from arls.eligibility import BUSY, Everybody, ago
from arls.eta import Eta, launches_s
from arls.incident import IncidentId
from arls.lists import STANDS, Listed
from arls.reasons import Note
from arls.roads.profile import WALK_MPS
from arls.shifts import find_shift_reasons
from arls.track import Freshness
from arls.unit import Callsign, find_held_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.diversion import Task
    from arls.lineup import Row
    from arls.rivals import Outlook
    from arls.roster import Doing
    from arls.state import Known


class Basis(StrEnum):
    """What an ETA rests on."""

    ROAD = "road"
    STRAIGHT_LINE = "straight_line"  # where no road is known, and for who flies: the reasons say which


class Reason(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that speaks for or against a candidate: a code for machines, a text for a dispatcher."""

    code: str
    text: str


_ROUGH = Reason(code=Note.STRAIGHT_LINE, text="no road is known there: a straight line, very rough")
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


def candidate_of(row: Row, everybody: Everybody, crow_m: float, outlook: Outlook | None) -> Candidate:
    """What is told of the unit in a row, `crow_m` from the goal to a tenth; its streets are not looked at."""
    doing, freshness = everybody.known.roster.doings[row.numbers], everybody.freshness(row.numbers)
    flies = find_flight(row, everybody.known)
    return Candidate(
        rank=row.place + 1,
        callsign=doing.unit.callsign,
        kind=doing.unit.kind,
        list=STANDS[row.stand].listed,
        diverts_from=doing.task.incident if doing.task else None,
        eta_s=outlook.eta_s if outlook else Eta(low=row.low_s, mid=row.mid_s, high=row.high_s),
        basis=Basis.STRAIGHT_LINE if row.guessed or flies else Basis.ROAD,
        distance_m=row.distance_m,
        straight_line_m=crow_m,
        streets=(),
        fix_age_s=row.age_s,
        freshness=freshness,
        profile=row.mobility.name,
        reasons=reasons_of(doing, row, freshness, everybody, flies),
        first_probability=outlook.first_probability if outlook else None,
    )


def find_flight(row: Row, known: Known) -> Reason | None:
    """That it flies; None for who goes otherwise."""
    if row.mobility.straight is None:
        return None
    (launch_s,) = launches_s(row.mobility.straight, known.picture.columns["speed_mps"][[row.numbers]]).tolist()
    return Reason(code=Note.FLIES, text="flies: " + (f"{ago(launch_s)} to launch" if launch_s else "in the air"))


def reasons_of(
    doing: Doing, row: Row, freshness: Freshness, everybody: Everybody, flies: Reason | None
) -> tuple[Reason, ...]:
    """Everything that speaks for or against it, but for what closures cost it."""
    reasons = list(_of_its_list(doing, everybody))
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
    return Reason(code=Note.MOBILISE, text=f"{label}: {ago(mobilise_s)} to get going")
