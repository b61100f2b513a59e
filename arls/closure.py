"""A closure: what of the roads is shut, to whom not, and when.

It decides what a closure is and whether it holds at an instant. Which arcs it shuts is `roads.closures`'s to decide,
and who may shut a road `dispatch`'s.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, NewType
from zoneinfo import ZoneInfo

import msgspec

from arls.geo import Position

ClosureId = NewType("ClosureId", str)

Ring = tuple[Position, ...]  # closed: the last position is the first


class Passer(StrEnum):
    """Who may pass all the same."""

    FOOT = "foot"
    CYCLE = "cycle"
    BUS = "bus"
    POLICE = "police"


class Point(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="shape"):
    """The road at a place is shut there."""

    position: Position


class Line(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="shape"):
    """The roads that a line runs along are shut, or those it crosses."""

    positions: tuple[Position, ...]  # at least two


class Area(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="shape"):
    """Every road inside is shut, there: polygons, each an outer ring and its holes."""

    polygons: tuple[tuple[Ring, ...], ...]  # at least one


Shape = Point | Line | Area


class Weekly(msgspec.Struct, frozen=True, kw_only=True):
    """On these days of the week (1 Monday to 7 Sunday) between these times on the clocks of `zone`.

    A window that ends before it begins ends on the day after.
    """

    days: tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...]
    begins: time
    ends: time
    zone: str = "Europe/London"

    def holds_at(self, at: datetime) -> bool:
        """True within a window; its end is outside."""
        here = at.astimezone(ZoneInfo(self.zone))
        return any(self._holds_on(here.date() - timedelta(days=back), here) for back in (0, 1))

    def _holds_on(self, day: date, here: datetime) -> bool:
        if day.isoweekday() not in self.days:
            return False
        over = timedelta(days=1 if self.ends <= self.begins else 0)
        begins_at = datetime.combine(day, self.begins, here.tzinfo)
        return begins_at <= here < datetime.combine(day + over, self.ends, here.tzinfo)


class Closure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Roads that nobody passes from `since` until `until` but those named, and why."""

    id: ClosureId
    shape: Shape
    since: datetime
    until: datetime | None = None  # None: until it is lifted
    weekly: Weekly | None = None  # None: all the time
    passable: tuple[Passer, ...] = ()
    name: str = ""  # what people call it: `High Street, from Mill Lane to Church Road`
    reason: str = ""
    author: str = ""

    def holds_at(self, at: datetime) -> bool:
        """True while the road is shut; at `until` it is open again."""
        begun = self.since <= at and (self.until is None or at < self.until)
        return begun and (self.weekly is None or self.weekly.holds_at(at))


Closures = tuple[Closure, ...]
