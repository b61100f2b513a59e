"""A forgotten caller is off the disk, the record still verifies, and a crash in between changes neither."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from api.eraser import Eraser
from api.wiring import Fanout
from arls import messages as m
from arls.caller import CallerLocation, CallId
from arls.engine import Engine
from arls.journal.sqlite import SqliteJournal
from arls.journal.verify import verify_file
from arls.replay import find_snapshot_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / "journal.sqlite") as made:
        yield made


def said(second: float = 0.0) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "gateway", "desk": "radio"}


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def located(call: str) -> m.LocateCaller:
    location = CallerLocation(id=f"of {call}", received_at=NOW, lat=53.2, lon=-0.03)
    return m.LocateCaller(**said(), call=CallId(call), location=location)


def forget() -> m.ForgetCallers:
    return m.ForgetCallers(**said(901), before=NOW + timedelta(seconds=1))


def bodies(journal: SqliteJournal) -> list[int]:
    return [record.position for record in journal.read() if record.entry.body is not None]


def with_callers(journal: SqliteJournal, outbox: Fanout) -> Engine:
    engine = Engine(journal, outbox, journal)
    engine.start()
    for command in (located("C-1"), located("C-2"), located("C-1"), located("C-3")):
        engine.ask(command).result(5)
    engine.ask(m.CreateIncident(**said(), lat=53.2, lon=-0.03, grade="1", call_id="C-2")).result(5)
    return engine


def test_who_is_forgotten_is_erased_and_who_is_attended_to_is_not(journal: SqliteJournal) -> None:
    outbox = Fanout()
    engine = with_callers(journal, outbox)
    eraser = Eraser(journal, engine)
    outbox.to = (eraser,)
    eraser.start()
    assert bodies(journal) == [1, 2, 3]
    engine.ask(forget()).result(5)
    until(lambda: bodies(journal) == [2])
    eraser.stop()
    engine.stop()
    assert list(engine.known.callers) == ["C-2"]
    assert verify_file(journal.path).faults == ()
    assert find_snapshot_fault(journal) is None


def test_a_snapshot_from_before_and_an_erased_body_contradict_each_other_in_nothing(journal: SqliteJournal) -> None:
    engine = with_callers(journal, Fanout())
    engine.stop()  # it keeps a snapshot
    assert journal.erase([1, 3]) == 2
    assert find_snapshot_fault(journal) is None


def test_what_a_crash_left_on_the_disk_the_next_start_erases(journal: SqliteJournal) -> None:
    engine = with_callers(journal, Fanout())
    engine.ask(forget()).result(5)
    engine.stop()
    assert bodies(journal) == [1, 2, 3]
    eraser = Eraser(journal, Engine(journal, Fanout(), journal))
    eraser.start()
    until(lambda: bodies(journal) == [2])
    eraser.stop()


def test_a_disk_that_does_not_answer_is_asked_again(journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stubborn:
        def __init__(self) -> None:
            self.asked: list[list[int]] = []

        def erase(self, positions: Iterable[int]) -> int:
            self.asked.append(list(positions))
            if len(self.asked) == 1:
                raise OSError("the disk is away")
            return 0

    monkeypatch.setattr("api.eraser._AGAIN_S", 0.01)
    engine, disk = with_callers(journal, Fanout()), Stubborn()
    engine.ask(forget()).result(5)
    eraser = Eraser(disk, engine)
    eraser.start()
    until(lambda: len(disk.asked) == 2)
    eraser.stop()
    engine.stop()
    assert disk.asked[:2] == [[1, 3]] * 2
