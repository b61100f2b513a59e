"""A ranking for a circle: on one side it is its centre's, across a river or a motorway it says so and asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls import messages as m
from arls.caller import CallerLocation, CallId
from arls.circle import Circle, find_circle, find_doubt
from arls.expanse import SAMPLES, places_within, rank_within
from arls.geo import Position, metres_between, moved
from arls.incident import IncidentId
from arls.ranking import Question, Ranking, Verdict, bytes_of, rank
from arls.roads.live import Roads
from tests.arls.test_ranking import NOW, Room, names, said
from tests.drawing import Drawn, draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.state import Known

RESIDENTIAL = {"highway": "residential", "maxspeed": "30 mph"}
# Two banks with streets behind them, and the one bridge a kilometre to the east.
RIVER = draw(
    """
    A-B-C-D-E------------F
    | | | | |            |
    G-H-I-J-K            |
                         |
    L-M-N-O-P            |
    | | | | |            |
    Q-R-S-T-U------------V
    """,
    ways={
        "ABCDEF": RESIDENTIAL | {"name": "North Road"},
        "GHIJK": RESIDENTIAL | {"name": "North Quay"},
        "LMNOP": RESIDENTIAL | {"name": "South Quay"},
        "QRSTUV": RESIDENTIAL | {"name": "South Road"},
        "AG": RESIDENTIAL,
        "BH": RESIDENTIAL,
        "CI": RESIDENTIAL,
        "DJ": RESIDENTIAL,
        "EK": RESIDENTIAL,
        "LQ": RESIDENTIAL,
        "MR": RESIDENTIAL,
        "NS": RESIDENTIAL,
        "OT": RESIDENTIAL,
        "PU": RESIDENTIAL,
        "FV": {"highway": "primary", "name": "Long Bridge", "bridge": "yes", "maxspeed": "30 mph"},
    },
)
ROADS = Roads(RIVER.network)
MIDDLE = Position(lat=(RIVER.node("I").lat + RIVER.node("N").lat) / 2, lon=RIVER.node("I").lon)


@pytest.fixture(scope="module")
def manned() -> Iterator[Known]:
    """A car on each bank."""
    room = Room()
    room.unit("NORTH", RIVER.node("A"))
    room.unit("SOUTH", RIVER.node("U"))
    room.unit("SOUTH2", RIVER.node("V"))
    yield room.engine.known
    room.engine.stop()


def circle(centre: Position, radius_m: float) -> Circle:
    return Circle(centre=centre, radius_m=radius_m, confidence=0.9, source="aml, cell")


def ranked(known: Known, centre: Position, radius_m: float, **asked: Any) -> Ranking:
    return rank_within(Question(position=centre, at=NOW, **asked), circle(centre, radius_m), known, ROADS)


def test_places_lie_evenly_in_the_circle_and_are_the_same_again() -> None:
    places = places_within(circle(MIDDLE, 300.0))
    assert places == places_within(circle(MIDDLE, 300.0))
    away = np.array([metres_between(MIDDLE, place) for place in places])
    assert len(places) == SAMPLES
    assert away.max() <= 300.0
    # A circle of half the area holds half of the places.
    assert (away <= 300.0 / np.sqrt(2)).sum() == SAMPLES // 2


def test_a_circle_across_a_river_asks_which_side(manned: Known) -> None:
    found = ranked(manned, MIDDLE, 250.0)
    assert found.area is not None
    assert {side.name for side in found.area.sides} == {"the north", "the south"}
    assert {side.name: side.first for side in found.area.sides} == {"the north": "NORTH", "the south": "SOUTH"}
    assert sum(side.share for side in found.area.sides) == pytest.approx(1.0)
    assert found.verdict is Verdict.AMBIGUOUS
    assert found.verdict_text.startswith("two sides that no road joins near: ")
    assert "NORTH is first in the north" in found.verdict_text
    assert found.verdict_text.endswith("ask which side")


def test_a_circle_on_one_bank_is_all_one(manned: Known) -> None:
    found = ranked(manned, RIVER.node("B"), 60.0)
    assert found.area is not None
    assert found.area.sides == ()
    assert found.area.firsts == {"NORTH": 1.0}
    assert found.candidates[0].first_probability == 1.0


def test_everybody_is_named_once_and_the_order_is_that_of_the_expected_eta(manned: Known) -> None:
    found = ranked(manned, MIDDLE, 250.0)
    told = names(found) + [exclusion.callsign for exclusion in found.exclusions]
    assert sorted(told) == sorted(manned.units)
    mids = [candidate.eta_s.mid for candidate in found.candidates]
    assert mids == sorted(mids)
    assert [candidate.rank for candidate in found.candidates] == [1, 2, 3]
    assert all(one.eta_s.low <= one.eta_s.mid <= one.eta_s.high for one in found.candidates)


def test_the_expected_eta_is_the_mean_of_rankings_of_the_places(manned: Known) -> None:
    found = ranked(manned, MIDDLE, 250.0)
    each = [rank(Question(position=place, at=NOW), manned, ROADS) for place in places_within(circle(MIDDLE, 250.0))]
    for candidate in found.candidates:
        mids = [one.eta_s.mid for ranking in each for one in ranking.candidates if one.callsign == candidate.callsign]
        assert candidate.eta_s.mid == pytest.approx(np.mean(mids), abs=0.002)
        firsts = sum(ranking.candidates[0].callsign == candidate.callsign for ranking in each)
        assert candidate.first_probability == pytest.approx(firsts / SAMPLES, abs=0.001)


def test_fewer_are_shown_where_that_is_asked(manned: Known) -> None:
    found = ranked(manned, MIDDLE, 250.0, k=1)
    assert (len(found.candidates), found.omitted) == (1, 2)


def test_the_same_circle_gives_the_same_bytes(manned: Known) -> None:
    assert bytes_of(ranked(manned, MIDDLE, 250.0)) == bytes_of(ranked(manned, MIDDLE, 250.0))


@settings(max_examples=25)
@given(
    node=st.sampled_from("ABCDEGHIJK"), away_m=st.floats(0, 30), course=st.floats(0, 360), radius_m=st.floats(25, 45)
)
def test_on_one_side_the_order_is_that_of_the_centre_where_it_is_clear(
    manned: Known, node: str, away_m: float, course: float, radius_m: float
) -> None:
    centre = moved(RIVER.node(node), course_deg=course, distance_m=away_m)
    found, point = ranked(manned, centre, radius_m), rank(Question(position=centre, at=NOW), manned, ROADS)
    assert found.area is not None
    mids = {one.callsign: one.eta_s.mid for one in point.candidates}
    # Across the circle an ETA changes by what it takes to drive so far, at 8 m/s at the least with its turns.
    clear = all(abs(mids[a] - mids[b]) > 4 * radius_m / 8.0 for a, b in zip(mids, list(mids)[1:], strict=False))
    if not found.area.sides and clear:
        assert names(found) == names(point)


def test_a_motorway_is_a_side_by_its_name() -> None:
    drawn: Drawn = draw(
        """
        A-B-C-D-E

        F-------G
        H-------I

        J-K-L-M-N
        """,
        ways={
            "ABCDE": RESIDENTIAL | {"name": "North Road"},
            "GF": {"highway": "motorway", "ref": "M6", "oneway": "yes"},
            "HI": {"highway": "motorway", "ref": "M6", "oneway": "yes"},
            "JKLMN": RESIDENTIAL | {"name": "South Road"},
        },
        grid_m=60.0,
    )
    room, roads = Room(), Roads(drawn.network)
    room.unit("NORTH", drawn.node("A"))
    room.unit("SOUTH", drawn.node("N"))
    centre = Position(lat=(drawn.node("F").lat + drawn.node("H").lat) / 2, lon=drawn.node("C").lon)
    found = rank_within(Question(position=centre, at=NOW), circle(centre, 220.0), room.engine.known, roads)
    room.engine.stop()
    assert found.area is not None
    told = {side.name: side.first for side in found.area.sides}
    assert (told["the north"], told["the south"]) == ("NORTH", "SOUTH")
    assert {"the M6 westbound", "the M6 eastbound"} <= set(told)


def called(room: Room, radius_m: float | None, at: Position) -> None:
    location = CallerLocation(
        id="L1", received_at=NOW, lat=MIDDLE.lat, lon=MIDDLE.lon, accuracy_m=radius_m, method="cell", protocol="aml"
    )
    room.ask(m.LocateCaller(**said(call=CallId("c1"), location=location)))
    room.ask(m.CreateIncident(**said(lat=at.lat, lon=at.lon, grade="1", call_id="c1")))


@pytest.mark.parametrize(
    ("radius_m", "at", "noted"),
    [(300.0, MIDDLE, 300.0), (300.0, RIVER.node("V"), None), (10.0, MIDDLE, None), (None, MIDDLE, None)],
)
def test_the_ranking_of_the_place_notes_the_circle_and_is_not_changed_by_it(
    radius_m: float | None, at: Position, noted: float | None
) -> None:
    room = Room()
    room.unit("NORTH", RIVER.node("A"))
    called(room, radius_m, at)
    known, incident = room.engine.known, IncidentId("INC0001")
    found = rank(Question(position=at, at=NOW, grade="1", incident=incident), known, ROADS)
    plain = rank(Question(position=at, at=NOW, grade="1"), known, ROADS)
    room.engine.stop()
    assert found.caller_radius_m == noted
    assert found.area is None
    assert found.candidates == plain.candidates
    doubt = find_doubt(known.incidents[incident], known)
    assert (doubt.radius_m if doubt else None) == noted
    wide = find_circle(known.incidents[incident], known)
    assert (wide.source if wide else None) == ("aml, cell" if radius_m and radius_m > 25 else None)
