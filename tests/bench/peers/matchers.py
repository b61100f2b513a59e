"""OSRM's and Valhalla's map matching on one track's network, their answers told in our arcs.

Each is asked as it comes, and with the kindest settings that were found for it on these very tracks: for OSRM of the
radiuses 5, 10, 15 and 20 m, `tidy` and `gaps`, for Valhalla of turn penalties 0, 200 and 500, beta 3, 10 and 30 and
sigma 4.07 and 10 m. (Our own constants were chosen on these tracks as well.)
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import osrm
from valhalla.config import get_config

from tests.bench.bench_search import timed
from tests.bench.peers.engines import osrm_of, valhalla_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from arls.roads.network import Floats, Longs, Network
    from tests.bench.bench_matching import Driven

    # The arcs that some of a track's fixes were matched to, and the milliseconds that this took.
    Match = Callable[[Driven, Longs], tuple[list[int], float]]

_KIND_RADIUS_M = 10
# What stands under `auto` is not taken in this version.
_KIND = {"turn_penalty_factor": 500, "beta": 30.0, "sigma_z": 10.0}
_ATTRIBUTES = ["edge.way_id", "edge.begin_shape_index", "edge.end_shape_index", "shape"]


def matchers_on(network: Network, source: Path) -> dict[str, Match]:
    """By name; `source` is the extract of the network."""
    engine, _ = osrm_of(source, "CH")
    plain, _ = valhalla_of(source)
    kind, _ = valhalla_of(source, meili=_kind_settings())
    return {
        "OSRM match, as it comes": _by_osrm(engine, network),
        f"OSRM match, kindest: radius {_KIND_RADIUS_M} m, tidy": _by_osrm(engine, network, radius_m=_KIND_RADIUS_M),
        "Valhalla Meili, as it comes": _by_valhalla(plain, network),
        "Valhalla Meili, kindest: turn penalty 500, beta 30, sigma 10 m": _by_valhalla(kind, network),
    }


def _kind_settings() -> dict[str, dict[str, Any]]:
    given: dict[str, Any] = get_config(tile_dir="", tile_extract="")["meili"]["default"]
    return {"default": {**given, **_KIND}}


def _by_osrm(engine: osrm.OSRM, network: Network, *, radius_m: int | None = None) -> Match:
    ends = zip(network.arc_from.tolist(), network.arc_to.tolist(), strict=True)
    between = {pair: arc for arc, pair in enumerate(ends)}

    def match(track: Driven, kept: Longs) -> tuple[list[int], float]:
        places = np.column_stack((track.lons[kept], track.lats[kept])).tolist()
        parameters = osrm.MatchParameters(
            coordinates=[tuple(place) for place in places],
            timestamps=np.rint(track.times_s[kept]).astype(int).tolist(),
            radiuses=[] if radius_m is None else [radius_m] * len(kept),
            tidy=radius_m is not None,
            annotations=["nodes"],
            overview="false",
            generate_hints=False,
        )
        answer, ms = timed(lambda: engine.Match(parameters))
        legs = ([leg["annotation"]["nodes"] for leg in matching["legs"]] for matching in answer["matchings"])
        pairs = (pair for matching in legs for nodes in matching for pair in _pairs(nodes))
        return _without_repeats(between[pair] for pair in pairs), ms

    return match


def _pairs(nodes: Any) -> Iterable[tuple[int, int]]:
    junctions = [int(node) - 1 for node in nodes]
    return ((a, b) for a, b in pairwise(junctions) if a != b)


def _by_valhalla(actor: Any, network: Network) -> Match:
    arcs_of: dict[int, list[int]] = {}
    for arc, street in enumerate(network.arc_street.tolist()):
        arcs_of.setdefault(street, []).append(arc)
    lat, lon = (at[network.arc_to] - at[network.arc_from] for at in (network.junction_lat, network.junction_lon))

    def match(track: Driven, kept: Longs) -> tuple[list[int], float]:
        fixes = zip(track.lats[kept].tolist(), track.lons[kept].tolist(), track.times_s[kept].tolist(), strict=True)
        request = {
            "shape": [{"lat": at_lat, "lon": at_lon, "time": time_s} for at_lat, at_lon, time_s in fixes],
            "costing": "auto",
            "shape_match": "map_snap",
            "filters": {"attributes": _ATTRIBUTES, "action": "include"},
        }
        question = json.dumps(request)
        told, ms = timed(lambda: actor.trace_attributes(question))
        answer = json.loads(told)
        shape = _shape(answer["shape"])
        found = []
        for edge in answer["edges"]:
            north, east = shape[edge["end_shape_index"]] - shape[edge["begin_shape_index"]]
            if north or east:
                found.append(max(arcs_of[edge["way_id"] - 1], key=lambda arc: lat[arc] * north + lon[arc] * east))
        return _without_repeats(found), ms

    return match


def _without_repeats(arcs: Iterable[int]) -> list[int]:
    """Both tell an arc again where a fix lies on it."""
    told: list[int] = []
    for arc in arcs:
        if not told or told[-1] != arc:
            told.append(arc)
    return told


def _shape(encoded: str) -> Floats:
    """[n, 2] degrees of a polyline with six decimals (Google's encoded polyline algorithm)."""
    numbers, value, shift = [], 0, 0
    for letter in encoded:
        chunk = ord(letter) - 63
        value |= (chunk & 0x1F) << shift
        shift += 5
        if chunk < 0x20:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return np.cumsum(np.array(numbers).reshape(-1, 2), axis=0) / 1e6
