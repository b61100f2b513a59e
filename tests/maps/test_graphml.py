"""osmnx's graphs become the same streets as the map that they were made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import osmnx
import pytest
from shapely import LineString

from arls.roads.network import Access, JunctionFlag, StreetFlag
from maps.osm import import_network, read_streets
from maps.report import MapError

if TYPE_CHECKING:
    from pathlib import Path

    Graph = nx.MultiDiGraph[int]

A, B, C = 1, 2, 3
PLACES = {A: (-1.900, 52.500), B: (-1.899, 52.500), C: (-1.899, 52.501)}


@pytest.fixture
def graph() -> Graph:
    """A two-way street with a bend from A to B, and a one-way one from B to C."""
    made: Graph = nx.MultiDiGraph(crs="epsg:4326", created_date="2024-02-17 11:14:26", simplified=True)
    for node, (x, y) in PLACES.items():
        made.add_node(node, x=x, y=y, street_count=1)
    made.nodes[B]["highway"] = "traffic_signals"
    bend = [PLACES[A], (-1.8995, 52.5002), PLACES[B]]
    two_way = {"osmid": [7, 5], "highway": ["primary", "tertiary"], "name": "High Street", "oneway": False}
    limits = {"maxspeed": ["30 mph", "20 mph"], "length": 80.0}
    made.add_edge(A, B, geometry=LineString(bend), reversed=False, **two_way, **limits)
    made.add_edge(B, A, geometry=LineString(bend[::-1]), reversed=True, **two_way, **limits)
    made.add_edge(B, C, osmid=9, highway="residential", oneway=True, reversed=False, bridge="yes", length=111.0)
    return made


@pytest.fixture
def saved(graph: Graph, tmp_path: Path) -> Path:
    path = tmp_path / "town.graphml"
    osmnx.save_graphml(graph, path)
    return path


def test_an_edge_and_its_way_back_are_one_street(saved: Path) -> None:
    streets, report = read_streets(saved)
    assert streets.street_way.tolist() == [5, 9]
    assert streets.forward_access.tolist() == [Access.EVERYONE, Access.EVERYONE]
    assert streets.backward_access.tolist() == [Access.EVERYONE, Access.FOOT]
    assert report.kept == {"ways": 2, "streets": 2, "junctions": 3}


def test_shape_name_flags_and_time_come_along(saved: Path) -> None:
    network, report = import_network(saved)
    assert np.diff(network.street_point_start).tolist() == [3, 2]
    assert network.point_lat[1] == 52.5002
    assert network.name_of(0) == "High Street"
    assert network.street_flags.tolist() == [0, StreetFlag.BRIDGE]
    assert sorted(network.junction_flags.tolist()) == [0, 0, JunctionFlag.SIGNALS]
    assert report.osm_timestamp == "2024-02-17 11:14:26"
    assert network.left_hand


def test_of_several_limits_the_lowest_holds(saved: Path) -> None:
    streets, _ = read_streets(saved)
    assert streets.forward_speed_kmh[0] == pytest.approx(20 * 1.609344)


def test_of_several_kinds_of_access_the_least_holds(graph: Graph, tmp_path: Path) -> None:
    graph.edges[B, C, 0]["access"] = ["yes", "private"]
    osmnx.save_graphml(graph, tmp_path / "town.graphml")
    streets, _ = read_streets(tmp_path / "town.graphml")
    assert streets.forward_access[1] == Access.PRIVATE | Access.FOOT


def test_a_projected_graph_is_refused(graph: Graph, tmp_path: Path) -> None:
    osmnx.save_graphml(osmnx.project_graph(graph), tmp_path / "town.graphml")
    with pytest.raises(MapError, match=r"projected to epsg:32630: save the graph before osmnx.project_graph"):
        read_streets(tmp_path / "town.graphml")


@pytest.mark.parametrize(
    "text", ["", "<html></html>", '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph/></graphml>']
)
def test_a_file_that_osmnx_did_not_save_is_refused(tmp_path: Path, text: str) -> None:
    source = tmp_path / "town.graphml"
    source.write_text(text)
    with pytest.raises(MapError, match="is no graph that osmnx saved"):
        read_streets(source)


def test_a_place_that_cannot_be_fetched_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osmnx.settings, "nominatim_url", "http://127.0.0.1:9/")
    with pytest.raises(MapError, match=r"the roads of 'Birmingham, UK' could not be fetched .*: check the name"):
        read_streets("place:Birmingham, UK")
