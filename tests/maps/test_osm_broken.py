"""Maps that are broken: as much as can be is kept, all else is counted, and what cannot be read says how to mend it."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import osmium
import pytest

from arls.roads.profile import CAR_NORMAL, weights_of
from maps.osm import import_network, read_streets
from maps.report import MapError

ARLSHIRE = Path(__file__).parents[2] / "fixtures" / "arlshire.osm.pbf"
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


def test_a_node_that_comes_twice_lies_in_one_of_its_places_and_is_counted(osm: Path) -> None:
    again = '<node id="2" lat="52.5" lon="-1.9"/>'
    streets, report = read_streets(_write(osm, NODES, again, _way(1, 1, 2, 3)))
    assert len(streets.point_lat) == 3
    assert streets.point_lat[1] in {52.002, 52.5}
    assert report.doubts == {"node: its id comes again, and one of its places was taken": 1}


@pytest.mark.parametrize("places", [(2, 9), (9, 2)])
def test_nodes_that_come_twice_are_counted_in_a_pbf_file_in_order_or_not(
    tmp_path: Path, places: tuple[int, int]
) -> None:
    source = tmp_path / "map.osm.pbf"
    with osmium.SimpleWriter(str(source)) as writer:
        for number in (1, 2, 2, *places, 9, 10):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=(-1.9, 52 + number / 1000)))
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2, 9], tags={"highway": "residential"}))
    report = read_streets(source)[1]
    assert report.doubts["node: its id comes again, and one of its places was taken"] == 3


def test_a_restriction_that_comes_twice_is_taken_once(osm: Path) -> None:
    members = "".join(f'<member type="{k}" role="{r}" ref="{n}"/>' for k, r, n in _MEMBERS)
    sign = (
        f'<relation id="1">{members}<tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/></relation>'
    )
    _, report = read_streets(_write(osm, NODES, _way(1, 1, 2), _way(2, 2, 3), sign, sign))
    assert report.restrictions_obeyed == 1
    assert report.restrictions_ignored == {"its id came before": 1}


_MEMBERS = (("way", "from", 1), ("node", "via", 2), ("way", "to", 2))


def test_what_is_marked_as_deleted_is_no_road(osm: Path) -> None:
    gone = _way(2, 2, 3).replace("<way", '<way visible="false"')
    streets, report = read_streets(_write(osm, NODES, _way(1, 1, 2), gone))
    assert len(streets.street_from) == 1
    assert report.dropped == {"way: deleted": 1}


def test_a_file_of_changes_is_no_map(osm: Path) -> None:
    osm.write_text(f'<osmChange version="0.6"><create>{NODES}{_way(1, 1, 2)}</create></osmChange>')
    with pytest.raises(MapError, match=r"^map\.osm tells how a map has changed, not what it is: give an extract"):
        read_streets(osm)


def test_a_text_that_stands_for_ever_more_text_is_refused(osm: Path) -> None:
    entities = "".join(f'<!ENTITY x{n} "{10 * f"&x{n - 1};"}">' for n in range(1, 10))
    street = _way(1, 1, 2, tag='<tag k="highway" v="service"/><tag k="name" v="&x9;"/>')
    osm.write_text(f'<!DOCTYPE osm [<!ENTITY x0 "x">{entities}]><osm version="0.6">{NODES}{street}</osm>')
    with pytest.raises(MapError, match=r"^map\.osm cannot be read to its end as OSM data \(XML entities"):
        read_streets(osm)


def test_a_way_is_broken_where_a_point_of_it_lies_in_another_country(osm: Path) -> None:
    stray = '<node id="9" lat="0" lon="0"/>'
    streets, report = read_streets(_write(osm, NODES, stray, _way(1, 1, 2, 9, 3, 4)))
    assert len(streets.street_from) == 2
    assert streets.point_lat.min() > 52
    leap = "piece: more than 111 km without a bend, so that a point of it is misplaced"
    assert report.dropped == {leap: 2, "point: alone in its way": 1}


def test_a_way_that_crosses_the_date_line_is_broken_there(osm: Path) -> None:
    fiji = '<node id="8" lat="-16.8" lon="179.99"/><node id="9" lat="-16.8" lon="-179.99"/>'
    east = '<node id="7" lat="-16.8" lon="179.98"/><node id="6" lat="-16.8" lon="-179.98"/>'
    streets, _ = read_streets(_write(osm, east, fiji, _way(1, 7, 8, 9, 6)))
    assert len(streets.street_from) == 2


def test_ids_below_nought_are_ids_too(osm: Path) -> None:
    nodes = "".join(f'<node id="-{n}" lat="52.{n:03}" lon="-1.9"/>' for n in range(1, 4))
    streets, report = read_streets(_write(osm, nodes, _way(-1, -1, -2, -3), _way(-2, -2, -1)))
    assert streets.street_way.tolist() == [-1, -1, -2]
    assert report.dropped == {}


def test_a_roundabout_without_a_point_says_nothing_of_the_side(osm: Path) -> None:
    empty = _way(2, tag='<tag k="highway" v="primary"/><tag k="junction" v="roundabout"/>')
    assert read_streets(_write(osm, NODES, _way(1, 1, 2), empty))[1].left_hand_by.startswith("table of countries")


def test_ways_that_lead_nowhere_do_no_harm(osm: Path) -> None:
    network, report = import_network(_write(osm, NODES, _way(1, 1, 2, 1), _way(2, 3, 3), _way(3, 4), _way(4)))
    assert network.arcs == 2
    assert report.dropped == {"point: alone in its way": 2, "point: the same node twice in a row": 1}
    assert report.doubts == {"street that ends where it starts": 1}


def test_a_street_of_no_length_takes_no_time_and_breaks_no_search(osm: Path) -> None:
    twin = '<node id="9" lat="52.001" lon="-1.9"/>'
    network, _ = import_network(_write(osm, NODES, twin, _way(1, 1, 9), _way(2, 9, 2)))
    weights = weights_of(network, CAR_NORMAL)
    assert weights.arc_ms.min() == 1
    assert len(set(weights.component.tolist())) == 1
    assert np.isfinite(network.turn_angle_deg).all()


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ("wf1 nv99 wt2", "via not among the junctions"),
        ("wf1 wv99 wt2", "from, via or to not among the roads"),
        ("wf99 nv2 wt2", "from or to not among the roads"),
        ("rf1 nv2 wt2", "no from or no to"),
        ("wf1 rv1 wt2", "neither one via node nor via ways"),
        ("", "neither one via node nor via ways"),
    ],
)
def test_a_restriction_whose_members_are_missing_is_counted(osm: Path, members: str, reason: str) -> None:
    kinds, roles = {"w": "way", "n": "node", "r": "relation"}, {"f": "from", "v": "via", "t": "to"}
    listed = "".join(
        f'<member type="{kinds[member[0]]}" role="{roles[member[1]]}" ref="{member[2:]}"/>'
        for member in members.split()
    )
    tags = '<tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/>'
    relation = f'<relation id="1">{listed}{tags}</relation>'
    network, report = import_network(_write(osm, NODES, _way(1, 1, 2), _way(2, 2, 3), relation))
    assert report.restrictions_ignored == {reason: 1}
    assert network.arcs == 4


@pytest.mark.parametrize(
    "element",
    [
        _way(1, 1, 2, tag=f'<tag k="highway" v="service"/><tag k="name" v="{"x" * 1_000_000}"/>'),
        '<node id="9" lat="nan" lon="0"/>',
        '<node id="9223372036854775807" lat="52" lon="0"/>',
        '<node id="nine" lat="52" lon="0"/>',
    ],
    ids=["name", "nan", "id", "word"],
)
def test_what_no_osm_file_may_hold_is_refused_in_one_sentence(osm: Path, element: str) -> None:
    with pytest.raises(
        MapError, match=r"^map\.osm cannot be read to its end as OSM data .*: download or export it again$"
    ):
        read_streets(_write(osm, NODES, element))


@pytest.mark.parametrize("past", [100, -1, 6])
def test_a_pbf_file_that_is_cut_within_a_block_is_refused(tmp_path: Path, past: int) -> None:
    blocks = [*_blocks_of(ARLSHIRE.read_bytes()), 0]
    source = tmp_path / "cut.osm.pbf"
    source.write_bytes(ARLSHIRE.read_bytes()[: blocks[-2] + past])
    with pytest.raises(MapError, match=r"cut\.osm\.pbf cannot be read to its end"):
        read_streets(source)


def test_a_pbf_file_that_is_cut_between_its_ways_and_relations_is_doubted(tmp_path: Path) -> None:
    source = tmp_path / "cut.osm.pbf"
    source.write_bytes(ARLSHIRE.read_bytes()[: _blocks_of(ARLSHIRE.read_bytes())[-1]])
    _, report = read_streets(source)
    assert report.doubts == {"no relation in the file: it has no turn restrictions, or was cut off": 1}
    assert read_streets(ARLSHIRE)[1].doubts == {}


def test_a_pbf_file_that_is_cut_before_its_ways_has_no_roads(tmp_path: Path) -> None:
    source = tmp_path / "cut.osm.pbf"
    source.write_bytes(ARLSHIRE.read_bytes()[: _blocks_of(ARLSHIRE.read_bytes())[3]])
    with pytest.raises(MapError, match="holds no road that anybody may use"):
        read_streets(source)


def test_a_download_is_held_to_the_digest_beside_it(osm: Path) -> None:
    _write(osm, NODES, _way(1, 1, 2))
    beside = osm.with_name("map.osm.md5")
    beside.write_text(f"{hashlib.md5(osm.read_bytes(), usedforsecurity=False).hexdigest()}  map.osm\n")
    assert read_streets(osm)[1].kept["streets"] == 1
    for told in ("", f"{'0' * 32}  map.osm"):
        beside.write_text(told)
        with pytest.raises(
            MapError, match=r"^map\.osm is not the file that map\.osm\.md5 tells of: download both again$"
        ):
            read_streets(osm)


def _blocks_of(pbf: bytes) -> list[int]:
    """Where each block of a PBF file begins: a length, a BlobHeader of that length, a Blob of the length it tells."""
    starts, at = [], 0
    while at < len(pbf):
        starts.append(at)
        header = pbf[at + 4 : at + 4 + int.from_bytes(pbf[at : at + 4], "big")]
        kind_length = header[1]  # field 1 is `OSMHeader` or `OSMData`, field 3 the size of the Blob
        size = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(header[kind_length + 3 :]))
        at += 4 + len(header) + size
    return starts


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
