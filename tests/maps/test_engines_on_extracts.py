"""On every real extract the search, the hierarchy and scipy give the same ETAs to the millisecond, as does networkx."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from arls.roads.audit import audit
from arls.roads.dijkstra import UNREACHED, part_ms
from arls.roads.hierarchy.arrival import arrival_of
from arls.roads.hierarchy.customise import customise
from arls.roads.hierarchy.departures import Departures
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Roads
from arls.roads.profile import FORBIDDEN, PROFILES, weights_of
from arls.roads.search import eta_to, reverse_of
from arls.roads.snap import Snapper
from tests.extracts import imported, on_real_roads

if TYPE_CHECKING:
    from arls.roads.network import Network, Places
    from arls.roads.profile import Weights

pytestmark = on_real_roads

SMALL = ["central-london.osm.pbf", "leeds.osm.gz", "levenshulme.osm.gz", "westminster.graphml"]
LARGE = [f"{place}.osm.pbf" for place in ("liechtenstein", "milan", "porto", "rhein-neckar", "virgin-islands")]
UNITS, GOALS = 300, 2


@pytest.mark.parametrize("name", [*SMALL, *LARGE])
def test_search_hierarchy_and_scipy_agree_on_every_extract(name: str) -> None:
    network, _ = imported(name)
    order, reverse, snapper, random = order_of(network), reverse_of(network), Snapper(network), np.random.default_rng(3)
    for profile in ("car-response", "foot"):
        weights = weights_of(network, PROFILES[profile])
        here = random.integers(0, len(network.point_lat), UNITS + GOALS)
        lats, lons = (at[here] + random.normal(0.0, 1e-4, len(here)) for at in (network.point_lat, network.point_lon))
        units = snapper.snap(lats=lats[GOALS:], lons=lons[GOALS:], weights=weights)
        departures = Departures(customise(order, weights), units)
        reached = 0
        for i in range(GOALS):
            goal = snapper.snap(lats=lats[i : i + 1], lons=lons[i : i + 1], weights=weights, ends=True)
            by_hierarchy = departures.eta_to(arrival_of(departures.hierarchy, goal))
            by_search = eta_to(weights, reverse, goal=goal, units=units).cost_ms
            assert np.array_equal(by_hierarchy, by_search), profile
            assert np.array_equal(by_search, by_scipy(network, weights, goal, units)), profile
            reached += int((by_search != UNREACHED).sum())
        assert reached > UNITS / 3


@pytest.mark.parametrize("name", SMALL)
def test_networkx_agrees_on_the_small_ones(name: str) -> None:
    found = audit(Roads(imported(name)[0]), "car-response", sample=60)
    assert found.differences == ()
    assert found.reached > 30


def by_scipy(network: Network, weights: Weights, goal: Places, units: Places) -> np.ndarray:
    """[units] milliseconds, on a graph of the starts of arcs, backward; the goal is a node behind them all."""
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    open_ = (weights.turn_ms < FORBIDDEN) & (weights.arc_ms[leaving] < FORBIDDEN)
    step_ms = weights.turn_ms.astype(np.int64) + weights.arc_ms[leaving]
    to_goal = np.array([part_ms(f, int(weights.arc_ms[a])) for a, f in zip(goal.arc, goal.fraction, strict=True)], int)
    # 1 ms more, for 0 would be no edge. Of a goal's places on one arc the soonest, for csr_matrix adds edges up.
    first_ms = np.full(network.arcs, FORBIDDEN, np.int64)
    np.minimum.at(first_ms, goal.arc, to_goal + goal.extra_ms.astype(np.int64) + 1)
    firsts = np.flatnonzero(first_ms < FORBIDDEN)
    rows = np.concatenate((network.turn_to[open_], np.full(len(firsts), network.arcs)))
    columns = np.concatenate((leaving[open_], firsts))
    costs = np.concatenate((step_ms[open_], first_ms[firsts])).astype(np.float64)
    graph = csr_matrix((costs, (rows, columns)), shape=(network.arcs + 1,) * 2)
    start_ms = dijkstra(graph, indices=network.arcs) - 1
    after_ms = np.full(network.arcs, np.inf)  # from the end of each arc
    np.minimum.at(after_ms, leaving[open_], weights.turn_ms[open_] + start_ms[network.turn_to[open_]])
    best = np.full(len(units), np.inf)
    for unit in range(len(units)):
        for place in range(units.start[unit], units.start[unit + 1]):
            arc, extra_ms, fraction = int(units.arc[place]), int(units.extra_ms[place]), float(units.fraction[place])
            arc_ms = int(weights.arc_ms[arc])
            here_ms = part_ms(fraction, arc_ms)
            ahead = [
                to_goal[i] + int(goal.extra_ms[i]) - here_ms
                for i in np.flatnonzero((goal.arc == arc) & (goal.fraction >= fraction))
            ]
            best[unit] = min([best[unit], *(extra_ms + ms for ms in (*ahead, arc_ms - here_ms + after_ms[arc]))])
    return np.where(np.isinf(best), UNREACHED, best).astype(np.uint32)
