"""One writer: what is answered is kept, what is kept comes back, and replay is equal to the byte."""

from __future__ import annotations

import threading
from concurrent.futures import wait
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from arls import messages as m
from arls.closure import Point
from arls.dispatch import Refusal
from arls.engine import BusyError, Done, Engine, InDoubtError, Memory, restored
from arls.fix import Fix
from arls.geo import Position
from arls.incident import IncidentId
from arls.replay import known_after, known_at
from arls.state import bytes_of, state_from
from arls.unit import Callsign, Unit, UnitKind
from tests.fakes import ListOutbox, MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
INC = IncidentId("INC0001")


def said(second: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "op1", "desk": "desk 4", **fields}


def put(number: int) -> m.PutUnit:
    unit = Unit(callsign=Callsign(f"AB{number}"), kind=UnitKind.CAR)
    return m.PutUnit(**said(unit=unit, sources=(f"issi:{number}",)))


def fixes(second: float, *numbers: int) -> m.RecordFixes:
    at = NOW + timedelta(seconds=second)
    made = tuple(
        Fix(id=f"{n}/{second}", source=f"issi:{n}", received_at=at, fix_time=at, lat=53.2 + second / 1e5, lon=n / 1e3)
        for n in numbers
    )
    return m.RecordFixes(**said(second, fixes=made))


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def engine(journal: MemoryJournal) -> Iterator[Engine]:
    made = Engine(journal, ListOutbox(), journal)
    made.start()
    yield made
    made.stop()


def ask(engine: Engine, command: m.Command, key: str | None = None) -> Done | Refusal:
    return engine.ask(command, key=key).result(timeout=5)


def a_busy_day(engine: Engine) -> None:
    for number in range(5):
        ask(engine, put(number))
        ask(engine, m.SetState(**said(callsign=Callsign(f"AB{number}"), code=2)))
    for second in range(10):
        ask(engine, fixes(second, 0, 1, 2, 3))
    ask(engine, m.CreateIncident(**said(11, lat=53.2, lon=-0.03, grade="1")))
    ask(engine, m.Assign(**said(12, incident=INC, callsign=Callsign("AB2"))), "key 1")
    ask(engine, m.Assign(**said(13, incident=INC, callsign=Callsign("AB2"))))
    ask(engine, m.RadioEvent(**said(14, source="issi:1", kind="emergency")))
    ask(engine, m.SetState(**said(15, callsign=Callsign("AB3"), code=11)))
    ask(engine, m.CloseRoads(**said(16, shape=Point(position=Position(lat=53.2, lon=-0.03)), until=NOW + HOUR)))
    ask(engine, m.TurnClosures(**said(3600)))


