"""Those who may be first are looked at closely: where each may be by now, under the closures in force."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from arls import messages as m
from arls.closure import Point
from arls.geo import moved
from arls.rivals import ALWAYS, AT_MOST
from arls.roads.live import Roads
from tests.arls.test_ranking import NOW, Room, names, said
from tests.drawing import Drawn, draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.eta import Eta
    from arls.geo import Position

# A street with a side street every 300 m; at its end a bridge to another.
COUNTY = """
    a  b  c  d  e  f  g        k  l
    |  |  |  |  |  |  |        |  |
    A--B--C--D--E--F--G--------K--L
"""
WAYS = ("ABCDEFG", "Aa", "Bb", "Cc", "Dd", "Ee", "Ff", "Gg", "GK", "KL", "Kk", "Ll")


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw(COUNTY, ways={name: {"highway": "residential", "maxspeed": "30 mph"} for name in WAYS})


@pytest.fixture(scope="module")
def roads(drawn: Drawn) -> Roads:
    return Roads(drawn.network)


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    yield made
    made.engine.stop()


def one_of(room: Room, roads: Roads, goal: Position, name: str) -> Eta:
    return {candidate.callsign: candidate.eta_s for candidate in room.rank(roads, goal).candidates}[name]  # type: ignore[index]


def seen(room: Room, name: str, place: Position, age_s: float = 60.0, **fields: Any) -> None:
    room.unit(name, place, age_s=age_s, expected_interval_s=300.0, **fields)


def test_the_interval_reaches_as_far_as_the_unit_may_have_come_and_its_middle_stays(
    room: Room, roads: Roads, drawn: Drawn
) -> None:
    seen(room, "NOW", drawn.node("D"), age_s=0.0, speed_mps=12.0, course_deg=90.0)
    seen(room, "THEN", drawn.node("D"), speed_mps=12.0, course_deg=90.0)
    now, then = (one_of(room, roads, drawn.node("l"), name) for name in ("NOW", "THEN"))
    assert now.mid == then.mid
    assert then.low < now.low - 15.0
    now, then = (one_of(room, roads, drawn.node("a"), name) for name in ("NOW", "THEN"))
    assert then.high > now.high + 30.0  # it goes the other way, and has to come back


def test_who_goes_towards_the_place_is_thought_to_be_nearer_by_now_and_who_goes_away_further(
    room: Room, roads: Roads, drawn: Drawn
) -> None:
    seen(room, "EAST", drawn.node("D"), speed_mps=12.0, course_deg=90.0)
    seen(room, "WEST", drawn.node("D"), speed_mps=12.0, course_deg=270.0)
    for goal, nearer, further in (("l", "EAST", "WEST"), ("a", "WEST", "EAST")):
        near, far = (one_of(room, roads, drawn.node(goal), name) for name in (nearer, further))
        assert near.low < far.low
        assert near.high < far.high


def test_the_silence_of_a_radio_that_would_have_reported_keeps_a_unit_near_its_fix(
    room: Room, roads: Roads, drawn: Drawn
) -> None:
    seen(room, "MUTE", drawn.node("D"), speed_mps=0.0)
    seen(room, "TOLD", drawn.node("D"), speed_mps=0.0, reports_every_m=50.0)
    mute, told = (one_of(room, roads, drawn.node("a"), name) for name in ("MUTE", "TOLD"))
    assert mute.mid == told.mid
    assert told.high - told.low < 0.8 * (mute.high - mute.low)


def test_a_poor_accuracy_widens_the_interval(room: Room, roads: Roads, drawn: Drawn) -> None:
    seen(room, "FINE", drawn.node("D"), age_s=0.0, accuracy_m=5.0)
    seen(room, "POOR", drawn.node("D"), age_s=0.0, accuracy_m=300.0)
    fine, poor = (one_of(room, roads, drawn.node("a"), name) for name in ("FINE", "POOR"))
    assert poor.low < fine.low
    assert poor.high > fine.high


def test_who_stands_off_the_road_may_have_to_walk(room: Room, roads: Roads, drawn: Drawn) -> None:
    seen(room, "BESIDE", drawn.node("D"), age_s=0.0)
    seen(room, "YARD", moved(drawn.node("D"), course_deg=180.0, distance_m=28.0), age_s=0.0)
    beside, yard = (one_of(room, roads, drawn.node("a"), name) for name in ("BESIDE", "YARD"))
    assert yard.mid == pytest.approx(beside.mid, abs=1.0)  # the road is near enough for that
    assert beside.high + 5.0 < yard.high < beside.high + 18.0 / 1.4


def test_nobody_is_thought_to_have_driven_where_it_is_shut(room: Room, roads: Roads, drawn: Drawn) -> None:
    seen(room, "EASTWARD", drawn.node("F"), age_s=100.0, speed_mps=12.0, course_deg=90.0)
    over_the_bridge = one_of(room, roads, drawn.node("a"), "EASTWARD")
    middle = moved(drawn.node("G"), course_deg=90.0, distance_m=300.0)
    room.ask(m.CloseRoads(**said(-1e6, shape=Point(position=middle), since=NOW - timedelta(days=1))))
    held_back = one_of(room, roads, drawn.node("a"), "EASTWARD")
    assert held_back.mid == over_the_bridge.mid
    assert held_back.high < over_the_bridge.high - 20.0


def test_nobody_is_looked_at_closely_who_can_hardly_be_first(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("FIRST", drawn.node("A"))
    for number in range(ALWAYS + 3):
        room.unit(f"U{number}", moved(drawn.node("K"), course_deg=90.0, distance_m=number))
    found = room.rank(roads, drawn.node("a"))
    looked_at = [candidate.first_probability is not None for candidate in found.candidates]
    assert looked_at == [True] * ALWAYS + [False] * 4
    assert sum(candidate.first_probability or 0.0 for candidate in found.candidates) == pytest.approx(1.0, abs=0.01)


def test_of_a_crowd_only_so_many_are_looked_at(room: Room, roads: Roads, drawn: Drawn) -> None:
    for number in range(AT_MOST + 5):
        room.unit(f"U{number}", moved(drawn.node("K"), course_deg=90.0, distance_m=number))
    found = room.rank(roads, drawn.node("a"))
    assert [candidate.first_probability is not None for candidate in found.candidates].count(True) == AT_MOST
    assert found.verdict_text.startswith(f"too close to call: {names(found)[0]} or ")


def test_one_who_can_only_be_guessed_at_competes_by_its_wide_interval(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("ROAD", drawn.node("K"))
    room.unit("FIELD", moved(drawn.node("A"), course_deg=180.0, distance_m=700.0))
    found = room.rank(roads, drawn.node("a"))
    assert names(found) == ["FIELD", "ROAD"]
    assert [candidate.first_probability is not None for candidate in found.candidates] == [True, True]
