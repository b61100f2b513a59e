"""The rules of closures: which may be made, by whom they end, and what the clock does to them.

It decides what a command about closures leads to. Whether a shape shuts any road was asked at the door, since the
rules know no roads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.closure import Closure, ClosureId, find_fault, find_turn
from arls.ports import Entry
from arls.rules.refusal import Decision, Refusal, find_too_long, who

if TYPE_CHECKING:
    from arls.state import State

# Closures that stand at one time: every ranking goes through them, and every desk is sent them all.
MOST = 1_000


def close_roads(command: m.CloseRoads, state: State) -> Decision:
    """A closure with the next number, unless it could never hold."""
    if len(state.closures) >= MOST:
        return Refusal(code="too_many", reason=f"{MOST:,} closures stand already: lift those that are over")
    closure = Closure(
        id=ClosureId(f"C{len(state.closures) + len(state.ended) + 1:04d}"),
        shape=command.shape,
        since=command.since or command.at,
        until=command.until,
        weekly=command.weekly,
        passable=command.passable,
        name=command.name,
        reason=command.reason,
        author=command.operator,
    )
    fault = find_fault(closure, command.at)
    if fault is not None:
        return Refusal(code=fault.code, reason=fault.reason)
    wrong = find_too_long(command.name) or find_too_long(command.reason)
    if wrong:
        return wrong
    event = m.RoadsClosed(**who(command), closure=closure, holds=closure.holds_at(command.at))
    return [_entry(closure.id, event)]


def lift_closure(command: m.LiftClosure, state: State) -> Decision:
    """The end of a closure, by somebody who says so."""
    wrong = _not_standing(command.closure, state) or find_too_long(command.reason)
    if wrong:
        return wrong
    event = m.ClosureLifted(**who(command), closure=command.closure, reason=command.reason)
    return [_entry(command.closure, event)]


def turn_closures(command: m.TurnClosures, state: State) -> Decision:
    """Every closure that the clock has made begin, pause or expire since it was last asked; none: nothing."""
    turns = {
        name: find_turn(closure, command.at, holding=name in state.holding) for name, closure in state.closures.items()
    }
    return [
        _entry(name, m.ClosureTurned(**who(command), closure=name, turn=turn)) for name, turn in turns.items() if turn
    ]


def note_reordering(command: m.NoteReordering, state: State) -> Decision:
    """What a closure did to the open rankings, for the record."""
    if command.closure not in state.closures and command.closure not in state.ended:
        return _no_closure(command.closure)
    event = m.RankingsReordered(
        **who(command), closure=command.closure, act=command.act, reorderings=command.reorderings
    )
    return [_entry(command.closure, event)]


def _not_standing(name: ClosureId, state: State) -> Refusal | None:
    if name in state.closures:
        return None
    ended = state.ended.get(name)
    if ended is None:
        return _no_closure(name)
    return Refusal(
        code="closure_over", reason=f"{name} is over: {ended.how} by {ended.operator} at {ended.at:%H:%M:%S} UTC"
    )


def _no_closure(name: ClosureId) -> Refusal:
    return Refusal(code="no_closure", reason=f"there is no closure {name}")


def _entry(name: ClosureId, event: m.Event) -> Entry:
    return Entry(stream=f"closure/{name}", event=event)
