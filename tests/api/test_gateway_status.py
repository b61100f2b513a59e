"""How gateways are, as the command line, the doctor and the screen tell it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from api.routes.health import gateway_metrics
from api.views import status_of
from arls import messages as m
from gateways.broker import Broker, find_mosquitto, start_broker
from gateways.clock import received_now
from gateways.mqtt import Inbound, Link
from gateways.payloads import ClockStatus, GatewayStatus, LineStatus
from gateways.statuses import Statuses
from gateways.strays import Strays
from gateways.topics import status_topic
from tests.api.test_cli import Answer, arls

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.api.room import Room


def well(**words: Any) -> GatewayStatus:
    now = received_now()
    line = LineStatus(name="tcp 10.0.0.1:4800", over="tcp", dialect="tetra-pei", received=7, last_heard_at=now)
    said = {"counters": {"received": 7, "rejected": 1}, "rejected": {"no_start": 1}, "lines": (line,), **words}
    clock = ClockStatus(is_synchronised=True, offset_s=0.0, offset_error_s=0.01)
    return GatewayStatus(**{"state": "online", "session": 2, "at": now, "started_at": now, "clock": clock, **said})


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = start_broker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.stop()


@pytest.fixture
def asked(broker: Broker, tmp_path: Path) -> Any:
    """What the command says when these gateways have reported."""
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({"broker": {"host": broker.address.host, "port": broker.address.port}}))

    def ask(*words: str, **gateways: GatewayStatus) -> Answer:
        link = Link(broker.address, client_id="gateways", on_message=lambda _message: None)
        link.start()
        for name in ("yard", "hill"):
            said = msgspec.json.encode(gateways[name]) if name in gateways else b""
            link.publish(status_topic("demo", name), said, retain=True)
        link.stop()
        return arls("gateway", "status", "--ready-file", ready, *words)

    return ask


@pytest.mark.broker
@pytest.mark.skipif(find_mosquitto() is None, reason="the mosquitto program is not installed")
class TestAtARealBroker:
    """The command and the doctor, as a user types them."""

    def test_gateways_that_are_well_are_a_table_and_exit_code_0(self, asked: Any) -> None:
        answer = asked(yard=well(counters={"received": 12_345_678, "decoded": 12_345_600}), hill=well())
        assert answer.code == 0
        assert "…" not in answer.out
        assert "12345678" in answer.out
        assert all(word in answer.out for word in ("yard", "hill", "tcp 10.0.0.1:4800", "rejected: no_start 1"))

    def test_what_is_wrong_is_a_sentence_and_exit_code_1(self, asked: Any) -> None:
        answer = asked(yard=well(), hill=well(at=received_now() - timedelta(minutes=5)))
        assert answer.code == 1
        assert "wrong hill: it says that it is online, and has said nothing for 5 min" in answer.out

    def test_a_machine_reads_the_same(self, asked: Any) -> None:
        answer = asked("--json", yard=well(state="offline"))
        said = json.loads(answer.out)
        assert (answer.code, said["ok"], [one["gateway"] for one in said["gateways"]]) == (1, False, ["yard"])
        assert said["gateways"][0]["status"]["counters"]["received"] == 7
        assert said["gateways"][0]["concerns"][0]["wrong"] is True

    def test_where_no_gateway_has_reported_one_hears_what_to_do(self, asked: Any) -> None:
        answer = asked()
        assert answer.code == 1
        assert "no gateway of the force 'demo' has reported" in answer.err

    def test_a_gateway_of_an_evil_name_cannot_speak_to_the_terminal(self, asked: Any) -> None:
        line = LineStatus(name="\x1b[2J[red]tcp", over="tcp", received=1, state="down", detail="\x07")
        answer = asked(yard=well(lines=(line,)))
        assert answer.code == 1
        assert "\x1b" not in answer.out
        assert "\x07" not in answer.out

    def test_the_doctor_says_it_too(self, asked: Any, broker: Broker, tmp_path: Path) -> None:
        asked(yard=well(state="offline"))
        env = {"ARLS_BROKER__HOST": broker.address.host, "ARLS_BROKER__PORT": str(broker.address.port)}
        said = arls("doctor", "--json", env=env | {"ARLS_JOURNAL__DATA": str(tmp_path)})
        findings = {finding["what"]: finding for finding in json.loads(said.out)["findings"]}
        assert said.code == 1
        assert findings["gateway yard"]["wrong"]
        assert "start it (arls gateway run)" in findings["gateway yard"]["said"]


@pytest.mark.parametrize(
    ("words", "sentence", "code"),
    [
        ((), "no broker is set", 1),
        (("--ready-file", "nowhere.json"), "cannot read nowhere.json", 1),
        (("--ready-file", "README.md"), "README.md names no broker", 1),
        (("--config", "nowhere.toml"), "cannot read nowhere.toml", 2),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(words: tuple[str, ...], sentence: str, code: int) -> None:
    answer = arls("gateway", "status", *words)
    assert (answer.code, answer.out) == (code, "")
    assert sentence in answer.err


def test_the_screen_is_told_which_gateway_is_in_trouble(room: Room) -> None:
    statuses = Statuses()
    publication = m.Publication(gateway="yard", session=2, seq=1)
    room.ask(m.RecordFixes(**room.said(), fixes=(), rejects=(), publications=(publication,)))
    for name, said in {"yard": well(state="offline"), "hill": well()}.items():
        payload = msgspec.json.encode(said)
        topic = status_topic("demo", name)
        statuses.take(Inbound(topic, payload, room.clock(), retain=False, qos=1, mid=1, connection=1))
    system = replace(room.system, intake=cast("Any", SimpleNamespace(gateways=statuses, strays=Strays())))
    hill, yard = status_of(system, room.system.engine.known, room.clock()).gateways
    assert (hill.gateway, hill.state, hill.wrong, hill.seq) == ("hill", "online", (), 0)
    assert (yard.gateway, yard.state, yard.session, yard.seq) == ("yard", "offline", 2, 1)
    assert "start it" in yard.wrong[0]


def test_prometheus_is_told_how_the_gateways_are(room: Room) -> None:
    statuses = Statuses()
    payload = msgspec.json.encode(well())
    statuses.take(
        Inbound(status_topic("demo", "yard"), payload, room.clock(), retain=False, qos=1, mid=1, connection=1)
    )
    told = {
        sample.name: (sample.labels, sample.value)
        for family in gateway_metrics(statuses.seen.values())
        for sample in family.samples
    }
    assert told["arls_gateway_up"] == ({"gateway": "yard"}, 1)
    assert told["arls_gateway_rejects_total"] == ({"gateway": "yard", "reason": "no_start"}, 1)
    assert told["arls_gateway_clock_offset_seconds"] == ({"gateway": "yard"}, 0)


@pytest.mark.parametrize("is_synchronised", [False, None])
def test_a_gateway_that_requires_a_clock_does_not_start_without(
    is_synchronised: bool | None,  # noqa: FBT001  # pytest's
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.edge.kernel_clock", lambda: ClockStatus(is_synchronised=is_synchronised))
    env = {"ARLS_BROKER__HOST": "127.0.0.1", "ARLS_JOURNAL__DATA": str(tmp_path)}
    answer = arls("gateway", "run", env=env | {"ARLS_GATEWAY__REQUIRE_CLOCK": "true"})
    assert (answer.code, answer.out) == (1, "")
    assert "start an NTP client" in answer.err


def test_the_screen_is_told_who_pressed_that_nobody_carries(room: Room) -> None:
    strays = Strays()
    strays.note("issi:77", room.clock())
    strays.note("issi:78", room.clock() - timedelta(minutes=31))
    system = replace(room.system, intake=cast("Any", SimpleNamespace(gateways=Statuses(), strays=strays)))
    (stray,) = status_of(system, room.system.engine.known, room.clock()).strays
    assert (stray.source, stray.at) == ("issi:77", room.clock())


def test_a_gateway_that_is_only_in_the_journal_is_unknown(room: Room) -> None:
    publication = m.Publication(gateway="yard", session=2, seq=1)
    room.ask(m.RecordFixes(**room.said(), fixes=(), rejects=(), publications=(publication,)))
    (yard,) = room.client.get("/v1/status").json()["gateways"]
    assert (yard["gateway"], yard["state"], yard["wrong"]) == ("yard", "unknown", [])
