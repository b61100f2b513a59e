"""A desk that asks radios: by the rules, within the budget, and with an answer to whoever asked."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gateways.clock import received_now
from gateways.decoders.message import DecodeError, Ignored
from gateways.listeners.dial import Dialled
from gateways.listeners.pei_life import PeiSetup
from gateways.listeners.poll_desk import PollDesk
from gateways.listeners.ports import SerialPort
from gateways.mqtt import BrokerAddress, Inbound
from gateways.polls import PollCommand, PollRules
from gateways.topics import answer_topic, command_topic
from tests.gateways.ears import Ear
from tests.gateways.scripted_radio import SDS, ScriptedRadio, Terminal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

NOBODY = BrokerAddress(host="127.0.0.1", port=9)


class Wire:
    """A link that remembers what went out."""

    is_up = True

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any], bytes | None]] = []

    def publish(self, topic: str, payload: bytes, *, expiry_s: int, correlation: bytes | None) -> bool:
        assert expiry_s
        self.said.append((topic, json.loads(payload), correlation))
        return True

    @property
    def answers(self) -> list[dict[str, Any]]:
        return [answer for _, answer, _ in self.said]


class Room:
    """A desk with one radio on a serial line."""

    def __init__(self, radio: ScriptedRadio, line: Dialled, rules: PollRules) -> None:
        self.radio = radio
        self.line = line
        self.ear = Ear()
        self.wire = Wire()
        self.desk = PollDesk(NOBODY, [line], rules, force="demo", gateway="gw1")
        self.desk._link = self.wire  # type: ignore[assignment]
        self.desk._ear = self.ear
        self._number = 0

    def ask(self, *, retain: bool = False, response_topic: str | None = None, **words: Any) -> None:
        self._number += 1
        command = {
            "id": str(self._number),
            "source": "itsi:234009900004711",
            "expires_at": (received_now() + timedelta(minutes=1)).isoformat(),
        } | words
        self.desk._take(
            Inbound(
                command_topic("demo", "gw1"),
                json.dumps(command).encode(),
                received_now(),
                retain,
                1,
                1,
                1,
                response_topic,
                b"77",
            )
        )

    async def answered(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(10):
            while len(self.wire.said) < count:  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0.01)
        return self.wire.answers


def with_room(script: Callable[[Room], Awaitable[None]], radio: ScriptedRadio | None = None, **rules: float) -> None:
    radio = radio or ScriptedRadio()

    async def played() -> None:
        with Terminal(radio) as terminal:
            setup = PeiSetup(answer_s=0.3, pause_s=0.0)
            line = Dialled("tetra-pei", SerialPort(device=terminal.device), pei=setup)
            room = Room(radio, line, PollRules(**rules))  # type: ignore[arg-type]
            await line.start(room.ear)
            try:
                async with asyncio.timeout(10):
                    while line.line.state != "registered":  # noqa: ASYNC110 - the same
                        await asyncio.sleep(0.01)
                await script(room)
            finally:
                for task in room.desk._tasks:
                    task.cancel()
                await line.stop()

    asyncio.run(played())


def test_a_radio_is_asked_to_report_to_ours_and_whoever_asked_hears_that_it_was() -> None:
    async def script(room: Room) -> None:
        room.ask(response_topic="arls/v1/demo/rsp/ranking")
        (answer,) = await room.answered(1)
        assert room.radio.said[-2:] == ["AT+CTSDS=12,0,0,0,1", "AT+CMGS=4711,45"]
        assert room.radio.sent == ["0A4588001F40"]  # short report preferred, to SSI 1000
        assert answer["state"] == "sent"
        ((topic, _, correlation),) = room.wire.said
        assert (topic, correlation) == ("arls/v1/demo/rsp/ranking", b"77")
        assert [outcome.why for outcome in room.ear.heard if isinstance(outcome, Ignored)] == ["poll_sent"]
        assert "Requests: 1 sent. 1 of 120" in room.desk.line.detail

    with_room(script)


def test_a_motorola_radio_is_asked_in_its_own_words() -> None:
    async def script(room: Room) -> None:
        room.ask(protocol="lrrp")
        await room.answered(1)
        assert room.radio.sent[0].startswith("8300")
        assert room.radio.sent[0].endswith("516257")

    with_room(script)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"expires_at": "2026-06-06T14:00:00Z"}, "expired"),
        ({"retain": True}, "retained"),
        ({"source": "imei:356307042441013"}, "not_a_tetra_radio"),
        ({"source": "itsi:262010100004711"}, "foreign_network"),
        ({"act": "stop"}, "no_rate"),
        ({"act": "rate", "for_s": 4_000}, "too_long"),
        ({"act": "explode"}, "not_a_command"),
    ],
)
def test_what_the_rules_forbid_is_refused_with_a_reason_and_counted(words: dict[str, Any], reason: str) -> None:
    async def script(room: Room) -> None:
        room.ask(**words)
        (answer,) = await room.answered(1)
        assert (answer["state"], answer["reason"]) == ("refused", reason)
        assert answer["detail"].endswith(".") or reason == "not_a_command"
        assert room.radio.sent == []
        faults = [outcome.reason for outcome in room.ear.heard if isinstance(outcome, DecodeError)]
        assert faults == [f"poll_{reason}"]

    with_room(script)


def test_the_budget_counts_what_is_asked_and_what_is_delivered() -> None:
    async def script(room: Room) -> None:
        room.line.talk.life.heard(SDS * 3, asyncio.get_running_loop().time())  # type: ignore[union-attr]
        for _ in range(3):
            room.ask()
            await asyncio.sleep(0.1)
        answers = await room.answered(3)
        assert [answer["state"] for answer in answers] == ["sent", "sent", "refused"]
        assert answers[2]["reason"] == "radio_budget"
        assert "5 of 6" in answers[2]["detail"]
        assert len(room.radio.sent) == 2

    with_room(script, budget_per_min=6)


def test_a_radio_of_ours_that_cannot_send_is_no_refusal_of_ours() -> None:
    async def script(room: Room) -> None:
        room.radio.answers["CMGS=4711,45"] = "+CME ERROR: 35"
        room.ask()
        (answer,) = await room.answered(1)
        assert (answer["state"], answer["reason"]) == ("failed", "no_line")
        assert "+CME ERROR: 35" in answer["detail"]

    with_room(script)


def test_without_a_ready_line_nothing_is_asked() -> None:
    async def script(room: Room) -> None:
        room.line.talk.closed()  # type: ignore[union-attr]
        room.ask()
        (answer,) = await room.answered(1)
        assert (answer["state"], answer["reason"]) == ("refused", "no_line")

    with_room(script)


def test_a_command_that_expires_while_others_are_sent_is_refused() -> None:
    async def script(room: Room) -> None:
        room.radio.is_mute = True
        room.ask(source="issi:1")
        room.ask(source="issi:2", expires_at=(received_now() + timedelta(seconds=0.1)).isoformat())
        await asyncio.sleep(0.2)
        room.radio.is_mute = False
        answers = await room.answered(2)
        assert sorted((answer["state"], answer.get("reason")) for answer in answers) == [
            ("refused", "expired"),
            ("sent", None),
        ]

    with_room(script)


def test_a_command_that_the_broker_brings_twice_is_obeyed_once() -> None:
    async def script(room: Room) -> None:
        room.ask(id="same")
        room.ask(id="same")
        await room.answered(1)
        room.ask(id="same")
        answers = await room.answered(2)
        assert [answer["state"] for answer in answers] == ["sent", "sent"]
        assert len(room.radio.sent) == 1

    with_room(script)


def test_an_answer_never_goes_where_it_might_pass_for_something_else() -> None:
    async def script(room: Room) -> None:
        for topic in ("arls/v1/demo/fix/itsi/1", "arls/v1/other/rsp/1", "arls/v1/demo/rsp/+", None):
            room.ask(response_topic=topic, source="nobody")
        await room.answered(4)
        assert {topic for topic, _, _ in room.wire.said} == {answer_topic("demo", "gw1")}

    with_room(script)


def command(act: str, **words: Any) -> PollCommand:
    """A command that asks faster than any over the wire may."""
    expires_at = received_now() + timedelta(minutes=1)
    return PollCommand(id=act, source="issi:4711", expires_at=expires_at, act=act, **words)  # type: ignore[arg-type]


ANY = Inbound("", b"", received_now(), False, 1, 1, 1)


def test_a_raised_rate_ends_by_itself() -> None:
    async def script(room: Room) -> None:
        await room.desk._obey(command("rate", every_s=0.05, for_s=0.22), ANY)
        first, last = room.wire.answers
        assert (first["state"], first["requests"]) == ("sent", 1)
        assert first["until"] > first["at"]
        assert (last["state"], last["requests"], last.get("skipped", 0)) == ("done", len(room.radio.sent), 0)
        assert 2 <= last["requests"] <= 5
        assert room.desk._rates == {}

    with_room(script)


def test_a_raised_rate_can_be_stopped_and_skips_what_the_budget_does_not_bear() -> None:
    async def script(room: Room) -> None:
        rate = asyncio.create_task(room.desk._obey(command("rate", every_s=0.02, for_s=60.0), ANY))
        await room.answered(1)
        await asyncio.sleep(0.3)
        await room.desk._obey(command("stop"), ANY)
        with pytest.raises(asyncio.CancelledError):
            await rate
        assert [answer["state"] for answer in room.wire.answers] == ["sent", "done"]
        assert len(room.radio.sent) == 3  # of a budget of four, one is left for the answer
        assert room.desk._rates == {}

    with_room(script, budget_per_min=4)


def test_as_many_radios_report_faster_as_the_site_allows() -> None:
    async def script(room: Room) -> None:
        room.ask(act="rate", source="issi:1", every_s=10, for_s=60)
        await room.answered(1)
        room.ask(act="rate", source="issi:2")
        answers = await room.answered(2)
        assert answers[1]["reason"] == "too_many_rates"

    with_room(script, most_rates=1)
