"""Who fills the plan of an incident, slot by slot: who is on the way, who else to send, and what nobody fills, and why.

It decides which set of units completes the plan soonest, and never takes a unit away from anything: only those that
are free and ours fill a slot. Neighbours, aircraft and those who would have to be diverted are named as what could.
Whoever is the nearest of those that suit stays named first, whatever the set.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arls.backlog import wanted_of
from arls.eligibility import ago
from arls.eta import Eta
from arls.filling import MOST_SLOTS, Able, Filling, fill
from arls.incident import AssignmentState
from arls.plan import PlanInForce, Requirement, asked_plan
from arls.pool import Suits, names_of, pool_of
from arls.shortfall import CouldFill, could_fill, shortfall_of, whereabouts_of
from arls.timing import Party, times_of
from arls.unit import Callsign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from arls.eligibility import Question
    from arls.incident import Incident, IncidentId
    from arls.lineup import Lineup
    from arls.pool import Pool
    from arls.rivals import Scene
    from arls.state import Known

_THERE = Eta(low=0.0, mid=0.0, high=0.0)


class SlotStatus(StrEnum):
    """What becomes of a slot."""

    ASSIGNED = "assigned"  # by a unit that is there or on its way
    FILLED = "filled"  # by a free unit, once it is sent
    MISSING = "missing"


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One unit that the plan asks for: `requirement` is the place of what it must be, first the plan's, then `more`."""

    requirement: int
    need: str
    status: SlotStatus
    callsign: Callsign | None = None
    eta_s: Eta | None = None  # None: nobody, or nobody knows where it is
    reason: str = ""  # why nobody, of all that are missing of a requirement
    could: tuple[CouldFill, ...] = ()  # who from elsewhere, the soonest first


class Muster(msgspec.Struct, frozen=True, kw_only=True):
    """The plan in force, and who fills it."""

    plan: PlanInForce
    slots: tuple[Slot, ...]
    send: tuple[Callsign, ...]  # the free ones that complete it soonest, in the order in which they are there
    first: Callsign | None  # the nearest free one that suits a slot which nobody on the way fills
    complete_s: float | None  # until all are there; None: somebody is missing, or of one it is not known
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filled:
    """The filling with the units that it speaks of."""

    filling: Filling
    held: dict[Callsign, Eta | None]  # those on their way, in the order in which they were sent
    sent: dict[int, tuple[Callsign, Eta]]  # by place among the free


def find_plan(question: Question, known: Known) -> PlanInForce | None:
    """What a question asks for itself, or what its incident needs; None where nothing is asked for."""
    if question.plan is not None:
        return asked_plan(question.plan)
    incident = known.incidents.get(question.incident) if question.incident is not None else None
    if incident is None:
        return None
    plan = known.packs.plan_of(incident, known.plans.get(incident.id), question.at)
    return msgspec.structs.replace(plan, more=_more(plan, incident, known)) if incident.more_units else plan


def _more(plan: PlanInForce, incident: Incident, known: Known) -> tuple[Requirement, ...]:
    """Those asked for from the scene that nobody was sent for yet, as far as a plan has slots."""
    sent = [one for one in known.assignments.values() if one.incident == incident.id]
    room, more = MOST_SLOTS - sum(one.n for one in plan.requirements), []
    for wanted in wanted_of(incident, sent):
        if room > 0:
            more.append(Requirement(n=min(room, wanted.missing), capabilities=wanted.request.capabilities))
            room -= more[-1].n
    return tuple(more)


def muster_of(
    plan: PlanInForce,
    lineup: Lineup,
    scene: Scene,
    reasons: Mapping[Callsign, str],
    *,
    incident: IncidentId | None = None,
) -> Muster:
    """Who fills the plan at the scene of the incident. `reasons` say of everybody outside of the lineup why not."""
    known = scene.known
    requirements = (*plan.requirements, *plan.more)
    suits = Suits(requirements, known.roster)
    pool = pool_of(suits, lineup)
    held = _held(incident, scene)
    # Who was sent before fills none of what was asked for on top.
    planned = (1 << sum(one.n for one in plan.requirements)) - 1
    on_the_way = [Able(suits.mask(known.units[callsign]) & planned) for callsign in held]
    filling = fill(suits.slots, on_the_way, pool.free)
    filled = _Filled(filling=filling, held=held, sent=_sent(filling, pool, lineup, known))
    slots = [_slot(slot, requirements, suits, filled) for slot in range(len(suits.slots))]
    lacking = [slot for slot, told in enumerate(slots) if told.status is SlotStatus.MISSING]
    whereabouts = whereabouts_of(reasons, held, known) if lacking else {}
    for slot in lacking:
        need = slots[slot].requirement
        count = sum(slots[other].requirement == need for other in lacking)
        one = requirements[need]
        reason = shortfall_of(one, count, slot, suits=suits, known=known, whereabouts=whereabouts)
        could = could_fill(slot, pool, lineup, known)
        slots[slot] = msgspec.structs.replace(slots[slot], reason=reason, could=could)
    first = _find_first(filling, pool, lineup, known)
    told = Muster(
        plan=plan,
        slots=tuple(slots),
        send=tuple(filled.sent[place][0] for place in filling.send),
        first=first,
        complete_s=_complete_s(slots),
        text="",
    )
    return msgspec.structs.replace(told, text=_said(told))


