"""From a real broker into a running engine and back: what is kept is acknowledged, what is not comes again."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from arls import messages as m
from arls.caller import CallerLocation, CallId
from arls.closure import Point
from arls.engine import Engine
from arls.fix import Fix
from arls.geo import moved
from arls.incident import AssignmentState, IncidentId
from arls.locality import Locality
from arls.roads.live import Roads
from arls.unit import Availability, Callsign, Unit
from gateways.broker import DEMO_BROKER, find_mosquitto, start_broker
from gateways.caller_payloads import write_call
from gateways.calls import CallReport
from gateways.intake import _MOST_UNDER_WAY, Intake
from gateways.mqtt import Inbound, Link
from gateways.payloads import Event, Mark, read_receipt, write_event, write_fixes
from gateways.terminals import Terminals, dispatch_topic
from gateways.topics import caller_topic, event_topic, fix_topic, receipt_topic
from tests.drawing import draw
from tests.fakes import MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from arls.ports import Entry, Recorded
    from gateways.broker import Broker

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed"),
]

FORCE = "test"
AB1 = Callsign("AB1")
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - stamps must be near those of the broker's day
DRAWN = draw("A---B---C", ways={"ABC": {"highway": "residential", "name": "High Street"}})


def until(condition: Callable[[], Any], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = start_broker(tmp_path)
    yield made
    made.stop()


class Later:
    """An outbox that is told afterwards whom to hand on to."""

    def __init__(self) -> None:
        self.to: Terminals | None = None

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        if self.to is not None:
            self.to.deliver(recorded)


class Room:
    """An engine with its intake and terminals, and somebody on the broker who listens and speaks."""

    def __init__(self, broker: Broker) -> None:
        self.heard: list[Inbound] = []
        self.journal = MemoryJournal()
        outbox = Later()
        self.engine = Engine(self.journal, outbox)
        self.engine.start()
        self.roads = Roads(DRAWN.network)
        self.intake = Intake(self.engine, broker.address, force=FORCE)
        self.intake.start()
        self.terminals = Terminals(self.intake.link, self.engine, self.roads, force=FORCE)
        self.terminals.start()
        outbox.to = self.terminals
        topics = (dispatch_topic(FORCE, AB1), receipt_topic(FORCE, "gw1"))
        self.field = Link(broker.address, client_id="field", on_message=self.heard.append, subscriptions=topics)
        self.field.start()
        unit = Unit(callsign=AB1)
        self.ask(m.PutUnit(at=NOW, operator="t", desk="t", unit=unit, sources=("issi:1",)))
        self.ask(m.SetState(at=NOW, operator="t", desk="t", callsign=AB1, code=2))

    def ask(self, command: m.Command) -> None:
        self.engine.ask(command).result(timeout=5)

    def fix(self, number: int, **said: Any) -> Fix:
        known = {"id": f"f{number}", "source": "issi:1", "gateway": "gw1", "received_at": NOW, "fix_time": NOW}
        return Fix(**{**known, "lat": 52.5, "lon": -1.9 + number / 1e4, **said})

    def publish(self, topic: str, payload: bytes) -> None:
        assert self.field.publish(topic, payload)

    def stop(self) -> None:
        self.field.stop()
        self.intake.stop()
        self.terminals.stop()
        self.engine.stop()


@pytest.fixture
def room(broker: Broker) -> Iterator[Room]:
    made = Room(broker)
    yield made
    made.stop()


def receipts(room: Room) -> list[int]:
    found = [read_receipt(message.payload) for message in room.heard if message.topic.endswith("/receipt")]
    return [receipt.seq for receipt in found if receipt]


def test_a_fix_is_journalled_pictured_and_receipted(room: Room) -> None:
    for number in range(1, 4):
        payload = write_fixes([room.fix(number)], Mark(gw_session=1, gw_seq=number))
        room.publish(fix_topic(FORCE, "issi:1"), payload)
    until(lambda: 3 in receipts(room))
    assert room.engine.known.picture.columns["lon"][0] == -1.9 + 3 / 1e4
    assert sum(event.fixes for event in room.journal.events if isinstance(event, m.FixesRecorded)) == 3


def test_devices_that_nobody_carries_are_counted_for_their_gateway(room: Room) -> None:
    strangers = [room.fix(number, source=f"issi:{number}") for number in (1, 8, 9)]
    room.publish(fix_topic(FORCE, "issi:1"), write_fixes(strangers, Mark(gw_session=1, gw_seq=1)))
    until(lambda: 1 in receipts(room))
    newest = read_receipt(room.heard[-1].payload)
    assert newest is not None
    assert newest.unknown_devices == 2
    assert set(room.engine.known.tracks) == {"issi:1", "issi:8", "issi:9"}  # nothing is dropped


def test_a_void_number_leaves_no_gap(room: Room) -> None:
    room.publish(fix_topic(FORCE, "issi:1"), write_fixes([room.fix(1)], Mark(gw_session=9, gw_seq=1)))
    again = write_fixes([room.fix(2)], Mark(gw_session=9, gw_seq=3, gw_void=(2,)))
    room.publish(fix_topic(FORCE, "issi:1"), again)
    until(lambda: room.engine.known.receipts and room.engine.known.receipts["gw1"].seq == 3)


def test_what_cannot_be_read_has_a_number_too_and_holds_up_no_receipt(room: Room) -> None:
    mark = {"gateway": "gw1", "gw_session": 9}
    room.publish(fix_topic(FORCE, "issi:1"), msgspec.json.encode({"lat": 95.0, "lon": 0.0, **mark, "gw_seq": 1}))
    room.publish(event_topic(FORCE, "issi:1", "status"), msgspec.json.encode({"code": "five", **mark, "gw_seq": 2}))
    until(lambda: room.engine.known.receipts and room.engine.known.receipts["gw1"].seq == 2)
    assert room.engine.known.rejects == {"invalid_field": 2}


def test_gateways_hear_how_far_they_got_when_the_engine_comes_back(room: Room, broker: Broker) -> None:
    room.publish(fix_topic(FORCE, "issi:1"), write_fixes([room.fix(1)], Mark(gw_session=4, gw_seq=1)))
    until(lambda: 1 in receipts(room))
    room.intake.stop()
    room.heard.clear()
    room.intake = Intake(room.engine, broker.address, force=FORCE)
    room.intake.start()
    until(lambda: 1 in receipts(room))


def test_what_comes_twice_changes_nothing_and_has_a_receipt(room: Room) -> None:
    for number in range(1, 13):
        room.publish(fix_topic(FORCE, "issi:1"), write_fixes([room.fix(number)], Mark()))
    until(lambda: sum(event.fixes for event in room.journal.events if isinstance(event, m.FixesRecorded)) == 12)
    known = room.engine.known.tracks["issi:1"]
    late = [room.fix(number, flags=("backlog",)) for number in range(1, 13)]
    room.publish(fix_topic(FORCE, "issi:1"), write_fixes(late, Mark(gw_session=1, gw_seq=1)))
    until(lambda: 1 in receipts(room))
    assert room.engine.known.tracks["issi:1"] == known


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"null",
        b'{"lat": NaN, "lon": 1}',
        b'{"lat": "here"}',
        b"\xff\xfe",
        b"[" * 5000,
        b"[]",
        b'{"lat":91,"lon":0}',
    ],
)
def test_what_does_not_parse_is_counted_and_its_neighbours_arrive(room: Room, payload: bytes) -> None:
    room.publish(fix_topic(FORCE, "issi:1"), payload)
    room.publish(fix_topic(FORCE, "issi:1"), write_fixes([room.fix(5)], Mark()))
    until(lambda: room.engine.known.tracks)
    until(lambda: sum(room.engine.known.rejects.values()) == 1)
    assert room.intake.counters["rejected"] == 1


def event(kind: str, code: int | None = None, **said: Any) -> bytes:
    known = {"id": kind, "source": "issi:1", "received_at": NOW, "type": kind, "gateway": "gw1", "code": code}
    return write_event(Event(**{**known, **said}), Mark())


def test_an_emergency_and_a_state_code_reach_the_unit_that_carries_the_radio(room: Room) -> None:
    room.publish(event_topic(FORCE, "issi:1", "status"), event("status", 0x8010 + 8))
    until(lambda: room.engine.known.states[AB1].availability is Availability.UNAVAILABLE)
    room.publish(event_topic(FORCE, "issi:1", "emergency"), event("emergency"))
    until(lambda: AB1 in room.engine.known.emergencies)


def test_one_press_by_every_path_is_one_alarm_also_when_it_comes_again_after_its_end(room: Room) -> None:
    def raised() -> int:
        return sum(isinstance(happened, m.EmergencyRaised) for happened in room.journal.events)

    def press(name: str, **said: Any) -> None:
        room.publish(event_topic(FORCE, "issi:1", "emergency"), event("emergency", id=name, **said))

    def fix(number: int, **said: Any) -> None:
        room.publish(fix_topic(FORCE, "issi:1"), write_fixes([room.fix(number, **said)], Mark()))

    press("one")
    press("one", gateway="gw2")
    press("heard ten seconds later", gateway="gw2")
    fix(1, emergency=True)
    room.publish(event_topic(FORCE, "issi:1", "status"), event("status", 0))
    until(lambda: AB1 in room.engine.known.emergencies and "issi:1" in room.engine.known.tracks)
    ended_at = NOW + timedelta(seconds=30)
    room.ask(m.CancelEmergency(at=ended_at, operator="t", desk="t", callsign=AB1))
    press("one")  # a tracker that heard no acknowledgement
    press("heard ten seconds later", gateway="gw2", flags=("backlog",))
    fix(1, emergency=True, flags=("backlog",))
    fix(2)
    until(lambda: room.intake.counters["fixes"] == 3 and room.intake.counters["events"] == 6)
    until(lambda: sum(one.fixes for one in room.journal.events if isinstance(one, m.FixesRecorded)) == 3)
    assert raised() == 1
    assert AB1 not in room.engine.known.emergencies
    press("another", received_at=ended_at + timedelta(seconds=1))
    until(lambda: raised() == 2)


def test_a_retained_emergency_does_not_fire_at_each_connection(broker: Broker) -> None:
    somebody = Link(broker.address, client_id="somebody", on_message=lambda _message: None)
    somebody.start()
    assert somebody.publish(event_topic(FORCE, "issi:1", "emergency"), event("emergency"), retain=True)
    somebody.stop()
    room = Room(broker)
    until(lambda: room.intake.counters["events"] == 1)
    room.stop()
    assert AB1 not in room.engine.known.emergencies


def test_a_deployment_shows_no_way_over_a_road_that_is_shut(room: Room) -> None:
    start, goal = DRAWN.node("A"), DRAWN.node("C")
    fix = room.fix(0, lat=start.lat, lon=start.lon)
    room.publish(fix_topic(FORCE, "issi:1"), write_fixes([fix], Mark()))
    until(lambda: room.engine.known.picture.located[0])
    barrier = Point(position=moved(start, course_deg=90.0, distance_m=200.0))
    room.ask(m.CloseRoads(at=NOW, operator="t", desk="t", shape=barrier))
    room.ask(m.CreateIncident(at=NOW, operator="t", desk="t", lat=goal.lat, lon=goal.lon, grade="1"))
    room.ask(m.Assign(at=NOW, operator="t", desk="t", incident=IncidentId("INC0001"), callsign=AB1))
    until(lambda: any(message.topic.endswith("/dispatch") for message in room.heard))
    (sent,) = (message.payload for message in room.heard if message.topic.endswith("/dispatch"))
    assert msgspec.json.decode(sent)["route"] is None


def test_a_deployment_reaches_the_terminal_and_its_answers_move_the_assignment(room: Room) -> None:
    room.publish(
        fix_topic(FORCE, "issi:1"), write_fixes([room.fix(0, lat=DRAWN.node("A").lat, lon=DRAWN.node("A").lon)], Mark())
    )
    until(lambda: room.engine.known.picture.located[0])
    goal = DRAWN.node("C")
    there = {"lat": goal.lat, "lon": goal.lon, "locality": Locality(warnings=("a dog",), talk_group="ARL-1")}
    room.ask(m.CreateIncident(at=NOW, operator="t", desk="t", grade="1", text="knife seen", **there))
    room.ask(m.Assign(at=NOW, operator="t", desk="t", incident=IncidentId("INC0001"), callsign=AB1))
    until(lambda: any(message.topic.endswith("/dispatch") for message in room.heard))
    sent = msgspec.json.decode(next(message.payload for message in room.heard if message.topic.endswith("/dispatch")))
    said = ("incident", "grade", "place", "text", "warnings", "talk_group")
    assert [sent[name] for name in said] == ["INC0001", "1", "High Street", "knife seen", ["a dog"], "ARL-1"]
    assert sent["route"][-1] == [pytest.approx(goal.lon, abs=1e-5), pytest.approx(goal.lat, abs=1e-5)]
    ack = f"arls/v1/{FORCE}/unit/AB1/ack"
    for answer in ("delivered", "accepted", "nonsense", "arrived"):
        told = {"assignment_id": sent["assignment_id"], "answer": answer, "warnings_read": answer == "accepted"}
        room.publish(ack, msgspec.json.encode(told))
    until(lambda: room.engine.known.assignments[sent["assignment_id"]].state is AssignmentState.AT_SCENE)
    assert room.engine.known.assignments[sent["assignment_id"]].warnings_read_at is not None
    steps = [step.state for step in room.engine.known.assignments[sent["assignment_id"]].steps]
    assert steps == [
        AssignmentState.RESERVED,
        AssignmentState.DELIVERED,
        AssignmentState.ACCEPTED,
        AssignmentState.AT_SCENE,
    ]
    assert room.intake.counters["rejected"] == 1


def test_nobody_answers_for_another_unit(room: Room) -> None:
    room.publish(f"arls/v1/{FORCE}/unit/AB2/ack", b'{"assignment_id": "A00001", "answer": "clear"}')
    until(lambda: room.engine.known.rejects.get("answer_of_nobody") == 1)


def test_what_could_not_be_committed_is_handed_on_again_without_a_new_connection(room: Room) -> None:
    room.journal.doubt = False  # the next append breaks and keeps nothing
    room.publish(fix_topic(FORCE, "issi:1"), write_fixes([room.fix(7)], Mark(gw_session=1, gw_seq=1)))
    until(lambda: room.journal.doubt is None)
    until(lambda: "issi:1" in room.engine.known.tracks)
    until(lambda: 1 in receipts(room))


def test_an_emergency_whose_commit_broke_is_not_acknowledged_by_the_fixes_behind_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arls.engine.BATCH", 1)  # each command is a commit of its own
    acknowledged: list[Inbound] = []
    monkeypatch.setattr(room.intake.pressing_link, "ack", acknowledged.append)
    room.journal.doubt = False  # the emergency's commit breaks, that of the batch of fixes behind it does not
    room.publish(event_topic(FORCE, "issi:1", "emergency"), event("emergency"))
    until(lambda: room.journal.doubt is None)
    assert acknowledged == []
    until(lambda: AB1 in room.engine.known.emergencies)
    until(lambda: acknowledged)


def test_an_emergency_behind_a_flood_of_fixes_is_journalled_before_most_of_them(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By order and not by the clock: what was under way when it came is all that goes before it."""
    flood, goes_on, append = 10_000, threading.Event(), room.journal.append

    def once_it_may(entries: Sequence[Entry], *, after: int) -> int:
        goes_on.wait(30)
        return append(entries, after=after)

    monkeypatch.setattr(room.journal, "append", once_it_may)
    sent = 0
    while sent < flood:
        topic, payload = fix_topic(FORCE, "issi:1"), write_fixes([room.fix(sent)], Mark(gw_session=1, gw_seq=sent + 1))
        if room.field.publish(topic, payload):
            sent += 1
        else:
            time.sleep(0.01)  # the broker takes them in its turn
    until(lambda: not room.intake._under_way._value)
    room.publish(event_topic(FORCE, "issi:1", "emergency"), event("emergency"))
    until(lambda: not room.intake._inbox._pressing.empty())
    goes_on.set()
    until(lambda: flood in receipts(room), 60)
    events = room.journal.events
    pressed_at = next(n for n, it in enumerate(events) if isinstance(it, m.EmergencyRaised))
    before = sum(it.fixes for it in events[:pressed_at] if isinstance(it, m.FixesRecorded))
    assert before <= (_MOST_UNDER_WAY + 1) * 501
    assert sum(it.fixes for it in events if isinstance(it, m.FixesRecorded)) == flood


