"""Closures: roads are shut and opened, and what that did to the open rankings."""

from __future__ import annotations

from datetime import datetime

from arls.closure import Closure, ClosureId, Passer, Shape, Turn, Weekly
from arls.messages.said import Said
from arls.reordering import Act as ClosureAct
from arls.reordering import Reordering

# --- commands -----------------------------------------------------------------------------------------------------


class CloseRoads(Said, frozen=True, kw_only=True):
    """Shut these roads. `since` None: from now on; `until` None: until it is lifted; `weekly` None: all the time."""

    shape: Shape
    since: datetime | None = None
    until: datetime | None = None
    weekly: Weekly | None = None
    passable: tuple[Passer, ...] = ()
    name: str = ""
    reason: str = ""


class LiftClosure(Said, frozen=True, kw_only=True):
    """Open these roads again."""

    closure: ClosureId
    reason: str = ""


class TurnClosures(Said, frozen=True, kw_only=True):
    """The clock went on: closures may begin, pause or expire."""


class NoteReordering(Said, frozen=True, kw_only=True):
    """What a change of a closure did to the rankings of open incidents."""

    closure: ClosureId
    act: ClosureAct
    reorderings: tuple[Reordering, ...]


# --- events -------------------------------------------------------------------------------------------------------


class RoadsClosed(Said, frozen=True, kw_only=True):
    """Roads are to be shut; `holds`: they are from this moment."""

    closure: Closure
    holds: bool


class ClosureLifted(Said, frozen=True, kw_only=True):
    """Somebody opened the roads again."""

    closure: ClosureId
    reason: str = ""


class ClosureTurned(Said, frozen=True, kw_only=True):
    """A closure began, paused or expired. Rankings never wait for this: they ask the closure itself."""

    closure: ClosureId
    turn: Turn


class RankingsReordered(Said, frozen=True, kw_only=True):
    """What a change of a closure did to the rankings of open incidents; none named: it changed none."""

    closure: ClosureId
    act: ClosureAct
    reorderings: tuple[Reordering, ...]
