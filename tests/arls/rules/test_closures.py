"""Closures as the rules see them: what may be shut, how it ends, what the clock does; and that the record keeps it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls import messages as m
from arls.closure import MOST_POSITIONS, Area, ClosureId, Line, Passer, Point, Turn, Weekly
from arls.dispatch import Refusal
from arls.engine import Engine, restored
from arls.geo import Position
from arls.incident import IncidentId
from arls.journal.sqlite import SqliteJournal
from arls.reordering import Reordering
from arls.replay import find_snapshot_fault
from arls.rules import closures as closing
from arls.state import State, bytes_of, state_from
from arls.unit import Callsign
from tests.arls.deciding import carry_out, refused
from tests.fakes import ListOutbox, MemoryJournal

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # a Monday
C1 = ClosureId("C0001")
HERE = Position(lat=53.2, lon=-0.03)
BRIDGE = Line(positions=(HERE, Position(lat=53.21, lon=-0.03)))


def said(hours: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(hours=hours), "operator": "op1", "desk": "desk 4", **fields}


def hours(number: float) -> datetime:
    return NOW + timedelta(hours=number)


def close(at: float = 0.0, **fields: Any) -> m.CloseRoads:
    return m.CloseRoads(**said(at, **{"shape": BRIDGE, **fields}))


def turn(at: float) -> m.TurnClosures:
    return m.TurnClosures(at=hours(at), operator="clock", desk="wiring")


def lift(closure: str = C1, at: float = 0.0) -> m.LiftClosure:
    return m.LiftClosure(**said(at, closure=ClosureId(closure)))


def turns(state: State, at: float) -> dict[str, Turn]:
    events = carry_out(state, turn(at))
    assert not isinstance(events, Refusal)
    return {event.closure: event.turn for event in events if isinstance(event, m.ClosureTurned)}


def test_a_closure_is_of_whoever_asked_and_holds_from_now_on_unless_it_says_otherwise() -> None:
    state = State()
    carry_out(state, close(name="Long Bridge", passable=(Passer.FOOT,)))
    (event,) = carry_out(state, close(since=hours(2), until=hours(3)))
    made = state.closures[C1]
    assert (made.since, made.until, made.author, made.passable) == (NOW, None, "op1", (Passer.FOOT,))
    assert isinstance(event, m.RoadsClosed)
    assert (event.closure.id, event.holds) == ("C0002", False)
    assert set(state.holding) == {C1}


SCHOOL = Weekly(days=(1, 2, 3, 4, 5), begins=time(8), ends=time(9))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"until": NOW}, "until_before_since"),
        ({"since": hours(2), "until": hours(1)}, "until_before_since"),
        ({"since": hours(-2), "until": hours(-1)}, "past"),
        ({"since": hours(24 * 366 * 6)}, "too_far"),
        ({"until": datetime.max.replace(tzinfo=UTC)}, "too_far"),
        ({"shape": Line(positions=(HERE,) * (MOST_POSITIONS + 1))}, "too_many_positions"),
        ({"shape": Line(positions=(HERE,))}, "empty"),
        ({"shape": Area(polygons=())}, "empty"),
        ({"weekly": msgspec.structs.replace(SCHOOL, days=())}, "wrong_days"),
        ({"weekly": msgspec.structs.replace(SCHOOL, days=(0,))}, "wrong_days"),
        ({"weekly": msgspec.structs.replace(SCHOOL, begins=time(8, tzinfo=UTC))}, "wrong_window"),
        ({"weekly": msgspec.structs.replace(SCHOOL, zone="Europe/Lincoln")}, "unknown_zone"),
        ({"weekly": msgspec.structs.replace(SCHOOL, zone="Europe")}, "unknown_zone"),
        ({"weekly": msgspec.structs.replace(SCHOOL, zone="../../etc/passwd")}, "unknown_zone"),
        ({"weekly": msgspec.structs.replace(SCHOOL, zone="\0")}, "unknown_zone"),
        ({"weekly": SCHOOL, "since": datetime.min.replace(tzinfo=UTC), "until": hours(8)}, "never_holds"),
        ({"name": "x" * 10_001}, "too_long"),
        ({"reason": "x" * 10_001}, "too_long"),
    ],
)
def test_what_could_never_hold_or_be_kept_is_refused(fields: dict[str, Any], code: str) -> None:
    state = State()
    assert refused(state, close(**fields)) == code
    assert state == State()


def test_a_week_holds_its_windows_and_a_window_over_midnight_is_one() -> None:
    state = State()
    night = Weekly(days=(1,), begins=time(23), ends=time(1), zone="UTC")
    assert not isinstance(carry_out(state, close(weekly=night, since=hours(10.5), until=hours(10.75))), Refusal)
    assert not isinstance(carry_out(state, close(weekly=night, until=hours(24 * 400))), Refusal)


def test_there_are_only_so_many_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "MOST", 1)
    state = State()
    carry_out(state, close())
    assert refused(state, close()) == "too_many"
    carry_out(state, lift())
    (event,) = carry_out(state, close())
    assert isinstance(event, m.RoadsClosed)
    assert event.closure.id == "C0002"  # a number is never given again


def test_a_closure_is_lifted_once() -> None:
    state = State()
    assert refused(state, lift()) == "no_closure"
    carry_out(state, close())
    carry_out(state, lift(at=1.5))
    assert (state.closures, state.holding) == ({}, {})
    again = carry_out(state, lift(at=2))
    assert again == Refusal(code="closure_over", reason="C0001 is over: lifted by op1 at 15:30:00 UTC")


def test_the_clock_makes_closures_begin_pause_and_expire_and_each_is_said_once() -> None:
    state = State()
    carry_out(
        state,
        close(
            since=hours(1), until=hours(72), weekly=Weekly(days=(1, 2, 3), begins=time(16), ends=time(17), zone="UTC")
        ),
    )
    said_at = {at: turns(state, at) for at in (0.5, 1, 2, 2.5, 3, 26, 60, 72, 80)}
    assert said_at == {
        0.5: {},
        1: {},
        2: {C1: Turn.BEGAN},
        2.5: {},
        3: {C1: Turn.PAUSED},
        26: {C1: Turn.BEGAN},
        60: {C1: Turn.PAUSED},
        72: {C1: Turn.EXPIRED},
        80: {},
    }
    assert state.ended[C1].how == "expired"
    assert refused(state, lift(at=81)) == "closure_over"


INSTANTS = st.integers(0, 60).map(float)


@settings(max_examples=60)
@given(
    spans=st.lists(st.tuples(INSTANTS, st.none() | INSTANTS), min_size=1, max_size=5),
    looks=st.lists(INSTANTS, min_size=1, max_size=6),
)
def test_after_the_clock_was_heard_those_hold_that_hold(
    spans: list[tuple[float, float | None]], looks: list[float]
) -> None:
    state = State()
    for since, until in spans:
        carry_out(state, close(since=hours(since), until=None if until is None else hours(until)))
    for look in sorted(looks):
        carry_out(state, turn(look))
        assert set(state.holding) == {name for name, made in state.closures.items() if made.holds_at(hours(look))}
        assert not any(made.over_at(hours(look)) for made in state.closures.values())
        assert not state.ended.keys() & state.closures.keys()


REORDERED = Reordering(
    incident=IncidentId("INC0001"),
    before=(Callsign("A"),),
    after=(),
    moved=(),
    text="C0001 moved A from 1st to unreachable",
)


def test_what_a_closure_did_is_known_while_it_stands() -> None:
    state = State()
    assert refused(state, m.NoteReordering(**said(closure=C1, act="closed", reorderings=()))) == "no_closure"
    carry_out(state, close())
    carry_out(state, m.NoteReordering(**said(closure=C1, act="closed", reorderings=(REORDERED,))))
    assert state.reorderings == {C1: (REORDERED,)}
    carry_out(state, lift())
    assert not isinstance(carry_out(state, m.NoteReordering(**said(closure=C1, act="lifted", reorderings=()))), Refusal)
    assert state.reorderings == {}


def test_a_closure_asked_for_again_under_the_same_key_is_made_once() -> None:
    engine = Engine(MemoryJournal(), ListOutbox())
    engine.start()
    outcomes = [engine.ask(close(at), key="key 1").result(timeout=5) for at in (0, 1)]  # `since` is not said: now
    other = engine.ask(close(until=hours(9)), key="key 1").result(timeout=5)
    refusal = engine.ask(lift("C0009")).result(timeout=5)
    engine.stop()
    assert [getattr(outcome, "subject", None) for outcome in outcomes] == [C1, C1]
    assert isinstance(other, Refusal)
    assert isinstance(refusal, Refusal)
    assert engine.known.closures_at(hours(5)) == tuple(engine.known.closures.values())
    assert [event.subject for event in engine._journal.events if isinstance(event, m.CommandRefused)] == ["C0009"]


def test_closures_survive_a_restart_from_the_disk_with_and_without_a_snapshot(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    weekly = msgspec.structs.replace(SCHOOL, zone="Europe/London")
    with SqliteJournal(file) as journal:
        engine = Engine(journal, ListOutbox(), journal)
        engine.start()
        for command in (
            close(passable=(Passer.BUS,)),
            close(weekly=weekly),
            close(shape=Point(position=HERE)),
            lift("C0002"),
        ):
            engine.ask(command).result(timeout=5)
        engine.ask(m.NoteReordering(**said(closure=C1, act="closed", reorderings=(REORDERED,)))).result(timeout=5)
        engine.stop()
    with SqliteJournal(file) as journal:
        by_snapshot, from_zero = restored(journal, journal), restored(journal, None)
        assert journal.find_newest() is not None
        assert bytes_of(by_snapshot.state) == bytes_of(from_zero.state)
        known = by_snapshot.known()
        assert known.closures == engine.known.closures
        assert (list(known.closures), list(known.ended)) == (["C0001", "C0003"], ["C0002"])
        assert known.reorderings == {C1: (REORDERED,)}
        assert find_snapshot_fault(journal) is None


def test_a_snapshot_from_before_there_were_closures_is_read_and_is_no_fault() -> None:
    journal = MemoryJournal()
    engine = Engine(journal, ListOutbox(), journal)
    engine.start()
    engine.ask(m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1"))).result(timeout=5)
    engine.stop()
    position, state = max(journal.states.items())
    fields = msgspec.msgpack.decode(state)
    old = {name: value for name, value in fields.items() if name not in {"closures", "holding", "reorderings", "ended"}}
    journal.states[position] = msgspec.msgpack.encode(old)
    assert state_from(journal.states[position]) == restored(journal, None).state
    assert find_snapshot_fault(journal) is None
    journal.states[position] = msgspec.msgpack.encode(old | {"rejects": {"crc": 1}})
    assert "not what the events" in (find_snapshot_fault(journal) or "")
    journal.states[position] = b"\xc1"
    assert "can read" in (find_snapshot_fault(journal) or "")
