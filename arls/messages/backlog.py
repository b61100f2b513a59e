"""The backlog: more units asked for, and what waits too long told once."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from arls.incident import IncidentId, MoreUnits
from arls.messages.said import Said

# --- commands -----------------------------------------------------------------------------------------------------


class AskMoreUnits(Said, frozen=True, kw_only=True):
    """Whoever is at an incident needs `n` more units, each with these capabilities."""

    incident: IncidentId
    n: int
    capabilities: tuple[str, ...] = ()
    reason: str = ""


class WithdrawMoreUnits(Said, frozen=True, kw_only=True):
    """They are needed no more."""

    incident: IncidentId
    request: str
    reason: str = ""


class WarnOfBreaches(Said, frozen=True, kw_only=True):
    """The clock went on: targets may be near or past, and incidents may have waited too long."""


# --- events -------------------------------------------------------------------------------------------------------


class MoreUnitsAsked(Said, frozen=True, kw_only=True):
    """More units are needed."""

    incident: IncidentId
    request: MoreUnits


class MoreUnitsWithdrawn(Said, frozen=True, kw_only=True):
    """They are not."""

    incident: IncidentId
    request: str
    reason: str = ""


class BreachWarned(Said, frozen=True, kw_only=True):
    """A target of an incident is near or past: told once for each."""

    incident: IncidentId
    clock: Literal["deploy", "attend"]
    state: Literal["at_risk", "breached"]
    due_at: datetime


class IncidentEscalated(Said, frozen=True, kw_only=True):
    """Nobody has been sent for so long that somebody senior is to hear of it."""

    incident: IncidentId
    since: datetime  # nobody has been on it since then (UTC)
    due_at: datetime  # somebody should have been by then
