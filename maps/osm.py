"""Roads in: an OSM extract, an osmnx GraphML file or a place by name becomes Streets and a Network.

It decides which reader a source needs, and tells what it kept and dropped. What tags mean is the business of
`osm_tags` and `osm_access`; how ways are cut, of `streets`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.assemble import assemble
from maps import graphml
from maps.driving_side import left_hand_of
from maps.osm_read import read_osm
from maps.place import fetch_place
from maps.report import MapError, Report, Tally
from maps.streets import streets_of

if TYPE_CHECKING:
    from arls.roads.assemble import Streets
    from arls.roads.network import Network
    from maps.extract import Extract
    from maps.report import Progress

PLACE = "place:"
_OSM_FILES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xml")
_GRAPH_FILES = (".graphml",)
# Nobody reads more, and what stands in a tag must not fill a manifest.
_MOST_REASONS = 40


def read_streets(
    source: Path | str, *, left_hand: bool | None = None, progress: Progress | None = None
) -> tuple[Streets, Report]:
    """The streets of a file or of a place, as `place:Birmingham, UK`, with a report of what became of its roads.

    `left_hand` None: the map decides. `progress` is told each step and how much is done, 0 to 1. Raises MapError.
    """
    progress = progress or _tell_nobody
    tally = Tally()
    name, sha256, extract = _read(source, tally, progress)
    progress("streets", 0.7)
    keeps_left, because = left_hand_of(extract) if left_hand is None else (left_hand, "as told")
    try:
        streets = streets_of(extract, left_hand=keeps_left, tally=tally)
    except MapError as error:
        raise MapError(f"{name}: {error}") from error
    return streets, Report(
        source=name,
        sha256=sha256,
        osm_timestamp=extract.timestamp,
        left_hand_by=because,
        kept={
            "ways": len(np.unique(streets.street_way)),
            "streets": len(streets.street_from),
            "junctions": len(streets.junction_lat),
        },
        dropped=_counted(tally.dropped),
        doubts=_counted(tally.doubts),
        restrictions_obeyed=tally.restrictions_obeyed,
        restrictions_ignored=_counted(tally.restrictions_ignored),
        conditional=_counted(tally.conditional),
    )


def import_network(
    source: Path | str, *, left_hand: bool | None = None, progress: Progress | None = None
) -> tuple[Network, Report]:
    """The network of a source, with what became of its roads. As `read_streets`."""
    progress = progress or _tell_nobody
    streets, report = read_streets(source, left_hand=left_hand, progress=progress)
    progress("network", 0.8)
    network = assemble(streets)
    progress("network", 1.0)
    return network, report


def _read(source: Path | str, tally: Tally, progress: Progress) -> tuple[str, str, Extract]:
    """Name, SHA-256 and content of a source."""
    if isinstance(source, str) and source.startswith(PLACE):
        place = source.removeprefix(PLACE).strip()
        fetched = fetch_place(place, tally, progress)
        extract = graphml.extract_of(fetched.graph, tally, name=source, restrictions=fetched.restrictions)
        return source, _sha256_of(extract), extract
    path = Path(source)
    if not path.is_file():
        raise MapError(f"{path} is not there: give the path of an OSM extract, or a place as `place:Birmingham, UK`")
    if path.name.endswith(_OSM_FILES):
        extract = read_osm(path, tally, progress)
    elif path.name.endswith(_GRAPH_FILES):
        extract = graphml.extract_of(graphml.load(path), tally, name=path.name)
    else:
        kinds = ", ".join((*_OSM_FILES, *_GRAPH_FILES))
        raise MapError(f"{path.name} is of a kind that is not read: give a file that ends in one of {kinds}")
    with path.open("rb") as file:
        return path.name, hashlib.file_digest(file, "sha256").hexdigest(), extract


def _tell_nobody(step: str, done: float) -> None:
    """Nobody watches."""


def _sha256_of(extract: Extract) -> str:
    """Over the shape of what was fetched: a place has no file."""
    digest = hashlib.sha256()
    for array in (extract.ways.node, extract.ways.lat, extract.ways.lon):
        digest.update(array.data)
    return digest.hexdigest()


def _counted(counts: dict[str, int]) -> dict[str, int]:
    """What happened at least once, the most frequent first; of very many reasons the rarest together."""
    ordered = sorted(((n, reason) for reason, n in counts.items() if n), key=lambda item: (-item[0], item[1]))
    told = {reason: n for n, reason in ordered[:_MOST_REASONS]}
    rest = ordered[_MOST_REASONS:]
    return told | {f"{len(rest)} rarer ones": sum(n for n, _ in rest)} if rest else told
