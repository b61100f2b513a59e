"""The retained state of each unit: told when it changes, and taken back when the unit goes off duty."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from arls import messages as m
from arls.engine import Engine
from arls.fix import Fix
from arls.unit import Callsign, Unit
from gateways.beacon import Beacon, state_topic
from tests.fakes import ListOutbox, MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
AB1 = Callsign("AB1")


class FakeLink:
    """A link that keeps what was retained."""

    def __init__(self) -> None:
        self.is_up = True
        self.retained: dict[str, bytes] = {}
        self.published = 0
        self.expiry_s: int | None = None

    def publish(self, topic: str, payload: bytes, *, retain: bool, expiry_s: int | None) -> bool:
        assert retain
        self.published += 1
        self.retained[topic] = payload
        self.expiry_s = expiry_s
        return True


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine(MemoryJournal(), ListOutbox())
    made.start()
    unit = Unit(callsign=AB1, expected_interval_s=5.0)
    ask(made, m.PutUnit(at=NOW, operator="t", desk="t", unit=unit, sources=("issi:1",)))
    ask(made, m.SetState(at=NOW, operator="t", desk="t", callsign=AB1, code=2))
    yield made
    made.stop()


def ask(engine: Engine, command: m.Command) -> None:
    engine.ask(command).result(timeout=5)


def told(engine: Engine, link: FakeLink, beacon: Beacon) -> dict[str, Any] | None:
    beacon._tell(engine.known, NOW)
    payload = link.retained[state_topic("test", AB1)]
    return msgspec.json.decode(payload) if payload else None


def test_a_unit_is_told_when_it_changes_and_only_then(engine: Engine) -> None:
    link = FakeLink()
    beacon = Beacon(link, engine, force="test", now=lambda: NOW)  # type: ignore[arg-type]  # a fake of the four used
    first = told(engine, link, beacon)
    assert first is not None
    assert (first["lat"], first["availability"], first["emergency"]) == (None, "available", False)
    assert link.expiry_s == 100  # four times five intervals
    told(engine, link, beacon)
    assert link.published == 1
    fix = Fix(id="1", source="issi:1", received_at=NOW, fix_time=NOW, lat=53.2, lon=-0.0002)
    ask(engine, m.RecordFixes(at=NOW, operator="t", desk="t", fixes=(fix,)))
    moved = told(engine, link, beacon)
    assert moved is not None
    assert (moved["lat"], moved["lon"]) == (53.2, -0.0002)


def test_off_duty_takes_back_what_was_retained_and_an_emergency_tells_it_again(engine: Engine) -> None:
    link = FakeLink()
    beacon = Beacon(link, engine, force="test", now=lambda: NOW)  # type: ignore[arg-type]  # a fake of the four used
    ask(engine, m.SetState(at=NOW, operator="t", desk="t", callsign=AB1, code=11))
    assert told(engine, link, beacon) is None
    ask(engine, m.RadioEvent(at=NOW, operator="t", desk="t", source="issi:1", kind="emergency"))
    again = told(engine, link, beacon)
    assert again is not None
    assert again["emergency"] is True


def test_nothing_is_lost_while_the_broker_is_away(engine: Engine) -> None:
    link = FakeLink()
    link.is_up = False
    beacon = Beacon(link, engine, force="test", now=lambda: NOW)  # type: ignore[arg-type]  # a fake of the four used
    beacon.start()
    time.sleep(1.2)
    assert link.published == 0
    link.is_up = True
    time.sleep(1.2)
    beacon.stop()
    assert link.published == 1
