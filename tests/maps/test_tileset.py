"""Reading a finished base map: the same tiles as the reference reader gives, and bad files refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from pmtiles import reader

from maps.report import MapError
from maps.tiles import build_tiles_of_network
from maps.tileset import Tileset
from tests.drawing import draw

if TYPE_CHECKING:
    from pathlib import Path


REFERENCE: Any = reader  # which has no types


@pytest.fixture(scope="module")
def map_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Streets of 40 km, so that the deepest zoom has many tiles."""
    drawn = draw(
        """
        A---B---C
        |       |
        D---E---F
        """,
        ways={"ABC": {"highway": "motorway"}, "ADEFC": {"highway": "primary", "name": "Old Road"}},
        grid_m=5_000.0,
    )
    path = tmp_path_factory.mktemp("tileset") / "map.pmtiles"
    build_tiles_of_network(drawn.network, path, attribution="made up")
    return path


def test_every_tile_is_the_one_that_the_reference_reader_gives(map_file: Path) -> None:
    tileset = Tileset(map_file)
    expected = dict(REFERENCE.all_tiles(REFERENCE.MemorySource(map_file.read_bytes())))
    assert len(expected) > 50
    with ThreadPoolExecutor(4) as threads:
        found = dict(zip(expected, threads.map(lambda zxy: tileset.find_tile(*zxy), expected), strict=True))
    assert found == expected


@pytest.mark.parametrize(
    ("z", "x", "y"),
    [(14, 0, 0), (5, 15, 10), (15, 16_000, 11_000), (14, -1, 0), (14, 1 << 14, 0), (-1, 0, 0), (99, 0, 0)],
)
def test_where_the_map_has_nothing_there_is_no_tile(map_file: Path, z: int, x: int, y: int) -> None:
    assert Tileset(map_file).find_tile(z, x, y) is None


def test_tilejson_says_where_the_map_is_and_what_is_in_it(map_file: Path) -> None:
    tilejson = Tileset(map_file).tilejson("/tiles/{z}/{x}/{y}.mvt")
    west, south, east, north = tilejson["bounds"]
    lon, lat, zoom = tilejson["center"]
    assert tilejson["tiles"] == ["/tiles/{z}/{x}/{y}.mvt"]
    assert west < lon < east
    assert south < lat < north
    assert tilejson["minzoom"] == 6 <= zoom <= tilejson["maxzoom"] == 16
    assert tilejson["attribution"] == "made up"
    assert {"road", "water", "building", "place"} <= {layer["id"] for layer in tilejson["vector_layers"]}


def test_another_map_has_another_etag(map_file: Path, tmp_path: Path) -> None:
    drawn = draw("A---B", ways={"AB": {"highway": "primary"}})
    build_tiles_of_network(drawn.network, tmp_path / "other")
    assert Tileset(map_file).etag == Tileset(map_file).etag != Tileset(tmp_path / "other").etag


@pytest.mark.parametrize("kept_bytes", [None, 0, 5, 100, 130, 400, -1])
def test_a_broken_file_is_one_sentence(map_file: Path, tmp_path: Path, kept_bytes: int | None) -> None:
    path = tmp_path / "broken.pmtiles"
    if kept_bytes is not None:
        path.write_bytes(map_file.read_bytes()[:kept_bytes])
    with pytest.raises(MapError, match=r"broken\.pmtiles") as error:
        Tileset(path)
    assert "\n" not in str(error.value)


def test_a_file_of_another_kind_is_one_sentence(map_file: Path, tmp_path: Path) -> None:
    content = bytearray(map_file.read_bytes())
    content[99] = 2  # PMTiles specification 3, section 3: the tile type, PNG
    (tmp_path / "pictures.pmtiles").write_bytes(content)
    with pytest.raises(MapError, match="vector tiles"):
        Tileset(tmp_path / "pictures.pmtiles")