def test_what_was_not_acknowledged_comes_again_after_a_restart(broker: Broker) -> None:
    room = Room(broker)
    room.engine.stop()  # nothing is answered any more, as after a crash
    room.publish(fix_topic(FORCE, "issi:1"), write_fixes([room.fix(7)], Mark()))
    until(lambda: room.intake.counters["fixes"] == 1)
    room.intake.stop()
    room.terminals.stop()
    room.field.stop()
    again = Room(broker)  # the broker still holds it
    until(lambda: "issi:1" in again.engine.known.tracks)
    again.stop()


def test_where_there_is_no_mosquitto_the_python_broker_carries_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateways.broker.find_mosquitto", lambda: None)
    broker = start_broker(tmp_path)
    assert broker.kind == DEMO_BROKER
    room = Room(broker)
    room.publish(fix_topic(FORCE, "issi:1"), write_fixes([room.fix(1)], Mark(gw_session=1, gw_seq=1)))
    until(lambda: 1 in receipts(room))
    room.stop()
    broker.stop()


def test_a_caller_is_journalled_once_and_receipted_and_what_is_none_leaves_no_word(room: Room) -> None:
    call = "C-17"
    location = CallerLocation(id="L1", received_at=NOW, lat=52.5, lon=-1.9, accuracy_m=14.0, gateway="gw1")
    report = CallReport(call=CallId(call), location=location)
    for seq in (1, 2):
        mark = Mark(gateway="gw1", gw_session=1, gw_seq=seq)
        room.publish(caller_topic(FORCE, call), write_call(report, mark))
    room.publish(caller_topic(FORCE, call), b'{"lat": "+447700900123", "gateway": "gw1", "gw_session": 1, "gw_seq": 3}')
    until(lambda: receipts(room)[-1:] == [3])
    known = room.engine.known
    assert known.callers[CallId(call)].locations == (location,)
    assert sum(isinstance(event, m.CallerLocated) for event in room.journal.events) == 1
    assert known.rejects == {"invalid_field": 1}
    assert not any(b"447700900123" in (record.body or b"") + record.event for record in room.journal.records)
