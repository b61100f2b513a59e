"""A replay that begins at a snapshot knows what a replay from the beginning knows, at any instant, to the byte."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls import messages as m
from arls.caller import CallerLocation, CallId
from arls.dispatch import decide
from arls.engine import Memory, kept_of
from arls.fix import Fix
from arls.replay import Replay, known_at
from arls.state import State
from arls.unit import Callsign, Unit
from tests.fakes import MemoryJournal

if TYPE_CHECKING:
    from arls.state import Known

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def command_of(minute: int, what: str, n: int) -> m.Command:
    """One thing that happens then, to the unit or call of that number."""
    said: dict[str, Any] = {"at": NOW + minute * MINUTE, "operator": "op1", "desk": "desk 1"}
    callsign, source, at = Callsign(f"AB{n}"), f"issi:{n}", said["at"]
    commands: dict[str, m.Command] = {
        "book": m.PutUnit(**said, unit=Unit(callsign=callsign), sources=(source,)),
        "fix": m.RecordFixes(
            **said,
            fixes=(Fix(id=f"{minute}", source=source, received_at=at, fix_time=at, lat=53.2 + minute / 1e4, lon=0.1),),
        ),
        "emergency": m.RadioEvent(**said, source=source, kind="emergency"),
        "incident": m.CreateIncident(**said, lat=53.2, lon=0.1, grade="1", call_id=f"C-{n}"),
        "call": m.LocateCaller(
            **said, call=CallId(f"C-{n}"), location=CallerLocation(id=f"{minute}", received_at=at, lat=53.2, lon=0.1)
        ),
    }
    return commands[what]


class Journalled:
    """A journal of what was done, a minute apart, with a snapshot at every so many records."""

    def __init__(self, done: list[tuple[str, int]], *, every: int) -> None:
        self.journal, memory = MemoryJournal(), Memory()
        for minute, (what, n) in enumerate(done):
            entries = decide(command_of(minute, what, n), memory.state)
            if not isinstance(entries, list) or not entries:
                continue
            after = memory.state.position
            self.journal.append(entries, after=after)
            memory.fold(self.journal.read(after=after))
            if memory.state.position % every == 0:
                self.journal.save(position=memory.state.position, state=kept_of(memory.state))
        self.end = len(done)


def told(known: Known) -> dict[str, object]:
    """All that is known, comparable."""
    plain = {one.name: getattr(known, one.name) for one in fields(known) if one.name not in {"picture", "roster"}}
    plain = {name: dict(value) if hasattr(value, "items") else value for name, value in plain.items()}
    picture = {name: column.tobytes() for name, column in known.picture.columns.items()}
    return plain | picture | {"callsigns": known.picture.callsigns, "keys": known.picture.keys.tobytes()}


done = st.lists(
    st.tuples(st.sampled_from(["book", "fix", "fix", "emergency", "incident", "call"]), st.integers(0, 2)), max_size=25
)


@settings(max_examples=60, deadline=None)
@given(done=done, every=st.integers(1, 4), instants=st.lists(st.integers(-1, 26), min_size=1, max_size=3))
def test_a_replay_knows_what_a_replay_from_the_beginning_knows(
    done: list[tuple[str, int]], every: int, instants: list[int]
) -> None:
    record = Journalled(done, every=every)
    first, *later = sorted(NOW + minute * MINUTE for minute in instants)
    replay = Replay(record.journal, first)
    assert told(replay.known) == told(known_at(record.journal, first))
    for at in later:
        replay.advance(at)
        assert told(replay.known) == told(known_at(record.journal, at))


def test_it_begins_at_the_newest_snapshot_before_and_reads_no_more_than_it_must() -> None:
    record = Journalled([("book", 1), *[("fix", 1)] * 20], every=5)
    asked: list[int] = []

    class Watched(MemoryJournal):
        def read(self, *, after: int = 0) -> Any:
            asked.append(after)
            return super().read(after=after)

    watched = Watched()
    watched.states, watched.records = record.journal.states, record.journal.records
    Replay(watched, NOW + 12 * MINUTE)
    assert asked[-1] == 10


def test_what_is_written_behind_the_end_is_read_by_the_next_step() -> None:
    record = Journalled([("book", 1), ("fix", 1)], every=100)
    replay = Replay(record.journal, NOW + 9 * MINUTE)
    assert replay.advance(NOW + 10 * MINUTE) == []
    memory = Memory()
    memory.fold(record.journal.read())
    entries = decide(command_of(11, "incident", 1), memory.state)
    assert isinstance(entries, list)
    record.journal.append(entries, after=len(record.journal.records))
    assert [one.entry for one in replay.advance(NOW + 11 * MINUTE)] == entries
    assert list(replay.known.incidents)


@pytest.mark.parametrize("erased", [False, True])
def test_it_says_that_the_positions_of_that_time_are_erased(erased: bool) -> None:  # noqa: FBT001 - the two cases
    record = Journalled([("book", 1), ("fix", 1), ("incident", 1)], every=100)
    if erased:
        record.journal.erase_bodies()
    replay = Replay(record.journal, NOW + 9 * MINUTE)
    assert replay.erased is erased
    assert bool(replay.known.picture.located.any()) is not erased
    assert list(replay.known.incidents)  # what people did is known for good


def test_before_the_first_record_nothing_was_known() -> None:
    record = Journalled([("book", 1)], every=1)
    assert told(Replay(record.journal, NOW - MINUTE).known) == told(Memory(State()).known())
