"""Which units and incidents may be told of to a system outside, and what has changed since it was last told.

It decides who is told of, how often, and when something is taken back. Whoever is off duty is never told of, whatever
the settings say. How it is written and carried is each kind's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from arls.fix import FixKind
from arls.incident import Incident
from arls.unit import Availability

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from arls.fix import Fix
    from arls.state import Known
    from arls.unit import Callsign, Unit

# protocols.md 8: what a unit said of itself holds for two of its intervals.
_HOLDS_INTERVALS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one system outside may hear of. None: no such limit."""

    units: bool = False
    incidents: bool = False
    capabilities: frozenset[str] | None = None  # only who has one of these
    hidden: frozenset[str] = frozenset()  # and nobody who has one of these
    grades: frozenset[str] | None = None
    texts: bool = False  # what was written of an incident, which may name people


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTold:
    """A unit with a place. `number` is its own and stays."""

    number: int
    unit: Unit
    lat: float
    lon: float
    fix: Fix
    availability: Availability
    emergency: bool

    @property
    def since(self) -> datetime:
        """The earliest moment at which the fix can have been true."""
        fix = self.fix
        return (fix.fix_time or fix.received_at) - timedelta(seconds=fix.fix_time_error_s or 0.0)

    @property
    def until(self) -> datetime:
        """How long the fix may be believed. One whose age nobody knows may not be believed at all."""
        fix = self.fix
        if fix.kind is FixKind.LAST_KNOWN or (fix.fix_time is None and fix.fix_time_error_s is None):
            return self.since
        return self.since + timedelta(seconds=_HOLDS_INTERVALS * self.unit.expected_interval_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTold:
    """An open incident; its text is empty where the other side may not read it."""

    incident: Incident


Row = UnitTold | IncidentTold


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Something to say at `at`: what is so of `uid` now, or with `row` None that nothing is to be known of it."""

    uid: str
    at: datetime
    row: Row | None


class Watch:
    """What is to be told to one system, from one look to the next.

    A unit is told of again when its fix or its state changed, no more often than each `interval_s`, but an emergency
    at once; with `repeat_s` also when nothing did, for those who have only just begun to listen.
    """

    def __init__(
        self, selection: Selection, *, prefix: str, interval_s: float = 5.0, repeat_s: float | None = None
    ) -> None:
        self._selection = selection
        self._prefix = prefix
        self._interval_s = interval_s
        self._repeat_s = repeat_s
        self._told: dict[str, tuple[Row, datetime]] = {}

    def look(self, known: Known, at: datetime) -> list[Telling]:
        """What is to be told now."""
        rows = {f"{self._prefix}{name}": row for name, row in rows_of(known, self._selection)}
        gone = [Telling(uid=uid, at=at, row=None) for uid in self._told if uid not in rows]
        for telling in gone:
            del self._told[telling.uid]
        new = [Telling(uid=uid, at=at, row=row) for uid, row in rows.items() if self._is_due(uid, row, at)]
        for telling in new:
            self._told[telling.uid] = rows[telling.uid], at
        return gone + new

    def _is_due(self, uid: str, row: Row, at: datetime) -> bool:
        if uid not in self._told:
            return True
        before, told_at = self._told[uid]
        waited_s = (at - told_at).total_seconds()
        if row == before:
            still = not isinstance(row, UnitTold) or at < row.until
            return still and self._repeat_s is not None and waited_s >= self._repeat_s
        return waited_s >= self._interval_s or _is_urgent(before, row)


def rows_of(known: Known, selection: Selection) -> Iterator[tuple[str, Row]]:
    """Who and what may be told of, under names that stay."""
    if selection.units:
        for callsign in known.units:
            row = _find_unit(known, callsign, selection)
            if row is not None:
                yield f"unit.{callsign}", row
    if selection.incidents:
        for incident in known.incidents.values():
            if incident.closed_at is None and (selection.grades is None or incident.grade in selection.grades):
                yield f"incident.{incident.id}", _told_of(incident, texts=selection.texts)


def _find_unit(known: Known, callsign: Callsign, selection: Selection) -> UnitTold | None:
    unit, state, fix = known.units[callsign], known.states.get(callsign), known.picture.find_fix(callsign)
    able = frozenset(unit.capabilities)
    if (
        fix is None
        or fix.lat is None
        or fix.lon is None
        or (state is not None and not state.tracked)
        or (selection.capabilities is not None and not able & selection.capabilities)
        or able & selection.hidden
    ):
        return None
    return UnitTold(
        number=known.picture.numbers[callsign],
        unit=unit,
        lat=fix.lat,
        lon=fix.lon,
        fix=fix,
        availability=state.availability if state else Availability.UNKNOWN,
        emergency=callsign in known.emergencies,
    )


def _told_of(incident: Incident, *, texts: bool) -> IncidentTold:
    return IncidentTold(
        incident=Incident(
            id=incident.id,
            lat=incident.lat,
            lon=incident.lon,
            grade=incident.grade,
            created_at=incident.created_at,
            type=incident.type,
            text=incident.text if texts else "",
        )
    )


def _is_urgent(before: Row, row: Row) -> bool:
    if isinstance(before, UnitTold) and isinstance(row, UnitTold):
        return before.emergency != row.emergency or before.availability is not row.availability
    return True
