"""The drives from wherever units may be: those of the search, from each place, and as many as its weight says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.dispatcher import Dispatcher

from arls.geo import Position, moved
from arls.roads import drives as drives_from
from arls.roads import roam
from arls.roads.assemble import Streets, assemble
from arls.roads.drives import LEVELS, drives_of
from arls.roads.hierarchy.order import order_of
from arls.roads.live import UNREACHED_MS, Asked, Roads
from arls.roads.network import Places
from arls.roads.profile import FORBIDDEN, WALK_MPS
from arls.roads.scatter import TIMES, Roaming, Scatter
from arls.roads.snap import OFF_ROAD_FREE_M
from tests.drawing import Drawn, draw
from tests.strategies import streets

STREET = {"highway": "residential", "maxspeed": "36"}  # 10 m/s: for a response car too


def roaming(units: int, *, stayed: float = 1.0, gone_s: float = 0.0, **known: float) -> Roaming:
    """Of units that all have the same behind them: they stayed, or drove for up to `gone_s`."""

    def each(name: str, usual: float) -> np.ndarray:
        return np.full(units, known.get(name, usual))

    times_ms = np.rint((np.arange(TIMES) + 0.5) / TIMES * gone_s * 1000).astype(np.int64)
    return Roaming(
        stayed=np.full(units, stayed),
        gone_ms=np.tile(times_ms, (units, 1)),
        sigma_m=each("sigma_m", 0.0),
        fence_m=each("fence_m", np.inf),
        beyond=each("beyond", 0.0),
    )


def seen(*places: Position, course_deg: float | None = None, profile: str = "car-response") -> Asked:
    course = np.full(len(places), np.nan if course_deg is None else course_deg)
    columns = {
        "lat": np.array([place.lat for place in places]),
        "lon": np.array([place.lon for place in places]),
        "course_deg": course,
        "speed_mps": np.where(np.isnan(course), 0.0, 10.0),
        "accuracy_m": np.full(len(places), np.nan),
    }
    return Asked(profile=profile, numbers=np.arange(len(places)), columns=columns)


@settings(max_examples=12)
@given(made=streets(), profile=st.sampled_from(["car-response", "foot"]))
def test_who_stayed_needs_what_the_search_says_and_by_the_hierarchy_everybody_needs_the_same(
    made: Streets, profile: str
) -> None:
    network = assemble(made)
    slow, quick = Roads(network), Roads(network, order=order_of(network))
    places = [Position(lat=lat, lon=lon) for lat, lon in zip(made.point_lat, made.point_lon, strict=True)][:8]
    asked, goal = seen(*places, profile=profile), places[-1]
    stayed, reached = slow.drives(goal, asked, roaming(len(places))), slow.reach(goal, asked)
    walked_ms = np.rint(np.maximum(0.0, stayed.off_road_m - OFF_ROAD_FREE_M) / WALK_MPS * 1000.0)
    driven_ms = np.where(reached.cost_ms == UNREACHED_MS, UNREACHED_MS, reached.cost_ms - walked_ms)
    assert stayed.ms.tolist() == [[ms] * LEVELS for ms in driven_ms.tolist()]
    everywhere = roaming(len(places), stayed=0.3, gone_s=60.0, sigma_m=40.0, fence_m=300.0, beyond=0.1)
    assert np.array_equal(slow.drives(goal, asked, everywhere).ms, quick.drives(goal, asked, everywhere).ms)


def scattered(*rows: tuple[int, int, int, float, bool]) -> Scatter:
    """One unit: arc, milliseconds driven of it, milliseconds beyond, weight, and whether it is the same spot again."""
    arc, part, beyond, weight, again = zip(*rows, strict=True)
    return Scatter(
        start=np.array([0, len(rows)]),
        arc=np.array(arc, np.int32),
        part_ms=np.array(part),
        beyond_ms=np.array(beyond),
        weight=np.array(weight),
        again=np.array(again),
        off_road_m=np.zeros(1),
    )


NOWHERE = Places(
    start=np.zeros(2, np.int64),
    arc=np.zeros(0, np.int32),
    fraction=np.zeros(0),
    off_road_m=np.zeros(0),
    extra_ms=np.zeros(0, np.uint32),
)


def drives(scatter: Scatter, ends: list[int]) -> list[int]:
    arc_ms = np.array([1000, 2000, FORBIDDEN], np.uint32)
    ms = drives_of(scatter, goal=NOWHERE, ends_ms=np.array(ends, np.uint32), arc_ms=arc_ms)
    return [int(one) for one in ms[0]]


def test_each_place_has_as_many_of_the_drives_as_its_weight_says() -> None:
    found = drives(scattered((0, 0, 0, 3.0, False), (1, 500, 0, 1.0, False)), [5000, 1000])
    assert found == [2500] * (LEVELS // 4) + [6000] * (3 * LEVELS // 4)


def test_from_one_spot_the_sooner_of_two_ways_to_leave_counts() -> None:
    assert drives(scattered((0, 0, 0, 1.0, False), (1, 0, 0, 1.0, True)), [5000, 1000]) == [3000] * LEVELS


def test_what_the_search_did_not_see_goes_either_way() -> None:
    found = drives(scattered((0, 1000, 700, 1.0, False)), [5000])
    assert found == [4300] * (LEVELS // 2) + [5700] * (LEVELS // 2)


def test_places_from_where_no_way_leads_there_count_for_nothing_and_none_is_said_where_all_are_such() -> None:
    found = drives(scattered((0, 1000, 0, 9.0, False), (1, 2000, 0, 1.0, False)), [UNREACHED_MS, 4000])
    assert found == [4000] * LEVELS
    assert drives(scattered((0, 1000, 0, 9.0, False)), [UNREACHED_MS]) == [UNREACHED_MS] * LEVELS


@pytest.fixture(scope="module")
def road() -> Drawn:
    return draw("A---------B---------C---------D---------E", ways={"ABCDE": STREET})


def test_who_drives_on_is_nearer_or_further_by_what_it_may_have_driven(road: Drawn) -> None:
    roads = Roads(road.network)
    here, goal = road.node("C"), road.node("E")
    (stood,) = roads.drives(goal, seen(here), roaming(1)).ms.astype(np.int64)
    gone = roaming(1, stayed=0.0, gone_s=60.0)
    (towards,) = roads.drives(goal, seen(here, course_deg=90.0), gone).ms.astype(np.int64)
    (away,) = roads.drives(goal, seen(here, course_deg=270.0), gone).ms.astype(np.int64)
    assert stood[0] == stood[-1] == pytest.approx(200_000, rel=0.01)
    assert [towards[0], towards[-1]] == pytest.approx([stood[0] - 58_000, stood[0] - 2_000], abs=200)
    assert away[0] > stood[0]
    assert away[-1] - away[0] == pytest.approx(56_250, abs=200)  # further, and back; it turns round at the end of B


def test_beyond_the_fence_it_is_only_by_the_share_that_is_left(road: Drawn) -> None:
    roads = Roads(road.network)
    asked, goal = seen(road.node("C"), course_deg=90.0), road.node("E")
    free = roads.drives(goal, asked, roaming(1, stayed=0.0, gone_s=80.0)).ms[0]
    fenced = roads.drives(goal, asked, roaming(1, stayed=0.0, gone_s=80.0, fence_m=400.0)).ms[0]
    doubted = roads.drives(goal, asked, roaming(1, stayed=0.0, gone_s=80.0, fence_m=400.0, beyond=0.2)).ms[0]
    assert free[0] < 125_000
    assert fenced.min() >= 160_000
    assert doubted[0] < 125_000
    assert (doubted < 160_000).mean() == pytest.approx(0.2 / 1.2, abs=1.5 / LEVELS)


def test_a_poor_accuracy_puts_it_on_the_streets_about(road: Drawn) -> None:
    roads, goal = Roads(road.network), road.node("E")
    (sure,) = roads.drives(goal, seen(road.node("C")), roaming(1)).ms
    (unsure,) = roads.drives(goal, seen(road.node("C")), roaming(1, sigma_m=100.0)).ms
    # Half is in the middle, a third at cos 60 of two sigmas to either side, the rest at two sigmas.
    assert unsure[0] == pytest.approx(sure[0] - 20_000, abs=300)
    assert unsure[-1] == pytest.approx(sure[0] + 20_000, abs=300)
    assert np.sort(np.abs(unsure.astype(np.int64) - sure[0]))[LEVELS // 2 - 1] < 300


def test_after_the_warm_up_nothing_is_compiled(road: Drawn) -> None:
    roam.warm_up()
    drives_from.warm_up()
    kernels = [
        kernel for module in (roam, drives_from) for kernel in vars(module).values() if isinstance(kernel, Dispatcher)
    ]
    compiled = [len(kernel.signatures) for kernel in kernels]
    roads = Roads(road.network)
    roads.drives(
        road.node("E"), seen(road.node("C"), road.node("B")), roaming(2, stayed=0.5, gone_s=30.0, sigma_m=50.0)
    )
    assert [len(kernel.signatures) for kernel in kernels] == compiled
    assert compiled


def test_it_says_how_far_from_the_road_each_was_seen(road: Drawn) -> None:
    beside = moved(road.node("C"), course_deg=0.0, distance_m=80.0)
    nowhere = moved(road.node("C"), course_deg=0.0, distance_m=3_000.0)
    found = Roads(road.network).drives(road.node("E"), seen(beside, nowhere), roaming(2))
    assert found.off_road_m == pytest.approx([80.0, np.nan], abs=0.5, nan_ok=True)
    assert (found.ms[1] == UNREACHED_MS).all()
