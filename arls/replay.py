"""What was known at an instant: the journal folded up to it, by the same hands as the live engine's.

It decides where to stop. Nothing is decided again, so the picture and every ranking made from it are the same, to
the byte.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Protocol

import msgspec

from arls import messages as m
from arls.engine import Memory
from arls.ports import Record
from arls.state import bytes_of, state_from

if TYPE_CHECKING:
    from datetime import datetime

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
    memory, erased = Memory(), set()
    for recorded in takewhile(lambda recorded: recorded.position <= position, record.read()):
        memory.fold([recorded])
        if isinstance(recorded.entry.event, m.CallerLocated) and recorded.entry.body is None:
            erased.add(recorded.entry.event.call)
    try:
        # Read and written again, so that a snapshot of an older ARLS has the fields that came since.
        kept = state_from(state)
        # A caller who was forgotten later is still in a snapshot from before, and in no record any more.
        for call in erased:
            memory.state.callers.pop(call, None)
            kept.callers.pop(call, None)
        if bytes_of(memory.state) == bytes_of(kept):
            return None
    except msgspec.DecodeError:
        return f"the snapshot after record {position} is none that this ARLS can read"
    return f"the snapshot after record {position} is not what the events up to it fold to"
