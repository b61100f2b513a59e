"""Breaks and the end of a shift, told as soft reasons: they speak against sending a unit and keep nobody back.

It decides when a break is due and when a shift is as good as over. Whether that weighs is a dispatcher's to decide.

How long a break is due is the table of Annex E to regulation 22 of the Police Regulations 2003 (domain.md C4), by the
hours of the turn of duty: 30 minutes from 5 hours on, 35 from 6, 40 from 7, 45 from 8, 50 from 9, 60 from 10. Ideally
it falls between the third and the sixth hour. Less than 20 minutes at a stretch is no rest: Working Time Regulations
1998, regulation 12.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.crew import Shift
    from arls.unit import Unit

# From so many hours of duty on, so many minutes of break; the longest first.
DUE_MIN_FROM_H = ((10, 60), (9, 50), (8, 45), (7, 40), (6, 35), (5, 30))
SHORTEST_REST = timedelta(minutes=20)
EARLIEST, LATEST = timedelta(hours=3), timedelta(hours=6)
# What a dispatcher is told ahead of: ours, about as long as an incident keeps a unit.
AHEAD = timedelta(hours=1)


class Rest(msgspec.Struct, frozen=True, kw_only=True):
    """What of a shift's break is still due: `from_at` to `until_at` it ideally begins; nothing is left when taken."""

    due_s: float  # by the table
    taken_s: float  # in rests that are long enough, that which lasts included
    from_at: datetime
    until_at: datetime
    left_s: float  # still to be taken
    resting: bool  # now


def find_rest(shift: Shift, at: datetime) -> Rest | None:
    """The break of a shift as of the UTC instant `at`; None for one too short to have any."""
    hours = (shift.ends_at - shift.begins_at) / timedelta(hours=1)
    due_min = next((minutes for from_h, minutes in DUE_MIN_FROM_H if hours >= from_h), None)
    if due_min is None:
        return None
    begun = [pause for pause in shift.breaks if pause.began_at <= at]
    rests = [min(pause.ended_at or at, at) - pause.began_at for pause in begun]
    taken_s = sum((rest for rest in rests if rest >= SHORTEST_REST), timedelta()).total_seconds()
    return Rest(
        due_s=due_min * 60.0,
        taken_s=taken_s,
        left_s=max(0.0, due_min * 60.0 - taken_s),
        from_at=shift.begins_at + EARLIEST,
        until_at=min(shift.begins_at + LATEST, shift.ends_at),
        resting=any(pause.ended_at is None or pause.ended_at > at for pause in begun),
    )


def speaks_from(shift: Shift) -> datetime:
    """Before whoever would be there at this instant, `find_shift_reasons` says nothing, whatever breaks were taken."""
    return min(shift.begins_at + LATEST, shift.ends_at) - AHEAD


def find_shift_reasons(unit: Unit, at: datetime, arrival_s: float) -> tuple[tuple[str, str], ...]:
    """What speaks against a unit that would be there `arrival_s` after `at`, as (code, text); mostly nothing."""
    if unit.shift is None:
        return ()
    there_at = at + timedelta(seconds=arrival_s)
    return (*_of_the_end(unit.shift, at, there_at), *_of_the_break(unit.shift, at, there_at))


def _of_the_end(shift: Shift, at: datetime, there_at: datetime) -> Iterator[tuple[str, str]]:
    if shift.ends_at <= at:
        yield "shift_over", f"shift over for {_said(at - shift.ends_at)}"
    elif shift.ends_at <= there_at:
        yield "shift_end", f"shift ends in {_said(shift.ends_at - at)}, before it can be there"
    elif shift.ends_at <= there_at + AHEAD:
        yield "shift_end", f"shift ends in {_said(shift.ends_at - at)}"


def _of_the_break(shift: Shift, at: datetime, there_at: datetime) -> Iterator[tuple[str, str]]:
    rest = find_rest(shift, at)
    if rest is None or rest.resting or not rest.left_s or shift.ends_at <= at:
        return
    due = f"a break of {rest.left_s / 60:.0f} min"
    if rest.until_at <= at:
        yield "break_overdue", f"{due} overdue by {_said(at - rest.until_at)}"
    elif rest.until_at <= there_at + AHEAD:
        yield "break_due", f"{due} due within {_said(rest.until_at - at)}"


def _said(span: timedelta) -> str:
    minutes = int(span / timedelta(minutes=1))
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
