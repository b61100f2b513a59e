"""Layers as one GeoPackage (OGC 12-128r19), for QGIS, GDAL and whatever else opens maps.

It decides how a layer becomes a table: what is nested is spread over columns, a list is JSON text.
What is in the layers was decided by who calls.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas
import msgspec
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from maps.layers import Feature

_DEGREES = "EPSG:4326"


def geopackage_of(layers: Mapping[str, Sequence[Feature]], **about: str) -> bytes:
    """The file, with a table for each layer, also for an empty one; `about` is said of the file as a whole."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.gpkg"
        for name, features in layers.items():
            frame = _frame_of(features)
            frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio", dataset_metadata=about or None)
        return path.read_bytes()


def _frame_of(features: Sequence[Feature]) -> geopandas.GeoDataFrame:
    rows = [{"feature": str(feature.get("id", "")), **_spread(feature["properties"])} for feature in features]
    columns = list(dict.fromkeys(name for row in rows for name in row)) or ["feature"]
    table = {name: _column([row.get(name) for row in rows]) for name in columns}
    return geopandas.GeoDataFrame(table, geometry=[_shape_of(f["geometry"]) for f in features], crs=_DEGREES)


def _spread(properties: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """One level of names: `state.label` becomes `state_label`."""
    spread: dict[str, Any] = {}
    for name, value in properties.items():
        # A Struct is spread as the object that it is on the wire.
        plain = msgspec.to_builtins(value, builtin_types=(datetime,))
        if isinstance(plain, dict) and plain:
            spread |= _spread(plain, f"{before}{name}_")
        elif isinstance(plain, dict | list | tuple):
            spread[before + name] = msgspec.json.encode(plain).decode()
        else:
            spread[before + name] = plain
    return spread


def _column(values: list[Any]) -> Any:
    """Instants in UTC; numbers as numbers where one is unknown too; whatever else as it is."""
    kinds = {type(value) for value in values if value is not None}
    if datetime in kinds:
        return pd.to_datetime(pd.Series(values), utc=True)
    return pd.Series(values, dtype="float64" if kinds and kinds <= {int, float} and None in values else None)


def _shape_of(geometry: Any) -> Any:
    if geometry is None:
        return None
    return shapely.from_geojson(msgspec.json.encode(geometry).decode())
