"""The journal in a file: what it keeps, what it refuses, and that the fake of the tests refuses the same."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import apsw
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.incident import Act
from arls.journal import migrations, sqlite
from arls.journal.chain import START, JournalError
from arls.journal.sqlite import SqliteJournal, open_read_only
from arls.journal.verify import verify_file
from arls.ports import Conflict
from tests.arls.journal.entries import AT, advanced, assigned, entries, heard, later, logged
from tests.fakes import MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.ports import Entry

ROOT = Path(__file__).parents[3]
FILE = "journal.sqlite"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / FILE) as opened:
        yield opened


@pytest.fixture(params=["file", "fake"])
def either(request: pytest.FixtureRequest, journal: SqliteJournal) -> SqliteJournal | MemoryJournal:
    return journal if request.param == "file" else MemoryJournal()


def kept(journal: SqliteJournal | MemoryJournal) -> list[Entry]:
    return [recorded.entry for recorded in journal.read()]


# --- what both promise ----------------------------------------------------------------------------------------------


def test_entries_come_back_in_order_with_positions_from_one(either: SqliteJournal | MemoryJournal) -> None:
    assert either.append([logged("a"), heard()], after=0) == 2
    assert either.append([logged("b", key="k")], after=2) == 3
    assert [recorded.position for recorded in either.read()] == [1, 2, 3]
    assert kept(either) == [logged("a"), heard(), logged("b", key="k")]
    assert [recorded.position for recorded in either.read(after=2)] == [3]


def test_who_has_not_read_everything_gets_a_conflict(either: SqliteJournal | MemoryJournal) -> None:
    either.append([logged("a")], after=0)
    with pytest.raises(Conflict):
        either.append([logged("b")], after=0)
    assert kept(either) == [logged("a")]


def test_a_key_is_used_once_and_a_conflict_keeps_nothing(either: SqliteJournal | MemoryJournal) -> None:
    either.append([logged("a", key="k"), logged("no key"), logged("nor here")], after=0)
    with pytest.raises(Conflict, match="key k"):
        either.append([logged("b"), logged("c", key="k")], after=3)
    assert len(kept(either)) == 3


def test_a_unit_is_never_taken_twice(either: SqliteJournal | MemoryJournal) -> None:
    either.append([assigned("1", "AB12"), assigned("2", "CD34")], after=0)
    with pytest.raises(Conflict, match="AB12"):
        either.append([assigned("3", "AB12")], after=2)
    either.append([advanced("1", Act.ACCEPT)], after=2)
    with pytest.raises(Conflict, match="AB12"):
        either.append([assigned("3", "AB12")], after=3)
    assert either.append([advanced("1", Act.CLEAR), assigned("3", "AB12")], after=3) == 5


def test_a_step_that_cannot_happen_is_a_conflict(either: SqliteJournal | MemoryJournal) -> None:
    either.append([assigned("1", "AB12"), advanced("1", Act.CLEAR)], after=0)
    for step in (advanced("1", Act.ACCEPT), advanced("unheard-of", Act.ACCEPT)):
        with pytest.raises(Conflict):
            either.append([step], after=2)


def test_the_newest_snapshot_is_found(either: SqliteJournal | MemoryJournal) -> None:
    assert either.find_newest() is None
    either.append([logged("a"), logged("b")], after=0)
    either.save(position=0, state=b"nothing")
    either.save(position=2, state=b"two")
    either.save(position=1, state=b"one")
    assert either.find_newest() == (2, b"two")


steps = st.lists(
    st.builds(assigned, st.sampled_from("123"), st.sampled_from(["AB12", "CD34"]))
    | st.builds(advanced, st.sampled_from("123"), st.sampled_from(list(Act))),
    max_size=12,
)


def outcome(journal: SqliteJournal | MemoryJournal, batch: list[Entry]) -> int | None:
    try:
        return journal.append(batch, after=len(kept(journal)))
    except Conflict:
        return None


@settings(max_examples=30, deadline=None)
@given(st.lists(steps, max_size=4))
def test_the_file_and_the_fake_take_and_refuse_the_same(batches: list[list[Entry]]) -> None:
    fake = MemoryJournal()
    with TemporaryDirectory() as folder, SqliteJournal(Path(folder) / FILE) as real:
        for batch in batches:
            assert outcome(real, batch) == outcome(fake, batch)
        assert kept(real) == kept(fake)
        assert verify_file(Path(folder)).faults == ()


@settings(max_examples=30, deadline=None)
@given(entries())
def test_what_is_read_is_what_was_appended(batch: list[Entry]) -> None:
    with TemporaryDirectory() as folder:
        with SqliteJournal(Path(folder) / FILE) as journal:
            journal.append(batch, after=0)
        with SqliteJournal(Path(folder) / FILE) as journal:
            assert kept(journal) == batch
        assert verify_file(Path(folder)).faults == ()


# --- the file ---------------------------------------------------------------------------------------------------------


def test_closing_leaves_one_file_and_no_log(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / FILE) as journal:
        journal.append([logged()], after=0)
        next(journal.read())  # a reader that was forgotten holds nothing
        assert (tmp_path / "journal.sqlite-wal").exists()
        journal.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, "journal.sqlite.lock"]
    list(open_read_only(tmp_path).read())
    verify_file(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, "journal.sqlite.lock"]


def test_every_commit_waits_for_the_disk(journal: SqliteJournal) -> None:
    full = 2  # sqlite.org/pragma.html#pragma_synchronous
    assert journal._writer.connection.pragma("synchronous") == full
    assert journal._writer.connection.pragma("journal_mode") == "wal"


def test_more_than_a_page_is_read_while_more_is_appended(journal: SqliteJournal) -> None:
    journal.append([logged(str(n)) for n in range(600)], after=0)
    reader = journal.read()
    first = list(islice(reader, 10))
    journal.append([logged("late")], after=600)
    assert [recorded.position for recorded in [*first, *reader]] == list(range(1, 602))


def test_another_thread_may_read_and_save_while_one_appends(journal: SqliteJournal) -> None:
    journal.append([logged()], after=0)

    def bother() -> None:
        for _ in range(20):
            list(journal.read())
            journal.save(position=1, state=b"one")

    thread = threading.Thread(target=bother)
    thread.start()
    for n in range(1, 60):
        journal.append([logged(str(n))], after=n)
    thread.join()
    assert journal.head().position == 60
    assert verify_file(journal.path).faults == ()


def test_a_second_writer_is_refused_and_told_what_to_do(journal: SqliteJournal) -> None:
    with pytest.raises(JournalError, match=r"another ARLS is writing .*stop it"):
        SqliteJournal(journal.path)
    script = "import sys; from pathlib import Path; from arls.journal.sqlite import *; SqliteJournal(Path(sys.argv[1]))"
    command = [sys.executable, "-c", script, str(journal.path)]
    refused = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert "another ARLS is writing" in refused.stderr


def test_an_outdated_after_is_a_conflict_for_a_later_writer(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / FILE) as first:
        first.append([logged("a")], after=0)
    with SqliteJournal(tmp_path / FILE) as second:
        with pytest.raises(Conflict, match="goes on to 1, past 0"):
            second.append([logged("b")], after=0)
        with pytest.raises(JournalError, match="ends at 1, before 5"):
            second.append([logged("b")], after=5)


def test_a_journal_is_read_while_it_is_written(journal: SqliteJournal) -> None:
    reader = open_read_only(journal.path.parent)
    assert reader.head() == START
    journal.append([logged()], after=0)
    assert reader.head() == journal.head()
    assert [recorded.entry for recorded in reader.read()] == [logged()]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET stream = 'x'",
        "DELETE FROM record",
        "UPDATE body SET data = x'00'",
        "UPDATE body SET at_us = 0, data = NULL",
        "DELETE FROM body",
    ],
)
def test_the_store_itself_refuses_to_change_the_record(journal: SqliteJournal, statement: str) -> None:
    journal.append([heard()], after=0)
    with pytest.raises(apsw.ConstraintError):
        journal._writer.connection.execute(statement)
    assert kept(journal) == [heard()]


def test_erased_bodies_are_gone_from_the_disk_and_the_record_still_verifies(journal: SqliteJournal) -> None:
    old, new = heard(at=AT), heard(at=later(hours=30))
    journal.append([old, logged(), new], after=0)
    compressed = bytes(journal._writer.connection.execute("SELECT data FROM body WHERE position = 1").get)
    assert journal.erase_bodies(before=later(hours=24)) == 1
    assert kept(journal) == [msgspec.structs.replace(old, body=None), logged(), new]
    assert all(compressed not in path.read_bytes() for path in journal.path.parent.iterdir())
    report = verify_file(journal.path)
    assert (report.faults, report.erased) == ((), 1)
    assert journal.erase_bodies(before=later(hours=24)) == 0


def test_only_a_whole_snapshot_of_this_journal_is_taken(journal: SqliteJournal) -> None:
    journal.append([logged("a"), logged("b")], after=0)
    journal.save(position=1, state=b"one")
    journal.save(position=2, state=b"two")
    journal._writer.connection.execute("UPDATE snapshot SET state = x'00' WHERE position = 2")
    assert journal.find_newest() == (1, b"one")
    journal._writer.connection.execute("UPDATE snapshot SET digest = (SELECT hash FROM record WHERE position = 1)")
    assert journal.find_newest() is None


def kept_snapshots(journal: SqliteJournal) -> list[int]:
    rows = journal._writer.connection.execute("SELECT position FROM snapshot ORDER BY position")
    return [position for (position,) in rows]


def test_only_the_newest_snapshots_are_kept_and_only_of_what_was_recorded(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_KEPT_SNAPSHOTS", 6)
    journal.append([logged(str(n)) for n in range(9)], after=0)
    for position in range(10):
        journal.save(position=position, state=b"state")
    assert kept_snapshots(journal) == [4, 5, 6, 7, 8, 9]
    monkeypatch.setattr(sqlite, "_KEPT_BYTES", 1)
    journal.save(position=9, state=b"state")
    assert kept_snapshots(journal) == [7, 8, 9]
    with pytest.raises(ValueError, match="no record 10"):
        journal.save(position=10, state=b"state")


def test_a_journal_of_a_newer_arls_is_refused_with_the_fix(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / FILE) as journal:
        journal._writer.connection.pragma("user_version", 99)
    for attempt in (
        lambda: SqliteJournal(tmp_path / FILE),
        open_read_only(tmp_path).head,
        lambda: verify_file(tmp_path),
    ):
        with pytest.raises(JournalError, match=r"format 99 .* install the newer ARLS"):
            attempt()


def test_an_older_journal_is_brought_up_to_date_when_it_is_next_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SqliteJournal(tmp_path / FILE) as journal:
        journal.append([logged()], after=0)
    steps = migrations._STEPS
    monkeypatch.setattr(migrations, "_STEPS", (*steps, "CREATE TABLE later (a); a step that breaks off"))
    with pytest.raises(JournalError):
        SqliteJournal(tmp_path / FILE)
    monkeypatch.setattr(migrations, "_STEPS", (*steps, "CREATE TABLE later (a)"))
    with pytest.raises(JournalError, match="older format 2: start ARLS on it once"):
        verify_file(tmp_path)
    with SqliteJournal(tmp_path / FILE) as journal:
        assert kept(journal) == [logged()]
        assert journal._writer.connection.pragma("user_version") == 3
    assert verify_file(tmp_path).faults == ()


def test_what_is_no_journal_is_left_as_it_is(tmp_path: Path) -> None:
    other, text = tmp_path / "other.sqlite", tmp_path / "notes.txt"
    with contextlib.closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    text.write_text("not a database at all\n" * 100)
    for path in (other, text):
        before = path.read_bytes()
        with pytest.raises(JournalError):
            SqliteJournal(path)
        with pytest.raises(JournalError):
            verify_file(path)
        assert path.read_bytes() == before
    with pytest.raises(JournalError, match="there is no journal at"):
        verify_file(tmp_path / "nowhere")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalError, match="cannot be written"):
        SqliteJournal(tmp_path / "file" / FILE)


def test_a_full_disk_is_said_and_nothing_is_half_kept(journal: SqliteJournal) -> None:
    journal.append([logged("a")], after=0)
    journal._writer.connection.pragma("max_page_count", journal._writer.connection.pragma("page_count"))
    with pytest.raises(JournalError, match="is full: make room"):
        journal.append([logged("b" * 100_000)], after=1)
    assert kept(journal) == [logged("a")]
    journal._writer.connection.pragma("max_page_count", 1_000_000)
    assert journal.append([logged("b")], after=1) == 2


def test_the_time_of_erasing_needs_a_zone(journal: SqliteJournal) -> None:
    with pytest.raises(TypeError):
        journal.erase_bodies(before=(AT + timedelta(hours=1)).replace(tzinfo=None))
