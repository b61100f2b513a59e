"""An OSM extract on disk (`.osm.pbf`, `.osm`, `.osm.gz`, `.osm.bz2`), read by libosmium.

It decides which nodes, ways and relations are looked at, in three passes, so that their order in the file does not
matter. What their tags mean is the business of `osm_tags`, `osm_access` and `osm_bans`.
"""

from __future__ import annotations

import hashlib
from array import array
from typing import TYPE_CHECKING, cast

import numpy as np
import osmium
from osmium.filter import KeyFilter
from osmium.index import create_map
from osmium.osm import NODE, NOTHING, RELATION, WAY

from maps.extract import Extract, NodeCollector, WayCollector
from maps.osm_bans import Member, restrictions_of
from maps.raw import check_xml
from maps.raw_pbf import check_pbf
from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from osmium.io import Header
    from osmium.osm import Node, Relation, Way

    from maps.osm_bans import Restriction
    from maps.report import Progress, Tally

    _Place = tuple[int, int]  # 1e-7 degrees east and north

_NODE_KEYS = ("barrier", "highway", "railway", "crossing")
# An MD5 has 32 digits; the name behind it does not matter.
_LONGEST_DIGEST = 64
_TIMESTAMPS = ("osmosis_replication_timestamp", "timestamp")


def read_osm(source: Path, tally: Tally, progress: Progress) -> Extract:
    """The roads of an OSM file. Raises MapError when it cannot be read to its end, or is not what its MD5 says."""
    try:
        _check_digest(source)
        repeated = None
        if source.suffix == ".pbf":
            repeated = check_pbf(source)
        else:
            check_xml(source)
        header = _header_of(str(source))
        if header.has_multiple_object_versions:
            raise MapError(f"{source.name} tells how a map has changed, not what it is: give an extract of one moment")
        return _read(str(source), header, repeated, tally, progress)
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as error:
        raise MapError(
            f"{source.name} cannot be read to its end as OSM data ({error}): download or export it again"
        ) from error
    except MemoryError as error:
        raise MapError(f"{source.name} needs more memory than there is: cut a smaller area out of it") from error


def _read(path: str, header: Header, repeated: int | None, tally: Tally, progress: Progress) -> Extract:
    locations = osmium.NodeLocationsForWays(create_map("flex_mem"))
    locations.ignore_errors()
    progress("nodes", 0.0)
    nodes = NodeCollector(tally)
    below: dict[int, _Place] = {}
    found = osmium.FileProcessor(path, NODE).with_filter(locations)
    if repeated is None:
        repeated, below = _take_all(cast("Iterator[Node]", found), nodes)
    else:
        for node in found.with_filter(KeyFilter(*_NODE_KEYS)):
            nodes.take(node.id, dict(node.tags))
    tally.doubts["node: its id comes again, and one of its places was taken"] += repeated
    progress("ways", 0.1)
    # Only what passes the key filter, in C++, is given its places and reaches Python.
    roads = osmium.FileProcessor(path, WAY).with_filter(KeyFilter("highway", "route")).with_filter(locations)
    ways = WayCollector(tally)
    _take_ways(cast("Iterator[Way]", roads), below, ways, tally)
    progress("restrictions", 0.6)
    return Extract(
        ways=ways.ways(),
        nodes=nodes.nodes(),
        restrictions=tuple(_restrictions_in(path, tally)),
        driving_sides=ways.driving_sides,
        timestamp=next((stamp for key in _TIMESTAMPS if (stamp := header.get(key))), None),
    )


def _take_all(found: Iterator[Node], nodes: NodeCollector) -> tuple[int, dict[int, _Place]]:
    """Take each node that has tags, and tell how many ids come again and where those below nought lie.

    An editor gives such an id to what is not in OSM yet, and libosmium keeps no place by it.
    """
    ids, below = array("q"), {}
    for node in found:
        ids.append(node.id)
        if node.id < 0:
            below[node.id] = (node.location.x, node.location.y)
        if len(node.tags):
            nodes.take(node.id, dict(node.tags))
    return len(ids) - len(np.unique(np.array(ids, np.int64))), below


def _take_ways(found: Iterator[Way], below: Mapping[int, _Place], ways: WayCollector, tally: Tally) -> None:
    seen = set[int]()
    for way in found:
        if way.id in seen:
            tally.dropped["way: its id came before"] += 1
        elif not way.visible:
            tally.dropped["way: deleted"] += 1
        elif ways.take(way.id, dict(way.tags)):
            points = list(way.nodes)
            places = [below.get(p.ref) or (p.x, p.y) for p in points] if below else [(p.x, p.y) for p in points]
            ways.trace([p.ref for p in points], [x for x, _ in places], [y for _, y in places])
            seen.add(way.id)


def _restrictions_in(path: str, tally: Tally) -> Iterator[Restriction]:
    relation, seen = None, set[int]()
    for relation in cast("Iterator[Relation]", osmium.FileProcessor(path, RELATION)):
        if not (relation.tags.get("type") or "").startswith("restriction") or not relation.visible:
            continue
        if relation.id in seen:
            tally.restrictions_ignored["its id came before"] += 1
            continue
        seen.add(relation.id)
        members = [Member(kind=m.type, ref=m.ref, role=m.role) for m in relation.members]
        yield from restrictions_of(dict(relation.tags), members, tally)
    if relation is None and path.endswith(".pbf"):
        # A PBF file has no end mark, and relations come last: one cut between two blocks reads as if it were whole.
        tally.doubts["no relation in the file: it has no turn restrictions, or was cut off"] += 1


def _check_digest(source: Path) -> None:
    """Geofabrik and others lay an MD5 beside each extract; where it is there, a broken download is found by it."""
    beside = source.with_name(f"{source.name}.md5")
    if not beside.is_file():
        return
    with beside.open(encoding="utf-8", errors="replace") as file:
        told = file.read(_LONGEST_DIGEST).split()
    with source.open("rb") as content:
        found = hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if told[:1] != [found]:
        raise MapError(f"{source.name} is not the file that {beside.name} tells of: download both again")


def _header_of(path: str) -> Header:
    with osmium.io.Reader(path, NOTHING) as reader:
        return reader.header()
