"""Only answers that could change who is sent are worth a message, and more room never leaves more regret."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.knowing import Worth, worth_asking

TIMES = 3


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    units = draw(st.integers(1, 4))
    times = draw(st.lists(st.lists(st.integers(0, 30), min_size=TIMES, max_size=TIMES), min_size=units, max_size=units))
    may_ask = draw(st.lists(st.booleans(), min_size=units, max_size=units))
    return np.array(times, np.float64), np.array(may_ask)


def arrival_s(times_s: np.ndarray, known: set[int]) -> float:
    """When the one who is sent is there, world by world: the oracle."""
    means = times_s.mean(axis=1)
    truths = []
    for world in product(range(TIMES), repeat=len(times_s)):
        believed = [times_s[unit, world[unit]] if unit in known else means[unit] for unit in range(len(times_s))]
        sent = int(np.argmin(believed))
        truths.append(times_s[sent, world[sent]])
    return float(np.mean(truths))


def regret_s(times_s: np.ndarray, known: set[int]) -> float:
    return arrival_s(times_s, known) - arrival_s(times_s, set(range(len(times_s))))


def everything(times_s: np.ndarray, may_ask: np.ndarray, most: int = 9, least_s: float = 0.0) -> Worth:
    return worth_asking(times_s, may_ask, most=most, least_s=least_s)


@settings(max_examples=150, deadline=None)
@given(cases(), st.integers(0, 4))
def test_the_regret_is_that_of_all_the_worlds_there_are(case: tuple[np.ndarray, np.ndarray], most: int) -> None:
    times_s, may_ask = case
    found = everything(times_s, may_ask, most)
    known = {unit for unit, _ in found.asked}
    assert found.regret_s == pytest.approx(regret_s(times_s, set()), abs=1e-6)
    assert found.left_s == pytest.approx(regret_s(times_s, known), abs=1e-6)
    assert sum(saved for _, saved in found.asked) == pytest.approx(found.regret_s - found.left_s, abs=1e-6)
    assert len(known) == len(found.asked) <= most
    assert all(may_ask[unit] for unit in known)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_one_message_goes_to_the_best_there_is(case: tuple[np.ndarray, np.ndarray]) -> None:
    times_s, may_ask = case
    found = everything(times_s, may_ask, most=1)
    options = [regret_s(times_s, {unit}) for unit in np.flatnonzero(may_ask).tolist()]
    assert found.left_s == pytest.approx(min([regret_s(times_s, set()), *options]), abs=1e-5)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_greedy_comes_within_the_bound_of_the_best_where_one_place_is_known(
    case: tuple[np.ndarray, np.ndarray],
) -> None:
    # With the place of the one who seems first known, what answers save is submodular: a greedy choice saves at least
    # 1 - 1/e of what the best does (Nemhauser, Wolsey and Fisher 1978).
    times_s, may_ask = case
    first = int(np.argmin(times_s.mean(axis=1)))
    times_s = times_s.copy()
    times_s[first] = times_s[first].mean()
    found = everything(times_s, may_ask, most=2)
    askable = np.flatnonzero(may_ask).tolist()
    best = max(
        (found.regret_s - regret_s(times_s, set(pair)) for pair in combinations(askable, min(2, len(askable)))),
        default=0.0,
    )
    assert found.regret_s - found.left_s >= (1 - 1 / np.e) * best - 1e-6


@settings(max_examples=150, deadline=None)
@given(cases(), st.integers(0, 3), st.sampled_from([0.0, 0.5, 2.0]))
def test_more_room_asks_the_same_and_more_and_never_leaves_more_regret(
    case: tuple[np.ndarray, np.ndarray], most: int, least_s: float
) -> None:
    less, more = (everything(*case, most=room, least_s=least_s) for room in (most, most + 1))
    assert more.asked[: len(less.asked)] == less.asked
    assert more.left_s <= less.left_s + 1e-9


@settings(max_examples=150, deadline=None)
@given(cases())
def test_who_can_never_be_the_soonest_is_never_asked(case: tuple[np.ndarray, np.ndarray]) -> None:
    times_s, _ = case
    found = everything(times_s, np.ones(len(times_s), np.bool_))
    latest = times_s.max(axis=1)
    for unit, _ in found.asked:
        assert times_s[unit].min() < latest.min()


def test_a_pair_is_asked_where_neither_is_worth_it_alone() -> None:
    times_s = np.array([[90.0, 110.0], [100.0, 140.0]])
    assert len(everything(times_s, np.array([True, True])).asked) == 2
    assert everything(times_s, np.array([True, True]), most=1).asked == ()
    assert everything(times_s, np.array([True, False])).asked == ()


def test_what_is_known_for_sure_is_not_asked() -> None:
    assert everything(np.array([[60.0, 60.0], [90.0, 90.0]]), np.array([True, True])).asked == ()


def test_nothing_is_asked_of_nobody() -> None:
    assert everything(np.zeros((0, 3)), np.zeros(0, np.bool_)) == Worth(asked=(), regret_s=0.0, left_s=0.0)
