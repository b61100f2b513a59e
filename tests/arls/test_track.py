"""Any order and number of the same fixes is the same track; a jump waits for a second fix that agrees."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.fix import Doubt, Fix, FixKind
from arls.track import (
    FRESHNESS,
    WINDOW,
    Freshness,
    Track,
    doubts_against,
    folded,
    freshness_of,
    freshnesses_of,
    stood_s,
    track_of,
    trail_of,
)

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def fix(second: float, lat: float = 53.2, lon: float = -0.03, **said: object) -> Fix:
    at = START + timedelta(seconds=second)
    known = {"id": f"{second}/{lat}", "source": "issi:1", "fix_time": at, "received_at": at + timedelta(seconds=1)}
    return Fix(**{**known, "lat": lat, "lon": lon, **said})  # type: ignore[arg-type]


def track(*fixes: Fix) -> Track:
    first, *rest = fixes
    made = track_of(first)
    for one in rest:
        made = folded(made, one)
    return made


# Fixes with clashing times, copies by two gateways, jumps and doubts.
FIXES = st.lists(
    st.builds(
        lambda second, step, gateway, late, kind, flags: Fix(
            id=f"{second}/{step}",
            source="issi:1",
            gateway=gateway,
            kind=kind,
            flags=flags,
            lat=53.2 + step * 0.02,
            lon=-0.03,
            fix_time=None if step == 3 else START + timedelta(seconds=second),
            received_at=START + timedelta(seconds=second + late),
        ),
        second=st.integers(0, 30),
        step=st.integers(0, 3),
        gateway=st.sampled_from(["gw1", "gw2"]),
        late=st.integers(0, 40),
        kind=st.sampled_from([FixKind.FIX, FixKind.FIX, FixKind.FIX, FixKind.NO_FIX]),
        flags=st.sampled_from([(), ("backlog",)]),
    ),
    min_size=1,
    max_size=30,
)


@given(fixes=FIXES, seed=st.integers(0, 1_000_000))
def test_any_arrival_order_and_any_repeats_give_the_same_state(fixes: list[Fix], seed: int) -> None:
    shuffled = fixes + fixes[::2]
    random.Random(seed).shuffle(shuffled)
    assert track(*shuffled) == track(*fixes)


def test_a_late_fix_goes_into_history_and_does_not_move_the_unit() -> None:
    made = track(fix(0), fix(20, lat=53.201), fix(10, lat=53.2005))
    assert made.believed == fix(20, lat=53.201)
    assert [one.true_at for one in made.fixes] == [START + timedelta(seconds=s) for s in (0, 10, 20)]


def test_a_jump_is_not_believed_until_a_second_fix_agrees() -> None:
    made = track(fix(0), fix(10, lat=54.2))
    assert made.believed == fix(0)
    assert made.suspect == fix(10, lat=54.2)
    assert doubts_against(track(fix(0)), fix(10, lat=54.2)) == {Doubt.JUMP}
    assert folded(made, fix(20, lat=54.201)).believed == fix(20, lat=54.201)
    assert folded(made, fix(20, lat=53.201)).believed == fix(20, lat=53.201)


def test_a_wide_error_excuses_a_step_that_would_be_a_jump() -> None:
    assert track(fix(0), fix(1, lat=53.22, accuracy_m=3_000.0)).suspect is None


@pytest.mark.parametrize("said", [{"kind": FixKind.NO_FIX}, {"lat": 0.0, "lon": 0.0}, {"flags": ("mock",)}])
def test_a_doubtful_fix_keeps_the_unit_alive_and_does_not_move_it(said: dict[str, object]) -> None:
    made = track(fix(0), fix(60, **said))
    assert made.believed == fix(0)
    assert made.heard_at == START + timedelta(seconds=61)


def test_only_the_newest_fixes_are_kept() -> None:
    made = track(*(fix(second) for second in range(WINDOW * 3)))
    assert len(made.fixes) == WINDOW
    assert made.believed == fix(WINDOW * 3 - 1)


def test_a_device_stands_while_its_fixes_say_so_or_are_all_at_one_place() -> None:
    assert stood_s(track(fix(0, speed_mps=9.0))) is None
    assert stood_s(track(fix(0, speed_mps=9.0), fix(20, lat=53.201, speed_mps=0.0))) == 0.0
    parked = [fix(second, lat=53.2 + second * 1e-6, speed_mps=0.1) for second in (0, 30, 60)]
    assert stood_s(track(*parked)) == 60.0
    assert stood_s(track(fix(-30, lat=53.19, speed_mps=0.0), *parked)) == 60.0
    assert stood_s(track(fix(-30, speed_mps=9.0), *parked)) == 60.0
    assert stood_s(track(*parked, fix(90, speed_mps=3.0))) is None


def test_where_no_speed_is_told_only_a_second_fix_at_the_same_place_tells_that_it_stands() -> None:
    assert stood_s(track(fix(0), fix(60, lat=53.2001))) == 60.0
    assert stood_s(track(fix(0), fix(60, lat=53.21))) is None
    assert stood_s(track(fix(0), fix(60, lat=53.2005, accuracy_m=100.0))) == 60.0
    assert stood_s(track(fix(0))) == 0.0


def test_a_device_that_is_nowhere_stands_nowhere() -> None:
    assert stood_s(track(fix(0, kind=FixKind.NO_FIX))) is None


@pytest.mark.parametrize(
    ("age_s", "word"),
    [
        (None, Freshness.NEVER),
        (20.0, Freshness.FRESH),
        (20.1, Freshness.AGEING),
        (30.1, Freshness.STALE),
        (50.1, Freshness.LOST),
    ],
)
def test_silence_is_judged_by_how_often_the_source_speaks(age_s: float | None, word: Freshness) -> None:
    assert freshness_of(age_s, 10.0) is word
    assert freshness_of(age_s and age_s * 6, 60.0) is word
    assert freshness_of(age_s, 1.0) is word  # a modem that speaks every second is not lost after five


@given(told=st.lists(st.tuples(st.none() | st.floats(0, 1e6), st.floats(0.001, 86_400.0))))
def test_many_ages_have_the_words_that_each_has(told: list[tuple[float | None, float]]) -> None:
    age_s = np.array([np.nan if age is None else age for age, _ in told], np.float64)
    found = freshnesses_of(age_s, np.array([interval for _, interval in told], np.float64))
    assert [FRESHNESS[place] for place in found] == [freshness_of(*one) for one in told]


def test_a_trail_ends_at_its_fix_and_begins_behind_the_last_long_silence() -> None:
    far, near, here, after = fix(0), fix(200, lat=53.201), fix(210, lat=53.202), fix(215, lat=53.203)
    held = track(here, far, after, near)
    assert trail_of(held, here) == (near, here)
    assert trail_of(held, after) == (near, here, after)
    assert trail_of(track(far), far) == (far,)
