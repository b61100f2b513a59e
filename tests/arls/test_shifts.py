"""A break that is due and a shift that ends speak softly against a unit, and at the right time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.crew import Break, Shift
from arls.shifts import DUE_MIN_FROM_H, find_rest, find_shift_reasons
from arls.unit import Callsign, Unit

BEGIN = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
TURN = Shift(begins_at=BEGIN, ends_at=BEGIN + timedelta(hours=10))


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def reasons(after_h: float, arrival_min: float = 5, shift: Shift = TURN) -> list[tuple[str, str]]:
    unit = Unit(callsign=Callsign("AB12"), shift=shift)
    return list(find_shift_reasons(unit, BEGIN + hours(after_h), arrival_min * 60))


def rested(*breaks: tuple[float, float | None]) -> Shift:
    """The turn with breaks, in hours from its beginning."""
    made = (Break(began_at=BEGIN + hours(b), ended_at=None if e is None else BEGIN + hours(e)) for b, e in breaks)
    return Shift(begins_at=TURN.begins_at, ends_at=TURN.ends_at, breaks=tuple(made))


@pytest.mark.parametrize(
    ("length_h", "due_min"),
    [(4.99, None), (5, 30), (5.99, 30), (6, 35), (7, 40), (8, 45), (9, 50), (9.99, 50), (10, 60), (12, 60)],
)
def test_how_long_a_break_is_due_is_regulation_22s_table(length_h: float, due_min: float | None) -> None:
    rest = find_rest(Shift(begins_at=BEGIN, ends_at=BEGIN + hours(length_h)), BEGIN)
    assert (rest.due_s / 60 if rest else None) == due_min


def test_a_break_is_told_of_an_hour_ahead_and_then_as_overdue() -> None:
    assert reasons(4.5) == []
    assert reasons(5.25) == [("break_due", "a break of 60 min due within 45 min")]
    assert reasons(4.5, arrival_min=31) == [("break_due", "a break of 60 min due within 1 h 30 min")]
    assert reasons(7.5) == [("break_overdue", "a break of 60 min overdue by 1 h 30 min")]


def test_what_was_taken_is_due_no_more_and_less_than_20_minutes_is_no_rest() -> None:
    assert reasons(7, shift=rested((4, 5))) == []
    assert reasons(7, shift=rested((4, 4.5))) == [("break_overdue", "a break of 30 min overdue by 1 h 00 min")]
    assert reasons(7, shift=rested((4, 4.25))) == [("break_overdue", "a break of 60 min overdue by 1 h 00 min")]
    assert reasons(7, shift=rested((6.9, None))) == [], "who rests now is not owed a rest now"


def test_the_end_of_a_shift_speaks_an_hour_ahead_and_more_when_it_comes_first() -> None:
    taken = rested((4, 5))
    assert reasons(8.5, shift=taken) == []
    assert reasons(9.5, shift=taken) == [("shift_end", "shift ends in 30 min")]
    assert reasons(9.5, 40, shift=taken) == [("shift_end", "shift ends in 30 min, before it can be there")]
    assert reasons(10.5, shift=taken) == [("shift_over", "shift over for 30 min")]


def test_of_a_unit_without_a_shift_nothing_is_said() -> None:
    assert find_shift_reasons(Unit(callsign=Callsign("AB12")), BEGIN, 60) == ()


@given(st.floats(0.1, 16), st.lists(st.tuples(st.floats(0, 16), st.floats(0, 3)), max_size=4), st.floats(0, 20))
def test_a_rest_is_never_negative_and_never_shrinks_as_time_goes(
    length_h: float, taken: list[tuple[float, float]], after_h: float
) -> None:
    breaks = tuple(Break(began_at=BEGIN + hours(b), ended_at=BEGIN + hours(b + n)) for b, n in taken)
    shift = Shift(begins_at=BEGIN, ends_at=BEGIN + hours(length_h), breaks=breaks)
    now, later = (find_rest(shift, BEGIN + hours(h)) for h in (after_h, after_h + 1))
    if now is None or later is None:
        assert length_h < DUE_MIN_FROM_H[-1][0]
        return
    assert 0 <= later.left_s <= now.left_s <= now.due_s
