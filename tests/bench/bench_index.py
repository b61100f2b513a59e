"""Both spatial indexes side by side, on places that move: answers asserted equal first, then timed.

python -m tests.bench.bench_index
"""

from __future__ import annotations

from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from arls.geo import Bounds, LocalPlane, Position
from arls.index import Kind, make_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from arls.index import SpatialIndex

PLACES = 10_000
BATCH = 200
NEAREST = 20
ROUNDS = 50

MIDDLE = Position(lat=52.5, lon=-1.9)
VIEW = Bounds(south=52.45, north=52.55, west=-2.0, east=-1.8)


class Fleet:
    """Places all over a county, of which a batch at a time moves on by a few hundred metres."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(7)
        self.lats = self.random.uniform(52.1, 52.9, PLACES)
        self.lons = self.random.uniform(-2.5, -1.3, PLACES)

    def batch(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """The ids that moved."""
        ids = self.random.choice(PLACES, BATCH, replace=False)
        self.lats[ids] += self.random.normal(0, 0.002, BATCH)
        self.lons[ids] += self.random.normal(0, 0.003, BATCH)
        return ids


def micros(work: Callable[..., object], *args: Any, **named: Any) -> float:
    """The time that a call takes in microseconds."""
    start = perf_counter()
    work(*args, **named)
    return (perf_counter() - start) * 1e6


def assert_equal(indexes: list[SpatialIndex], place: Position) -> None:
    """The nearest and those in view are the same in both."""
    (grid, grid_m), (tree, tree_m) = (index.nearest(place, NEAREST) for index in indexes)
    assert np.array_equal(grid, tree)
    assert np.array_equal(grid_m, tree_m)
    assert indexes[0].within(VIEW).tolist() == indexes[1].within(VIEW).tolist()


def main() -> None:
    """Print a row for each index: the median of each act."""
    fleet, kinds = Fleet(), get_args(Kind)
    indexes = [make_index(kind, plane=LocalPlane(MIDDLE)) for kind in kinds]
    built = [micros(index.update, np.arange(PLACES), lats=fleet.lats, lons=fleet.lons) for index in indexes]
    times: list[list[tuple[float, float, float]]] = [[] for _ in kinds]
    for _ in range(ROUNDS):
        ids = fleet.batch()
        place = Position(lat=float(fleet.random.uniform(52.1, 52.9)), lon=float(fleet.random.uniform(-2.5, -1.3)))
        moved = [micros(index.update, ids, lats=fleet.lats[ids], lons=fleet.lons[ids]) / BATCH for index in indexes]
        assert_equal(indexes, place)
        for index, taken, move in zip(indexes, times, moved, strict=True):
            taken.append((move, micros(index.nearest, place, NEAREST), micros(index.within, VIEW)))
    seen = len(indexes[0].within(VIEW))
    print(f"{PLACES} places, {BATCH} move at a time; {NEAREST} nearest; {seen} in view; us, median of {ROUNDS}")
    print(f"{'':8}{'fill':>10}{'one move':>10}{'nearest':>10}{'within':>10}")
    for kind, fill, taken in zip(kinds, built, times, strict=True):
        move, nearest, within = (median(column) for column in zip(*taken, strict=True))
        print(f"{kind:8}{fill:10.0f}{move:10.2f}{nearest:10.1f}{within:10.1f}")


if __name__ == "__main__":
    main()
