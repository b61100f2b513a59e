"""Scenes under closures are kept, made from each other and given up, and whoever asks meanwhile is answered."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from arls.closure import ClosureId, Passer, Point
from arls.roads import scenes as scenes_file
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Asked, Roads
from arls.roads.scenes import KEPT
from tests.arls.roads.barriers import beside, closed, columns, square
from tests.arls.roads.test_leaving import RING, STREET
from tests.drawing import Drawn, draw

if TYPE_CHECKING:
    from arls.closure import Closures

CAR = "car-response"


@pytest.fixture(scope="module")
def ring() -> Drawn:
    return draw(RING, ways={name: {**STREET, "name": name} for name in ("ABC", "DEF", "AD", "BE", "CF")})


@pytest.fixture
def roads(ring: Drawn) -> Roads:
    return Roads(ring.network, order=order_of(ring.network))


def works(drawn: Drawn, east_m: float) -> Closures:
    (one,) = closed(Point(position=beside(drawn.node("A"), east_m=east_m)))
    return (msgspec.structs.replace(one, id=ClosureId(f"C{east_m:.0f}")),)


def asked(drawn: Drawn, profile: str = CAR) -> Asked:
    places = [drawn.node(name) for name in "ABCDEF"]
    return Asked(profile=profile, numbers=np.arange(6), columns=columns(places, [np.nan] * 6))


def test_the_same_closures_have_the_same_scene_and_those_that_do_not_bind_have_that_of_the_open_roads(
    ring: Drawn, roads: Roads
) -> None:
    one, other = works(ring, 100.0), works(ring, 300.0)
    scene = roads._scene(CAR, one)
    assert roads._scene(CAR, one) is scene
    assert roads._scene(CAR, (*one, *other)) is not scene
    afoot = tuple(msgspec.structs.replace(closure, passable=(Passer.FOOT,)) for closure in one)
    nothing = closed(square(beside(ring.node("A"), north_m=5_000.0)))
    assert roads._scene("foot", afoot) is roads._scene("foot") is roads._scene("foot", nothing)
    assert roads._scene(CAR, afoot) is not roads._scene(CAR)


def test_scenes_that_are_opened_side_by_side_are_those_that_are_asked_after(ring: Drawn, roads: Roads) -> None:
    closures, goal, profiles = works(ring, 100.0), ring.node("F"), (CAR, "car-normal", "foot")
    roads.open(profiles, closures=closures)
    for profile in profiles:
        made = roads._scene(profile, closures)
        told = roads.reach(goal, asked(ring, profile), measured=False, closures=closures).cost_ms
        assert roads._scene(profile, closures) is made
        plain = Roads(ring.network).reach(goal, asked(ring, profile), measured=False, closures=closures).cost_ms
        assert told.tolist() == plain.tolist()


def test_a_closure_whose_shape_is_another_is_another_closure(ring: Drawn, roads: Roads) -> None:
    (one,), (other,) = works(ring, 100.0), works(ring, 300.0)
    moved = msgspec.structs.replace(other, id=one.id)
    before, after = roads._scene(CAR, (one,)), roads._scene(CAR, (moved,))
    assert before.shut.tolist() == after.shut.tolist()
    assert before.cut is not None
    assert after.cut is not None
    assert before.cut.shut.shut.begin.tolist() != after.cut.shut.shut.begin.tolist()
    renewed = msgspec.structs.replace(moved, reason="a burst main", until=None)
    assert roads._scene(CAR, (renewed,)) is after


def test_only_the_last_few_scenes_are_kept_and_the_others_are_given_up_at_once(ring: Drawn, roads: Roads) -> None:
    gc.disable()
    try:
        scenes = []
        for number in range(KEPT + 2):
            closures = works(ring, 100.0 + 10.0 * number)
            roads.reach(ring.node("F"), asked(ring), measured=False, closures=closures)
            scenes.append(weakref.ref(roads._scene(CAR, closures)))
        assert [scene() is None for scene in scenes] == [True] * 2 + [False] * KEPT
    finally:
        gc.enable()


def test_a_scene_that_is_made_from_another_is_that_made_from_the_open_roads(ring: Drawn, roads: Roads) -> None:
    first, second, third = (works(ring, east_m) for east_m in (100.0, 300.0, 500.0))
    goal = ring.node("F")
    for closures in (first, (*first, *second), second, (*second, *third), (*first, *third), (), third):
        told = roads.reach(goal, asked(ring), measured=False, closures=closures).cost_ms
        anew = Roads(ring.network, order=order_of(ring.network))
        assert told.tolist() == anew.reach(goal, asked(ring), measured=False, closures=closures).cost_ms.tolist()


def test_whoever_asks_for_other_roads_need_not_wait_for_a_scene_that_is_being_made(
    ring: Drawn, roads: Roads, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_go_on = threading.Event(), threading.Event()
    make = scenes_file.Cut

    def slow(*said: object, **more: object) -> object:
        begun.set()
        assert may_go_on.wait(30)
        return make(*said, **more)  # type: ignore[arg-type]

    goal, closures = ring.node("C"), works(ring, 900.0)
    roads.reach(goal, asked(ring), measured=False)
    monkeypatch.setattr(scenes_file, "Cut", slow)
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(roads.reach, goal, asked(ring), measured=False, closures=closures) for _ in range(2)]
        assert begun.wait(30)
        opened = roads.reach(goal, asked(ring), measured=False).cost_ms
        assert not any(one.done() for one in waiting)
        may_go_on.set()
        shut = [one.result(30).cost_ms.tolist() for one in waiting]
    assert shut[0] == shut[1]
    assert shut[0] != opened.tolist()


def test_a_scene_that_could_not_be_made_is_tried_again(
    ring: Drawn, roads: Roads, monkeypatch: pytest.MonkeyPatch
) -> None:
    closures = works(ring, 100.0)
    with monkeypatch.context() as broken:
        broken.setattr(scenes_file, "Cut", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            roads._scene(CAR, closures)
    assert len(roads._scene(CAR, closures).shut)


def test_many_threads_under_closures_that_come_and_go_are_all_told_the_same(ring: Drawn) -> None:
    roads, plain = Roads(ring.network, order=order_of(ring.network)), Roads(ring.network)
    sets = [(), *(works(ring, 640.0 + 80.0 * number) for number in range(2 * KEPT))]
    goal = ring.node("C")
    told = [plain.reach(goal, asked(ring), measured=False, closures=closures).cost_ms.tolist() for closures in sets]

    def ask(number: int) -> bool:
        which = number % len(sets)
        found = roads.reach(goal, asked(ring), measured=False, closures=sets[which]).cost_ms
        return bool(found.tolist() == told[which])

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(ask, range(200)))


def test_units_that_move_under_closures_are_where_they_are_when_these_end(ring: Drawn, roads: Roads) -> None:
    closures, goal = works(ring, 300.0), ring.node("F")
    for east_m in (50.0, 250.0, 350.0):
        place = beside(ring.node("A"), east_m=east_m)
        held = replace(asked(ring), numbers=np.arange(1), columns=columns([place], [np.nan]))
        for now in (closures, (), closures):
            told = roads.reach(goal, held, measured=False, closures=now).cost_ms
            anew = Roads(ring.network).reach(goal, held, measured=False, closures=now).cost_ms
            assert told.tolist() == anew.tolist()
