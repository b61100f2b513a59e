"""A place by name: its roads by osmnx from Nominatim and Overpass, and its turn restrictions, which osmnx leaves out.

It decides what is asked for. Roads that cannot be fetched are no network; without its restrictions a place is built,
and the report says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import httpx
import osmnx
import shapely

from maps import osm_tags
from maps.graphml import NOT_OSMNX
from maps.osm_access import ACCESS_KEYS
from maps.osm_bans import Member, restrictions_of
from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely import MultiPolygon, Polygon

    from maps.graphml import Graph
    from maps.osm_bans import Restriction
    from maps.report import Progress, Tally

_NODE_TAGS = [
    *("barrier", "crossing", "crossing:signals", "highway", "locked", "railway"),
    *("direction", "stop:direction", "traffic_signals:direction"),
]
_UNFETCHED = "its turn restrictions could not be fetched: none is obeyed"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fetched:
    """What was fetched of a place; `restrictions` None: they could not be."""

    graph: Graph
    restrictions: tuple[Restriction, ...] | None


def fetch_place(place: str, tally: Tally, progress: Progress) -> Fetched:
    """All roads and paths of a place by name, and its turn restrictions. Raises MapError."""
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
    except (OSError, *NOT_OSMNX) as error:
        raise MapError(
            f"the roads of {place!r} could not be fetched ({type(error).__name__}): check the name and the "
            "connection, or download an extract and give its file"
        ) from error
    progress("restrictions", 0.6)
    return Fetched(graph=cast("Graph", simple), restrictions=_find_restrictions(area, tally))


def _find_restrictions(area: Polygon | MultiPolygon, tally: Tally) -> tuple[Restriction, ...] | None:
    try:
        relations = {relation["id"]: relation for part in shapely.get_parts(area) for relation in _relations_in(part)}
        return tuple(
            restriction
            for relation in relations.values()
            for restriction in restrictions_of(relation["tags"], _members_of(relation), tally)
        )
    except (httpx.HTTPError, *NOT_OSMNX) as error:
        tally.doubts[f"{_UNFETCHED} ({type(error).__name__})"] += 1
        return None


def _relations_in(part: Polygon) -> Iterator[dict[str, Any]]:
    """The restrictions of a part of the place, as Overpass tells them."""
    corners = " ".join(f"{lat:.6f} {lon:.6f}" for lon, lat in part.exterior.coords)
    timeout_s = osmnx.settings.requests_timeout
    query = f'[out:json][timeout:{timeout_s}];relation["type"~"^restriction"](poly:"{corners}");out body;'
    url = osmnx.settings.overpass_url.rstrip("/") + "/interpreter"
    answer = httpx.post(url, data={"data": query}, timeout=timeout_s, headers={"User-Agent": "ARLS"})
    elements = answer.raise_for_status().json()["elements"]
    return (element for element in elements if element["type"] == "relation")


def _members_of(relation: dict[str, Any]) -> list[Member]:
    return [Member(kind=one["type"][0], ref=int(one["ref"]), role=one["role"]) for one in relation["members"]]
