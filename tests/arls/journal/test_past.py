"""The journal read backwards in time: which snapshot, which record, and what people did; and the fake does the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.journal.sqlite import SqliteJournal
from tests.arls.journal.entries import AT, heard, logged
from tests.fakes import MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def minute(n: float) -> datetime:
    return AT + timedelta(minutes=n)


@pytest.fixture(params=["file", "fake"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteJournal | MemoryJournal]:
    if request.param == "fake":
        yield MemoryJournal()
        return
    with SqliteJournal(tmp_path / "journal.sqlite") as opened:
        yield opened


def test_a_position_is_found_by_its_instant(either: SqliteJournal | MemoryJournal) -> None:
    assert either.find_position(AT) == 0
    either.append([heard(at=minute(n)) for n in (0, 1, 1, 5)], after=0)
    instants = [
        minute(-1),
        minute(0),
        minute(1),
        minute(4),
        minute(5),
        minute(1_440),
    ]
    assert [either.find_position(at) for at in instants] == [0, 1, 3, 3, 4, 4]


@given(minutes=st.lists(st.integers(0, 50), min_size=1, max_size=30), asked=st.integers(-1, 51))
def test_halving_finds_what_looking_at_every_record_finds(
    tmp_path_factory: pytest.TempPathFactory, minutes: list[int], asked: int
) -> None:
    entries, plain = [heard(at=minute(n)) for n in sorted(minutes)], MemoryJournal()
    plain.append(entries, after=0)
    with SqliteJournal(tmp_path_factory.mktemp("past") / "journal.sqlite") as journal:
        journal.append(entries, after=0)
        assert journal.find_position(minute(asked)) == plain.find_position(minute(asked))


def test_the_newest_snapshot_before_an_instant_is_found(either: SqliteJournal | MemoryJournal) -> None:
    either.append([heard(at=minute(n)) for n in range(10)], after=0)
    for position in (2, 5, 8):
        either.save(position=position, state=str(position).encode())
    found = {n: either.find_before(minute(n)) for n in (1, 2, 5, 8, 20)}
    assert found == {1: None, 2: (2, b"2"), 5: (5, b"5"), 8: (8, b"8"), 20: (8, b"8")}


def test_what_people_did_is_read_without_fixes_and_without_bodies(either: SqliteJournal | MemoryJournal) -> None:
    either.append([logged("a"), heard(), logged("b")], after=0)
    assert [(one.position, one.entry) for one in either.read_acts()] == [(1, logged("a")), (3, logged("b"))]
    assert [one.position for one in either.read_acts(after=1)] == [3]


def test_positions_that_are_erased_are_in_no_snapshot_but_those_a_start_needs(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "journal.sqlite") as journal:
        journal.append([heard(at=minute(60 * hour)) for hour in range(9)], after=0)
        for position in range(1, 8):
            journal.save(position=position, state=msgspec.msgpack.encode({}))
        journal.erase_bodies(before=minute(240))
        assert journal.find_before(minute(240)) is None
        assert journal.find_before(minute(360)) == (6, msgspec.msgpack.encode({}))
        assert journal.find_newest() is not None
