"""What is reached in time ends exactly where the time runs out, and nothing else is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.roads.assemble import assemble
from arls.roads.legs import Legs, legs_of, lines_of
from arls.roads.network import Places
from arls.roads.path import line_of
from arls.roads.profile import CAR_NORMAL, PROFILES, Weights, weights_of
from arls.roads.search import eta_to, reverse_of
from arls.roads.spread import Spread, searched
from tests.drawing import draw
from tests.strategies import any_places, any_weights, streets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.roads.network import Network

STREET = {"highway": "residential"}
ONEWAY = {**STREET, "oneway": "yes"}


class Question(NamedTuple):
    """A network, what it takes to all of it, and how long there is."""

    network: Network
    spread: Spread
    within_ms: int


@st.composite
def questions(draw_from: st.DrawFn) -> Question:
    network = assemble(draw_from(streets()))
    small = draw_from(st.booleans())
    weights = draw_from(any_weights(network)) if small else weights_of(network, PROFILES["car-response"])
    places = draw_from(any_places(network, positions=draw_from(st.integers(1, 2))))
    spread = searched(network, reverse_of(network), weights, places, towards=draw_from(st.booleans()))
    return Question(network, spread, draw_from(st.integers(0, 30 if small else 90_000)))


def place(arc: int, fraction: float) -> Places:
    return Places(
        start=np.array([0, 1]),
        arc=np.array([arc], np.int32),
        fraction=np.array([fraction]),
        off_road_m=np.zeros(1),
        extra_ms=np.zeros(1, np.uint32),
    )


def searched_ms(question: Question, arc: int, fraction: float) -> int:
    """What it takes between the places and one place on an arc."""
    network, spread, _ = question
    here = place(arc, fraction)
    goal, units = (spread.places, here) if spread.towards else (here, spread.places)
    return int(eta_to(spread.weights, reverse_of(network), goal=goal, units=units).cost_ms[0])


def starts_on(spread: Spread, arc: int) -> Iterator[tuple[float, float]]:
    """The places on an arc and what it takes to be there."""
    for i in np.flatnonzero(spread.places.arc == arc):
        yield float(spread.places.fraction[i]), float(spread.places.extra_ms[i])


@given(questions())
def test_the_ends_of_a_leg_need_what_the_search_says_and_a_cut_is_where_the_time_is_over(question: Question) -> None:
    legs, edge = legs_of(question.spread, question.within_ms), 0.0 if question.spread.towards else 1.0
    for i in range(len(legs)):
        ends = [(legs.start[i], legs.start_ms[i]), (legs.end[i], legs.end_ms[i])]
        touching = [*starts_on(question.spread, int(legs.arc[i]))]
        for j in np.flatnonzero(legs.arc == legs.arc[i]):
            touching += [(legs.start[j], legs.start_ms[j]), (legs.end[j], legs.end_ms[j])] if j != i else []
        for at, told_ms in ends:
            # Where two legs meet, whoever starts there is sooner than who comes round to there.
            soonest_ms = min(ms for where, ms in [*touching, (at, told_ms)] if where == at)
            assert searched_ms(question, int(legs.arc[i]), float(at)) == soonest_ms
        far, far_ms = ends[0] if question.spread.towards else ends[1]
        assert far_ms <= question.within_ms
        assert far == edge or far in [where for where, _ in touching] or far_ms == question.within_ms


@given(questions(), st.floats(0.01, 0.99))
def test_a_place_is_on_a_leg_if_and_only_if_there_is_time_for_it(question: Question, fraction: float) -> None:
    legs = legs_of(question.spread, question.within_ms)
    for arc in range(question.network.arcs):
        on = (legs.arc == arc) & (legs.start <= fraction) & (fraction <= legs.end)
        took_ms = searched_ms(question, arc, fraction)
        if on.any():
            share = (fraction - legs.start[on]) / (legs.end[on] - legs.start[on])
            told_ms = (legs.start_ms[on] + share * (legs.end_ms[on] - legs.start_ms[on])).min()
            assert took_ms == pytest.approx(told_ms, abs=1.0)
            assert on.sum() == 1 or fraction in legs.start[on]
        else:
            assert took_ms >= question.within_ms


@given(questions(), st.integers(0, 30_000))
def test_more_time_takes_nothing_away(question: Question, more_ms: int) -> None:
    early, late = (legs_of(question.spread, question.within_ms + extra_ms) for extra_ms in (0, more_ms))
    for i in range(len(early)):
        around = (late.arc == early.arc[i]) & (late.start <= early.start[i]) & (late.end >= early.end[i])
        assert around.sum() == 1


@given(questions())
def test_the_line_of_a_leg_is_that_piece_of_its_arc_with_the_time_at_each_point(question: Question) -> None:
    legs = legs_of(question.spread, question.within_ms)
    lines = lines_of(question.network, legs)
    assert len(lines.start) == len(legs) + 1
    for i in range(len(legs)):
        own = slice(lines.start[i], lines.start[i + 1])
        lats, lons = line_of(question.network, int(legs.arc[i]), start=float(legs.start[i]), end=float(legs.end[i]))
        assert lines.lat[own][[0, -1]] == pytest.approx(lats[[0, -1]], abs=1e-12)
        assert lines.lon[own] == pytest.approx(lons, abs=1e-12)
        assert lines.ms[own][[0, -1]].tolist() == [legs.start_ms[i], legs.end_ms[i]]
        steps_ms = np.diff(lines.ms[own])
        assert (steps_ms <= 0).all() if question.spread.towards else (steps_ms >= 0).all()


def weighed(drawn_network: Network) -> Weights:
    return weights_of(drawn_network, CAR_NORMAL)


def test_a_street_is_cut_where_the_time_runs_out_and_a_one_way_street_is_not_entered() -> None:
    drawn = draw("A---B---C", ways={"AB": STREET, "CB": ONEWAY})
    network = drawn.network
    weights, reverse = weighed(network), reverse_of(network)
    street = drawn.arc("A", "B")
    out = searched(network, reverse, weights, place(street, 0.25), towards=False)
    quarter_ms = int(weights.arc_ms[street]) // 4
    legs = legs_of(out, quarter_ms)
    assert legs.arc.tolist() == [street]
    assert (legs.start[0], legs.end[0]) == pytest.approx((0.25, 0.5), abs=1e-4)
    everything = legs_of(out, 10**7)
    assert set(everything.arc.tolist()) == {street, drawn.arc("B", "A")}
    back = legs_of(searched(network, reverse, weights, place(street, 0.25), towards=True), 10**7)
    assert set(back.arc.tolist()) == {street, drawn.arc("B", "A"), drawn.arc("C", "B")}


def test_who_comes_round_to_where_it_was_is_not_sooner_there() -> None:
    drawn = draw("A--B\n|  |\nC--D", ways=dict.fromkeys(("AB", "BD", "DC", "CA"), ONEWAY))
    network = drawn.network
    arc, weights = drawn.arc("A", "B"), weighed(network)
    legs = legs_of(searched(network, reverse_of(network), weights, place(arc, 0.5), towards=False), 10**7)
    own = legs.only(np.flatnonzero(legs.arc == arc))
    assert own.start.tolist() == [0.0, 0.5]
    assert own.end.tolist() == [0.5, 1.0]
    assert own.start_ms[1] == 0
    assert own.start_ms[0] > own.end_ms[1]


def test_nothing_is_reached_in_no_time() -> None:
    drawn = draw("A---B", ways={"AB": STREET})
    spread = searched(drawn.network, reverse_of(drawn.network), weighed(drawn.network), place(0, 0.5), towards=False)
    legs = legs_of(spread, 0)
    assert isinstance(legs, Legs)
    assert len(legs) == len(lines_of(drawn.network, legs).lat) == 0
