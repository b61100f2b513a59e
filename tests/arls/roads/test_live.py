"""The roads in use: metres on every way, places kept until a unit moves, and a second opinion by networkx."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.closure import Closure, ClosureId, Line, Passer, Point
from arls.geo import Position, moved
from arls.roads.assemble import Streets, assemble
from arls.roads.audit import audit
from arls.roads.hierarchy.order import order_of
from arls.roads.live import UNREACHED_MS, Asked, Roads, UnknownProfileError
from tests.drawing import Drawn, draw
from tests.strategies import streets

RIVER = """
    A-----B-----C
    |           |
    |           |
    D           E
    |           |
    |           |
    F-----G-----H
"""
STREET = {"highway": "residential", "name": "High Street"}


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    names = ["ABC", "ADF", "CEH", "FGH"]
    return draw(RIVER, ways={name: {**STREET, "name": f"{name} Street"} for name in names})


def columns(*places: Position, courses: list[float] | None = None) -> dict[str, np.ndarray]:
    unknown = np.full(len(places), np.nan)
    course_deg = unknown if courses is None else np.array(courses)
    return {
        "lat": np.array([place.lat for place in places]),
        "lon": np.array([place.lon for place in places]),
        "course_deg": course_deg,
        "speed_mps": np.where(np.isnan(course_deg), np.nan, 10.0),
        "accuracy_m": unknown,
    }


def asked(held: dict[str, np.ndarray], *numbers: int, profile: str = "car-response") -> Asked:
    return Asked(profile=profile, numbers=np.array(numbers, np.int64), columns=held)


def test_every_way_is_measured_as_its_path_is(drawn: Drawn) -> None:
    roads, goal = Roads(drawn.network), drawn.node("G")
    held = columns(*(drawn.node(name) for name in "ABCDEFH"))
    found = roads.reach(goal, asked(held, *range(7)))
    for number in range(7):
        path = roads.find_path(goal, asked(held, number))
        assert path is not None
        assert found.cost_ms[number] == path.cost_ms
        assert found.length_m[number] == pytest.approx(path.length_m, abs=1e-6)


@settings(max_examples=40)
@given(made=streets())
def test_lengths_are_those_of_the_paths_on_random_networks(made: Streets) -> None:
    roads = Roads(assemble(made))
    places = [Position(lat=lat, lon=lon) for lat, lon in zip(made.point_lat, made.point_lon, strict=True)][:12]
    held, goal = columns(*places), places[-1]
    for profile in ("car-response", "foot"):
        found = roads.reach(goal, asked(held, *range(len(places)), profile=profile))
        for number in range(len(places)):
            path = roads.find_path(goal, asked(held, number, profile=profile))
            if path is None:
                assert found.cost_ms[number] == UNREACHED_MS or found.off_map[number]
            else:
                assert found.length_m[number] == pytest.approx(path.length_m, abs=1e-6)


@settings(max_examples=40)
@given(made=streets(), data=st.data())
def test_the_hierarchy_keeps_up_with_units_that_move_and_gives_what_the_search_gives(
    made: Streets, data: st.DataObject
) -> None:
    network = assemble(made)
    by_search, by_hierarchy = Roads(network), Roads(network, order=order_of(network))
    spots = [Position(lat=lat, lon=lon) for lat, lon in zip(made.point_lat, made.point_lon, strict=True)]
    for size in (3, 3, 5):  # two units move, then two more are booked on
        places = data.draw(st.lists(st.sampled_from(spots), min_size=size, max_size=size))
        held, goal = columns(*places), data.draw(st.sampled_from(spots))
        numbers = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=size, unique=True))
        for profile in ("car-response", "foot"):
            plain = by_search.reach(goal, asked(held, *numbers, profile=profile))
            quick = by_hierarchy.reach(goal, asked(held, *numbers, profile=profile), measured=False)
            assert quick.cost_ms.tolist() == plain.cost_ms.tolist()
            assert quick.off_map.tolist() == plain.off_map.tolist()
            measured = by_hierarchy.reach(goal, asked(held, *numbers, profile=profile))
            assert measured.cost_ms.tolist() == plain.cost_ms.tolist()
            assert np.array_equal(measured.length_m, plain.length_m, equal_nan=True)
            for number in numbers:
                ways = [
                    roads.find_path(goal, asked(held, number, profile=profile)) for roads in (by_search, by_hierarchy)
                ]
                arcs, again = (None if way is None else way.arcs.tolist() for way in ways)
                assert arcs == again


@settings(max_examples=40)
@given(made=streets(), data=st.data())
def test_a_spread_is_that_of_the_soonest_of_its_positions_by_either_engine(made: Streets, data: st.DataObject) -> None:
    network = assemble(made)
    by_search, by_hierarchy = Roads(network), Roads(network, order=order_of(network))
    spots = [Position(lat=lat, lon=lon) for lat, lon in zip(made.point_lat, made.point_lon, strict=True)]
    places = data.draw(st.lists(st.sampled_from(spots), min_size=1, max_size=3))
    for towards in (False, True):
        found = [roads.spread(places, "foot", towards=towards).near_ms for roads in (by_search, by_hierarchy)]
        assert found[0].tolist() == found[1].tolist()
        alone = [by_search.spread([place], "foot", towards=towards).near_ms for place in places]
        assert found[0].tolist() == np.minimum.reduce(alone).tolist()
    held = columns(*places)
    of_units = by_hierarchy.spread_of(asked(held, *range(len(places)), profile="foot"))
    assert of_units.near_ms.tolist() == by_search.spread(places, "foot").near_ms.tolist()


def test_a_unit_is_snapped_again_only_when_it_has_moved(drawn: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    roads = Roads(drawn.network)
    goal, held = drawn.node("G"), columns(drawn.node("A"), drawn.node("E"))
    first = roads.reach(goal, asked(held, 0, 1))
    snapped: list[int] = []
    snap = roads._snapper.snap

    def counting(**said: object) -> object:
        snapped.append(len(said["lats"]))  # type: ignore[arg-type]
        return snap(**said)  # type: ignore[arg-type]

    monkeypatch.setattr(roads._snapper, "snap", counting)
    assert roads.reach(goal, asked(held, 0, 1)).cost_ms.tolist() == first.cost_ms.tolist()
    assert snapped == []
    moved = columns(drawn.node("D"), drawn.node("E"))
    fresh = Roads(drawn.network).reach(goal, asked(moved, 0, 1))
    assert roads.reach(goal, asked(moved, 0, 1)).cost_ms.tolist() == fresh.cost_ms.tolist()
    assert snapped == [1]
    more = columns(drawn.node("D"), drawn.node("E"), drawn.node("C"))
    assert len(roads.reach(goal, asked(more, 2, 0)).cost_ms) == 2


def test_what_touches_no_road_is_off_the_map(drawn: Drawn) -> None:
    roads, far = Roads(drawn.network), Position(lat=52.6, lon=-1.9)
    held = columns(drawn.node("A"), far)
    found = roads.reach(drawn.node("G"), asked(held, 0, 1))
    assert found.off_map.tolist() == [False, True]
    assert roads.reach(far, asked(held, 0, 1)).off_map.all()
    assert roads.find_street(far) is None
    assert roads.find_way(drawn.node("A"), far, "car-response") is None


def test_a_course_says_on_which_side_of_the_road_one_drives() -> None:
    dual = draw(
        "A-----B\n\nC-----D\n",
        ways={
            "AB": {"highway": "primary", "oneway": "-1", "name": "West"},
            "CD": {"highway": "primary", "oneway": "yes", "name": "East"},
            "AC": {"highway": "primary", "oneway": "yes"},
            "DB": {"highway": "primary", "oneway": "yes"},
        },
        grid_m=12,
    )
    roads = Roads(dual.network)
    middle = Position(lat=dual.node("A").lat - 0.00006, lon=dual.node("A").lon + 0.0006)
    east = roads.find_way(middle, dual.node("D"), "car-response", course_deg=90.0)
    west = roads.find_way(middle, dual.node("D"), "car-response", course_deg=270.0)
    assert east is not None
    assert west is not None
    assert east.streets == ("East",)
    assert west.streets[0] == "West"


def test_the_street_of_a_place_is_the_nearest_that_has_a_name(drawn: Drawn) -> None:
    assert Roads(drawn.network).find_street(drawn.node("B")) == "ABC Street"


def test_an_unknown_profile_names_those_there_are(drawn: Drawn) -> None:
    with pytest.raises(UnknownProfileError, match="car-response"):
        Roads(drawn.network).weights("hovercraft")


@settings(max_examples=15)
@given(made=streets())
def test_networkx_finds_the_same_etas(made: Streets) -> None:
    roads = Roads(assemble(made))
    for profile in ("car-response", "foot"):
        if (roads.weights(profile).component == 0).any():
            assert audit(roads, profile, sample=20).differences == ()


def test_an_audit_finds_a_search_that_is_wrong(drawn: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    roads = Roads(drawn.network)
    held = roads.reverse
    wrong = replace(held, in_from=held.in_from[::-1].copy())
    monkeypatch.setattr(roads, "reverse", wrong)
    assert audit(roads, "car-response", sample=60).differences


def closure(drawn: Drawn, *names: str, passable: tuple[Passer, ...] = ()) -> Closure:
    line = Line(positions=tuple(drawn.node(name) for name in names))
    since = datetime(2026, 3, 2, tzinfo=UTC)
    return Closure(id=ClosureId("".join(names)), shape=line, since=since, passable=passable)


def test_a_way_meets_the_closures_that_shut_a_part_of_it_for_whom_they_bind(drawn: Drawn) -> None:
    roads = Roads(drawn.network)
    # From the first third of the top street down the left side: the far part of the street is not on the way.
    start = moved(drawn.node("B"), course_deg=270.0, distance_m=200.0)
    way = roads.find_way(start, drawn.node("D"), "car-response")
    assert way is not None
    closures = (
        closure(drawn, "B", "C"),
        closure(drawn, "A", "B"),
        closure(drawn, "A", "B", passable=(Passer.FOOT,)),
        closure(drawn, "D", "A"),
        closure(drawn, "D", "F"),
    )
    met = roads.met_by(way, "car-response", closures)
    assert [one.id for one in met] == ["AB", "AB", "DA"]
    assert [one.id for one in roads.met_by(way, "foot", closures)] == ["AB", "DA"]
    assert roads.met_by(way, "car-response", ()) == ()


@settings(max_examples=40, deadline=None)
@given(names=st.lists(st.sampled_from("ABCDEFGH"), min_size=3, max_size=3, unique=True))
def test_a_way_under_a_closure_that_does_not_begin_inside_never_meets_it(drawn: Drawn, names: list[str]) -> None:
    roads, (*ends, shut) = Roads(drawn.network), names
    barrier = Closure(
        id=ClosureId("C1"), shape=Point(position=drawn.node(shut)), since=datetime(2026, 3, 2, tzinfo=UTC)
    )
    way = roads.find_way(drawn.node(ends[0]), drawn.node(ends[1]), "car-response", closures=(barrier,))
    if way is not None:
        assert roads.met_by(way, "car-response", (barrier,)) == ()
