"""An ETA is an interval that only widens with what we do not know, round the same middle."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.eta import (
    ARRIVALS,
    Doubtfulness,
    arrivals_between,
    arrivals_of,
    crow_interval,
    first_probabilities,
    flight_interval,
    pace_of,
    road_interval,
)
from arls.roads.packs import Straight

SECONDS = st.floats(0, 5_000)
HELICOPTER = Straight(cruise_kmh=180.0, launch_s=240.0)  # 50 m/s
PROFILES = st.sampled_from(["car-response", "car-normal", "foot", "cycle", "motorcycle-response"])


def doubt(
    age_s: float = 0.0,
    error_s: float = 0.0,
    accuracy_m: float = 0.0,
    mobilise_s: float = 0.0,
    stayed: float = 0.0,
) -> Doubtfulness:
    return Doubtfulness(
        age_s=np.array([age_s]),
        error_s=np.array([error_s]),
        accuracy_m=np.array([accuracy_m]),
        mobilise_s=np.array([mobilise_s]),
        stayed=np.array([stayed]),
    )


@given(drive_s=SECONDS, age_s=SECONDS, error_s=SECONDS, accuracy_m=st.floats(0, 2_000), mobilise_s=SECONDS, by=PROFILES)
def test_low_is_never_above_mid_nor_mid_above_high(
    drive_s: float, age_s: float, error_s: float, accuracy_m: float, mobilise_s: float, by: str
) -> None:
    unsure = doubt(age_s, error_s, accuracy_m, mobilise_s)
    for low, mid, high in (road_interval([drive_s], unsure, by), crow_interval([drive_s * pace_of(by)], unsure, by)):
        assert 0.6 * mobilise_s - 1e-6 <= low[0] <= mid[0] <= high[0]


@given(drive_s=SECONDS, age_s=SECONDS, more=SECONDS, by=PROFILES)
def test_an_older_or_worse_fix_widens_both_ends_and_moves_no_middle(
    drive_s: float, age_s: float, more: float, by: str
) -> None:
    low, mid, high = road_interval([drive_s], doubt(age_s), by)
    for worse in (doubt(age_s + more), doubt(age_s, error_s=more), doubt(age_s, accuracy_m=more)):
        wider_low, same_mid, wider_high = road_interval([drive_s], worse, by)
        assert wider_low[0] <= low[0]
        assert same_mid[0] == mid[0]
        assert wider_high[0] >= high[0]


def test_what_is_not_known_of_a_fix_adds_nothing() -> None:
    nothing = road_interval([100.0], doubt(), "car-response")
    unknown = road_interval([100.0], doubt(accuracy_m=float("nan"), error_s=float("nan")), "car-response")
    assert [bound.tolist() for bound in unknown] == [bound.tolist() for bound in nothing]


def test_who_stood_when_it_was_seen_is_the_less_unsure_the_surer_it_is_that_it_stayed() -> None:
    widths = [
        float(high[0] - low[0])
        for stayed in (0.0, 0.5, 0.8, 0.95)
        for low, _, high in [road_interval([300.0], doubt(age_s=200.0, stayed=stayed), "car-response")]
    ]
    assert widths == sorted(widths, reverse=True)
    here = road_interval([300.0], doubt(), "car-response")
    assert widths[-1] == here[2][0] - here[0][0]  # of twenty nineteen are there still: no bound of ninety moves


LIKELY = st.lists(st.floats(0, 5_000), min_size=1, max_size=40).map(sorted)


@given(drives_s=LIKELY, mobilise_s=SECONDS, off_road_m=st.floats(0, 500), accuracy_m=st.floats(0, 500))
def test_of_equally_likely_arrivals_nine_in_ten_lie_between_low_and_high(
    drives_s: list[float], mobilise_s: float, off_road_m: float, accuracy_m: float
) -> None:
    arrivals, low, high = arrivals_of(
        np.array([drives_s]), np.array([mobilise_s]), np.array([off_road_m]), np.array([accuracy_m])
    )
    assert arrivals.shape == (1, ARRIVALS)
    assert (np.diff(arrivals) >= 0).all()
    assert 0.6 * mobilise_s - 1e-6 <= arrivals[0, 0] <= low[0] + 1e-9
    assert arrivals[0, 1] <= low[0] + 1e-9 <= arrivals[0, 2] + 2e-9
    assert arrivals[0, -3] <= high[0] + 1e-9 <= arrivals[0, -2] + 2e-9


def one_drive(drive_s: float, **known: float) -> tuple[float, float]:
    """Low and high."""
    given = {"mobilise_s": 0.0, "off_road_m": np.nan, "accuracy_m": np.nan, **known}
    _, low, high = arrivals_of(np.array([[drive_s]]), *(np.array([value]) for value in given.values()))
    return float(low[0]), float(high[0])


def test_a_drive_from_a_place_that_is_known_takes_what_drives_take_of_what_the_model_says() -> None:
    low, _, high = road_interval([200.0], doubt(), "car-response")
    assert one_drive(200.0) == pytest.approx((low[0], high[0]), rel=0.02)
    assert one_drive(400.0) == pytest.approx(tuple(2 * bound for bound in one_drive(200.0)))


def test_what_lies_off_the_road_is_walked_or_not_but_for_what_the_error_of_the_fix_explains() -> None:
    low, high = one_drive(200.0)
    assert one_drive(200.0, off_road_m=40.0, accuracy_m=50.0) == (low, high)
    assert one_drive(200.0, off_road_m=9.0) == (low, high)
    sooner, later = one_drive(200.0, off_road_m=150.0)
    assert low < sooner < low + 100.0  # 140 m at 1.4 m/s
    assert high < later < high + 100.0


@given(
    st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000), st.floats(0, 1000)).map(sorted), min_size=1, max_size=6)
)
def test_the_chances_to_be_first_are_those_of_all_pairings_of_arrivals(etas: list[list[float]]) -> None:
    arrivals = arrivals_between(*(np.array(bound) for bound in zip(*etas, strict=True)))
    assert (np.diff(arrivals) >= 0).all()
    plain = np.array([chance_to_be_first(unit, arrivals) for unit in range(len(etas))])
    assert first_probabilities(arrivals) == pytest.approx(plain / plain.sum())


def chance_to_be_first(unit: int, arrivals: np.ndarray) -> float:
    others = [other for n, other in enumerate(arrivals.tolist()) if n != unit]
    chances = [
        math.prod(sum((mine < its) + 0.5 * (mine == its) for its in other) / ARRIVALS for other in others)
        for mine in arrivals[unit].tolist()
    ]
    return sum(chances) / ARRIVALS


def test_who_is_certainly_there_first_is_so_in_all_cases_and_of_twins_each_in_half() -> None:
    early, late = np.linspace(10.0, 20.0, ARRIVALS), np.linspace(30.0, 90.0, ARRIVALS)
    assert first_probabilities(np.array([late, early])).tolist() == [0.0, 1.0]
    assert first_probabilities(np.array([early, late, early])).tolist() == [0.5, 0.0, 0.5]
    assert first_probabilities(np.array([late])).tolist() == [1.0]


def test_an_interval_told_as_arrivals_is_that_interval_again() -> None:
    arrivals = arrivals_between(np.array([100.0]), np.array([150.0]), np.array([300.0]))[0]
    inside = (arrivals >= 100.0) & (arrivals <= 300.0)
    assert inside.sum() == 2 * math.floor(0.45 * ARRIVALS)
    assert (arrivals < 150.0).sum() == ARRIVALS // 2


def test_a_straight_line_is_wider_than_a_road_of_the_same_length() -> None:
    road = road_interval([100.0], doubt(), "car-response")
    crow = crow_interval([100.0 * pace_of("car-response")], doubt(), "car-response")
    assert crow[2][0] - crow[0][0] > road[2][0] - road[0][0]


def test_who_flies_launches_and_then_goes_straight_at_its_cruise() -> None:
    for speed_mps in (0.0, float("nan")):
        low, mid, high = flight_interval([5_000.0], doubt(), HELICOPTER, np.array([speed_mps]))
        assert mid[0] == 240.0 + 100.0
        assert 240.0 < low[0] < mid[0] < high[0]
    _, up, _ = flight_interval([5_000.0], doubt(), HELICOPTER, np.array([45.0]))
    assert up[0] == 100.0


def test_a_crew_gets_going_while_its_helicopter_launches() -> None:
    _, quick, _ = flight_interval([5_000.0], doubt(mobilise_s=90.0), HELICOPTER, np.array([0.0]))
    _, slow, _ = flight_interval([5_000.0], doubt(mobilise_s=600.0), HELICOPTER, np.array([0.0]))
    assert (quick[0], slow[0]) == (340.0, 700.0)


@given(crow_m=st.floats(0, 500_000), age_s=SECONDS, more=SECONDS, mobilise_s=SECONDS)
def test_what_is_not_known_of_who_flies_widens_both_ends_and_moves_no_middle(
    crow_m: float, age_s: float, more: float, mobilise_s: float
) -> None:
    down = np.array([0.0])
    low, mid, high = flight_interval([crow_m], doubt(age_s, mobilise_s=mobilise_s), HELICOPTER, down)
    wider = flight_interval([crow_m], doubt(age_s, error_s=more, mobilise_s=mobilise_s), HELICOPTER, down)
    assert mobilise_s <= wider[0][0] <= low[0] <= mid[0] <= high[0] <= wider[2][0]
    assert wider[1][0] == mid[0]
