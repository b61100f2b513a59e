"""What a code from a radio is: a state, or a call for help, as the pack in force or TETRA itself says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from arls import messages as m
from arls.engine import Engine
from arls.packs.adopted import generic_policy
from arls.packs.reader import STATES, read_states
from gateways.intake import Intake, _Batch
from gateways.mqtt import BrokerAddress, Inbound
from gateways.payloads import Event, Mark, write_event
from gateways.topics import event_topic
from tests.fakes import ListOutbox, MemoryJournal

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


@pytest.fixture
def engine() -> Any:
    journal = MemoryJournal()
    made = Engine(journal, ListOutbox(), journal)
    made.start()
    yield made
    made.stop()


def kind_of(engine: Engine, kind: str, code: int | None) -> str:
    intake = Intake(engine, BrokerAddress(host="127.0.0.1", port=1), force="demo")
    event = Event(id="e1", source="issi:1", received_at=NOW, type=kind, code=code)
    topic = event_topic("demo", "issi:1", kind)
    batch = _Batch(taken=cast("Any", None))
    payload = write_event(event, Mark())
    sent = Inbound(topic=topic, payload=payload, received_at=NOW, retain=False, qos=1, mid=1, connection=1)
    intake._read_event(sent, batch)
    ((command, key),) = batch.commands
    assert isinstance(command, m.RadioEvent)
    assert (key is not None) is (command.kind == "emergency"), "a press is one press, however often it is sent"
    return command.kind


def adopt(engine: Engine, name: str) -> None:
    states = (read_states(STATES / f"{name}.toml"),)
    command = m.AdoptPacks(at=NOW, operator="t", desk="t", policies=(generic_policy(),), states=states)
    engine.ask(command).result(5)


@pytest.mark.parametrize(
    ("pack", "code", "kind"),
    [
        ("uk-national", 0, "emergency"),
        ("uk-national", 0x8010 + 6, "state"),
        ("uk-national", 33, "state"),
        ("us-generic", 33, "emergency"),
        ("us-generic", 8, "state"),
        ("de-fms", 0, "emergency"),  # of TETRA, whatever the pack says of its own code 0
    ],
)
def test_a_code_calls_for_help_where_tetra_or_the_pack_in_force_says_so(
    engine: Engine, pack: str, code: int, kind: str
) -> None:
    adopt(engine, pack)
    assert kind_of(engine, "status", code) == kind


def test_the_button_calls_for_help_in_every_pack(engine: Engine) -> None:
    adopt(engine, "de-fms")
    assert kind_of(engine, "emergency", None) == "emergency"
