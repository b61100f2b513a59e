"""Asks: what a unit leaves open for a desk, and that somebody saw to it."""

from __future__ import annotations

from arls.asks import Ask, AskId
from arls.messages.said import Said

# --- commands -----------------------------------------------------------------------------------------------------


class AnswerAsk(Said, frozen=True, kw_only=True):
    """Somebody saw to it; `text` is what came of it."""

    ask: AskId
    text: str = ""


# --- events -------------------------------------------------------------------------------------------------------


class AskRaised(Said, frozen=True, kw_only=True):
    """A desk is to see to something. One that asks the same again takes the place of the one before."""

    ask: Ask


class AskAnswered(Said, frozen=True, kw_only=True):
    """Somebody did."""

    ask: AskId
    text: str = ""
