"""What lies on a gateway's disk: through a kill, without room, and with damage."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.shelf import Dropped, Room, Row, Shelf, ShelfError

NOW_MS = 1_800_000_000_000


def row(number: int, octets: int = 10, *, urgent: bool = False, kept_at_ms: int = NOW_MS) -> Row:
    return Row(number, urgent, kept_at_ms, 2, b"x" * octets)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gw1" / "spool"


def test_what_was_written_is_there_after_a_restart(path: Path) -> None:
    shelf = Shelf(path)
    assert shelf.write([row(1), row(2, urgent=True), row(3)], [1], now_ms=NOW_MS) == []
    assert shelf.begin_session() == 1
    shelf.close()
    assert not path.with_name("spool-wal").exists()
    again = Shelf(path)
    assert again.index() == [(2, True), (3, False)]
    assert again.read([3, 1, 2]) == [row(3), row(2, urgent=True)]
    assert (again.stock.octets, again.stock.oldest_at_ms) == (20, NOW_MS)
    assert again.begin_session() == 2
    assert again.begin_session(above=40) == 41
    again.close()
    again.close()


def test_without_room_the_oldest_goes_and_emergencies_last(path: Path) -> None:
    shelf = Shelf(path, Room(octets=30))
    assert shelf.write([row(1, urgent=True), row(2), row(3)], [], now_ms=NOW_MS) == []
    assert shelf.write([row(4)], [], now_ms=NOW_MS) == [Dropped(2, 2)]
    assert shelf.write([row(5, urgent=True), row(6, urgent=True)], [], now_ms=NOW_MS) == [Dropped(3, 2), Dropped(4, 2)]
    assert shelf.write([row(7, urgent=True)], [], now_ms=NOW_MS) == [Dropped(1, 2)]
    assert [number for number, _ in shelf.index()] == [5, 6, 7]
    assert shelf.stock.octets == 30
    shelf.close()


def test_what_is_too_old_goes_urgent_or_not(path: Path) -> None:
    shelf = Shelf(path, Room(age_s=60))
    shelf.write([row(1), row(2, urgent=True), row(3, kept_at_ms=NOW_MS + 1)], [], now_ms=NOW_MS)
    assert shelf.write([], [], now_ms=NOW_MS + 60_000) == []
    assert shelf.write([], [], now_ms=NOW_MS + 60_001) == [Dropped(1, 2), Dropped(2, 2)]
    assert shelf.stock.oldest_at_ms == NOW_MS + 1
    shelf.close()


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 40), st.booleans()), max_size=30))
def test_octets_are_counted_as_they_lie(acts: list[tuple[int, int, bool]]) -> None:
    shelf = Shelf(Path(":memory:"), Room(octets=100))
    for number, octets, forget in acts:
        shelf.write([] if forget else [row(number, octets)], [number] if forget else [], now_ms=NOW_MS)
        lying = sum(len(each.body) for each in shelf.read([number for number, _ in shelf.index()]))
        assert lying == shelf.stock.octets <= 100
    shelf.close()


def test_the_search_for_the_oldest_looks_at_few_rows(path: Path) -> None:
    shelf = Shelf(path)
    for which in ("NOT urgent", "urgent"):
        plan = " ".join(
            detail
            for *_, detail in shelf._connection.execute(
                f"EXPLAIN QUERY PLAN SELECT id FROM cargo WHERE {which} ORDER BY id"  # noqa: S608 - our own words
            )
        )
        assert "TEMP B-TREE" not in plan
        assert ("urgent_cargo" in plan) == (which == "urgent")
    shelf.close()


def test_a_second_gateway_on_the_same_file_is_told_so(path: Path) -> None:
    shelf = Shelf(path)
    with pytest.raises(ShelfError, match="another gateway has"):
        Shelf(path)
    shelf.close()


def test_a_damaged_file_is_put_aside_and_a_new_one_begins(path: Path) -> None:
    shelf = Shelf(path)
    shelf.write([row(number, 3_000) for number in range(50)], [], now_ms=NOW_MS)
    shelf.close()
    whole = bytearray(path.read_bytes())
    whole[4_096 * 20 : 4_096 * 22] = b"\xff" * 8_192
    path.write_bytes(whole)
    again = Shelf(path)
    assert again.index() == []
    assert path.with_name("spool.damaged").read_bytes() == whole
    again.close()
    path.write_bytes(b"this was never a spool, and is longer than a header of one hundred octets" * 9)
    Shelf(path).close()


def test_a_full_disk_is_one_sentence_and_changes_nothing(path: Path) -> None:
    shelf = Shelf(path)
    shelf.write([row(1)], [], now_ms=NOW_MS)
    shelf._connection.pragma("max_page_count", 8)
    with pytest.raises(ShelfError, match="is full: make room"):
        shelf.write([row(2, 100_000)], [1], now_ms=NOW_MS)
    assert shelf.read([1, 2]) == [row(1)]
    assert shelf.stock.octets == 10
    assert shelf.write([row(3)], [1], now_ms=NOW_MS) == []
    shelf.close()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ShelfError, match="cannot be written"):
        Shelf(tmp_path / "file" / "gw1" / "spool")


WRITER = """
import sys
from pathlib import Path
from gateways.shelf import Row, Shelf
shelf = Shelf(Path(sys.argv[1]))
number = max((row for row, _ in shelf.index()), default=0)
while True:
    rows = [Row(number + n, False, 1_800_000_000_000, 1, b"%d" % (number + n)) for n in range(1, 8)]
    shelf.write(rows, [], now_ms=1_800_000_000_000)
    number += 7
    print(number, flush=True)
"""


def test_kill_9_in_the_middle_of_writing_loses_nothing_acknowledged(path: Path) -> None:
    for _ in range(5):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline() for _ in range(30)]
            writer.send_signal(signal.SIGKILL)
            said += writer.stdout.readlines()
        last = max(int(line) for line in said if line.endswith(b"\n"))
        shelf = Shelf(path)
        kept = [number for number, _ in shelf.index()]
        assert kept[:last] == list(range(1, last + 1))
        assert all(each.body == b"%d" % each.id for each in shelf.read(kept))
        shelf.close()


def test_the_store_is_the_one_that_was_tested() -> None:
    assert tuple(map(int, apsw.sqlite_lib_version().split("."))) >= (3, 51, 3)
