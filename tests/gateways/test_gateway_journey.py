"""A gateway between real sockets and a real broker: what a device sends comes out as a Fix."""

from __future__ import annotations

import json
import queue
import socket
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from arls.fix import FixKind
from gateways.broker import Broker, find_mosquitto, start_broker
from gateways.clock import received_now
from gateways.listeners.http import HttpListener
from gateways.listeners.listener import ListenerError
from gateways.listeners.mqtt_bridge import MqttBridge
from gateways.listeners.tcp import TcpListener
from gateways.listeners.udp import UdpListener
from gateways.mqtt import BrokerAddress, BrokerError, Inbound, Link
from gateways.payloads import Reading, read_fixes, read_status
from gateways.runner import Gateway, mqtt_uplink
from gateways.shelf import Shelf
from gateways.topics import find_address, receipt_topic, status_topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateways.listeners.listener import Listener

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="the mosquitto program is not installed"),
]

PATIENCE_S = 10


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = start_broker(tmp_path / "broker")
    yield broker
    broker.stop()


class Subscriber:
    """Everything that a subscription brings, in order."""

    def __init__(self, broker: Broker, topic: str, *, client_id: str = "core", mqtt5: bool = True) -> None:
        self.inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self.link = Link(
            broker.address,
            client_id=client_id,
            on_message=self.inbox.put,
            subscriptions=(topic,),
            manual_ack=True,
            mqtt5=mqtt5,
        )
        self.link.start()

    def next(self) -> Inbound:
        return self.inbox.get(timeout=PATIENCE_S)

    def next_fixes(self) -> Reading:
        message = self.next()
        reading = read_fixes(message.topic, message.payload, arrived_at=message.received_at)
        assert not reading.rejects
        return reading


@pytest.fixture
def subscribe(broker: Broker) -> Iterator[Callable[..., Subscriber]]:
    subscribers: list[Subscriber] = []

    def subscribed(topic: str, **options: object) -> Subscriber:
        subscribers.append(Subscriber(broker, topic, **options))  # type: ignore[arg-type]
        return subscribers[-1]

    yield subscribed
    for subscriber in subscribers:
        subscriber.link.stop()


@pytest.fixture
def gateway_with(broker: Broker, tmp_path: Path) -> Iterator[Callable[..., Gateway]]:
    gateways: list[Gateway] = []

    def started(*listeners: Listener) -> Gateway:
        gateway = Gateway(
            "yard",
            force="demo",
            shelf=Shelf(tmp_path / "spool"),
            listeners=listeners,
            connect=mqtt_uplink(broker.address, force="demo", name="yard"),
        )
        gateway.start()
        gateways.append(gateway)
        return gateway

    yield started
    for gateway in gateways:
        gateway.stop()


def nmea(body: str) -> bytes:
    checksum = 0
    for octet in body.encode():
        checksum ^= octet
    return f"${body}*{checksum:02X}\r\n".encode()


def test_a_modem_over_udp_becomes_a_fix_of_its_own_topic(
    subscribe: Callable[..., Subscriber], gateway_with: Callable[..., Gateway]
) -> None:
    core = subscribe("arls/v1/demo/fix/#")
    port = UdpListener("nmea0183")
    gateway_with(port)
    now = received_now()
    sentence = nmea(f"GPRMC,{now:%H%M%S}.00,A,5228.9000,N,00153.6000,W,20.0,90.0,{now:%d%m%y},,,A")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as modem:
        modem.sendto(b"4711," + sentence, ("127.0.0.1", port.port))
        message = core.next()
    reading = read_fixes(message.topic, message.payload, arrived_at=message.received_at)
    (fix,) = reading.fixes
    assert message.topic == "arls/v1/demo/fix/nmea/4711"
    assert (fix.source, fix.gateway, fix.kind) == ("nmea:4711", "yard", FixKind.FIX)
    assert fix.lat == pytest.approx(52.4816667)
    assert fix.lon == pytest.approx(-1.8933333)
    assert fix.speed_mps == pytest.approx(10.2889, abs=1e-3)
    assert (reading.mark.gw_session, reading.mark.gw_seq) == (1, 1)


