"""Who is in control of an incident: which desk answers for it, who has authorised firearms, and where units meet first.

It decides which step of a hand-over may follow which. Who may take one is the rules' to decide.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

# Roles in which an operator may authorise firearms: tactical and strategic firearms commander (College of Policing,
# APP Armed policing, Command). An operational commander commands, and does not authorise.
AUTHORISING = frozenset({"tfc", "sfc"})
# A role that may decide against other rules of the house, with a reason.
SUPERVISOR = "supervisor"


class Rvp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rendezvous point: units go there first, and not past the incident."""

    lat: float
    lon: float
    note: str = ""  # how to approach


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """Firearms are authorised since `at` (UTC): by which operator, for which commander, in which role, and why."""

    at: datetime
    operator: str
    role: str
    commander: str
    reason: str


class Offer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An incident is offered to another desk, since `at` (UTC)."""

    at: datetime
    desk: str
    note: str = ""


class HandOverAct(StrEnum):
    """What a desk can do about who answers for an incident."""

    OFFER = "offer"
    ACCEPT = "accept"
    REFUSE = "refuse"
    RECALL = "recall"
    TAKE_OVER = "take-over"  # nobody asked: the other desk is out


class Holding(StrEnum):
    """How a desk answers for an incident."""

    HELD = "held"
    OFFERED = "offered"


_HELD, _OFFERED = Holding.HELD, Holding.OFFERED

# State x act -> state; what is not here cannot happen. Until the other desk accepts, the first one answers.
HAND_OVER_LIFE: dict[tuple[Holding, HandOverAct], Holding] = {
    (_HELD, HandOverAct.OFFER): _OFFERED,
    (_OFFERED, HandOverAct.ACCEPT): _HELD,
    (_OFFERED, HandOverAct.REFUSE): _HELD,
    (_OFFERED, HandOverAct.RECALL): _HELD,
    (_HELD, HandOverAct.TAKE_OVER): _HELD,
    (_OFFERED, HandOverAct.TAKE_OVER): _HELD,
}
