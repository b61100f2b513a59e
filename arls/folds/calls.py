"""What calls' events mean: where callers are, until they are forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from arls.caller import CallerLocation, with_location

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State

_LOCATION = msgspec.msgpack.Decoder(CallerLocation)
# Whoever erases is never so far behind, and asks again for what was erased before.
FORGOTTEN = 5_000


def located(state: State, event: m.CallerLocated, body: bytes | None) -> None:
    """A location more; an erased one is no longer known to anyone."""
    if body is not None:
        call = state.callers.get(event.call)
        location = _LOCATION.decode(body)
        state.callers[event.call] = with_location(call, location, at=event.at, position=state.position)


def forgotten(state: State, event: m.CallersForgotten) -> None:
    """Calls that are nobody's business any more."""
    state.forgotten = (*state.forgotten, *event.erase)[-FORGOTTEN:]
    for call in event.calls:
        state.callers.pop(call, None)
