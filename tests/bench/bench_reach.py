"""How soon isochrones of 5, 10 and 15 minutes are drawn on a metropolis: `python tests/bench/bench_reach.py`.

The sweep is asserted to be the plain search's and scipy's, outlines to be valid and within each other, and to hold all
roads that are reached, before a time is printed. Beside the outlines stand those that shapely makes by buffering the
same roads and uniting them, on the same milliseconds.
"""

from __future__ import annotations

import sys
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from arls.geo import Position  # noqa: E402 - the path must be set first, for the benchmark runs from the tree
from arls.roads.dijkstra import UNREACHED  # noqa: E402 - the same
from arls.roads.hierarchy.order import order_of  # noqa: E402 - the same
from arls.roads.legs import legs_of, lines_of  # noqa: E402 - the same
from arls.roads.live import Roads  # noqa: E402 - the same
from arls.roads.profile import FORBIDDEN  # noqa: E402 - the same
from arls.roads.spread import searched  # noqa: E402 - the same
from maps.isochrones import OFF_ROAD_M, isochrones_of  # noqa: E402 - the same
from maps.osm import import_network  # noqa: E402 - the same
from maps.reach import arcs_layer, ground_layer  # noqa: E402 - the same
from tests.bench.bench_hierarchy import DATA, Times  # noqa: E402 - the same

if TYPE_CHECKING:
    from arls.roads.network import Network
    from arls.roads.spread import Spread

CITIES = ("porto.osm.pbf", "rhein-neckar.osm.pbf")
MINUTES = (5.0, 10.0, 15.0)
PROFILE = "car-response"
SEED, PLACES, ASKED_OF_SHAPELY = 1, 12, 2


def places_in(network: Network) -> list[Position]:
    """The middle of the city, and places beside its streets."""
    points = np.random.default_rng(SEED).choice(len(network.point_lat), PLACES - 1)
    others = [Position(lat=float(network.point_lat[i]), lon=float(network.point_lon[i])) for i in points]
    middle = Position(lat=float(np.median(network.point_lat)), lon=float(np.median(network.point_lon)))
    return [middle, *others]


def assert_milliseconds(roads: Roads, spread: Spread, times: Times) -> None:
    """By the sweep, by plain Dijkstra and by scipy."""
    network, weights = roads.network, spread.weights
    plain = times.of(
        "plain search to every arc",
        partial(searched, network, roads.reverse, weights, spread.places, towards=False),
    )
    assert np.array_equal(spread.near_ms, plain.near_ms)
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    may_go = weights.turn_ms < FORBIDDEN
    step_ms = weights.turn_ms[may_go].astype(np.float64) + weights.arc_ms[leaving[may_go]]
    arc, own = spread.places.arc, weights.arc_ms[spread.places.arc].astype(np.float64)
    # The place is a node more, from which its arcs are left, 1 ms longer than it takes: 0 is no edge.
    part_ms = np.floor(spread.places.fraction * own + 0.5)
    start_ms = spread.places.extra_ms + own - part_ms + 1
    out = [np.flatnonzero((leaving == one) & may_go) for one in arc]
    turns = np.concatenate(out)
    first_ms = np.repeat(start_ms, [len(one) for one in out]) + weights.turn_ms[turns]
    graph = csr_matrix(
        (
            np.append(step_ms, first_ms),
            (
                np.append(leaving[may_go], np.full(len(turns), network.arcs)),
                np.append(network.turn_to[may_go], network.turn_to[turns]),
            ),
        ),
        shape=(network.arcs + 1, network.arcs + 1),
    )
    told = times.of("scipy to every arc", partial(dijkstra, graph, indices=network.arcs))[:-1] - 1
    at_start = arc[spread.places.fraction == 0.0]
    others = np.setdiff1d(np.arange(network.arcs), at_start)
    others = others[weights.arc_ms[others] < FORBIDDEN]
    ours = np.where(spread.near_ms == UNREACHED, np.inf, spread.near_ms)
    assert np.array_equal(ours[others], told[others])


def assert_outlines(roads: Roads, spread: Spread) -> int:
    """Valid, within each other, with all roads that are reached half a minute before; how many positions they have."""
    found = isochrones_of(roads.network, spread, MINUTES)
    for one in found.outlines:
        assert one.shape.is_valid
        lines = lines_of(roads.network, legs_of(spread, round((one.minutes - 0.5) * 60_000)))
        near = shapely.buffer(one.shape, found.cell_m / 70_000)
        shapely.prepare(near)
        assert shapely.contains_xy(near, lines.lon, lines.lat).all()
    for inner, outer in pairwise(one.shape for one in found.outlines):
        assert shapely.difference(inner, outer).area <= 1e-7 * inner.length
    return sum(int(shapely.get_num_coordinates(one.shape)) for one in found.outlines)


def buffered(roads: Roads, spread: Spread) -> list[shapely.Geometry]:
    """The same outlines as shapely makes them: every reached road buffered, and all united."""
    outlines = []
    for minutes in MINUTES:
        lines = lines_of(roads.network, legs_of(spread, round(minutes * 60_000)))
        xy = np.column_stack((lines.x, lines.y))
        owner = np.repeat(np.arange(len(lines.start) - 1), np.diff(lines.start))
        roads_there = shapely.linestrings(xy, indices=owner)
        outlines.append(shapely.union_all(shapely.buffer(roads_there, OFF_ROAD_M, quad_segs=2)))
    return outlines


def main() -> None:
    """Ask, compare, and print what it took beside the aim and the peers."""
    for city in CITIES:
        network, _ = import_network(DATA / city)
        roads, times = Roads(network, order=order_of(network)), Times()
        isochrones_of(network, roads.spread([network.bounds.centre], PROFILE), MINUTES)  # compiles the kernels
        positions, bytes_out = [], []
        for number, place in enumerate(places_in(network)):
            spread = times.of("sweep to every arc", partial(roads.spread, [place], PROFILE))
            positions.append(assert_outlines(roads, spread))
            times.of("three outlines", partial(isochrones_of, network, spread, MINUTES))
            layer = times.of("three outlines as a layer", partial(ground_layer, network, spread, MINUTES, {}))
            bytes_out.append(len(times.of("the layer as JSON", partial(msgspec.json.encode, layer))))
            arcs = times.of("arcs as a layer", partial(arcs_layer, network, spread, MINUTES, {}))
            times.of("arcs as JSON", partial(msgspec.json.encode, arcs))
            if number < ASKED_OF_SHAPELY:
                assert_milliseconds(roads, spread, times)
                times.of("three outlines by shapely", partial(buffered, roads, spread))
        print(f"{city}: {network.arcs:,} arcs, {PLACES} places")
        print(
            f"  {np.median(positions):,.0f} positions, {np.median(bytes_out) / 1000:,.0f} kB, most {max(bytes_out):,}"
        )
        times.print("sweep to every arc")
        times.print("plain search to every arc")
        times.print("scipy to every arc")
        times.print("three outlines", "500 ms on Porto")
        for what in ("three outlines as a layer", "the layer as JSON", "arcs as a layer", "arcs as JSON"):
            times.print(what)
        times.print("three outlines by shapely")


if __name__ == "__main__":
    main()
