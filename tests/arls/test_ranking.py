"""Everybody is a candidate or excluded with a reason; the order is the road's; the same inputs give the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls import messages as m
from arls.closure import Line
from arls.engine import Engine
from arls.fix import Fix
from arls.geo import Position, moved
from arls.incident import IncidentId
from arls.ranking import Basis, Listed, Question, Ranking, Verdict, bytes_of, rank
from arls.replay import known_after
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Roads
from arls.unit import Callsign, Unit, UnitKind
from tests.drawing import Drawn, draw
from tests.fakes import ListOutbox, MemoryJournal

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
# A river between the two rows; one bridge, at the right end.
COUNTY = """
    A--B--C--D--E--F--G
                      |
                      |
    a--b--c--d--e--f--g
"""
WAYS = {
    "ABCDEFG": {"highway": "residential", "name": "North Bank", "maxspeed": "30 mph"},
    "abcdefg": {"highway": "residential", "name": "South Bank", "maxspeed": "30 mph"},
    "Gg": {"highway": "primary", "name": "Long Bridge", "bridge": "yes", "maxspeed": "30 mph"},
}


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw(COUNTY, ways=WAYS)


@pytest.fixture(scope="module")
def roads(drawn: Drawn) -> Roads:
    return Roads(drawn.network)


def said(second: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "op1", "desk": "desk 4", **fields}


class Room:
    """A running engine, and units booked on where a drawing says."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.engine = Engine(self.journal, ListOutbox())
        self.engine.start()

    def ask(self, command: m.Command) -> None:
        self.engine.ask(command).result(timeout=5)

    def unit(
        self,
        name: str,
        place: Position | None,
        code: int | None = 2,
        age_s: float = 0.0,
        *,
        speed_mps: float | None = None,
        course_deg: float | None = None,
        accuracy_m: float | None = None,
        **fields: Any,
    ) -> None:
        unit = Unit(callsign=Callsign(name), **{"kind": UnitKind.CAR, "crew": 2, **fields})
        self.ask(m.PutUnit(**said(-1e6, unit=unit, sources=(f"issi:{name}",))))
        if code is not None:
            self.ask(m.SetState(**said(-1e6, callsign=unit.callsign, code=code)))
        if place is not None:
            at = NOW - timedelta(seconds=age_s)
            fix = Fix(
                id=f"{name}{age_s}",
                source=f"issi:{name}",
                received_at=at,
                fix_time=at,
                lat=place.lat,
                lon=place.lon,
                speed_mps=speed_mps,
                course_deg=course_deg,
                accuracy_m=accuracy_m,
            )
            self.ask(m.RecordFixes(**said(fixes=(fix,))))

    def rank(self, roads: Roads, place: Position, **asked: Any) -> Ranking:
        return rank(Question(position=place, at=NOW, **asked), self.engine.known, roads)


@pytest.fixture
def room() -> Any:
    made = Room()
    yield made
    made.engine.stop()


def names(ranking: Ranking) -> list[str]:
    return [candidate.callsign for candidate in ranking.candidates]


def reasons(ranking: Ranking) -> dict[str, str]:
    return {exclusion.callsign: exclusion.code for exclusion in ranking.exclusions}


