"""scipy, igraph, networkx and pandana on the graph of ARLS with its milliseconds: their answers must be ours.

All search backward from a node that stands for the incident, so that one search answers for every unit. The graph is
built beforehand, and what a unit's own arc adds is not timed.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import igraph
import networkx as nx
import numpy as np
import pandana
import pandas as pd
from scipy.sparse.csgraph import dijkstra

from tests.bench.bench_search import Peers, timed
from tests.bench.peers.contest import Contestant

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from tests.bench.peers.city import City

ROUNDS, SLOW_ROUNDS = 10, 3
NEAREST = 10
# pandana counts in whole thousandths of what it is given and cuts off the rest; this is what it says of no way.
_CUT_OFF_MS, _PANDANA_NEVER = 0.25, 4294967.295


def contestants(city: City) -> list[Contestant]:
    """Each with the whole graph."""
    peers = Peers(city.network, city.weights)
    graph = peers.graph_to(*city.goals)
    arcs = np.unique(city.units.arc)
    node = partial(np.add, city.network.arcs)
    by_igraph = igraph.Graph(n=graph.shape[0], edges=_pairs(graph), directed=True)
    weights, targets = graph.data.tolist(), arcs.tolist()
    by_networkx = nx.from_scipy_sparse_array(graph, create_using=nx.DiGraph)
    by_pandana, prepare_ms = timed(lambda: _pandana(graph, arcs))

    def exact(end_ms: np.ndarray, incident: int) -> np.ndarray:
        return peers.unit_costs(end_ms, city.goals[incident], city.units)

    def spread(ms: Any) -> np.ndarray:
        everywhere = np.full(city.network.arcs, np.inf)
        everywhere[arcs] = ms
        return everywhere

    def nearest_exact(table: pd.DataFrame, incident: int) -> np.ndarray:
        ends_ms = np.sort(dijkstra(graph, indices=node(incident))[arcs])[:NEAREST]
        assert np.array_equal(np.rint(table.loc[node(incident)].to_numpy() * 1e3), ends_ms)
        return city.etas_ms(incident)

    return [
        Contestant(
            name="scipy dijkstra",
            ask=lambda i: dijkstra(graph, indices=node(i)),
            rounds=ROUNDS,
            exact=exact,
        ),
        Contestant(
            name="igraph distances",
            ask=lambda i: by_igraph.distances(source=int(node(i)), target=targets, weights=weights)[0],
            rounds=ROUNDS,
            exact=lambda answer, i: exact(spread(answer), i),
        ),
        Contestant(
            name="networkx single_source_dijkstra_path_length",
            ask=lambda i: nx.single_source_dijkstra_path_length(by_networkx, int(node(i))),
            rounds=SLOW_ROUNDS,
            exact=lambda found, i: exact(spread([found.get(arc, np.inf) for arc in targets]), i),
        ),
        Contestant(
            name="pandana shortest_path_lengths",
            ask=lambda i: by_pandana.shortest_path_lengths(np.full(len(arcs), node(i)), arcs),
            rounds=ROUNDS,
            exact=lambda answer, i: exact(spread(_ms_of(answer)), i),
            aside=f"its contraction hierarchy took {prepare_ms / 1e3:.0f} s",
        ),
        Contestant(
            name=f"pandana nearest_pois, {NEAREST} for every node at once",
            ask=lambda _: by_pandana.nearest_pois(1e6, "units", num_pois=NEAREST),
            rounds=SLOW_ROUNDS,
            exact=nearest_exact,
            aside=f"for {graph.shape[0]:,} nodes: it cannot be asked for one",
        ),
    ]


def _pairs(graph: csr_matrix) -> np.ndarray:
    edges = graph.tocoo()
    return np.column_stack((edges.row, edges.col))


def _pandana(graph: csr_matrix, arcs: np.ndarray) -> pandana.Network:
    """The graph, its nodes laid out in a line so that each unit's arc is found by its number."""
    edges, number = graph.tocoo(), pd.Series(np.arange(graph.shape[0], dtype=float))
    network = pandana.Network(
        number,
        number * 0.0,
        pd.Series(edges.row),
        pd.Series(edges.col),
        pd.DataFrame({"s": (edges.data + _CUT_OFF_MS) / 1e3}),
        twoway=False,
    )
    network.set_pois("units", 1e6, NEAREST, pd.Series(arcs.astype(float)), pd.Series(np.zeros(len(arcs))))
    return network


def _ms_of(seconds: Any) -> np.ndarray:
    told = np.asarray(seconds)
    return np.where(told == _PANDANA_NEVER, np.inf, np.rint(told * 1e3))
