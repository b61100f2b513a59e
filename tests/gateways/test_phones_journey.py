"""Phones, a Traccar server and callers, over real sockets and real brokers, as far as the engine's subscriber."""

from __future__ import annotations

import json
import queue
from typing import TYPE_CHECKING

import httpx
import pytest

from arls.caller import CallId
from arls.engine import Engine
from arls.fix import FixKind
from gateways.broker import Broker, find_mosquitto, start_broker
from gateways.calls import call_of
from gateways.clock import received_now
from gateways.intake import Intake
from gateways.listeners.http import HttpListener
from gateways.listeners.mqtt_bridge import MqttBridge
from gateways.mqtt import BrokerAddress, Inbound, Link
from gateways.payloads import read_event, read_fixes
from gateways.runner import Gateway, mqtt_uplink
from gateways.shelf import Shelf
from gateways.topics import find_address
from tests.fakes import ListOutbox, MemoryJournal
from tests.gateways.test_callers import IMEI, IMSI, NUMBER, SMS
from tests.gateways.test_decoder_vectors import rows_of
from tests.gateways.test_intake import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from arls.fix import Fix
    from gateways.listeners.listener import Listener
    from gateways.payloads import Event

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="the mosquitto program is not installed"),
]

PATIENCE_S = 10
FORWARDED = json.loads(next(row["text"] for row in rows_of("traccar")))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = start_broker(tmp_path / "broker")
    yield broker
    broker.stop()


@pytest.fixture
def gateway_with(broker: Broker, tmp_path: Path) -> Iterator[Callable[[Listener], Gateway]]:
    gateways: list[Gateway] = []

    def started(listener: Listener) -> Gateway:
        connect = mqtt_uplink(broker.address, force="demo", name="yard")
        gateway = Gateway("yard", force="demo", shelf=Shelf(tmp_path / "spool"), listeners=[listener], connect=connect)
        gateway.start()
        gateways.append(gateway)
        return gateway

    yield started
    for gateway in gateways:
        gateway.stop()


class Core:
    """What the engine would be given, fixes and events apart."""

    def __init__(self, broker: Broker) -> None:
        self._inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        topics = ("arls/v1/demo/fix/#", "arls/v1/demo/event/#")
        self.link = Link(broker.address, client_id="core", on_message=self._inbox.put, subscriptions=topics)
        self.link.start()

    def next(self) -> Fix | Event:
        message = self._inbox.get(timeout=PATIENCE_S)
        address = find_address(message.topic)
        if address is not None and address.kind == "event":
            event, _ = read_event(message.topic, message.payload, arrived_at=message.received_at)
            return event  # type: ignore[return-value]
        (fix,) = read_fixes(message.topic, message.payload, arrived_at=message.received_at).fixes
        return fix


@pytest.fixture
def core(broker: Broker) -> Iterator[Core]:
    made = Core(broker)
    yield made
    made.link.stop()


def published(address: BrokerAddress, *messages: tuple[str, dict[str, object]]) -> None:
    phone = Link(address, client_id="phone", on_message=lambda _message: None)
    phone.start()
    for topic, words in messages:
        assert phone.publish(topic, json.dumps(words).encode())
    phone.stop()


def now_s() -> int:
    return int(received_now().timestamp())


def test_a_force_of_its_own_broker_with_a_password_is_listened_to(
    core: Core, gateway_with: Callable[[Listener], Gateway], tmp_path: Path
) -> None:
    theirs = start_broker(tmp_path / "theirs", users={"arls": "word", "ann": "hers"})

    def let_in(user: str, password: str) -> BrokerAddress:
        return BrokerAddress(host=theirs.address.host, port=theirs.address.port, username=user, password=password)

    bridge = MqttBridge(let_in("arls", "word"), client_id="arls-owntracks-yard-1", topics={"owntracks": "west/phones"})
    gateway_with(bridge)
    where = {"_type": "location", "lat": 52.48, "lon": -1.89, "tst": now_s()}
    published(let_in("ann", "hers"), ("owntracks/ann/tab", where), ("west/phones/ann/tab", where))
    fix = core.next()
    theirs.stop()
    assert (fix.source, bridge.line.dialect) == ("owntracks:ann/tab", "owntracks")


