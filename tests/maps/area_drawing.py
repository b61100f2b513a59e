"""Areas drawn for a test: squares of a tenth of a degree, and files of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import shapely

from maps.area_files import AreaFile, read_areas
from maps.areas import Area, AreaBook

if TYPE_CHECKING:
    from pathlib import Path

LONDON = ZoneInfo("Europe/London")
SIDE = 0.1  # degrees


def square(column: float, row: float = 0.0, side: float = SIDE) -> shapely.Polygon:
    """A square whose lower left corner is so many sides east and north of 2 W, 52 N."""
    west, south = -2.0 + column * SIDE, 52.0 + row * SIDE
    return shapely.box(west, south, west + side, south + side)


def book_of(*drawn: tuple[Area, object]) -> AreaBook:
    return AreaBook([area for area, _ in drawn], [shape for _, shape in drawn])


def area(kind: str, identity: str, **fields: Any) -> Area:
    return Area(kind=kind, id=identity, name=fields.pop("name", identity), **fields)


def ring(shape: shapely.Polygon) -> list[list[list[float]]]:
    return [[[x, y] for x, y in shape.exterior.coords]]


def feature(coordinates: Any, shape: str | None = "Polygon", /, **properties: Any) -> dict[str, Any]:
    geometry = None if shape is None else {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def written(folder: Path, *features: dict[str, Any], crs: int | None = None) -> Path:
    """A GeoJSON file of these features; `crs` is an EPSG code that it claims."""
    path = folder / "areas.geojson"
    said = {} if crs is None else {"crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}}
    path.write_text(json.dumps({"type": "FeatureCollection", **said, "features": list(features)}))
    return path


def read(path: Path, **fields: Any) -> AreaBook:
    return read_areas([AreaFile(path=path, **fields)], zone=LONDON)
