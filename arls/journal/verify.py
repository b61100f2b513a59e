"""A journal file judged from outside: its chain, its bodies, the store's own integrity, and what follows from events.

It decides whether a file can be believed and names the first record that cannot. It changes nothing. Whether a
snapshot's content is what the events fold to is `replay`'s to say; here it must be whole and belong to this chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import apsw

from arls.journal.chain import Head, JournalError, event_of, verify
from arls.journal.file import explained, find_journal, has_log, reading
from arls.journal.migrations import migrate
from arls.journal.sqlite import records, snapshots
from arls.journal.taken import follow, taken
from arls.ports import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from arls.journal.chain import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found: the last sound record, how many bodies were erased, and every fault, the first record's first."""

    path: Path
    head: Head
    erased: int
    faults: tuple[str, ...]


def verify_file(path: Path) -> Report:
    """Judge the journal in a file or a data folder, also while it is written.

    Raises JournalError when there is no journal to judge.
    """
    file = find_journal(path)
    closed = not has_log(file)
    # One transaction: the events and what follows from them are of one instant.
    with reading(file) as connection, connection:
        report = _judge(connection, file)
    if closed and has_log(file):
        raise JournalError(f"{file} was opened to write meanwhile: verify it again")
    return report


def _judge(connection: apsw.Connection, file: Path) -> Report:
    expected = apsw.Connection(":memory:")
    migrate(expected)
    contradictions: list[str] = []
    verdict = verify(_followed(connection, file, expected, contradictions))
    faults = [] if verdict.fault is None else [verdict.fault]
    faults += contradictions
    if not faults and taken(connection) != taken(expected):
        faults.append("the table of active assignments is not what the events say")
    try:
        for fault in _store_faults(connection):
            faults.append(fault)
    except apsw.Error as error:
        faults.append(f"the file is damaged: {error}")
    return Report(path=file, head=verdict.head, erased=verdict.erased, faults=tuple(faults))


def _followed(
    connection: apsw.Connection, file: Path, expected: apsw.Connection, contradictions: list[str]
) -> Iterator[Record]:
    """The file's records. Who asks for the next one has found this one sound, so that `expected` may follow it."""
    with explained(file):
        for record in records(connection):
            yield record
            try:
                follow(expected, event_of(record))
            except Conflict as error:
                contradictions.append(f"record {record.position} contradicts those before it: {error}")


def _store_faults(connection: apsw.Connection) -> Iterator[str]:
    for position, state in snapshots(connection):
        if state is None:
            yield f"the snapshot at {position} is damaged or of another journal"
    for table, row, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"{table} {row} belongs to no record"
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield f"integrity check: {line}"
