"""What was known at an instant: the journal folded up to it, by the same hands as the live engine's.

It decides where to begin and where to stop. Nothing is decided again, so the picture and every ranking made from it are
the same, to the byte. `known_at` folds from the beginning and is the oracle of `Replay`, which begins at a snapshot.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Protocol

import msgspec

from arls import messages as m
from arls.engine import Memory, revived
from arls.ports import Record
from arls.state import State, bytes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from arls.ports import Past, Recorded
    from arls.state import Known


def known_at(journal: Record, at: datetime) -> Known:
    """What was known at the UTC instant `at`: every event that the journal took up to then.

    The journal's order stands: an event stamped a moment earlier than the one before it comes after it.
    """
    memory = Memory()
    memory.fold(takewhile(lambda record: record.entry.event.at <= at, journal.read()))
    return memory.known()


def known_after(journal: Record, position: int) -> Known:
    """What was known after the event at `position`."""
    memory = Memory()
    memory.fold(takewhile(lambda record: record.position <= position, journal.read()))
    return memory.known()


class Replay:
    """The journal as it was played: sought by a snapshot, then moved on, never back. Seek again by another one.

    With `until` it stands after the record at that position, whatever its instant.
    """

    def __init__(self, past: Past, at: datetime, *, until: int | None = None) -> None:
        newest = past.find_before(at)
        self._past = past
        self._memory = Memory(revived(newest[1], past) if newest else State())
        self._tail: Iterator[Recorded] | None = None
        self._next: Recorded | None = None
        self.erased = False  # True while the newest batch of fixes has no body any more: nobody knows where units were
        self._fold(
            self._while(lambda record: record.entry.event.at <= at if until is None else record.position <= until)
        )

    @property
    def known(self) -> Known:
        """What was known at the instant to which it was moved."""
        return self._memory.known()

    def advance(self, at: datetime) -> list[Recorded]:
        """Move on to the UTC instant `at`: everything that the journal took since, in its order."""
        return self._fold(self._while(lambda record: record.entry.event.at <= at))

    def _fold(self, records: Iterable[Recorded]) -> list[Recorded]:
        taken = list(records)
        self._memory.fold(taken)
        for record in taken:
            if isinstance(record.entry.event, m.FixesRecorded) and record.entry.event.fixes:
                self.erased = record.entry.body is None
        return taken

    def _while(self, wanted: Callable[[Recorded], bool]) -> Iterator[Recorded]:
        position = self._memory.state.position
        while (record := self._ahead(position)) is not None and wanted(record):
            self._next, position = None, record.position
            yield record

    def _ahead(self, position: int) -> Recorded | None:
        if self._tail is None:
            self._tail = self._past.read(after=position)
        if self._next is None:
            self._next = next(self._tail, None)
        if self._next is None:
            self._tail = None  # it came to the end, behind which more may be written by the next time
        return self._next


class Kept(Record, Protocol):
    """A record with the states that were folded from it."""

    def find_newest(self) -> tuple[int, bytes] | None:
        """The newest folded state and its position: `ports.Snapshots`."""


def find_snapshot_fault(record: Kept) -> str | None:
    """What is wrong with the newest snapshot, in a sentence: it must be what the events fold to, to the byte."""
    newest = record.find_newest()
    if newest is None:
        return None
    position, state = newest
    memory = Memory()
    memory.fold(takewhile(lambda recorded: recorded.position <= position, record.read()))
    try:
        # Read and written again, so that a snapshot of an older ARLS has the fields that came since.
        if bytes_of(memory.state) == bytes_of(revived(state, record)):
            return None
    except msgspec.DecodeError:
        return f"the snapshot after record {position} is none that this ARLS can read"
    return f"the snapshot after record {position} is not what the events up to it fold to"
