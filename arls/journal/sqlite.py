"""The journal in one SQLite file: append-only records in a chain, bodies beside it, snapshots to start from.

It decides how records are kept and read back. What a record's hash covers is `chain`'s to say, who may open the
file `file`'s. Why SQLite, by `apsw`, with one writing connection: docs/adr/0004-journal-in-sqlite-by-apsw.md.
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from bisect import bisect_right
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

import apsw
import msgspec

from arls.journal.chain import START, Head, JournalError, Record, recorded_of, seal
from arls.journal.file import close_writer, explained, find_journal, open_writer, reading
from arls.journal.taken import follow
from arls.ports import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from arls.ports import Entry, Recorded

# The greatest of SQLite's integers.
_LAST = 2**63 - 1

# Records read at a time, each page on a connection of its own: a slow or forgotten reader holds nothing open, so the
# log can always be brought into the file.
_PAGE = 256

# Newer ones serve a restart, all of them a replay: a day of them at one in five minutes, as far as they fit. The state
# of a force of 500 is some 100 kB; what a year's record comes to is bounded by the second.
_RESTARTS, _KEPT_SNAPSHOTS, _KEPT_BYTES = 3, 288, 1_000_000_000
_OUTDATED = """
DELETE FROM snapshot WHERE position NOT IN (
    SELECT position FROM (
        SELECT position, row_number() OVER newest AS n, sum(length(state)) OVER newest AS size FROM snapshot
        WINDOW newest AS (ORDER BY position DESC)
    ) WHERE n <= ? OR (n <= ? AND size <= ?)
)
"""
_ERASED_WITH_BODIES = """
DELETE FROM snapshot WHERE position <= (SELECT max(position) FROM body WHERE data IS NOT NULL AND at_us < ?)
AND position NOT IN (SELECT position FROM snapshot ORDER BY position DESC LIMIT ?)
"""
# Those who write stamp what they hand in a moment before it is taken: so far may instants be out of order.
_DISORDER = timedelta(minutes=1)

# zlib is in every Python that we support (zstd from 3.14 on). Its lowest level brings 200 fixes from 48 kB to 7 kB in
# 0.2 ms; level 6 saves another eighth in twice the time (tests/bench/bench_journal.py).
_LEVEL = 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_RECORDS = """
SELECT r.position, r.stream, r.key, r.request, r.event, r.hash, b.data, b.position IS NOT NULL AND b.data IS NULL
FROM record AS r LEFT JOIN body AS b ON b.position = r.position
WHERE r.position > ? ORDER BY r.position LIMIT ?
"""


_ACTS = """
SELECT position, stream, key, request, event, hash FROM record
WHERE position > ? AND stream <> 'fixes' ORDER BY position LIMIT ?
"""


class _Instant(msgspec.Struct, frozen=True):
    at: datetime


_INSTANT = msgspec.json.Decoder(_Instant)


class SqliteReader:
    """A journal that is only read, also while another process writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, *, after: int = 0) -> Iterator[Recorded]:
        """Everything behind position `after`, in order; an erased body is None."""
        while page := self._page(after):
            for record in page:
                yield recorded_of(record)
            after = page[-1].position

    def head(self) -> Head:
        """The newest record's position and hash, to be kept elsewhere as proof of how far the journal went."""
        with reading(self.path) as connection:
            return head_of(connection)

    def find_newest(self) -> tuple[int, bytes] | None:
        """The newest snapshot that is whole and folds a record of this very chain, or None."""
        with reading(self.path) as connection:
            return next(((position, state) for position, state in snapshots(connection) if state is not None), None)

    def find_before(self, at: datetime) -> tuple[int, bytes] | None:
        """The newest whole snapshot of `at` or before: `ports.Past`."""
        with reading(self.path) as connection:
            last = last_before(connection, at - _DISORDER)
            whole = ((position, state) for position, state in snapshots(connection, last) if state is not None)
            return next(whole, None)

    def find_position(self, at: datetime) -> int:
        """The position of the last record of `at` or before: `ports.Past`."""
        with reading(self.path) as connection:
            return last_before(connection, at)

    def read_acts(self, *, after: int = 0) -> Iterator[Recorded]:
        """What people and the clock did behind `after`: `ports.Past`."""
        while True:
            with reading(self.path) as connection:
                page = list(_acts(connection, after=after, limit=_PAGE))
            if not page:
                return
            yield from map(recorded_of, page)
            after = page[-1].position

    def _page(self, after: int) -> list[Record]:
        with reading(self.path) as connection:
            return list(records(connection, after=after, limit=_PAGE))


