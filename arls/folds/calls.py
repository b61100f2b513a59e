"""What calls' events mean: where callers are, until they are forgotten.

A folded state that is kept on the disk holds which records tell of a call, and never where its caller was: what is
erased there is then nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from arls.caller import Call, CallerLocation, with_location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arls import messages as m
    from arls.caller import CallId
    from arls.ports import Record
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


def without_places(callers: Mapping[CallId, Call]) -> dict[CallId, Call]:
    """The calls with the records that tell of them, and without what those tell."""
    return {name: replace(call, locations=()) for name, call in callers.items()}


def recalled(callers: Mapping[CallId, Call], record: Record) -> dict[CallId, Call]:
    """The calls with their locations as the record has them; one of which all is erased is no longer known."""
    known: dict[CallId, Call] = {}
    for name, call in callers.items():
        for position in call.positions:
            entry = next(record.read(after=position - 1)).entry
            if entry.body is not None:
                location = _LOCATION.decode(entry.body)
                known[name] = with_location(known.get(name), location, at=entry.event.at, position=position)
    return known
