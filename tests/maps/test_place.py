"""A place by name becomes a network: Nominatim and Overpass are asked as they are, but stand on this machine."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlparse
from xml.etree import ElementTree as ET

import numpy as np
import osmnx
import pytest

from arls.roads.network import Access, JunctionFlag
from maps.osm import import_network
from maps.report import MapError
from tests.drawing import draw, turn_restriction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.roads.network import Network
    from tests.drawing import Drawn

STATUS = """Connected as: 1
Current time: 2026-01-01T00:00:00Z
Announced endpoint: none
Rate limit: 2
2 slots available now.
Currently running queries (pid, space limit, time limit, start time):
"""


def town() -> Drawn:
    """A private lane with a bend, off a one-way street with signals."""
    return draw(
        """
        A---B---C
            |
            D-E
        """,
        ways={
            "ABC": {"highway": "primary", "name": "High Street", "oneway": "yes", "maxspeed": "20 mph"},
            "BDE": {"highway": "residential", "name": "Back Lane", "access": "private"},
        },
        nodes={"B": {"highway": "traffic_signals"}},
        relations=[turn_restriction("no_right_turn", "ABC", "B", "BDE")],
    )


class StandIn:
    """Both services on one port: they know one place, and answer for its roads with what was drawn."""

    def __init__(self, drawn: Drawn) -> None:
        self.asked: list[str] = []
        self.elements = list(_elements(drawn))
        self.is_down = self.keeps_relations_back = False
        lats, lons = ([getattr(at, axis) for at in drawn.nodes.values()] for axis in ("lat", "lon"))
        self.box = (min(lons) - 0.01, min(lats) - 0.01, max(lons) + 0.01, max(lats) + 0.01)

    def search(self, place: str) -> list[dict[str, Any]]:
        """What Nominatim says of a name: two parts a degree apart, with the drawing in the first."""
        self.asked.append(place)
        if place != "Arlminster":
            return []
        west, south, east, north = self.box
        rings = [[_ring(self.box)], [_ring((west + 1.0, south, east + 1.0, north))]]
        return [
            {
                "place_id": 1,
                "osm_type": "relation",
                "osm_id": 1,
                "lat": str(south),
                "lon": str(west),
                "boundingbox": [str(south), str(north), str(west), str(east)],
                "importance": 0.5,
                "display_name": "Arlminster, a made-up town",
                "geojson": {"type": "MultiPolygon", "coordinates": rings},
            }
        ]

    def interpreter(self, query: str) -> dict[str, Any]:
        """What Overpass says to a query: for relations, or for ways and their nodes."""
        self.asked.append(query)
        of_relations = "relation[" in query
        if of_relations and self.keeps_relations_back:
            return {"remark": "runtime error: Query timed out"}
        elements = [
            one for one in self.elements if not isinstance(one, dict) or (one.get("type") == "relation") == of_relations
        ]
        return {"version": 0.6, "generator": "stand-in", "osm3s": {}, "elements": elements}


def _ring(box: tuple[float, float, float, float]) -> list[list[float]]:
    west, south, east, north = box
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _elements(drawn: Drawn) -> Iterator[dict[str, Any]]:
    """The drawing as Overpass's JSON."""
    for element in ET.fromstring(drawn.osm):  # noqa: S314 - our own drawing
        tags = {str(tag.get("k")): tag.get("v") for tag in element.iter("tag")}
        row: dict[str, Any] = {"type": element.tag, "id": int(element.get("id", "0")), "tags": tags}
        if element.tag == "node":
            row |= {axis: float(element.get(axis, "nan")) for axis in ("lat", "lon")}
        elif element.tag == "relation":
            row["members"] = [
                {"type": member.get("type"), "ref": int(member.get("ref", "0")), "role": member.get("role")}
                for member in element.iter("member")
            ]
        else:
            row["nodes"] = [int(nd.get("ref", "0")) for nd in element.iter("nd")]
        yield row


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    told = StandIn(town())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlparse(self.path)
            if url.path == "/api/status":
                self._say(STATUS.encode())
            else:
                self._say(json.dumps(told.search(parse_qs(url.query)["q"][0])).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(json.dumps(told.interpreter(parse_qs(body)["data"][0])).encode())

        def _say(self, body: bytes) -> None:
            body = b"<html>the server is too busy</html>" if told.is_down else body
            self.send_response(503 if told.is_down else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(osmnx.settings, "nominatim_url", f"{address}/")
    monkeypatch.setattr(osmnx.settings, "overpass_url", f"{address}/api")
    # osmnx puts a function of its own in this place, and leaves it there.
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_place_becomes_the_same_roads_as_its_extract(stand_in: StandIn) -> None:
    told: list[tuple[str, float]] = []
    network, report = import_network("place:Arlminster", progress=lambda step, done: told.append((step, done)))
    drawn = town().network
    assert sorted(network.arc_length_m.round(1)) == sorted(drawn.arc_length_m.round(1))
    assert sorted(network.arc_access) == sorted(drawn.arc_access)
    assert sorted(network.junction_flags) == sorted(drawn.junction_flags)
    assert {network.name_of(arc) for arc in range(network.arcs)} == {"High Street", "Back Lane"}
    assert JunctionFlag.SIGNALS in network.junction_flags
    assert Access.PRIVATE | Access.FOOT in network.arc_access
    assert report.source == "place:Arlminster"
    assert len(report.sha256) == 64
    steps = ["place", "download", "ways", "restrictions", "streets", "network", "network"]
    assert [step for step, _ in told] == steps
    assert [done for _, done in told] == sorted(done for _, done in told)
    place, query, *of_relations = stand_in.asked
    assert place == "Arlminster"
    assert '["highway"]' in query
    assert "poly:" in query
    assert len(of_relations) == 2  # one for each part of the place
    assert all("poly:" in asked and '["type"~"^restriction"]' in asked for asked in of_relations)
    assert report.restrictions_obeyed == 1
    assert sorted(_turns(network)) == sorted(_turns(drawn))
    assert not any("restriction" in doubt for doubt in report.doubts)


def _turns(network: Network) -> list[tuple[float, float, int]]:
    """Each turn by the lengths of its arcs, to the decimetre, and who may take it."""
    turns = zip(np.repeat(np.arange(network.arcs), np.diff(network.turn_start)), network.turn_to, strict=True)
    length_m = network.arc_length_m.round(1)
    may = network.turn_access.tolist()
    return [(length_m[start], length_m[end], who) for (start, end), who in zip(turns, may, strict=True)]


def test_a_place_whose_restrictions_cannot_be_had_is_built_and_says_so(stand_in: StandIn) -> None:
    stand_in.keeps_relations_back = True
    _, report = import_network("place:Arlminster")
    assert report.restrictions_obeyed == 0
    assert report.doubts["its turn restrictions could not be fetched: none is obeyed (KeyError)"] == 1


def test_a_street_is_cut_at_the_edge_of_the_place(stand_in: StandIn) -> None:
    west, south, _, north = stand_in.box
    stand_in.box = (west, south, town().node("B").lon + 0.0005, north)
    network, report = import_network("place:Arlminster")
    assert report.kept["streets"] < len(town().network.street_way)
    assert network.bounds.east <= town().node("B").lon + 0.0005


def test_a_place_that_nobody_knows_says_so(stand_in: StandIn) -> None:
    with pytest.raises(MapError, match=r"^the roads of 'Atlantis' could not be fetched .*: check the name"):
        import_network("place:Atlantis")
    assert stand_in.asked == ["Atlantis"]


def test_a_place_without_roads_says_so(stand_in: StandIn) -> None:
    stand_in.elements.clear()
    with pytest.raises(MapError, match=r"^the roads of 'Arlminster' could not be fetched"):
        import_network("place:Arlminster")


@pytest.mark.parametrize("elements", [[{"type": "way", "id": 1, "nodes": [1, 2]}], [{"type": "node"}], [{}], [3]])
def test_an_answer_that_makes_no_sense_is_no_network(stand_in: StandIn, elements: list[Any]) -> None:
    stand_in.elements[:] = elements
    with pytest.raises(MapError, match=r"^the roads of 'Arlminster' could not be fetched"):
        import_network("place:Arlminster")


def test_a_service_that_fails_is_told_of(stand_in: StandIn) -> None:
    stand_in.is_down = True
    with pytest.raises(MapError, match=r"^the roads of 'Arlminster' could not be fetched"):
        import_network("place:Arlminster")
