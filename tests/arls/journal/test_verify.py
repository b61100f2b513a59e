"""A journal file judged from outside: every way to change it is found, and the first bad record is named."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import apsw
import pytest

from arls.incident import Act
from arls.journal.chain import JournalError
from arls.journal.sqlite import SqliteJournal
from arls.journal.verify import verify_file
from tests.arls.journal.entries import advanced, assigned, heard, logged

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Six sound records: 1, 2 and 6 lines of a log, 3 a batch of fixes, 4 an assignment, 5 a step of it."""
    path = tmp_path / "journal.sqlite"
    with SqliteJournal(path) as journal:
        journal.append([logged("first line"), logged("second line"), heard()], after=0)
        journal.append([assigned("1", "AB12"), advanced("1", Act.ACCEPT), logged("sixth line")], after=3)
        journal.save(position=4, state=b"four")
    return path


def forge(file: Path, *statements: str) -> None:
    """Change the file as somebody would who knows SQLite and removes the triggers first."""
    connection = apsw.Connection(str(file))
    for trigger in ("record_stays_as_it_is", "record_stays", "body_is_only_erased", "body_leaves_a_tombstone"):
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_a_sound_file_is_sound_by_folder_or_by_name(file: Path) -> None:
    for path in (file, file.parent):
        report = verify_file(path)
        assert (report.faults, report.head.position, report.erased) == ((), 6, 0)


def test_one_flipped_byte_of_an_event_names_its_record(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[data.index(b"second line")] ^= 1
    file.write_bytes(data)
    report = verify_file(file)
    assert report.faults[0] == "record 2 is not what was recorded: its hash does not follow from it"
    assert report.head.position == 1


OTHER = zlib.compress(b"{}").hex()
FORGERIES = {
    "a changed event": (
        "UPDATE record SET event = CAST(replace(CAST(event AS TEXT), 'sixth', 'other') AS BLOB) WHERE position = 6",
        "record 6 is not what was recorded",
    ),
    "an event taken out": ("DELETE FROM record WHERE position = 2", "record 2 is missing"),
    "a changed stream": ("UPDATE record SET stream = 'x' WHERE position = 4", "record 4 is not what was recorded"),
    "a key put in": ("UPDATE record SET key = 'x' WHERE position = 5", "record 5 is not what was recorded"),
    "a broken text": ("UPDATE record SET stream = CAST(x'ff' AS TEXT) WHERE position = 2", "record 2 cannot be read"),
    "a body exchanged": (f"UPDATE body SET data = x'{OTHER}'", "record 3 has not the body"),  # noqa: S608 - a forgery
    "a body damaged": ("UPDATE body SET data = x'00'", "record 3 cannot be read"),
    "a body taken away": ("DELETE FROM body", "record 3 has not the body"),
    "an assignment hidden": ("DELETE FROM taken", "the table of active assignments"),
    "a step undone": ("UPDATE taken SET state = 'reserved'", "the table of active assignments"),
    "a snapshot changed": (f"UPDATE snapshot SET state = x'{OTHER}'", "the snapshot at 4"),  # noqa: S608 - the same
    "a tail cut off that a snapshot remembers": (
        "DELETE FROM record WHERE position > 3; DELETE FROM taken",
        "the snapshot at 4",
    ),
    "a tail cut off that a body remembers": (
        "DELETE FROM record WHERE position > 2; DELETE FROM taken; DELETE FROM snapshot",
        "body 3 belongs to no record",
    ),
}


@pytest.mark.parametrize(("statement", "fault"), FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_is_found(file: Path, statement: str, fault: str) -> None:
    forge(file, statement)
    assert verify_file(file).faults[0].startswith(fault)


def test_damage_below_the_records_is_found(file: Path) -> None:
    page = 4096
    data = bytearray(file.read_bytes())
    connection = apsw.Connection(str(file))
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'record_by_key'").get
    connection.close()
    data[(root - 1) * page] ^= 0xFF  # the kind of a b-tree page
    file.write_bytes(data)
    assert any("record_by_key" in fault or "Tree" in fault for fault in verify_file(file).faults)


def test_a_file_cut_short_is_said_to_be_damaged(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4096])
    with pytest.raises(JournalError, match="is damaged"):
        verify_file(file)
