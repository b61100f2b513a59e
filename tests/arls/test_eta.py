"""An ETA is an interval that only widens with what we do not know, round the same middle."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arls.eta import Doubtfulness, crow_interval, flight_interval, pace_of, road_interval
from arls.roads.packs import Straight

SECONDS = st.floats(0, 5_000)
HELICOPTER = Straight(cruise_kmh=180.0, launch_s=240.0)  # 50 m/s
PROFILES = st.sampled_from(["car-response", "car-normal", "foot", "cycle", "motorcycle-response"])


def doubt(age_s: float = 0.0, error_s: float = 0.0, accuracy_m: float = 0.0, mobilise_s: float = 0.0) -> Doubtfulness:
    return Doubtfulness(
        age_s=np.array([age_s]),
        error_s=np.array([error_s]),
        accuracy_m=np.array([accuracy_m]),
        mobilise_s=np.array([mobilise_s]),
    )


@given(drive_s=SECONDS, age_s=SECONDS, error_s=SECONDS, accuracy_m=st.floats(0, 2_000), mobilise_s=SECONDS, by=PROFILES)
def test_low_is_never_above_mid_nor_mid_above_high(
    drive_s: float, age_s: float, error_s: float, accuracy_m: float, mobilise_s: float, by: str
) -> None:
    unsure = doubt(age_s, error_s, accuracy_m, mobilise_s)
    for low, mid, high in (road_interval([drive_s], unsure, by), crow_interval([drive_s * pace_of(by)], unsure, by)):
        assert mobilise_s <= low[0] <= mid[0] <= high[0]


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
