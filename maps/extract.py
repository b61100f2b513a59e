"""What is read from any map before it is cut at junctions: ways, tagged nodes and turn restrictions, as arrays.

It decides how ways are gathered: the same tags are understood once, the same name is kept once. Which file they
come from is the readers' business (`osm_read`, `graphml`), what becomes of them `streets`'.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.network import Access
from maps import osm_access, osm_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from arls.roads.network import Bytes, Floats, Ints, Longs, Masks
    from maps.osm_bans import Restriction
    from maps.osm_tags import Road
    from maps.report import Tally

    Tags = Mapping[str, str]

# OSM keeps coordinates as whole numbers of this many to the degree, and this one where there is none (libosmium).
PER_DEGREE = 10_000_000
UNDEFINED = 2_147_483_647
# What OSM itself lets a value have, in characters; a graph of osmnx may hold any.
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ways:
    """W ways with their N points in a row; `road`, `name` and `ref` are indices."""

    way: Longs  # [W] OSM id
    road: Ints  # [W] into roads
    name: Ints  # [W] into names
    ref: Ints  # [W] into names
    start: Longs  # [W + 1] into the points
    node: Longs  # [N] OSM id
    lat: Floats  # [N] degrees; NaN where the map has no such node, beyond 90 where it has an impossible one
    lon: Floats  # [N]
    roads: tuple[Road, ...]
    names: tuple[str, ...]  # names[0] is ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TaggedNodes:
    """Nodes that stop somebody or make a driver wait; a node may stand here twice."""

    node: Longs  # OSM id
    access: Masks  # Access: who may pass
    forward_waits: Bytes  # JunctionFlag: for who comes along the way as it is drawn
    backward_waits: Bytes  # JunctionFlag: for who comes against it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Extract:
    """All that is read from a map."""

    ways: Ways
    nodes: TaggedNodes
    restrictions: tuple[Restriction, ...]
    driving_sides: Counter[str]
    timestamp: str | None


class WayCollector:
    """Takes ways one after another and gives them as arrays; counts what is no road."""

    def __init__(self, tally: Tally) -> None:
        self.driving_sides: Counter[str] = Counter()
        self._tally = tally
        self._understood: dict[tuple[tuple[str, str], ...], int | str] = {}
        self._roads: list[Road] = []
        self._names: dict[str, int] = {"": 0}
        self._rows: list[tuple[int, int, int, int]] = []  # way, road, name, ref
        self._start = [0]
        self._points = tuple(array("q") for _ in range(3))  # node, x, y

    def take(self, way: int, tags: Tags) -> bool:
        """Take the way if it is a road, and say whether; its points follow by `trace`."""
        road = self._road_of(tags)
        if isinstance(road, str):
            self._tally.dropped[f"way: {road}"] += 1
            return False
        self._tally.doubts.update(self._roads[road].doubts)
        self._tally.count_conditional(tags)
        if side := tags.get("driving_side"):
            self.driving_sides[side] += 1
        self._rows.append((way, road, self._name(tags.get("name", "")), self._name(tags.get("ref", ""))))
        return True

    def trace(self, nodes: Iterable[int], x: Iterable[int], y: Iterable[int]) -> None:
        """The points of the way just taken, in 1e-7 degrees."""
        for column, values in zip(self._points, (nodes, x, y), strict=True):
            column.extend(values)
        self._start.append(len(self._points[0]))

    def ways(self) -> Ways:
        """All that was taken."""
        way, road, name, ref = np.array(self._rows, np.int64).reshape(-1, 4).T
        node, x, y = (np.array(column, np.int64) for column in self._points)
        known = (x != UNDEFINED) & (y != UNDEFINED)
        return Ways(
            way=way,
            road=road.astype(np.int32),
            name=name.astype(np.int32),
            ref=ref.astype(np.int32),
            start=np.array(self._start, np.int64),
            node=node,
            lat=np.where(known, y / PER_DEGREE, np.nan),
            lon=np.where(known, x / PER_DEGREE, np.nan),
            roads=tuple(self._roads),
            names=tuple(self._names),
        )

    def _road_of(self, tags: Tags) -> int | str:
        meant = tuple((key, value) for key, value in tags.items() if key in osm_tags.KEYS)
        if meant not in self._understood:
            road = osm_tags.road_of(dict(meant))
            self._understood[meant] = road if isinstance(road, str) else len(self._roads)
            if not isinstance(road, str):
                self._roads.append(road)
        return self._understood[meant]

    def _name(self, name: str) -> int:
        if len(name) > LONGEST_NAME:
            self._tally.doubts["name too long, and cut"] += 1
        return self._names.setdefault(name[:LONGEST_NAME], len(self._names))


class NodeCollector:
    """Takes the tags of nodes one after another and gives those that matter as arrays."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._rows: list[tuple[int, int, int, int]] = []

    def take(self, node: int, tags: Tags) -> None:
        """Take the node if it stops somebody or makes a driver wait."""
        access, (forward, backward) = osm_access.passing(tags), osm_tags.waits_of(tags)
        if access != Access.EVERYONE or forward | backward:
            self._rows.append((node, int(access), int(forward), int(backward)))
            self._tally.count_conditional(tags)

    def nodes(self) -> TaggedNodes:
        """All that was taken."""
        node, access, forward, backward = np.array(self._rows, np.int64).reshape(-1, 4).T
        return TaggedNodes(
            node=node,
            access=access.astype(np.uint16),
            forward_waits=forward.astype(np.uint8),
            backward_waits=backward.astype(np.uint8),
        )
