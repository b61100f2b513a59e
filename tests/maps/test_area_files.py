"""Files of areas as forces have them: every format and both kinds of coordinates, with the same answers."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import geopandas
import numpy as np
import pytest

from arls.geo import Position, moved
from arls.locality import Setting
from maps.area_files import AreaFile, counts_of, doubts_of, read_areas
from tests.maps.area_drawing import LONDON, feature, read, ring, square, written

if TYPE_CHECKING:
    from maps.areas import AreaBook

SHARED = Path(os.environ.get("ARLS_SHARED_DATA", Path(__file__).parents[2] / ".." / "shared" / "data")) / "areas"
WARDS, BOROUGHS, FORCE = (SHARED / f"wm_{name}.geojson" for name in ("wards", "boroughs_lpu", "force_area"))
AT = datetime(2026, 3, 2, 14, tzinfo=UTC)
REAL = pytest.mark.skipif(not WARDS.is_file(), reason=f"no {WARDS}")


def test_a_feature_says_what_there_is_to_know(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        feature(
            ring(square(0)),
            kind="pspo",
            id=7,
            name="Market Square",
            note="no street drinking",
            powers="officers and PCSOs",
            forbidden_roles="special; volunteer",
            since="2026-03-29",
            until="2026-10-25T12:00:00Z",
            owner="Centre team",
            review_by="2026-09-01",
            talk_group="ARL-1",
            contact="01632 960001",
            desk="centre",
            road_classes=["primary"],
        ),
    )
    (area,) = read(path).areas
    assert (area.kind, area.id, area.said) == ("pspo", "7", "Market Square: no street drinking")
    assert area.forbidden_roles == ("special", "volunteer")
    assert area.since == datetime(2026, 3, 29, tzinfo=UTC)  # the night in which the clocks go forward
    assert area.until == datetime(2026, 10, 25, 12, tzinfo=UTC)
    assert area.review_by == date(2026, 9, 1)
    assert (area.owner, area.talk_group, area.contact, area.desk) == ("Centre team", "ARL-1", "01632 960001", "centre")
    assert (area.powers, area.road_classes, area.source) == ("officers and PCSOs", ("primary",), "areas.geojson")


def test_a_day_begins_by_the_clocks_of_the_zone(tmp_path: Path) -> None:
    path = written(tmp_path, feature(ring(square(0)), kind="beat", id="A", since="2026-06-01"))
    assert read(path).areas[0].since == datetime(2026, 5, 31, 23, tzinfo=UTC)


def test_urban_and_rural_are_words_for_a_setting(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        feature(ring(square(0)), kind="urban", id="town"),
        feature(ring(square(1)), kind="setting", setting="Rural", id="fells"),
    )
    assert [(area.kind, area.setting) for area in read(path).areas] == [
        ("setting", Setting.URBAN),
        ("setting", Setting.RURAL),
    ]


def test_a_files_own_words_are_mapped_to_ours(tmp_path: Path) -> None:
    path = written(tmp_path, feature(ring(square(0)), TYPE="Ward", CODE="W1", LABEL="Aston"))
    book = read(path, fields={"kind": "TYPE", "id": "CODE", "name": "LABEL"}, kinds={"Ward": "beat"})
    assert [(area.kind, area.id, area.name) for area in book.areas] == [("beat", "W1", "Aston")]


def test_a_site_names_its_own_levels(tmp_path: Path) -> None:
    names = ("country", "region", "division", "district", "sector", "beat", "street")
    path = written(tmp_path, *(feature(ring(square(0)), kind=name, id=name) for name in reversed(names)))
    book = read_areas([AreaFile(path=path)], zone=LONDON, levels=names)
    assert tuple(area.kind for area in book.holding(Position(lat=52.05, lon=-1.95), AT)) == names


@pytest.mark.parametrize("course_deg", [0.0, 33.0, 90.0, 200.0])
def test_a_point_is_the_ground_within_its_radius(tmp_path: Path, course_deg: float) -> None:
    path = written(tmp_path, feature([-1.9, 52.5], "Point", kind="warning", id="w", note="dogs", radius_m=50))
    book, centre = read(path), Position(lat=52.5, lon=-1.9)
    assert book.holding(moved(centre, course_deg=course_deg, distance_m=50.0), AT)
    assert not book.holding(moved(centre, course_deg=course_deg, distance_m=50.2), AT)


def test_several_files_make_one_book(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = written(tmp_path / "one", feature(ring(square(0)), id="A"))
    second = written(tmp_path / "two", feature(ring(square(0)), id="A"))
    book = read_areas([AreaFile(path=first, kind="beat"), AreaFile(path=second, kind="lpu")], zone=LONDON)
    assert counts_of(book) == {"lpu": 1, "beat": 1}


def test_beats_that_overlap_are_read_and_told_of(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        *(feature(ring(square(at)), kind="beat", id=name) for at, name in ((0.0, "B"), (0.5, "A"), (1.5, "C"))),
        feature(ring(square(1.5)), kind="beat", id="D", until="2020-01-01"),
    )
    assert doubts_of(read(path)) == [
        "the beats B and A overlap: where they do, A has it",
        "the beats A and C overlap: where they do, A has it",
        "the beats A and D overlap: where they do, A has it",
    ]


def west_midlands(wards: Path, **said: str) -> AreaBook:
    return read_areas(
        [
            AreaFile(path=FORCE, kind="force"),
            AreaFile(path=BOROUGHS, kind="lpu", fields={"id": "LAD13CD", "name": "LAD13NM"}),
            AreaFile(path=wards, kind="beat", fields={"id": "WD13CD", "name": "WD13NM"}, **said),
        ],
        zone=LONDON,
    )


@REAL
def test_the_west_midlands_are_policed_once_everywhere() -> None:
    book = west_midlands(WARDS)
    assert counts_of(book) == {"force": 1, "lpu": 7, "beat": 163}
    victoria_square = Position(lat=52.4797, lon=-1.9030)
    force, borough, ward = book.holding(victoria_square, AT)
    assert (force.kind, borough.name, ward.name) == ("force", "Birmingham", "Ladywood")
    # Every corner of every ward lies on an edge, most of them between two wards or more.
    for shape in book.shapes[8::16]:
        for lon, lat in list(shape.exterior.coords)[::25] if shape.geom_type == "Polygon" else ():
            levels = [area.kind for area in book.holding(Position(lat=lat, lon=lon), AT)]
            assert levels.count("beat") == 1
            assert len(set(levels)) == len(levels)


@REAL
@pytest.mark.parametrize("kind", ["geojson", "gpkg", "shp", "zip"])
def test_every_format_in_national_grid_gives_the_answers_of_degrees(tmp_path: Path, kind: str) -> None:
    frame = geopandas.read_file(WARDS).to_crs(27700)
    path = tmp_path / ("wards.shp" if kind == "zip" else f"wards.{kind}")
    frame.to_file(path)
    if kind == "zip":
        with ZipFile(tmp_path / "wards.zip", "w") as packed:
            for part in tmp_path.glob("wards.*"):
                if part.suffix != ".zip":
                    packed.write(part, part.name)
        path = tmp_path / "wards.zip"
    said = read(path, kind="beat", fields={"id": "WD13CD", "name": "WD13NM"})
    plain = read(WARDS, kind="beat", fields={"id": "WD13CD", "name": "WD13NM"})
    rng = np.random.default_rng(1)
    for lat, lon in zip(rng.uniform(52.35, 52.66, 400), rng.uniform(-2.2, -1.43, 400), strict=True):
        place = Position(lat=float(lat), lon=float(lon))
        assert [a.id for a in said.holding(place, AT)] == [a.id for a in plain.holding(place, AT)]