class SqliteJournal(SqliteReader):
    """The journal of the process that writes it. Raises JournalError if another process has it open to write.

    Threads may share it; their writes take turns on one connection, the only one that writes or checkpoints.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._writer = open_writer(path)
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, entries: Sequence[Entry], *, after: int) -> int:
        """Keep all entries or none, durably, directly after position `after`; the position of the last.

        One transaction and one wait for the disk, however many entries. Raises Conflict as `ports.Journal` says,
        JournalError when the outcome is in doubt, ValueError for an entry that must not be kept (`chain.seal`).
        """
        with self._transaction() as connection:
            head = head_of(connection)
            if head.position > after:
                raise Conflict(f"the journal goes on to {head.position}, past {after}")
            if head.position < after:
                raise JournalError(f"{self.path} ends at {head.position}, before {after}: it was replaced, start again")
            for entry in entries:
                head = _keep(connection, entry, after=head)
        return head.position

    def save(self, *, position: int, state: bytes) -> None:
        """Keep the state as it was after `position`, and of the older ones as many as there is room for."""
        data = zlib.compress(state, _LEVEL)  # before the transaction, so that nobody waits for it
        with self._transaction() as connection:
            digest = _digest(_hash_at(connection, position), state)
            connection.execute(
                "INSERT OR REPLACE INTO snapshot (position, digest, state) VALUES (?, ?, ?)", (position, digest, data)
            )
            connection.execute(_OUTDATED, (_RESTARTS, _KEPT_SNAPSHOTS, _KEPT_BYTES))

    def erase_bodies(self, before: datetime) -> int:
        """Erase, also from the log, the bodies of events that happened before then; how many. The chain still holds.

        Snapshots up to there hold places as well and go, but for the newest, from which the next start begins.
        """
        with self._transaction() as connection:
            connection.execute(_ERASED_WITH_BODIES, (_us_of(before), _RESTARTS))
            connection.execute("UPDATE body SET data = NULL WHERE data IS NOT NULL AND at_us < ?", (_us_of(before),))
            erased = connection.changes()
        with self._turn, explained(self.path):
            self._writer.connection.pragma("wal_checkpoint", "TRUNCATE")
        return erased

    def erase(self, positions: Iterable[int]) -> int:
        """Erase, also from the log, the bodies of these records; how many were there. The chain still holds."""
        with self._transaction() as connection:
            before = connection.total_changes()
            connection.executemany(
                "UPDATE body SET data = NULL WHERE data IS NOT NULL AND position = ?", [(one,) for one in positions]
            )
            erased = connection.total_changes() - before
        if erased:
            with self._turn, explained(self.path):
                self._writer.connection.pragma("wal_checkpoint", "TRUNCATE")
        return erased

    def close(self) -> None:
        """Leave one file and no log behind."""
        with self._turn, explained(self.path):
            close_writer(self._writer)

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        connection = self._writer.connection
        with self._turn, explained(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # A full disk or an I/O error has rolled back already (sqlite.org/lang_transaction.html 3).
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def store_version() -> tuple[int, ...]:
    """The version of the SQLite that is used: apsw brings its own, the system's does not matter."""
    return tuple(map(int, apsw.sqlite_lib_version().split(".")))


def open_read_only(path: Path) -> SqliteReader:
    """The journal in a file or a data folder. Raises JournalError when there is none."""
    return SqliteReader(find_journal(path))


def head_of(connection: apsw.Connection) -> Head:
    """The newest record's position and hash, or START."""
    row = connection.execute("SELECT position, hash FROM record ORDER BY position DESC LIMIT 1").fetchone()
    return START if row is None else Head(*row)


def records(connection: apsw.Connection, *, after: int = 0, limit: int = -1) -> Iterator[Record]:
    """Records behind `after` as they are kept, at most `limit` if that is not negative."""
    for position, stream, key, request, event, link, data, erased in connection.execute(_RECORDS, (after, limit)):
        yield Record(
            position=position,
            stream=stream,
            key=key,
            request=request,
            event=event,
            hash=link,
            body=None if data is None else _inflated(data, position),
            erased=bool(erased),
        )


def last_before(connection: apsw.Connection, at: datetime) -> int:
    """The position of the last record of `at` or before, found by halving: instants rise with positions."""

    def at_of(position: int) -> datetime:
        event: bytes = connection.execute("SELECT event FROM record WHERE position = ?", (position,)).get
        return _INSTANT.decode(event).at

    return bisect_right(range(1, head_of(connection).position + 1), at, key=at_of)


def snapshots(connection: apsw.Connection, until: int = _LAST) -> Iterator[tuple[int, bytes | None]]:
    """Every snapshot up to position `until`, its state, newest first; None for a state that has not its hash."""
    rows = connection.execute(
        "SELECT s.position, s.digest, s.state, r.hash FROM snapshot AS s LEFT JOIN record AS r USING (position)"
        " WHERE s.position <= ? ORDER BY s.position DESC",
        (until,),
    )
    for position, digest, data, link in rows:
        yield position, _find_state(data, digest, START.hash if position == 0 else link)


def _acts(connection: apsw.Connection, *, after: int, limit: int) -> Iterator[Record]:
    for position, stream, key, request, event, link in connection.execute(_ACTS, (after, limit)):
        yield Record(position=position, stream=stream, key=key, request=request, event=event, hash=link)


def _keep(connection: apsw.Connection, entry: Entry, *, after: Head) -> Head:
    record = seal(entry, after=after)
    try:
        connection.execute(
            "INSERT INTO record (position, stream, key, request, event, hash) VALUES (?, ?, ?, ?, ?, ?)",
            (record.position, record.stream, record.key, record.request, record.event, record.hash),
        )
    except apsw.ConstraintError as error:
        raise Conflict(f"the key {entry.key} was used before") from error
    if record.body is not None:
        connection.execute(
            "INSERT INTO body (position, at_us, data) VALUES (?, ?, ?)",
            (record.position, _us_of(entry.event.at), zlib.compress(record.body, _LEVEL)),
        )
    follow(connection, entry.event)
    return record.head


def _hash_at(connection: apsw.Connection, position: int) -> bytes:
    if position == 0:
        return START.hash
    link = connection.execute("SELECT hash FROM record WHERE position = ?", (position,)).get
    if link is None:
        raise ValueError(f"there is no record {position} to snapshot")
    return bytes(link)


def _find_state(data: bytes, digest: bytes, link: bytes | None) -> bytes | None:
    try:
        state = zlib.decompress(data)
    except zlib.error:
        return None
    return state if link is not None and _digest(link, state) == digest else None


def _digest(link: bytes, state: bytes) -> bytes:
    # Over the record that it folds up to as well: a snapshot of another journal is never taken for one of this.
    return hashlib.sha256(link + state).digest()


def _inflated(data: bytes, position: int) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error as error:
        raise JournalError(f"the body of record {position} is damaged ({error})") from error


def _us_of(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
