"""A mover keeps to the roads, the permitted turns and the speeds of its profile, and arrives when the path says."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.geo import Position, metres_between
from arls.roads.assemble import Streets, assemble
from arls.roads.live import Roads
from arls.roads.network import JunctionFlag, Network
from arls.roads.profile import CAR_NORMAL, FORBIDDEN, MAIN_COMPONENT, Weights
from gateways.simulator.movement import PATROL_SHARE, Mover
from tests.gateways.simulator.simulated_town import town
from tests.strategies import streets

if TYPE_CHECKING:
    from arls.roads.path import Path

PROFILES = ("car-response", "foot", "cycle", "motorcycle-response")


def mover_on(network: Network, weights: Weights, seed: int) -> Mover | None:
    """Somewhere on the main component; None where there is none."""
    chance = random.Random(seed)
    main = np.flatnonzero(weights.component == MAIN_COMPONENT)
    if not len(main):
        return None
    return Mover(network=network, weights=weights, chance=chance, arc=int(chance.choice(main)))


def fastest_mps(network: Network, weights: Weights) -> float:
    usable = weights.arc_ms < FORBIDDEN
    return float((network.arc_length_m[usable] / weights.arc_ms[usable]).max()) * 1000


def may_turn(network: Network, weights: Weights, leaving: int, entering: int) -> bool:
    turns = slice(network.turn_start[leaving], network.turn_start[leaving + 1])
    return bool(((network.turn_to[turns] == entering) & (weights.turn_ms[turns] < FORBIDDEN)).any())


@given(drawn=streets(), profile=st.sampled_from(PROFILES), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_on_patrol_every_turn_is_permitted_and_no_step_is_faster_than_the_fastest_road(
    drawn: Streets, profile: str, seed: int
) -> None:
    network = assemble(drawn)
    weights = Roads(network).weights(profile)
    mover = mover_on(network, weights, seed)
    if mover is None:
        return
    limit_mps = fastest_mps(network, weights) * PATROL_SHARE
    for _ in range(200):
        arc, before = mover.arc, mover.place()[0]
        assert mover.speed_mps <= limit_mps + 1e-6
        mover.move(0.01)  # so short that it passes one junction at most
        moved_m = metres_between(before, mover.place()[0])
        assert moved_m <= limit_mps * 0.01 * 1.01 + 0.02
        if mover.arc != arc:
            assert may_turn(network, weights, arc, mover.arc)
            assert weights.component[mover.arc] == MAIN_COMPONENT


@given(start=st.sampled_from("ABCDEFGX"), goal=st.sampled_from("ABCDEFGX"), profile=st.sampled_from(PROFILES))
@settings(deadline=None, max_examples=60)
def test_a_mover_that_is_sent_arrives_when_the_path_says_and_where_it_says(start: str, goal: str, profile: str) -> None:
    drawn, roads = town()
    path = roads.find_way(drawn.node(start), drawn.node(goal), profile)
    assert path is not None
    mover = sent(roads, path, profile)
    step_s, passed_s, seen = 0.05, 0.0, [mover.arc]
    while not mover.arrived:
        assert passed_s < path.cost_ms / 1000 + 1, "it does not arrive"
        mover.move(step_s)
        passed_s += step_s
        if mover.arc != seen[-1]:
            seen.append(mover.arc)
    assert passed_s == pytest.approx(path.cost_ms / 1000, abs=step_s + 0.001 * len(path.arcs))
    assert set(seen) <= set(path.arcs.tolist())
    end = Position(lat=float(path.lats[-1]), lon=float(path.lons[-1]))
    assert metres_between(mover.place()[0], end) < 0.5
    assert mover.speed_mps == 0


@given(steps_s=st.lists(st.floats(0.01, 5.0), min_size=1, max_size=30), seed=st.integers(0, 99))
@settings(deadline=None)
def test_how_time_is_cut_into_steps_changes_nothing(steps_s: list[float], seed: int) -> None:
    _, roads = town()
    weights = roads.weights("car-response")
    many, one = mover_on(roads.network, weights, seed), mover_on(roads.network, weights, seed)
    assert many is not None
    assert one is not None
    for step_s in steps_s:
        many.move(step_s)
    one.move(sum(steps_s))
    assert metres_between(many.place()[0], one.place()[0]) < 0.01


def test_a_mover_stands_where_its_profile_waits() -> None:
    drawn, roads = town()
    path = roads.find_way(drawn.node("A"), drawn.node("C"), "car-normal")
    assert path is not None
    assert path.arcs.tolist() == [drawn.arc("A", "B"), drawn.arc("B", "C")]
    mover, stood_s = sent(roads, path, "car-normal"), 0.0
    while not mover.arrived:
        mover.move(0.1)
        stood_s += 0.1 * (mover.speed_mps == 0)
    assert CAR_NORMAL.wait_ms[JunctionFlag.SIGNALS] / 1000 <= stood_s < 2.5


def test_its_course_is_that_of_the_street_in_the_direction_it_drives() -> None:
    drawn, roads = town()
    weights = roads.weights("car-response")
    for first, last, course_deg in (("C", "F", 180), ("F", "C", 0), ("B", "C", 90), ("C", "B", 270)):
        mover = Mover(
            network=roads.network, weights=weights, chance=random.Random(1), arc=drawn.arc(first, last), along_m=5.0
        )
        position, seen_deg = mover.place()
        assert abs((seen_deg - course_deg + 180) % 360 - 180) < 0.5
        assert metres_between(position, drawn.node(first)) == pytest.approx(5.0, abs=0.05)


def test_a_parked_mover_stays_and_goes_on_when_it_is_told() -> None:
    _, roads = town()
    mover = mover_on(roads.network, roads.weights("foot"), 3)
    assert mover is not None
    mover.parked = True
    before = mover.place()
    mover.move(60.0)
    assert (mover.place(), mover.speed_mps) == (before, 0.0)
    mover.patrol()
    mover.move(5.0)
    assert mover.place() != before


def sent(roads: Roads, path: Path, profile: str) -> Mover:
    mover = Mover(network=roads.network, weights=roads.weights(profile), chance=random.Random(1), arc=int(path.arcs[0]))
    mover.send(path)
    return mover
