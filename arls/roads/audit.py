"""A second opinion: the same ETAs by networkx, on a user's own network, to the millisecond.

It decides whether the house's search can be believed on this network. It shares nothing with it but the weights: the
graph is built anew, arc by arc and turn by turn, and networkx finds the way.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from arls.geo import Position
from arls.roads.dijkstra import UNREACHED, part_ms
from arls.roads.profile import FORBIDDEN, MAIN_COMPONENT
from arls.roads.search import eta_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from arls.roads.live import Roads
    from arls.roads.network import Network, Places
    from arls.roads.profile import Weights

# One search of networkx answers for all units, so few goals with many units each cost least.
_UNITS_A_GOAL = 20
# The goal is a node of its own, from which each of its places is as far as it takes from there.
_GOAL = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the two do not agree; None: no way."""

    start: Position
    goal: Position
    ours_ms: int | None
    theirs_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """How many ETAs were compared, how many had a way, and every difference."""

    compared: int
    reached: int
    differences: tuple[Difference, ...]


def audit(
    roads: Roads, profile: str, *, sample: int, seed: int = 0, progress: Callable[[float], None] = lambda _: None
) -> Audit:
    """Compare `sample` random ETAs of one profile on a network. Raises UnknownProfileError."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    weights = roads.weights(profile)
    graph = _graph_of(roads.network, weights)
    compared = reached = 0
    differences: list[Difference] = []
    while compared < sample:
        goal = _anywhere(roads.network, weights, chance)
        starts = [_anywhere(roads.network, weights, chance) for _ in range(min(_UNITS_A_GOAL, sample - compared))]
        goals, units = roads.places_of([goal], weights, ends=True), roads.places_of(starts, weights)
        ours = eta_to(weights, roads.reverse, goal=goals, units=units).cost_ms
        theirs = _theirs(graph, roads.network, weights, goals, units)
        for start, a, b in zip(starts, (None if ms == UNREACHED else int(ms) for ms in ours), theirs, strict=True):
            reached += a is not None
            if a != b:
                differences.append(Difference(start=start, goal=goal, ours_ms=a, theirs_ms=b))
        compared += len(starts)
        progress(compared / sample)
    return Audit(compared=compared, reached=reached, differences=tuple(differences))


def _graph_of(network: Network, weights: Weights) -> nx.DiGraph[int]:
    """Arcs as nodes, reversed: from the start of an arc back to the start of each arc that leads into it."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(network.arcs))
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    for before, after, turn_ms in zip(
        leaving.tolist(), network.turn_to.tolist(), weights.turn_ms.tolist(), strict=True
    ):
        arc_ms = int(weights.arc_ms[before])
        if turn_ms < FORBIDDEN and arc_ms < FORBIDDEN:
            graph.add_edge(after, before, ms=turn_ms + arc_ms)
    return graph


def _theirs(
    graph: nx.DiGraph[int], network: Network, weights: Weights, goals: Places, units: Places
) -> list[int | None]:
    graph.remove_nodes_from([_GOAL])
    for i, arc in enumerate(goals.arc.tolist()):
        to_goal = part_ms(float(goals.fraction[i]), int(weights.arc_ms[arc])) + int(goals.extra_ms[i])
        if to_goal < graph.get_edge_data(_GOAL, arc, {"ms": FORBIDDEN})["ms"]:
            graph.add_edge(_GOAL, arc, ms=to_goal)
    found = nx.single_source_dijkstra_path_length(graph, _GOAL, weight="ms") if _GOAL in graph else {}
    from_start = {arc: int(ms) for arc, ms in found.items()}
    return [
        min(
            (
                cost
                for place in range(units.start[unit], units.start[unit + 1])
                for cost in _costs(place, from_start, network, weights, goals, units)
            ),
            default=None,
        )
        for unit in range(len(units))
    ]


def _costs(
    place: int, from_start: dict[int, int], network: Network, weights: Weights, goals: Places, units: Places
) -> list[int]:
    """What each way out of a unit's place takes: straight along its arc, or by a turn at the end of it."""
    arc, extra_ms = int(units.arc[place]), int(units.extra_ms[place])
    arc_ms, fraction = int(weights.arc_ms[arc]), float(units.fraction[place])
    if arc_ms >= FORBIDDEN:
        return []
    here_ms = part_ms(fraction, arc_ms)
    direct = [
        extra_ms + part_ms(float(goals.fraction[i]), arc_ms) - here_ms + int(goals.extra_ms[i])
        for i in range(len(goals.arc))
        if goals.arc[i] == arc and goals.fraction[i] >= fraction
    ]
    turns = range(network.turn_start[arc], network.turn_start[arc + 1])
    return direct + [
        extra_ms + arc_ms - here_ms + int(weights.turn_ms[turn]) + from_start[after]
        for turn in turns
        if weights.turn_ms[turn] < FORBIDDEN and (after := int(network.turn_to[turn])) in from_start
    ]


def _anywhere(network: Network, weights: Weights, chance: random.Random) -> Position:
    """A place within 30 m of a road of the main component."""
    arcs = np.flatnonzero(weights.component == MAIN_COMPONENT)
    street = network.arc_street[arcs[chance.randrange(len(arcs))]]
    point = chance.randrange(network.street_point_start[street], network.street_point_start[street + 1])
    spread = 30 / 111_000
    return Position(
        lat=float(network.point_lat[point]) + chance.uniform(-spread, spread),
        lon=float(network.point_lon[point]) + chance.uniform(-spread, spread),
    )
