"""An incident that is made or moved asks radios once, in the journal first, within the budget and with rests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from api.asker import Asker
from api.settings import AskingSettings
from arls import messages as m
from arls.control import Rvp
from arls.fix import Fix
from arls.incident import Appointment, IncidentId
from arls.messages.fixes import Publication
from arls.unit import Callsign, Unit
from gateways.polls import PollCommand, read_command
from tests.api.room import DRAWN, Room

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Wire:
    """What carries commands, and remembers them."""

    sent: list[tuple[str, PollCommand]] = field(default_factory=list)

    def publish(self, topic: str, payload: bytes, *, expiry_s: int) -> bool:
        assert expiry_s == 20
        self.sent.append((topic, read_command(payload)))
        return True


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def made(room: Room, wire: Wire) -> Callable[..., Asker]:
    def make(**settings: Any) -> Asker:
        chosen = AskingSettings(enabled=True, **{"least_s": 0.1, **settings})
        return Asker(room.system.engine, room.system.roads, wire, chosen, force="demo", now=room.clock)

    return make


def rivals(room: Room) -> None:
    """Two units that drive about on either side of E, last heard a minute ago by gateway gw1."""
    for number, node in ((1, "D"), (2, "F")):
        place, source = DRAWN.node(node), f"issi:{number}"
        room.ask(m.PutUnit(**room.said(), unit=Unit(callsign=Callsign(f"U{number}")), sources=(source,)))
        room.ask(m.SetState(**room.said(), callsign=Callsign(f"U{number}"), code=2))
        now = room.clock()
        fix = Fix(
            id=f"{source}/{now}",
            source=source,
            received_at=now,
            fix_time=now,
            gateway="gw1",
            lat=place.lat,
            lon=place.lon,
            speed_mps=9.0,
        )
        publication = Publication(gateway="gw1", session=1, seq=number)
        room.ask(m.RecordFixes(**room.said(), fixes=(fix,), publications=(publication,)))
    room.clock.advance(seconds=60.0)


def asked(room: Room) -> list[m.RadiosAsked]:
    return [record.entry.event for record in room.journal.read() if isinstance(record.entry.event, m.RadiosAsked)]


def test_a_new_incident_asks_the_radios_that_could_change_who_is_first(
    room: Room, wire: Wire, made: Callable[..., Asker]
) -> None:
    rivals(room)
    incident = IncidentId(room.incident(DRAWN.node("E"))["id"])
    radios = made().step(incident)
    assert radios
    assert {topic for topic, _ in wire.sent} == {"arls/v1/demo/cmd/gw1"}
    assert [command.source for _, command in wire.sent] == [radio.source for radio in radios]
    assert all(command.act == "locate" and command.by == "ranking" for _, command in wire.sent)
    assert all(command.expires_at == room.clock() + timedelta(seconds=20) for _, command in wire.sent)
    assert len({command.id for _, command in wire.sent}) == len(wire.sent)
    (event,) = asked(room)
    assert (event.incident, event.radios, event.operator) == (incident, radios, "ranking")
    assert event.left_s < event.regret_s
    text = room.client.get(f"/v1/incidents/{incident}/ranking").json()["verdict_text"]
    assert "; asked U" in text


def test_a_radio_rests_and_a_gateway_keeps_to_its_minute(room: Room, wire: Wire, made: Callable[..., Asker]) -> None:
    rivals(room)
    incident = IncidentId(room.incident(DRAWN.node("E"))["id"])
    asker = made(per_min=5, again_after_s=10.0)  # a fifth for emergencies: four messages, two radios
    first = asker.step(incident)
    assert 0 < len(first) <= 2
    room.clock.advance(seconds=5.0)
    assert not {radio.source for radio in asker.step(incident)} & {radio.source for radio in first}
    room.clock.advance(seconds=10.0)
    assert len(wire.sent) <= 2
    asker.step(incident)
    assert len(wire.sent) <= 2  # the room of the minute is used
    room.clock.advance(seconds=61.0)
    asker.step(incident)
    assert len(wire.sent) > 2


def test_what_is_closed_or_sends_nobody_asks_nobody(room: Room, wire: Wire, made: Callable[..., Asker]) -> None:
    rivals(room)
    asker = made()
    assert asker.step(IncidentId(room.incident(DRAWN.node("E"), grade="4")["id"])) == ()
    closed = room.incident(DRAWN.node("E"))["id"]
    room.client.post(f"/v1/incidents/{closed}/close", json={"result": "nothing"})
    assert asker.step(IncidentId(closed)) == ()
    assert asker.step(IncidentId("INC9999")) == ()
    assert wire.sent == []
    assert asked(room) == []


def test_an_appointment_asks_nobody_before_its_time(room: Room, made: Callable[..., Asker]) -> None:
    rivals(room)
    place, hour = DRAWN.node("E"), timedelta(hours=1)
    now = room.clock()
    meeting = Appointment(begins_at=now + 2 * hour, ends_at=now + 3 * hour, release_at=now + hour)
    said = room.said() | {"lat": place.lat, "lon": place.lon}
    held = room.ask(m.CreateIncident(**said, grade="3", appointment=meeting)).subject
    assert made().step(IncidentId(held)) == ()
    routine = room.ask(m.CreateIncident(**said, grade="2")).subject
    assert made().step(IncidentId(routine)) != ()


def test_who_is_asked_is_whose_answer_matters_at_the_rvp(room: Room, made: Callable[..., Asker]) -> None:
    rivals(room)
    near, far = DRAWN.node("E"), DRAWN.node("A")
    incident = room.ask(m.CreateIncident(**room.said(), lat=far.lat, lon=far.lon, grade="2")).subject
    room.ask(m.SetRvp(**room.said(), incident=IncidentId(incident), rvp=Rvp(lat=near.lat, lon=near.lon, note="")))
    here = room.ask(m.CreateIncident(**room.said(), lat=near.lat, lon=near.lon, grade="2")).subject
    at_rvp, there = (made().step(IncidentId(name)) for name in (incident, here))
    assert at_rvp == there != ()


def test_it_listens_for_incidents_that_are_made_or_moved_and_for_nothing_else(
    room: Room, made: Callable[..., Asker]
) -> None:
    rivals(room)
    asker = made(again_after_s=0.0)
    incident = room.incident(DRAWN.node("E"))["id"]
    place = DRAWN.node("B")
    room.client.post(f"/v1/incidents/{incident}/relocate", json={"lat": place.lat, "lon": place.lon, "reason": "moved"})
    room.client.post(f"/v1/incidents/{incident}/regrade", json={"grade": "2", "reason": "calmer"})
    asker.deliver(list(room.journal.read()))
    asker.start()
    asker.stop()
    assert [event.incident for event in asked(room)] == [incident, incident]
