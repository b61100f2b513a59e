"""The rules of control: rendezvous points, authority for firearms, and which desk answers for an incident.

It decides what a command about them leads to. Whom the gate lets through is `gate`'s to decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.control import HAND_OVER_LIFE, Authority, HandOverAct, Holding
from arls.geo import Position
from arls.rules.gate import find_wrong_role
from arls.rules.refusal import Decision, Refusal, find_open, find_too_long, incident_entry, who

if TYPE_CHECKING:
    from arls.incident import Incident
    from arls.state import State

_OfFirearms = m.AuthoriseFirearms | m.WithdrawAuthority | m.HandOverCommand


def set_rvp(command: m.SetRvp, state: State) -> Decision:
    """Where units meet; the same again is no news."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    if command.rvp == incident.rvp:
        return []
    if command.rvp is not None:
        wrong = find_too_long(command.rvp.note)
        if wrong:
            return wrong
        try:
            Position(lat=command.rvp.lat, lon=command.rvp.lon)
        except ValueError as error:
            return Refusal(code="no_such_place", reason=str(error))
    return [incident_entry(incident.id, m.RvpSet(**who(command), incident=incident.id, rvp=command.rvp))]


def authorise(command: m.AuthoriseFirearms, state: State) -> Decision:
    """Armed units may be sent, by somebody who may say so, and who says why."""
    incident = _find_firearms(command, state)
    if isinstance(incident, Refusal):
        return incident
    wrong = find_wrong_role(command.role, command.roles) or _find_unsaid(command.commander, command.reason)
    if wrong:
        return wrong
    if incident.authorised is not None:
        reason = f"{incident.id} is authorised by {incident.authorised.commander} already: hand the command over"
        return Refusal(code="authorised", reason=reason)
    authority = _authority(command, command.reason)
    return [
        incident_entry(incident.id, m.FirearmsAuthorised(**who(command), incident=incident.id, authority=authority))
    ]


def withdraw(command: m.WithdrawAuthority, state: State) -> Decision:
    """No more are sent. Anybody may say so, since it takes no power to stop."""
    incident = _find_authorised(command, state)
    if isinstance(incident, Refusal):
        return incident
    wrong = _find_unsaid("a commander", command.reason)
    event = m.AuthorityWithdrawn(**who(command), incident=incident.id, reason=command.reason)
    return wrong or [incident_entry(incident.id, event)]


def hand_over_command(command: m.HandOverCommand, state: State) -> Decision:
    """Another commander."""
    incident = _find_authorised(command, state)
    if isinstance(incident, Refusal):
        return incident
    wrong = find_wrong_role(command.role, command.roles) or _find_unsaid(command.commander, command.note)
    event = m.CommandHandedOver(**who(command), incident=incident.id, authority=_authority(command, command.note))
    return wrong or [incident_entry(incident.id, event)]


def hand_over(command: m.HandOver, state: State) -> Decision:
    """A step of a hand-over, if it may follow and this desk may take it."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    now = Holding.HELD if incident.offer is None else Holding.OFFERED
    if (now, command.act) not in HAND_OVER_LIFE:
        said = (
            "is not offered to any desk" if incident.offer is None else f"is offered to {incident.offer.desk} already"
        )
        return Refusal(code="illegal_step", reason=f"{incident.id} {said}: {command.act.value} cannot follow")
    wrong = _find_wrong_desk(command, incident) or find_too_long(command.note)
    if wrong:
        return wrong
    to = command.to if command.act is HandOverAct.OFFER else incident.offer.desk if incident.offer else ""
    event = m.HandOverMoved(
        **who(command),
        incident=incident.id,
        act=command.act,
        responsible=incident.desk,
        to=command.desk if command.act is HandOverAct.TAKE_OVER else to,
        note=command.note,
    )
    return [incident_entry(incident.id, event)]


def _find_wrong_desk(command: m.HandOver, incident: Incident) -> Refusal | None:
    """Why it is not for this desk to say."""
    match command.act:
        case HandOverAct.TAKE_OVER:
            if command.desk == incident.desk:
                return Refusal(code="own_desk", reason=f"{incident.desk} answers for {incident.id} already")
            if not command.note.strip():
                return Refusal(code="no_reason", reason="to take an incident over without being asked needs a reason")
        case HandOverAct.ACCEPT | HandOverAct.REFUSE:
            if incident.offer is not None and command.desk != incident.offer.desk:
                reason = f"{incident.id} is offered to {incident.offer.desk}, and this is {command.desk}"
                return Refusal(code="other_desk", reason=reason)
        case HandOverAct.OFFER | HandOverAct.RECALL:
            if incident.desk and command.desk != incident.desk:
                reason = f"{incident.desk} answers for {incident.id}, and this is {command.desk}: take it over first"
                return Refusal(code="other_desk", reason=reason)
            if command.act is HandOverAct.OFFER and command.to in {"", command.desk}:
                return Refusal(code="own_desk", reason="an incident is offered to another desk, by its name")
    return None


def _find_firearms(command: _OfFirearms, state: State) -> Incident | Refusal:
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal) or incident.firearms:
        return incident
    return Refusal(code="no_firearms", reason=f"{incident.id} is not flagged as a firearms incident")


def _find_authorised(command: _OfFirearms, state: State) -> Incident | Refusal:
    incident = _find_firearms(command, state)
    if isinstance(incident, Refusal) or incident.authorised is not None:
        return incident
    return Refusal(code="not_authorised", reason=f"no firearms are authorised for {incident.id}")


def _find_unsaid(commander: str, reason: str) -> Refusal | None:
    if not commander.strip() or not reason.strip():
        return Refusal(code="no_reason", reason="an authority says who commands and why")
    return find_too_long(commander + reason)


def _authority(command: m.AuthoriseFirearms | m.HandOverCommand, reason: str) -> Authority:
    return Authority(
        at=command.at, operator=command.operator, role=command.role, commander=command.commander, reason=reason
    )
