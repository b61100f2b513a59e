"""Only radios whose answers could change who is first are asked, within the room there is, and the ranking says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from arls import messages as m
from arls.asking import Asking, AskRules, radios_to_ask
from arls.fix import Fix
from arls.incident import IncidentId
from arls.polled import RadioAsk
from arls.ranking import Question, rank
from arls.replay import known_after
from arls.roads.live import Roads
from arls.unit import Callsign, Unit
from tests.arls.long_lane import NOW, Lane, long_lane, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.drawing import Drawn

# The incident is at H, in the middle.
RULES = AskRules(most=6, least_s=0.5, fresh_s=10.0)


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return long_lane("ABCDEFGHIJKLMN")


@pytest.fixture(scope="module")
def roads(drawn: Drawn) -> Roads:
    return Roads(drawn.network)


class Room(Lane):
    """An engine and units on a road, heard by gateway gw1 some time ago."""

    def unit(self, name: str, node: str, age_s: float = 60.0, gateway: str = "gw1", speed_mps: float = 9.0) -> None:
        unit = Unit(callsign=Callsign(name), crew=2)
        before = {"at": NOW - timedelta(hours=1)}
        self.ask(m.PutUnit(**said(unit=unit, sources=(f"issi:{name}",)) | before))
        self.ask(m.SetState(**said(callsign=unit.callsign, code=2) | before))
        self.fix(name, node, NOW - timedelta(seconds=age_s), gateway, speed_mps)

    def fix(self, name: str, node: str, at: datetime, gateway: str = "gw1", speed_mps: float = 9.0) -> None:
        place = self.drawn.node(node)
        fix = Fix(
            id=f"{name}{at}",
            source=f"issi:{name}",
            received_at=at,
            fix_time=at,
            gateway=gateway,
            lat=place.lat,
            lon=place.lon,
            speed_mps=speed_mps,
            accuracy_m=5.0,
        )
        self.ask(m.RecordFixes(**said(fixes=(fix,))))

    def question(self, incident: IncidentId | None = None) -> Question:
        return Question(position=self.drawn.node("H"), at=NOW, incident=incident, grade="1")

    def to_ask(self, rules: AskRules = RULES, *, room: int = 50, refused: str = "") -> Asking:
        return radios_to_ask(
            self.question(),
            self.engine.known,
            self.roads,
            rules,
            room={"gw1": room, "gw2": room},
            may_ask=lambda fix: fix.source != f"issi:{refused}",
        )

    def asked(self, **fields: Any) -> list[str]:
        return [radio.callsign for radio in self.to_ask(**fields).radios]


@pytest.fixture
def room(drawn: Drawn, roads: Roads) -> Iterator[Room]:
    made = Room(drawn, roads)
    yield made
    made.engine.stop()


def test_of_two_old_rivals_one_or_both_are_asked_and_the_far_one_is_not(room: Room) -> None:
    room.unit("LEFT", "F")
    room.unit("RIGHT", "J")
    room.unit("FAR", "A", speed_mps=0.0)
    found = room.to_ask()
    names = {radio.callsign for radio in found.radios}
    assert names
    assert names <= {"LEFT", "RIGHT"}
    assert found.left_s < found.regret_s
    assert all(radio.value_s >= RULES.least_s and radio.age_s == 60.0 for radio in found.radios)


def test_a_fresh_position_is_never_asked_for(room: Room) -> None:
    room.unit("LEFT", "F", age_s=3.0)
    room.unit("RIGHT", "J", age_s=3.0)
    assert room.asked() == []
    room.unit("OLD", "I")
    assert set(room.asked()) <= {"OLD"}


def test_nobody_is_asked_where_only_one_could_be_sent_anyway(room: Room) -> None:
    room.unit("ALONE", "F")
    assert room.asked() == []


def test_who_must_not_be_asked_is_not_and_no_gateway_is_asked_for_more_than_it_has_room(room: Room) -> None:
    for name, node in (("L1", "F"), ("R1", "J"), ("L2", "F"), ("R2", "J")):
        room.unit(name, node)
    everyone = room.asked()
    assert len(everyone) > 1
    assert everyone[0] not in room.asked(refused=everyone[0])
    assert room.asked(room=1) == everyone[:1]
    assert room.asked(room=0) == []
    assert room.asked(rules=AskRules(most=1, least_s=0.5)) == everyone[:1]


def test_the_ranking_says_who_was_asked_until_they_answer_and_a_replay_says_the_same(room: Room) -> None:
    room.unit("LEFT", "F")
    room.unit("RIGHT", "J")
    place = room.drawn.node("H")
    incident = IncidentId(room.ask(m.CreateIncident(**said(lat=place.lat, lon=place.lon, grade="1"))).subject)
    radios = tuple(
        RadioAsk(callsign=Callsign(name), source=f"issi:{name}", gateway="gw1", age_s=60.0, value_s=3.0)
        for name in ("LEFT", "RIGHT")
    )
    asked_at = NOW - timedelta(seconds=3)
    noted = m.NoteRadiosAsked(
        **said(incident=incident, radios=radios, regret_s=7.0, left_s=1.0) | {"at": asked_at},
    )
    room.ask(noted)

    def text() -> str:
        return rank(room.question(incident), room.engine.known, room.roads).verdict_text

    assert text().endswith("; asked LEFT, RIGHT: 0:03")
    room.fix("LEFT", "F", NOW - timedelta(seconds=1))
    assert text().endswith("; asked RIGHT: 0:03")
    again = known_after(room.journal, room.engine.known.position)
    assert rank(room.question(incident), again, room.roads).verdict_text == text()
    room.fix("RIGHT", "J", NOW)
    assert "asked" not in text()


def test_nobody_is_asked_for_a_closed_incident(room: Room) -> None:
    place = room.drawn.node("H")
    incident = IncidentId(room.ask(m.CreateIncident(**said(lat=place.lat, lon=place.lon, grade="1"))).subject)
    room.ask(m.CloseIncident(**said(incident=incident)))
    noted = m.NoteRadiosAsked(**said(incident=incident, radios=(), regret_s=0.0, left_s=0.0))
    assert room.ask(noted).code == "closed"
