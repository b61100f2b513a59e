"""What polls' events mean: which answers an incident's ranking waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.polled import Polled

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State


def asked(state: State, event: m.RadiosAsked) -> None:
    """The last that were asked for an incident; of closed ones nobody needs to know."""
    open_ones = {name: one for name, one in state.polled.items() if state.incidents[name].closed_at is None}
    state.polled = open_ones | {event.incident: Polled(at=event.at, radios=event.radios)}
