"""How soon the nearest units are known on a metropolis by the plain search: `python tests/bench/bench_search.py`.

Every answer is asserted against scipy, and some against networkx, before a time is printed; both stand beside ours in
the same run, on the same graph. To be fair to them the peers are told beforehand how far to look for the nearest 10.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from arls.roads import search  # noqa: E402 - the path must be set first, for the benchmark runs from the tree
from arls.roads import streets as street_tree  # noqa: E402 - the same
from arls.roads.dijkstra import UNREACHED, part_ms  # noqa: E402 - the same
from arls.roads.profile import CAR_RESPONSE, FORBIDDEN, off_main, weights_of  # noqa: E402 - the same
from arls.roads.search import eta_to, reverse_of  # noqa: E402 - the same
from arls.roads.snap import Snapper  # noqa: E402 - the same
from maps.osm import import_network  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Callable

    from arls.roads.network import Network, Places
    from arls.roads.profile import Weights

PORTO = Path(os.environ.get("ARLS_SHARED_DATA", PROJECT / "../shared/data")) / "roads" / "porto.osm.pbf"
SEED = 1
UNITS, INCIDENTS, NEAREST = 5_000, 200, 10
ASKED_OF_SCIPY, ASKED_OF_NETWORKX = 20, 2
AIMS = (("nearest 10", "nearest", 50, 1), ("nearest 10", "nearest", 95, 10), ("all 5,000", "all", 50, 150))


class Peers:
    """The graph of the ends of arcs from behind, with a node for each goal behind the A arcs."""

    def __init__(self, network: Network, weights: Weights) -> None:
        self._weights = weights
        self._leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
        self._entering = network.turn_to
        self._may_go = weights.turn_ms < FORBIDDEN
        self._arcs = network.arcs

    def graph_to(self, *goals: Places) -> csr_matrix:
        """Backward, with edges from each goal to what turns into its arcs, 1 ms longer than they are: 0 is no edge."""
        step_ms = self._weights.turn_ms.astype(np.int64) + self._weights.arc_ms[self._entering]
        froms, tos, costs = [self._entering[self._may_go]], [self._leaving[self._may_go]], [step_ms[self._may_go]]
        for node, goal in enumerate(goals, self._arcs):
            for arc, fraction, extra_ms in zip(goal.arc, goal.fraction, goal.extra_ms, strict=True):
                into = np.flatnonzero((self._entering == arc) & self._may_go)
                froms.append(np.full(len(into), node))
                tos.append(self._leaving[into])
                part = part_ms(fraction, self._weights.arc_ms[arc])
                costs.append(self._weights.turn_ms[into].astype(np.int64) + part + int(extra_ms) + 1)
        edge_from, edge_to, cost = (np.concatenate(column) for column in (froms, tos, costs))
        # The places of a goal may lie on one arc twice, and csr_matrix would add parallel edges up.
        order = np.lexsort((cost, edge_to, edge_from))
        edge_from, edge_to, cost = edge_from[order], edge_to[order], cost[order]
        first = (np.diff(edge_from, prepend=-1) != 0) | (np.diff(edge_to, prepend=-1) != 0)
        size = self._arcs + len(goals)
        return csr_matrix((cost[first].astype(np.float64), (edge_from[first], edge_to[first])), shape=(size, size))

    def unit_costs(self, end_ms: np.ndarray, goal: Places, units: Places) -> np.ndarray:
        """[units] from the milliseconds between each arc's end and the goal."""
        arc_ms = self._weights.arc_ms[units.arc].astype(np.int64)
        part = np.floor(units.fraction * arc_ms + 0.5)
        ms = end_ms[units.arc] - 1 + arc_ms - part
        for arc, fraction, extra_ms in zip(goal.arc, goal.fraction, goal.extra_ms, strict=True):
            ahead = (units.arc == arc) & (units.fraction <= fraction)
            direct = part_ms(fraction, self._weights.arc_ms[arc]) - part + int(extra_ms)
            ms[ahead] = np.minimum(ms, direct)[ahead]
        best = np.full(len(units), np.inf)
        np.minimum.at(best, np.repeat(np.arange(len(units)), np.diff(units.start)), ms + units.extra_ms)
        return best


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A city, its units, and where they are needed."""

    network: Network
    weights: Weights
    units: Places
    goals: list[Places]


def beside_streets(network: Network, weights: Weights, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes of so many places, some metres beside streets from which one gets anywhere."""
    random = np.random.default_rng(SEED)
    streets = network.arc_street[~off_main(weights, np.arange(network.arcs))]
    points = network.street_point_start[random.choice(streets, count)]
    beside = random.normal(0.0, 1e-4, count), random.normal(0.0, 1e-4, count)
    return network.point_lat[points] + beside[0], network.point_lon[points] + beside[1]


