"""The blocks of a PBF file are looked through before libosmium reads them."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps import raw_pbf
from maps.osm import read_streets
from maps.raw_pbf import check_pbf
from maps.report import MapError
from tests.drawing import draw

if TYPE_CHECKING:
    from collections.abc import Sequence

ARLSHIRE = Path(__file__).parents[2] / "fixtures" / "arlshire.osm.pbf"
STREET = {"AB": {"highway": "residential", "name": "High Street"}}


def number(value: int) -> bytes:
    low = bytes((value & 0x7F | (0x80 if value > 0x7F else 0),))
    return low + number(value >> 7) if value > 0x7F else low


def field(tag: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return number(tag << 3) + number(value)
    return number(tag << 3 | 2) + number(len(value)) + value


def zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def block_of(content: bytes, kind: bytes = b"OSMData", *, blob: bytes | None = None) -> bytes:
    blob = field(1, content) if blob is None else blob
    header = field(1, kind) + field(3, len(blob))
    return len(header).to_bytes(4, "big") + header + blob


def dense(ids: Sequence[int]) -> bytes:
    """A block whose nodes have these ids, as differences from one to the next."""
    steps = [now - before for before, now in zip((0, *ids), ids, strict=False)]
    return block_of(field(1, field(1, b"")) + field(2, field(2, field(1, b"".join(number(zigzag(s)) for s in steps)))))


def plain(ids: Sequence[int]) -> bytes:
    return block_of(field(1, field(1, b"")) + field(2, b"".join(field(1, field(1, zigzag(i))) for i in ids)))


def saved(folder: Path, *blocks: bytes) -> Path:
    source = folder / "map.osm.pbf"
    source.write_bytes(block_of(field(4, b"OsmSchema-V0.6"), b"OSMHeader") + b"".join(blocks))
    return source


IDS = st.lists(st.integers(-3, 2**40) | st.integers(1, 9), max_size=9) | st.lists(st.integers(0, 9)).map(sorted)


@given(rows=st.lists(IDS, max_size=4), form=st.sampled_from([dense, plain]))
def test_ids_that_come_again_are_counted_where_they_are_in_order(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[int]], form: type
) -> None:
    ids = [one for row in rows for one in row]
    found = check_pbf(saved(tmp_path_factory.mktemp("pbf"), *map(form, rows)))
    in_order = ids == sorted(ids) and min(ids, default=0) >= 0
    assert found == (len(ids) - len(set(ids)) if in_order else None)


def test_a_text_with_a_zero_in_it_is_refused_for_libosmium_would_read_beyond_it(tmp_path: Path) -> None:
    (tmp_path / "drawing.osm").write_bytes(draw("A--B", ways=STREET, nodes={"A": {"barrier": "gate"}}).osm)
    written = tmp_path / "whole.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(written), "pbf,pbf_compression=none")) as writer:
        for seen in osmium.FileProcessor(tmp_path / "drawing.osm"):
            writer.add(seen)
    assert read_streets(written)[1].kept["streets"] == 1
    broken = tmp_path / "zero.osm.pbf"
    broken.write_bytes(written.read_bytes().replace(b"barrier", b"barri\x00r"))
    with pytest.raises(
        MapError, match=r"^zero\.osm\.pbf cannot be read to its end as OSM data \(a text holds a zero\)"
    ):
        read_streets(broken)


@pytest.mark.parametrize("strings", [(b"",), (b"", b"a", b""), (b"", b"x" * 300), (), (b"a", b"b")])
def test_empty_texts_are_no_zeros(tmp_path: Path, strings: tuple[bytes, ...]) -> None:
    table = b"".join(field(1, string) for string in strings)
    assert check_pbf(saved(tmp_path, block_of(field(1, table)))) == 0


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = block_of(b"", blob=field(2, 100_000) + field(3, zlib.compress(field(2, bytes(100_000)))))
    source = saved(tmp_path, *[bomb] * 10)
    monkeypatch.setattr(raw_pbf, "ALWAYS_UNPACKED", 300_000)
    with pytest.raises(MapError, match=r"^map\.osm\.pbf unpacks to more than 20 times its size"):
        read_streets(source)


@pytest.mark.parametrize(
    ("blocks", "why"),
    [
        (block_of(b"", blob=field(1, b"") + field(1, b"")), "is not packed by zlib, or twice"),
        (block_of(b"", blob=field(1, b"") + field(3, zlib.compress(b""))), "is not packed by zlib, or twice"),
        (block_of(b"", blob=field(6, b"lz4")), "is not packed by zlib, or twice"),
        (block_of(b"", blob=field(3, b"noise")), "incorrect header check"),
        (b"\xff" * 20, "does not begin as a PBF file does"),
        (b"\x00\x00\x00\x02" + field(3, 1), "a block has no kind or no length"),
        (block_of(field(1, field(1, b""))[:-1]), "it ends within a block"),
        (block_of(b"\x0f"), "a field is of no known kind"),
        (block_of(b"\x80" * 11), "a number does not end"),
        (block_of(field(2, field(2, field(1, b"\x80")))), "a number does not end"),
    ],
)
def test_what_is_no_block_is_refused_with_its_reason(tmp_path: Path, blocks: bytes, why: str) -> None:
    with pytest.raises(MapError, match=rf"^map\.osm\.pbf cannot be read to its end as OSM data \(.*{why}"):
        check_pbf(saved(tmp_path, blocks))


def test_a_real_extract_passes() -> None:
    assert check_pbf(ARLSHIRE) == 0