def shortfalls_of(told: Muster) -> tuple[str, ...]:
    """What nobody fills, with the reason and with who could, each requirement once."""
    missing = [slot for slot in told.slots if slot.status is SlotStatus.MISSING]
    return tuple(dict.fromkeys("; ".join((slot.reason, *(one.text for one in slot.could))) for slot in missing))


def _slot(slot: int, requirements: Sequence[Requirement], suits: Suits, filled: _Filled) -> Slot:
    need, filling = suits.slots.needs[slot], filled.filling
    status, callsign, eta_s = SlotStatus.MISSING, None, None
    if slot in filling.held:
        status, callsign = SlotStatus.ASSIGNED, list(filled.held)[filling.held[slot]]
        eta_s = filled.held[callsign]
    elif slot in filling.sent:
        status, (callsign, eta_s) = SlotStatus.FILLED, filled.sent[filling.sent[slot]]
    return Slot(requirement=need, need=requirements[need].said, status=status, callsign=callsign, eta_s=eta_s)


def _sent(filling: Filling, pool: Pool, lineup: Lineup, known: Known) -> dict[int, tuple[Callsign, Eta]]:
    places = [pool.places[place] for place in filling.send]
    etas = [Eta(low=row.low_s, mid=row.mid_s, high=row.high_s) for row in lineup.rows(places)]
    return dict(zip(filling.send, zip(names_of(places, lineup, known), etas, strict=True), strict=True))


def _held(incident: IncidentId | None, scene: Scene) -> dict[Callsign, Eta | None]:
    """Who is assigned to the incident, as they were sent, and when each is there; None of whom it is not known."""
    known = scene.known
    assignments = sorted(
        (
            assignment
            for name in known.active.values()
            if (assignment := known.assignments[name]).incident == incident and incident is not None
        ),
        key=lambda assignment: assignment.id,
    )
    there = {one.callsign: _THERE for one in assignments if one.state is AssignmentState.AT_SCENE}
    coming = _remaining([one.callsign for one in assignments if one.callsign not in there], scene)
    return {one.callsign: there.get(one.callsign) or coming.get(one.callsign) for one in assignments}


def _remaining(callsigns: Sequence[Callsign], scene: Scene) -> dict[Callsign, Eta]:
    """When those on their way are there from where they are now."""
    known, picture, found = scene.known, scene.known.picture, dict[Callsign, Eta]()
    located = [callsign for callsign in callsigns if picture.located[picture.numbers[callsign]]]
    for profile in sorted({known.units[callsign].profile for callsign in located}):
        alike = [callsign for callsign in located if known.units[callsign].profile == profile]
        numbers = np.array([picture.numbers[callsign] for callsign in alike], np.int64)
        party = Party(
            mobility=scene.roads.profile(profile),
            numbers=numbers,
            age_s=picture.age_s(scene.at)[numbers],
            mobilise_s=np.zeros(len(numbers)),
            stand=np.zeros(len(numbers), np.int64),
        )
        times = times_of(party, scene.goal, picture, scene.roads, closures=scene.closures, measured=False)
        for i in np.flatnonzero(times.known).tolist():
            low, mid, high = (round(float(column[i]), 3) for column in (times.low_s, times.mid_s, times.high_s))
            found[alike[i]] = Eta(low=low, mid=mid, high=high)
    return found


def _find_first(filling: Filling, pool: Pool, lineup: Lineup, known: Known) -> Callsign | None:
    taken = sum(1 << slot for slot in filling.held)
    suited = (place for able, place in zip(pool.free, pool.places, strict=True) if able.suits & ~taken)
    nearest = next(suited, None)
    return None if nearest is None else names_of([nearest], lineup, known)[0]


def _complete_s(slots: Sequence[Slot]) -> float | None:
    etas = [slot.eta_s for slot in slots]
    return max((eta.mid for eta in etas if eta is not None), default=0.0) if None not in etas else None


def _said(told: Muster) -> str:
    """The plan in a sentence."""
    if not told.slots:
        return told.plan.note or "nobody is asked for"
    missing = sum(slot.status is SlotStatus.MISSING for slot in told.slots)
    sent = {slot.callsign: slot.eta_s.mid for slot in told.slots if slot.eta_s and slot.callsign in told.send}
    parts = [f"send {', '.join(f'{callsign} ({ago(sent[callsign])})' for callsign in told.send)}"] if told.send else []
    if told.first is not None and told.first not in told.send:
        parts.append(f"{told.first} is nearer, and the set that completes the plan soonest does without it")
    if missing:
        parts.append(f"{missing} of {len(told.slots)} missing")
    elif told.complete_s is not None:
        parts.append(f"complete in {ago(told.complete_s)}" if told.complete_s else "complete")
    else:
        parts.append("when it is complete is not known")
    return "; ".join(parts)
