"""Places that move: two indexes, one answer, which is the plain one."""

from __future__ import annotations

import copy
import threading
from typing import TYPE_CHECKING, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.geo import Bounds, LocalPlane, Position, metres_between
from arls.index import GridIndex, Kind, make_index

if TYPE_CHECKING:
    from arls.index import SpatialIndex

PLANE = LocalPlane(Position(lat=52.5, lon=-1.9))
KINDS = get_args(Kind)

# Few different values, so that ties, edges and returns to the same place are common.
near = st.sampled_from([52.0, 52.25, 52.5, 52.5000001, 53.0])
beside = st.sampled_from([-2.5, -1.9, -1.9000001, -1.3, -1.0])
lats = near | st.floats(-90, 90)
lons = beside | st.floats(-180, 180)
ids = st.integers(0, 40)
puts = st.lists(st.tuples(ids, lats, lons), min_size=1, max_size=12)
takes = st.lists(ids, min_size=1, max_size=4)
Steps = list[list[tuple[int, float, float]] | list[int]]


def put(index: SpatialIndex, places: list[tuple[int, float, float]]) -> None:
    who, lat, lon = zip(*places, strict=True)
    index.update(who, lats=lat, lons=lon)


@pytest.fixture(params=KINDS)
def index(request: pytest.FixtureRequest) -> SpatialIndex:
    return make_index(request.param, plane=PLANE)


def walked(steps: Steps) -> tuple[list[SpatialIndex], dict[int, tuple[float, float]]]:
    """Both indexes after these steps, and where everybody is by a plain dictionary."""
    indexes = [make_index(kind, plane=PLANE) for kind in KINDS]
    places: dict[int, tuple[float, float]] = {}
    for step in steps:
        for one in indexes:
            if isinstance(step[0], tuple):
                put(one, step)
            else:
                one.remove(step)
        for thing in step:
            if isinstance(thing, tuple):
                places[thing[0]] = thing[1:]
            else:
                places.pop(thing, None)
    return indexes, places


@settings(deadline=None)
@given(st.lists(puts | takes, max_size=5), lats, lons, st.integers(0, 45))
def test_both_find_the_nearest_that_a_plain_sort_finds(steps: Steps, lat: float, lon: float, k: int) -> None:
    indexes, places = walked(steps)
    grid, tree = (one.nearest(Position(lat=lat, lon=lon), k) for one in indexes)
    assert grid[0].tolist() == tree[0].tolist()
    assert grid[1].tolist() == tree[1].tolist()

    everybody, metres = indexes[0].nearest(Position(lat=lat, lon=lon), 100)
    assert sorted(everybody.tolist()) == sorted(places)
    assert grid[0].tolist() == [one for _, one in sorted(zip(metres, everybody.tolist(), strict=True))][:k]


@settings(deadline=None)
@given(st.lists(puts | takes, max_size=5), st.tuples(lats, lats), st.tuples(lons, lons))
def test_both_find_in_a_box_who_is_in_it(
    steps: Steps, edges_lat: tuple[float, float], edges_lon: tuple[float, float]
) -> None:
    indexes, places = walked(steps)
    box = Bounds(south=min(edges_lat), north=max(edges_lat), west=min(edges_lon), east=max(edges_lon))
    plain = sorted(one for one, (lat, lon) in places.items() if box.holds(Position(lat=lat, lon=lon)))
    assert [one.within(box).tolist() for one in indexes] == [plain, plain]


@pytest.mark.parametrize("k", [1, 20, 125, 500])
def test_the_nearest_of_many_are_those_of_a_plain_sort(index: SpatialIndex, k: int) -> None:
    random = np.random.default_rng(7)
    lat, lon = random.uniform(52, 53, 2000), random.uniform(-2.5, -1.3, 2000)
    index.update(np.arange(2000), lats=lat, lons=lon)
    index.remove(np.arange(0, 2000, 3))
    x, y = PLANE.metres_of(lats=lat, lons=lon)  # the plane's middle is its origin
    squares = x * x + y * y
    squares[::3] = np.inf
    assert index.nearest(PLANE.origin, k)[0].tolist() == np.argsort(squares, kind="stable")[:k].tolist()


