"""A map drawn in text becomes a Network by the real importer, so that a test shows the streets it is about.

    drawn = draw(
        '''
        A---B---C
            |
            D
        ''',
        ways={"ABC": {"highway": "residential"}, "BD": {"highway": "service"}},
        relations=[turn_restriction("no_right_turn", "ABC", "B", "BD")],
    )

Letters and digits are nodes, `grid_m` metres to a column and to a row; all other characters only please the eye.
A way is named by its nodes in order. The idea is valhalla's (`docs/docs/contributing/gurka.md`).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np

from arls.geo import LocalPlane, Position
from arls.roads.network import Access, ArcId
from maps.osm import import_network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from arls.roads.network import Network
    from maps.report import Report

    Tags = Mapping[str, str]

# The Arlshire of the drawings: flat, and in Great Britain, so that traffic keeps left.
ORIGIN = Position(lat=52.5, lon=-1.9)
_NEAR_DEG = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """An OSM relation; a member's name of one letter is a node, a longer one a way."""

    tags: Tags
    members: Sequence[tuple[str, str]]  # role and name


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What came of a drawing."""

    network: Network
    report: Report
    nodes: Mapping[str, Position]
    ways: Mapping[str, int]
    osm: bytes  # the drawing as OSM XML

    def node(self, name: str) -> Position:
        """Where a node lies, whether or not a street goes there."""
        return self.nodes[name]

    def way(self, name: str) -> int:
        """The OSM id of a way."""
        return self.ways[name]

    def junction(self, name: str) -> int:
        """The junction at a node. Raises KeyError where there is none."""
        position, network = self.nodes[name], self.network
        near = (np.abs(network.junction_lat - position.lat) < _NEAR_DEG) & (
            np.abs(network.junction_lon - position.lon) < _NEAR_DEG
        )
        if not near.any():
            raise KeyError(f"no street begins or ends at {name}")
        return int(np.flatnonzero(near)[0])

    def find_arcs(self, first: str, last: str) -> list[ArcId]:
        """The arcs that lead straight from one junction to another."""
        ends = (self.network.arc_from == self.junction(first)) & (self.network.arc_to == self.junction(last))
        return [ArcId(int(arc)) for arc in np.flatnonzero(ends)]

    def arc(self, first: str, last: str) -> ArcId:
        """The one arc that leads straight from one junction to another. Raises KeyError for none or several."""
        arcs = self.find_arcs(first, last)
        if len(arcs) != 1:
            raise KeyError(f"{len(arcs)} arcs lead straight from {first} to {last}")
        return arcs[0]

    def access(self, first: str, last: str) -> int:
        """The Access mask of the arc between two junctions; 0 where there is none."""
        arcs = self.find_arcs(first, last)
        return int(self.network.arc_access[self.arc(first, last)]) if arcs else 0

    def turn_access(self, first: str, via: str, last: str) -> int:
        """The kinds of traffic that may turn so at `via`."""
        return self.turn_mask(first, via, last) & Access.EVERYONE

    def turn_mask(self, first: str, via: str, last: str) -> int:
        """The Access mask of the turn at `via`, marks of policies among it; 0 where there is none."""
        network = self.network
        leaving, entering = self.arc(first, via), self.arc(via, last)
        turns = slice(network.turn_start[leaving], network.turn_start[leaving + 1])
        return int(network.turn_access[turns][network.turn_to[turns] == entering].sum())


def turn_restriction(kind: str, from_way: str, via: str, to_way: str, **tags: str) -> Relation:
    """A turn restriction, such as `no_left_turn`; `except_` stands for the tag `except`."""
    named = {key.rstrip("_"): value for key, value in tags.items()}
    return Relation(
        tags={"type": "restriction", "restriction": kind, **named},
        members=[("from", from_way), ("via", via), ("to", to_way)],
    )


def draw(
    text_map: str,
    *,
    ways: Mapping[str, Tags],
    nodes: Mapping[str, Tags] | None = None,
    relations: Sequence[Relation] = (),
    grid_m: float = 100.0,
    origin: Position = ORIGIN,
) -> Drawn:
    """The network of a drawing; `origin` is its upper left corner."""
    places = places_in(text_map, grid_m, origin)
    ids = {name: number for number, name in enumerate((*places, *ways), start=1)}
    osm = osm_of(places, ids, ways=ways, nodes=nodes or {}, relations=relations)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "drawing.osm"
        source.write_bytes(osm)
        network, report = import_network(source)
    return Drawn(network=network, report=report, nodes=places, ways={name: ids[name] for name in ways}, osm=osm)


def osm_of(
    places: Mapping[str, Position],
    ids: Mapping[str, int],
    *,
    ways: Mapping[str, Tags],
    nodes: Mapping[str, Tags],
    relations: Sequence[Relation],
) -> bytes:
    root = ET.Element("osm", version="0.6")
    for name, position in places.items():
        at = {"id": str(ids[name]), "version": "1", "lat": f"{position.lat:.7f}", "lon": f"{position.lon:.7f}"}
        _tag(ET.SubElement(root, "node", at), nodes.get(name, {}))
    for name, tags in ways.items():
        way = ET.SubElement(root, "way", id=str(ids[name]), version="1")
        for letter in name:
            ET.SubElement(way, "nd", ref=str(ids[letter]))
        _tag(way, tags)
    for number, relation in enumerate(relations, start=1):
        element = ET.SubElement(root, "relation", id=str(number), version="1")
        for role, name in relation.members:
            kind = "node" if len(name) == 1 else "way"
            ET.SubElement(element, "member", type=kind, ref=str(ids[name]), role=role)
        _tag(element, relation.tags)
    return ET.tostring(root)


def _tag(element: ET.Element, tags: Tags) -> None:
    for key, value in tags.items():
        ET.SubElement(element, "tag", k=key, v=value)


def places_in(text_map: str, grid_m: float, origin: Position) -> dict[str, Position]:
    plane = LocalPlane(origin)
    places: dict[str, Position] = {}
    for row, line in enumerate(text_map.splitlines()):
        for column, name in enumerate(line):
            if name.isalnum():
                assert name not in places, f"{name} is drawn twice"
                lat, lon = plane.degrees_of(x=column * grid_m, y=-row * grid_m)
                places[name] = Position(lat=round(float(lat), 7), lon=round(float(lon), 7))
    return places
