"""What a change of closures does to the ranking of every open incident, so that it can be told and accounted for.

It decides which rankings changed and who moved. The order is that of `ranking`, found from times alone: no streets, no
metres, no reasons, so that a dozen incidents are answered while a dispatcher waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.eligibility import Question, sifted
from arls.geo import Position
from arls.reordering import EtaChange, Moved, Reordering
from arls.timing import Party, parties_of, times_of
from arls.unit import Callsign

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from arls.closure import Closure, ClosureId, Closures
    from arls.incident import Incident
    from arls.reordering import Act
    from arls.roads.live import Roads
    from arls.state import Known

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

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
    fields: dict[str, _Field] = {}
    reorderings = []
    for incident in known.incidents.values():
        if incident.closed_at is not None:
            continue
        if incident.grade not in fields:
            fields[incident.grade] = _field_of(incident, known, roads, at)
        reordering = _find_reordering(incident, fields[incident.grade], change, known, roads)
        if reordering is not None:
            reorderings.append(reordering)
    return tuple(reorderings)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Field:
    """Whoever may be offered to incidents of one grade: n units, party by party."""

    parties: list[Party]
    callsigns: NDArray[np.str_]  # [n]
    age_s: Floats  # [n]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Order:
    """Who of a field is there when: units by their place in the field."""

    soonest: Longs  # [m <= n] those with a way, in the order of a ranking
    place: Longs  # [n] 1 for the soonest; 0: no way
    mid_s: Floats  # [n]

    def place_of(self, unit: int) -> int | None:
        """1 for the soonest, None without a way."""
        return int(self.place[unit]) or None

    def eta_s(self, unit: int) -> float | None:
        """Seconds, None without a way."""
        return float(self.mid_s[unit]) if self.place[unit] else None


def _field_of(incident: Incident, known: Known, roads: Roads, at: datetime) -> _Field:
    # Who may be offered depends on the grade alone: the place matters first when it is timed.
    question = Question(position=_place_of(incident), at=at, grade=incident.grade)
    parties = parties_of(sifted(question, known)[0], known.picture, roads)
    cases = [case for party in parties for case in party.cases]
    return _Field(
        parties=parties,
        callsigns=np.array([case.unit.callsign for case in cases], np.str_),
        age_s=np.array([round(case.age_s or 0.0, 3) for case in cases]),
    )


def _order_of(goal: Position, field: _Field, known: Known, roads: Roads, closures: Closures) -> _Order:
    times = [times_of(party, goal, known.picture, roads, closures=closures, measured=False) for party in field.parties]
    mid_s = np.round(np.concatenate([[], *(each.mid_s for each in times)]), 3)
    timed = np.flatnonzero(np.concatenate([[], *(each.known for each in times)]))
    soonest = timed[np.lexsort((field.callsigns[timed], field.age_s[timed], mid_s[timed]))]
    place = np.zeros(len(mid_s), np.int64)
    place[soonest] = np.arange(1, len(soonest) + 1)
    return _Order(soonest=soonest, place=place, mid_s=mid_s)


def _find_reordering(
    incident: Incident, field: _Field, change: Change, known: Known, roads: Roads
) -> Reordering | None:
    goal = _place_of(incident)
    before, after = (_order_of(goal, field, known, roads, held) for held in (change.before, change.after))
    first, then = before.soonest[:FIRST_FEW].tolist(), after.soonest[:FIRST_FEW].tolist()
    moved = [_moved(unit, field, before, after) for unit in dict.fromkeys([*first, *then])]
    moved = [one for one in moved if one.was != one.now or one.eta_s.before != one.eta_s.after]
    if not moved:
        return None
    return Reordering(
        incident=incident.id,
        before=_named(first, field),
        after=_named(then, field),
        moved=tuple(moved),
        text=_sentence(change, moved),
    )


def _place_of(incident: Incident) -> Position:
    return Position(lat=incident.lat, lon=incident.lon)


def _moved(unit: int, field: _Field, before: _Order, after: _Order) -> Moved:
    return Moved(
        callsign=Callsign(str(field.callsigns[unit])),
        was=before.place_of(unit),
        now=after.place_of(unit),
        eta_s=EtaChange(before=before.eta_s(unit), after=after.eta_s(unit)),
    )


def _named(units: Sequence[int], field: _Field) -> tuple[Callsign, ...]:
    return tuple(Callsign(str(field.callsigns[unit])) for unit in units)


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
    return f"{one.callsign} by {later_s:+d} s (still {_nth(one.now)})"


def _nth(place: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th") if place % 100 not in {11, 12, 13} else "th"
    return f"{place}{ending}"
