"""Maps that are broken: as much as can be is kept, all else is counted, and what cannot be read says how to mend it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from maps.osm import import_network, read_streets
from maps.report import MapError

if TYPE_CHECKING:
    from pathlib import Path

NODES = "".join(f'<node id="{n}" lat="52.{n:03}" lon="-1.9"/>' for n in range(1, 6))


def _way(number: int, *nodes: int, tag: str = '<tag k="highway" v="residential"/>') -> str:
    references = "".join(f'<nd ref="{node}"/>' for node in nodes)
    return f'<way id="{number}">{references}{tag}</way>'


@pytest.fixture
def osm(tmp_path: Path) -> Path:
    return tmp_path / "map.osm"


def _write(path: Path, *elements: str) -> Path:
    path.write_text(f'<osm version="0.6">{"".join(elements)}</osm>')
    return path


def test_a_way_is_broken_where_a_node_is_missing(osm: Path) -> None:
    streets, report = read_streets(_write(osm, NODES, _way(1, 1, 2, 99, 3, 4)))
    assert len(streets.street_from) == 2
    assert report.dropped == {"point: its node is not in the map": 1}


def test_a_point_cut_off_from_its_way_is_left_out(osm: Path) -> None:
    streets, report = read_streets(_write(osm, NODES, _way(1, 1, 2, 99, 3), _way(2, 98, 97)))
    assert len(streets.street_from) == 1
    assert report.dropped == {"point: its node is not in the map": 3, "point: alone in its way": 1}


@pytest.mark.parametrize("place", ['lat="95" lon="0"', 'lat="0" lon="-181"'])
def test_an_impossible_place_is_left_out(osm: Path, place: str) -> None:
    streets, report = read_streets(_write(osm, NODES, f'<node id="9" {place}/>', _way(1, 9, 1, 2)))
    assert len(streets.street_from) == 1
    assert report.dropped == {"point: its coordinates are impossible": 1}


def test_the_same_node_twice_in_a_row_is_one_point(osm: Path) -> None:
    streets, report = read_streets(_write(osm, NODES, _way(1, 1, 1, 2, 2)))
    assert len(streets.point_lat) == 2
    assert report.dropped == {"point: the same node twice in a row": 2}


def test_a_street_of_no_length_is_kept_because_it_joins_others(osm: Path) -> None:
    twin = '<node id="9" lat="52.001" lon="-1.9"/>'
    network, report = import_network(_write(osm, NODES, twin, _way(1, 1, 9), _way(2, 9, 2)))
    assert network.arc_length_m.min() == 0.0
    assert report.doubts == {"street of no length": 1}


def test_a_way_that_comes_twice_is_taken_once(osm: Path) -> None:
    streets, report = read_streets(_write(osm, NODES, _way(1, 1, 2), _way(1, 1, 2, 3)))
    assert len(streets.street_from) == 1
    assert report.dropped == {"way: its id came before": 1}


def test_the_order_of_the_file_does_not_matter(osm: Path) -> None:
    streets, report = read_streets(_write(osm, _way(1, 1, 2, 3), NODES))
    assert len(streets.point_lat) == 3
    assert report.dropped == {}


def test_names_of_any_script_and_length_survive(osm: Path) -> None:
    name = "Straße der Pariser Kommune 北京路 " * 7
    tag = f'<tag k="highway" v="service"/><tag k="name" v="{name}"/>'
    streets, _ = read_streets(_write(osm, NODES, _way(1, 1, 2, tag=tag)))
    assert streets.names == ("", name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.osm.pbf", b""),
        ("noise.osm.pbf", bytes(range(256)) * 20),
        ("empty.osm", b""),
        ("page.osm", b"<html></html>"),
        ("cut.osm", b'<osm version="0.6"><node id="1" lat="1" '),
        ("words.osm", b'<osm version="0.6"><node id="1" lat="north" lon="1"/></osm>'),
        ("cut.osm.gz", gzip.compress(f'<osm version="0.6">{NODES}</osm>'.encode())[:-20]),
        ("noise.osm.gz", bytes(range(256))),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path, name: str, content: bytes) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    with pytest.raises(MapError, match=f"{name} cannot be read to its end as OSM data .*: download or export it again"):
        read_streets(source)


def test_a_map_without_roads_says_so(osm: Path) -> None:
    with pytest.raises(MapError, match=r"map\.osm: the map holds no road that anybody may use"):
        read_streets(_write(osm, NODES, _way(1, 1, 2, tag='<tag k="waterway" v="river"/>')))


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="is not there: give the path of an OSM extract"):
        read_streets(tmp_path / "birmingham.osm.pbf")


def test_a_file_of_another_kind_says_which_are_read(tmp_path: Path) -> None:
    (tmp_path / "roads.shp").touch()
    with pytest.raises(MapError, match=r"roads.shp is of a kind that is not read: .*\.osm\.pbf"):
        read_streets(tmp_path / "roads.shp")


def test_progress_only_ever_grows_to_all(osm: Path) -> None:
    told: list[float] = []
    import_network(_write(osm, NODES, _way(1, 1, 2)), progress=lambda _, done: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1.0
