"""A command decided and folded at once, as the engine does with each: what the rules are tested with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.dispatch import Refusal, decide
from arls.folds.fold import fold
from arls.ports import Recorded

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State


def carry_out(state: State, command: m.Command) -> list[m.Event] | Refusal:
    """What came of it, which the state then holds; or why not."""
    decision = decide(command, state)
    if isinstance(decision, Refusal):
        assert decision.reason[-1] != "."  # it is read within a sentence
        return decision
    for entry in decision:
        fold(state, Recorded(position=state.position + 1, entry=entry))
    return [entry.event for entry in decision]


def do(state: State, command: m.Command) -> list[m.Event]:
    """The same of what must be carried out."""
    events = carry_out(state, command)
    assert not isinstance(events, Refusal), events.reason
    return events


def refusal_of(state: State, command: m.Command) -> Refusal:
    """Why it is not carried out."""
    refusal = carry_out(state, command)
    assert isinstance(refusal, Refusal)
    return refusal


def refused(state: State, command: m.Command) -> str:
    """The code of that."""
    return refusal_of(state, command).code
