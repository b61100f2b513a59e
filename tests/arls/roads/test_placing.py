"""A unit is on the road that it was driven to, not on the one that its last fix happens to lie nearest to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.roads.matching.evidence import Fixes
from arls.roads.placing import SEEN, SLOTS, Placer
from arls.roads.profile import CAR_NORMAL, weights_of
from arls.roads.snap import Snapper
from tests.arls.roads.trails import PLANE, towns
from tests.drawing import draw

if TYPE_CHECKING:
    from arls.roads.network import Floats, Network, Places
    from tests.drawing import Drawn

STREET = {"highway": "residential"}
MAIN = {"highway": "primary"}
ONEWAY = {"highway": "primary", "oneway": "yes"}
MPS, EVERY_S, WINDOW = 12.0, 5.0, 8
EAST, NORTH = np.eye(2)  # metres on the plane


def line(drawn: Drawn, nodes: str, *, start_m: float, end_m: float) -> Floats:
    """[n, 2] where a car is every five seconds that drives straight from the first node to the last."""
    ends = [drawn.node(nodes[0]), drawn.node(nodes[-1])]
    first, last = np.column_stack(PLANE.metres_of(lats=[at.lat for at in ends], lons=[at.lon for at in ends]))
    length_m = np.hypot(*(last - first))
    return first + (last - first) * (np.arange(start_m, length_m - end_m, MPS * EVERY_S) / length_m)[:, None]


def trail(xy: Floats, **known: Floats) -> Fixes:
    lats, lons = PLANE.degrees_of(x=xy[:, 0], y=xy[:, 1])
    return Fixes(lats=lats, lons=lons, times_s=np.arange(len(xy)) * EVERY_S, **known)


def seen_of(fixes: Fixes) -> dict[str, Floats]:
    """What a picture shows of the units: their last fixes."""
    told = (fixes.lats, fixes.lons, fixes.courses_deg, fixes.speeds_mps, fixes.accuracies_m)
    last = fixes.bounds[1:] - 1
    return {name: np.full(len(last), np.nan) if v is None else v[last] for name, v in zip(SEEN, told, strict=True)}


def placed(network: Network, fixes: Fixes, *, matched: bool = True) -> Places:
    placer = Placer(Snapper(network), weights_of(network, CAR_NORMAL))
    return placer.places(seen_of(fixes), fixes if matched else None)


def ways_of(network: Network, places: Places) -> list[int]:
    return network.street_way[network.arc_street[places.arc]].tolist()


def driven(drawn: Drawn, nodes: str, *, noise_m: float, seed: int) -> list[Fixes]:
    """The trail of a car at each of its fixes, with courses as receivers tell them."""
    chance = np.random.default_rng(seed)
    exact = line(drawn, nodes, start_m=10.0, end_m=10.0)
    xy = exact + chance.normal(0.0, noise_m, exact.shape)
    course = np.degrees(np.arctan2(*(exact[-1] - exact[0]))) + chance.normal(0.0, 10.0, len(xy))
    return [
        trail(
            xy[max(0, now - WINDOW) : now],
            courses_deg=course[max(0, now - WINDOW) : now] % 360,
            speeds_mps=np.full(min(now, WINDOW), MPS),
        )
        for now in range(3, len(xy) + 1)
    ]


def test_on_a_bridge_over_a_road_that_it_crosses_at_a_sharp_angle_nobody_hops_down() -> None:
    drawn = draw(
        "W                    e\n\n\nw                    E", ways={"WE": MAIN, "we": MAIN, "eE": STREET}, grid_m=30.0
    )
    hopped = 0
    for nodes in ("WE", "we"):
        for fixes in driven(drawn, nodes, noise_m=8.0, seed=4):
            assert placed(drawn.network, fixes).arc.tolist() == [drawn.arc(*nodes)]
            hopped += placed(drawn.network, fixes, matched=False).arc.tolist() != [drawn.arc(*nodes)]
    assert hopped, "else nothing was shown"


def test_on_a_dual_carriageway_noise_puts_nobody_on_the_other_side_though_no_course_is_told() -> None:
    drawn = draw(
        "D--------------------------C\nA--------------------------B",
        ways={"AB": ONEWAY, "BC": STREET, "CD": ONEWAY, "DA": STREET},
        grid_m=20.0,
    )
    hopped = 0
    for fixes in driven(drawn, "AB", noise_m=9.0, seed=7):
        silent = Fixes(lats=fixes.lats, lons=fixes.lons, times_s=fixes.times_s)
        assert placed(drawn.network, silent).arc[0] == drawn.arc("A", "B")
        hopped += placed(drawn.network, silent, matched=False).arc[0] != drawn.arc("A", "B")
    assert hopped, "else nothing was shown"


def test_a_service_road_beside_the_main_road_is_not_hopped_to() -> None:
    drawn = draw(
        "    c--------------------d\nA---b--------------------e---F",
        ways={"AbeF": MAIN, "bcde": {"highway": "service"}},
        grid_m=15.0,
    )
    hopped = 0
    for fixes in driven(drawn, "AF", noise_m=7.0, seed=1) + driven(drawn, "AF", noise_m=7.0, seed=2):
        assert ways_of(drawn.network, placed(drawn.network, fixes)) == [drawn.way("AbeF")]
        hopped += ways_of(drawn.network, placed(drawn.network, fixes, matched=False)) != [drawn.way("AbeF")]
    assert hopped, "else nothing was shown"


def test_who_has_stopped_on_the_bridge_may_leave_it_either_way_but_not_by_the_road_below() -> None:
    drawn = draw("  N\n\nW   E\n\n  S", ways={"WE": MAIN, "SN": MAIN, "NE": STREET})
    xy = line(drawn, "WE", start_m=10.0, end_m=210.0)
    halt = line(drawn, "SN", start_m=209.0, end_m=0.0)[0]  # over the road below, and 9 m off its own
    fixes = trail(np.vstack((xy, halt)), speeds_mps=np.append(np.full(len(xy), MPS), 0.0))
    places = placed(drawn.network, fixes)
    assert sorted(places.arc.tolist()) == sorted((drawn.arc("W", "E"), drawn.arc("E", "W")))
    assert places.fraction.sum() == pytest.approx(1.0)
    below = placed(drawn.network, fixes, matched=False)
    assert set(below.arc.tolist()) == {drawn.arc("S", "N"), drawn.arc("N", "S")}


def test_behind_a_fork_both_roads_are_kept_until_it_is_plain_which_was_taken() -> None:
    drawn = draw("              B\nA----F\n              C", ways=dict.fromkeys(("AF", "FB", "FC"), MAIN), grid_m=20.0)
    before = line(drawn, "AF", start_m=0.0, end_m=5.0)
    fork = np.column_stack(PLANE.metres_of(lats=[drawn.node("F").lat], lons=[drawn.node("F").lon]))
    between = trail(np.vstack((before, fork + EAST * 40.0)))
    assert set(placed(drawn.network, between).arc.tolist()) == {drawn.arc("F", "B"), drawn.arc("F", "C")}
    plain = trail(np.vstack((before, fork + EAST * 40.0, fork + EAST * 100.0 - NORTH * 11.0)))
    assert placed(drawn.network, plain).arc.tolist() == [drawn.arc("F", "C")]


def test_who_jumped_or_never_moved_is_where_its_last_fix_says() -> None:
    drawn = draw("A---------B\n\n\n\n\nC---------D", ways={"AB": STREET, "CD": STREET}, grid_m=40.0)
    upper, lower = (line(drawn, nodes, start_m=50.0, end_m=50.0) for nodes in ("AB", "CD"))
    for xy in (np.vstack((upper[:2], lower[:1])), lower[:1], np.repeat(lower[:1], 5, axis=0)):
        fixes = trail(xy)
        for matched in (True, False):
            places = placed(drawn.network, fixes, matched=matched)
            assert set(places.arc.tolist()) == {drawn.arc("C", "D"), drawn.arc("D", "C")}


def test_a_piece_of_road_from_which_nobody_comes_away_goes_behind_the_main_roads() -> None:
    drawn = draw("   C------D\nA--B------E--F", ways={"ABEF": MAIN, "CD": ONEWAY}, grid_m=20.0)
    xy = line(drawn, "CD", start_m=0.0, end_m=0.0) - NORTH * 6.0
    assert ways_of(drawn.network, placed(drawn.network, trail(xy))) == [drawn.way("ABEF")]


@settings(max_examples=25)
@given(towns(), st.integers(0, 2**32 - 1))
def test_a_place_is_the_same_whoever_else_is_placed(town_and_way: tuple[Network, list[int]], seed: int) -> None:
    network, chance = town_and_way[0], np.random.default_rng(seed)
    trails = [
        trail(
            chance.uniform(0.0, 300.0, 2) + np.cumsum(chance.normal(0.0, 40.0, (size, 2)), axis=0),
            speeds_mps=chance.choice([0.0, 9.0, np.nan], size),
            courses_deg=chance.choice([0.0, 90.0, 200.0, np.nan], size),
            accuracies_m=chance.choice([3.0, 60.0, np.nan], size),
        )
        for size in chance.integers(1, WINDOW + 1, 6)
    ]
    together = placed(network, joined(trails))
    for unit, alone in enumerate(placed(network, fixes) for fixes in trails):
        own = together.of(np.array([unit]))
        assert len(own.arc) <= SLOTS
        for name in ("arc", "fraction", "off_road_m", "extra_ms"):
            assert getattr(own, name).tolist() == getattr(alone, name).tolist()


def joined(trails: list[Fixes]) -> Fixes:
    """The trails of several units as one."""

    def row(name: str) -> Floats:
        return np.concatenate([getattr(one, name) for one in trails])

    return Fixes(
        lats=row("lats"),
        lons=row("lons"),
        times_s=row("times_s"),
        courses_deg=row("courses_deg"),
        speeds_mps=row("speeds_mps"),
        accuracies_m=row("accuracies_m"),
        start=np.append(0, np.cumsum([len(one) for one in trails])),
    )