def test_of_all_that_a_phone_publishes_only_where_it_is_and_that_it_went_reach_the_core(
    broker: Broker, core: Core, gateway_with: Callable[[Listener], Gateway]
) -> None:
    gateway = gateway_with(MqttBridge(broker.address, client_id="arls-owntracks-yard"))
    topic, tst = "owntracks/ann/tab", now_s()
    published(
        broker.address,
        (topic, {"_type": "encrypted", "data": "B4Wx4Y7oBL"}),
        (topic, {"_type": "waypoint", "desc": "home", "lat": 52.0, "lon": -1.0, "rad": 50, "tst": tst}),
        (f"{topic}/event", {"_type": "transition", "event": "leave", "lat": 52.0, "lon": -1.0, "tst": tst, "acc": 9}),
        (f"{topic}/waypoints", {"_type": "waypoints", "waypoints": []}),
        (topic, {"_type": "location", "lat": 52.48, "tst": tst}),
        (topic, {"_type": "lwt", "tst": tst}),
        (topic, {"_type": "location", "lat": 52.48, "lon": -1.89, "tst": tst}),
    )
    told: dict[str, Fix | Event] = {}
    while len(told) < 2:
        said = core.next()
        told[type(said).__name__] = said
    assert told["Fix"].source == told["Event"].source == "owntracks:ann/tab"
    assert told["Event"].text == "offline"  # type: ignore[union-attr]
    status = gateway.tally.status(gateway.spool, state="", at=received_now())
    assert status.passed_by == {"encrypted": 1, "waypoint": 1, "event": 1}
    assert status.rejected == {"position_missing": 1}


def test_a_traccar_server_forwards_by_mqtt_what_its_trackers_say_and_what_they_only_remember(
    broker: Broker, core: Core, gateway_with: Callable[[Listener], Gateway]
) -> None:
    forwarded = FORWARDED | {"position": FORWARDED["position"] | {"fixTime": received_now().isoformat("T", "seconds")}}
    gateway_with(MqttBridge(broker.address, client_id="arls-traccar-yard", topics={"traccar": "positions/+"}))
    published(broker.address, ("positions/356307042441013", forwarded))
    by_mqtt = core.next()
    lost = forwarded | {"position": forwarded["position"] | {"valid": False, "latitude": 52.5}}
    published(broker.address, ("positions/356307042441013", lost))
    last_known = core.next()
    assert (by_mqtt.source, by_mqtt.protocol) == ("imei:356307042441013", "traccar")
    assert last_known.kind is FixKind.LAST_KNOWN  # type: ignore[union-attr]


def test_an_alarm_that_traccar_forwards_is_an_emergency_beside_its_fix(
    core: Core, gateway_with: Callable[[Listener], Gateway]
) -> None:
    listener = HttpListener(("traccar",), secrets={"traccar": {"server": "token"}})
    gateway_with(listener)
    pressed = FORWARDED["position"] | {
        "fixTime": received_now().isoformat("T", "seconds"),
        "attributes": {"alarm": "sos"},
    }
    forwarded, alarm = FORWARDED | {"position": pressed}, {"type": "alarm", "attributes": {"alarm": "sos"}}
    with httpx.Client(headers={"Authorization": "Bearer token"}) as server:
        for body in (forwarded, forwarded | {"event": alarm}):  # position forwarding and event forwarding
            assert server.post(f"http://127.0.0.1:{listener.port}/traccar", json=body).status_code == 200
    told = [core.next() for _ in range(4)]
    assert {said.source for said in told} == {"imei:356307042441013"}
    events = [said for said in told if type(said).__name__ == "Event"]
    assert [event.type for event in events] == ["emergency"] * 2
    assert len({event.id for event in events}) == 1  # one press, however often it is told


def test_a_callers_text_is_journalled_without_a_number_and_its_gateway_may_forget_it(
    broker: Broker, gateway_with: Callable[[Listener], Gateway]
) -> None:
    journal, key = MemoryJournal(), b"a site's own"
    engine = Engine(journal, ListOutbox())
    engine.start()
    intake = Intake(engine, broker.address, force="demo")
    intake.start()
    listener = HttpListener(("aml-sms",), secrets={"aml-sms": {"smsc": "word"}}, caller_key=key)
    gateway = gateway_with(listener)
    stamp = f"{received_now():%Y%m%d%H%M%S}"
    said = {"from": f"+{NUMBER}", "text": SMS.replace("20260606135958", stamp)}
    answer = httpx.post(f"http://127.0.0.1:{listener.port}/aml-sms", data=said, auth=("smsc", "word"))
    assert answer.status_code == 200
    call = CallId(call_of(NUMBER, key))
    until(lambda: call in engine.known.callers)
    until(lambda: len(gateway.spool) == 0)
    intake.stop()
    engine.stop()
    (location,) = engine.known.callers[call].locations
    assert (location.lat, location.accuracy_m, location.method, location.gateway) == (52.4797, 14.0, "gnss", "yard")
    kept = b"".join(record.event + (record.body or b"") for record in journal.records)
    assert not any(who.encode() in kept for who in (NUMBER, IMSI, IMEI))
