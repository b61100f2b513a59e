"""An XML map is looked through before it is parsed: nothing that would fill the memory gets further."""

from __future__ import annotations

import bz2
import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps import raw
from maps.osm import read_streets
from maps.raw import check_xml
from maps.report import MapError

if TYPE_CHECKING:
    from pathlib import Path

MAP = (
    b'<osm version="0.6"><node id="1" lat="52" lon="-1.9"/><node id="2" lat="52.1" lon="-1.9"/>'
    b'<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>%s</osm>'
)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that small files reach."""
    monkeypatch.setattr(raw, "ALWAYS_UNPACKED", 10_000)
    monkeypatch.setattr(raw, "LONGEST_PIECE", 1_000)
    monkeypatch.setattr(raw, "_CHUNK", 7)


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize(("suffix", "pack"), [(".osm.gz", gzip.compress), (".osm.bz2", bz2.compress)])
def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path, suffix: str, pack: type) -> None:
    source = tmp_path / f"bomb{suffix}"
    source.write_bytes(pack(MAP % (b"<!---->" * 200_000)))
    with pytest.raises(MapError, match=r"^bomb\.osm\.(gz|bz2) unpacks to more than 100 times its size"):
        read_streets(source)


@pytest.mark.usefixtures("strict")
def test_a_real_share_of_repetition_is_let_through(tmp_path: Path) -> None:
    source = tmp_path / "map.osm.gz"
    nodes = b"".join(b'<node id="%d" lat="52.%d" lon="-1.%d"/>' % (n, n * 7919 % 9973, n) for n in range(3, 2_000))
    source.write_bytes(gzip.compress(MAP % nodes))
    assert read_streets(source)[1].kept["streets"] == 1


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("name", ["map.osm", "map.osm.gz", "map.graphml"])
def test_a_piece_as_long_as_a_file_is_refused_before_a_parser_holds_it(tmp_path: Path, name: str) -> None:
    content = MAP % (b'<tag k="name" v="' + b"x" * 1_200 + b'"/>')
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    with pytest.raises(MapError, match=rf"^{name} holds a piece longer than 1,000 characters"):
        read_streets(tmp_path / name)


@given(lengths=st.lists(st.integers(0, 60), max_size=12), chunk=st.integers(1, 40))
def test_the_longest_piece_is_found_wherever_the_file_is_read_in_two(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int], chunk: int
) -> None:
    source = tmp_path_factory.mktemp("pieces") / "map.osm"
    source.write_bytes(b">".join(b"x" * length for length in lengths))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(raw, "_CHUNK", chunk)
        patched.setattr(raw, "LONGEST_PIECE", 40)
        try:
            check_xml(source)
        except MapError:
            assert max(lengths) > 40
        else:
            assert max(lengths, default=0) <= 40


def test_a_file_that_is_cut_is_left_to_the_parser(tmp_path: Path) -> None:
    for name, pack in (("map.osm.gz", gzip.compress), ("map.osm.bz2", bz2.compress)):
        (tmp_path / name).write_bytes(pack(MAP % b"")[:-9])
        check_xml(tmp_path / name)
        with pytest.raises(MapError, match="cannot be read to its end as OSM data"):
            read_streets(tmp_path / name)
