"""A radio at a pseudo-terminal, through the gateway as it is set up, to a real broker: reports out, commands in."""

from __future__ import annotations

import json
import queue
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from pydantic import ValidationError

from api.edge import gateway_running
from api.settings import GatewaySettings
from gateways.broker import find_mosquitto, start_broker
from gateways.clock import received_now
from gateways.listeners.pei_life import REGISTRATIONS
from gateways.polls import PollCommand
from gateways.topics import command_topic
from tests.gateways.scripted_radio import SDS, ScriptedRadio, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="the mosquitto program is not installed"),
]

# A short report of the same radio with reason 2, emergency.
EMERGENCY = b"\r\n+CTSDSR: 12,234009900004711,1,1000,0,84\r\n0A0FEA5A4A551A3901E02\r\n"
STATUS = b"\r\n+CTSDSR: 13,4712,0,1000,0,16\r\n8012\r\n"
LRRP = b"\r\n+CTSDSR: 12,4713,0,1000,0,200\r\n830013801313232F341F5C776E40663608655510E60FE9563C\r\n"
CHATTER = b"\r\nOK\r\n+CREG: 1\r\n+CTXG: 1,3,0,1,4711\r\n\r\n+CME ERROR: 35\r\n"
TRANSCRIPT = CHATTER + SDS + CHATTER + EMERGENCY + STATUS + LRRP


class Listening:
    """Whoever listens at the broker to everything of one force, in order."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        client.on_message = lambda _client, _data, message: self.inbox.put(message)

    def until(self, wanted: Callable[[Any], bool]) -> Any:
        while not wanted(message := self.inbox.get(timeout=10)):
            pass
        return message


@contextmanager
def running(tmp_path: Path, radio: ScriptedRadio, **words: Any) -> Iterator[tuple[Terminal, Listening]]:
    broker = start_broker(tmp_path / "broker")
    client = Client(CallbackAPIVersion.VERSION2, "desk", protocol=MQTTProtocolVersion.MQTTv5)
    listening = Listening(client)
    client.connect(broker.address.host, broker.address.port)
    client.loop_start()
    client.subscribe("arls/v1/demo/#", 1)
    try:
        with Terminal(radio) as terminal:
            line = {"over": "serial", "dialect": "tetra-pei", "device": terminal.device}
            settings = GatewaySettings.model_validate({"listen": [line]} | words)
            with gateway_running(settings, broker.address, force="demo", data=tmp_path):
                while len(radio.registered) < len(REGISTRATIONS):
                    time.sleep(0.01)
                yield terminal, listening
    finally:
        client.disconnect()
        client.loop_stop()
        client._reset_sockets()
        broker.stop()


def test_a_transcript_comes_out_as_fixes_and_events(tmp_path: Path) -> None:
    with running(tmp_path, ScriptedRadio()) as (terminal, listening):
        for start in range(0, len(TRANSCRIPT), 7):  # a serial line knows no messages
            terminal.say(TRANSCRIPT[start : start + 7])
        found: dict[str, dict[str, dict[str, Any]]] = {}  # by topic and id: without an engine it all comes again
        while sum(map(len, found.values())) < 5:
            message = listening.until(lambda message: "/fix/" in message.topic or "/event/" in message.topic)
            words = json.loads(message.payload)
            topic = message.topic.removeprefix("arls/v1/demo/")
            for one in words if isinstance(words, list) else [words]:
                found.setdefault(topic, {})[one["id"]] = one
    patrol, press = sorted(found["fix/itsi/234009900004711"].values(), key=lambda fix: fix.get("emergency", False))
    assert (patrol["lat"], patrol["lon"]) == (pytest.approx(52.4797046), pytest.approx(-1.9025981))
    assert (patrol["protocol"], patrol["fix_time_error_s"]) == ("tetra-lip", 5)
    assert press["emergency"] is True
    assert [event["fix_id"] for event in found["event/itsi/234009900004711/emergency"].values()] == [press["id"]]
    assert [event["code"] for event in found["event/issi/4712/status"].values()] == [0x8012]
    assert [fix["protocol"] for fix in found["fix/issi/4713"].values()] == ["tetra-lrrp"]


def test_a_command_is_answered_with_its_correlation_and_counted_in_the_status(tmp_path: Path) -> None:
    radio = ScriptedRadio()
    properties = Properties(PacketTypes.PUBLISH)
    properties.ResponseTopic = "arls/v1/demo/rsp/desk"
    properties.CorrelationData = b"\x00\x01"
    with running(tmp_path, radio, polling={"enabled": True}) as (_, listening):
        asked = PollCommand(id="1", source="issi:4711", expires_at=received_now() + timedelta(minutes=1))
        listening.client.publish(command_topic("demo", "gw1"), msgspec.json.encode(asked), 1, properties=properties)
        answer = listening.until(lambda message: "/rsp/" in message.topic)
        assert json.loads(answer.payload)["state"] == "sent"
        assert answer.properties.CorrelationData == b"\x00\x01"
        assert radio.sent == ["0A4588001F40"]
        status = listening.until(lambda message: b"poll_sent" in message.payload)
        assert json.loads(status.payload)["passed_by"]["poll_sent"] == 1


@pytest.mark.parametrize(
    "words",
    [
        {"dialect": "nmea0183", "registrations": ["1,3,10"]},
        {"dialect": "tetra-pei", "registrations": ["1,3,10\r\nATD112"]},
        {"dialect": "tetra-pei", "registrations": ["AT+CTSP=1,3,10"]},
        {"dialect": "tetra-pei", "baud": 12},
        {"dialect": "tetra-pei", "device": ""},
    ],
)
def test_a_line_that_makes_no_sense_is_refused(words: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GatewaySettings.model_validate({"listen": [{"over": "serial", "device": "/dev/ttyS0"} | words]})


def test_without_the_switch_nobody_listens_to_commands(tmp_path: Path) -> None:
    radio = ScriptedRadio()
    with running(tmp_path, radio) as (terminal, listening):
        asked = PollCommand(id="1", source="issi:4711", expires_at=received_now() + timedelta(minutes=1))
        listening.client.publish(command_topic("demo", "gw1"), msgspec.json.encode(asked), 1)
        terminal.say(SDS)
        listening.until(lambda message: "/fix/" in message.topic)
    assert radio.sent == []
