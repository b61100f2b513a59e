"""Ways become streets: cut at every junction, barrier and signal, by whole arrays.

It decides where a way is cut and what is mended or left out of a broken map. Arcs and turns are `assemble`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.assemble import Streets
from arls.roads.network import Access, JunctionFlag
from maps.extract import PER_DEGREE
from maps.osm_bans import StreetEnds, bans_of
from maps.report import MapError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arls.roads.network import Bools, Bytes, Floats, Ints, Longs, Masks
    from maps.extract import Extract, TaggedNodes, Ways
    from maps.report import Tally

_SIGNS = np.uint8(JunctionFlag.STOP | JunctionFlag.GIVE_WAY)
# A plain crossing is counted where it lies, in a junction or a street: it costs too little to cut a street in two.
_WORTH_A_CUT = np.uint8(0xFF ^ JunctionFlag.CROSSING)

# No road has two bends as far apart as this, in degrees of latitude.
_LEAP_DEG = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Line:
    """P good points in a row. A piece is what is left in one run of a way: two points or more."""

    row: Ints  # [P] of the way
    piece: Longs  # [P] ascending
    node: Longs  # [P] OSM id
    lat: Floats  # [P]
    lon: Floats  # [P]

    def __getitem__(self, chosen: Bools) -> _Line:
        return _Line(
            row=self.row[chosen],
            piece=self.piece[chosen],
            node=self.node[chosen],
            lat=self.lat[chosen],
            lon=self.lon[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Junctions:
    """J junctions, by ascending OSM id."""

    node: Longs  # [J] OSM id
    lat: Floats  # [J]
    lon: Floats  # [J]
    forward_waits: Bytes  # [J] JunctionFlag: for who comes along a way as it is drawn
    backward_waits: Bytes  # [J] JunctionFlag: for who comes against it
    access: Masks  # [J]
    at: Ints  # [P] the junction at each point, -1 where there is none
    crossed: Bools  # [P] true at a crossing that is no junction


_ROAD_COLUMNS = np.dtype(
    [
        ("road_class", np.uint8),
        ("flags", np.uint16),
        ("forward_access", np.uint16),
        ("backward_access", np.uint16),
        ("forward_kmh", np.float32),
        ("backward_kmh", np.float32),
    ]
)


def streets_of(extract: Extract, *, left_hand: bool, tally: Tally) -> Streets:
    """The streets of a map, none shorter than two points. Raises MapError when there is none."""
    ways = extract.ways
    line = _line_of(ways, tally)
    if not len(line.node):
        raise MapError("the map holds no road that anybody may use: choose an extract with roads in it")
    junctions = _junctions_of(line, extract.nodes)
    first, last = _cuts(line, junctions)
    size = last - first + 1
    start = np.concatenate(([0], np.cumsum(size)))
    point = np.repeat(first - start[:-1], size) + np.arange(start[-1])
    row = line.row[first]
    road = _road_table(ways)[ways.road[row]]
    crossings = np.add.reduceat(junctions.crossed[point].astype(np.int64), start[:-1])
    ends = StreetEnds(
        junction_node=junctions.node,
        street_way=ways.way[row],
        street_from=junctions.at[first],
        street_to=junctions.at[last],
        forward_access=road["forward_access"],
        backward_access=road["backward_access"],
    )
    bans, long_bans = bans_of(extract.restrictions, ends, tally)
    streets = Streets(
        left_hand=left_hand,
        junction_lat=junctions.lat,
        junction_lon=junctions.lon,
        junction_flags=junctions.forward_waits | junctions.backward_waits,
        junction_access=_junction_access(junctions, ends, tally),
        turned_away=_turned_away(junctions, ends, _lengths(line.lat[point], line.lon[point], start)),
        street_from=ends.street_from,
        street_to=ends.street_to,
        street_point_start=start,
        point_lat=line.lat[point],
        point_lon=line.lon[point],
        street_way=ends.street_way,
        street_name=ways.name[row],
        street_ref=ways.ref[row],
        street_class=road["road_class"],
        street_flags=road["flags"],
        street_crossings=np.minimum(crossings, np.iinfo(np.uint8).max),
        forward_access=ends.forward_access,
        backward_access=ends.backward_access,
        forward_speed_kmh=road["forward_kmh"],
        backward_speed_kmh=road["backward_kmh"],
        names=ways.names,
        bans=bans,
        long_bans=long_bans,
    )
    _count_odd(streets, tally)
    return streets


def _line_of(ways: Ways, tally: Tally) -> _Line:
    """The good points. A way is broken where a node is missing or misplaced, never drawn straight across the gap."""
    missing = np.isnan(ways.lat)
    impossible = ~missing & ~((np.abs(ways.lat) <= 90.0) & (np.abs(ways.lon) <= 180.0))
    bad = missing | impossible
    breaks = np.concatenate(([False], bad[:-1]))
    breaks[ways.start[:-1][np.diff(ways.start) > 0]] = True
    line = _Line(
        row=np.repeat(np.arange(len(ways.way), dtype=np.int32), np.diff(ways.start)),
        piece=np.cumsum(breaks),
        node=ways.node,
        lat=ways.lat,
        lon=ways.lon,
    )[~bad]
    again = np.zeros(len(line.node), np.bool_)
    again[1:] = (line.node[1:] == line.node[:-1]) & (line.piece[1:] == line.piece[:-1])
    line = line[~again]
    leap = _leaps(line)
    line = replace(line, piece=line.piece + np.cumsum(leap))
    alone = np.bincount(line.piece)[line.piece] < 2
    area, idle = _areas_in(line[~alone], ways)
    tally.dropped.update(
        {
            "point: its node is not in the map": int(missing.sum()),
            "point: its coordinates are impossible": int(impossible.sum()),
            "point: the same node twice in a row": int(again.sum()),
            "piece: more than 111 km without a bend, so that a point of it is misplaced": int(leap.sum()),
            "point: alone in its way": int(alone.sum()),
            "way: area by which nobody gets from one road to another": len(np.unique(line.row[~alone][idle])),
        }
    )
    tally.doubts["area, walked along its edge"] += len(np.unique(line.row[~alone][area & ~idle]))
    return line[~alone][~idle]


def _areas_in(line: _Line, ways: Ways) -> tuple[Bools, Bools]:
    """[P] points of areas; and of those areas that touch what is no area in fewer than two places."""
    area = np.array([road.is_area for road in ways.roads], np.bool_)[ways.road][line.row]
    shared = area & np.isin(line.node, line.node[~area])
    touched = np.unique(np.column_stack((line.row[shared], line.node[shared])), axis=0)
    idle = area & (np.bincount(touched[:, 0], minlength=len(ways.way))[line.row] < 2)
    return area, idle


def _leaps(line: _Line) -> Bools:
    """[P] True where a way would go on from the point before over more than a degree of latitude, straight."""
    leap = np.zeros(len(line.node), np.bool_)
    step = np.hypot(np.diff(line.lat), np.diff(line.lon) * np.cos(np.radians(line.lat[1:])))
    leap[1:] = (step > _LEAP_DEG) & (line.piece[1:] == line.piece[:-1])
    return leap


def _junctions_of(line: _Line, tagged: TaggedNodes) -> _Junctions:
    """The nodes where ways meet or end, where somebody is stopped, or where a driver may have to wait."""
    node, seen, at = np.unique(line.node, return_index=True, return_inverse=True)
    access = np.full(len(node), int(Access.EVERYONE), np.uint16)
    forward, backward = np.zeros((2, len(node)), np.uint8)
    here = np.minimum(np.searchsorted(node, tagged.node), len(node) - 1)
    known = node[here] == tagged.node
    np.bitwise_and.at(access, here[known], tagged.access[known])
    np.bitwise_or.at(forward, here[known], tagged.forward_waits[known])
    np.bitwise_or.at(backward, here[known], tagged.backward_waits[known])
    turn = line.piece[1:] != line.piece[:-1]
    is_end = np.concatenate(([True], turn)) | np.concatenate((turn, [True]))
    cut = (np.bincount(at) > 1) | (access != int(Access.EVERYONE)) | (((forward | backward) & _WORTH_A_CUT) != 0)
    cut[at[is_end]] = True
    number = np.where(cut, np.cumsum(cut) - 1, -1)
    return _Junctions(
        node=node[cut],
        lat=line.lat[seen[cut]],
        lon=line.lon[seen[cut]],
        forward_waits=forward[cut],
        backward_waits=backward[cut],
        access=access[cut],
        at=number[at].astype(np.int32),
        crossed=(~cut & ((forward | backward) & JunctionFlag.CROSSING != 0))[at],
    )


def _cuts(line: _Line, junctions: _Junctions) -> tuple[Longs, Longs]:
    """The first and the last point of each street: neighbouring junctions in one piece."""
    cut = np.flatnonzero(junctions.at >= 0)
    same = line.piece[cut[1:]] == line.piece[cut[:-1]]
    return cut[:-1][same], cut[1:][same]


def _turned_away(junctions: _Junctions, ends: StreetEnds, length: Floats) -> dict[int, int]:
    """By side of a street: what makes others wait at the junction where it ends, but shows its back to this side.

    A stop or give way sign that does not tell its side is for those who come from further off: it stands before the
    junction that is nearer. (OSM wiki, "Tag:highway=give_way".)
    """
    at = np.concatenate((ends.street_to, ends.street_from))
    forward, backward = junctions.forward_waits, junctions.backward_waits
    hidden = np.concatenate(((backward & ~forward)[ends.street_to], (forward & ~backward)[ends.street_from]))
    untold = np.where(np.bincount(at, minlength=len(forward)) == 2, forward & backward & _SIGNS, 0)
    length = np.tile(length, 2)
    longest = np.zeros(len(forward))
    np.maximum.at(longest, at, length)
    hidden |= np.where(length < longest[at], untold[at], 0).astype(np.uint8)
    here = np.flatnonzero(hidden)
    backward_side, street = np.divmod(here, len(ends.street_to))
    return dict(zip((2 * street + backward_side).tolist(), hidden[here].tolist(), strict=True))


def _lengths(lat: Floats, lon: Floats, start: Longs) -> Floats:
    """[S] of each street, in degrees of latitude: good enough to tell which of two is longer."""
    step = np.hypot(np.diff(lat, prepend=lat[0]), np.diff(lon, prepend=lon[0]) * np.cos(np.radians(lat)))
    step[start[:-1]] = 0.0
    lengths: Floats = np.add.reduceat(step, start[:-1])
    return lengths


def _junction_access(junctions: _Junctions, ends: StreetEnds, tally: Tally) -> Masks:
    """Who may pass each junction. A barrier where three streets for cars meet stops nobody.

    It stands in the mouth of one of them, and the map does not say of which: taken at its word it would shut a main
    road for the gate of a yard. (OSM wiki, "Key:barrier", advises against; graphhopper, pull request 2433.)
    """
    cars = (ends.forward_access | ends.backward_access) & (Access.MOTOR | Access.PRIVATE) != 0
    meeting = np.bincount(
        np.concatenate((ends.street_from[cars], ends.street_to[cars])), minlength=len(junctions.access)
    )
    untold = (meeting > 2) & (junctions.access != Access.EVERYONE)
    tally.doubts["barrier where several streets meet"] += int(untold.sum())
    return np.where(untold, np.uint16(Access.EVERYONE), junctions.access)


def _road_table(ways: Ways) -> NDArray[np.void]:
    rows = [
        (int(r.road_class), int(r.flags), int(r.forward_access), int(r.backward_access), r.forward_kmh, r.backward_kmh)
        for r in ways.roads
    ]
    return np.array(rows, _ROAD_COLUMNS)


def _count_odd(streets: Streets, tally: Tally) -> None:
    first = streets.street_point_start[:-1]
    spread = [
        np.maximum.reduceat(degrees, first) - np.minimum.reduceat(degrees, first)
        for degrees in (streets.point_lat, streets.point_lon)
    ]
    tally.doubts.update(
        {
            "street that ends where it starts": int((streets.street_from == streets.street_to).sum()),
            "street of no length": int((np.maximum(*spread) == 0.0).sum()),
            "street drawn twice": _drawn_twice(streets),
        }
    )


def _drawn_twice(streets: Streets) -> int:
    """How many streets lie on an earlier one, in whichever direction: both are kept, for their tags may differ."""
    ends = np.sort(np.column_stack((streets.street_from, streets.street_to)), axis=1)
    first = streets.street_point_start[:-1]
    sums = [
        np.add.reduceat(np.rint(degrees * PER_DEGREE).astype(np.int64), first)
        for degrees in (streets.point_lat, streets.point_lon)
    ]
    order = np.lexsort((ends[:, 0], ends[:, 1], *sums))
    same = [column[order[1:]] == column[order[:-1]] for column in (*ends.T, *sums)]
    return int(np.logical_and.reduce(same).sum())
