"""kill -9 of gateway, broker and engine under load: what a device heard acknowledged is in the journal."""

from __future__ import annotations

import json
import os
import random
import socket
import sys
import time
from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec
import pytest

from arls import messages as m
from arls.folds.fixes import BODY
from arls.journal.sqlite import open_read_only
from gateways.broker import find_mosquitto, free_port
from gateways.clock import received_now
from gateways.mqtt import BrokerAddress, Inbound, Link
from gateways.payloads import GatewayStatus, read_status
from gateways.topics import status_topic
from tests.journeys.crashing import Device, Phone, Program, Report, Tracker
from tests.journeys.running import ARLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed"),
]

PATIENCE_S = 60.0
TRACKERS, PHONES = 8, 3

# The engine, journal and intake of `arls serve`, without roads and screen: it starts in a moment.
ENGINE = """
import signal, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from arls import messages as m
from arls.engine import Engine
from arls.journal.sqlite import SqliteJournal
from arls.unit import Callsign, Unit
from gateways.intake import Intake
from gateways.clock import received_now
from gateways.mqtt import BrokerAddress

class Nobody:
    def deliver(self, recorded):
        pass

told = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: told.set())
with SqliteJournal(Path(sys.argv[1]) / "journal.sqlite") as journal:
    engine = Engine(journal, Nobody(), journal)
    engine.start()
    now = datetime.now(UTC)
    pressing = Unit(callsign=Callsign("AB1"))
    engine.ask(m.PutUnit(at=now, operator="t", desk="t", unit=pressing, sources=("imei:356307042440000",))).result()
    Path(sys.argv[1], "booked").touch()
    intake = Intake(engine, BrokerAddress(host="127.0.0.1", port=int(sys.argv[2])), force="demo")
    intake.start(patient=True)
    told.wait()
    intake.stop()
    engine.stop()
"""


class Scene:
    """Gateway, broker and engine, each a process of its own on loopback."""

    def __init__(self, folder: Path) -> None:
        self.port, self.trackers, self.phones = free_port(), free_port(), free_port()
        listen = [
            {"over": "tcp", "dialect": "teltonika", "port": self.trackers},
            {"over": "http", "port": self.phones},
        ]
        wired = {
            "ARLS_BROKER__HOST": "127.0.0.1",
            "ARLS_BROKER__PORT": str(self.port),
            "ARLS_GATEWAY__LISTEN": json.dumps(listen),
            "ARLS_JOURNAL__DATA": str(folder / "edge"),
        }
        # Mosquitto with its defaults: nothing is persistent, and beyond 1,000 messages it throws away.
        configuration = folder / "mosquitto.conf"
        configuration.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")
        self.data = folder / "data"
        self.gateway = Program([*ARLS, "gateway", "run"], folder / "gateway.log", {**os.environ, **wired})
        self.broker = Program([find_mosquitto() or "", "-c", str(configuration)], folder / "broker.log")
        self.engine = Program(
            [sys.executable, "-c", ENGINE, str(self.data), str(self.port)], folder / "engine.log", dict(os.environ)
        )

    @property
    def programs(self) -> tuple[Program, ...]:
        return self.broker, self.engine, self.gateway

    def start(self) -> None:
        self.broker.start()
        until(lambda: answers(self.port))
        self.engine.start()
        # A press of a device that nobody carries yet is no unit's alarm.
        until((self.data / "booked").exists)
        self.gateway.start()
        until(lambda: answers(self.trackers) and answers(self.phones))

    def crash(self, chance: random.Random, *victims: Program) -> None:
        time.sleep(chance.uniform(1.0, 3.0))
        for victim in victims:
            victim.kill()
        time.sleep(chance.uniform(0.0, 1.0))
        for victim in victims:
            victim.start()
        if self.gateway in victims:
            until(lambda: answers(self.trackers))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    for program in made.programs:
        program.end()


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def settled(port: int) -> GatewayStatus:
    """The gateway's own account, once the engine has signed for everything that came until now."""
    now = received_now()
    heard: list[Inbound] = []
    address = BrokerAddress(host="127.0.0.1", port=port)
    link = Link(address, client_id="desk", on_message=heard.append, subscriptions=(status_topic("demo", "gw1"),))
    link.start()

    def newest() -> GatewayStatus | None:
        return read_status(heard[-1].payload) if heard else None

    until(lambda: (status := newest()) and status.at and status.at > now and status.spool.depth == 0)
    link.stop()
    status = newest()
    assert status is not None
    return status


def journalled(data: Path) -> tuple[dict[Report, set[str]], int, int]:
    """The ids of each report's fixes, how many fixes came in all, and how many alarms were raised."""
    ids: dict[Report, set[str]] = defaultdict(set)
    fixes = alarms = 0
    for record in open_read_only(data).read():
        alarms += isinstance(record.entry.event, m.EmergencyRaised)
        if isinstance(record.entry.event, m.FixesRecorded) and record.entry.body is not None:
            for fix in BODY.decode(record.entry.body).fixes:
                fixes += 1
                at = fix.fix_time.isoformat(timespec="milliseconds") if fix.fix_time else ""
                ids[fix.source, f"{fix.lat:.5f}" if fix.source.startswith("owntracks") else at].add(fix.id)
    return ids, fixes, alarms


def test_nothing_acknowledged_to_a_device_is_lost_whatever_is_killed(scene: Scene) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance, started_s = random.Random(seed), time.monotonic()
    scene.start()
    devices: list[Device] = [
        *(Tracker(number, scene.trackers, presses=number == 0) for number in range(TRACKERS)),
        *(Phone(number, scene.phones) for number in range(PHONES)),
    ]
    for device in devices:
        device.start()
    crashes: list[tuple[Program, ...]] = [
        *((program,) for program in scene.programs),
        (scene.gateway, scene.broker),
        (scene.engine, scene.gateway),
        (scene.broker, scene.engine),
    ]
    chance.shuffle(crashes)
    for victims in crashes:
        scene.crash(chance, *victims)
    for device in devices:
        device.is_over.set()
    for device in devices:
        device.join(PATIENCE_S)
    status = settled(scene.port)
    assert scene.engine.stop() == 0
    assert scene.gateway.stop() == 0

    acknowledged = set[Report]().union(*(device.acknowledged for device in devices))
    ids, fixes, alarms = journalled(scene.data)
    kills = {name: getattr(scene, name).kills for name in ("gateway", "broker", "engine")}
    attempts = sum(device.attempts for device in devices)
    print(
        f"seed {seed}: killed {kills} in {time.monotonic() - started_s:.0f} s; {len(acknowledged)} reports acknowledged"
        f" in {attempts} attempts, {len(acknowledged - ids.keys())} lost; {fixes - len(ids)} came more than once;"
        f" {alarms} alarms; {sum(len(each) > 1 for each in ids.values())} under several ids;"
        f" spool {msgspec.to_builtins(status.spool)}"
    )
    several = {report: each for report, each in ids.items() if len(each) > 1}
    assert all(count >= 2 for count in kills.values())
    assert len(acknowledged) > 300
    assert acknowledged <= ids.keys()
    assert not several
    assert status.spool.dropped == 0
    assert alarms == 1
