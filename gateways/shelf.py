"""Where cargo lies on the gateway's disk until the engine has signed for it: one SQLite file, by apsw.

It decides how cargo survives a crash, and what goes when there is no more room: the oldest, emergencies last. It knows
rows of octets; what they hold is `cargo`'s, when they are sent `manifest`'s. Why SQLite:
docs/adr/0006-spool-in-sqlite.md.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import apsw
import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_log = structlog.get_logger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS cargo (
    id INTEGER PRIMARY KEY,
    urgent INTEGER NOT NULL,
    kept_at_ms INTEGER NOT NULL,
    reports INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS urgent_cargo ON cargo (id) WHERE urgent;
CREATE TABLE IF NOT EXISTS session (number INTEGER NOT NULL, has_met_broker INTEGER NOT NULL) STRICT;
INSERT INTO session SELECT 0, 0 WHERE NOT EXISTS (SELECT * FROM session);
"""
_OLDEST_FIRST = "SELECT id, reports, length(body), kept_at_ms FROM cargo WHERE {} ORDER BY id"
# The log is cut back to this when it has once grown.
_LOG_OCTETS = 16 * 1024 * 1024
_BUSY_MS = 1_000


class ShelfError(Exception):
    """The disk does not do what a spool needs; its text is a sentence for the person who looks after it."""


class Row(NamedTuple):
    """One piece of cargo."""

    id: int
    urgent: bool
    kept_at_ms: int  # since 1970, UTC
    reports: int  # how many fixes or events it holds
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much a shelf may hold."""

    octets: int = 100_000_000  # of cargo; the file is a little larger
    age_s: float = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What lies on a shelf."""

    octets: int = 0
    oldest_at_ms: int | None = None


class Dropped(NamedTuple):
    """Cargo that had to make room."""

    id: int
    reports: int


class Shelf:
    """The cargo of one gateway. One thread at a time; a second process that opens the same file gets ShelfError."""

    def __init__(self, path: Path, room: Room | None = None) -> None:
        """Opens the file or makes it; one that is damaged is put aside. Raises ShelfError."""
        self.path = path
        self._room = room or Room()
        self._connection = self._opened()
        self.stock = self._counted()
        with self._explained():
            # A gateway that once found its broker starts without it too: what comes in is kept here.
            self.has_met_broker = bool(self._connection.execute("SELECT has_met_broker FROM session").get)

    def begin_session(self, *, above: int = 0) -> int:
        """The next session's number, larger than all before it and than `above`, for good. Raises ShelfError."""
        with self._transaction() as connection:
            connection.execute("UPDATE session SET number = max(number, ?) + 1", (above,))
            number: int = connection.execute("SELECT number FROM session").get
        return number

    def note_broker(self) -> None:
        """Remembers that the broker was found. Raises ShelfError."""
        with self._transaction() as connection:
            connection.execute("UPDATE session SET has_met_broker = 1")
        self.has_met_broker = True

    def index(self) -> list[tuple[int, bool]]:
        """Every row's id and whether it is urgent, oldest first. Raises ShelfError."""
        with self._explained():
            return [(row, bool(urgent)) for row, urgent in self._connection.execute("SELECT id, urgent FROM cargo")]

    def write(self, rows: Sequence[Row], forgotten: Sequence[int], *, now_ms: int) -> list[Dropped]:
        """Keeps rows and forgets others, all or nothing, synced to the disk; gives what had to make room.

        Raises ShelfError, and then nothing has changed.
        """
        with self._transaction() as connection:
            octets = self.stock.octets + _added(connection, rows) - _deleted(connection, forgotten)
            dropped = [*_too_much(connection, octets, self._room, now_ms)]
            octets -= _deleted(connection, [row for row, _ in dropped])
            oldest_at_ms = connection.execute("SELECT kept_at_ms FROM cargo ORDER BY id LIMIT 1").get
        self.stock = Stock(octets=octets, oldest_at_ms=oldest_at_ms)
        return dropped

    def read(self, ids: Sequence[int]) -> list[Row]:
        """Those of the rows that are still there, in the order asked for. Raises ShelfError."""
        with self._explained():
            return [
                Row(row, bool(urgent), kept_at_ms, reports, body)
                for row, urgent, kept_at_ms, reports, body in self._connection.executemany(
                    "SELECT id, urgent, kept_at_ms, reports, body FROM cargo WHERE id = ?", ((row,) for row in ids)
                )
            ]

    def close(self) -> None:
        """Leaves one file and no log behind; safe to call twice."""
        with self._explained():
            self._connection.close()

    def _opened(self) -> apsw.Connection:
        try:
            return self._connected()
        except (apsw.NotADBError, apsw.CorruptError) as error:
            fault = str(error)
        aside = self.path.with_name(f"{self.path.name}.damaged")
        _log.error("the spool is damaged: it is put aside, and a new one begins", aside=str(aside), fault=fault)
        try:
            for suffix in ("", "-wal"):
                damaged = self.path.with_name(self.path.name + suffix)
                if damaged.exists():
                    damaged.rename(aside.with_name(aside.name + suffix))
        except OSError as error:
            raise ShelfError(f"{self.path} is damaged and cannot be put aside: {error.strerror}") from error
        return self._connected()

    def _connected(self) -> apsw.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ShelfError(f"{self.path.parent} cannot be written ({error.strerror})") from error
        with self._explained(but=(apsw.NotADBError, apsw.CorruptError)):
            connection = apsw.Connection(str(self.path))
            try:
                _prepare(connection)
            except BaseException:
                connection.close()
                raise
            return connection

    def _counted(self) -> Stock:
        with self._explained():
            octets: int = self._connection.execute("SELECT ifnull(sum(length(body)), 0) FROM cargo").get
            oldest_at_ms = self._connection.execute("SELECT kept_at_ms FROM cargo ORDER BY id LIMIT 1").get
        return Stock(octets=octets, oldest_at_ms=oldest_at_ms)

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk or an I/O error has rolled back already (sqlite.org/lang_transaction.html 3).
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self, *, but: tuple[type[Exception], ...] = ()) -> Iterator[None]:
        """Turns the store's errors into ShelfError, but for those named."""
        try:
            yield
        except but:
            raise
        except apsw.FullError as error:
            raise ShelfError(f"the disk that holds {self.path} is full: make room") from error
        except apsw.BusyError as error:
            raise ShelfError(f"another gateway has {self.path} open: give this one a name of its own") from error
        except apsw.Error as error:
            raise ShelfError(
                f"{self.path} cannot be used ({error}): check the folder, its owner and the disk"
            ) from error


