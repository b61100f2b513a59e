"""A closure: what of the roads is shut, to whom not, and when.

It decides what a closure is, whether it holds at an instant, and what is wrong with one that never could. Which arcs
it shuts is `roads.closures`'s to decide.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated, NamedTuple, NewType
from zoneinfo import ZoneInfo

import msgspec

from arls.geo import Position

ClosureId = NewType("ClosureId", str)

Ring = tuple[Position, ...]  # closed: the last position is the first

# The outline of a district has some thousands; a drawing tool left on has a million.
MOST_POSITIONS = 5_000
# Road works are planned a year or two ahead; a date beyond this is a slip of the keyboard.
FURTHEST = timedelta(days=5 * 366)


class Passer(StrEnum):
    """Who may pass all the same."""

    FOOT = "foot"
    CYCLE = "cycle"
    BUS = "bus"
    POLICE = "police"


# Roads look up what they worked out of a shape by the shape: one of thousands of positions is hashed once.
class Point(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="shape", cache_hash=True):
    """The road at a place is shut there."""

    position: Position


class Line(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="shape", cache_hash=True):
    """The roads that a line runs along are shut, or those it crosses."""

    positions: tuple[Position, ...]  # at least two


class Area(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="shape", cache_hash=True):
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

    def holds_between(self, since: datetime, until: datetime) -> bool:
        """True if a window, or a part of one, lies between these instants (UTC)."""
        zone = ZoneInfo(self.zone)
        first = since.astimezone(zone).date() - timedelta(days=1)
        days = min((until - since).days, 7) + 3  # the windows of a week are those of every week
        windows = [self._window(first + timedelta(days=more), zone) for more in range(days)]
        return any(
            begins.astimezone(UTC) < until and ends.astimezone(UTC) > since for begins, ends in filter(None, windows)
        )

    def _holds_on(self, day: date, here: datetime) -> bool:
        window = self._window(day, here.tzinfo)
        return window is not None and window[0] <= here < window[1]

    def _window(self, day: date, zone: tzinfo | None) -> tuple[datetime, datetime] | None:
        """The window that begins on that day, by the clocks of the zone."""
        if day.isoweekday() not in self.days:
            return None
        over = timedelta(days=1 if self.ends <= self.begins else 0)
        return datetime.combine(day, self.begins, zone), datetime.combine(day + over, self.ends, zone)


class Closure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, cache_hash=True):
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
        begun = self.since <= at and not self.over_at(at)
        return begun and (self.weekly is None or self.weekly.holds_at(at))

    def over_at(self, at: datetime) -> bool:
        """True once the road will not be shut again."""
        return self.until is not None and at >= self.until


Closures = tuple[Closure, ...]


class Turn(StrEnum):
    """What the clock does to a closure."""

    BEGAN = "began"
    PAUSED = "paused"  # until its next window
    EXPIRED = "expired"


def find_turn(closure: Closure, at: datetime, *, holding: bool) -> Turn | None:
    """What the clock has done to a closure of which it is said that it holds, or that it does not; None: nothing."""
    if closure.over_at(at):
        return Turn.EXPIRED
    holds = closure.holds_at(at)
    if holds is holding:
        return None
    return Turn.BEGAN if holds else Turn.PAUSED


class Fault(NamedTuple):
    """Why a closure cannot be: a code for machines, a reason for a dispatcher."""

    code: str
    reason: str


def find_fault(closure: Closure, at: datetime) -> Fault | None:
    """What is wrong with a closure that is asked for at `at`; None when it will hold some time."""
    return _wrong_shape(closure.shape) or _wrong_times(closure, at) or _wrong_weekly(closure, at)


def positions_of(shape: Shape) -> tuple[Position, ...]:
    """Every position that a shape is drawn by."""
    match shape:
        case Point(position=position):
            return (position,)
        case Line(positions=positions):
            return positions
        case Area(polygons=polygons):
            return tuple(position for rings in polygons for ring in rings for position in ring)


def _wrong_shape(shape: Shape) -> Fault | None:
    count = len(positions_of(shape))
    if count > MOST_POSITIONS:
        return Fault(
            "too_many_positions", f"a closure has at most {MOST_POSITIONS:,} positions, not {count:,}: draw it simpler"
        )
    if count < _FEWEST[type(shape)]:
        return Fault("empty", "this shape encloses nothing and runs along nothing")
    return None


# A ring names its first position again.
_FEWEST: dict[type[Shape], int] = {Point: 1, Line: 2, Area: 4}


def _wrong_times(closure: Closure, at: datetime) -> Fault | None:
    since, until = closure.since, closure.until
    if until is not None and until <= since:
        return Fault("until_before_since", f"it would end ({_told(until)}) before it begins ({_told(since)})")
    if closure.over_at(at):
        return Fault("past", f"it was over at {_told(until or since)}, before now")
    if max(since, until or since) - at > FURTHEST:
        return Fault(
            "too_far",
            "a closure begins and ends within five years from now: without `until` it lasts until it is lifted",
        )
    return None


def _wrong_weekly(closure: Closure, at: datetime) -> Fault | None:
    weekly = closure.weekly
    if weekly is None:
        return None
    if not weekly.days or not set(weekly.days) <= set(range(1, 8)):
        return Fault(
            "wrong_days", "the days of a weekly closure are numbers from 1 (Monday) to 7 (Sunday), at least one"
        )
    if weekly.begins.tzinfo is not None or weekly.ends.tzinfo is not None:
        return Fault("wrong_window", "the times of a weekly closure are those on the wall: name their zone in `zone`")
    try:
        ZoneInfo(weekly.zone)
    except (OSError, ValueError, LookupError):
        return Fault("unknown_zone", f"there is no time zone {weekly.zone!r}: write it as Europe/London")
    if closure.until is not None and not weekly.holds_between(max(at, closure.since), closure.until):
        return Fault("never_holds", "none of its weekly windows lies between its beginning and its end")
    return None


def _told(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
