"""A path is told street by street, and the steps add up to the path."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.geo import Position
from arls.roads.assemble import Streets, assemble
from arls.roads.live import Roads
from arls.roads.steps import Step, Turn
from tests.drawing import Drawn, draw
from tests.strategies import streets


def named(name: str, **tags: str) -> dict[str, str]:
    return {"highway": "residential", "name": name, **tags}


def steps_between(drawn: Drawn, start: str, end: str, profile: str = "car-response") -> tuple[Step, ...]:
    roads = Roads(drawn.network)
    path = roads.find_way(drawn.node(start), drawn.node(end), profile)
    assert path is not None
    return roads.steps_of(path, profile)


def told(steps: tuple[Step, ...]) -> list[tuple[Turn, str]]:
    return [(step.turn, step.street) for step in steps]


def test_each_street_is_a_step_with_the_turn_into_it() -> None:
    drawn = draw(
        """
        A----B----C----D
             |         |
             E         F
        """,
        ways={"ABC": named("High Street"), "CD": named("Mill Lane"), "BE": named("Low Road"), "DF": named("East Road")},
    )
    steps = steps_between(drawn, "A", "F")
    assert told(steps) == [(Turn.START, "High Street"), (Turn.STRAIGHT, "Mill Lane"), (Turn.RIGHT, "East Road")]
    assert [step.length_m for step in steps] == pytest.approx([1000, 500, 200], abs=3)
    assert steps[2].angle_deg == pytest.approx(90, abs=1)
    assert told(steps_between(drawn, "E", "A")) == [(Turn.START, "Low Road"), (Turn.LEFT, "High Street")]


def test_a_street_without_a_name_is_a_step_as_well() -> None:
    drawn = draw("A----B----C", ways={"AB": named("High Street"), "BC": {"highway": "residential"}})
    assert told(steps_between(drawn, "A", "C")) == [(Turn.START, "High Street"), (Turn.STRAIGHT, "")]


def test_a_roundabout_is_left_by_the_exit_one_counts() -> None:
    drawn = draw(
        """
             N
             |
             1
        W--4   2--E
             3
             |
             S
        """,
        ways={
            "12341": {"highway": "residential", "junction": "roundabout", "oneway": "yes"},
            "N1": named("North Road"),
            "E2": named("East Road"),
            "S3": named("South Road"),
            "W4": named("West Road"),
        },
        grid_m=30,
    )
    # In Great Britain one goes round clockwise: from the south first west, then north, then east.
    for goal, number in (("W", 1), ("N", 2), ("E", 3)):
        steps = steps_between(drawn, "S", goal)
        assert [step.turn for step in steps] == [Turn.START, Turn.ROUNDABOUT]
        assert (steps[1].street[0], steps[1].exit, steps[1].angle_deg) == (goal, number, 0.0)
    assert steps_between(drawn, "S", "4")[-1].exit in {None, 1}


def test_who_must_turn_round_is_told_so() -> None:
    drawn = draw("A----B----C", ways={"AB": named("High Street"), "BC": named("High Street")})
    roads = Roads(drawn.network)
    middle = Position(lat=drawn.node("A").lat, lon=(drawn.node("A").lon + drawn.node("B").lon) / 2)
    path = roads.find_way(middle, drawn.node("A"), "car-response", course_deg=90.0)
    assert path is not None
    assert told(roads.steps_of(path, "car-response")) == [(Turn.START, "High Street"), (Turn.U_TURN, "High Street")]


@settings(max_examples=60)
@given(made=streets(), data=st.data())
def test_the_steps_together_are_the_path(made: Streets, data: st.DataObject) -> None:
    roads = Roads(assemble(made))
    spots = [Position(lat=lat, lon=lon) for lat, lon in zip(made.point_lat, made.point_lon, strict=True)]
    start, goal = data.draw(st.sampled_from(spots)), data.draw(st.sampled_from(spots))
    profile = data.draw(st.sampled_from(["car-response", "foot"]))
    path = roads.find_way(start, goal, profile)
    if path is None:
        return
    steps = roads.steps_of(path, profile)
    assert sum(step.length_m for step in steps) == pytest.approx(path.length_m, abs=1e-6)
    walked_ms = sum(round(max(0.0, off_m) / 1.4 * 1000) for off_m in (max(0.0, path.start_off_m - 30), path.end_off_m))
    assert sum(step.cost_ms for step in steps) + walked_ms == pytest.approx(path.cost_ms, abs=2)
    assert [step.turn is Turn.START for step in steps] == [True] + [False] * (len(steps) - 1)
    assert [step.point for step in steps] == sorted(step.point for step in steps)
    assert tuple(filter(None, _once(step.street for step in steps))) == path.streets
    assert all(0 <= step.point < len(path.lats) for step in steps)
    assert np.isfinite([step.angle_deg for step in steps]).all()


def _once(names: object) -> list[str]:
    several = [name for name in names if name]  # type: ignore[attr-defined]
    return several[:1] + [after for before, after in pairwise(several) if after != before]
