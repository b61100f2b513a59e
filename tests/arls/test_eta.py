"""An ETA is an interval that only widens with what we do not know, round the same middle."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arls.eta import Doubtfulness, crow_interval, pace_of, road_interval

SECONDS = st.floats(0, 5_000)
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
