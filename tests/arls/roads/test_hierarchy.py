"""The hierarchy gives, to the millisecond, what the search gives, before and after weights change."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba.core.dispatcher import Dispatcher

from arls.roads.assemble import assemble
from arls.roads.dijkstra import UNREACHED
from arls.roads.hierarchy import arrival, climb, departures, elimination, meeting, nearing, racks, sweep
from arls.roads.hierarchy import customise as customising
from arls.roads.hierarchy.arrival import arrival_of
from arls.roads.hierarchy.customise import customise, recustomise
from arls.roads.hierarchy.departures import Departures
from arls.roads.hierarchy.elimination import NO_RANK
from arls.roads.hierarchy.nearing import Nearing
from arls.roads.hierarchy.order import arrays_of, order_from, order_of
from arls.roads.hierarchy.sweep import ends_ms, starts_ms
from arls.roads.hierarchy.warm import warm_up
from arls.roads.network import NO_ARC, Places
from arls.roads.path import path_of
from arls.roads.profile import FORBIDDEN, PROFILES, Weights, weights_of
from arls.roads.search import eta_to, find_way, reverse_of
from arls.roads.snap import Snapper
from maps.osm import import_network
from tests.drawing import draw
from tests.strategies import any_places, any_weights, streets

if TYPE_CHECKING:
    from arls.roads.network import Network

STREET = {"highway": "residential"}
ONEWAY = {**STREET, "oneway": "yes"}
SHARED_DATA = Path(os.environ.get("ARLS_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))


class Question(NamedTuple):
    """A network with weights before and after a change, units and a goal."""

    network: Network
    weights: Weights
    later: Weights
    units: Places
    goal: Places


@st.composite
def questions(draw_from: st.DrawFn) -> Question:
    network = assemble(draw_from(streets()))
    weighed = st.sampled_from([*PROFILES.values()]).map(lambda profile: weights_of(network, profile))
    weights = draw_from(st.one_of(weighed, any_weights(network)))
    later = draw_from(st.one_of(any_weights(network), closures(network, weights)))
    units = draw_from(any_places(network, positions=draw_from(st.integers(0, 6))))
    return Question(network, weights, later, units, draw_from(any_places(network, positions=1)))


@st.composite
def closures(draw_from: st.DrawFn, network: Network, weights: Weights) -> Weights:
    """The same weights, but for some arcs that nobody may use."""
    shut = draw_from(st.lists(st.integers(0, network.arcs - 1), max_size=3))
    arc_ms = weights.arc_ms.copy()
    arc_ms[shut] = FORBIDDEN
    return replace(weights, arc_ms=arc_ms)


@given(questions())
def test_every_unit_needs_what_the_search_says(question: Question) -> None:
    network, weights, _, units, goal = question
    ready = customise(order_of(network), weights)
    ranked_ms = Departures(ready, units).eta_to(arrival_of(ready, goal))
    searched = eta_to(weights, reverse_of(network), goal=goal, units=units)
    assert ranked_ms.dtype == np.uint32
    assert ranked_ms.tolist() == searched.cost_ms.tolist()


@given(questions(), st.sets(st.integers(0, 5)))
def test_some_units_alone_need_what_they_need_among_all(question: Question, asked: set[int]) -> None:
    network, weights, _, units, goal = question
    ready = customise(order_of(network), weights)
    standing, label = Departures(ready, units), arrival_of(ready, goal)
    some = np.array([unit for unit in asked if unit < len(units)], np.int64)
    assert standing.eta_to(label, some).tolist() == standing.eta_to(label)[some].tolist()


@given(questions())
def test_customising_what_changed_gives_the_same_as_customising_all(question: Question) -> None:
    network, weights, later, units, goal = question
    order = order_of(network)
    before = customise(order, weights)
    links_before = before.costs.link_ms.copy()
    again, anew = recustomise(before, later), customise(order, later)
    assert again.costs.link_ms.tolist() == anew.costs.link_ms.tolist()
    assert before.costs.link_ms.tolist() == links_before.tolist()
    standing = Departures(before, units).after(again)
    searched = eta_to(later, reverse_of(network), goal=goal, units=units)
    assert standing.eta_to(arrival_of(again, goal)).tolist() == searched.cost_ms.tolist()


@given(questions(), st.data())
def test_a_unit_that_moves_is_ranked_from_its_new_place(question: Question, data: st.DataObject) -> None:
    network, weights, _, units, goal = question
    ready = customise(order_of(network), weights)
    standing, label = Departures(ready, units, slots=3), arrival_of(ready, goal)
    before_ms = standing.eta_to(label)
    moved = np.flatnonzero(data.draw(st.lists(st.booleans(), min_size=len(units), max_size=len(units))))
    there = data.draw(any_places(network, positions=len(moved)))
    standing.move(moved, there)
    expected_ms = before_ms.copy()
    expected_ms[moved] = eta_to(weights, reverse_of(network), goal=goal, units=there).cost_ms
    assert standing.eta_to(label).tolist() == expected_ms.tolist()


@given(questions())
def test_ways_and_their_metres_are_those_of_the_search(question: Question) -> None:
    network, weights, _, units, goal = question
    reverse, here = reverse_of(network), Nearing(customise(order_of(network), weights), goal)
    searched = eta_to(weights, reverse, goal=goal, units=units, measured=True)
    for unit in range(len(units)):  # one by one, and then everybody from what is known by then
        theirs, ours = find_way(weights, reverse, goal=goal, units=units, unit=unit), here.find_way(units, unit)
        assert (ours is None) == (theirs is None)
        if ours is not None and theirs is not None:
            assert ours.arcs.tolist() == theirs.arcs.tolist()
            assert (ours.cost_ms, ours.unit_place, ours.goal_place) == (
                theirs.cost_ms,
                theirs.unit_place,
                theirs.goal_place,
            )
            assert path_of(network, ours, goal=goal, units=units).length_m == searched.length_m[unit]
    for reached in (here.reached(units), here.reached(units)):
        assert reached.cost_ms.tolist() == searched.cost_ms.tolist()
        assert reached.place.tolist() == searched.place.tolist()
        assert np.array_equal(reached.length_m, searched.length_m, equal_nan=True)


def on_every_arc(network: Network, fraction: float) -> Places:
    return Places(
        start=np.arange(network.arcs + 1),
        arc=np.arange(network.arcs, dtype=np.int32),
        fraction=np.full(network.arcs, fraction),
        off_road_m=np.zeros(network.arcs),
        extra_ms=np.zeros(network.arcs, np.uint32),
    )


def one_of(places: Places, position: int) -> Places:
    own = slice(places.start[position], places.start[position + 1])
    return Places(
        start=np.array([0, own.stop - own.start]),
        arc=places.arc[own],
        fraction=places.fraction[own],
        off_road_m=places.off_road_m[own],
        extra_ms=places.extra_ms[own],
    )


@given(questions())
def test_a_sweep_gives_what_the_search_says_of_each_arc(question: Question) -> None:
    network, weights, _, units, goal = question
    ready, reverse = customise(order_of(network), weights), reverse_of(network)
    everywhere = on_every_arc(network, 1.0)
    from_ends = eta_to(weights, reverse, goal=goal, units=everywhere).cost_ms
    assert ends_ms(ready, goal).tolist() == from_ends.tolist()
    starts = on_every_arc(network, 0.0)
    for unit in range(min(len(units), 2)):
        to_starts = [
            int(eta_to(weights, reverse, goal=one_of(starts, arc), units=one_of(units, unit)).cost_ms[0])
            for arc in range(network.arcs)
        ]
        assert starts_ms(ready, units, unit).tolist() == to_starts


@given(questions())
def test_an_order_is_the_same_after_it_was_stored(question: Question) -> None:
    order = order_of(question.network)
    stored = {name: array.copy() for name, array in arrays_of(order).items()}
    again = order_from(question.network, stored)
    for name, one in order.frame._asdict().items():
        other = getattr(again.frame, name)
        assert one.dtype == other.dtype
        assert one.tolist() == other.tolist()
        assert not other.flags.writeable


@given(questions())
def test_links_lead_up_the_root_path_on_which_the_other_arc_of_the_street_lies_too(question: Question) -> None:
    network = question.network
    frame = order_of(network).frame
    assert frame.arc_of[frame.rank_of].tolist() == list(range(network.arcs))
    above = [{rank} for rank in range(network.arcs)]
    for rank in range(network.arcs - 1, -1, -1):
        if frame.parent[rank] != NO_RANK:
            above[rank] |= above[frame.parent[rank]]
        assert frame.depth[rank] == len(above[rank]) - 1
    for rank in range(network.arcs):
        assert frame.first[rank] == min(below for below in range(network.arcs) if rank in above[below])
        for group in (2 * rank, 2 * rank + 1):
            upper = frame.high[frame.start[group] : frame.start[group + 1]].tolist()
            assert set(upper) <= above[rank] - {rank}
            assert upper == sorted(set(upper), reverse=True)
    for arc in np.flatnonzero(network.arc_twin != NO_ARC):
        lower, higher = sorted((int(frame.rank_of[arc]), int(frame.rank_of[network.arc_twin[arc]])))
        assert higher in above[lower]


def test_a_unit_past_the_place_on_a_one_way_circle_goes_round() -> None:
    drawn = draw("A--B\n|  |\nC--D", ways=dict.fromkeys(("AB", "BD", "DC", "CA"), ONEWAY))
    weights = weights_of(drawn.network, PROFILES["car-normal"])
    ready = customise(order_of(drawn.network), weights)
    for ends in ("AB", "BD", "DC", "CA"):
        arc = drawn.arc(*ends)
        goal, unit = (one_of(on_every_arc(drawn.network, at), arc) for at in (0.5, 0.75))
        way = Nearing(ready, goal).find_way(unit, 0)
        assert way is not None
        assert len(way.arcs) == 5
        assert Departures(ready, unit).eta_to(arrival_of(ready, goal)).tolist() == [way.cost_ms]


def test_a_closed_street_is_gone_round_until_it_is_open_again() -> None:
    town = """
        G--A--B--C--I
           |     |
           D--E--F
              |
              H
    """
    drawn = draw(town, ways=dict.fromkeys(("GA", "ABC", "CI", "ADE", "EFC", "EH"), STREET))
    weights, reverse = weights_of(drawn.network, PROFILES["car-normal"]), reverse_of(drawn.network)
    shut = weights.arc_ms.copy()
    shut[drawn.arc("A", "C")] = FORBIDDEN
    unit, goal = (one_of(on_every_arc(drawn.network, 0.5), drawn.arc(*ends)) for ends in ("GA", "CI"))
    before = customise(order_of(drawn.network), weights)
    closed = recustomise(before, replace(weights, arc_ms=shut))
    took_ms, standing = [], Departures(before, unit)
    for now in (before, closed, recustomise(closed, weights)):
        standing = standing.after(now)
        took_ms += standing.eta_to(arrival_of(now, goal)).tolist()
        assert took_ms[-1] == eta_to(now.weights, reverse, goal=goal, units=unit).cost_ms[0]
    assert took_ms[0] == took_ms[2] < took_ms[1] < UNREACHED


def test_an_order_that_is_mapped_from_disk_serves_as_it_is(tmp_path: Path) -> None:
    network = draw("A--B--C", ways={"AB": STREET, "BC": STREET}).network
    for name, array in arrays_of(order_of(network)).items():
        np.save(tmp_path / f"{name}.npy", array)
    mapped = {file.stem: np.load(file, mmap_mode="r") for file in tmp_path.iterdir()}
    order, weights = order_from(network, mapped), weights_of(network, PROFILES["foot"])
    assert all(np.shares_memory(getattr(order.frame, name), array) for name, array in mapped.items())
    compiled = len(customising._customise.signatures)
    assert (
        customise(order, weights).costs.link_ms.tolist() == customise(order_of(network), weights).costs.link_ms.tolist()
    )
    assert len(customising._customise.signatures) <= max(compiled, 1)


def test_an_order_of_another_network_is_refused() -> None:
    one, other = (draw("A--B--C", ways=ways).network for ways in ({"ABC": STREET}, {"AB": STREET, "BC": STREET}))
    with pytest.raises(ValueError, match="another network"):
        order_from(one, arrays_of(order_of(other)))


def test_who_stood_on_a_closed_arc_is_ranked_again_when_it_opens() -> None:
    network = draw("A--B", ways={"AB": STREET}).network
    weights, order = weights_of(network, PROFILES["foot"]), order_of(network)
    for arc in range(network.arcs):
        shut = weights.arc_ms.copy()
        shut[arc] = FORBIDDEN
        unit, goal = (one_of(on_every_arc(network, at), arc) for at in (0.25, 0.75))
        closed = customise(order, replace(weights, arc_ms=shut))
        opened = recustomise(closed, weights)
        standing = Departures(closed, unit)
        assert standing.eta_to(arrival_of(closed, goal)).tolist() == [UNREACHED]
        assert standing.after(opened).eta_to(arrival_of(opened, goal))[0] < weights.arc_ms[arc]


def test_labels_of_different_weights_are_never_added_up() -> None:
    drawn = draw("A--B", ways={"AB": STREET})
    order = order_of(drawn.network)
    car, foot = (customise(order, weights_of(drawn.network, PROFILES[name])) for name in ("car-normal", "foot"))
    place = one_of(on_every_arc(drawn.network, 0.5), 0)
    with pytest.raises(ValueError, match="different weights"):
        Departures(car, place).eta_to(arrival_of(foot, place))


def test_a_unit_with_more_places_than_there_is_room_for_is_refused() -> None:
    drawn = draw("A--B--C", ways={"AB": STREET, "BC": STREET})
    everywhere = on_every_arc(drawn.network, 0.5)
    standing = Departures(customise(order_of(drawn.network), weights_of(drawn.network, PROFILES["foot"])), everywhere)
    several = replace(everywhere, start=np.array([0, drawn.network.arcs]))
    with pytest.raises(ValueError, match="room for 2"):
        standing.move(np.array([0]), several)


def test_after_the_warm_up_nothing_is_compiled() -> None:
    warm_up()
    kernels = [
        kernel
        for module in (arrival, climb, customising, departures, elimination, meeting, nearing, racks, sweep)
        for kernel in vars(module).values()
        if isinstance(kernel, Dispatcher)
    ]
    compiled = [len(kernel.signatures) for kernel in kernels]
    drawn = draw("A--B--C", ways={"AB": STREET, "BC": STREET})
    weights = weights_of(drawn.network, PROFILES["foot"])
    before = customise(order_of(drawn.network), weights)
    after = recustomise(before, replace(weights, turn_ms=weights.turn_ms + np.uint32(1)))
    everywhere = on_every_arc(drawn.network, 0.5)
    for unit in range(drawn.network.arcs):
        goal = one_of(everywhere, unit)
        for standing in (everywhere, everywhere.of(np.zeros(100, np.int64))):
            ranked = Departures(before, standing).after(after)
            ranked.eta_to(arrival_of(after, goal), np.arange(2))
            ranked.eta_to(arrival_of(after, goal))
        Nearing(after, goal).find_way(everywhere, 0)
        Nearing(after, goal).ends_ms(everywhere.arc)
        Nearing(after, goal).reached(everywhere)
        starts_ms(after, everywhere, unit)
        ends_ms(after, goal)
    assert [len(kernel.signatures) for kernel in kernels] == compiled


@pytest.mark.real_roads
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="real extracts are read from ARLS_SHARED_DATA")
@pytest.mark.parametrize("name", ["levenshulme.osm.gz", "central-london.osm.pbf"])
def test_on_real_streets_every_profile_ranks_as_the_search_does_before_and_after_closures(name: str) -> None:
    network, _ = import_network(SHARED_DATA / "roads" / name)
    order, reverse, random = order_of(network), reverse_of(network), np.random.default_rng(1)
    for profile in PROFILES.values():
        weights = weights_of(network, profile)
        now = customise(order, weights)
        spots = Snapper(network)
        here = random.integers(0, len(network.point_lat), 420)
        lats, lons = (at[here] + random.normal(0.0, 1e-4, len(here)) for at in (network.point_lat, network.point_lon))
        units = spots.snap(lats=lats[:400], lons=lons[:400], weights=weights)
        standing = Departures(now, units)
        for i in range(400, 420):
            goal = spots.snap(lats=lats[i : i + 1], lons=lons[i : i + 1], weights=weights, ends=True)
            ranked_ms = standing.eta_to(arrival_of(now, goal))
            searched = eta_to(now.weights, reverse, goal=goal, units=units)
            assert np.array_equal(ranked_ms, searched.cost_ms)
            shut = weights.arc_ms.copy()
            shut[random.integers(0, network.arcs, 5)] = FORBIDDEN
            now = recustomise(now, replace(weights, arc_ms=shut))
            standing = standing.after(now)
        assert np.array_equal(now.costs.link_ms, customise(order, now.weights).costs.link_ms)
