"""A finished base map, opened for reading: tiles by zoom, column and row, and TileJSON.

It decides nothing about what the tiles show. HTTP is the API's business.
Sources: PMTiles specification 3; TileJSON specification 3.0.0.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import mmap
from typing import TYPE_CHECKING, Any, Final

from pmtiles.tile import (
    Compression,
    Entry,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_HEADER_BYTES: Final = 127  # PMTiles specification, section 3
# What pmtiles and gzip raise for bytes that are not theirs.
_NOT_PMTILES: Final = (MagicNumberNotFound, SpecVersionUnsupported, ValueError, IndexError, EOFError, OSError)


class Tileset:
    """A memory-mapped PMTiles file of vector tiles, which any number of threads may ask.

    Raises MapError where the file is missing or is not one. A file put in its place later is not noticed.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise MapError(f"there is no base map {path}: build it again")
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._header: Mapping[str, Any] = deserialize_header(self._bytes[:_HEADER_BYTES])
            self._metadata = json.loads(gzip.decompress(self._part("metadata")))
            # Unpacked once: `pmtiles.reader` does so for each tile, which costs it milliseconds.
            self._directory = list(self._entries(self._part("root")))
            if self._header["tile_data_offset"] + self._header["tile_data_length"] > len(self._bytes):
                raise EOFError("its tiles are cut off")
        except _NOT_PMTILES as error:
            raise MapError(f"{path} is not a whole PMTiles file ({error!r}): build it again") from error
        if (self._header["tile_type"], self._header["tile_compression"]) != (TileType.MVT, Compression.GZIP):
            raise MapError(f"{path} does not hold gzip-compressed vector tiles: build it again")
        # Changes whenever any tile does; to stand in double quotes on the wire (RFC 9110, section 8.8.3).
        self.etag: Final = hashlib.sha256(self._bytes).hexdigest()[:32]

    def find_tile(self, z: int, x: int, y: int) -> bytes | None:
        """The Mapbox Vector Tile, gzip-compressed, or None where the map has nothing to show."""
        exists = self._header["min_zoom"] <= z <= self._header["max_zoom"] and 0 <= x < 1 << z and 0 <= y < 1 << z
        if not exists or (entry := find_tile(self._directory, zxy_to_tileid(z, x, y))) is None:
            return None
        return self._slice(self._header["tile_data_offset"] + entry.offset, entry.length)

    def tilejson(self, url_template: str) -> dict[str, Any]:
        """TileJSON 3.0.0 for tiles at a URL with `{z}`, `{x}` and `{y}` in it."""
        header = self._header
        west, south, east, north = (header[f"{side}_e7"] / 1e7 for side in ("min_lon", "min_lat", "max_lon", "max_lat"))
        return {
            "tilejson": "3.0.0",
            "tiles": [url_template],
            "name": self._metadata["name"],
            "attribution": self._metadata["attribution"],
            "bounds": [west, south, east, north],
            "center": [header["center_lon_e7"] / 1e7, header["center_lat_e7"] / 1e7, header["center_zoom"]],
            "minzoom": header["min_zoom"],
            "maxzoom": header["max_zoom"],
            "vector_layers": self._metadata["vector_layers"],
        }

    def _entries(self, directory: bytes) -> Iterator[Entry]:
        """The tiles of a directory and of the leaves under it, in the order of their ids."""
        for entry in deserialize_directory(directory):
            if entry.run_length:
                yield entry
            else:  # a leaf directory: PMTiles specification, section 4
                yield from self._entries(
                    self._slice(self._header["leaf_directory_offset"] + entry.offset, entry.length)
                )

    def _part(self, name: str) -> bytes:
        return self._slice(self._header[f"{name}_offset"], self._header[f"{name}_length"])

    def _slice(self, offset: int, length: int) -> bytes:
        return self._bytes[offset : offset + length]
