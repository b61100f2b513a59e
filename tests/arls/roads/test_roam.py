"""Where one may be by now: exactly as far as the time since reaches, and in proportion to what lies behind."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.roads.assemble import assemble
from arls.roads.dijkstra import NEVER_MS, part_ms
from arls.roads.network import ArcId
from arls.roads.profile import CAR_NORMAL, FORBIDDEN, PROFILES, weights_of
from arls.roads.roam import MOST_ARCS, roam, roamed_for, tree_for
from arls.roads.search import onward_by, reverse_of
from tests.arls.roads.test_search import place
from tests.drawing import Drawn, draw
from tests.strategies import any_places, any_weights, streets

if TYPE_CHECKING:
    from arls.roads.network import Network, Places
    from arls.roads.profile import Weights

TIMES = 4
ONEWAY = {"highway": "residential", "oneway": "yes", "maxspeed": "36"}

Place = tuple[int, int, int, float]


def roamed(network: Network, weights: Weights, begun: Places, gone_ms: list[int], most: int = MOST_ARCS) -> list[Place]:
    """Arc, milliseconds driven of it, milliseconds beyond the search, and weight of each place."""
    out = roamed_for(max(1, network.arcs) * len(gone_ms))
    tree = tree_for(network.arcs, network.turns)
    onward = onward_by(weights, reverse_of(network))
    for _ in range(2):  # the second search finds the tree as the first left it
        out.size[0] = 0
        roam(onward, begun.arc, begun.fraction, np.array(gone_ms), most, tree, out)
    columns = (out.arc, out.part_ms, out.beyond_ms, out.weight)
    return list(zip(*(column[: out.size[0]].tolist() for column in columns), strict=True))


def plain_starts(network: Network, weights: Weights, begun: Places) -> dict[int, int]:
    """When the start of each arc is passed at the soonest, by the plainest Dijkstra."""
    waiting = [
        (-part_ms(fraction, int(weights.arc_ms[arc])), int(arc))
        for arc, fraction in list(zip(begun.arc, begun.fraction, strict=True))[::-1]
        if weights.arc_ms[arc] < FORBIDDEN
    ]
    begins = {arc: ms for ms, arc in waiting}  # the first of an arc's places counts
    waiting, starts = [(ms, arc) for arc, ms in begins.items()], {}
    heapq.heapify(waiting)
    while waiting:
        ms, arc = heapq.heappop(waiting)
        if arc in starts:
            continue
        starts[arc] = ms
        for turn in range(network.turn_start[arc], network.turn_start[arc + 1]):
            to, turn_ms = int(network.turn_to[turn]), int(weights.turn_ms[turn])
            if turn_ms < FORBIDDEN and weights.arc_ms[to] < FORBIDDEN and to not in begins:
                heapq.heappush(waiting, (ms + int(weights.arc_ms[arc]) + turn_ms, to))
    return starts


@st.composite
def questions(draw_from: st.DrawFn) -> tuple[Network, Weights, Places, list[int]]:
    network = assemble(draw_from(streets()))
    weighed = st.sampled_from([*PROFILES.values()]).map(lambda profile: weights_of(network, profile))
    weights = draw_from(st.one_of(weighed, any_weights(network)))
    longest = 60_000 if weights.profile != "any" else 20
    gone_ms = sorted(draw_from(st.lists(st.integers(0, longest), min_size=TIMES, max_size=TIMES)))
    return network, weights, draw_from(any_places(network, positions=1)), gone_ms


@given(questions())
def test_each_place_is_reached_by_driving_for_just_one_of_the_times(
    question: tuple[Network, Weights, Places, list[int]],
) -> None:
    network, weights, begun, gone_ms = question
    starts, places = plain_starts(network, weights, begun), roamed(network, weights, begun, gone_ms)
    assert bool(places) == bool(starts)
    furthest_ms = max((ms + int(weights.arc_ms[arc]) for arc, ms in starts.items()), default=0)
    for arc, part, beyond_ms, weight in places:
        ms = starts[arc] + part
        at_its_end = part == weights.arc_ms[arc]  # waiting to turn, or nowhere further to go
        assert weight > 0
        assert beyond_ms == 0
        assert ms in gone_ms or (at_its_end and any(ms <= gone for gone in gone_ms))
        assert ms <= furthest_ms


@given(questions(), st.integers(1, 3))
def test_the_weights_of_all_places_add_up_to_one_however_soon_the_search_ends(
    question: tuple[Network, Weights, Places, list[int]], most: int
) -> None:
    network, weights, begun, gone_ms = question
    for bound in (most, MOST_ARCS):
        places = roamed(network, weights, begun, gone_ms, bound)
        assert len({arc for arc, *_ in places}) <= bound
        if places:
            assert sum(weight for *_, weight in places) == pytest.approx(1.0)


@pytest.fixture(scope="module")
def fork() -> Drawn:
    # One way on leads to C alone, the other to E and to what is behind it.
    return draw(
        """
            C
            |
        A---B
            |
            E---F
            |
            G
        """,
        ways={"AB": ONEWAY, "BC": ONEWAY, "BE": ONEWAY, "EF": ONEWAY, "EG": ONEWAY},
    )


def at_a_second_an_arc(network: Network, turn_ms: int = 0) -> Weights:
    car = weights_of(network, CAR_NORMAL)
    return replace(
        car,
        arc_ms=np.where(car.arc_ms < FORBIDDEN, np.uint32(1000), car.arc_ms),
        turn_ms=np.where(car.turn_ms < FORBIDDEN, np.uint32(turn_ms), car.turn_ms),
    )


def from_a(
    fork: Drawn, gone_ms: list[int], turn_ms: int = 0, most: int = MOST_ARCS
) -> list[tuple[str, int, int, float]]:
    """Arcs by the names of their ends, milliseconds driven of each, milliseconds beyond, weights."""
    names = {fork.arc(*ends): ends for ends in ("AB", "BC", "BE", "EF", "EG")}
    weights = at_a_second_an_arc(fork.network, turn_ms)
    places = roamed(fork.network, weights, place(fork.arc("A", "B"), 0.0), gone_ms, most)
    return sorted((names[ArcId(arc)], *told) for arc, *told in places)  # type: ignore[misc]


def test_the_ways_onward_are_taken_in_proportion_to_the_arcs_behind_them(fork: Drawn) -> None:
    assert from_a(fork, [500]) == [("AB", 500, 0, 1.0)]
    assert from_a(fork, [1500]) == [("BC", 500, 0, 0.25), ("BE", 500, 0, 0.75)]
    assert from_a(fork, [1500, 2500]) == [
        ("BC", 500, 0, 0.125),
        ("BE", 500, 0, 0.375),
        ("EF", 500, 0, 0.25),
        ("EG", 500, 0, 0.25),
    ]


def test_who_waits_to_turn_is_at_the_end_of_the_arc_before(fork: Drawn) -> None:
    assert from_a(fork, [1100], turn_ms=300) == [("AB", 1000, 0, 0.5), ("AB", 1000, 0, 0.5)]
    assert from_a(fork, [1400], turn_ms=300) == [("BC", 100, 0, 0.25), ("BE", 100, 0, 0.75)]


def test_where_no_street_is_that_far_away_it_stays_on_the_furthest(fork: Drawn) -> None:
    (found,) = from_a(fork, [9000])
    assert found in {("EF", 1000, 0, 1.0), ("EG", 1000, 0, 1.0)}


def test_what_is_driven_after_the_search_ended_is_told_as_so_much_further(fork: Drawn) -> None:
    assert from_a(fork, [9000], most=1) == [("AB", 1000, 8000, 1.0)]


def test_a_fix_of_last_year_ends_no_search_later_than_any_way_takes(fork: Drawn) -> None:
    a_year_ms = 366 * 86_400_000
    ((_, _, beyond_ms, weight),) = from_a(fork, [a_year_ms])
    assert (beyond_ms, weight) == (a_year_ms - NEVER_MS, 1.0)
