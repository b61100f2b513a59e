"""What a fix may say, and which doubts it raises by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from arls.fix import Doubt, Fix, FixKind, doubts_of, fix_id_of

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def fix(**said: Any) -> Fix:
    return Fix(**{"id": "1", "source": "issi:1", "received_at": NOW, "lat": 53.2, "lon": -0.0002, **said})


@pytest.mark.parametrize(
    "said",
    [
        {"lat": None},
        {"lat": 91.0},
        {"lon": float("nan")},
        {"accuracy_m": -1.0},
        {"accuracy_m": float("inf")},
        {"speed_mps": -0.1},
        {"course_deg": 360.0},
        {"course_deg": float("nan")},
        {"accuracy_confidence": 0.0},
        {"altitude_m": float("nan")},
        {"fix_time_error_s": 1e12},
        {"received_at": datetime(2026, 3, 2, 14, 0)},  # noqa: DTZ001 - that is the point
    ],
)
def test_a_fix_that_cannot_be_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        fix(**said)


def test_a_fix_a_step_west_of_greenwich_is_believed() -> None:
    assert doubts_of(fix()) == frozenset()


@pytest.mark.parametrize(
    ("said", "doubt"),
    [
        ({"lat": 0.0, "lon": 0.0}, Doubt.NULL_ISLAND),
        ({"lat": None, "lon": None}, Doubt.NO_POSITION),
        ({"kind": FixKind.NO_FIX}, Doubt.NO_POSITION),
        ({"fix_time": NOW + timedelta(seconds=121)}, Doubt.FUTURE),
        ({"fix_time": NOW - timedelta(weeks=1024)}, Doubt.ANCIENT),
        ({"fix_time": datetime.max.replace(tzinfo=UTC)}, Doubt.FUTURE),
        ({"flags": ("mock",)}, Doubt.MOCK),
    ],
)
def test_each_doubt_has_its_cause(said: dict[str, Any], doubt: Doubt) -> None:
    assert doubts_of(fix(**said)) == {doubt}


def test_the_id_of_an_observation_does_not_depend_on_the_zone_or_the_gateway() -> None:
    east = NOW.astimezone(tz=None)
    assert fix_id_of("issi:1", NOW, 53.2, -0.0002) == fix_id_of("issi:1", east, 53.2, -0.0002)
    assert fix_id_of("issi:1", NOW, 53.2, -0.0002) != fix_id_of("issi:2", NOW, 53.2, -0.0002)
    assert fix_id_of("issi:1", b"\x0a\x00") != fix_id_of("issi:1", b"\x0a\x01")


def test_an_elapsed_class_orders_a_fix_by_the_earliest_moment_it_can_have_been_true() -> None:
    assert fix(fix_time_error_s=300.0).true_at == NOW - timedelta(seconds=300)
    assert fix(fix_time=NOW - timedelta(seconds=4), fix_time_error_s=300.0).true_at == NOW - timedelta(seconds=4)
