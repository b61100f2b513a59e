"""A made-up force on real wires: through a real gateway and a real broker come fixes, events and answers."""

from __future__ import annotations

import json
import queue
import socket
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from arls.geo import Position
from gateways.broker import find_mosquitto, start_broker
from gateways.clock import received_now
from gateways.listeners.mqtt_bridge import MqttBridge
from gateways.listeners.tcp import TcpListener
from gateways.listeners.udp import UdpListener
from gateways.mqtt import Link
from gateways.runner import Gateway, mqtt_uplink
from gateways.shelf import Shelf
from gateways.simulator.force import Force
from gateways.simulator.line import Line
from gateways.simulator.radios import Radios
from gateways.simulator.roster import Dialect, Member, made_roster
from gateways.topics import find_address
from tests.gateways.simulator.simulated_town import town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateways.mqtt import Inbound

PATIENCE_S = 15.0
HEARD = ("arls/v1/demo/fix/#", "arls/v1/demo/event/#", "arls/v1/demo/unit/+/ack")


def one_of_each() -> list[Member]:
    roster = made_roster(40, seed=1)
    return [next(member for member in roster if member.dialect is dialect) for dialect in Dialect]


@dataclass
class Air:
    """What a force says, as whoever listens at the broker hears it."""

    force: Force
    link: Link
    inbox: queue.SimpleQueue[Inbound]
    roster: list[Member]
    kept: list[tuple[str, str, Any]] = field(default_factory=list)  # kind; device or callsign; payload

    def take(self, kind: str, name: str, **words: object) -> Any:
        """The first payload of this kind, of this device or callsign, that says so and was not taken before."""
        until_s = monotonic() + PATIENCE_S
        while True:
            for said in self.kept:
                if said[:2] == (kind, name) and words.items() <= said[2].items():
                    self.kept.remove(said)
                    return said[2]
            message = self.inbox.get(timeout=until_s - monotonic())
            address = find_address(message.topic)
            level = message.topic.split("/")
            key = (address.kind, address.name) if address else (level[-1], level[4])
            self.kept += [(*key, payload) for payload in _objects(message.payload)]


def _objects(payload: bytes) -> list[Any]:
    decoded = json.loads(payload)
    return decoded if isinstance(decoded, list) else [decoded]


@pytest.fixture
def air(tmp_path: Path) -> Iterator[Air]:
    with ExitStack() as stack:
        broker = start_broker(tmp_path / "broker")
        stack.callback(broker.stop)
        pei, nmea = TcpListener("tetra-pei"), UdpListener("nmea0183")
        gateway = Gateway(
            "yard",
            force="demo",
            shelf=Shelf(tmp_path / "spool"),
            listeners=[pei, nmea, MqttBridge(broker.address, client_id="phones")],
            connect=mqtt_uplink(broker.address, force="demo", name="yard"),
        )
        gateway.start()
        stack.callback(gateway.stop)
        inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        link = Link(broker.address, client_id="core", on_message=inbox.put, subscriptions=HEARD)
        link.start()
        stack.callback(link.stop)
        roster = one_of_each()
        heard = Air(force=Force(town()[1], roster, seed=1, calm=True), link=link, inbox=inbox, roster=roster)
        radios = Radios(
            heard.force,
            broker=broker.address,
            force_name="demo",
            pei=("127.0.0.1", pei.port),
            nmea=("127.0.0.1", nmea.port),
            now=received_now,
        )
        radios.start()
        stack.callback(radios.stop)
        yield heard


@pytest.mark.broker
@pytest.mark.skipif(find_mosquitto() is None, reason="the mosquitto program is not installed")
def test_every_dialect_arrives_as_fixes_events_and_answers(air: Air) -> None:
    goal, bounds = town()[0].node("F"), town()[1].network.bounds.grown_by(50.0)
    words = {"assignment_id": "a-1", "lat": goal.lat, "lon": goal.lon, "text": "all else is not read"}
    air.link.publish("arls/v1/demo/unit/nobody/dispatch", b"{")
    for member in air.roster:
        fix = air.take("fix", member.source)
        assert bounds.holds(Position(lat=fix["lat"], lon=fix["lon"]))
        air.link.publish(f"arls/v1/demo/unit/{member.unit.callsign}/dispatch", json.dumps(words).encode())
    for member in air.roster:
        said = [air.take("ack", member.unit.callsign) for _ in range(2)]
        assert [(one["assignment_id"], one["answer"]) for one in said] == [("a-1", "delivered"), ("a-1", "accepted")]
        # Nobody signs for what comes here, so the gateway sends it again and again.
        first_status = 0x8010 if member.dialect is Dialect.TETRA else 0
        for code in (first_status + 2, first_status + 5):
            air.take("event", member.source, code=code)
        air.force.need_help(member.unit.callsign)
        air.take("event", member.source, type="emergency")
        if member.dialect is Dialect.TETRA:
            air.take("fix", member.source, emergency=True, reason="emergency")


def test_a_line_comes_back_after_its_listener_was_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as first:
        address = first.getsockname()
        line = Line(address)
        line.start()
        accepted, _ = first.accept()
        line.say(b"one\r\n")
        assert accepted.recv(100) == b"one\r\n"
        # Reset, so that the next word finds the line broken.
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        accepted.close()
    line.say(b"lost with the line\r\n")
    with socket.create_server(address) as second:
        second.settimeout(PATIENCE_S)
        accepted, _ = second.accept()
        line.say(b"two\r\n")
        line.stop()
        with accepted, accepted.makefile("rb") as heard:
            assert heard.read().endswith(b"two\r\n")
    assert line.counters["connected"] == 2


def test_a_line_to_nobody_can_be_left_and_holds_up_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = door.getsockname()
    line = Line(address)
    line.start()
    for _ in range(10_100):
        line.say(b"x")
    line.stop()
    assert line.counters["lost"] >= 100
    assert line.counters["connected"] == 0
