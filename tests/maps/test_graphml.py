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
    assert report.doubts == {"osmnx keeps no turn restrictions: none is obeyed": 1}


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


def test_a_text_that_stands_for_ever_more_text_is_refused(saved: Path) -> None:
    entities = "".join(f'<!ENTITY x{n} "{10 * f"&x{n - 1};"}">' for n in range(1, 10))
    bomb = saved.read_text().replace("<graphml", f'<!DOCTYPE graphml [<!ENTITY x0 "{10 * "x"}">{entities}]><graphml', 1)
    saved.write_text(bomb.replace("High Street", "&x9;"))
    with pytest.raises(MapError, match=r"^town\.graphml is no graph that osmnx saved"):
        read_streets(saved)


def test_a_name_longer_than_osm_allows_is_cut_and_counted(graph: Graph, tmp_path: Path) -> None:
    graph.edges[B, C, 0]["name"] = "x" * 100_000
    osmnx.save_graphml(graph, tmp_path / "town.graphml")
    streets, report = read_streets(tmp_path / "town.graphml")
    assert max(map(len, streets.names)) == 255
    assert report.doubts["name too long, and cut"] == 1


def test_ids_below_nought_are_no_points_within_an_edge(graph: Graph, tmp_path: Path) -> None:
    below = nx.relabel_nodes(graph, {A: -1, B: -2, C: -3})
    osmnx.save_graphml(below, tmp_path / "town.graphml")
    streets, report = read_streets(tmp_path / "town.graphml")
    assert report.kept == {"ways": 2, "streets": 2, "junctions": 3}
    assert len(streets.point_lat) == 5


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LINESTRING (-1.9 52.5", "LINESTRING (nan 52.5"),
        ("LINESTRING", "POINT"),
        ('attr.name="x"', 'attr.name="z"'),
        ("-1.899", "1e300"),
        ("<data ", "<data key='nobody'>1</data><data "),
        ("[7, 5]", "[" * 5_000),
    ],
)
def test_a_graph_that_was_spoilt_is_refused_in_one_sentence(saved: Path, before: str, after: str) -> None:
    assert before in saved.read_text()
    saved.write_text(saved.read_text().replace(before, after, 1))
    with pytest.raises(
        MapError, match=r"^town\.graphml (is no graph that osmnx saved|holds what osmnx does not write)"
    ):
        read_streets(saved)


def test_a_place_that_cannot_be_fetched_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osmnx.settings, "nominatim_url", "http://127.0.0.1:9/")
    with pytest.raises(MapError, match=r"the roads of 'Birmingham, UK' could not be fetched .*: check the name"):
        read_streets("place:Birmingham, UK")
