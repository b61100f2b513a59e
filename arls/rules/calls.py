"""The rules of calls: what a caller's location leads to, and when it is forgotten.

It decides what a command about callers leads to. No location moves an incident: a dispatcher does.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from arls import messages as m
from arls.caller import is_call_id
from arls.ports import Entry
from arls.rules.refusal import Decision, Refusal, who

if TYPE_CHECKING:
    from arls.state import State

# Calls that wait for an incident: a city's worst hour; whoever floods may not fill the memory.
MOST_WAITING = 5_000
# Of one call: somebody sends without end.
_MOST_OF_A_CALL = 200


def find_wrong_call(call: str) -> Refusal | None:
    """A refusal of a call id that is none; an empty one says that no call is known."""
    if not call or is_call_id(call):
        return None
    reason = "a call id is up to 60 letters, digits and . _ - @ of the call-taking system, and never a caller's number"
    return Refusal(code="no_call_id", reason=reason)


def locate_caller(command: m.LocateCaller, state: State) -> Decision:
    """One location more, once; what it says lies in a body that can be erased."""
    wrong = find_wrong_call(command.call)
    if wrong or not command.call:
        return wrong or Refusal(code="no_call_id", reason="a caller's location belongs to a call")
    known = state.callers.get(command.call)
    if known is not None and any(location.id == command.location.id for location in known.locations):
        return []
    if known is None and len(state.callers) - len(_with_incident(state)) >= MOST_WAITING:
        return Refusal(code="too_many", reason=f"{MOST_WAITING:,} calls wait for an incident already")
    if known is not None and len(known.positions) >= _MOST_OF_A_CALL:
        return Refusal(code="too_many", reason=f"{_MOST_OF_A_CALL} locations of this call are known already")
    body = msgspec.msgpack.encode(command.location)
    event = m.CallerLocated(**who(command), call=command.call, sha256=hashlib.sha256(body).hexdigest())
    return [Entry(stream=f"caller/{command.call}", event=event, body=body)]


def forget_callers(command: m.ForgetCallers, state: State) -> Decision:
    """Calls of which nothing came in time; none: nothing."""
    wanted = _with_incident(state)
    due = {name: call for name, call in state.callers.items() if name not in wanted and call.heard_at < command.before}
    if not due:
        return []
    erase = tuple(position for call in due.values() for position in call.positions)
    return [Entry(stream="callers", event=m.CallersForgotten(**who(command), calls=tuple(due), erase=erase))]


def _with_incident(state: State) -> set[str]:
    """Calls of which an incident came, and which are known here."""
    return {incident.call_id for incident in state.incidents.values() if incident.call_id in state.callers}
