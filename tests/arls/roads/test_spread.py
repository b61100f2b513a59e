"""What it takes to every arc, by the sweep and by the plain search: the same, and what scipy and the search say."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from arls.roads.assemble import assemble
from arls.roads.dijkstra import UNREACHED
from arls.roads.hierarchy.customise import customise
from arls.roads.hierarchy.order import order_of
from arls.roads.network import Places
from arls.roads.profile import CAR_RESPONSE, FORBIDDEN, PROFILES, Weights, weights_of
from arls.roads.search import eta_to, reverse_of
from arls.roads.spread import searched, swept
from maps.osm import import_network
from tests.drawing import draw
from tests.strategies import any_places, any_weights, streets

if TYPE_CHECKING:
    from arls.roads.network import Network

STREET = {"highway": "residential"}
SHARED_DATA = Path(os.environ.get("ARLS_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))


@st.composite
def questions(draw_from: st.DrawFn) -> tuple[Network, Weights, Places]:
    network = assemble(draw_from(streets()))
    weighed = st.sampled_from([*PROFILES.values()]).map(lambda profile: weights_of(network, profile))
    weights = draw_from(st.one_of(weighed, any_weights(network)))
    return network, weights, draw_from(any_places(network, positions=draw_from(st.integers(0, 3))))


def on_every_arc(network: Network, fraction: float) -> Places:
    return Places(
        start=np.arange(network.arcs + 1),
        arc=np.arange(network.arcs, dtype=np.int32),
        fraction=np.full(network.arcs, fraction),
        off_road_m=np.zeros(network.arcs),
        extra_ms=np.zeros(network.arcs, np.uint32),
    )


@given(questions(), st.booleans())
def test_the_sweep_gives_what_the_plain_search_gives(
    question: tuple[Network, Weights, Places],
    towards: bool,  # noqa: FBT001 - drawn
) -> None:
    network, weights, places = question
    plain = searched(network, reverse_of(network), weights, places, towards=towards)
    quick = swept(customise(order_of(network), weights), places, towards=towards)
    assert quick.near_ms.dtype == plain.near_ms.dtype == np.uint32
    assert quick.near_ms.tolist() == plain.near_ms.tolist()


@given(questions())
def test_each_arc_needs_what_the_search_says_of_it_alone(question: tuple[Network, Weights, Places]) -> None:
    network, weights, places = question
    reverse = reverse_of(network)
    goal = replace(places, start=np.array([0, len(places.arc)]))
    back = searched(network, reverse, weights, places, towards=True)
    from_ends = eta_to(weights, reverse, goal=goal, units=on_every_arc(network, 1.0))
    assert back.near_ms.tolist() == from_ends.cost_ms.tolist()
    out, starts = searched(network, reverse, weights, places, towards=False), on_every_arc(network, 0.0)
    for arc in range(network.arcs):
        one = starts.of(np.array([arc]))
        assert out.near_ms[arc] == eta_to(weights, reverse, goal=one, units=goal).cost_ms[0]


def test_a_one_way_street_leads_away_and_not_back() -> None:
    drawn = draw("A--B--C", ways={"AB": STREET, "BC": {**STREET, "oneway": "yes"}})
    network, weights = drawn.network, weights_of(drawn.network, CAR_RESPONSE)
    at_a = on_every_arc(network, 0.0).of(np.array([drawn.arc("A", "B")]))
    at_c = on_every_arc(network, 1.0).of(np.array([drawn.arc("B", "C")]))
    reverse = reverse_of(network)
    out = searched(network, reverse, weights, at_a, towards=False).near_ms
    assert out[drawn.arc("A", "B")] == 0
    assert weights.arc_ms[drawn.arc("A", "B")] <= out[drawn.arc("B", "C")] < UNREACHED
    away_from_c = searched(network, reverse, weights, at_c, towards=False).near_ms
    assert away_from_c[[drawn.arc("A", "B"), drawn.arc("B", "A")]].tolist() == [UNREACHED, UNREACHED]


@pytest.mark.real_roads
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="real extracts are read from ARLS_SHARED_DATA")
@pytest.mark.parametrize("towards", [False, True], ids=["away", "towards"])
def test_on_real_streets_every_arc_needs_what_scipy_says(towards: bool) -> None:  # noqa: FBT001 - a parameter
    network, _ = import_network(SHARED_DATA / "roads" / "levenshulme.osm.gz")
    weights = weights_of(network, CAR_RESPONSE)
    arcs = np.flatnonzero(weights.component == 0)[[0, 300, 600]]
    places = on_every_arc(network, 1.0 if towards else 0.0).of(arcs)
    told = scipy_ms(network, weights, places.arc, towards=towards)
    for found in (
        searched(network, reverse_of(network), weights, places, towards=towards),
        swept(customise(order_of(network), weights), places, towards=towards),
    ):
        assert np.array_equal(np.where(found.near_ms == UNREACHED, np.inf, found.near_ms), told)
    assert np.isfinite(told).sum() > 500


def scipy_ms(network: Network, weights: Weights, sources: np.ndarray, *, towards: bool) -> np.ndarray:
    """[A] between the near ends of the sources and of each arc, by scipy."""
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    may_go = weights.turn_ms < FORBIDDEN
    first, last = (network.turn_to, leaving) if towards else (leaving, network.turn_to)
    ms = (weights.turn_ms.astype(np.float64) + weights.arc_ms[first])[may_go]
    graph = csr_matrix((ms, (first[may_go], last[may_go])), shape=(network.arcs, network.arcs))
    return np.asarray(dijkstra(graph, indices=sources, min_only=True))
