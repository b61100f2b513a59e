"""What the engine asks of the world: a journal that never forgets, and an outbox for what others must hear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from arls.messages import Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An event on its way into the journal.

    `stream` is the life it belongs to (`unit/AB12`, `incident/7`, `fixes`). `key` is the idempotency key of the
    command it came from, `request` the hash of that command's content; both stand at the first event of a command.
    `body` is evidence that may be erased later: the event holds its hash.
    """

    stream: str
    event: Event
    key: str | None = None
    request: str | None = None
    body: bytes | None = None


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with its position in the journal: 1 for the first, with no gaps."""

    position: int
    entry: Entry


class Record(Protocol):
    """What was journalled, for whoever only reads."""

    def read(self, *, after: int = 0) -> Iterator[Recorded]:
        """Everything behind position `after`, in order; an erased body is None."""


class Past(Record, Protocol):
    """What was journalled, for whoever goes back in time."""

    def find_before(self, at: datetime) -> tuple[int, bytes] | None:
        """The newest folded state that was kept at the UTC instant `at` or before, and its position; or None."""

    def find_position(self, at: datetime) -> int:
        """The position of the last record of `at` or before, 0 when there is none.

        Clocks of those who write differ by moments, so records of that moment may lie on either side.
        """

    def read_acts(self, *, after: int = 0) -> Iterator[Recorded]:
        """As `read`, without batches of fixes and without bodies: what people and the clock did."""


class Journal(Record, Protocol):
    """The append-only record. One writer; many may read."""

    def append(self, entries: Sequence[Entry], *, after: int) -> int:
        """Keep all entries or none, durably, directly after position `after`; the position of the last.

        Raises Conflict when the journal already goes on past `after`, or an entry breaks a constraint that the
        store guards (a key used twice, a unit in two active assignments). Any other error leaves the outcome in
        doubt: read on to learn it.
        """


class Snapshots(Protocol):
    """Folded states kept beside the journal, so that a restart need not read it all."""

    def save(self, *, position: int, state: bytes) -> None:
        """Keep the state as it was after `position`."""

    def find_newest(self) -> tuple[int, bytes] | None:
        """The newest one whose hash is right, or None."""


class Outbox(Protocol):
    """Where committed events go: terminals, screens, gateways' receipts."""

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        """Take what was just committed. Must not block and must not raise."""


class Conflict(Exception):  # noqa: N818 - the house's word for it
    """The journal holds something that the writer had not read: read on and decide again."""
