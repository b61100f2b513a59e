"""The base map: what is drawn, where, and from which zoom on."""

from __future__ import annotations

import gzip
import math
import os
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import pytest
import shapely

from arls.geo import Position, metres_between
from maps import legend
from maps.report import MapError
from maps.tiles import build_tiles, build_tiles_of_network
from maps.tileset import Tileset
from tests.drawing import ORIGIN, Relation, draw, osm_of, places_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    Decoded = dict[str, list[dict[str, Any]]]

SHARED_ROADS = Path(os.environ.get("ARLS_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "roads"
EXTENT = 4096

# A lake with an island, a high street north of it with a building and a police station, a roundabout to the east.
PLACES = places_in(
    """
    h-g             V
    e-f       P
    S---------T---------U
    A---------------B      L
    |               |     / \\
    |   a-------b   |    K---M
    |   |       |   |
    |   d-------c   |
    D---------------C
    """,
    grid_m=20.0,
    origin=ORIGIN,
)
HIGH_STREET = {"highway": "primary", "name": "High Street", "ref": "A38", "oneway": "-1"}


def write_extract(path: Path, *, ways: Mapping[str, Mapping[str, str]], **rest: Any) -> Path:
    ids = {name: number for number, name in enumerate((*PLACES, *ways), start=1)}
    path.write_bytes(osm_of(PLACES, ids, ways=ways, **{"nodes": {}, "relations": ()} | rest))
    return path


@pytest.fixture(scope="module")
def drawn_map(tmp_path_factory: pytest.TempPathFactory) -> Tileset:
    folder = tmp_path_factory.mktemp("drawn")
    source = write_extract(
        folder / "lake.osm",
        ways={
            "ABCDA": {},
            "abcda": {},
            "ST": HIGH_STREET,
            "TU": HIGH_STREET,
            "efghe": {"building": "retail"},
            "KLMK": {"highway": "residential", "junction": "roundabout"},
        },
        nodes={
            "P": {"amenity": "police", "name": "Lake Street Station"},
            "V": {"place": "village", "name": "Lakeham"},
        },
        relations=[
            Relation(
                tags={"type": "multipolygon", "natural": "water"}, members=[("outer", "ABCDA"), ("inner", "abcda")]
            )
        ],
    )
    build_tiles(source, folder / "lake.pmtiles")
    return Tileset(folder / "lake.pmtiles")


def tile_over(position: Position, zoom: int) -> tuple[int, int]:
    """The plain formula of the OSM wiki, "Slippy map tilenames", as the oracle of ours."""
    lat = math.radians(position.lat)
    tiles = 2**zoom
    return int((position.lon + 180) / 360 * tiles), int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * tiles)


def position_in(x: int, y: int, zoom: int, units: tuple[float, float]) -> Position:
    tiles = 2**zoom
    lon = (x + units[0] / EXTENT) / tiles * 360 - 180
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + units[1] / EXTENT) / tiles))))
    return Position(lat=lat, lon=lon)


def decoded(tileset: Tileset, x: int, y: int, zoom: int) -> Decoded:
    tile = tileset.find_tile(zoom, x, y)
    if tile is None:
        return {}
    layers = mapbox_vector_tile.decode(gzip.decompress(tile), default_options={"y_coord_down": True})
    return {name: layer["features"] for name, layer in layers.items()}


def over(tileset: Tileset, position: Position, zoom: int) -> Decoded:
    return decoded(tileset, *tile_over(position, zoom), zoom)


def covers(tileset: Tileset, layer: str, position: Position) -> bool:
    """Whether an area of the layer is drawn at a position."""
    zoom = legend.MAX_ZOOM
    x, y = tile_over(position, zoom)
    features = decoded(tileset, x, y, zoom).get(layer, [])
    corner, opposite = position_in(x, y, zoom, (0, 0)), position_in(x, y, zoom, (EXTENT, EXTENT))
    here = shapely.Point(
        (position.lon - corner.lon) / (opposite.lon - corner.lon) * EXTENT,
        (position.lat - corner.lat) / (opposite.lat - corner.lat) * EXTENT,
    )
    return any(shapely.geometry.shape(feature["geometry"]).contains(here) for feature in features)


def halfway(first: str, last: str) -> Position:
    a, b = PLACES[first], PLACES[last]
    return Position(lat=(a.lat + b.lat) / 2, lon=(a.lon + b.lon) / 2)


def only(features: list[dict[str, Any]], **wanted: object) -> dict[str, Any]:
    found = [each for each in features if wanted.items() <= each["properties"].items()]
    assert len(found) == 1, found
    return found[0]


def test_an_island_in_a_lake_is_dry(drawn_map: Tileset) -> None:
    assert covers(drawn_map, "water", halfway("A", "a"))
    assert not covers(drawn_map, "water", halfway("a", "c"))
    assert not covers(drawn_map, "water", PLACES["P"])


