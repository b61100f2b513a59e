"""One journal file: where it lies, how it is opened, and the lock that keeps a second writer out.

It decides who may open it and how durable a commit is. What stands in it is `migrations`' and `sqlite`'s business.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import apsw

from arls.journal.chain import JournalError
from arls.journal.migrations import check_format, migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO
    from pathlib import Path

FILE_NAME = "journal.sqlite"

_BUSY_MS = 5_000


class Writer(NamedTuple):
    """The one connection that may write and checkpoint, and the lock that makes it the one."""

    connection: apsw.Connection
    lock: FileIO


def find_journal(path: Path) -> Path:
    """The journal's file, given the file itself or the data folder that holds it. Raises JournalError if none."""
    file = path / FILE_NAME if path.is_dir() else path
    if not file.is_file():
        raise JournalError(f"there is no journal at {file}: name the data folder that arls was started with")
    return file


def open_writer(path: Path) -> Writer:
    """Open the file to write, made or brought up to date as needed, or raise JournalError."""
    lock = _lock(path)
    try:
        with explained(path):
            connection = apsw.Connection(str(path))
            connection.set_busy_timeout(_BUSY_MS)
            check_format(connection, path, reading=False)
            connection.pragma("journal_mode", "wal")
            # Every commit waits for the disk; NORMAL is ten times quicker and may lose the last ones (operations.md).
            connection.pragma("synchronous", "full")
            connection.pragma("foreign_keys", True)
            # Erased means gone: freed pages are overwritten with zeros.
            connection.pragma("secure_delete", True)
            migrate(connection)
    except BaseException:
        lock.close()
        raise
    return Writer(connection, lock)


def close_writer(writer: Writer) -> None:
    """Bring the whole log into the file, so that the file alone is the journal, and let the lock go; once."""
    if writer.lock.closed:
        return
    try:
        writer.connection.pragma("wal_checkpoint", "TRUNCATE")
        writer.connection.close()
    finally:
        writer.lock.close()


@contextmanager
def reading(path: Path) -> Iterator[apsw.Connection]:
    """A connection that can only read. Raises JournalError for what is not a journal of this format.

    A log beside the file means that someone writes, or broke off. With none the file is all there is, and it is read
    as immutable: SQLite would otherwise leave an empty log behind, and could not read from a read-only medium.
    """
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    with explained(path):
        uri = path.absolute().as_uri() + ("" if has_log(path) else "?immutable=1")
        connection = apsw.Connection(uri, flags=flags)
        try:
            connection.set_busy_timeout(_BUSY_MS)
            check_format(connection, path, reading=True)
            yield connection
        finally:
            connection.close()


def has_log(path: Path) -> bool:
    """True while a writer has the file open, or when one broke off without closing it."""
    return path.with_name(path.name + "-wal").exists()


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the store's errors into JournalError."""
    try:
        yield
    except apsw.FullError as error:
        raise JournalError(f"the disk that holds {path} is full: make room and start again") from error
    except (apsw.NotADBError, apsw.CorruptError, UnicodeDecodeError) as error:
        raise JournalError(f"{path} is damaged or no journal ({error}): restore it from its backup") from error
    except apsw.Error as error:
        raise JournalError(f"{path} cannot be used ({error}): check the folder, its owner and the disk") from error


def _lock(path: Path) -> FileIO:
    # A file of its own: closing any descriptor of the journal itself would drop the locks that SQLite holds on it
    # (POSIX; sqlite.org/howtocorrupt.html 2.2). It stays when the lock goes, since removing it would race.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(path.name + ".lock").open("wb", buffering=0)
    except OSError as error:
        raise JournalError(f"{path.parent} cannot be written ({error.strerror}): name another data folder") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise JournalError(
            f"another ARLS is writing {path}: stop it, or give this one a data folder of its own"
        ) from error
    return lock
