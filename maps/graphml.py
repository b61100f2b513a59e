"""osmnx's road graphs: a GraphML file, or a place fetched from Overpass.

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

from maps import osm_tags
from maps.extract import PER_DEGREE, Extract, NodeCollector, WayCollector
from maps.osm_access import ACCESS_KEYS, LEAVE, Leave
from maps.raw import check_xml
from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

    from maps.report import Progress, Tally

    Graph = nx.MultiDiGraph[int]
    Point = tuple[int, int]  # 1e-7 degrees east and north

_NODE_TAGS = [
    *("barrier", "crossing", "crossing:signals", "highway", "locked", "railway"),
    *("direction", "stop:direction", "traffic_signals:direction"),
]


# What networkx, osmnx and shapely raise for what osmnx has not written.
_NOT_OSMNX = (
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
    except _NOT_OSMNX as error:
        raise MapError(
            f"{source.name} is no graph that osmnx saved ({error}): save it again with osmnx.save_graphml"
        ) from error
    if crs not in {"epsg:4326", "wgs84"}:
        raise MapError(f"{source.name} is projected to {crs}: save the graph before osmnx.project_graph")
    return cast("Graph", graph)


def fetch_place(place: str, progress: Progress) -> Graph:
    """All roads and paths of a place by name, from Nominatim and Overpass. Raises MapError."""
    # osmnx takes its settings as a module's variables; without these it forgets the tags that we read.
    osmnx.settings.useful_tags_way = sorted(osm_tags.KEYS | {"name", "ref", "driving_side"})
    osmnx.settings.useful_tags_node = sorted({*_NODE_TAGS, *ACCESS_KEYS})
    osmnx.settings.use_cache = False
    try:
        progress("place", 0.0)
        area = cast("Polygon | MultiPolygon", osmnx.geocode_to_gdf(place).geometry.union_all())
        progress("download", 0.1)
        graph = osmnx.graph_from_polygon(area, network_type="all", simplify=False, retain_all=True)
        progress("ways", 0.5)
        simple = osmnx.simplify_graph(graph, node_attrs_include=_NODE_TAGS, edge_attrs_differ=["osmid"])
    except (OSError, *_NOT_OSMNX) as error:
        raise MapError(
            f"the roads of {place!r} could not be fetched ({type(error).__name__}): check the name and the "
            "connection, or download an extract and give its file"
        ) from error
    return cast("Graph", simple)


def extract_of(graph: Graph, tally: Tally, *, name: str) -> Extract:
    """The ways and tagged nodes of a graph of that name. Raises MapError where one is not as osmnx writes it."""
    nodes, ways = NodeCollector(tally), WayCollector(tally)
    try:
        tally.doubts["osmnx keeps no turn restrictions: none is obeyed"] += 1
        _take_nodes(graph, nodes)
        _take_ways(graph, ways)
        return Extract(
            ways=ways.ways(),
            nodes=nodes.nodes(),
            restrictions=(),
            driving_sides=ways.driving_sides,
            timestamp=graph.graph.get("created_date"),
        )
    except _NOT_OSMNX as error:
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
