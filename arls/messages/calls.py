"""Callers: where a call comes from, and that it is forgotten."""

from __future__ import annotations

from datetime import datetime

from arls.caller import CallerLocation, CallId
from arls.messages.said import Said

# --- commands -----------------------------------------------------------------------------------------------------


class LocateCaller(Said, frozen=True, kw_only=True):
    """Where the caller of a call is, by AML or PIDF-LO."""

    call: CallId
    location: CallerLocation


class ForgetCallers(Said, frozen=True, kw_only=True):
    """Calls that no incident came of, and of which nothing was heard since `before` (UTC), are nobody's business."""

    before: datetime


# --- events -------------------------------------------------------------------------------------------------------


class CallerLocated(Said, frozen=True, kw_only=True):
    """A caller's phone said where it is, or that it does not know: the location is the body with this hash."""

    call: CallId
    sha256: str


class CallersForgotten(Said, frozen=True, kw_only=True):
    """No incident came of these calls: their locations, the bodies of the records `erase`, may be kept no longer."""

    calls: tuple[CallId, ...]
    erase: tuple[int, ...]
