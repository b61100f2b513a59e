"""The search gives, to the millisecond, what networkx and scipy give on the same roads."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from arls.roads import dijkstra as kernel
from arls.roads import search
from arls.roads.assemble import assemble
from arls.roads.dijkstra import NO_PLACE, UNREACHED, part_ms
from arls.roads.network import Places
from arls.roads.profile import CAR_NORMAL, CAR_RESPONSE, FORBIDDEN, PROFILES, weights_of
from arls.roads.search import eta_to, find_way, reverse_of
from maps.osm import import_network
from tests.drawing import draw
from tests.strategies import any_places, any_weights, streets

if TYPE_CHECKING:
    from arls.roads.network import Network
    from arls.roads.profile import Profile, Weights

RESIDENTIAL = {"highway": "residential"}
ONEWAY = {**RESIDENTIAL, "oneway": "yes"}
SHARED_DATA = Path(os.environ.get("ARLS_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))


def place(arc: int, fraction: float, extra_ms: int = 0) -> Places:
    """One position with one place."""
    return Places(
        start=np.array([0, 1]),
        arc=np.array([arc], np.int32),
        fraction=np.array([fraction]),
        off_road_m=np.zeros(1),
        extra_ms=np.array([extra_ms], np.uint32),
    )


class Spot(NamedTuple):
    """One place that may be used."""

    owner: int
    arc: int
    fraction: float
    part_ms: int
    rest_ms: int
    extra_ms: int


def spots_of(places: Places, weights: Weights) -> list[Spot]:
    owners = np.repeat(np.arange(len(places)), np.diff(places.start)).tolist()
    rows = zip(owners, places.arc.tolist(), places.fraction.tolist(), places.extra_ms.tolist(), strict=True)
    spots = []
    for owner, arc, fraction, extra_ms in rows:
        arc_ms = int(weights.arc_ms[arc])
        part = part_ms(fraction, arc_ms)
        if arc_ms < FORBIDDEN:
            spots.append(Spot(owner, arc, fraction, part, arc_ms - part, extra_ms))
    return spots


class Backward:
    """The starts and ends of arcs, the units and the goal as a networkx graph, each joined to what leads to it."""

    def __init__(self, network: Network, weights: Weights) -> None:
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        self.graph.add_node("goal")
        for arc in range(network.arcs):
            self.offer(f"start {arc}", f"end {arc}", int(weights.arc_ms[arc]))
            for turn in range(network.turn_start[arc], network.turn_start[arc + 1]):
                self.offer(f"end {arc}", f"start {network.turn_to[turn]}", int(weights.turn_ms[turn]))

    def offer(self, here: str, there: str, ms: int) -> None:
        """Of several ways the soonest counts."""
        if ms < self.graph.get_edge_data(there, here, {"ms": FORBIDDEN})["ms"]:
            self.graph.add_edge(there, here, ms=ms)


def plain_costs(network: Network, weights: Weights, goal: Places, units: Places) -> list[float]:
    """What each unit needs, as networkx says."""
    roads = Backward(network, weights)
    arrivals, departures = spots_of(goal, weights), spots_of(units, weights)
    for g in arrivals:
        roads.offer(f"start {g.arc}", "goal", g.part_ms + g.extra_ms)
    for u in departures:
        roads.offer(f"unit {u.owner}", f"end {u.arc}", u.extra_ms + u.rest_ms)
    for u, g in product(departures, arrivals):
        if u.arc == g.arc and u.fraction <= g.fraction:
            roads.offer(f"unit {u.owner}", "goal", u.extra_ms + g.part_ms - u.part_ms + g.extra_ms)
    ms = nx.single_source_dijkstra_path_length(roads.graph, "goal", weight="ms")
    return [ms.get(f"unit {unit}", np.inf) for unit in range(len(units))]


@st.composite
def questions(draw_from: st.DrawFn) -> tuple[Network, Weights, Places, Places]:
    network = assemble(draw_from(streets()))
    weighed = st.sampled_from([*PROFILES.values()]).map(lambda profile: weights_of(network, profile))
    weights = draw_from(st.one_of(weighed, any_weights(network)))
    goal = draw_from(any_places(network, positions=1))
    return network, weights, goal, draw_from(any_places(network, positions=draw_from(st.integers(0, 6))))


@given(questions())
def test_every_unit_needs_what_networkx_says(question: tuple[Network, Weights, Places, Places]) -> None:
    network, weights, goal, units = question
    reached = eta_to(weights, reverse_of(network), goal=goal, units=units)
    told = np.where(reached.cost_ms == UNREACHED, np.inf, reached.cost_ms.astype(float))
    assert told.tolist() == plain_costs(network, weights, goal, units)
    assert ((reached.place == NO_PLACE) == (reached.cost_ms == UNREACHED)).all()
    reached_units = np.flatnonzero(reached.place != NO_PLACE)
    places = reached.place[reached_units]
    assert ((units.start[reached_units] <= places) & (places < units.start[reached_units + 1])).all()


@given(questions(), st.integers(0, 7))
def test_the_k_soonest_are_the_first_k_of_all(question: tuple[Network, Weights, Places, Places], k: int) -> None:
    network, weights, goal, units = question
    reverse = reverse_of(network)
    everyone, some = (eta_to(weights, reverse, goal=goal, units=units, k=wanted) for wanted in (None, k))
    order = np.lexsort((np.arange(len(units)), everyone.cost_ms))
    cost_ms, places = everyone.cost_ms.copy(), everyone.place.copy()
    cost_ms[order[k:]], places[order[k:]] = UNREACHED, NO_PLACE
    assert some.cost_ms.tolist() == cost_ms.tolist()
    assert some.place.tolist() == places.tolist()


@given(questions(), st.integers(0, 40), st.one_of(st.none(), st.integers(1, 6)))
def test_a_bound_hides_what_is_above_it_and_changes_nothing_else(
    question: tuple[Network, Weights, Places, Places], bound_ms: int, k: int | None
) -> None:
    network, weights, goal, units = question
    reverse = reverse_of(network)
    bounded = eta_to(weights, reverse, goal=goal, units=units, k=k, bound_ms=bound_ms)
    whole = eta_to(weights, reverse, goal=goal, units=units, k=k)
    assert bounded.cost_ms.tolist() == [ms if ms <= bound_ms else UNREACHED for ms in whole.cost_ms.tolist()]


@given(questions())
def test_the_way_found_costs_what_was_said_and_each_move_is_permitted(
    question: tuple[Network, Weights, Places, Places],
) -> None:
    network, weights, goal, units = question
    reverse = reverse_of(network)
    reached = eta_to(weights, reverse, goal=goal, units=units)
    for unit, (cost_ms, start) in enumerate(zip(reached.cost_ms.tolist(), reached.place.tolist(), strict=True)):
        way = find_way(weights, reverse, goal=goal, units=units, unit=unit)
        if cost_ms == UNREACHED:
            assert way is None
            continue
        assert way is not None
        assert (way.cost_ms, way.unit_place) == (cost_ms, start)
        arcs, p, q = way.arcs.tolist(), way.unit_place, way.goal_place
        assert (arcs[0], arcs[-1]) == (units.arc[p], goal.arc[q])
        driven_ms = sum(int(weights.arc_ms[arc]) for arc in arcs[:-1]) + part_ms(
            goal.fraction[q], int(weights.arc_ms[arcs[-1]])
        )
        driven_ms -= part_ms(units.fraction[p], int(weights.arc_ms[arcs[0]]))
        turned_ms = sum(turn_ms(network, weights, *move) for move in pairwise(arcs))
        assert cost_ms == int(units.extra_ms[p]) + driven_ms + turned_ms + int(goal.extra_ms[q])


def turn_ms(network: Network, weights: Weights, leaving: int, entering: int) -> int:
    turns = np.arange(network.turn_start[leaving], network.turn_start[leaving + 1])
    return int(weights.turn_ms[turns[network.turn_to[turns] == entering]].item())


def test_a_unit_before_the_place_drives_on_and_one_past_it_goes_round() -> None:
    drawn = draw("A--B\n|  |\nC--D", ways=dict.fromkeys(("AB", "BD", "DC", "CA"), ONEWAY))
    weights, reverse = weights_of(drawn.network, CAR_NORMAL), reverse_of(drawn.network)
    arc = drawn.arc("A", "B")
    before, past = (
        int(eta_to(weights, reverse, goal=place(arc, 0.5), units=place(arc, at)).cost_ms[0]) for at in (0.25, 0.75)
    )
    arc_ms = int(weights.arc_ms[arc])
    assert before == part_ms(0.5, arc_ms) - part_ms(0.25, arc_ms)
    assert past == int(weights.arc_ms[[drawn.arc(*ends) for ends in ("AB", "BD", "DC", "CA")]].sum()) - (
        part_ms(0.75, arc_ms) - part_ms(0.5, arc_ms)
    )


def test_a_unit_on_the_other_carriageway_drives_to_the_next_gap() -> None:
    trunk = {"highway": "trunk", "oneway": "yes"}
    ways = {"AB": trunk, "BC": trunk, "DE": trunk, "EF": trunk, "CD": RESIDENTIAL, "FA": RESIDENTIAL}
    drawn = draw("F---E---D\nA---B---C", ways=ways, grid_m=50.0)
    weights, reverse = weights_of(drawn.network, CAR_RESPONSE), reverse_of(drawn.network)
    goal, unit = place(drawn.arc("E", "F"), 0.9), place(drawn.arc("A", "B"), 0.1)
    way = find_way(weights, reverse, goal=goal, units=unit, unit=0)
    assert way is not None
    assert way.arcs.tolist() == [drawn.arc(*ends) for ends in ("AB", "BC", "CD", "DE", "EF")]
    length_m = drawn.network.arc_length_m
    reached = eta_to(weights, reverse, goal=goal, units=unit, measured=True)
    driven_m = length_m[way.arcs].sum() - 0.1 * length_m[way.arcs[0]] - 0.1 * length_m[way.arcs[-1]]
    assert reached.length_m == pytest.approx([driven_m])


def test_a_banned_turn_is_not_taken_even_where_it_were_sooner() -> None:
    from_west = draw("W--X--E\n   |\n   S", ways=dict.fromkeys(("WX", "XE", "XS"), RESIDENTIAL))
    weights, reverse = weights_of(from_west.network, CAR_NORMAL), reverse_of(from_west.network)
    goal, unit = place(from_west.arc("X", "S"), 0.5), place(from_west.arc("W", "X"), 0.5)
    open_ms = eta_to(weights, reverse, goal=goal, units=unit).cost_ms[0]
    shut = weights.turn_ms.copy()
    turns = slice(*from_west.network.turn_start[[from_west.arc("W", "X"), from_west.arc("W", "X") + 1]])
    shut[turns][from_west.network.turn_to[turns] == from_west.arc("X", "S")] = FORBIDDEN
    rerouted = replace(weights, turn_ms=shut)
    way = find_way(rerouted, reverse, goal=goal, units=unit, unit=0)
    assert way is not None
    assert way.cost_ms > open_ms
    assert way.arcs.tolist() == [from_west.arc(*ends) for ends in ("WX", "XE", "EX", "XS")]


def test_many_threads_may_search_at_once_and_the_kernels_are_compiled_once() -> None:
    drawn = draw("A--B--C", ways=dict.fromkeys(("AB", "BC"), RESIDENTIAL))
    weights, reverse = weights_of(drawn.network, CAR_NORMAL), reverse_of(drawn.network)
    search.warm_up()
    goal, unit = place(drawn.arc("B", "C"), 0.5), place(drawn.arc("B", "A"), 0.5)

    def cost_ms(_: int) -> int:
        return int(eta_to(weights, reverse, goal=goal, units=unit).cost_ms[0])

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(cost_ms, range(500)))) == 1
    assert len(kernel.search.signatures) == 1


@pytest.mark.real_roads
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="real extracts are read from ARLS_SHARED_DATA")
@pytest.mark.parametrize("profile", [CAR_RESPONSE, PROFILES["foot"]], ids=lambda profile: profile.name)
def test_on_real_streets_every_arc_needs_what_scipy_says(profile: Profile) -> None:
    network, _ = import_network(SHARED_DATA / "roads" / "levenshulme.osm.gz")
    weights, reverse = weights_of(network, profile), reverse_of(network)
    arc = int(np.flatnonzero(weights.component == 0)[0])
    ends = Places(
        start=np.arange(network.arcs + 1),
        arc=np.arange(network.arcs, dtype=np.int32),
        fraction=np.ones(network.arcs),
        off_road_m=np.zeros(network.arcs),
        extra_ms=np.zeros(network.arcs, np.uint32),
    )
    reached = eta_to(weights, reverse, goal=place(arc, 1.0), units=ends)
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    may_go = weights.turn_ms < FORBIDDEN
    ms = weights.turn_ms.astype(np.float64) + weights.arc_ms[network.turn_to]
    # Backward: from the end of the goal's arc to the ends of all arcs from which one comes there.
    backward = csr_matrix((ms[may_go], (network.turn_to[may_go], leaving[may_go])), shape=(network.arcs, network.arcs))
    told = dijkstra(backward, indices=arc)
    told[weights.arc_ms >= FORBIDDEN] = np.inf
    assert np.isfinite(told).sum() > 500
    assert np.array_equal(np.where(reached.cost_ms == UNREACHED, np.inf, reached.cost_ms), told)
