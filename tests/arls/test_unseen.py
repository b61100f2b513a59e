"""What may have become of a unit: more with an older fix, less where it stood for long, within what silence says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.fix import AccuracyKind, Fix, FixKind
from arls.roads.scatter import TIMES, Roaming
from arls.track import Track, folded, track_of
from arls.unit import Callsign, Unit
from arls.unseen import Seen, roaming_of, sigma_m, stays_at_a_glance

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
PACE_MPS = 10.0


def fix(age_s: float = 0.0, **fields: Any) -> Fix:
    at = NOW - timedelta(seconds=age_s)
    given = {"received_at": at, "fix_time": at, "lat": 52.5, "lon": -1.9, **fields}
    return Fix(id=f"{age_s}{fields}", source="issi:1", **given)


def seen(*fixes: Fix, heard_s_ago: float | None = None, **unit: Any) -> Seen:
    track = track_of(fixes[0])
    for later in fixes[1:]:
        track = folded(track, later)
    if heard_s_ago is not None:
        at = NOW - timedelta(seconds=heard_s_ago)
        track = Track(source=track.source, heard_at=at, fixes=track.fixes)
    believed = track.believed
    assert believed is not None
    return Seen(unit=Unit(callsign=Callsign("AB1"), **unit), fix=believed, track=track)


def roaming(*fixes: Fix, **known: Any) -> Roaming:
    return roaming_of([seen(*fixes, **known)], NOW, PACE_MPS)


@given(age_s=st.floats(0, 7_200), error_s=st.floats(0, 7_200), speed_mps=st.none() | st.floats(0, 40))
def test_nobody_has_driven_longer_than_the_fix_may_be_old_and_the_times_rise(
    age_s: float, error_s: float, speed_mps: float | None
) -> None:
    found = roaming(fix(age_s, fix_time_error_s=error_s, speed_mps=speed_mps))
    assert found.gone_ms.shape == (1, TIMES)
    assert (np.diff(found.gone_ms[0]) >= 0).all()
    assert 0 <= found.gone_ms[0, 0] <= found.gone_ms[0, -1] <= (age_s + error_s) * 1000 + 1
    assert 0.0 <= found.stayed[0] <= 1.0


def test_who_moves_has_not_stayed_and_has_mostly_driven_for_more_than_half_of_the_time() -> None:
    found = roaming(fix(100.0, speed_mps=8.0))
    assert found.stayed[0] == 0.0
    assert (found.gone_ms[0] > 50_000).mean() == 0.75


def test_who_stands_stays_the_surer_the_longer_it_has_stood_and_the_newer_that_is() -> None:
    def stayed(stood_s: float, age_s: float) -> float:
        return float(roaming(fix(age_s + stood_s, speed_mps=0.0), fix(age_s, speed_mps=0.0)).stayed[0])

    assert stayed(0.0, 0.0) == 1.0
    assert stayed(10.0, 60.0) < stayed(100.0, 60.0) < stayed(1000.0, 60.0) < 1.0
    assert stayed(100.0, 600.0) < stayed(100.0, 60.0)
    assert stayed(270.0, 300.0) == 0.5  # seen to stand for 270 s, and to have come there before


def test_who_has_stood_for_long_and_left_has_not_left_at_once() -> None:
    just, long = (
        roaming(fix(100.0 + stood_s, speed_mps=0.0), fix(100.0, speed_mps=0.0)).gone_ms[0] for stood_s in (0.1, 1000.0)
    )
    assert (just > long).all()
    assert np.median(just) > 40_000
    assert np.median(long) < 40_000


def test_an_error_of_the_time_makes_the_fix_up_to_so_much_older() -> None:
    exact, unsure = roaming(fix(60.0, speed_mps=9.0)), roaming(fix(60.0, speed_mps=9.0, fix_time_error_s=300.0))
    assert unsure.gone_ms[0, -1] > 2 * exact.gone_ms[0, -1]
    assert (unsure.gone_ms >= exact.gone_ms).all()


def test_a_radius_is_so_many_sigmas_as_its_confidence_says() -> None:
    assert sigma_m(fix()) == 0.0
    assert sigma_m(fix(accuracy_m=15.1)) == pytest.approx(10.0, rel=0.01)  # 68 %
    assert sigma_m(fix(accuracy_m=24.5, accuracy_confidence=0.95)) == pytest.approx(10.0, rel=0.01)
    assert sigma_m(fix(accuracy_m=200.0, accuracy_kind=AccuracyKind.CLASS_BOUND)) == pytest.approx(81.7, rel=0.01)
    for absurd in (5e-324, 1.0):
        assert np.isfinite(sigma_m(fix(accuracy_m=100.0, accuracy_confidence=absurd)))


def fence_m(*fixes: Fix, reports_every_m: float | None = 100.0, **known: Any) -> float:
    return float(roaming(*fixes, reports_every_m=reports_every_m, expected_interval_s=60.0, **known).fence_m[0])


def test_a_radio_that_reports_when_it_has_moved_says_by_its_silence_that_it_has_not() -> None:
    assert 100.0 < fence_m(fix(50.0)) < 200.0
    assert fence_m(fix(50.0, accuracy_m=30.0)) > fence_m(fix(50.0))
    assert roaming(fix(50.0)).beyond[0] < 0.1  # it may be one that is not heard


def test_silence_says_nothing_without_such_a_trigger_or_where_the_radio_is_not_heard_or_does_not_see() -> None:
    assert fence_m(fix(50.0), reports_every_m=None) == np.inf
    assert fence_m(fix(150.0)) == np.inf  # it should have reported by now, wherever it is
    assert fence_m(fix(50.0, fix_time_error_s=300.0)) == np.inf  # its last word was of an old place
    assert fence_m(fix(50.0, kind=FixKind.LAST_KNOWN)) == np.inf
    assert fence_m(fix(50.0), heard_s_ago=20.0) == np.inf  # heard since, without a place: it has lost its satellites


def test_at_a_glance_only_a_speed_tells_who_stands() -> None:
    speed = np.array([0.0, 0.0, 9.0, np.nan])
    age_s, unknown = np.array([30.0, 300.0, 30.0, 30.0]), np.full(4, np.nan)
    stays = stays_at_a_glance(speed, age_s, unknown)
    assert stays[0] == 0.5
    assert 0.0 < stays[1] < 0.5
    assert stays[2:].tolist() == [0.0, 0.0]
    assert roaming(fix(30.0, speed_mps=0.0)).stayed[0] == stays[0]
