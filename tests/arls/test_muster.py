"""Who fills a plan: the soonest set, those on the way counted, what is missing and why, and the nearest first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from arls import messages as m
from arls.fix import Fix
from arls.incident import Act, AssignmentId, IncidentId
from arls.muster import Muster, SlotStatus
from arls.plan import Requirement
from arls.ranking import Question, Ranking, rank
from arls.replay import known_after
from arls.roads.live import Roads
from arls.unit import Callsign, Unit, UnitKind
from tests.arls.long_lane import NOW, Lane, long_lane, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.geo import Position
    from tests.drawing import Drawn

DOG = Requirement(label="dog unit", capabilities=("dog",))


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return long_lane("ABCDEFGH")


@pytest.fixture(scope="module")
def roads(drawn: Drawn) -> Roads:
    return Roads(drawn.network)


class Room(Lane):
    """An engine, units on a road that leads away from A, and incidents at A."""

    def unit(self, name: str, node: str, *skills: str, code: int = 2, **fields: Any) -> None:
        unit = Unit(callsign=Callsign(name), capabilities=skills, **{"crew": 2, **fields})
        place: Position = self.drawn.node(node)
        self.ask(m.PutUnit(**said(unit=unit, sources=(f"issi:{name}",))))
        self.ask(m.SetState(**said(callsign=unit.callsign, code=code)))
        fix = Fix(
            id=name, source=f"issi:{name}", received_at=NOW, fix_time=NOW, lat=place.lat, lon=place.lon, accuracy_m=5.0
        )
        self.ask(m.RecordFixes(**said(fixes=(fix,))))

    def incident(self, grade: str = "1", kind: str = "") -> IncidentId:
        place = self.drawn.node("A")
        done = self.ask(m.CreateIncident(**said(lat=place.lat, lon=place.lon, grade=grade, type=kind)))
        return IncidentId(done.subject)

    def rank(self, *plan: Requirement, incident: IncidentId | None = None, k: int | None = None) -> Ranking:
        grade = self.engine.known.incidents[incident].grade if incident else None
        question = Question(
            position=self.drawn.node("A"), at=NOW, plan=plan or None, incident=incident, grade=grade, k=k
        )
        return rank(question, self.engine.known, self.roads)

    def muster(self, *plan: Requirement, incident: IncidentId | None = None) -> Muster:
        found = self.rank(*plan, incident=incident).plan
        assert found is not None
        return found


@pytest.fixture
def room(drawn: Drawn, roads: Roads) -> Iterator[Room]:
    made = Room(drawn, roads)
    yield made
    made.engine.stop()


def filled(found: Muster) -> list[tuple[str, str | None]]:
    return [(slot.status.value, slot.callsign) for slot in found.slots]


def test_the_soonest_set_fills_the_plan_and_says_when_it_is_complete(room: Room) -> None:
    room.unit("NEAR", "B")
    room.unit("MIDDLE", "C")
    room.unit("DOG1", "D", "dog")
    found = room.muster(Requirement(n=2), DOG)
    assert filled(found) == [("filled", "NEAR"), ("filled", "MIDDLE"), ("filled", "DOG1")]
    assert found.send == ("NEAR", "MIDDLE", "DOG1")
    last = found.slots[2].eta_s
    assert last is not None
    assert found.complete_s == last.mid
    assert found.first == "NEAR"


def test_a_dog_unit_that_is_nearest_leaves_the_other_slot_to_who_can_do_nothing_else(room: Room) -> None:
    room.unit("DOG1", "B", "dog")
    room.unit("PLAIN", "C")
    found = room.muster(Requirement(), DOG)
    assert filled(found) == [("filled", "PLAIN"), ("filled", "DOG1")]
    assert found.send == ("DOG1", "PLAIN")


def test_who_is_on_the_way_fills_a_slot_with_its_remaining_time_and_who_is_there_at_once(room: Room) -> None:
    room.unit("FAR", "G")
    room.unit("THERE", "F")
    room.unit("NEAR", "B")
    incident = room.incident()
    for name in ("FAR", "THERE"):
        room.ask(m.Assign(**said(incident=incident, callsign=Callsign(name))))
    room.ask(m.Advance(**said(assignment=AssignmentId("A00002"), act=Act.ARRIVE)))
    found = room.muster(Requirement(n=3), incident=incident)
    assert filled(found) == [("assigned", "FAR"), ("assigned", "THERE"), ("filled", "NEAR")]
    coming, there = found.slots[0].eta_s, found.slots[1].eta_s
    assert coming is not None
    assert there is not None
    assert coming.mid > 0 == there.mid
    assert found.complete_s == coming.mid
    assert found.send == ("NEAR",)


def test_a_shortfall_says_who_exists_and_what_keeps_each(room: Room) -> None:
    room.unit("AC100", "C", "dog")
    room.unit("BX9", "D", "dog", code=11)
    room.unit("NEAR", "B")
    elsewhere = room.incident()
    room.ask(m.Assign(**said(incident=elsewhere, callsign=Callsign("AC100"))))
    found = room.rank(Requirement(), DOG)
    assert found.shortfalls == (f"1 dog unit: 2 exist, AC100 at grade 1 {elsewhere}, BX9 off duty",)
    assert found.plan is not None
    assert [slot.status for slot in found.plan.slots] == [SlotStatus.FILLED, SlotStatus.MISSING]
    assert found.plan.complete_s is None


def test_who_is_not_booked_on_at_all_is_said_to_be_so(room: Room) -> None:
    room.unit("NEAR", "B")
    assert room.rank(Requirement(n=2, label="medic", capabilities=("medic",))).shortfalls == (
        "2 medic: none is booked on",
    )


def test_a_neighbour_fills_nothing_by_itself_and_is_named_as_what_could(room: Room) -> None:
    room.unit("NW41", "C", "dog", organisation="Northwold")
    found = room.muster(DOG)
    assert filled(found) == [("missing", None)]
    (could,) = found.slots[0].could
    assert (could.callsign, could.list) == ("NW41", "neighbour")
    assert could.text.startswith("neighbour: NW41 ")
    assert could.text.endswith(", ask")


def test_a_shared_requirement_is_met_by_a_unit_that_is_sent_anyway(room: Room) -> None:
    room.unit("NEAR", "B")
    room.unit("TASER", "C", "taser")
    taser = Requirement(label="Taser", capabilities=("taser",), shared=True)
    found = room.muster(Requirement(n=2), taser)
    assert filled(found) == [("filled", "TASER"), ("filled", "NEAR"), ("filled", "TASER")]
    assert found.send == ("NEAR", "TASER")


def test_the_nearest_is_named_though_the_set_that_is_complete_soonest_does_without_it(room: Room) -> None:
    room.unit("NEAR", "B", "taser", kind=UnitKind.VAN)
    room.unit("BOTH", "C", "taser")
    found = room.muster(Requirement(kinds=(UnitKind.CAR,)), Requirement(capabilities=("taser",), shared=True))
    assert (found.first, found.send) == ("NEAR", ("BOTH",))
    assert "NEAR is nearer" in found.text


def test_a_ranking_of_one_still_plans_with_all(room: Room) -> None:
    for name, node in (("U1", "B"), ("U2", "C"), ("U3", "D")):
        room.unit(name, node)
    one, every = room.rank(Requirement(n=3), k=1), room.rank(Requirement(n=3))
    assert len(one.candidates) == 1
    assert one.plan == every.plan


def test_an_incident_has_its_plan_until_a_dispatcher_sets_another_and_takes_it_back(room: Room) -> None:
    room.unit("NEAR", "B")
    incident = room.incident()
    assert filled(room.muster(incident=incident)) == [("filled", "NEAR")]
    room.ask(m.SetPlan(**said(incident=incident, requirements=(Requirement(n=2),), reason="a crowd")))
    assert filled(room.muster(incident=incident)) == [("filled", "NEAR"), ("missing", None)]
    assert room.engine.known.incidents[incident].log[-1].text == "needs 2 unit: a crowd"
    room.ask(m.SetPlan(**said(incident=incident, requirements=None, reason="they went home")))
    assert filled(room.muster(incident=incident)) == [("filled", "NEAR")]


def test_units_asked_for_from_the_scene_are_slots_that_nobody_sent_before_fills(room: Room) -> None:
    for name, node in (("U1", "B"), ("U2", "C"), ("U3", "D")):
        room.unit(name, node)
    incident = room.incident()
    for name in ("U1", "U2"):
        room.ask(m.Assign(**said(incident=incident, callsign=Callsign(name))))
    assert filled(room.muster(incident=incident)) == [("assigned", "U1")]
    room.ask(m.AskMoreUnits(**said(incident=incident, n=2, reason="a crowd") | {"at": NOW + timedelta(seconds=1)}))
    assert filled(room.muster(incident=incident)) == [("assigned", "U1"), ("filled", "U3"), ("missing", None)]


def test_a_replay_plans_the_same(room: Room) -> None:
    room.unit("NEAR", "B")
    incident = room.incident()
    room.ask(m.SetPlan(**said(incident=incident, requirements=(Requirement(n=2), DOG), reason="a crowd")))
    before = room.rank(incident=incident)
    again = known_after(room.journal, room.engine.known.position)
    question = Question(position=room.drawn.node("A"), at=NOW, incident=incident, grade="1")
    assert rank(question, again, room.roads) == before


@pytest.mark.parametrize(
    ("requirements", "reason", "code"),
    [
        ((Requirement(n=2, shared=True),), "why", "impossible_plan"),
        ((Requirement(),), " ", "no_reason"),
    ],
)
def test_a_plan_that_cannot_be_or_that_nobody_explains_is_refused(
    room: Room, requirements: tuple[Requirement, ...], reason: str, code: str
) -> None:
    incident = room.incident()
    assert room.ask(m.SetPlan(**said(incident=incident, requirements=requirements, reason=reason))).code == code
    closed = room.incident()
    room.ask(m.CloseIncident(**said(incident=closed)))
    assert room.ask(m.SetPlan(**said(incident=closed, requirements=None, reason="late"))).code == "closed"


def test_old_units_do_not_age_into_a_plan(room: Room) -> None:
    room.unit("NEAR", "B")
    lost = Question(position=room.drawn.node("A"), at=NOW + timedelta(hours=2), plan=(Requirement(),))
    (shortfall,) = rank(lost, room.engine.known, room.roads).shortfalls
    assert shortfall.startswith("1 unit: 1 exists, NEAR last position 2 h 00 min old")