def test_across_the_river_the_nearest_as_the_crow_flies_comes_last(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("OPPOSITE", drawn.node("A"))
    room.unit("FARTHER", drawn.node("e"))
    found = room.rank(roads, drawn.node("a"))
    assert names(found) == ["FARTHER", "OPPOSITE"]
    last = found.candidates[1]
    assert last.straight_line_m < found.candidates[0].straight_line_m
    assert last.streets == ("North Bank", "Long Bridge", "South Bank")
    assert last.distance_m == pytest.approx(600 * 3 + 300 + 600 * 3 - 0, rel=0.2)
    assert found.place == "South Bank"


def test_every_unit_is_named_exactly_once(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("FREE", drawn.node("a"))
    room.unit("OFF", drawn.node("b"), code=11)
    room.unit("BUSY", drawn.node("b"), code=8)
    room.unit("SCENE", drawn.node("b"), code=6)
    room.unit("MUTE", drawn.node("b"), code=None)
    room.unit("NOWHERE", None)
    room.unit("LOST", drawn.node("b"), age_s=400.0, expected_interval_s=60.0)
    room.unit("TAKEN", drawn.node("b"))
    room.unit("HELP", drawn.node("b"))
    room.unit("ODD", drawn.node("b"), code=None)
    room.ask(m.RadioEvent(**said(source="issi:ODD", kind="state", code=77)))
    room.ask(m.RadioEvent(**said(source="issi:HELP", kind="emergency")))
    room.ask(m.CreateIncident(**said(lat=drawn.node("c").lat, lon=drawn.node("c").lon, grade="1")))
    room.ask(m.Assign(**said(incident=IncidentId("INC0001"), callsign=Callsign("TAKEN"))))
    found = room.rank(roads, drawn.node("c"), grade="1")
    assert names(found) == ["FREE"]
    assert reasons(found) == {
        "OFF": "off_duty",
        "BUSY": "not_available",
        "SCENE": "not_available",
        "MUTE": "no_state",
        "NOWHERE": "no_fix",
        "LOST": "lost",
        "TAKEN": "assigned",
        "HELP": "emergency",
        "ODD": "not_available",
    }
    for exclusion in found.exclusions:
        assert exclusion.reason
    assert found.verdict is Verdict.ROBUST


def test_who_rests_is_offered_only_to_a_grade_that_interrupts(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("TEA", drawn.node("a"), code=4)
    assert names(room.rank(roads, drawn.node("b"), grade="1")) == ["TEA"]
    assert reasons(room.rank(roads, drawn.node("b"), grade="2")) == {"TEA": "resting"}


def test_a_missing_capability_excludes_and_says_which(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("DOG", drawn.node("A"), capabilities=("dog",))
    room.unit("PLAIN", drawn.node("a"))
    found = room.rank(roads, drawn.node("b"), requirement=frozenset({"dog"}))
    assert names(found) == ["DOG"]
    assert found.exclusions[0].reason == "lacks dog"


def test_the_interval_grows_with_the_age_and_error_of_the_fix(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("NEW", drawn.node("d"), expected_interval_s=300.0)
    room.unit("OLD", drawn.node("d"), age_s=60.0, expected_interval_s=300.0)
    found = {candidate.callsign: candidate.eta_s for candidate in room.rank(roads, drawn.node("a")).candidates}
    assert found["NEW"].mid == found["OLD"].mid
    assert found["OLD"].low < found["NEW"].low <= found["NEW"].mid <= found["NEW"].high < found["OLD"].high
    assert names(room.rank(roads, drawn.node("a"))) == ["NEW", "OLD"]  # equal ETA: the fresher fix goes first


def test_intervals_that_overlap_are_too_close_to_call(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("ONE", drawn.node("c"))
    room.unit("TWO", moved(drawn.node("c"), course_deg=90.0, distance_m=30.0))
    found = room.rank(roads, drawn.node("a"))
    assert found.verdict is Verdict.AMBIGUOUS
    assert found.verdict_text == "too close to call: ONE or TWO"


def test_a_first_place_that_is_held_nine_times_in_ten_is_told_with_how_often(
    room: Room, roads: Roads, drawn: Drawn
) -> None:
    room.unit("NEAR", drawn.node("b"))
    room.unit("FAR", drawn.node("d"))
    found = room.rank(roads, drawn.node("a"))
    assert found.verdict is Verdict.ROBUST
    near, far = (candidate.first_probability for candidate in found.candidates)
    assert near is not None
    assert far is not None
    assert near >= 0.9
    assert near + far == pytest.approx(1.0, abs=0.002)
    assert found.verdict_text == f"NEAR is there first, {min(99, int(near * 100))} times in 100"


def test_an_old_fix_makes_a_clear_first_place_too_close_to_call(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("NEAR", drawn.node("b"), age_s=150.0, expected_interval_s=300.0)
    room.unit("FAR", drawn.node("d"), expected_interval_s=300.0)
    found = room.rank(roads, drawn.node("a"))
    assert names(found) == ["NEAR", "FAR"]
    assert found.verdict_text == "too close to call: NEAR or FAR"


def test_a_walker_is_timed_on_foot_and_a_station_needs_time_to_empty(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("WALKS", drawn.node("a"), kind=UnitKind.FOOT, profile="foot")
    room.unit("DRIVES", drawn.node("c"), code=3)
    found = {candidate.callsign: candidate for candidate in room.rank(roads, drawn.node("b")).candidates}
    assert found["WALKS"].eta_s.mid > 200  # 300 m at 1.4 m/s
    assert found["DRIVES"].eta_s.mid >= 90
    assert found["DRIVES"].eta_s.low >= 0.6 * 90  # some are quicker than the table says
    assert [reason.code for reason in found["DRIVES"].reasons] == ["mobilise"]


def test_without_a_response_grade_nobody_drives_on_blue_lights(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("CAR", drawn.node("A"))
    (fast,) = room.rank(roads, drawn.node("a"), grade="1").candidates
    (slow,) = room.rank(roads, drawn.node("a"), grade="3").candidates
    assert (fast.profile, slow.profile) == ("car-response", "car-normal")
    assert slow.eta_s.mid > fast.eta_s.mid


def test_where_no_road_is_known_the_answer_is_a_wide_straight_line_and_says_so(
    room: Room, roads: Roads, drawn: Drawn
) -> None:
    room.unit("CAR", drawn.node("a"))
    far = moved(drawn.node("a"), course_deg=180.0, distance_m=5_000.0)
    found = room.rank(roads, far)
    (candidate,) = found.candidates
    assert candidate.basis is Basis.STRAIGHT_LINE
    assert candidate.eta_s.high > 2 * candidate.eta_s.low
    assert [reason.code for reason in candidate.reasons] == ["straight_line"]
    assert found.verdict is Verdict.UNKNOWN


def test_who_flies_is_timed_straight_across_the_river_on_a_list_of_its_own(
    room: Room, roads: Roads, drawn: Drawn
) -> None:
    room.unit("CAR", drawn.node("a"))
    room.unit("HELI", moved(drawn.node("A"), course_deg=0.0, distance_m=20_000.0), kind=UnitKind.SPECIAL, profile="air")
    found = room.rank(roads, drawn.node("a"))
    first, second = found.candidates
    assert (first.callsign, first.basis, first.list) == ("CAR", Basis.ROAD, Listed.OWN)
    assert (second.callsign, second.basis, second.profile) == ("HELI", Basis.STRAIGHT_LINE, "air")
    assert second.eta_s.mid == pytest.approx(300 + second.straight_line_m / (220 / 3.6), abs=0.01)
    assert second.distance_m == second.straight_line_m
    assert [reason.text for reason in second.reasons if reason.code == "flies"] == ["flies: 5:00 to launch"]
    assert "straight_line" not in {reason.code for reason in second.reasons}
    assert (second.list, second.first_probability, found.verdict) == (Listed.AIR, None, Verdict.ROBUST)
    # Whoever flies is asked for elsewhere: even where no road leads, it does not push ours down.
    out_at_sea = moved(drawn.node("A"), course_deg=0.0, distance_m=19_000.0)
    at_sea = room.rank(roads, out_at_sea)
    assert (names(at_sea), at_sea.verdict) == (["CAR", "HELI"], Verdict.UNKNOWN)
    # With nobody else, that no road leads there is no matter: it needs none, and the verdict says so.
    room.ask(m.SetState(**said(callsign=Callsign("CAR"), code=8)))
    alone = room.rank(roads, out_at_sea)
    assert (names(alone), alone.verdict) == (["HELI"], Verdict.ROBUST)
    assert alone.verdict_text == "nobody on the ground: HELI is there first, 99 times in 100"


def test_who_was_in_the_air_at_its_fix_needs_no_launch(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("HELI", drawn.node("A"), profile="air", speed_mps=50.0)
    (candidate,) = room.rank(roads, drawn.node("a")).candidates
    assert candidate.eta_s.mid < 60
    assert [reason.text for reason in candidate.reasons if reason.code == "flies"] == ["flies: in the air"]


def test_a_boat_is_left_out_for_it_goes_by_water(room: Room, roads: Roads, drawn: Drawn) -> None:
    room.unit("LAUNCH", drawn.node("a"), profile="boat")
    found = room.rank(roads, drawn.node("a"))
    assert (found.candidates, reasons(found)) == ((), {"LAUNCH": "by_water"})
    assert found.exclusions[0].reason == "goes by water: no ETA is known"


def test_only_the_first_k_are_told_and_the_rest_is_a_number(room: Room, roads: Roads, drawn: Drawn) -> None:
    for name in "abcdefg":
        room.unit(f"U{name}", drawn.node(name))
    found = room.rank(roads, drawn.node("a"), k=3)
    assert names(found) == ["Ua", "Ub", "Uc"]
    assert found.omitted == 4
    assert [candidate.rank for candidate in found.candidates] == [1, 2, 3]


def test_the_first_k_by_the_hierarchy_are_the_first_k_of_all(room: Room, drawn: Drawn) -> None:
    for name in "abcdefgACE":
        room.unit(f"U{name}", drawn.node(name), kind=UnitKind.FOOT if name in "bd" else UnitKind.CAR)
    quick = Roads(drawn.network, order=order_of(drawn.network))
    everybody, few = room.rank(Roads(drawn.network), drawn.node("a")), room.rank(quick, drawn.node("a"), k=4)
    assert few.candidates == everybody.candidates[:4]
    assert (few.verdict_text, few.omitted) == (everybody.verdict_text, len(everybody.candidates) - 4)


def test_nobody_at_all_is_an_answer_too(room: Room, roads: Roads, drawn: Drawn) -> None:
    found = room.rank(roads, drawn.node("a"))
    assert (found.candidates, found.exclusions, found.verdict) == ((), (), Verdict.UNKNOWN)


def test_a_closure_in_force_is_in_the_next_ranking_and_ends_by_itself_whether_or_not_anyone_was_told(
    room: Room, roads: Roads, drawn: Drawn
) -> None:
    room.unit("NORTH", drawn.node("F"))
    room.unit("SOUTH", drawn.node("a"))
    assert names(room.rank(roads, drawn.node("f"))) == ["NORTH", "SOUTH"]
    bridge = Line(positions=(drawn.node("G"), drawn.node("g")))
    room.ask(m.CloseRoads(**said(shape=bridge, since=NOW, until=NOW + timedelta(minutes=1))))
    found = room.rank(roads, drawn.node("f"))
    assert (names(found), reasons(found), found.closures) == (["SOUTH"], {"NORTH": "cut_off"}, ("C0001",))
    assert found.exclusions[0].reason == "cut off by C0001"
    over = Question(position=drawn.node("f"), at=NOW + timedelta(minutes=1))
    later = rank(over, room.engine.known, roads)
    assert (names(later), later.closures) == (["NORTH", "SOUTH"], ())


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_replay_gives_the_same_picture_and_the_same_ranking_to_the_byte(
    roads: Roads, drawn: Drawn, data: st.DataObject
) -> None:
    room = Room()
    places = data.draw(st.lists(st.sampled_from("ABCDEFGabcdefg"), min_size=1, max_size=8))
    for number, name in enumerate(places):
        code, age_s = data.draw(st.sampled_from([2, 2, 3, 8])), data.draw(st.floats(0, 100))
        room.unit(f"U{number}", drawn.node(name), code=code, age_s=age_s)
    goal = drawn.node(data.draw(st.sampled_from("ABCDEFGabcdefg")))
    for ends in data.draw(st.lists(st.sampled_from(["Gg", "CD", "ef"]), max_size=2)):
        room.ask(m.CloseRoads(**said(shape=Line(positions=tuple(drawn.node(end) for end in ends)))))
    live = room.rank(roads, goal, grade="1")
    room.unit("LATER", drawn.node("a"))
    room.engine.stop()
    then = known_after(room.journal, live.picture)
    again = rank(Question(position=goal, at=NOW, grade="1"), then, Roads(drawn.network))
    assert bytes_of(again) == bytes_of(live)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_in_whatever_order_the_fixes_of_a_drive_come_each_ranking_is_what_a_replay_makes_of_them(
    roads: Roads, drawn: Drawn, data: st.DataObject
) -> None:
    room = Room()
    for name in ("U0", "U1"):
        room.unit(name, None)
    nodes = data.draw(st.lists(st.sampled_from("ABCDEFGabcdefg"), min_size=2, max_size=5))
    drive = [
        (f"U{number % 2}", drawn.node(node), timedelta(seconds=data.draw(st.sampled_from([0, 15, 30, 45, 200]))))
        for number, node in enumerate(nodes)
    ]
    goal = drawn.node(data.draw(st.sampled_from("ABCDEFGabcdefg")))
    for name, place, age in drive:  # an older one may come after the one that is believed
        at = NOW - age
        fix = Fix(id=f"{name}{age}", source=f"issi:{name}", received_at=at, fix_time=at, lat=place.lat, lon=place.lon)
        room.ask(m.RecordFixes(**said(fixes=(fix,))))
        live = room.rank(roads, goal, grade="1")
        again = rank(Question(position=goal, at=NOW, grade="1"), room.engine.known, Roads(drawn.network))
        assert bytes_of(again) == bytes_of(live)
    room.engine.stop()
    then = known_after(room.journal, live.picture)
    assert then.picture.keys.tolist() == room.engine.known.picture.keys.tolist()


def test_a_unit_starts_from_the_road_that_it_was_driven_to(room: Room) -> None:
    drawn = draw(
        "D------------------C\nA------------------B",
        ways={
            "AB": {"highway": "primary", "oneway": "yes", "name": "East"},
            "BC": {"highway": "primary", "name": "Link"},
            "CD": {"highway": "primary", "oneway": "yes", "name": "West"},
            "DA": {"highway": "primary"},
        },
        grid_m=20.0,
    )
    room.unit("EAST", None)
    west, east = drawn.node("A"), drawn.node("B")
    for second in range(5):  # eastward, each fix 4 m nearer to the carriageway that runs west, and the last beyond it
        lon = west.lon + (east.lon - west.lon) * (0.1 + 0.18 * second)
        lat = west.lat + (drawn.node("D").lat - west.lat) * 0.15 * second
        at = NOW + timedelta(seconds=5 * (second - 4))
        fix = Fix(id=str(second), source="issi:EAST", received_at=at, fix_time=at, lat=lat, lon=lon)
        room.ask(m.RecordFixes(**said(fixes=(fix,))))
    (first,) = room.rank(Roads(drawn.network), drawn.node("C")).candidates
    assert first.streets == ("East", "Link")