def test_distances_are_those_of_the_ground(index: SpatialIndex) -> None:
    here = Position(lat=52.61, lon=-2.2)
    there = [Position(lat=52.48, lon=-1.9), Position(lat=52.7, lon=-1.1), Position(lat=51.9, lon=-2.9)]
    put(index, [(n, place.lat, place.lon) for n, place in enumerate(there)])
    found, metres = index.nearest(here, 3)
    assert metres == pytest.approx([metres_between(here, there[one]) for one in found], rel=1e-4)


def test_among_equals_the_lower_id_comes_first(index: SpatialIndex) -> None:
    put(index, [(one, 52.5, -1.9) for one in range(200, 0, -1)])
    found, metres = index.nearest(Position(lat=52.5, lon=-1.9), 5)
    assert found.tolist() == [1, 2, 3, 4, 5]
    assert metres == pytest.approx(0, abs=1e-6)


def test_who_moves_is_found_where_it_is_and_not_where_it_was(index: SpatialIndex) -> None:
    old = Bounds(south=52.4, north=52.6, west=-2.0, east=-1.8)
    put(index, [(7, 52.5, -1.9), (7, 52.51, -1.91)])
    assert index.within(old).tolist() == [7]
    put(index, [(7, 53.0, -1.0)])
    assert index.within(old).tolist() == []
    assert index.within(Bounds(south=53.0, north=53.0, west=-1.0, east=-1.0)).tolist() == [7]


def test_an_empty_index_answers(index: SpatialIndex) -> None:
    index.update([], lats=[], lons=[])
    for _ in range(2):
        found, metres = index.nearest(Position(lat=52.5, lon=-1.9), 5)
        assert (found.tolist(), metres.tolist()) == ([], [])
        assert index.within(Bounds(south=-90, north=90, west=-180, east=180)).tolist() == []
        put(index, [(3, 52.5, -1.9)])
        index.remove([3, 4, 5000, -1])


@pytest.mark.parametrize("place", [(-1, 52.0, -2.0), (1, float("nan"), -2.0), (1, 52.0, float("inf"))])
def test_nonsense_is_refused_and_changes_nothing(index: SpatialIndex, place: tuple[int, float, float]) -> None:
    with pytest.raises(ValueError, match="id is 0 or more"):
        put(index, [(0, 52.0, -2.0), place])
    assert index.nearest(Position(lat=52.5, lon=-1.9), 5)[0].tolist() == []


def test_a_copy_of_the_grid_stands_still() -> None:
    index = GridIndex(PLANE)
    put(index, [(1, 52.5, -1.9)])
    then = copy.copy(index)
    put(index, [(1, 53.0, -1.0), (2, 52.5, -1.9)])
    assert then.nearest(Position(lat=52.5, lon=-1.9), 5)[0].tolist() == [1]


def test_a_reader_sees_an_update_whole_or_not_at_all(index: SpatialIndex) -> None:
    # Everybody stands at one place, and moves to the other together.
    everybody = np.arange(50)
    places = ((52.5, -1.9), (52.6, -1.8))

    def go(*, turns: int) -> None:
        for turn in range(turns):
            lat, lon = places[turn % 2]
            index.update(everybody, lats=np.full(50, lat), lons=np.full(50, lon))

    go(turns=1)
    writer = threading.Thread(target=go, kwargs={"turns": 40})
    writer.start()
    while writer.is_alive():
        _, metres = index.nearest(Position(lat=52.5, lon=-1.9), 50)
        assert len(metres) == 50
        assert np.ptp(metres) == pytest.approx(0, abs=1e-6)
    writer.join()
