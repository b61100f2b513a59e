"""Who is silent, and of whom silence means something."""

from __future__ import annotations

import pytest

from gateways.decoders.message import KeepAlive, Located
from gateways.roll import Roll

CAR = "imei:356307042441013"


def report(reason: str | None = None, device: str = CAR) -> Located:
    return Located(device_id=device, lat=52.0, lon=-1.0, reason=reason)


def roll_of(every_s: float, reason: str | None = None, told: dict[str, float] | None = None) -> tuple[Roll, float]:
    """A car that has reported ten times, and when it did so last."""
    roll = Roll(told)
    for n in range(10):
        roll.heard(report(reason), n * every_s)
    return roll, 9 * every_s


@pytest.mark.parametrize(
    ("intervals", "words"),
    [(1.9, (1, 0, 0)), (2.1, (0, 1, 0)), (4.9, (0, 1, 0)), (5.1, (0, 0, 1))],
)
def test_silence_is_counted_in_the_intervals_of_each_source(intervals: float, words: tuple[int, int, int]) -> None:
    for every_s in (10.0, 300.0):
        roll, last_s = roll_of(every_s, "interval")
        said = roll.status(last_s + intervals * every_s)
        assert (said.fresh, said.stale, said.lost) == words


def test_who_is_lost_is_named() -> None:
    roll, last_s = roll_of(60.0, "interval")
    (lost,) = roll.status(last_s + 600).silent
    assert (lost.source, lost.freshness, lost.silent_s, lost.expected_s) == (CAR, "lost", 600, 60)


@pytest.mark.parametrize("reason", ["distance", "movement", "ptt"])
def test_who_reports_only_what_happens_is_not_lost(reason: str) -> None:
    roll, last_s = roll_of(60.0, reason)
    said = roll.status(last_s + 3600)
    assert (said.quiet, said.lost, said.silent) == (1, 0, ())


@pytest.mark.parametrize("told", [{}, {CAR: 0.0}], ids=["learned", "told"])
def test_who_has_pressed_for_help_is_lost_whatever_it_reports(told: dict[str, float]) -> None:
    roll, last_s = roll_of(60.0, "distance", told)
    assert roll.status(last_s + 3600).quiet == 1
    roll.heard(report("emergency"), last_s + 3600)
    assert roll.status(last_s + 9000).lost == 1


def test_who_was_switched_off_is_not_lost() -> None:
    roll, last_s = roll_of(60.0, "interval")
    roll.heard(report("power_off"), last_s + 60)
    said = roll.status(last_s + 36_000)
    assert (said.off, said.lost) == (1, 0)
    roll.heard(report("power_on"), last_s + 36_000)
    assert roll.status(last_s + 36_001).fresh == 1


def test_what_the_owner_says_goes_before_what_was_learned() -> None:
    roll, last_s = roll_of(10.0, told={"imei": 60.0})
    assert roll.status(last_s + 119).fresh == 1
    roll, last_s = roll_of(10.0, told={"imei": 60.0, CAR: 0.0})
    assert roll.status(last_s + 3600).quiet == 1


def test_a_keep_alive_is_a_sign_of_life() -> None:
    roll, last_s = roll_of(60.0, "interval")
    roll.heard(KeepAlive(device_id=CAR), last_s + 3600)
    assert roll.status(last_s + 3601).fresh == 1


def test_forged_names_fill_no_memory_and_a_day_of_silence_is_forgotten() -> None:
    roll = Roll()
    for n in range(20_100):
        roll.heard(report(device=f"issi:{n}"), n / 100)
    assert len(roll) == 20_000
    said = roll.status(100_000.0)
    assert (len(roll), said.lost) == (0, 0)


def test_a_status_names_the_twenty_that_fell_silent_last() -> None:
    roll = Roll({"issi": 10.0})
    for n in range(100):
        roll.heard(report(device=f"issi:{n}"), float(n))
    said = roll.status(1000.0)
    assert said.lost == 100
    assert [silent.source for silent in said.silent[:2]] == ["issi:99", "issi:98"]
    assert len(said.silent) == 20