def asked() -> Question:
    """Porto with units and incidents beside its streets, by the product's own snapping."""
    network, _ = import_network(PORTO)
    weights = weights_of(network, CAR_RESPONSE)
    lats, lons = beside_streets(network, weights, UNITS + INCIDENTS)
    snapper = Snapper(network)
    units, snap_ms = timed(partial(snapper.snap, lats=lats[:UNITS], lons=lons[:UNITS], weights=weights))
    goals = [
        snapper.snap(lats=lats[i : i + 1], lons=lons[i : i + 1], weights=weights, ends=True)
        for i in range(UNITS, UNITS + INCIDENTS)
    ]
    print(f"{network.arcs:,} arcs, {network.turns:,} turns; snapping {UNITS:,} units takes {snap_ms:.0f} ms")
    return Question(network=network, weights=weights, units=units, goals=goals)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives, and its milliseconds."""
    started = perf_counter()
    result = work()
    return result, (perf_counter() - started) * 1e3


def asked_of_us(question: Question) -> dict[str, list[float]]:
    """The milliseconds of every question; the nearest 10 are asserted to be the first 10 of all."""
    reverse = reverse_of(question.network)
    took: dict[str, list[float]] = {"nearest": [], "all": []}
    for goal in question.goals:
        ask = partial(eta_to, question.weights, reverse, goal=goal, units=question.units)
        nearest, nearest_ms = timed(partial(ask, k=NEAREST))
        everyone, all_ms = timed(ask)
        took["nearest"].append(nearest_ms)
        took["all"].append(all_ms)
        first = np.lexsort((np.arange(UNITS), everyone.cost_ms))[:NEAREST]
        assert np.array_equal(np.sort(first), np.flatnonzero(nearest.cost_ms != UNREACHED))
        assert np.array_equal(everyone.cost_ms[first], nearest.cost_ms[first])
    return took


def beside_peers(question: Question) -> dict[str, float]:
    """Median milliseconds of each by turns, on the same questions and with equal answers."""
    peers, reverse = Peers(question.network, question.weights), reverse_of(question.network)
    took: dict[str, list[float]] = defaultdict(list)

    def note(who: str, work: Callable[[], Any]) -> Any:
        result, ms = timed(work)
        took[who].append(ms)
        return result

    for number, goal in enumerate(question.goals[:ASKED_OF_SCIPY]):
        ask = partial(eta_to, question.weights, reverse, goal=goal, units=question.units)
        cost_ms = note("ours, all", ask).cost_ms
        note("ours, nearest", partial(ask, k=NEAREST))
        told = np.where(cost_ms == UNREACHED, np.inf, cost_ms)
        limit_ms = float(np.sort(told)[NEAREST - 1])
        graph = peers.graph_to(goal)
        start = graph.shape[0] - 1
        by_scipy = note("scipy, all", partial(dijkstra, graph, indices=start))
        assert np.array_equal(peers.unit_costs(by_scipy, goal, question.units), told)
        note("scipy, nearest", partial(dijkstra, graph, indices=start, limit=limit_ms))
        if number < ASKED_OF_NETWORKX:
            slow = partial(
                nx.single_source_dijkstra_path_length, nx.from_scipy_sparse_array(graph, create_using=nx.DiGraph)
            )
            found = note("networkx, all", partial(slow, start))
            by_networkx = np.array([found.get(node, np.inf) for node in range(start)])
            assert np.array_equal(peers.unit_costs(by_networkx, goal, question.units), told)
            note("networkx, nearest", partial(slow, start, cutoff=limit_ms))
    return {who: float(np.median(times)) for who, times in took.items()}


def main() -> None:
    """Ask, compare, and print what it took beside the aims and the peers."""
    search.warm_up()
    street_tree.warm_up()
    question = asked()
    took = asked_of_us(question)
    for what, kind, percentile, aim_ms in AIMS:
        print(f"{what}, p{percentile}: {np.percentile(took[kind], percentile):.2f} ms (aim {aim_ms} ms)")
    by_turns = beside_peers(question)
    for who, ms in by_turns.items():
        mine_ms = by_turns["ours, " + who.split(", ")[1]]
        print(f"by turns: {who}: {ms:.2f} ms, {ms / mine_ms:.1f} x ours")


if __name__ == "__main__":
    main()
