"""The base map: vector tiles made from the same extract, or the same network, as the roads.

It decides the bytes: Mapbox Vector Tiles, compressed, in one PMTiles file. What is drawn is the `legend`'s business,
at how much detail that of `tilecut`, and handing the tiles out that of `tileset`.
Sources: Mapbox Vector Tile specification 2.1; PMTiles specification 3.
"""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import mapbox_vector_tile
import numpy as np
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from maps import legend
from maps.features import features_of, on_the_square, read_features
from maps.report import MapError
from maps.tilecut import EXTENT, contents

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from arls.geo import Bounds
    from arls.roads.network import Network
    from maps.features import Features
    from maps.report import Progress
    from maps.tilecut import Content

OSM_ATTRIBUTION: Final = "© OpenStreetMap contributors"
# Great Britain and Ireland take 8 million.
_MOST_TILES: Final = 16_000_000
_OPENING_ZOOM: Final = 12  # a town fills the screen


@dataclass(frozen=True, slots=True, kw_only=True)
class TilesReport:
    """What was drawn, and what was not."""

    tiles: int
    size_bytes: int
    bounds: Bounds
    features: Mapping[str, int]  # by layer
    left_out: Mapping[str, int]  # by reason


def build_tiles(
    source: Path, out: Path, *, attribution: str = OSM_ATTRIBUTION, progress: Progress | None = None
) -> TilesReport:
    """Draw a `.osm.pbf`, `.osm` or `.osm.gz` extract as the PMTiles file `out`.

    Raises MapError where the extract cannot be read or holds nothing to draw; `out` is then as it was.
    """
    return _draw(read_features(source), out, attribution, progress)


def build_tiles_of_network(
    network: Network, out: Path, *, attribution: str = OSM_ATTRIBUTION, progress: Progress | None = None
) -> TilesReport:
    """Draw the streets of a network, for sources such as GraphML that hold nothing else, as the PMTiles file `out`."""
    return _draw(features_of(network), out, attribution, progress)


def _draw(features: Features, out: Path, attribution: str, progress: Progress | None) -> TilesReport:
    if (wanted := _tiles_within(features.bounds)) > _MOST_TILES:
        raise MapError(
            f"it would take {wanted:,} tiles to cover its bounds: a point of it is misplaced, or it is more than a "
            "country and must be cut into smaller areas"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(f"{out.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            writer: Any = Writer(file)  # type: ignore[no-untyped-call]  # pmtiles' writer has no types
            with writer.tile_f:  # `finalize` closes it, an error on the way to it would not
                tiles = _write(features, writer, attribution, progress)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    layers = Counter(features.entries[entry].layer.value for entry in features.entry.tolist())
    return TilesReport(
        tiles=tiles,
        size_bytes=out.stat().st_size,
        bounds=features.bounds,
        features=layers,
        left_out=features.left_out,
    )


def _tiles_within(bounds: Bounds) -> int:
    """How many tiles the deepest zoom has there."""
    corners = on_the_square(np.array([(bounds.west, bounds.north), (bounds.east, bounds.south)]))
    columns, rows = np.diff(np.floor(corners * (1 << legend.MAX_ZOOM)), axis=0)[0].astype(np.int64) + 1
    return int(columns * rows)


def _write(features: Features, writer: Any, attribution: str, progress: Progress | None) -> int:
    """Every tile, in the order of their ids, and what a reader must know of them all. Gives how many."""
    for zoom in range(legend.MIN_ZOOM, legend.MAX_ZOOM + 1):
        tiles = {zxy_to_tileid(zoom, held.x, held.y): _encoded(held) for held in contents(features, zoom)}
        for tile_id, tile in sorted(tiles.items()):
            writer.write_tile(tile_id, tile)
        if progress:
            # A zoom has up to four times the tiles of the one before it, and so takes about twice as long.
            progress("base map", 0.5 ** (legend.MAX_ZOOM - zoom))
    if not writer.addressed_tiles:
        raise MapError("nothing to draw lies within the bounds that the extract states: extract it again")
    writer.finalize(_header(features.bounds), _metadata(attribution))
    return int(writer.addressed_tiles)


def _encoded(content: Content) -> bytes:
    layers = defaultdict(list)
    for shape, entry in zip(content.shapes, content.entries, strict=True):
        layers[entry.layer].append({"geometry": shape, "properties": dict(entry.attributes)})
    tile = mapbox_vector_tile.encode(
        [{"name": layer.value, "features": layers[layer]} for layer in legend.Layer if layer in layers],
        # `tilecut` has wound the rings and put them on whole units already.
        default_options={"y_coord_down": True, "extents": EXTENT, "check_winding_order": False},
    )
    return gzip.compress(tile, mtime=0)  # no clock in it: the same extract gives the same bytes


def _header(bounds: Bounds) -> dict[str, object]:
    e7 = 10_000_000
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": round(bounds.west * e7),
        "min_lat_e7": round(bounds.south * e7),
        "max_lon_e7": round(bounds.east * e7),
        "max_lat_e7": round(bounds.north * e7),
        "center_zoom": _OPENING_ZOOM,
        "center_lon_e7": round(bounds.centre.lon * e7),
        "center_lat_e7": round(bounds.centre.lat * e7),
    }


def _metadata(attribution: str) -> dict[str, object]:
    return {
        "name": "ARLS base map",
        "type": "baselayer",
        "attribution": attribution,
        "vector_layers": [
            {"id": layer.value, "minzoom": legend.MIN_ZOOM, "maxzoom": legend.MAX_ZOOM, "fields": legend.FIELDS[layer]}
            for layer in legend.Layer
        ],
    }
