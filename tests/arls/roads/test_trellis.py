"""The kernels of matching against plain arithmetic, and against the way that was driven, in random towns."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from arls.roads.live import Roads
from arls.roads.matching import trellis
from arls.roads.matching.match import Matcher
from arls.roads.network import NO_ARC, Network
from arls.roads.profile import CAR_NORMAL, weights_of
from arls.roads.streets import StreetTree
from tests.arls.roads.trails import fixes_at, towns, traced
from tests.bench.bench_matching import network_of

# What is less likely than this may be passed over: a little less than the kernels' own bound.
PLAUSIBLE_NATS = 29.0


@given(towns())
@settings(max_examples=150)
def test_a_drive_without_noise_is_matched_to_exactly_its_arcs(town_and_way: tuple[Network, list[int]]) -> None:
    network, arcs = town_and_way
    matcher, fixes = Matcher(StreetTree(network), weights_of(network, CAR_NORMAL)), traced(network, arcs)
    assert matcher.match(fixes).arcs.tolist() == arcs
    here = matcher.whereabouts(fixes)
    assert here.arc[0] == arcs[-1]
    assert here.probability.sum() == pytest.approx(1.0)


class Plainly:
    """One step of the model by networkx, a way at a time: the oracle of the kernels."""

    def __init__(self, network: Network, u_turn_m: float) -> None:
        self._network, self._u_turn_m = network, u_turn_m
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(range(network.arcs))
        for arc in range(network.arcs):
            for onward, price_m in self._onward(arc):
                metres = float(network.arc_length_m[arc]) + price_m
                if metres < graph.get_edge_data(arc, onward, {"m": np.inf})["m"]:
                    graph.add_edge(arc, onward, m=metres)
        self._starts_m = dict(nx.all_pairs_dijkstra_path_length(graph, weight="m"))

    def way_m(self, source: tuple[int, float], place: tuple[int, float], back_m: float) -> float:
        """Metres from one place to another, each an arc and a fraction of it."""
        (arc, here), (goal, there) = source, place
        length_m = self._network.arc_length_m
        here_m, there_m = here * length_m[arc], there * length_m[goal]
        ways = [self._to_start_m(arc, here_m, goal) + there_m]
        if arc == goal and there_m >= here_m - back_m:
            ways = [max(0.0, there_m - here_m)]
        twin = int(self._network.arc_twin[goal])
        if twin != NO_ARC:
            over_m = length_m[goal] - there_m
            round_m = abs(over_m - here_m) if twin == arc else self._to_start_m(arc, here_m, twin) + over_m
            ways.append(round_m + self._u_turn_m)
        return float(min(ways))

    def _onward(self, arc: int) -> list[tuple[int, float]]:
        turns = slice(self._network.turn_start[arc], self._network.turn_start[arc + 1])
        onward = [(int(entered), 0.0) for entered in self._network.turn_to[turns]]
        twin = int(self._network.arc_twin[arc])
        return onward if twin == NO_ARC else [*onward, (twin, self._u_turn_m)]

    def _to_start_m(self, arc: int, here_m: float, goal: int) -> float:
        leaves = [(self._network.arc_length_m[arc] - here_m, arc)]
        if (twin := int(self._network.arc_twin[arc])) != NO_ARC:
            leaves.append((here_m + self._u_turn_m, twin))
        return min(
            (
                end_m + price_m + self._starts_m[onward].get(goal, np.inf)
                for end_m, left in leaves
                for onward, price_m in self._onward(left)
            ),
            default=np.inf,
        )


@given(towns(), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_one_step_is_as_likely_as_plain_arithmetic_has_it(town_and_way: tuple[Network, list[int]], seed: int) -> None:
    network, chance = town_and_way[0], np.random.default_rng(seed)
    xy = chance.uniform(0.0, 300.0, 2) + np.array([[0.0, 0.0], chance.normal(0.0, 60.0, 2)])
    seconds = 20.0
    matcher = Matcher(StreetTree(network), weights_of(network, CAR_NORMAL))
    fixes = fixes_at(xy, times_s=np.array([0.0, seconds]))
    evidence = matcher._witness.evidence_of(fixes)
    _, beliefs, used, _ = matcher._believed(fixes, evidence)
    assume(len(used) == 2)
    crow_m, beta_m = np.hypot(*(xy[1] - xy[0])), trellis._BETA_M + trellis._BETA_M_PER_S * seconds
    plainly = Plainly(network, trellis._U_TURN_NATS * beta_m)
    back_m = 3.0 * np.hypot(*evidence.sigma_m)
    places = list(zip(evidence.arc.tolist(), evidence.fraction.tolist(), strict=True))
    first, last = range(evidence.start[1]), range(evidence.start[1], evidence.start[2])
    for j in last:
        likely = [
            evidence.seen[i] + evidence.seen[j] - abs(plainly.way_m(places[i], places[j], back_m) - crow_m) / beta_m
            for i in first
        ]
        best = max(likely, default=-np.inf)
        assert beliefs.best[j] <= best + 1e-3 or beliefs.before[j] == trellis.NO_PLACE
        if first and best > max(evidence.seen[i] for i in first) + evidence.seen[j] - PLAUSIBLE_NATS:
            assert beliefs.best[j] == pytest.approx(best, abs=1e-3)


def test_the_kernels_are_compiled_once_for_all_that_is_asked() -> None:
    network, _ = network_of(np.array([[-1.9, 52.5], [-1.899, 52.5]]), np.array([[0, 1]]))
    Roads(network).prepare()
    matcher = Matcher(StreetTree(network), weights_of(network, CAR_NORMAL))
    fixes = fixes_at(np.array([[5.0, 0.0], [35.0, 0.0]]))
    matcher.match(fixes)
    matcher.whereabouts(fixes)
    for kernel in (trellis.follow_each, trellis.best_places, trellis.drive):
        assert len(kernel.signatures) == 1
