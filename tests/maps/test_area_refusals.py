"""Files of areas that are wrong: refused whole, with the file, the feature and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas
import pytest
import shapely

from maps.area_files import AreaFile, read_areas
from maps.area_rows import AreaError
from tests.maps.area_drawing import LONDON, feature, read, ring, square, written

if TYPE_CHECKING:
    from pathlib import Path

A = {"kind": "beat", "id": "A", "name": "Aston"}
GOOD = feature(ring(square(0)), **A)
GRID = [[[400_000, 280_000], [401_000, 280_000], [401_000, 281_000], [400_000, 281_000], [400_000, 280_000]]]
BOW = [[[-2.0, 52.0], [-1.9, 52.1], [-1.9, 52.0], [-2.0, 52.1], [-2.0, 52.0]]]
OPEN = [[[-2.0, 52.0], [-1.9, 52.0], [-1.9, 52.1]]]
HOLE_OUTSIDE = [ring(square(0))[0], ring(square(3))[0]]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (feature(BOW, kind="beat", id="B", name="Bow"), r"feature 2 \(Bow\): its outline crosses itself near latitude"),
        (feature(OPEN, kind="beat", id="B"), r"feature 2 \(B\) has no shape that can be read: a ring that does not"),
        (feature(HOLE_OUTSIDE, kind="beat", id="B"), r"feature 2 \(B\): it is broken \(hole lies outside shell\)"),
        (feature([], kind="beat", id="B"), r"feature 2 \(B\) is empty"),
        (feature(None, None, kind="beat", id="B"), r"feature 2 \(B\) has no shape"),
        (feature([[-2, 52], [-1, 52]], "LineString", kind="beat", id="B"), r"feature 2 \(B\) is a LineString"),
        (feature([-2, 52], "Point", kind="warning", id="B"), "is a point: say its `radius_m`"),
        (feature([-2, 52], "Point", kind="warning", id="B", radius_m=-5), "is a point: say its `radius_m`"),
        (feature([-2, 52], "Point", kind="warning", id="B", radius_m="near"), "`radius_m` is no number: 'near'"),
        (feature(ring(square(1)), id="B"), r"feature 2 \(B\) has no kind"),
        (feature(ring(square(1)), kind="zone", id="B"), "is of the kind 'zone'; kinds are force, bcu, lpu, beat"),
        (feature(ring(square(1)), kind="beat"), "feature 2 has neither an id nor a name"),
        (feature(ring(square(1)), kind="beat", id="A"), "the beat A .* stands twice for one time"),
        (feature(ring(square(1)), kind="setting", id="B"), "its field `setting` says ''"),
        (feature(ring(square(1)), kind="beat", id="B", since="soon"), "`since` is no date: 'soon'"),
        (feature(ring(square(1)), kind="beat", id="B", review_by="never"), "`review_by` is no date: 'never'"),
        (
            feature(ring(square(1)), kind="beat", id="B", since="2026-02-02", until="2026-01-01"),
            "ends .* before it begins",
        ),
        (feature(ring(square(1)), kind="road", id="B", road_classes="M6"), "there is no class of road 'M6'"),
        (feature(ring(square(1)), kind="beat", id="B", note="x" * 1001), "`note` is longer than 1,000 letters"),
    ],
)
def test_one_wrong_feature_and_nothing_of_the_file_is_read(tmp_path: Path, wrong: Any, sentence: str) -> None:
    with pytest.raises(AreaError, match=rf"areas\.geojson.*{sentence}"):
        read(written(tmp_path, GOOD, wrong))


def test_an_area_that_has_ended_may_be_followed_by_another_of_its_id(tmp_path: Path) -> None:
    old = feature(ring(square(0)), kind="beat", id="A", until="2026-04-01")
    new = feature(ring(square(1)), kind="beat", id="A", since="2026-04-01")
    assert len(read(written(tmp_path, old, new)).areas) == 2


def test_national_grid_that_says_it_is_degrees_names_the_fix(tmp_path: Path) -> None:
    path = written(tmp_path, feature(GRID, **A))
    sentence = 'coordinates look like British National Grid but the file says WGS 84: say crs = "EPSG:27700"'
    with pytest.raises(AreaError, match=sentence):
        read(path)
    assert read(path, crs="EPSG:27700").areas


def test_degrees_that_say_they_are_national_grid_name_the_fix(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, crs=27700)
    sentence = (
        r'coordinates look like degrees \(WGS 84\) but the file says British National Grid: say crs = "EPSG:4326"'
    )
    with pytest.raises(AreaError, match=sentence):
        read(path)
    assert read(path, crs="EPSG:4326").areas


def test_a_place_off_the_grid_is_named(tmp_path: Path) -> None:
    off = [[[x + 900_000, y] for x, y in GRID[0]]]
    path = written(tmp_path, feature(GRID, **A), feature(off, kind="beat", id="B"), crs=27700)
    with pytest.raises(AreaError, match=r"feature 2 \(B\) lies off the British National Grid"):
        read(path)


def test_latitude_before_longitude_is_seen(tmp_path: Path) -> None:
    swapped = [[[y, x] for x, y in ring(square(0))[0]]]
    with pytest.raises(AreaError, match="latitude and longitude look swapped"):
        read(written(tmp_path, feature(swapped, **A)))


def test_a_place_beyond_the_poles_is_no_degree(tmp_path: Path) -> None:
    beyond = [[[x, y + 60] for x, y in ring(square(0))[0]]]
    with pytest.raises(AreaError, match=r"feature 1 \(Aston\) lies beyond"):
        read(written(tmp_path, feature(beyond, **A)))


@pytest.mark.parametrize(("crs", "guess"), [(27700, "British National Grid"), (4326, "degrees")])
def test_a_shapefile_without_its_prj_is_refused_with_what_it_looks_like(tmp_path: Path, crs: int, guess: str) -> None:
    frame = geopandas.GeoDataFrame({"id": ["A"]}, geometry=[square(0)], crs=4326).to_crs(crs)
    frame.to_file(tmp_path / "beats.shp")
    (tmp_path / "beats.prj").unlink()
    sentence = rf'beats\.shp does not say what its coordinates are.* crs = "EPSG:{crs}" for it if they are {guess}'
    with pytest.raises(AreaError, match=sentence):
        read(tmp_path / "beats.shp", kind="beat")
    assert read(tmp_path / "beats.shp", kind="beat", crs=f"EPSG:{crs}").areas


def test_a_layer_is_said_where_a_file_has_several(tmp_path: Path) -> None:
    path = tmp_path / "all.gpkg"
    frame = geopandas.GeoDataFrame({"id": ["A"]}, geometry=[square(0)], crs=4326)
    frame.to_file(path, layer="beats")
    frame.to_file(path, layer="pspos")
    with pytest.raises(AreaError, match=r"all\.gpkg has several layers: say which, of beats, pspos"):
        read(path, kind="beat")
    with pytest.raises(AreaError, match=r"all\.gpkg has no layer wards; it has beats, pspos"):
        read(path, kind="beat", layer="wards")
    assert read(path, kind="pspo", layer="pspos").areas[0].kind == "pspo"


def test_fields_that_are_not_there_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    with pytest.raises(AreaError, match=r"areas\.geojson has no field WD13CD; it has kind, id, name"):
        read(path, fields={"id": "WD13CD"})
    with pytest.raises(AreaError, match="there is no field colour of an area"):
        read(path, fields={"colour": "id"})
    with pytest.raises(AreaError, match="'EPSG:nonsense' is no CRS"):
        read(path, crs="EPSG:nonsense")


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.zip"])
@pytest.mark.parametrize("octets", [b"", b"PK\x03\x04", b"SQLite format 3\0", b'{"type": "Feature', b"\xff\xfe\x00"])
def test_what_is_no_file_of_areas_is_refused_in_a_sentence(tmp_path: Path, name: str, octets: bytes) -> None:
    (tmp_path / name).write_bytes(octets)
    with pytest.raises(AreaError, match=f"^{name} "):
        read_areas([AreaFile(path=tmp_path / name, kind="beat")], zone=LONDON)


def test_a_file_that_is_not_there_and_one_of_another_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AreaError, match="there is no area file"):
        read(tmp_path / "none.gpkg")
    (tmp_path / "areas.csv").write_text("id,name")
    with pytest.raises(AreaError, match=r"areas\.csv is no file of areas: use a GeoPackage"):
        read(tmp_path / "areas.csv")
    with pytest.raises(AreaError, match=r"areas\.geojson holds no areas"):
        read(written(tmp_path))


def test_a_shape_of_height_is_read_as_a_map_sees_it(tmp_path: Path) -> None:
    high = [[[x, y, 120.0] for x, y in ring(square(0))[0]]]
    (shape,) = read(written(tmp_path, feature(high, **A))).shapes
    assert not shapely.has_z(shape)
