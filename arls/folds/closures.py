"""What closures' events mean: which stand, which hold, and what they did to the rankings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.closure import Turn
from arls.state import Ended

if TYPE_CHECKING:
    from arls import messages as m
    from arls.closure import ClosureId
    from arls.state import State


def shut(state: State, event: m.RoadsClosed) -> None:
    """A closure stands."""
    state.closures[event.closure.id] = event.closure
    if event.holds:
        state.holding[event.closure.id] = event.at


def lifted(state: State, event: m.ClosureLifted) -> None:
    """Somebody opened the roads again."""
    _end(state, event.closure, Ended(at=event.at, operator=event.operator, how="lifted"))


def turned(state: State, event: m.ClosureTurned) -> None:
    """The clock made it begin, pause or expire."""
    match event.turn:
        case Turn.EXPIRED:
            _end(state, event.closure, Ended(at=event.at, operator=event.operator, how="expired"))
        case Turn.PAUSED:
            state.holding.pop(event.closure, None)
        case _:
            state.holding[event.closure] = event.at


def reordered(state: State, event: m.RankingsReordered) -> None:
    """What its beginning did; what became of its end is in the record."""
    if event.act in {"closed", "began"} and event.closure in state.closures:
        state.reorderings[event.closure] = event.reorderings


def _end(state: State, name: ClosureId, ended: Ended) -> None:
    state.closures.pop(name, None)
    state.holding.pop(name, None)
    state.reorderings.pop(name, None)
    state.ended[name] = ended
