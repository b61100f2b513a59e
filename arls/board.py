"""Who can be first to each open incident: the order of `ranking`, for all of them at once.

It decides nothing: whoever may be offered, and the order, are those of a ranking of each at the same instant, which are
asked for by columns. There are no metres, streets, reasons or intervals.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from arls.eligibility import Everybody, Question
from arls.eta import certain, crow_interval, flight_interval
from arls.geo import Position, distances_m
from arls.lineup import Queue, queue_of
from arls.lists import STANDS
from arls.operation import Ground, ground_of
from arls.pipeline import OFFER, run, sheet_of
from arls.roads.live import UNREACHED_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from arls.closure import Closures
    from arls.incident import Incident, IncidentId
    from arls.roads.live import Roads
    from arls.state import Known
    from arls.timing import Party
    from arls.unit import Callsign

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

# An ETA is sorted with who goes before whom in one whole number: so many bits for a million units, the ETA above them,
# and above it the tier.
_BITS, _ETA_BITS = 20, 40
NEVER_MS = np.int64(2**_ETA_BITS)
_TIERS = np.array([stand.tier for stand in STANDS])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Order:
    """The units that have a way to one incident, the soonest first."""

    numbers: Longs  # [m] in the picture
    eta_ms: Longs  # [m] the middle of each one's ETA

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Board:
    """The orders of incidents, all of one instant and picture."""

    at: datetime
    known: Known
    orders: dict[IncidentId, Order]

    def first(self, incident: IncidentId, k: int = 1) -> tuple[Callsign, ...]:
        """The first k of an incident."""
        names = self.known.picture.callsigns
        return tuple(names[number] for number in self.orders[incident].numbers[:k].tolist())


def question_of(incident: Incident, at: datetime) -> Question:
    """What a ranking of an incident is asked."""
    return Question(position=incident.goal, at=at, grade=incident.grade, incident=incident.id)


def board_of(
    known: Known,
    roads: Roads,
    at: datetime,
    *,
    closures: Closures | None = None,
    incidents: Iterable[Incident] | None = None,
) -> Board:
    """The board of all open incidents, or of these; under the closures in force, or under these."""
    (board,) = boards_of(known, roads, at, [known.closures_at(at) if closures is None else closures], incidents)
    return board


def boards_of(
    known: Known, roads: Roads, at: datetime, closures: Sequence[Closures], incidents: Iterable[Incident] | None = None
) -> list[Board]:
    """The same under each of several sets of closures: who may be sent at all is asked once."""
    standing = (one for one in known.incidents.values() if one.closed_at is None and not one.held_at(at))
    by_grade: defaultdict[tuple[str, str, Ground], list[Question]] = defaultdict(list)
    for incident in standing if incidents is None else incidents:
        alike_by = incident.grade, incident.policy, ground_of(incident, known.operations)
        by_grade[alike_by].append(question_of(incident, at))
    everybody = Everybody(known, at)
    queue = queue_of(known.picture.callsigns, everybody.age_s)
    # Who may be offered, and by which profile each would go, depends on grade and ground, but for who is there.
    parties_by = {grade: run(sheet_of(alike[0], everybody, roads), OFFER).parties for grade, alike in by_grade.items()}
    by_road = {party.mobility.name for some in parties_by.values() for party in some if party.mobility.kind == "road"}
    for held in closures:
        roads.open(sorted(by_road), closures=held)
    orders: list[dict[IncidentId, Order]] = [{} for _ in closures]
    for grade, alike in by_grade.items():
        parties = parties_by[grade]
        for some, held in zip(orders, closures, strict=True):
            eta_ms = times_ms_of(alike, parties, known, roads, held)
            for one, row in zip(map(_id_of, alike), eta_ms, strict=True):
                there = (*everybody.attending.get(one, ()), *everybody.refusers(one))
                some[one] = order_of(parties, row, queue, there)
    return [Board(at=at, known=known, orders=some) for some in orders]


def _id_of(question: Question) -> IncidentId:
    if question.incident is None:
        raise ValueError("this question is of no incident")
    return question.incident


def order_of(parties: Sequence[Party], eta_ms: Longs, queue: Queue, there: Sequence[int]) -> Order:
    """The order by `eta_ms` of the parties' units, in their order, but of those who are `there` or refused to be."""
    nobody = np.empty(0, np.int64)
    numbers = np.concatenate([nobody, *(party.numbers for party in parties)])
    tier = _TIERS[np.concatenate([nobody, *(party.stand for party in parties)])]
    timed = np.flatnonzero((eta_ms < NEVER_MS) & ~np.isin(numbers, there) if there else eta_ms < NEVER_MS)
    # One sort of whole numbers takes a quarter of what two keys take.
    keys = np.sort((tier[timed] << _ETA_BITS | eta_ms[timed]) << _BITS | queue.place[numbers[timed]])
    return Order(numbers=queue.numbers[keys & (2**_BITS - 1)], eta_ms=keys >> _BITS & (2**_ETA_BITS - 1))


def times_ms_of(
    questions: Sequence[Question], parties: Sequence[Party], known: Known, roads: Roads, closures: Closures
) -> Longs:
    """[questions, units of the parties] the middle of the ETA of each, or NEVER_MS."""
    goals = [question.position for question in questions]
    eta_ms = [_party_ms(party, goals, known, roads, closures) for party in parties]
    return np.hstack([np.empty((len(questions), 0), np.int64), *eta_ms])


def _party_ms(party: Party, goals: Sequence[Position], known: Known, roads: Roads, closures: Closures) -> Longs:
    eta_ms: Longs = np.full((len(goals), len(party.numbers)), NEVER_MS)
    straight = np.full(eta_ms.shape, party.mobility.kind == "air")
    if party.mobility.kind == "road":
        asked = known.picture.asked_of(party.numbers, party.mobility.name)
        found = roads.reach_all(goals, asked, closures=closures)
        mobilise_ms = np.rint(party.mobilise_s * 1000.0).astype(np.int64)
        eta_ms, straight = found.cost_ms + mobilise_ms, found.off_map
        eta_ms[found.cost_ms == UNREACHED_MS] = NEVER_MS
    goal, unit = np.nonzero(straight)
    if len(goal):
        eta_ms[goal, unit] = _straight_ms(party, unit, [goals[row] for row in goal.tolist()], known)
    return eta_ms


def _straight_ms(party: Party, units: Longs, goals: Sequence[Position], known: Known) -> Longs:
    """Of some of a party each to a goal: through the air, or where no road is known."""
    columns, numbers = known.picture.columns, party.numbers[units]
    crow_m = distances_m(
        from_lats=columns["lat"][numbers],
        from_lons=columns["lon"][numbers],
        to_lats=np.array([goal.lat for goal in goals]),
        to_lons=np.array([goal.lon for goal in goals]),
    )
    # Nothing but when each gets going moves the middle of an ETA.
    doubt = replace(certain(len(units)), mobilise_s=party.mobilise_s[units])
    if party.mobility.straight is not None:
        _, mid_s, _ = flight_interval(crow_m, doubt, party.mobility.straight, columns["speed_mps"][numbers])
    else:
        _, mid_s, _ = crow_interval(crow_m, doubt, party.mobility.name)
    return np.array([round(1000.0 * round(eta_s, 3)) for eta_s in mid_s.tolist()])
