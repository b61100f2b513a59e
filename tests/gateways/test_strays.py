"""Presses of devices that nobody carries: the newest, for a while, until somebody carries them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateways.strays import Strays

NOON = datetime(2026, 6, 6, 12, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_a_press_is_told_of_for_a_while_and_once_however_often_it_comes() -> None:
    strays = Strays()
    for minutes in (0, 1, 2):
        strays.note("issi:1", at(minutes))
    assert strays.since(at(31), HALF_HOUR, carried=()) == {"issi:1": at(2)}
    assert strays.since(at(32), HALF_HOUR, carried=()) == {}


def test_who_is_carried_by_now_has_a_units_alarm() -> None:
    strays = Strays()
    strays.note("issi:1", at(0))
    strays.note("issi:2", at(1))
    assert list(strays.since(at(2), HALF_HOUR, carried={"issi:1"})) == ["issi:2"]


def test_forged_names_push_out_older_ones_and_no_more() -> None:
    strays = Strays()
    strays.note("issi:1", at(0))
    for number in range(1_000):
        strays.note(f"forged:{number}", at(1))
        strays.note("issi:1", at(1))  # whoever needs help presses again
    shown = strays.since(at(2), HALF_HOUR, carried=())
    assert len(shown) == 100
    assert list(shown)[-1] == "issi:1"
