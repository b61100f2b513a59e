"""A GeoPackage of ours is read back by GDAL with what went in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas
import msgspec
import pyogrio

from maps.geopackage import geopackage_of

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 3, 2, 14, 0, 5, tzinfo=UTC)
POINT = {"type": "Point", "coordinates": [-1.9, 52.5]}
LINE = msgspec.Raw(b'{"type":"LineString","coordinates":[[-1.9,52.5],[-1.8,52.5]]}')


class Doing(msgspec.Struct):
    code: int | None
    label: str


def feature(identity: str, geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": identity, "geometry": geometry, "properties": properties}


def test_what_is_nested_is_spread_and_what_is_unknown_stays_unknown(tmp_path: Path) -> None:
    path = tmp_path / "out.gpkg"
    rows = [
        feature("AA1", POINT, fix_at=AT, speed_mps=3, state=Doing(2, "on patrol"), capabilities=("dog", "taser")),
        feature("BB1", None, fix_at=None, speed_mps=None, state=Doing(None, "never said"), capabilities=()),
    ]
    path.write_bytes(geopackage_of({"units": rows}, at="now"))
    read = geopandas.read_file(path, layer="units")
    assert read.crs.to_epsg() == 4326
    assert list(read["feature"]) == ["AA1", "BB1"]
    assert (read["fix_at"][0].to_pydatetime(), read["fix_at"].isna()[1]) == (AT, True)
    assert (read["speed_mps"][0], read["speed_mps"].isna()[1]) == (3.0, True)
    assert (read["state_code"][0], list(read["state_label"])) == (2.0, ["on patrol", "never said"])
    assert list(read["capabilities"]) == ['["dog","taser"]', "[]"]
    assert (read.geometry[0].x, read.geometry[0].y, read.geometry[1]) == (-1.9, 52.5, None)


def test_an_empty_layer_is_there_and_shapes_of_several_kinds_are_one_layer(tmp_path: Path) -> None:
    path = tmp_path / "out.gpkg"
    layers = {"incidents": [], "closures": [feature("C1", LINE, name="burst main"), feature("C2", POINT, name="")]}
    path.write_bytes(geopackage_of(layers, picture="7"))
    assert [str(name) for name, _ in pyogrio.list_layers(path)] == ["incidents", "closures"]
    assert len(geopandas.read_file(path, layer="incidents")) == 0
    assert [shape.geom_type for shape in geopandas.read_file(path, layer="closures").geometry] == [
        "LineString",
        "Point",
    ]
    assert pyogrio.read_info(path, layer="closures")["dataset_metadata"]["picture"] == "7"