def test_an_emergency_over_tcp_is_an_event_beside_the_fix(
    subscribe: Callable[..., Subscriber], gateway_with: Callable[..., Gateway]
) -> None:
    core = subscribe("arls/v1/demo/#")
    port = TcpListener("tetra-pei")
    gateway_with(port)
    # A short report of 51.5033 N 0.1277 W with reason for sending 2.
    lines = b"+CTSDSR: 12,234009900004711,1,234009900001000,1,84\r\n0A0FFE8C1249FE61000020\r\n"
    with socket.create_connection(("127.0.0.1", port.port)) as radio:
        for octet in lines:
            radio.sendall(bytes([octet]))
        heard = {}
        while len(heard) < 2:
            message = core.next()
            address = find_address(message.topic)
            if address and address.kind in {"fix", "event"}:
                heard[address.kind] = (address, json.loads(message.payload))
    event, fix = heard["event"], heard["fix"]
    assert event[0].type == "emergency"
    assert event[0].name == fix[0].name == "itsi:234009900004711"
    assert event[1]["fix_id"] == fix[1]["id"]
    assert fix[1]["emergency"] is True


def test_a_phone_over_mqtt_is_named_by_its_topic(
    broker: Broker, subscribe: Callable[..., Subscriber], gateway_with: Callable[..., Gateway]
) -> None:
    core = subscribe("arls/v1/demo/fix/#")
    gateway_with(MqttBridge(broker.address, client_id="arls-gw-yard-owntracks"))
    phone = Link(broker.address, client_id="phone", on_message=lambda _message: None)
    phone.start()
    tst = int(received_now().timestamp())
    words = {"_type": "location", "lat": 52.48, "lon": -1.89, "tst": tst, "topic": "owntracks/somebody/else"}
    phone.publish("owntracks/ann/tablet", json.dumps(words).encode(), retain=True)
    (fix,) = core.next_fixes().fixes
    phone.stop()
    assert fix.source == "owntracks:ann/tablet"
    assert (fix.lat, fix.lon) == (52.48, -1.89)


