"""Control of an incident: where units meet, who authorises firearms, which desk answers for it."""

from __future__ import annotations

from arls.control import Authority, HandOverAct, Rvp
from arls.incident import IncidentId
from arls.messages.said import Said

# --- commands -----------------------------------------------------------------------------------------------------


class SetRvp(Said, frozen=True, kw_only=True):
    """Units go to this place first; None: straight to the incident."""

    incident: IncidentId
    rvp: Rvp | None


class AuthoriseFirearms(Said, frozen=True, kw_only=True):
    """Armed units may be sent. `roles` are the operator's, `role` that of the commander who decides."""

    incident: IncidentId
    role: str
    commander: str
    reason: str
    roles: tuple[str, ...]


class WithdrawAuthority(Said, frozen=True, kw_only=True):
    """No more armed units are to be sent; who is there is not recalled by this."""

    incident: IncidentId
    reason: str


class HandOverCommand(Said, frozen=True, kw_only=True):
    """Another commander has what is authorised."""

    incident: IncidentId
    role: str
    commander: str
    note: str
    roles: tuple[str, ...]


class HandOver(Said, frozen=True, kw_only=True):
    """A step towards another desk's answering for an incident; `to` is the desk that it is offered to."""

    incident: IncidentId
    act: HandOverAct
    to: str = ""
    note: str = ""


# --- events -------------------------------------------------------------------------------------------------------


class RvpSet(Said, frozen=True, kw_only=True):
    """Units go to this place first; None: straight to the incident."""

    incident: IncidentId
    rvp: Rvp | None


class FirearmsAuthorised(Said, frozen=True, kw_only=True):
    """Armed units may be sent."""

    incident: IncidentId
    authority: Authority


class AuthorityWithdrawn(Said, frozen=True, kw_only=True):
    """No more armed units are to be sent."""

    incident: IncidentId
    reason: str


class CommandHandedOver(Said, frozen=True, kw_only=True):
    """Another commander has what is authorised."""

    incident: IncidentId
    authority: Authority


class HandOverMoved(Said, frozen=True, kw_only=True):
    """A step of a hand-over between desks: from which, to which."""

    incident: IncidentId
    act: HandOverAct
    responsible: str  # the desk that answers until now
    to: str
    note: str = ""
