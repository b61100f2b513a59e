"""The set of units for a plan is the best there is: every way to fill the slots is tried beside it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.filling import Able, Filling, Slots, fill


def masks(slots: int) -> st.SearchStrategy[int]:
    return st.integers(0, 2**slots - 1)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Slots, list[Able], list[Able]]:
    count = draw(st.integers(1, 4))
    needs = tuple(draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)))
    shared = frozenset(
        slot for slot in draw(st.sets(st.integers(0, count - 1), max_size=2)) if needs.count(needs[slot]) == 1
    )
    alike = {need: draw(masks(6)) for need in needs}

    def suits() -> int:
        # Slots of one requirement are alike: who suits one suits the other.
        can = draw(masks(6))
        return sum(1 << slot for slot, need in enumerate(needs) if can & alike[need] == alike[need] & 0b111)

    held = [Able(suits()) for _ in range(draw(st.integers(0, 2)))]
    etas = sorted(draw(st.lists(st.integers(0, 5), max_size=5)))
    return Slots(needs=needs, shared=shared), held, [Able(suits(), eta_ms) for eta_ms in etas]


def every_filling(slots: Slots, held: list[Able], free: list[Able]) -> list[dict[int, int]]:
    units = [*held, *free]
    found = []
    for chosen in product([None, *range(len(units))], repeat=len(slots)):
        by_slot = {slot: who for slot, who in enumerate(chosen) if who is not None}
        own = [who for slot, who in by_slot.items() if slot not in slots.shared]
        if len(own) == len(set(own)) and all(units[who].suits >> slot & 1 for slot, who in by_slot.items()):
            found.append(by_slot)
    return found


def score(by_slot: dict[int, int], slots: Slots, held: list[Able], free: list[Able]) -> tuple[object, ...]:
    sent = sorted({who - len(held) for who in by_slot.values() if who >= len(held)})
    times = [free[place].eta_ms for place in sent]
    return len(slots) - len(by_slot), max(times, default=0), sum(times), len(sent), tuple(sent)


def found_by_slot(filling: Filling, held: list[Able]) -> dict[int, int]:
    return filling.held | {slot: place + len(held) for slot, place in filling.sent.items()}


@settings(max_examples=400, deadline=None)
@given(cases())
def test_no_other_filling_is_better(case: tuple[Slots, list[Able], list[Able]]) -> None:
    slots, held, free = case
    found = found_by_slot(fill(slots, held, free), held)
    every = every_filling(slots, held, free)
    assert found in every
    assert score(found, slots, held, free) == min(score(one, slots, held, free) for one in every)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_the_nearest_that_suits_is_in_the_set_where_no_slot_is_shared(
    case: tuple[Slots, list[Able], list[Able]],
) -> None:
    slots, _, free = case
    found = fill(Slots(needs=slots.needs), [], free)
    nearest = next((place for place, able in enumerate(free) if able.suits), None)
    assert found.send[:1] == (() if nearest is None else (nearest,))


@settings(max_examples=200, deadline=None)
@given(cases(), st.integers(0, 15))
def test_a_farther_unit_never_changes_who_comes_first(case: tuple[Slots, list[Able], list[Able]], more: int) -> None:
    slots, held, free = case
    before = fill(Slots(needs=slots.needs), held, free)
    suits = sum(1 << slot for slot, need in enumerate(slots.needs) if more >> need & 1)
    after = fill(Slots(needs=slots.needs), held, [*free, Able(suits, 99)])
    assert after.send[: len(before.send)] == before.send


def test_a_generalist_gives_way_to_the_specialist_who_could_do_nothing_else() -> None:
    # The first can do both, the second only what the first would have taken.
    assert fill(Slots(needs=(0, 1)), [], [Able(0b11, 10), Able(0b01, 20)]).sent == {0: 1, 1: 0}


def test_one_unit_fills_two_slots_only_where_one_is_shared() -> None:
    both = [Able(0b11, 10), Able(0b11, 20)]
    assert fill(Slots(needs=(0, 1)), [], both).sent == {0: 0, 1: 1}
    assert fill(Slots(needs=(0, 1), shared=frozenset({1})), [], both).sent == {0: 0, 1: 0}


def test_who_is_on_the_way_is_used_and_the_rest_sent() -> None:
    found = fill(Slots(needs=(0, 0)), [Able(0b11)], [Able(0b11, 10), Able(0b11, 20)])
    assert (found.held, found.sent) == ({0: 0}, {1: 0})


def test_more_slots_than_a_plan_may_have_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 12 slots"):
        fill(Slots(needs=(0,) * 13), [], [])
