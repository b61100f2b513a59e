"""What a change of closures does to the ranking of every open incident, so that it can be told and accounted for.

It decides which rankings changed and who moved. The orders before and after are the `board`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.board import boards_of
from arls.eligibility import ago
from arls.reordering import EtaChange, Moved, Reordering

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from arls.board import Order
    from arls.closure import Closure, ClosureId, Closures
    from arls.incident import IncidentId
    from arls.reordering import Act
    from arls.roads.live import Roads
    from arls.state import Known
    from arls.unit import Callsign

# Whoever is further down is nobody's next choice.
FIRST_FEW = 5
# So many units are named in the sentence; the others stand in `moved`.
_NAMED = 3
_LAST = 10**9
_AS_TO = {
    "closed": "{} moved {}",
    "began": "{} moved {}",
    "lifted": "the end of {} moved {}",
    "paused": "the end of {} moved {}",
    "expired": "the end of {} moved {}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Which closure changed, how, and those in force before and after."""

    closure: ClosureId
    act: Act
    before: Closures
    after: Closures


def change_of(closure: Closure, act: Act, known: Known, at: datetime, *, held: bool, holds: bool) -> Change:
    """The change of one closure, that held before or not and holds now or not, among all others as they are at `at`."""
    others = [other for other in known.closures_at(at) if other.id != closure.id]
    with_it = sorted([*others, closure], key=lambda other: other.id)
    before, after = (tuple(with_it if shut else others) for shut in (held, holds))
    return Change(closure=closure.id, act=act, before=before, after=after)


def effect_of(change: Change, known: Known, roads: Roads, at: datetime) -> tuple[Reordering, ...]:
    """Each open incident whose first few are others, in another order, or there at another time."""
    if change.before == change.after:
        return ()
    before, after = boards_of(known, roads, at, (change.before, change.after))
    found = (_find_reordering(name, order, after.orders[name], change, known) for name, order in before.orders.items())
    return tuple(reordering for reordering in found if reordering is not None)


def _find_reordering(
    incident: IncidentId, before: Order, after: Order, change: Change, known: Known
) -> Reordering | None:
    first, then = (order.numbers[:FIRST_FEW].tolist() for order in (before, after))
    names = known.picture.callsigns
    moved = [_moved(names[number], number, before, after) for number in dict.fromkeys([*first, *then])]
    moved = [one for one in moved if one.was != one.now or one.eta_s.before != one.eta_s.after]
    if not moved:
        return None
    return Reordering(
        incident=incident,
        before=tuple(names[number] for number in first),
        after=tuple(names[number] for number in then),
        moved=tuple(moved),
        text=_sentence(change, moved),
    )


def _moved(callsign: Callsign, number: int, before: Order, after: Order) -> Moved:
    (was, before_s), (now, after_s) = (_find_place(number, order) for order in (before, after))
    return Moved(callsign=callsign, was=was, now=now, eta_s=EtaChange(before=before_s, after=after_s))


def _find_place(number: int, order: Order) -> tuple[int, float] | tuple[None, None]:
    """1 for the soonest, and its seconds; None for a unit without a way."""
    place = np.flatnonzero(order.numbers == number)
    return (int(place[0]) + 1, int(order.eta_ms[place[0]]) / 1000) if len(place) else (None, None)


def _sentence(change: Change, moved: Sequence[Moved]) -> str:
    """`C0017 moved BX21 from 1st to 4th`: first those whose own way changed, since the others only made room."""
    themselves = [one for one in moved if one.eta_s.before != one.eta_s.after] or list(moved)
    themselves.sort(key=lambda one: min(one.was or _LAST, one.now or _LAST))
    more = len(themselves) - _NAMED
    said = ", ".join(map(_said, themselves[:_NAMED])) + (f" and {more} more" if more > 0 else "")
    return _AS_TO[change.act].format(change.closure, said)


def _said(one: Moved) -> str:
    if one.now is None:
        return f"{one.callsign} out of reach (it was {_nth(one.was or 0)})"
    if one.was is None:
        return f"{one.callsign} back within reach ({_nth(one.now)})"
    if one.was != one.now:
        return f"{one.callsign} from {_nth(one.was)} to {_nth(one.now)}"
    later_s = round((one.eta_s.after or 0.0) - (one.eta_s.before or 0.0))
    return f"{one.callsign} {ago(abs(later_s))} {'later' if later_s >= 0 else 'sooner'} (still {_nth(one.now)})"


def _nth(place: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th") if place % 100 not in {11, 12, 13} else "th"
    return f"{place}{ending}"
