"""Who can be there first, where nobody knows more of "there" than a circle: a ranking of the circle, not of its centre.

It decides the order by the expected ETA over places spread evenly in the circle, each at the road nearest to it, and
whether it must be asked on which side of a river or motorway the caller is. Source of the spread: H. Vogel, "A better
way to construct the sunflower head", Mathematical Biosciences 44 (1979).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from arls.board import NEVER_MS, order_of, times_ms_of
from arls.circle import Area, Side
from arls.eligibility import Everybody
from arls.eta import Eta
from arls.geo import LocalPlane, Position
from arls.lineup import queue_of
from arls.lists import STANDS
from arls.pipeline import OFFER_TO_ONE, run, sheet_of
from arls.ranking import Candidate, Ranking, Verdict, rank
from arls.sides import sides_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from arls.circle import Circle
    from arls.eligibility import Question
    from arls.roads.live import Roads
    from arls.sides import Sides
    from arls.state import Known
    from arls.unit import Callsign

    Longs = NDArray[np.int64]

# So many places: a share of the circle is then told to 1.6 %.
SAMPLES: Final = 64
_GOLDEN_ANGLE: Final = np.pi * (3.0 - np.sqrt(5.0))
_ROBUST_FROM: Final = 0.9
_SIDES_BY: Final = "car-response"  # a place lies on the side of the road from which a car would come
METHOD: Final = f"expected ETA over {SAMPLES} places spread evenly in the circle"


def places_within(circle: Circle) -> list[Position]:
    """The same places for the same circle, each for an equal part of it."""
    n = np.arange(SAMPLES)
    away_m = circle.radius_m * np.sqrt((n + 0.5) / SAMPLES)
    plane = LocalPlane(circle.centre)
    lats, lons = plane.degrees_of(x=away_m * np.cos(n * _GOLDEN_ANGLE), y=away_m * np.sin(n * _GOLDEN_ANGLE))
    return [Position(lat=lat, lon=lon) for lat, lon in zip(lats.tolist(), lons.tolist(), strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Timed:
    """What it takes those who may be sent to the samples, as lists by `column`, and who is first at each sample."""

    column: dict[Callsign, int]
    tier: list[int]
    missed: list[int]  # samples to which there is no way for it
    soonest_s: list[float]  # of the samples that it reaches; so are the next two
    mean_s: list[float]
    latest_s: list[float]
    firsts: list[Callsign | None]  # by sample

    def merit(self, candidate: Candidate) -> tuple[int, int, float, int]:
        """The less, the further in front."""
        n = self.column[candidate.callsign]
        return self.tier[n], self.missed[n], self.mean_s[n], candidate.rank


def rank_within(question: Question, circle: Circle, known: Known, roads: Roads) -> Ranking:
    """Everybody who may be sent, by the expected ETA over the circle; `question` is asked of its centre.

    The ETA of each is from the soonest to the latest over the circle; `first_probability` is the share of the circle
    in which it is first. Who reaches only a part of the circle stands behind all who reach the whole of it.
    """
    question = replace(question, position=circle.centre)
    base, samples = rank(replace(question, k=None), known, roads), places_within(circle)
    timed = _timed(question, samples, known, roads)
    order = sorted(base.candidates, key=timed.merit)
    shares = Counter(timed.firsts)
    shown = len(order) if question.k is None else min(question.k, len(order))
    candidates = tuple(_over(one, timed, shares, place) for place, one in enumerate(order[:shown], 1))
    places = roads.places_of(samples, roads.weights(_SIDES_BY), ends=True)
    area = _area(circle, sides_of(circle, samples, places, roads.network), timed.firsts, samples)
    verdict, text = _verdict(area, candidates, base)
    return msgspec.structs.replace(
        base,
        candidates=candidates,
        omitted=len(order) - shown,
        verdict=verdict,
        verdict_text=text,
        area=area,
    )


def _timed(question: Question, samples: Sequence[Position], known: Known, roads: Roads) -> _Timed:
    everybody, closures = Everybody(known, question.at), known.closures_at(question.at)
    parties = run(sheet_of(question, everybody, roads, closures=closures), OFFER_TO_ONE).parties
    asked = [replace(question, position=sample) for sample in samples]
    eta_ms = times_ms_of(asked, parties, known, roads, closures)
    queue, names = queue_of(known.picture.callsigns, everybody.age_s), known.picture.callsigns
    orders = [order_of(parties, row, queue, ()) for row in eta_ms]
    nobody = np.zeros(0, np.int64)
    numbers = np.concatenate([nobody, *(party.numbers for party in parties)])
    stands = np.concatenate([nobody, *(party.stand for party in parties)])
    reached = eta_ms < NEVER_MS
    count = reached.sum(axis=0)
    total_ms = np.where(reached, eta_ms, 0).sum(axis=0)
    soonest_ms, latest_ms = eta_ms.min(axis=0, initial=NEVER_MS), np.where(reached, eta_ms, 0).max(axis=0, initial=0)
    return _Timed(
        column={names[number]: column for column, number in enumerate(numbers.tolist())},
        tier=np.array([stand.tier for stand in STANDS])[stands].tolist(),
        missed=(len(samples) - count).tolist(),
        soonest_s=(soonest_ms / 1000.0).tolist(),
        mean_s=np.round(total_ms / np.maximum(count, 1) / 1000.0, 3).tolist(),
        latest_s=(latest_ms / 1000.0).tolist(),
        firsts=[names[int(order.numbers[0])] if len(order) else None for order in orders],
    )


def _over(candidate: Candidate, timed: _Timed, firsts: Counter[Callsign | None], place: int) -> Candidate:
    """The candidate at its place in the order, with its ETA over the circle."""
    n, centre = timed.column[candidate.callsign], candidate.eta_s
    share = round(firsts[candidate.callsign] / SAMPLES, 3)
    if timed.missed[n] == SAMPLES:
        return msgspec.structs.replace(candidate, rank=place, first_probability=share)
    # What makes an ETA of the centre early or late makes it so all over the circle.
    early, late = (bound / centre.mid if centre.mid else 1.0 for bound in (centre.low, centre.high))
    eta_s = Eta(
        low=round(timed.soonest_s[n] * min(early, 1.0), 3),
        mid=timed.mean_s[n],
        high=round(timed.latest_s[n] * max(late, 1.0), 3),
    )
    return msgspec.structs.replace(candidate, rank=place, eta_s=eta_s, first_probability=share)


def _area(circle: Circle, sides: Sides, firsts: Sequence[Callsign | None], samples: Sequence[Position]) -> Area:
    told = []
    for place, name in enumerate(sides.names):
        members = np.flatnonzero(sides.side == place).tolist()
        there = [first for n in members if (first := firsts[n]) is not None]
        middle = samples[members[len(members) // 2]]
        told.append(
            Side(
                name=name,
                share=round(len(members) / len(samples), 3),
                first=_most_often(there),
                lat=middle.lat,
                lon=middle.lon,
            )
        )
    shares = {first: firsts.count(first) / len(firsts) for first in firsts if first is not None}
    return Area(
        lat=circle.centre.lat,
        lon=circle.centre.lon,
        radius_m=circle.radius_m,
        confidence=circle.confidence,
        source=circle.source,
        method=METHOD,
        firsts={name: round(share, 3) for name, share in sorted(shares.items(), key=lambda one: (-one[1], one[0]))},
        sides=tuple(told) if len(told) > 1 else (),
    )


def _most_often(names: Sequence[Callsign]) -> Callsign | None:
    return min(set(names), key=lambda name: (-names.count(name), name), default=None)


def _verdict(area: Area, candidates: Sequence[Candidate], base: Ranking) -> tuple[Verdict, str]:
    """How sure the first place is over the circle, and what to ask."""
    if not candidates or not area.firsts:
        return base.verdict, base.verdict_text
    if len({side.first for side in area.sides}) > 1:
        told = ", ".join(
            f"{side.first or 'nobody'} is first in {side.name} ({side.share:.0%} of the circle)" for side in area.sides
        )
        count = {2: "two", 3: "three"}.get(len(area.sides), str(len(area.sides)))
        return Verdict.AMBIGUOUS, f"{count} sides that no road joins near: {told}: ask which side"
    first, share = next(iter(area.firsts.items()))
    said = f"{first} is first in {share:.0%} of a circle of {area.radius_m:.0f} m"
    if share < _ROBUST_FROM:
        return Verdict.AMBIGUOUS, f"too close to call: {said}"
    return base.verdict, f"{said}; at its centre {base.verdict_text}"
