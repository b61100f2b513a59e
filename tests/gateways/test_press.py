"""One press of the button, by whatever paths it comes, is one alarm: from sockets through gateways and broker."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from arls import messages as m
from arls.engine import Engine
from arls.unit import Callsign, Unit
from gateways.broker import find_mosquitto, start_broker
from gateways.clock import received_now
from gateways.decoders.message import Status
from gateways.fixes import Heard, event_of
from gateways.intake import Intake
from gateways.listeners.limits import Limits
from gateways.listeners.tcp import TcpListener
from gateways.runner import Gateway, mqtt_uplink
from gateways.shelf import Shelf
from tests.fakes import MemoryJournal
from tests.gateways.teltonika_frames import IMEI, frame, login, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateways.listeners.listener import Listener

FORCE = "test"
AB1 = Callsign("AB1")
ITSI = "234009900004711"
# protocols.md 1.4: a short report (CTSDSR vector of 52.48 N 1.90 W), its reason for sending put to 2, emergency.
ROUTINE = 0x0FEA5A4A551A3964681
LIP = f"0A{ROUTINE & ~0xFF | 0x02:019X}0"
PEI_PRESS = f"+CTSDSR: 12,{ITSI},1,234009900001000,1,84\r\n{LIP}\r\n".encode()
STATUS_PRESS = f"+CTSDSR: 13,{ITSI},1,234009900001000,1,16\r\n0000\r\n".encode()


def until(condition: Callable[[], Any], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


class Yard:
    """Two gateways that hear the same radios, an engine behind them, and a unit that carries a radio and a tracker."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        broker = start_broker(folder / "broker")
        stack.callback(broker.stop)
        self.journal = MemoryJournal()
        self.engine = Engine(self.journal, self)
        self.engine.start()
        stack.callback(self.engine.stop)
        self.intake = Intake(self.engine, broker.address, force=FORCE)
        self.intake.start()
        stack.callback(self.intake.stop)
        said = {"at": received_now() - timedelta(hours=1), "operator": "t", "desk": "t"}
        sources = (f"itsi:{ITSI}", f"imei:{IMEI}")
        self.engine.ask(m.PutUnit(**said, unit=Unit(callsign=AB1), sources=sources)).result(5)
        self.radios = [TcpListener("tetra-pei"), TcpListener("tetra-pei")]
        self.trackers = TcpListener("teltonika", limits=Limits(device_per_s=0.01, device_burst=1))
        for name, listeners in {"gw1": [self.radios[0], self.trackers], "gw2": [self.radios[1]]}.items():
            self._open(name, listeners, folder, stack, mqtt_uplink(broker.address, force=FORCE, name=name))

    def _open(self, name: str, listeners: list[Any], folder: Path, stack: ExitStack, connect: Any) -> None:
        heard: list[Listener] = listeners
        gateway = Gateway(name, force=FORCE, shelf=Shelf(folder / name), listeners=heard, connect=connect)
        gateway.start()
        stack.callback(gateway.stop)

    def deliver(self, recorded: object) -> None:
        """An outbox that nobody listens to."""

    def alarms(self) -> list[m.EmergencyRaised]:
        return [event for event in self.journal.events if isinstance(event, m.EmergencyRaised)]

    def cancel(self) -> None:
        command = m.CancelEmergency(at=received_now(), operator="alice", desk="d1", callsign=AB1)
        self.engine.ask(command).result(5)


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    with ExitStack() as stack:
        yield Yard(tmp_path, stack)


def say(listener: TcpListener, *words: bytes) -> None:
    with socket.create_connection(("127.0.0.1", listener.port), timeout=5) as wire:
        for word in words:
            wire.sendall(word)
        wire.shutdown(socket.SHUT_WR)
        while wire.recv(100):
            pass


def panic() -> bytes:
    return frame(record(at=received_now(), lat=52.48, lon=-1.9, priority=2))


pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed"),
]


def test_status_report_and_tracker_through_two_gateways_and_again_are_one_alarm(yard: Yard) -> None:
    tracker = panic()
    for _ in range(3):
        for radio in yard.radios:
            say(radio, STATUS_PRESS, PEI_PRESS, PEI_PRESS)
        say(yard.trackers, login(), tracker, tracker)
    until(lambda: {f"itsi:{ITSI}", f"imei:{IMEI}"} <= set(yard.engine.known.tracks))
    until(lambda: yard.intake.counters["events"] >= 3 * (2 * 3 + 2))
    assert len(yard.alarms()) == 1
    assert AB1 in yard.engine.known.emergencies


def test_a_second_press_after_the_first_was_ended_is_a_second_alarm(yard: Yard) -> None:
    say(yard.radios[0], STATUS_PRESS)
    until(yard.alarms)
    yard.cancel()
    assert AB1 not in yard.engine.known.emergencies
    time.sleep(1.01)  # nobody ends an alarm, and presses again, within one second
    say(yard.radios[1], STATUS_PRESS)
    until(lambda: len(yard.alarms()) == 2)


def test_a_press_from_a_radio_that_nobody_carries_is_shown_until_somebody_does(yard: Yard) -> None:
    def shown() -> list[str]:
        known = yard.engine.known
        carried = {source for sources in known.sources.values() for source in sources}
        return list(yard.intake.strays.since(received_now(), timedelta(minutes=30), carried=carried))

    stray = "234009900000815"
    press = STATUS_PRESS.replace(ITSI.encode(), stray.encode())
    say(yard.radios[0], press)
    until(shown)
    assert shown() == [f"itsi:{stray}"]
    assert not yard.alarms()
    said = {"at": received_now(), "operator": "t", "desk": "t"}
    unit = Unit(callsign=Callsign("AB2"))
    yard.engine.ask(m.PutUnit(**said, unit=unit, sources=(f"itsi:{stray}",))).result(5)
    assert shown() == []
    time.sleep(1.01)
    say(yard.radios[0], press)
    until(yard.alarms)


def test_a_press_is_heard_from_a_tracker_that_has_used_up_all_its_reports(yard: Yard) -> None:
    routine = [frame(record(at=received_now(), lat=52.48, lon=-1.9 + n / 1e4)) for n in range(20)]
    say(yard.trackers, login(), *routine, panic())
    until(yard.alarms)
    assert len(yard.alarms()) == 1


def test_two_presses_look_alike_only_for_as_long_as_nobody_can_have_answered() -> None:
    at = received_now().replace(microsecond=0)

    def event_id(seconds: float, gateway: str = "gw1") -> str:
        heard_at = at + timedelta(seconds=seconds)
        heard = Heard(source=f"itsi:{ITSI}", gateway=gateway, protocol="tetra-pei", received_at=heard_at)
        return event_of(Status(code=0, received_at=heard_at), heard, None).id

    assert event_id(0.1) == event_id(0.6, "gw2")
    assert event_id(0.1) != event_id(1.2)
