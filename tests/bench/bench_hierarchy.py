"""How soon everybody is ranked by the hierarchy, on three cities: `python tests/bench/bench_hierarchy.py`.

Every ranking is asserted to be the search's and some to be scipy's, every partial customisation to be the full one's,
before a time is printed; search and scipy stand beside ours in the same run.
"""

from __future__ import annotations

import os
import sys
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse.csgraph import dijkstra

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from arls.roads import search  # noqa: E402 - the path must be set first, for the benchmark runs from the tree
from arls.roads import streets as street_tree  # noqa: E402 - the same
from arls.roads.dijkstra import UNREACHED  # noqa: E402 - the same
from arls.roads.hierarchy import warm  # noqa: E402 - the same
from arls.roads.hierarchy.arrival import arrival_of  # noqa: E402 - the same
from arls.roads.hierarchy.customise import customise, recustomise  # noqa: E402 - the same
from arls.roads.hierarchy.departures import Departures  # noqa: E402 - the same
from arls.roads.hierarchy.nearing import Nearing  # noqa: E402 - the same
from arls.roads.hierarchy.order import order_of  # noqa: E402 - the same
from arls.roads.hierarchy.sweep import ends_ms  # noqa: E402 - the same
from arls.roads.profile import CAR_RESPONSE, FORBIDDEN, weights_of  # noqa: E402 - the same
from arls.roads.search import eta_to, reverse_of  # noqa: E402 - the same
from arls.roads.snap import Snapper  # noqa: E402 - the same
from maps.osm import import_network  # noqa: E402 - the same
from tests.bench.bench_search import Peers, Question, beside_streets, timed  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Callable

    from arls.roads.hierarchy.customise import Hierarchy
    from arls.roads.network import Network, Places
    from arls.roads.profile import Weights
    from arls.roads.ways import Reached

DATA = Path(os.environ.get("ARLS_SHARED_DATA", PROJECT / "../shared/data")) / "roads"
CITIES = ("porto.osm.pbf", "rhein-neckar.osm.pbf", "central-london.osm.pbf")
UNITS, INCIDENTS, CLOSURES, SHUT_ARCS = 5_000, 50, 5, 50
ASKED_OF_SEARCH, ASKED_OF_SCIPY = 20, 3
WAYS = 10
OTHERS = (
    "rank 3 units",
    "make ready for ways",
    "way of a unit",
    "way of the next unit",
    "sweep to every arc",
    "sweep and measure all 5,000",
    "search and measure all 5,000",
    "search all 5,000",
    "scipy to every arc",
)


class Times:
    """What each thing took, in milliseconds."""

    def __init__(self) -> None:
        self._ms: dict[str, list[float]] = {}

    def of(self, what: str, work: Callable[[], Any]) -> Any:
        """Does it and notes how long it took."""
        result, ms = timed(work)
        self._ms.setdefault(what, []).append(ms)
        return result

    def median_ms(self, what: str) -> float:
        return float(np.median(self._ms[what]))

    def least_ms(self, what: str) -> float:
        return min(self._ms[what])

    def print(self, what: str, aim: str = "") -> None:
        print(f"  {what}: {self.median_ms(what):.3g} ms, least {self.least_ms(what):.3g}{aim and f' (aim {aim})'}")


def asked(city: str) -> Question:
    """A city with units and incidents beside its streets, by the product's own snapping."""
    network, _ = import_network(DATA / city)
    weights = weights_of(network, CAR_RESPONSE)
    lats, lons = beside_streets(network, weights, UNITS + INCIDENTS)
    snapper = Snapper(network)
    return Question(
        network=network,
        weights=weights,
        units=snapper.snap(lats=lats[:UNITS], lons=lons[:UNITS], weights=weights),
        goals=[
            snapper.snap(lats=lats[i : i + 1], lons=lons[i : i + 1], weights=weights, ends=True)
            for i in range(UNITS, UNITS + INCIDENTS)
        ],
    )


