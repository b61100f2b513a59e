"""An OSM extract on disk (`.osm.pbf`, `.osm`, `.osm.gz`, `.osm.bz2`), read by libosmium.

It decides which nodes, ways and relations are looked at, in three passes, so that their order in the file does not
matter. What their tags mean is the business of `osm_tags`, `osm_access` and `osm_bans`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

import osmium
from osmium.filter import KeyFilter
from osmium.index import create_map
from osmium.osm import NODE, NOTHING, RELATION, WAY

from maps.extract import Extract, NodeCollector, WayCollector
from maps.osm_bans import Member, restrictions_of
from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from osmium.osm import Relation, Way

    from maps.osm_bans import Restriction
    from maps.report import Progress, Tally

_NODE_KEYS = ("barrier", "highway", "railway", "crossing")
_TIMESTAMPS = ("osmosis_replication_timestamp", "timestamp")


def read_osm(source: Path, tally: Tally, progress: Progress) -> Extract:
    """The roads of an OSM file. Raises MapError when it cannot be read to its end, or is not what its MD5 says."""
    _check_digest(source)
    try:
        return _read(str(source), tally, progress)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise MapError(
            f"{source.name} cannot be read to its end as OSM data ({error}): download or export it again"
        ) from error


def _read(path: str, tally: Tally, progress: Progress) -> Extract:
    locations = osmium.NodeLocationsForWays(create_map("flex_mem"))
    locations.ignore_errors()
    progress("nodes", 0.0)
    nodes = NodeCollector(tally)
    for node in osmium.FileProcessor(path, NODE).with_filter(locations).with_filter(KeyFilter(*_NODE_KEYS)):
        nodes.take(node.id, dict(node.tags))
    progress("ways", 0.1)
    ways, seen = WayCollector(tally), set[int]()
    # Only what passes the key filter, in C++, is given its places and reaches Python.
    found = osmium.FileProcessor(path, WAY).with_filter(KeyFilter("highway", "route")).with_filter(locations)
    for way in cast("Iterator[Way]", found):
        if way.id in seen:
            tally.dropped["way: its id came before"] += 1
        elif ways.take(way.id, dict(way.tags)):
            points = list(way.nodes)
            ways.trace([p.ref for p in points], [p.x for p in points], [p.y for p in points])
            seen.add(way.id)
    progress("restrictions", 0.6)
    return Extract(
        ways=ways.ways(),
        nodes=nodes.nodes(),
        restrictions=tuple(_restrictions_in(path, tally)),
        driving_sides=ways.driving_sides,
        timestamp=_find_timestamp(path),
    )


def _restrictions_in(path: str, tally: Tally) -> Iterator[Restriction]:
    relation = None
    for relation in cast("Iterator[Relation]", osmium.FileProcessor(path, RELATION)):
        if relation.tags.get("type") == "restriction":
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
    told = beside.read_text(encoding="utf-8", errors="replace").split()
    with source.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if told[:1] != [found]:
        raise MapError(f"{source.name} is not the file that {beside.name} tells of: download both again")


def _find_timestamp(path: str) -> str | None:
    with osmium.io.Reader(path, NOTHING) as reader:
        header = reader.header()
    return next((stamp for key in _TIMESTAMPS if (stamp := header.get(key))), None)
