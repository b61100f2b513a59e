"""What a gateway does with what it hears, by a broker that only remembers what it was given."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec
import pytest

from arls.fix import Fix, FixKind
from gateways.clock import received_now
from gateways.decoders.message import DecodeError, Estimated, Ignored, Located, Login, Message, NoFix, Partial, Status
from gateways.fixes import Heard, event_of, is_event, is_fix
from gateways.fixes import fix_of as fix_of_report
from gateways.mqtt import Inbound, Will
from gateways.payloads import read_status
from gateways.runner import Gateway
from gateways.shelf import Shelf
from gateways.spool import Spool
from gateways.tally import Tally
from gateways.topics import receipt_topic, status_topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateways.listeners.listener import Ear, Listener

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
RADIO = "itsi:234009900004711"


class Memory:
    """A broker that remembers; it can be down."""

    def __init__(self) -> None:
        self.is_up = True
        self.said: list[tuple[str, bytes]] = []
        self.will: Will | None = None
        self._hand_over: Callable[[Inbound], None]

    def connect(self, on_message: Callable[[Inbound], None], will: Will) -> Memory:
        self._hand_over, self.will = on_message, will
        return self

    def start(self, *, patient: bool = False) -> None:
        assert not patient

    def stop(self) -> None:
        self.is_up = False

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, expiry_s: int | None = None
    ) -> bool:
        assert qos == 1
        assert retain == (expiry_s is None)
        self.said.append((topic, payload))
        return True

    def bring(self, topic: str, payload: bytes) -> None:
        self._hand_over(Inbound(topic, payload, received_now(), retain=True, qos=1, mid=1, connection=1))

    def on(self, part: str) -> list[tuple[str, bytes]]:
        return [(topic, payload) for topic, payload in self.said if f"/{part}/" in topic]


class Script:
    """A listener that has heard it all before."""

    def __init__(self, *arrivals: list[Message | DecodeError]) -> None:
        self._arrivals = arrivals

    async def start(self, ear: Ear) -> None:
        for outcomes in self._arrivals:
            ear.hear(outcomes, dialect="tetra-pei", received_at=NOW)

    async def stop(self) -> None:
        """Nothing to end."""


def gateway_of(listener: Listener, memory: Memory, folder: Path) -> Gateway:
    return Gateway("yard", force="demo", shelf=Shelf(folder / "spool"), listeners=[listener], connect=memory.connect)


def heard(*arrivals: list[Message | DecodeError]) -> tuple[Memory, Gateway]:
    memory = Memory()
    with TemporaryDirectory() as folder:
        gateway = gateway_of(Script(*arrivals), memory, Path(folder))
        gateway.start()
        gateway.stop()
    return memory, gateway


def located(seconds: float = 0, **words: object) -> Located:
    at = NOW + timedelta(seconds=seconds)
    return msgspec.structs.replace(Located(device_id=RADIO, received_at=NOW, lat=52.0, lon=-1.0, time=at), **words)


def test_fixes_of_one_device_travel_together_and_those_of_two_apart() -> None:
    memory, gateway = heard([located(1), located(2), located(3, device_id="issi:9")], [located(4)])
    payloads = {topic: json.loads(payload) for topic, payload in memory.on("fix")}
    assert [len(payload) for payload in payloads.values() if isinstance(payload, list)] == [3]
    assert set(payloads) == {"arls/v1/demo/fix/itsi/234009900004711", "arls/v1/demo/fix/issi/9"}
    assert gateway.tally.published == 2


def test_a_batch_is_bounded() -> None:
    memory, _ = heard([located(n) for n in range(120)])
    assert [len(json.loads(payload)) for _, payload in memory.on("fix")] == [50, 50, 20]


def test_every_publication_has_the_next_number() -> None:
    memory, _ = heard([Login(device_id=RADIO), *[located(n) for n in range(51)]])
    marks = [json.loads(payload) for _, payload in memory.said if b"gw_seq" in payload]
    numbers = [(mark[0] if isinstance(mark, list) else mark)["gw_seq"] for mark in marks]
    assert numbers == [1, 2, 3]


def test_an_emergency_goes_out_before_the_flood_that_it_came_in_and_when_nothing_else_may() -> None:
    flood = [located(n / 1_000, device_id=f"issi:{n % 1_500}") for n in range(10_000)]
    memory, _ = heard([*flood, located(1, reason="emergency")], flood, [located(2, reason="emergency")])
    kinds = [topic.split("/")[3] for topic, payload in memory.said if b"backlog" not in payload]
    assert kinds[:2] == ["event", "fix"]
    assert json.loads(memory.said[1][1])["emergency"] is True
    # What nobody signed for lets no more fixes out, and the second press all the same.
    assert kinds.count("fix") <= 1_002
    assert kinds.count("event") == 2


def test_an_emergency_does_not_wait_and_is_an_event_too() -> None:
    memory, _ = heard([located(reason="emergency")])
    ((topic, event),) = memory.on("event")
    ((_, fix),) = memory.on("fix")
    assert topic == "arls/v1/demo/event/itsi/234009900004711/emergency"
    assert json.loads(event)["fix_id"] == json.loads(fix)["id"]
    assert json.loads(fix)["emergency"] is True


def test_nonsense_is_counted_by_reason_and_the_rest_is_published() -> None:
    memory, gateway = heard(
        [DecodeError("truncated", "latitude"), located(1), DecodeError("truncated"), Ignored(why="tea")],
        [located(2, device_id=None), located(3, device_id="itsi:" + "9" * 99), Partial(device_id=RADIO)],
    )
    assert len(memory.on("fix")) == 1
    status = gateway.tally.status(gateway.spool, state="online", at=NOW)
    assert status.rejected == {"truncated": 2, "device_unnamed": 1, "device_unnameable": 1}
    assert status.passed_by == {"tea": 1, "partial": 1}
    assert status.counters["received"] == 7
    assert status.counters["rejected"] == 4


def test_a_gateway_says_that_it_goes_and_leaves_a_will() -> None:
    memory, _ = heard()
    last = read_status(memory.said[-1][1])
    assert memory.said[-1][0] == status_topic("demo", "yard")
    assert memory.will is not None
    will = read_status(memory.will.payload)
    assert last is not None
    assert will is not None
    assert (last.state, last.session, will.state, will.session) == ("offline", 1, "offline", 1)


def test_what_cannot_go_out_waits_in_the_spool(tmp_path: Path) -> None:
    memory = Memory()
    memory.is_up = False
    gateway = gateway_of(Script([located()]), memory, tmp_path)
    gateway.start()
    gateway.stop()
    assert memory.on("fix") == []
    assert len(gateway.spool) == 1


def test_a_receipt_from_the_engine_settles(tmp_path: Path) -> None:
    memory = Memory()
    gateway = gateway_of(Script([Login(device_id=RADIO)], [located(reason="emergency")]), memory, tmp_path)
    gateway.start()
    memory.bring(receipt_topic("demo", "yard"), b"nonsense")
    memory.bring(receipt_topic("demo", "yard"), b'{"session":0,"seq":99}')
    memory.bring(receipt_topic("demo", "yard"), b'{"session":1,"seq":2}')
    gateway.stop()
    assert len(gateway.spool) == 1


class Back(Memory):
    """A broker that is there again after it was left."""

    def start(self, *, patient: bool = False) -> None:
        del patient
        self.is_up = True


def test_a_gateway_that_the_engine_has_outgrown_comes_again_as_a_later_session(tmp_path: Path) -> None:
    memory = Back()
    gateway = gateway_of(Script([located(1, reason="emergency")]), memory, tmp_path)
    gateway.start()
    memory.bring(receipt_topic("demo", "yard"), b'{"session":40,"seq":9}')
    until_s = time.monotonic() + 5
    while not any(b'"gw_session":41' in payload for _, payload in memory.on("fix")) and time.monotonic() < until_s:
        time.sleep(0.01)
    assert memory.will is not None
    will = read_status(memory.will.payload)
    gateway.stop()
    (words,) = [json.loads(payload) for _, payload in memory.on("fix") if b'"gw_session":41' in payload]
    assert (words["gw_seq"], words["flags"]) == (2, ["backlog"])  # its event went before it
    assert will is not None
    assert will.session == 41  # or its offline would be taken for that of an older life


def fix_of(message: Message, received_at: datetime = NOW) -> Fix:
    assert is_fix(message)
    return fix_of_report(message, heard_by("yard", received_at))


def heard_by(gateway: str, received_at: datetime = NOW) -> Heard:
    return Heard(source=RADIO, gateway=gateway, protocol="tetra-pei", received_at=received_at)


def test_the_same_report_through_two_gateways_is_one_fix() -> None:
    later = NOW + timedelta(seconds=3)
    second = fix_of_report(located(received_at=later), heard_by("hill", later))
    assert fix_of(located()).id == second.id


def test_a_radio_that_stands_still_and_tells_no_time_is_heard_each_minute() -> None:
    same_bits = located(time=None)
    assert fix_of(same_bits).id == fix_of(same_bits, NOW + timedelta(seconds=1)).id
    assert fix_of(same_bits).id != fix_of(same_bits, NOW + timedelta(minutes=1)).id


def test_a_crawl_has_no_course() -> None:
    assert fix_of(located(speed_mps=0.3, course_deg=90.0)).course_deg is None
    assert fix_of(located(speed_mps=3.0, course_deg=90.0)).course_deg == 90
    assert fix_of(located(course_deg=90.0)).course_deg == 90


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (located(), FixKind.FIX),
        (located(last_known=True), FixKind.LAST_KNOWN),
        (Estimated(lat=1.0, lon=2.0), FixKind.ESTIMATED),
        (NoFix(), FixKind.NO_FIX),
    ],
)
def test_a_fix_says_how_far_the_device_stands_by_it(message: Message, kind: FixKind) -> None:
    assert fix_of(message).kind is kind


@pytest.mark.parametrize(
    ("message", "event_type"),
    [
        (Status(code=0, received_at=NOW), "emergency"),
        (Status(code=0x8003, received_at=NOW), "status"),
        (Status(text="offline", received_at=NOW), "status"),
        (Login(received_at=NOW), "login"),
        (NoFix(reason="power_off", received_at=NOW), "power"),
        (located(reason="max_interval"), None),
        (Ignored(why="tea", received_at=NOW), None),
    ],
)
def test_what_a_device_does_is_an_event(message: Message, event_type: str | None) -> None:
    assert is_event(message) == (event_type is not None)
    if event_type is not None:
        assert event_of(message, heard_by("yard"), None).type == event_type


def test_reasons_that_a_sender_could_invent_are_bounded(tmp_path: Path) -> None:
    tally = Tally()
    for number in range(500):
        tally.rejected(DecodeError(f"reason_{number}"), dialect="x", received_at=NOW)
        tally.passed_by(f"kind_{number}")
    status = tally.status(Spool(Shelf(tmp_path / "spool")), state="online", at=NOW)
    assert (len(status.rejected), sum(status.rejected.values()), len(status.samples)) == (201, 500, 10)
    assert (len(status.passed_by), sum(status.passed_by.values())) == (201, 500)


def test_a_start_that_fails_ends_the_thread_and_tells_why(tmp_path: Path) -> None:
    class Broken(Script):
        async def start(self, ear: Ear) -> None:
            del ear
            raise OSError("no such serial line")

    gateway = gateway_of(Broken(), Memory(), tmp_path)
    with pytest.raises(OSError, match="no such serial line"):
        gateway.start()
    gateway.stop()
