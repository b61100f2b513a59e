"""Where the hierarchy is needed and where the search is sooner: `python tests/bench/bench_rare_skill.py`.

5,000 cars in Porto, three of them with dogs and in its farthest corner. The search looks about an incident until it has
found as many as are wanted: few streets where units are thick, nearly all of the city where the skill is rare. Every
answer of the two is asserted to be the same before a time is printed; scipy stands beside them in the same run.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from arls.roads import search  # noqa: E402 - the path must be set first, for the benchmark runs from the tree
from arls.roads import streets as street_tree  # noqa: E402 - the same
from arls.roads.dijkstra import UNREACHED  # noqa: E402 - the same
from arls.roads.hierarchy import warm  # noqa: E402 - the same
from arls.roads.hierarchy.arrival import arrival_of  # noqa: E402 - the same
from arls.roads.hierarchy.customise import customise  # noqa: E402 - the same
from arls.roads.hierarchy.departures import Departures  # noqa: E402 - the same
from arls.roads.hierarchy.order import order_of  # noqa: E402 - the same
from arls.roads.search import eta_to, reverse_of  # noqa: E402 - the same
from tests.bench.bench_hierarchy import UNITS, Times, asked  # noqa: E402 - the same
from tests.bench.bench_search import Peers  # noqa: E402 - the same

if TYPE_CHECKING:
    from tests.bench.bench_search import Question

CITY = "porto.osm.pbf"
HANDLERS = 3
WANTED = (1, 3, 10, 30, 100, 300, 1_000, UNITS)
ASKED_OF_SCIPY = 5


def in_the_corner(question: Question) -> np.ndarray:
    """The numbers of the units in the farthest corner: those furthest south and east."""
    network, units = question.network, question.units
    placed = np.flatnonzero(np.diff(units.start))
    point = network.street_point_start[network.arc_street[units.arc[units.start[placed]]]]
    far = network.point_lon[point] - network.point_lat[point]
    return np.sort(placed[np.argsort(-far, kind="stable")[:HANDLERS]])


def compare(question: Question, departures: Departures, numbers: np.ndarray, wanted: int, times: Times) -> None:
    """The `wanted` soonest of these units for every incident, by each: equal, and how long it took."""
    reverse, units = reverse_of(question.network), question.units.of(numbers)
    for goal in question.goals:
        by_search = times.of(
            "search", partial(eta_to, question.weights, reverse, goal=goal, units=units, k=wanted)
        ).cost_ms
        by_hierarchy = times.of(
            "hierarchy", lambda goal=goal: departures.eta_to(arrival_of(departures.hierarchy, goal), numbers)
        )
        first = np.lexsort((np.arange(len(numbers)), by_hierarchy))[:wanted]
        first = first[by_hierarchy[first] != UNREACHED]
        assert np.array_equal(np.sort(first), np.flatnonzero(by_search != UNREACHED))
        assert np.array_equal(by_search[first], by_hierarchy[first])


def by_scipy(question: Question, departures: Departures, numbers: np.ndarray, times: Times) -> None:
    """The handlers by scipy, which looks at the whole city whoever is wanted."""
    peers, units = Peers(question.network, question.weights), question.units.of(numbers)
    for goal in question.goals[:ASKED_OF_SCIPY]:
        graph = peers.graph_to(goal)
        told = times.of("scipy", partial(dijkstra, graph, indices=graph.shape[0] - 1))
        ours = departures.eta_to(arrival_of(departures.hierarchy, goal), numbers)
        assert np.array_equal(peers.unit_costs(told, goal, units), np.where(ours == UNREACHED, np.inf, ours))


def main() -> None:
    """Ask both of ever more units and of the rare skill, and print which is the sooner."""
    search.warm_up()
    street_tree.warm_up()
    warm.warm_up()
    question = asked(CITY)
    departures = Departures(customise(order_of(question.network), question.weights), question.units)
    handlers, everybody = in_the_corner(question), np.arange(UNITS)
    print(
        f"{CITY}: {question.network.arcs:,} arcs, {UNITS:,} units, {len(question.goals)} incidents, each with its label"
    )
    cases = [(f"{wanted:,} soonest of {UNITS:,}", everybody, wanted) for wanted in WANTED]
    for what, numbers, wanted in [*cases, (f"{HANDLERS} dog handlers, far away", handlers, HANDLERS)]:
        times = Times()
        compare(question, departures, numbers, wanted, times)
        search_ms, hierarchy_ms = times.median_ms("search"), times.median_ms("hierarchy")
        sooner = "search" if search_ms < hierarchy_ms else "hierarchy"
        print(f"  {what}: search {search_ms:.3g} ms, hierarchy {hierarchy_ms:.3g} ms: {sooner}")
    times = Times()
    by_scipy(question, departures, handlers, times)
    times.print("scipy")


if __name__ == "__main__":
    main()
