"""The states of a PEI line, as a table: what can happen in which of them, and what comes of it.

It decides no more than that. What is said to the radio in each state is `pei_life`'s, and what a person does about it
stands in docs/gateways/tetra-pei.md.
"""

from __future__ import annotations

from enum import StrEnum


class LineState(StrEnum):
    """Where a line is in its life."""

    CONNECTING = "connecting"
    INITIALISING = "initialising"
    REGISTERED = "registered"
    RENEWING = "renewing"  # registers again, since it is time
    SILENT = "silent"  # registers again, since nothing has come for too long
    REFUSED = "refused"  # the radio answers, and will deliver nothing
    LOST = "lost"  # the radio does not answer


class Happening(StrEnum):
    """What can happen to a line."""

    OPENED = "opened"
    CLOSED = "closed"
    ACCEPTED = "accepted"  # every command answered, one registration at least with OK
    DECLINED = "declined"  # every command answered, no registration with OK
    ANSWERED = "answered"  # anything, after it was lost
    UNANSWERED = "unanswered"
    RESTARTED = "restarted"
    DUE = "due"
    QUIET = "quiet"
    AGAIN = "again"


_S, _H = LineState, Happening

# What is not here cannot happen, or changes nothing.
LIFE: dict[tuple[LineState, Happening], LineState] = {
    (_S.CONNECTING, _H.OPENED): _S.INITIALISING,
    (_S.INITIALISING, _H.ACCEPTED): _S.REGISTERED,
    (_S.INITIALISING, _H.DECLINED): _S.REFUSED,
    (_S.INITIALISING, _H.UNANSWERED): _S.LOST,
    (_S.REGISTERED, _H.DUE): _S.RENEWING,
    (_S.REGISTERED, _H.QUIET): _S.SILENT,
    (_S.REGISTERED, _H.RESTARTED): _S.INITIALISING,
    (_S.REGISTERED, _H.UNANSWERED): _S.LOST,
    (_S.RENEWING, _H.ACCEPTED): _S.REGISTERED,
    (_S.RENEWING, _H.DECLINED): _S.REFUSED,
    (_S.RENEWING, _H.UNANSWERED): _S.LOST,
    (_S.RENEWING, _H.RESTARTED): _S.INITIALISING,
    (_S.SILENT, _H.ACCEPTED): _S.REGISTERED,
    (_S.SILENT, _H.DECLINED): _S.REFUSED,
    (_S.SILENT, _H.UNANSWERED): _S.LOST,
    (_S.SILENT, _H.RESTARTED): _S.INITIALISING,
    (_S.REFUSED, _H.AGAIN): _S.INITIALISING,
    (_S.REFUSED, _H.RESTARTED): _S.INITIALISING,
    (_S.LOST, _H.AGAIN): _S.LOST,
    (_S.LOST, _H.UNANSWERED): _S.LOST,
    (_S.LOST, _H.ANSWERED): _S.INITIALISING,
    (_S.LOST, _H.RESTARTED): _S.INITIALISING,
    **{(state, _H.CLOSED): _S.CONNECTING for state in LineState if state is not LineState.CONNECTING},
}

# A round of registrations is under way.
ASKING = frozenset({_S.INITIALISING, _S.RENEWING, _S.SILENT})
# Where a command of somebody else's may go out.
READY = frozenset({_S.REGISTERED, _S.RENEWING, _S.SILENT})
