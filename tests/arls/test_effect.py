"""What a closure did to the open rankings is told by names and seconds, and is what the rankings themselves say."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls import messages as m
from arls.closure import ClosureId, Line, Passer
from arls.effect import FIRST_FEW, Change, effect_of
from arls.engine import Engine
from arls.fix import Fix
from arls.geo import Position, moved
from arls.ranking import Question, rank
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Roads
from arls.unit import Callsign, Unit, UnitKind
from tests.drawing import Drawn, draw
from tests.fakes import ListOutbox, MemoryJournal

if TYPE_CHECKING:
    from arls.reordering import Reordering
    from arls.state import Known

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
# A river between the two rows; a bridge at each end.
COUNTY = """
    A--B--C--D--E--F--G
    |                 |
    |                 |
    a--b--c--d--e--f--g
"""
WAYS = {
    "ABCDEFG": {"highway": "residential", "name": "North Bank"},
    "abcdefg": {"highway": "residential", "name": "South Bank"},
    "Gg": {"highway": "primary", "name": "Long Bridge", "bridge": "yes"},
    "Aa": {"highway": "primary", "name": "Old Bridge", "bridge": "yes"},
}


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw(COUNTY, ways=WAYS)


@pytest.fixture(scope="module", params=["search", "hierarchy"])
def roads(drawn: Drawn, request: pytest.FixtureRequest) -> Roads:
    return Roads(drawn.network, order=order_of(drawn.network) if request.param == "hierarchy" else None)


def said(**fields: Any) -> dict[str, Any]:
    return {"at": NOW, "operator": "op1", "desk": "desk 4", **fields}


class Room:
    """A running engine; units and incidents where a drawing says."""

    def __init__(self) -> None:
        self.engine = Engine(MemoryJournal(), ListOutbox())
        self.engine.start()

    @property
    def known(self) -> Known:
        return self.engine.known

    def ask(self, command: m.Command) -> str:
        return self.engine.ask(command).result(timeout=5).subject  # type: ignore[union-attr]

    def unit(self, name: str, place: Position, **fields: Any) -> None:
        unit = Unit(callsign=Callsign(name), **{"kind": UnitKind.CAR, **fields})
        self.ask(m.PutUnit(**said(unit=unit, sources=(f"issi:{name}",))))
        self.ask(m.SetState(**said(callsign=unit.callsign, code=2)))
        fix = Fix(id=name, source=f"issi:{name}", received_at=NOW, fix_time=NOW, lat=place.lat, lon=place.lon)
        self.ask(m.RecordFixes(**said(fixes=(fix,))))

    def incident(self, place: Position, grade: str = "1") -> str:
        return self.ask(m.CreateIncident(**said(lat=place.lat, lon=place.lon, grade=grade)))

    def close(self, drawn: Drawn, ends: str, **fields: Any) -> Change:
        before = self.known.closures_at(NOW)
        line = Line(positions=tuple(drawn.node(name) for name in ends))
        name = ClosureId(self.ask(m.CloseRoads(**said(shape=line, **fields))))
        return Change(closure=name, act="closed", before=before, after=self.known.closures_at(NOW))

    def effect(self, change: Change, roads: Roads) -> dict[str, Reordering]:
        return {found.incident: found for found in effect_of(change, self.known, roads, NOW)}


def test_a_closed_bridge_moves_who_would_have_crossed_it_and_says_so(drawn: Drawn, roads: Roads) -> None:
    room = Room()
    for name, place in (("NEAR", "G"), ("MID", "d"), ("FAR", "b"), ("WALKS", "a")):
        profile = {"kind": UnitKind.FOOT, "profile": "foot"} if name == "WALKS" else {}
        room.unit(name, drawn.node(place), **profile)
    south, north = room.incident(drawn.node("g")), room.incident(drawn.node("D"))
    found = room.effect(room.close(drawn, "Gg", passable=(Passer.FOOT,)), roads)
    assert found[south].before == ("NEAR", "MID", "FAR", "WALKS")
    assert found[south].after == ("MID", "FAR", "NEAR", "WALKS")
    assert found[south].text == "C0001 moved NEAR from 1st to 3rd"
    near, *others = found[south].moved
    assert (near.callsign, near.was, near.now) == ("NEAR", 1, 3)
    assert (near.eta_s.before or 0) < (near.eta_s.after or 0)
    # The others only made room.
    assert {(one.callsign, one.was, one.now) for one in others} == {("MID", 2, 1), ("FAR", 3, 2)}
    assert all(one.eta_s.before == one.eta_s.after for one in others)
    assert re.search(r"MID \d:\d\d later", found[north].text)  # still second there, by the other bridge


def test_who_is_cut_off_is_out_of_reach_and_comes_back_when_the_closure_ends(drawn: Drawn, roads: Roads) -> None:
    room = Room()
    room.unit("NORTH", drawn.node("C"))
    incident = room.incident(drawn.node("d"))
    first, second = room.close(drawn, "Aa"), room.close(drawn, "Gg")
    assert re.search(r"NORTH \d:\d\d later", room.effect(first, roads)[incident].text)
    cut_off = room.effect(second, roads)[incident]
    assert (cut_off.before, cut_off.after) == (("NORTH",), ())
    assert cut_off.text == "C0002 moved NORTH out of reach (it was 1st)"
    assert (cut_off.moved[0].now, cut_off.moved[0].eta_s.after) == (None, None)
    ended = Change(closure=second.closure, act="lifted", before=second.after, after=second.before)
    assert room.effect(ended, roads)[incident].text == "the end of C0002 moved NORTH back within reach (1st)"


def test_nothing_is_told_where_nothing_changed(drawn: Drawn, roads: Roads) -> None:
    room = Room()
    room.unit("CAR", drawn.node("b"))
    room.incident(drawn.node("c"))
    room.ask(m.CloseIncident(**said(incident=room.incident(drawn.node("D")))))
    assert room.effect(room.close(drawn, "Gg"), roads) == {}
    planned = room.close(drawn, "Aa", since=NOW + timedelta(hours=1))
    assert planned.before == planned.after
    assert room.effect(planned, roads) == {}


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_the_order_before_and_after_is_that_of_the_rankings(drawn: Drawn, roads: Roads, data: st.DataObject) -> None:
    room = Room()
    places = st.sampled_from("ABCDEFGabcdefg")
    for number in range(data.draw(st.integers(0, 8))):
        kind = data.draw(
            st.sampled_from([(UnitKind.CAR, "car-response"), (UnitKind.FOOT, "foot"), (UnitKind.CYCLE, "cycle")])
        )
        off_m = data.draw(st.sampled_from([0.0, 20.0, 900.0]))
        place = moved(drawn.node(data.draw(places)), course_deg=0.0, distance_m=off_m)
        room.unit(f"U{number}", place, kind=kind[0], profile=kind[1])
    goals = {room.incident(drawn.node(data.draw(places)), grade): grade for grade in "13"}
    for _ in range(data.draw(st.integers(1, 3))):
        before = room.known
        ends = data.draw(st.sampled_from(["Gg", "Aa", "CD", "de", "AB", "fg", "ABC"]))
        change = room.close(drawn, ends, passable=data.draw(st.sampled_from([(), (Passer.FOOT,)])))
        found = room.effect(change, roads)
        for name, incident in room.known.incidents.items():
            question = Question(position=Position(lat=incident.lat, lon=incident.lon), at=NOW, grade=goals[name])
            was, now = (rank(question, known, roads).candidates for known in (before, room.known))
            if name in found:
                assert found[name].before == tuple(one.callsign for one in was[:FIRST_FEW])
                assert found[name].after == tuple(one.callsign for one in now[:FIRST_FEW])
            else:
                assert [(one.callsign, one.eta_s.mid) for one in was[:FIRST_FEW]] == [
                    (one.callsign, one.eta_s.mid) for one in now[:FIRST_FEW]
                ]
