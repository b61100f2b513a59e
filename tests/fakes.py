"""What the engine asks of the world, in memory: a journal with its snapshots, an outbox, and a clock to set.

The journal keeps events in the form of the real one, so that a test cannot pass with an event that would not come
back from the disk as it went.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as dataclass_replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.incident import ACTIVE, ASSIGNMENT_LIFE, Act
from arls.journal.chain import START, recorded_of, seal
from arls.messages import AssignmentAdvanced, Event, UnitAssigned, UnitDiverted
from arls.ports import Conflict, Entry, Recorded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from arls.incident import Assignment, AssignmentId, AssignmentState
    from arls.journal.chain import Record
    from arls.unit import Callsign

    Taken = dict[AssignmentId, tuple[Callsign, AssignmentState]]


class MemoryJournal:
    """A Journal and its Snapshots. `doubt` breaks the next append: True keeps its entries all the same."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.states: dict[int, bytes] = {}
        self.doubt: bool | None = None
        self._keys: set[str] = set()
        self._taken: Taken = {}

    def append(self, entries: Sequence[Entry], *, after: int) -> int:
        if after != len(self.records):
            raise Conflict(f"the journal is at {len(self.records)}, not at {after}")
        records, keys, taken = list(self.records), set(self._keys), dict(self._taken)
        for entry in entries:
            if entry.key in keys:
                raise Conflict(f"the key {entry.key} was used before")
            if entry.key is not None:
                keys.add(entry.key)
            records.append(seal(entry, after=records[-1].head if records else START))
            _follow(taken, entry.event)
        doubt, self.doubt = self.doubt, None
        if doubt is not False:
            self.records, self._keys, self._taken = records, keys, taken
        if doubt is not None:
            raise OSError("the outcome of this append is in doubt")
        return len(records)

    def read(self, *, after: int = 0) -> Iterator[Recorded]:
        return map(recorded_of, self.records[after:])

    def save(self, *, position: int, state: bytes) -> None:
        self.states[position] = state

    def find_newest(self) -> tuple[int, bytes] | None:
        return max(self.states.items(), default=None)

    def erase_bodies(self) -> None:
        """Every one, as when its time is over."""
        self.records = [dataclass_replace(one, body=None, erased=one.body is not None) for one in self.records]

    def find_before(self, at: datetime) -> tuple[int, bytes] | None:
        last = self.find_position(at - timedelta(minutes=1))
        return max((kept for kept in self.states.items() if kept[0] <= last), default=None)

    def find_position(self, at: datetime) -> int:
        return max((one.position for one in self.read() if one.entry.event.at <= at), default=0)

    def read_acts(self, *, after: int = 0) -> Iterator[Recorded]:
        for recorded in self.read(after=after):
            if recorded.entry.stream != "fixes":
                yield replace(recorded, entry=replace(recorded.entry, body=None))

    @property
    def events(self) -> list[Event]:
        """Everything that happened, in order."""
        return [recorded.entry.event for recorded in self.read()]


def _follow(taken: Taken, event: Event) -> None:
    match event:
        case UnitAssigned(assignment=new):
            _take(taken, new)
        case UnitDiverted(ended=ended, assignment=new):
            _advance(taken, ended, Act.DIVERT)
            _take(taken, new)
        case AssignmentAdvanced(assignment=assignment_id, act=act):
            _advance(taken, assignment_id, act)
        case _:
            pass


def _take(taken: Taken, new: Assignment) -> None:
    if new.id in taken or (new.active and _is_taken(taken, new.callsign)):
        raise Conflict(f"{new.callsign} is already taken")
    taken[new.id] = (new.callsign, new.state)


def _advance(taken: Taken, assignment_id: AssignmentId, act: Act) -> None:
    callsign, state = taken.pop(assignment_id, (None, None))
    after = None if state is None else ASSIGNMENT_LIFE.get((state, act))
    if callsign is None or after is None:
        raise Conflict(f"{act} cannot happen to {assignment_id}")
    if after in ACTIVE:
        if _is_taken(taken, callsign):
            raise Conflict(f"{callsign} is already taken")
        taken[assignment_id] = (callsign, after)


def _is_taken(taken: Taken, callsign: Callsign) -> bool:
    return any(who == callsign and state in ACTIVE for who, state in taken.values())


@dataclass
class ListOutbox:
    """An Outbox that remembers what was delivered."""

    delivered: list[Recorded] = field(default_factory=list)

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        self.delivered.extend(recorded)


@dataclass
class Clock:
    """A clock that stands still until it is told to go on; call it for the time (UTC)."""

    now: datetime = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, *, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now