def rank(question: Question, ready: Hierarchy, times: Times) -> None:
    """Labels everybody and ranks for every incident; a few alone, as where a skill is rare."""
    for _ in range(3):
        departures = times.of("label 5,000 units", partial(Departures, ready, question.units))
        times.of("relabel 5,000 units", partial(departures.move, np.arange(UNITS), question.units))
    reverse, peers = reverse_of(question.network), Peers(question.network, question.weights)
    arrivals = [arrival_of(ready, goal) for goal in question.goals]
    for _ in range(3):
        times.of(f"rank them for {INCIDENTS} incidents in a row", lambda: [departures.eta_to(one) for one in arrivals])
    few = np.array([17, 170, 1700])
    for number, goal in enumerate(question.goals):
        arrival = times.of("label an incident", partial(arrival_of, ready, goal))
        etas_ms = times.of("rank 5,000 units", partial(departures.eta_to, arrival))
        assert np.array_equal(times.of("rank 3 units", partial(departures.eta_to, arrival, few)), etas_ms[few])
        from_ends_ms = times.of("sweep to every arc", partial(ends_ms, ready, goal))
        if number < ASKED_OF_SEARCH:
            ask = partial(eta_to, question.weights, reverse, goal=goal, units=question.units)
            assert np.array_equal(times.of("search all 5,000", ask).cost_ms, etas_ms)
            searched = times.of("search and measure all 5,000", partial(ask, measured=True))
            measured = times.of("sweep and measure all 5,000", partial(_measured, ready, goal, question.units))
            assert np.array_equal(measured.cost_ms, etas_ms)
            assert np.array_equal(measured.length_m, searched.length_m, equal_nan=True)
            nearing = times.of("make ready for ways", partial(Nearing, ready, goal))
            for unit in range(number, number + WAYS):
                what = "way of a unit" if unit == number else "way of the next unit"
                way = times.of(what, partial(nearing.find_way, question.units, unit))
                assert (UNREACHED if way is None else way.cost_ms) == etas_ms[unit]
        if number < ASKED_OF_SCIPY:
            graph = peers.graph_to(goal)
            told = times.of("scipy to every arc", partial(dijkstra, graph, indices=graph.shape[0] - 1))
            ours = np.where(etas_ms == UNREACHED, np.inf, etas_ms)
            assert np.array_equal(peers.unit_costs(told, goal, question.units), ours)
            open_arcs = np.flatnonzero((question.weights.arc_ms < FORBIDDEN) & (from_ends_ms != UNREACHED))
            others = np.setdiff1d(open_arcs, goal.arc)
            assert np.array_equal(told[others] - 1, from_ends_ms[others])


def _measured(ready: Hierarchy, goal: Places, units: Places) -> Reached:
    return Nearing(ready, goal).reached(units)


def close(question: Question, ready: Hierarchy, times: Times) -> None:
    """Closures of the arcs about a point, and the labels after each."""
    departures = Departures(ready, question.units)
    for goal in question.goals[:CLOSURES]:
        shut = replace(question.weights, arc_ms=_shut_about(question.network, question.weights, int(goal.arc[0])))
        now = times.of("customise a closure of 50 arcs", partial(recustomise, ready, shut))
        assert np.array_equal(now.costs.link_ms, customise(ready.order, shut).costs.link_ms)
        after = times.of("label 5,000 units after it", partial(departures.after, now))
        searched = eta_to(shut, reverse_of(question.network), goal=question.goals[-1], units=question.units)
        assert np.array_equal(after.eta_to(arrival_of(now, question.goals[-1])), searched.cost_ms)
        again = times.of("customise its end", partial(recustomise, now, question.weights))
        assert np.array_equal(again.costs.link_ms, ready.costs.link_ms)


def _shut_about(network: Network, weights: Weights, arc: int) -> np.ndarray:
    far = np.hypot(
        *(at[network.arc_from] - at[network.arc_from[arc]] for at in (network.junction_lat, network.junction_lon))
    )
    arc_ms = weights.arc_ms.copy()
    arc_ms[np.argsort(far, kind="stable")[:SHUT_ARCS]] = FORBIDDEN
    return arc_ms


def bytes_per_arc(ready: Hierarchy) -> dict[str, float]:
    network, order, costs = ready.order.network, ready.frame, ready.costs
    arrays = {
        "network": [getattr(network, field.name) for field in fields(network)],
        "order": order,
        "a profile": costs,
    }
    return {
        name: sum(array.nbytes for array in group if isinstance(array, np.ndarray)) / network.arcs
        for name, group in arrays.items()
    }


def main() -> None:
    """Ask, compare, and print what it took beside the aims and the peers."""
    search.warm_up()
    street_tree.warm_up()
    warm.warm_up()
    for city in CITIES:
        question, times = asked(city), Times()
        network = question.network
        print(f"{city}: {network.arcs:,} arcs, {network.turns:,} turns")
        order = times.of("order", partial(order_of, network))
        for _ in range(5):
            ready = times.of("customise", partial(customise, order, question.weights))
        rank(question, ready, times)
        close(question, ready, times)
        per_arc = bytes_per_arc(ready)
        print(f"  {len(order.frame.high) / network.arcs:.1f} links an arc, root paths of up to {order.levels} arcs")
        print(f"  bytes an arc: {', '.join(f'{name} {size:.0f}' for name, size in per_arc.items())} (aim 1,000 in all)")
        times.print("order", "2,000 ms on Porto")
        times.print("customise", f"{100 * network.arcs / 150_000:.0f} ms")
        times.print("customise a closure of 50 arcs", "10 ms")
        times.print("customise its end", "10 ms")
        times.print("label 5,000 units")
        times.print("relabel 5,000 units", "50 ms")
        times.print("label 5,000 units after it", "50 ms")
        times.print("label an incident")
        times.print("rank 5,000 units", "0.5 ms on Porto")
        times.print(f"rank them for {INCIDENTS} incidents in a row")
        for what in OTHERS:
            times.print(what)
        ranked_ms, swept_ms = times.median_ms("rank 5,000 units"), times.median_ms("sweep to every arc")
        for peer in ("search all 5,000", "scipy to every arc"):
            peer_ms = times.median_ms(peer)
            print(f"  {peer}: {peer_ms / ranked_ms:.0f} x the ranking, {peer_ms / swept_ms:.0f} x the sweep")


if __name__ == "__main__":
    main()
