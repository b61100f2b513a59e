"""What it takes to places beside the road: a grid of milliseconds, by road and then on foot.

It decides what a place beside the road takes. As for the goal of an ETA, the streets that are at most 40 m further from
the place than the nearest count, so that those that were not reached in time keep the places that are nearest to them.
How far from the road is too far is for whoever draws the ground to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.network import steady
from arls.roads.profile import FORBIDDEN, MAIN_COMPONENT, WALK_MPS
from arls.roads.snap import BESIDE_M, OFF_ROAD_FREE_M

if TYPE_CHECKING:
    from arls.roads.legs import Legs, Lines
    from arls.roads.network import Floats, Longs, Network
    from arls.roads.spread import Spread

_TINY_M2 = 1e-12


class Grid(NamedTuple):
    """Nodes on the network's plane: that of row r and column c lies at (x_m + c * cell_m, y_m + r * cell_m)."""

    x_m: float
    y_m: float
    cell_m: float
    rows: int
    columns: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """What is known at each node of a grid, [rows, columns]."""

    grid: Grid
    ms: Floats  # between the places and the node; infinite where no street beside it was reached in time
    road_m: Floats  # to the nearest street of the profile; infinite where that is far more than `reach_m`


def grid_about(lines: Lines, *, margin_m: float, cell_m: float, nodes: int) -> Grid:
    """A grid that holds the lines, one at least, and a margin.

    Its cells are of `cell_m`, or as much larger as it takes to have no more than about so many nodes.
    """
    x_m, y_m = float(lines.x.min()) - margin_m, float(lines.y.min()) - margin_m
    wide_m, high_m = float(lines.x.max()) + margin_m - x_m, float(lines.y.max()) + margin_m - y_m
    cell_m = max(cell_m, float(np.sqrt(wide_m * high_m / nodes)))
    return Grid(x_m, y_m, cell_m, rows=int(high_m / cell_m) + 2, columns=int(wide_m / cell_m) + 2)


def ground_of(network: Network, spread: Spread, legs: Legs, lines: Lines, *, grid: Grid, reach_m: float) -> Ground:
    """The ground as far as `reach_m` from the road; `lines` are those of the legs of the spread."""
    far_m2 = np.full((grid.rows, grid.columns), np.inf)
    street = _streets(network, spread, legs)
    _measure(
        steady(network.point_x, np.float64),
        steady(network.point_y, np.float64),
        steady(network.street_point_start[street], np.int64),
        steady(network.street_point_start[street + 1], np.int64),
        grid,
        reach_m,
        far_m2,
    )
    road_m, ms = np.sqrt(far_m2), np.full(far_m2.shape, np.inf)
    _walk(
        steady(lines.x, np.float64),
        steady(lines.y, np.float64),
        steady(lines.ms, np.float64),
        steady(lines.start, np.int64),
        grid,
        reach_m,
        road_m + BESIDE_M,
        ms,
    )
    return Ground(grid=grid, ms=ms, road_m=road_m)


def _streets(network: Network, spread: Spread, legs: Legs) -> Longs:
    """The streets that a place may be beside: as for an ETA, none of the scraps that nobody comes to."""
    weights = spread.weights
    hanging = np.zeros(weights.component.max() + 2, np.bool_)
    hanging[MAIN_COMPONENT] = True
    hanging[weights.component[legs.arc]] = True
    beside = np.zeros(len(network.street_class), np.bool_)
    beside[network.arc_street[hanging[weights.component] & (weights.arc_ms < FORBIDDEN)]] = True
    return np.flatnonzero(beside)


@njit(cache=True, nogil=True)
def _measure(x: Floats, y: Floats, first: Longs, behind: Longs, grid: Grid, reach_m: float, far_m2: Floats) -> None:
    """Lowers to the square of the distance from any of these streets, at the nodes about it."""
    for street in range(len(first)):
        for a in range(first[street], behind[street] - 1):
            b = a + 1
            top, bottom = _about(y[a], y[b], reach_m, grid.y_m, grid.cell_m, grid.rows)
            left, right = _about(x[a], x[b], reach_m, grid.x_m, grid.cell_m, grid.columns)
            dx, dy = x[b] - x[a], y[b] - y[a]
            per_m2 = 1.0 / max(dx * dx + dy * dy, _TINY_M2)
            for row in range(top, bottom):
                to_y = grid.y_m + row * grid.cell_m - y[a]
                for column in range(left, right):
                    to_x = grid.x_m + column * grid.cell_m - x[a]
                    share = min(1.0, max(0.0, (to_x * dx + to_y * dy) * per_m2))
                    off_m2 = (to_x - share * dx) ** 2 + (to_y - share * dy) ** 2
                    far_m2[row, column] = min(far_m2[row, column], off_m2)


@njit(cache=True, nogil=True)
def _walk(
    x: Floats, y: Floats, ms: Floats, start: Longs, grid: Grid, reach_m: float, beside_m: Floats, ground_ms: Floats
) -> None:
    """Lowers to the milliseconds by way of any of these lines, at the nodes that are beside it."""
    for line in range(len(start) - 1):
        for a in range(start[line], start[line + 1] - 1):
            b = a + 1
            top, bottom = _about(y[a], y[b], reach_m, grid.y_m, grid.cell_m, grid.rows)
            left, right = _about(x[a], x[b], reach_m, grid.x_m, grid.cell_m, grid.columns)
            dx, dy = x[b] - x[a], y[b] - y[a]
            per_m2 = 1.0 / max(dx * dx + dy * dy, _TINY_M2)
            for row in range(top, bottom):
                to_y = grid.y_m + row * grid.cell_m - y[a]
                for column in range(left, right):
                    to_x = grid.x_m + column * grid.cell_m - x[a]
                    share = min(1.0, max(0.0, (to_x * dx + to_y * dy) * per_m2))
                    off_m = np.sqrt((to_x - share * dx) ** 2 + (to_y - share * dy) ** 2)
                    if off_m <= beside_m[row, column]:
                        walk_ms = max(0.0, off_m - OFF_ROAD_FREE_M) * 1000.0 / WALK_MPS
                        here_ms = ms[a] + share * (ms[b] - ms[a]) + walk_ms
                        ground_ms[row, column] = min(ground_ms[row, column], here_ms)


@njit(cache=True, nogil=True)
def _about(a_m: float, b_m: float, reach_m: float, origin_m: float, cell_m: float, size: int) -> tuple[int, int]:
    """The rows, or columns, within reach of what lies between two coordinates: the first, and the one behind."""
    first = int(np.ceil((min(a_m, b_m) - reach_m - origin_m) / cell_m))
    last = int(np.floor((max(a_m, b_m) + reach_m - origin_m) / cell_m))
    return max(0, first), min(size, last + 1)