def test_what_is_answered_is_in_the_journal_and_known(engine: Engine, journal: MemoryJournal) -> None:
    outcome = ask(engine, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1")))
    assert outcome == Done(position=1, subject=INC)
    assert isinstance(journal.events[0], m.IncidentCreated)
    assert engine.known.incidents[INC].grade == "1"


def test_a_refusal_is_answered_with_its_reason_and_recorded(engine: Engine, journal: MemoryJournal) -> None:
    outcome = ask(engine, m.Assign(**said(incident=INC, callsign=Callsign("AB1"))))
    assert isinstance(outcome, Refusal)
    (event,) = journal.events
    assert isinstance(event, m.CommandRefused)
    assert (event.command, event.subject, event.reason) == ("Assign", "AB1", outcome.reason)


def test_a_repeated_key_gives_the_first_answer_and_does_nothing_more(engine: Engine, journal: MemoryJournal) -> None:
    create = m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1"))
    first = ask(engine, create, "key 1")
    again = ask(engine, m.CreateIncident(**said(5, lat=53.2, lon=-0.03, grade="1")), "key 1")
    assert isinstance(first, Done)
    assert isinstance(again, Done)
    assert (again.subject, again.repeated) == (first.subject, True)
    other = ask(engine, m.CreateIncident(**said(lat=53.3, lon=-0.03, grade="1")), "key 1")
    assert isinstance(other, Refusal)
    assert other.code == "key_reused"
    assert len(engine.known.incidents) == 1
    assert sum(isinstance(event, m.IncidentCreated) for event in journal.events) == 1


def test_of_many_desks_asking_for_one_unit_at_once_one_gets_it(engine: Engine) -> None:
    ask(engine, put(1))
    ask(engine, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1")))
    futures = []
    ready = threading.Barrier(8)

    def desk() -> None:
        ready.wait()
        futures.append(engine.ask(m.Assign(**said(incident=INC, callsign=Callsign("AB1")))))

    threads = [threading.Thread(target=desk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done, _ = wait(futures, timeout=5)
    outcomes = [future.result() for future in done]
    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refusal) and outcome.code == "taken" for outcome in outcomes) == 7


def test_what_was_known_stays_as_it_was_while_the_picture_moves_on(engine: Engine) -> None:
    ask(engine, put(1))
    ask(engine, fixes(1, 1))
    before = engine.known
    ask(engine, fixes(2, 1))
    assert before.picture.columns["lat"][0] == 53.2 + 1 / 1e5
    assert engine.known.picture.columns["lat"][0] == 53.2 + 2 / 1e5


def test_a_restart_by_snapshot_and_tail_equals_a_replay_from_the_beginning(
    engine: Engine, journal: MemoryJournal
) -> None:
    a_busy_day(engine)
    middle = Memory()
    middle.fold(record for record in journal.read() if record.position <= 15)
    journal.save(position=15, state=bytes_of(middle.state))
    by_snapshot, from_zero = restored(journal, journal), restored(journal, None)
    assert bytes_of(by_snapshot.state) == bytes_of(from_zero.state) == bytes_of(engine._memory.state)
    assert by_snapshot.known().picture.callsigns == engine.known.picture.callsigns
    for name, column in engine.known.picture.columns.items():
        assert by_snapshot.known().picture.columns[name].tobytes() == column.tobytes()


def test_a_state_comes_back_from_its_bytes(engine: Engine) -> None:
    a_busy_day(engine)
    state = engine._memory.state
    assert state_from(bytes_of(state)) == state


def test_replay_shows_what_was_known_then(engine: Engine, journal: MemoryJournal) -> None:
    a_busy_day(engine)
    then = known_at(journal, NOW + timedelta(seconds=11))
    assert INC in then.incidents
    assert not then.assignments
    assert known_after(journal, journal.records[-1].position).assignments == engine.known.assignments


def test_an_emergency_is_seen_even_off_duty(engine: Engine) -> None:
    a_busy_day(engine)
    number = engine.known.picture.numbers[Callsign("AB3")]
    assert not engine.known.picture.located[number]  # off duty is not drawn
    ask(engine, m.RadioEvent(**said(20, source="issi:3", kind="emergency")))
    assert engine.known.picture.located[number]


def test_a_broken_commit_is_in_doubt_and_the_engine_reads_on(engine: Engine, journal: MemoryJournal) -> None:
    create = m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1"))
    journal.doubt = True  # kept, but the answer was lost
    with pytest.raises(InDoubtError):
        ask(engine, create, "key 1")
    again = ask(engine, create, "key 1")
    assert isinstance(again, Done)
    assert again.repeated
    journal.doubt = False  # not kept
    with pytest.raises(InDoubtError):
        ask(engine, m.CreateIncident(**said(lat=53.3, lon=-0.03, grade="2")), "key 2")
    assert len(engine.known.incidents) == 1


def test_another_writer_is_noticed_and_the_engine_decides_again(engine: Engine, journal: MemoryJournal) -> None:
    ask(engine, put(1))
    other = Engine(journal, ListOutbox())
    other.start()
    ask(other, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1")))
    other.stop()
    outcome = ask(engine, m.CreateIncident(**said(lat=53.3, lon=-0.03, grade="2")))
    assert isinstance(outcome, Done)
    assert outcome.subject == "INC0002"


def test_a_full_queue_says_so(journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arls.engine.QUEUE", 1)
    idle = Engine(journal, ListOutbox())
    idle.ask(put(1))
    with pytest.raises(BusyError, match="try again"):
        idle.ask(put(2))


def test_who_gives_up_waiting_does_not_stop_the_engine(journal: MemoryJournal) -> None:
    engine = Engine(journal, ListOutbox())
    given_up = engine.ask(put(1))
    assert given_up.cancel()
    engine.start()
    assert isinstance(ask(engine, put(2)), Done)
    assert list(engine.known.units) == ["AB2"]
    engine.stop()