def test_a_building_stands_where_it_stands(drawn_map: Tileset) -> None:
    assert covers(drawn_map, "building", halfway("e", "g"))
    assert not covers(drawn_map, "building", PLACES["P"])


def test_a_police_station_is_within_a_metre_of_its_place_and_the_axis_points_south(drawn_map: Tileset) -> None:
    x, y = tile_over(PLACES["P"], 14)
    station = only(decoded(drawn_map, x, y, 14)["poi"], kind="police")
    assert station["properties"] == {"kind": "police", "name": "Lake Street Station"}
    units = station["geometry"]["coordinates"]
    assert metres_between(position_in(x, y, 14, units), PLACES["P"]) < 1.0


def test_a_village_has_its_name_and_rank(drawn_map: Tileset) -> None:
    village = only(over(drawn_map, PLACES["V"], 12)["place"])
    assert village["properties"] == {"kind": "village", "name": "Lakeham", "rank": 4}


def test_the_ways_of_one_street_become_one_line_with_its_attributes(drawn_map: Tileset) -> None:
    street = only(over(drawn_map, PLACES["T"], 14)["road"], name="High Street")
    assert street["properties"] == {
        "class": "primary",
        "name": "High Street",
        "ref": "A38",
        "oneway": -1,
        "bridge": 0,
        "tunnel": 0,
        "link": 0,
    }
    assert street["geometry"]["type"] == "LineString"


@pytest.mark.parametrize(("zoom", "known"), [(8, set()), (9, {"ref"}), (11, {"ref"}), (12, {"ref", "name"})])
def test_numbers_are_written_from_zoom_9_and_names_from_zoom_12(drawn_map: Tileset, zoom: int, known: set[str]) -> None:
    street = only(over(drawn_map, PLACES["T"], zoom)["road"], **{"class": "primary"})
    assert {"ref", "name"} & street["properties"].keys() == known


def test_far_out_there_are_no_small_streets_and_no_buildings(drawn_map: Tileset) -> None:
    assert {"road", "building"} <= over(drawn_map, PLACES["K"], 14).keys() | over(drawn_map, PLACES["e"], 14).keys()
    assert {each["properties"]["class"] for each in over(drawn_map, PLACES["K"], 11)["road"]} == {"primary"}
    assert "building" not in over(drawn_map, PLACES["e"], 12)


def test_a_roundabout_is_a_one_way_line_and_not_an_area(drawn_map: Tileset) -> None:
    roundabout = only(over(drawn_map, PLACES["L"], 14)["road"], **{"class": "minor"})
    assert roundabout["properties"]["oneway"] == 1
    assert "landuse" not in over(drawn_map, PLACES["L"], 14)


def test_outer_rings_have_a_positive_area_and_inner_ones_a_negative(drawn_map: Tileset) -> None:
    """Mapbox Vector Tile specification 2.1, section 4.3.3.3: by the surveyor's formula, y downward."""
    features = over(drawn_map, PLACES["a"], 14)["water"]
    rings = [ring for feature in features for ring in feature["geometry"]["coordinates"]]
    areas = [sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2 for ring in rings]
    assert [area > 0 for area in areas] == [True, False]


def test_a_long_road_is_whole_across_its_tiles(tmp_path: Path) -> None:
    source = write_extract(tmp_path / "road.osm", ways={"SVKCaD": {"highway": "motorway"}})
    build_tiles(source, tmp_path / "road.pmtiles")
    tileset, total = Tileset(tmp_path / "road.pmtiles"), 0.0
    west, north = tile_over(Position(lat=PLACES["V"].lat, lon=PLACES["D"].lon), 14)
    for x in range(west - 1, west + 3):
        for y in range(north - 1, north + 3):
            for road in decoded(tileset, x, y, 14).get("road", []):
                total += shapely.geometry.shape(road["geometry"]).intersection(shapely.box(0, 0, EXTENT, EXTENT)).length
    corners = [PLACES[name] for name in "SVKCaD"]
    length_m = sum(metres_between(a, b) for a, b in pairwise(corners))
    unit_m = metres_between(position_in(west, north, 14, (0, 0)), position_in(west, north, 14, (0, EXTENT))) / EXTENT
    assert total * unit_m == pytest.approx(length_m, rel=5e-3)


