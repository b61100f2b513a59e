"""The rules of asks: how one is raised, and who may end it.

It decides what a command about an ask leads to. Why one is raised is decided by those who raise it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.asks import Ask, AskId
from arls.rules.refusal import Decision, Refusal, find_too_long, unit_entry, who

if TYPE_CHECKING:
    from arls.asks import AskKind
    from arls.ports import Entry
    from arls.state import State
    from arls.unit import Callsign


def raise_ask(command: m.Said, kind: AskKind, callsign: Callsign, code: int, text: str, state: State) -> Entry:
    """A question to the desks about a unit, of its assignment if it has one."""
    held = state.active.get(callsign)
    row = state.packs.states_at(command.at).find(code)
    ask = Ask(
        id=AskId(f"Q{state.asked + 1:05d}"),
        at=command.at,
        kind=kind,
        callsign=callsign,
        code=code,
        text=text,
        urgent=row is None or row.urgent,
        incident=state.assignments[held].incident if held else None,
        assignment=held,
    )
    return unit_entry(callsign, m.AskRaised(**who(command), ask=ask))


def answer_ask(command: m.AnswerAsk, state: State) -> Decision:
    """Somebody saw to it."""
    ask = state.asks.get(command.ask)
    if ask is None:
        return Refusal(code="no_ask", reason=f"there is no open ask {command.ask}")
    wrong = find_too_long(command.text)
    if wrong:
        return wrong
    event = m.AskAnswered(**who(command), ask=command.ask, text=command.text)
    return [unit_entry(ask.callsign, event)]
