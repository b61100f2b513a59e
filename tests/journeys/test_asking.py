"""An incident asks the radios that could settle it, over a real broker and a serial line; their answers settle it."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from api.asker import Asker
from api.edge import gateway_running
from api.settings import AskingSettings, GatewaySettings
from arls import messages as m
from arls.engine import Engine
from arls.fix import Fix
from arls.incident import IncidentId
from arls.messages.fixes import Publication
from arls.ranking import Question, rank
from arls.roads.live import Roads
from arls.unit import Callsign, Unit
from gateways.broker import find_mosquitto, start_broker
from gateways.clock import received_now
from gateways.intake import Intake
from gateways.listeners.pei_life import REGISTRATIONS
from gateways.mqtt import Link
from gateways.simulator.writers import Sight, pei_report
from tests.drawing import draw
from tests.fakes import MemoryJournal
from tests.gateways.scripted_radio import ScriptedRadio, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from arls.ports import Outbox, Recorded

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="the mosquitto program is not installed"),
]

DRAWN = draw("A--B--C--D--E--F--G--H--I", ways={"ABCDEFGHI": {"highway": "residential", "name": "Long Lane"}})
RADIOS = {"U1": "234009900004711", "U2": "234009900004712"}


class Fanout:
    """An outbox that hands on to several."""

    def __init__(self) -> None:
        self.to: list[Outbox] = []

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        for outbox in self.to:
            outbox.deliver(recorded)


def until(condition: Callable[[], Any], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def said(age_s: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": received_now() - timedelta(seconds=age_s), "operator": "op1", "desk": "desk 1", **fields}


def book(engine: Engine, name: str, node: str, number: int) -> None:
    """A unit that was on its way a minute ago, when gateway gw1 last heard its radio."""
    source, place = f"itsi:{RADIOS[name]}", DRAWN.node(node)
    heard_at = received_now() - timedelta(seconds=60)
    engine.ask(m.PutUnit(**said(3600, unit=Unit(callsign=Callsign(name), crew=2), sources=(source,)))).result(5)
    engine.ask(m.SetState(**said(3600, callsign=Callsign(name), code=2))).result(5)
    fix = Fix(
        id=name,
        source=source,
        received_at=heard_at,
        fix_time=heard_at,
        gateway="gw1",
        lat=place.lat,
        lon=place.lon,
        speed_mps=9.0,
        accuracy_m=10.0,
    )
    publication = Publication(gateway="gw1", session=1, seq=number)
    engine.ask(m.RecordFixes(**said(fixes=(fix,), publications=(publication,)))).result(5)


class Answering:
    """Radios on the air: whoever is asked reports where it is now."""

    def __init__(self, radio: ScriptedRadio, terminal: Terminal, nodes: dict[str, str]) -> None:
        self.radio, self.terminal, self.nodes = radio, terminal, nodes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        answered = 0
        while not self._stop.wait(0.02):
            asked = [command for command in self.radio.said if command.startswith("AT+CMGS=")]
            for command in asked[answered : len(self.radio.sent)]:
                answered += 1
                called = command.removeprefix("AT+CMGS=").split(",")[0]
                name = next(name for name, itsi in RADIOS.items() if itsi.endswith(called.zfill(8)))
                sight = Sight(
                    position=DRAWN.node(self.nodes[name]),
                    speed_mps=0.0,
                    course_deg=0.0,
                    accuracy_m=10.0,
                    at=received_now(),
                )
                self.terminal.say(pei_report(RADIOS[name], sight))


def test_an_incident_asks_and_the_answers_settle_who_is_first(tmp_path: Path) -> None:
    broker, outbox, roads = start_broker(tmp_path / "broker"), Fanout(), Roads(DRAWN.network)
    engine = Engine(MemoryJournal(), outbox)
    engine.start()
    intake = Intake(engine, broker.address, force="demo")
    outward = Link(broker.address, client_id="arls-out-demo", on_message=lambda _message: None)
    asking = AskingSettings(enabled=True, least_s=0.5)
    asker = Asker(engine, roads, outward, asking, force="demo", now=received_now)
    outbox.to.append(asker)
    radio = ScriptedRadio()
    try:
        outward.start()
        intake.start()
        asker.start()
        book(engine, "U1", "C", 1)
        book(engine, "U2", "G", 2)
        with Terminal(radio) as terminal:
            line = {"over": "serial", "dialect": "tetra-pei", "device": terminal.device}
            settings = GatewaySettings.model_validate({"listen": [line], "polling": {"enabled": True}})
            # U1 has gone away meanwhile, and U2 stands beside the place.
            answering = Answering(radio, terminal, {"U1": "A", "U2": "F"})
            with gateway_running(settings, broker.address, force="demo", data=tmp_path), answering:
                until(lambda: len(radio.registered) == len(REGISTRATIONS))
                place = DRAWN.node("E")
                made = engine.ask(m.CreateIncident(**said(lat=place.lat, lon=place.lon, grade="1"))).result(5)
                incident = IncidentId(made.subject)
                until(lambda: incident in engine.known.polled)
                asked = {one.callsign: one.source for one in engine.known.polled[incident].radios}
                assert set(asked) == set(RADIOS)

                def answered(name: str) -> bool:
                    fix = engine.known.picture.find_fix(Callsign(name))
                    return fix is not None and fix.received_at >= engine.known.polled[incident].at

                until(lambda: all(map(answered, RADIOS)))
                question = Question(position=place, at=received_now(), incident=incident, grade="1")
                ranking = rank(question, engine.known, roads)
                assert ranking.candidates[0].callsign == "U2"
                assert "asked" not in ranking.verdict_text
    finally:
        asker.stop()
        intake.stop()
        outward.stop()
        engine.stop()
        broker.stop()
