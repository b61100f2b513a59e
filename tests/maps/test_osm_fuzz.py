"""Whatever a file holds: it becomes a network, or it is refused in one sentence."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import osmium
import osmnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.osm import import_network
from maps.report import MapError
from tests.drawing import draw, turn_restriction

if TYPE_CHECKING:
    from pathlib import Path

ROAD = {"highway": "residential"}
TOWN = """
    A--B--C
       |  |
       D--E
"""
KINDS = ("map.osm", "map.osm.gz", "map.osm.pbf", "map.graphml")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One town in every form that is read; its PBF is not packed, so that a changed byte reaches the reader."""
    folder = tmp_path_factory.mktemp("whole")
    drawn = draw(
        TOWN,
        ways={"ABC": {**ROAD, "name": "High Street", "oneway": "yes", "maxspeed": "30 mph"}, "BDEC": ROAD},
        nodes={"D": {"barrier": "bollard"}},
        relations=[turn_restriction("no_right_turn", "ABC", "B", "BDEC")],
    )
    (folder / "map.osm").write_bytes(drawn.osm)
    with osmium.SimpleWriter(osmium.io.File(str(folder / "map.osm.pbf"), "pbf,pbf_compression=none")) as writer:
        for seen in osmium.FileProcessor(folder / "map.osm"):
            writer.add(seen)
    osmnx.save_graphml(osmnx.graph_from_xml(folder / "map.osm"), folder / "map.graphml")
    (folder / "map.osm.gz").write_bytes(gzip.compress(drawn.osm))
    return {name: (folder / name).read_bytes() for name in KINDS}


# How to spoil a file: at this part of it, take so many bytes away and put these in their place.
SPOILS = st.lists(
    st.tuples(
        st.floats(0, 1), st.integers(0, 12), st.binary(max_size=6) | st.sampled_from([b"nan", b"-1", b"<", b">"])
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=300)
@given(kind=st.sampled_from(KINDS), spoils=SPOILS)
def test_a_spoilt_file_is_a_network_or_a_sentence(
    whole: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, kind: str, spoils: list[tuple[float, int, bytes]]
) -> None:
    content = whole[kind]
    for where, gone, instead in spoils:
        at = int(where * len(content))
        content = content[:at] + instead + content[at + gone :]
    _network_or_sentence(tmp_path_factory.mktemp("spoilt") / kind, content)


ID = st.sampled_from([0, 1, 2, 3, 4, 5, -1, 10**11])
DEGREES = st.sampled_from(["52.001", "52.002", "-1.9", "0", "90", "-90", "91", "180", "181", "-181"])
TAGS = st.dictionaries(
    st.sampled_from(
        ["highway", "oneway", "barrier", "junction", "maxspeed", "access", "type", "restriction", "except"]
    ),
    st.sampled_from(
        ["residential", "yes", "-1", "roundabout", "restriction", "only_left_turn", "no_u_turn", "bollard"]
    ),
    max_size=3,
)
NODES = st.tuples(st.just("node"), ID, DEGREES, DEGREES, TAGS)
WAYS = st.tuples(st.just("way"), ID, st.lists(ID, max_size=6), TAGS.map(lambda tags: {**ROAD, **tags}))
MEMBERS = st.lists(
    st.tuples(st.sampled_from(["node", "way", "relation"]), ID, st.sampled_from(["from", "via", "to", ""])), max_size=4
)
SIGNS = st.tuples(st.just("relation"), ID, MEMBERS, TAGS.map(lambda tags: {"type": "restriction", **tags}))


@settings(max_examples=200)
@given(elements=st.lists(NODES | WAYS | SIGNS, max_size=14))
def test_elements_in_any_order_and_number_are_a_network_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, elements: list[tuple[str, ...]]
) -> None:
    content = "".join(map(_xml_of, elements))
    path = tmp_path_factory.mktemp("mixed") / "map.osm"
    _network_or_sentence(path, f'<osm version="0.6">{content}</osm>'.encode())


def _xml_of(element: tuple[object, ...]) -> str:
    kind, number, *more, tags = element
    inside = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in dict(tags).items())  # type: ignore[call-overload]
    match kind, more:
        case "node", [lat, lon]:
            return f'<node id="{number}" lat="{lat}" lon="{lon}">{inside}</node>'
        case "way", [list(nodes)]:
            listed = "".join(f'<nd ref="{node}"/>' for node in nodes)
            return f'<way id="{number}">{listed}{inside}</way>'
        case _, [list(members)]:
            listed = "".join(f'<member type="{m}" ref="{ref}" role="{role}"/>' for m, ref, role in members)
            return f'<relation id="{number}">{listed}{inside}</relation>'
    raise AssertionError(element)


def _network_or_sentence(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        network, report = import_network(path)
    except MapError:
        return
    assert network.arcs > 0
    assert report.kept["ways"] > 0
    assert np.isfinite(network.arc_length_m).all()
    assert np.isfinite(network.turn_angle_deg).all()
