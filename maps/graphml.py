"""osmnx's road graphs: those of a GraphML file, and what ways there are in a graph.

It decides how a graph's directed edges become ways again: an edge and its opposite are one way open both ways. What
osmnx left out of a graph (footways of a drive graph, barriers, turn restrictions) cannot be had back.
"""

from __future__ import annotations

import warnings
from itertools import count, islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import networkx as nx
import numpy as np
import osmnx
from shapely.errors import ShapelyError

from maps.extract import PER_DEGREE, Extract, NodeCollector, WayCollector
from maps.osm_access import LEAVE, Leave
from maps.raw import check_xml
from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from maps.osm_bans import Restriction
    from maps.report import Tally

    Graph = nx.MultiDiGraph[int]
    Point = tuple[int, int]  # 1e-7 degrees east and north

# What networkx, osmnx and shapely raise for what osmnx has not written.
NOT_OSMNX = (
    *(nx.NetworkXError, ShapelyError, ArithmeticError, LookupError, ValueError, TypeError, AttributeError),
    *(SyntaxError, NotImplementedError, RecursionError, MemoryError, UserWarning),
)


def load(source: Path) -> Graph:
    """The graph of a GraphML file that osmnx saved. Raises MapError."""
    check_xml(source)
    try:
        # A shape without numbers is found when it is taken; of a key that it does not know networkx only warns.
        with np.errstate(invalid="ignore"), warnings.catch_warnings(action="error", category=UserWarning):
            graph = osmnx.load_graphml(source)
        crs = str(graph.graph["crs"]).lower()
    except NOT_OSMNX as error:
        raise MapError(
            f"{source.name} is no graph that osmnx saved ({error}): save it again with osmnx.save_graphml"
        ) from error
    if crs not in {"epsg:4326", "wgs84"}:
        raise MapError(f"{source.name} is projected to {crs}: save the graph before osmnx.project_graph")
    return cast("Graph", graph)


def extract_of(
    graph: Graph, tally: Tally, *, name: str, restrictions: tuple[Restriction, ...] | None = None
) -> Extract:
    """The ways and tagged nodes of a graph of that name. Raises MapError where one is not as osmnx writes it.

    `restrictions` None: nobody knows the turn restrictions, which a graph does not keep.
    """
    nodes, ways = NodeCollector(tally), WayCollector(tally)
    try:
        if restrictions is None:
            tally.doubts["osmnx keeps no turn restrictions: none is obeyed"] += 1
        _take_nodes(graph, nodes)
        _take_ways(graph, ways)
        return Extract(
            ways=ways.ways(),
            nodes=nodes.nodes(),
            restrictions=restrictions or (),
            driving_sides=ways.driving_sides,
            timestamp=graph.graph.get("created_date"),
        )
    except NOT_OSMNX as error:
        raise MapError(
            f"{name} holds what osmnx does not write ({type(error).__name__}: {error}): fetch or save it again"
        ) from error


def _take_nodes(graph: Graph, nodes: NodeCollector) -> None:
    for node, data in graph.nodes(data=True):
        nodes.take(node, {key: value for key, value in data.items() if isinstance(value, str)})


def _take_ways(graph: Graph, ways: WayCollector) -> None:
    # The points within an edge have lost their OSM ids; those of nodes that are not OSM's may be below nought as well.
    inner = count(min(0, min(graph.nodes, default=0)) - 1, -1)
    for street, tags in _streets_in(graph).items():
        if ways.take(street.way, tags):
            x, y = zip(*street.shape, strict=True)
            ways.trace([street.first, *islice(inner, len(x) - 2), street.last], x, y)


class _Street(NamedTuple):
    """An edge, or two that are each other's way back."""

    first: int
    last: int
    shape: tuple[Point, ...]
    way: int

    def back(self) -> _Street:
        return _Street(self.last, self.first, self.shape[::-1], self.way)


def _streets_in(graph: Graph) -> dict[_Street, dict[str, str]]:
    """The tags of each street; it is open both ways where the graph has an edge back along the same shape."""
    streets: dict[_Street, dict[str, str]] = {}
    for first, last, data in graph.edges(data=True):
        street = _Street(first, last, _shape_of(data, graph.nodes[first], graph.nodes[last]), _way_of(data))
        if street.back() in streets:
            streets[street.back()]["oneway"] = "no"
        else:
            streets[street] = _tags_of(data)
    return streets


def _shape_of(data: Mapping[str, Any], first: Mapping[str, Any], last: Mapping[str, Any]) -> tuple[Point, ...]:
    places = data["geometry"].coords if "geometry" in data else ((end["x"], end["y"]) for end in (first, last))
    return tuple((round(x * PER_DEGREE), round(y * PER_DEGREE)) for x, y in places)


def _way_of(data: Mapping[str, Any]) -> int:
    """The OSM id of an edge, the least of those that osmnx joined in it: the same in both directions."""
    ids = data["osmid"]
    return int(min(ids) if isinstance(ids, list) else ids)


def _tags_of(data: Mapping[str, Any]) -> dict[str, str]:
    """OSM tags of an edge. Of an attribute that differs along it, what promises least holds all along."""
    tags = {key: str(value) for key, value in data.items() if not isinstance(value, list)}
    tags |= {key: str(value[0]) for key, value in data.items() if isinstance(value, list)}
    if isinstance(data.get("maxspeed"), list):
        tags["maxspeed"] = ";".join(data["maxspeed"])  # the lowest is taken
    if isinstance(data.get("access"), list):
        tags["access"] = min(data["access"], key=lambda value: LEAVE.get(value, Leave.YES))
    return {**tags, "oneway": "yes"}