def test_the_same_extract_gives_the_same_bytes(tmp_path: Path) -> None:
    source = write_extract(tmp_path / "street.osm", ways={"STU": HIGH_STREET, "efghe": {"building": "yes"}})
    for name in ("first", "second"):
        build_tiles(source, tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_round_an_island_there_is_sea(tmp_path: Path) -> None:
    source = write_extract(tmp_path / "sea.osm", ways={"adcba": {"natural": "coastline"}, "STU": HIGH_STREET})
    report = build_tiles(source, tmp_path / "map")
    assert report.left_out == {}
    assert covers(Tileset(tmp_path / "map"), "water", halfway("A", "a"))
    assert not covers(Tileset(tmp_path / "map"), "water", halfway("a", "c"))


def test_the_report_counts_what_was_drawn_and_what_was_left_out(tmp_path: Path) -> None:
    source = write_extract(
        tmp_path / "coast.osm", ways={"STU": HIGH_STREET, "efghe": {"building": "yes"}, "fP": {"natural": "coastline"}}
    )
    stages = []
    report = build_tiles(source, tmp_path / "map", progress=lambda stage, done: stages.append((stage, done)))
    assert report.features == {"road": 1, "building": 1}
    assert report.left_out == {"coastline": 1}
    assert report.size_bytes == (tmp_path / "map").stat().st_size
    assert report.bounds.holds(PLACES["T"])
    assert [done for _, done in stages] == sorted(done for _, done in stages)
    assert stages[-1] == ("base map", 1.0)


def test_a_network_alone_makes_a_map_of_its_streets(tmp_path: Path) -> None:
    drawn = draw(
        "A---B---C",
        ways={
            "AB": {"highway": "residential", "name": "Mill Lane", "oneway": "yes"},
            "BC": {"highway": "primary_link", "bridge": "yes"},
        },
    )
    report = build_tiles_of_network(drawn.network, tmp_path / "map")
    roads = over(Tileset(tmp_path / "map"), drawn.node("B"), 14)["road"]
    lane = only(roads, name="Mill Lane")["properties"]
    slip = only(roads, **{"class": "primary"})["properties"]
    assert report.features == {"road": 2}
    assert (lane["class"], lane["oneway"], lane["bridge"], lane["link"]) == ("minor", 1, 0, 0)
    assert (slip["oneway"], slip["bridge"], slip["link"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.osm", None),
        ("words.osm", b"not an extract"),
        ("cut.osm", b"<osm version='0.6'><node id='1' lat='1'"),
        ("nowhere.osm", b"<osm version='0.6'><node id='1' version='1' lat='nan' lon='1'/></osm>"),
        ("cut.osm.pbf", b"\0\0\0\x0d\x0a\x09OSMHeader\x18"),
        ("map.txt", b""),
        ("empty.osm", b"<osm version='0.6'></osm>"),
    ],
)
def test_a_bad_extract_is_one_sentence_and_the_old_map_stays(tmp_path: Path, name: str, content: bytes | None) -> None:
    source, out = tmp_path / name, tmp_path / "map"
    out.write_bytes(b"the old map")
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(MapError, match=name) as error:
        build_tiles(source, out)
    assert "\n" not in str(error.value)
    assert out.read_bytes() == b"the old map"
    assert {path.name for path in tmp_path.iterdir()} <= {name, "map"}


def test_bounds_that_hold_nothing_are_one_sentence(tmp_path: Path) -> None:
    source = write_extract(tmp_path / "street.osm", ways={"STU": HIGH_STREET})
    elsewhere = b'<bounds minlat="10" minlon="10" maxlat="11" maxlon="11" /><node'
    source.write_bytes(source.read_bytes().replace(b"<node", elsewhere, 1))
    with pytest.raises(MapError, match="bounds"):
        build_tiles(source, tmp_path / "map")
    assert not (tmp_path / "map").exists()


@pytest.mark.real_roads
@pytest.mark.skipif(not SHARED_ROADS.is_dir(), reason="no real extracts: set ARLS_SHARED_DATA")
def test_liechtenstein_has_named_roads_water_and_buildings_in_vaduz(tmp_path: Path) -> None:
    vaduz = Position(lat=47.1393, lon=9.5228)
    report = build_tiles(SHARED_ROADS / "liechtenstein.osm.pbf", tmp_path / "map")
    here = over(Tileset(tmp_path / "map"), vaduz, 14)
    names = {each["properties"].get("name") for each in here["road"]}
    assert {"Städtle", "Äulestrasse"} <= names
    assert {"building", "landuse", "water"} <= here.keys()
    assert report.features["building"] > 15_000
    assert report.size_bytes < 10_000_000


def test_a_map_with_a_point_in_another_country_is_not_drawn_for_hours(tmp_path: Path) -> None:
    wide = draw("A--B", ways={"AB": {"highway": "residential"}}, grid_m=300.0)
    (tmp_path / "wide.osm").write_bytes(
        wide.osm.replace(b"<node", b'<bounds minlat="0" minlon="-2" maxlat="53" maxlon="30" /><node', 1)
    )
    with pytest.raises(MapError, match=r"^it would take [\d,]+ tiles to cover its bounds: a point of it is misplaced"):
        build_tiles(tmp_path / "wide.osm", tmp_path / "wide.pmtiles")
    assert not (tmp_path / "wide.pmtiles").exists()
