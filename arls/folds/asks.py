"""What asks' events mean: which are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.asks import AskKind

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State
    from arls.unit import Callsign

# What a new state or another assignment leaves no question about; a message stays until it is answered.
ABOUT_STATE = frozenset({AskKind.UNKNOWN_CODE, AskKind.INCIDENT_UNKNOWN, AskKind.CLEAR, AskKind.LEFT_SCENE})


def raised(state: State, event: m.AskRaised) -> None:
    """One more is open, in the place of the one that asked the same."""
    state.asked += 1
    for name in [name for name, ask in state.asks.items() if event.ask.renews(ask)]:
        del state.asks[name]
    state.asks[event.ask.id] = event.ask


def answered(state: State, event: m.AskAnswered) -> None:
    """One less."""
    state.asks.pop(event.ask, None)


def settle(state: State, callsign: Callsign) -> None:
    """What was asked about a unit's state is asked no more: it has another, or other work."""
    settled = [name for name, ask in state.asks.items() if ask.callsign == callsign and ask.kind in ABOUT_STATE]
    for name in settled:
        del state.asks[name]
