"""The format of a journal file, as the steps that lead to it from an empty one; there is no way back.

It decides which tables there are and what they refuse. A step that was released is never edited: the next change is
a new step at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.journal.chain import JournalError

if TYPE_CHECKING:
    from pathlib import Path

    import apsw

# "ARLS" in the file's header (SQLite file format, 1.3.18): `file` and we know a journal when we see one.
_APPLICATION_ID = 0x41524C53

_FIRST = """
CREATE TABLE record (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    key TEXT,
    request TEXT,
    event BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX record_by_key ON record (key) WHERE key IS NOT NULL;
CREATE TRIGGER record_stays_as_it_is BEFORE UPDATE ON record
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a record never changes'); END;
CREATE TRIGGER record_stays BEFORE DELETE ON record
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a record never goes'); END;

-- Erasable evidence, compressed; NULL is the tombstone of a body that was erased.
CREATE TABLE body (
    position INTEGER PRIMARY KEY REFERENCES record (position),
    at_us INTEGER NOT NULL,
    data BLOB
) STRICT;
CREATE INDEX body_to_erase ON body (at_us) WHERE data IS NOT NULL;
CREATE TRIGGER body_is_only_erased BEFORE UPDATE ON body
    WHEN NEW.position IS NOT OLD.position OR NEW.at_us IS NOT OLD.at_us OR NEW.data IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a body is erased or stays as it is'); END;
CREATE TRIGGER body_leaves_a_tombstone BEFORE DELETE ON body
    BEGIN SELECT RAISE(ABORT, 'an erased body leaves a tombstone'); END;

-- A projection: which unit is taken, by which assignment. A unit is never taken twice.
CREATE TABLE taken (
    assignment TEXT PRIMARY KEY,
    callsign TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshot (
    position INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    state BLOB NOT NULL
) STRICT;
"""

# Next jobs are kept beside what a unit does: it is taken by one that is not queued.
_NEXT_JOBS = """
CREATE TABLE not_over (assignment TEXT PRIMARY KEY, callsign TEXT NOT NULL, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO not_over SELECT assignment, callsign, state FROM taken;
DROP TABLE taken;
ALTER TABLE not_over RENAME TO taken;
CREATE UNIQUE INDEX taken_once ON taken (callsign) WHERE state <> 'queued';
"""

_STEPS = (_FIRST, _NEXT_JOBS)


def migrate(connection: apsw.Connection) -> None:
    """Bring the file to this version's format, each missing step in a transaction of its own."""
    for version, step in enumerate(_STEPS[connection.pragma("user_version") :], connection.pragma("user_version") + 1):
        with connection:
            connection.execute(step)
            connection.pragma("application_id", _APPLICATION_ID)
            connection.pragma("user_version", version)


def check_format(connection: apsw.Connection, path: Path, *, reading: bool) -> None:
    """Raise JournalError unless the file is empty or a journal of this format, or (to write) of an older one."""
    version = connection.pragma("user_version")
    empty = connection.pragma("schema_version") == 0
    if connection.pragma("application_id") != _APPLICATION_ID and not empty:
        raise JournalError(f"{path} is not an ARLS journal: name the data folder or its journal.sqlite")
    if version > len(_STEPS):
        raise JournalError(
            f"{path} has format {version} and this ARLS knows up to {len(_STEPS)}: install the newer ARLS that wrote it"
        )
    if reading and version < len(_STEPS):
        raise JournalError(f"{path} has the older format {version}: start ARLS on it once to bring it up to date")
