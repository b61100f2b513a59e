"""What control's events mean: where units meet, who has authorised what, which desk answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from arls.control import HandOverAct, Offer
from arls.folds.incidents import because, with_log

if TYPE_CHECKING:
    from arls import messages as m
    from arls.incident import IncidentId
    from arls.state import State


def rvp_set(state: State, event: m.RvpSet) -> None:
    """Where units meet."""
    rvp = event.rvp
    said = "RVP lifted" if rvp is None else f"RVP {rvp.lat:.5f} {rvp.lon:.5f}{because(rvp.note)}"
    _change(state, event.incident, event, said, rvp=rvp)


def authorised(state: State, event: m.FirearmsAuthorised) -> None:
    """Armed units may be sent."""
    by = event.authority
    said = f"firearms authorised by {by.commander} ({by.role}): {by.reason}"
    _change(state, event.incident, event, said, authorised=by)


def withdrawn(state: State, event: m.AuthorityWithdrawn) -> None:
    """Nobody is recalled by it: a dispatcher does that."""
    _change(state, event.incident, event, f"authority for firearms withdrawn: {event.reason}", authorised=None)


def command_handed_over(state: State, event: m.CommandHandedOver) -> None:
    """Another commander."""
    by = event.authority
    _change(state, event.incident, event, f"{by.commander} ({by.role}) commands: {by.reason}", authorised=by)


def hand_over_moved(state: State, event: m.HandOverMoved) -> None:
    """Another desk answers, or is asked to."""
    note = because(event.note)
    match event.act:
        case HandOverAct.OFFER:
            offer = Offer(at=event.at, desk=event.to, note=event.note)
            _change(state, event.incident, event, f"offered to {event.to}{note}", offer=offer)
        case HandOverAct.ACCEPT:
            _change(state, event.incident, event, f"handed over to {event.to}{note}", offer=None, desk=event.to)
        case HandOverAct.TAKE_OVER:
            said = f"taken over by {event.to} from {event.responsible or 'nobody'}{note}"
            _change(state, event.incident, event, said, offer=None, desk=event.to)
        case HandOverAct.REFUSE:
            _change(state, event.incident, event, f"{event.to} does not take it{note}", offer=None)
        case HandOverAct.RECALL:
            _change(state, event.incident, event, f"the offer to {event.to} is taken back{note}", offer=None)


def _change(state: State, incident: IncidentId, event: m.Event, said: str, **fields: Any) -> None:
    state.incidents[incident] = with_log(replace(state.incidents[incident], **fields), event, said)