def _prepare(connection: apsw.Connection) -> None:
    """Makes a new file ours, or finds that it is. Raises apsw's errors."""
    connection.set_busy_timeout(_BUSY_MS)
    # Held until the end: a second gateway on the same spool is refused.
    connection.pragma("locking_mode", "exclusive")
    connection.pragma("journal_mode", "wal")
    # A device forgets what it has heard acknowledged, so every commit waits for the disk (operations.md).
    connection.pragma("synchronous", "full")
    connection.pragma("journal_size_limit", _LOG_OCTETS)
    with connection:
        connection.execute(_SCHEMA)
    damage = connection.pragma("quick_check")
    if damage != "ok":
        raise apsw.CorruptError(damage)


def _added(connection: apsw.Connection, rows: Sequence[Row]) -> int:
    """Keeps rows; how many octets came onto the disk. A commit that broke may have kept some of them already."""
    sizes = connection.executemany(
        "INSERT INTO cargo VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING length(body)", rows
    )
    return sum(size for (size,) in sizes)


def _deleted(connection: apsw.Connection, ids: Sequence[int]) -> int:
    """Forgets rows; how many octets they had."""
    sizes = connection.executemany("DELETE FROM cargo WHERE id = ? RETURNING length(body)", ((row,) for row in ids))
    return sum(size for (size,) in sizes)


def _too_much(connection: apsw.Connection, octets: int, room: Room, now_ms: int) -> Iterator[Dropped]:
    """What has to go: the oldest, and an emergency for want of room only when nothing else is left."""
    too_old_ms = now_ms - round(room.age_s * 1000)
    for which in ("NOT urgent", "urgent"):
        for row, reports, size, kept_at_ms in connection.execute(_OLDEST_FIRST.format(which)):
            if octets <= room.octets and kept_at_ms >= too_old_ms:
                break
            octets -= size
            yield Dropped(row, reports)
