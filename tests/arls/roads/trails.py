"""Trails for the tests of matching: fixes of a car that drives 10 m/s, and random towns with a way through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from hypothesis import strategies as st

from arls.geo import LocalPlane
from arls.roads.matching.evidence import Fixes
from tests.bench.bench_matching import network_of
from tests.drawing import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arls.roads.network import Floats, Network

PLANE = LocalPlane(ORIGIN)
MPS = 10.0


def fixes_at(xy: Floats, *, times_s: Floats | None = None, **known: Floats) -> Fixes:
    """Fixes at these metres, as far apart in time as a car needs that drives 10 m/s."""
    if times_s is None:
        times_s = np.append(0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))) / MPS
    lats, lons = PLANE.degrees_of(x=xy[:, 0], y=xy[:, 1])
    return Fixes(lats=lats, lons=lons, times_s=times_s, **known)


@st.composite
def towns(chance: st.DrawFn) -> tuple[Network, list[int]]:
    """A crooked grid, some of its streets missing or one-way, and the arcs of a way through it."""
    side = 4
    shifts = st.lists(st.integers(-15, 15), min_size=side * side, max_size=side * side)
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    x = column.ravel() * 100.0 + chance(shifts)
    y = row.ravel() * 100.0 + chance(shifts)
    pairs = [(i, i + 1) for i in range(side * side) if i % side < side - 1]
    pairs += [(i, i + side) for i in range(side * (side - 1))]
    kinds = chance(st.lists(st.sampled_from("=====><."), min_size=len(pairs), max_size=len(pairs)))
    ends = [pair for pair, kind in zip(pairs, kinds, strict=True) if kind in "=>"]
    ends += [pair[::-1] for pair, kind in zip(pairs, kinds, strict=True) if kind in "=<"]
    lats, lons = PLANE.degrees_of(x=x, y=y)
    network, _ = network_of(np.column_stack((lons, lats)), np.array(ends or [(0, 1)]))
    arcs = [chance(st.integers(0, network.arcs - 1))]
    for _ in range(chance(st.integers(0, 12))):
        turns = network.turn_to[network.turn_start[arcs[-1]] : network.turn_start[arcs[-1] + 1]]
        if len(turns):
            arcs.append(int(chance(st.sampled_from(turns.tolist()))))
    return network, arcs


def traced(network: Network, arcs: Sequence[int]) -> Fixes:
    """A fix every 17 m from the middle of the first arc almost to the end of the last, without noise."""
    x, y = PLANE.metres_of(lats=network.junction_lat, lons=network.junction_lon)
    nodes = [network.arc_from[arcs[0]], *network.arc_to[list(arcs)]]
    corners = np.column_stack((x, y))[nodes]
    corners[0] = corners[:2].mean(axis=0)
    corners[-1] = 0.2 * corners[-2] + 0.8 * corners[-1]
    line = shapely.LineString(corners)
    at_m = np.append(np.arange(0.0, line.length, 17.0), line.length)
    return fixes_at(shapely.get_coordinates(shapely.line_interpolate_point(line, at_m)))