def test_a_phone_over_http_is_answered_and_its_nonsense_is_not_repeated(
    subscribe: Callable[..., Subscriber], gateway_with: Callable[..., Gateway]
) -> None:
    core = subscribe("arls/v1/demo/fix/#")
    port = HttpListener(secrets={"owntracks": {"ann": "word"}})
    gateway = gateway_with(port)

    def post(body: bytes, credentials: str = "YW5uOndvcmQ=", **headers: str) -> int:
        request = urllib.request.Request(  # our own loopback address
            f"http://127.0.0.1:{port.port}/pub", data=body, headers={"Authorization": f"Basic {credentials}", **headers}
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310  # the same
                assert answer.read() == b"[]"
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code

    tst = int(received_now().timestamp())
    good = json.dumps({"_type": "location", "lat": 52.48, "lon": -1.89, "tst": tst}).encode()
    assert post(b"{") == 200
    assert post(good, **{"X-Limit-D": "tablet"}) == 200
    assert post(good, credentials="YW5uOndyb25n") == 401
    assert post(good, **{"X-Limit-U": "bob"}) == 403
    assert post(b" " * 70_000) == 413
    (fix,) = core.next_fixes().fixes
    assert fix.source == "owntracks:ann/tablet"
    assert gateway.tally.status(gateway.spool, state="", at=received_now()).rejected == {
        "not_a_json_object": 1,
        "account_refused": 1,
        "not_their_own": 1,
    }


def test_nonsense_is_counted_and_what_is_well_formed_behind_it_is_not_lost(
    subscribe: Callable[..., Subscriber], gateway_with: Callable[..., Gateway]
) -> None:
    core = subscribe("arls/v1/demo/fix/#")
    statuses = subscribe(status_topic("demo", "yard"), client_id="screen")
    port = UdpListener("nmea0183")
    gateway_with(port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as modem:
        for datagram in (b"\xff\xfe" * 500, b"$GPRMC,no,checksum", b"$GPRMC*00", nmea("GPGSV,1,1,00")):
            modem.sendto(datagram, ("127.0.0.1", port.port))
        modem.sendto(nmea("GPGLL,5228.9000,N,00153.6000,W,120000,A,A"), ("127.0.0.1", port.port))
        (fix,) = core.next_fixes().fixes
    assert fix.source.startswith("nmea:yard/127.0.0.1:")
    status = read_status(statuses.next().payload)
    while status is not None and status.counters["received"] < 5:
        status = read_status(statuses.next().payload)
    assert status is not None
    assert status.rejected == {"line_too_long": 1, "checksum_missing": 1, "checksum_wrong": 1}
    assert status.passed_by == {"other_sentence": 1}
    assert {sample["reason"] for sample in status.samples} == set(status.rejected)


def test_what_is_not_acknowledged_comes_again_and_what_is_does_not(
    broker: Broker, subscribe: Callable[..., Subscriber]
) -> None:
    topic = "arls/v1/demo/fix/itsi/1"
    first = subscribe(topic, client_id="engine", mqtt5=False)
    radio = Link(broker.address, client_id="radio", on_message=lambda _message: None)
    radio.start()
    radio.publish(topic, b"journalled")
    radio.publish(topic, b"not yet")
    first.link.ack(first.next())
    assert first.next().payload == b"not yet"
    first.link.stop()
    radio.publish(topic, b"meanwhile")
    again = subscribe(topic, client_id="engine", mqtt5=False)
    assert [again.next().payload, again.next().payload] == [b"not yet", b"meanwhile"]
    radio.stop()


def test_a_receipt_settles_what_a_gateway_has_published(
    subscribe: Callable[..., Subscriber], gateway_with: Callable[..., Gateway]
) -> None:
    core = subscribe("arls/v1/demo/fix/#")
    port = UdpListener("nmea0183")
    gateway = gateway_with(port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as modem:
        modem.sendto(nmea("GPGLL,5228.9000,N,00153.6000,W,120000,A,A"), ("127.0.0.1", port.port))
        mark = core.next_fixes().mark
    assert len(gateway.spool) == 1
    core.link.publish(
        receipt_topic("demo", "yard"), json.dumps({"session": mark.gw_session, "seq": mark.gw_seq}).encode()
    )

    patient_until = time.monotonic() + PATIENCE_S
    while len(gateway.spool) and time.monotonic() < patient_until:
        time.sleep(0.01)
    assert len(gateway.spool) == 0


def test_what_comes_while_the_broker_is_away_goes_out_when_it_is_back(
    broker: Broker, gateway_with: Callable[..., Gateway], tmp_path: Path
) -> None:
    port = UdpListener("nmea0183")
    gateway = gateway_with(port)
    broker.stop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as modem:
        modem.sendto(nmea("GPGLL,5228.9000,N,00153.6000,W,120000,A,A"), ("127.0.0.1", port.port))
        patient_until = time.monotonic() + PATIENCE_S
        while not len(gateway.spool) and time.monotonic() < patient_until:
            time.sleep(0.01)
    back = start_broker(tmp_path / "broker", port=broker.address.port)
    try:
        core = Subscriber(back, "arls/v1/demo/fix/#")
        reading = core.next_fixes()
        core.link.stop()
    finally:
        back.stop()
    assert reading.fixes[0].lat == pytest.approx(52.4816667)
    assert reading.mark.gw_session == 1
    assert "backlog" in reading.fixes[0].flags


def test_a_gateway_that_has_found_its_broker_once_starts_without_it(
    broker: Broker, gateway_with: Callable[..., Gateway], tmp_path: Path
) -> None:
    first = gateway_with()
    patient_until = time.monotonic() + PATIENCE_S
    while not first.spool.has_met_broker and time.monotonic() < patient_until:
        time.sleep(0.01)
    first.stop()
    broker.stop()
    port = UdpListener("nmea0183")
    second = gateway_with(port)
    assert second.spool.session == 2
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as modem:
        modem.sendto(nmea("GPGLL,5228.9000,N,00153.6000,W,120000,A,A"), ("127.0.0.1", port.port))
        while not len(second.spool) and time.monotonic() < patient_until:
            time.sleep(0.01)
    assert second.spool.status().depth == 1
    other = Gateway(
        "new",
        force="demo",
        shelf=Shelf(tmp_path / "new"),
        listeners=(),
        connect=mqtt_uplink(broker.address, force="demo", name="new"),
    )
    with pytest.raises(BrokerError):
        other.start()


def test_where_there_is_no_mosquitto_a_broker_serves_that_says_it_may_lose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateways.broker.find_mosquitto", lambda: None)
    broker = start_broker(tmp_path)
    try:
        assert broker.kind == "demo broker: messages may be lost"
        screen = Subscriber(broker, "a/b", mqtt5=False)
        screen.link.publish("a/b", b"heard")
        assert screen.next().payload == b"heard"
        screen.link.stop()
    finally:
        broker.stop()


def test_a_gateway_that_leaves_says_so(
    subscribe: Callable[..., Subscriber], gateway_with: Callable[..., Gateway]
) -> None:
    statuses = subscribe(status_topic("demo", "yard"))
    gateway = gateway_with()
    online = read_status(statuses.next().payload)
    gateway.stop()
    offline = read_status(statuses.next().payload)
    while offline is not None and offline.state == "online":
        offline = read_status(statuses.next().payload)
    assert (online and online.state, offline and offline.state) == ("online", "offline")
    assert online is not None
    assert online.session == 1


def test_two_of_one_name_are_told_so(broker: Broker) -> None:
    twins = [Link(broker.address, client_id="twin", on_message=lambda _message: None) for _ in range(2)]
    for twin in twins:
        twin.start(patient=True)
    patient_until = time.monotonic() + PATIENCE_S
    while time.monotonic() < patient_until and not any("one client id" in (twin.fault or "") for twin in twins):
        time.sleep(0.01)
    assert any("one client id" in (twin.fault or "") for twin in twins)
    for twin in twins:
        twin.stop()


def test_a_patient_link_that_never_found_a_broker_can_be_stopped() -> None:
    link = Link(BrokerAddress(host="127.0.0.1", port=1), client_id="x", on_message=lambda _message: None)
    link.start(patient=True)
    link.stop()
    assert not link.is_up


def test_a_missing_broker_is_one_sentence() -> None:
    with pytest.raises(BrokerError, match=r"No broker answers at 127\.0\.0\.1:1:"):
        Link(BrokerAddress(host="127.0.0.1", port=1), client_id="x", on_message=lambda _message: None).start()


def test_a_wrong_password_is_one_sentence(tmp_path: Path) -> None:
    broker = start_broker(tmp_path, users={"yard": "right"})
    wrong = BrokerAddress(host="127.0.0.1", port=broker.address.port, username="yard", password="wrong")  # noqa: S106
    right = Link(broker.address, client_id="y", on_message=lambda _message: None)
    try:
        right.start()
        with pytest.raises(BrokerError, match="refuses us: Not authorized"):
            Link(wrong, client_id="x", on_message=lambda _message: None).start()
    finally:
        right.stop()
        broker.stop()


def test_a_busy_port_is_one_sentence(gateway_with: Callable[..., Gateway]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with pytest.raises(ListenerError, match=f"Nothing can listen on UDP 127.0.0.1:{port}"):
            gateway_with(UdpListener("nmea0183", port=port))
