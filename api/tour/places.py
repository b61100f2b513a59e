"""Where the tour's scene plays: found on the roads, beside two street ends that face each other across a river.

It decides where the scene's cars stand, and which road is shut, by asking what each would do to the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from api.tour.desk import TourError
from arls.closure import Closure, ClosureId, Line
from arls.geo import Position
from arls.roads.profile import MAIN_COMPONENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from arls.roads.live import Roads
    from arls.roads.path import Path as Way

PROFILE = "car-response"
CASE = "river-opposite-bank"
_EVER = datetime.min.replace(tzinfo=UTC)
# The first car stands so far away, in seconds; so many places are looked at.
_FIRST_S, _LOOKED_AT = (60.0, 115.0), 24
# So much later than the first is the second, and so much later than the second the first on its way round.
_APART_S = 15.0
_LONGEST_MS = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where everything is."""

    what: str  # of the place, in the words of the county's hard cases
    goal: Position  # where it happens
    opposite: Position  # on the other bank
    first: Position  # who is there first, until its road is shut
    second: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A piece of one street on somebody's way."""

    street: str
    line: tuple[Position, ...]


class _End(msgspec.Struct):
    lat: float
    lon: float

    @property
    def position(self) -> Position:
        return Position(lat=self.lat, lon=self.lon)


class _Case(msgspec.Struct, rename={"start": "from", "end": "to"}):
    """What is read of a hard case."""

    name: str
    what: str
    start: _End | None = None
    end: _End | None = None


def find_scene(roads: Roads, cases: Path) -> Scene:
    """The scene by the county's hard cases. Raises TourError where these roads have no such place."""
    rows = msgspec.json.decode(cases.read_bytes(), type=list[_Case])
    case = next((row for row in rows if row.name == CASE and row.start and row.end), None)
    if case is None or case.start is None or case.end is None:
        raise TourError(f"{cases} has no {CASE}")
    goal = case.end.position
    stands = [(at, way) for at in _around(roads, goal) if (way := roads.find_way(at, goal, PROFILE)) is not None]
    for at, way in sorted(stands, key=lambda stand: -_won_ms(roads, goal, *stand)):
        stretch, round_ms = _worst(roads, goal, at, way)
        if stretch is None:
            continue
        for other, other_way in stands:
            apart_ms = _APART_S * 1000
            later = way.cost_ms + apart_ms <= other_way.cost_ms <= round_ms - apart_ms
            if later and _cost_ms(roads, other, goal, stretch) == other_way.cost_ms:
                return Scene(what=case.what, goal=goal, opposite=case.start.position, first=at, second=other)
    raise TourError("no road near the scene can be shut so that the order changes")


def find_closure(roads: Roads, goal: Position, stands: Mapping[str, Position]) -> Stretch | None:
    """The piece of the first one's way that, shut, moves it furthest behind another; None where none does.

    `stands` are the candidates that drive, in their order.
    """
    (_, first), *others = stands.items()
    way = roads.find_way(first, goal, PROFILE)
    if way is None or not others:
        return None

    best: tuple[int, Stretch] | None = None
    for stretch in _stretches_of(roads, way):
        mine_ms = _cost_ms(roads, first, goal, stretch)
        behind_ms = mine_ms - min(_cost_ms(roads, at, goal, stretch) for _, at in others)
        # Whoever is cut off moves nowhere in the list: it leaves it.
        if mine_ms < _LONGEST_MS and behind_ms > (best[0] if best else 0):
            best = behind_ms, stretch
    return best[1] if best else None


def _won_ms(roads: Roads, goal: Position, at: Position, way: Way) -> int:
    """How much longer the way round is; what is cut off for good counts as no way round."""
    round_ms = _worst(roads, goal, at, way)[1]
    return round_ms - way.cost_ms if round_ms < _LONGEST_MS else 0


def _worst(roads: Roads, goal: Position, at: Position, way: Way) -> tuple[Stretch | None, int]:
    """The stretch of a way whose closure costs most, of those that leave a way round, and what it then takes."""
    costs = [(stretch, _cost_ms(roads, at, goal, stretch)) for stretch in _stretches_of(roads, way)]
    return max(((one, ms) for one, ms in costs if ms < _LONGEST_MS), key=lambda cost: cost[1], default=(None, 0))


def _around(roads: Roads, goal: Position) -> Iterator[Position]:
    """Places from which the goal is so many seconds away, spread over all there are."""
    spread = roads.spread([goal], PROFILE, towards=True)
    near_s = spread.near_ms / 1000
    shortest_s, longest_s = _FIRST_S
    longest_s += 3 * _APART_S
    fits = (near_s > shortest_s) & (near_s < longest_s) & (spread.weights.component == MAIN_COMPONENT)
    arcs = np.flatnonzero(fits)
    for arc in arcs[:: max(1, len(arcs) // _LOOKED_AT)]:
        points = _points_of(roads, int(arc))
        a, b = points[(len(points) - 1) // 2], points[(len(points) + 1) // 2]
        yield Position(lat=(a.lat + b.lat) / 2, lon=(a.lon + b.lon) / 2)


def _cost_ms(roads: Roads, at: Position, goal: Position, shut: Stretch) -> int:
    closure = Closure(id=ClosureId("thought of"), shape=Line(positions=shut.line), since=_EVER)
    way = roads.find_way(at, goal, PROFILE, closures=(closure,))
    return _LONGEST_MS if way is None else way.cost_ms


def _stretches_of(roads: Roads, way: Way) -> Sequence[Stretch]:
    """The streets of a way, without the pieces where it begins and ends: somebody stands there."""
    network = roads.network

    def name_of(arc: int) -> str:
        return str(network.names[network.street_name[network.arc_street[arc]]])

    return [
        Stretch(street=name, line=tuple(point for arc in arcs for point in _points_of(roads, arc)))
        for name, arcs in groupby(way.arcs.tolist()[1:-1], key=name_of)
        if name
    ]


def _points_of(roads: Roads, arc: int) -> list[Position]:
    network, street = roads.network, roads.network.arc_street[arc]
    points = slice(network.street_point_start[street], network.street_point_start[street + 1])
    step = -1 if network.arc_backward[arc] else 1
    lats, lons = network.point_lat[points][::step].tolist(), network.point_lon[points][::step].tolist()
    return [Position(lat=lat, lon=lon) for lat, lon in zip(lats, lons, strict=True)]
