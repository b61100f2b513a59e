"""How far the gateway's clock is off, by who can know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.fix import Fix, TimeBasis
from gateways.clockcheck import ClockCheck, kernel_clock
from gateways.payloads import Receipt

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)


@given(st.floats(-100, 100), st.floats(0, 5), st.floats(0, 5))
def test_the_true_offset_lies_within_what_is_said(ahead_s: float, there_s: float, back_s: float) -> None:
    check = ClockCheck()
    ours = NOW + timedelta(seconds=ahead_s)
    check.sent(1, 7, ours)
    check.receipted(
        Receipt(session=1, seq=7, at=NOW + timedelta(seconds=there_s)), ours + timedelta(seconds=there_s + back_s)
    )
    said = check.status()
    assert said.offset_s is not None
    assert said.offset_error_s is not None
    assert abs(said.offset_s - ahead_s) <= said.offset_error_s + 1e-5


def test_the_quickest_answer_is_believed() -> None:
    check = ClockCheck()
    for seq, took_s in enumerate([4.0, 0.02, 3.0]):
        check.sent(1, seq, NOW)
        check.receipted(Receipt(session=1, seq=seq, at=NOW), NOW + timedelta(seconds=took_s))
    assert check.status().offset_error_s == pytest.approx(0.01)


@pytest.mark.parametrize(
    "receipt",
    [Receipt(session=1, seq=6, at=NOW), Receipt(session=2, seq=7, at=NOW), Receipt(session=1, seq=7)],
    ids=["of something earlier", "of another session", "without a time"],
)
def test_a_receipt_that_says_nothing_of_what_was_sent_is_no_witness(receipt: Receipt) -> None:
    check = ClockCheck()
    check.sent(1, 7, NOW)
    check.receipted(receipt, NOW)
    assert check.status().offset_s is None


def fix(lag_s: float, **words: object) -> Fix:
    at = NOW - timedelta(seconds=lag_s)
    said = {"fix_time_basis": TimeBasis.GNSS, **words}
    return Fix(id="1", source="imei:1", received_at=NOW, lat=52.0, lon=-1.0, fix_time=at, **said)  # type: ignore[arg-type]


def test_satellites_say_when_ours_is_behind() -> None:
    check = ClockCheck()
    for lag_s in [-30.1, -30.0, -29.9] * 3:
        check.heard(fix(lag_s))
    assert check.status().gnss_lag_s == pytest.approx(-30.0)


def test_late_delivery_and_other_clocks_are_no_satellites() -> None:
    check = ClockCheck()
    for _ in range(50):
        check.heard(fix(3600, flags=("backlog",)))
        check.heard(fix(3600, fix_time_basis=TimeBasis.DEVICE))
    assert check.status().gnss_lag_s is None


def test_the_kernel_is_asked_and_says_yes_no_or_nothing() -> None:
    said = kernel_clock()
    assert said.is_synchronised in {True, False, None}
    assert said.kernel_error_s is None or said.kernel_error_s >= 0
