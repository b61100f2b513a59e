"""Something to attend, how urgently, and the lives of an incident and of an assignment, each a table.

It decides which step may follow which. Whether a unit is free to take one is `dispatch`'s to decide.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, NewType

import msgspec

from arls.control import Authority, Offer, Rvp
from arls.geo import Position
from arls.locality import NOWHERE, Locality
from arls.origin import Foreign, Origin
from arls.unit import Callsign

if TYPE_CHECKING:
    from collections.abc import Iterable

IncidentId = NewType("IncidentId", str)
AssignmentId = NewType("AssignmentId", str)


class Grading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who graded an incident how, when (UTC), by which policy (name/version) and why."""

    at: datetime
    grade: str
    policy: str
    operator: str
    reason: str = ""


class Relocation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where an incident was until somebody moved it, when (UTC) and why."""

    at: datetime
    operator: str
    desk: str
    lat: float  # where it was
    lon: float
    reason: str = ""


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an incident's running log: what somebody wrote (`typed`), or what was done or happened."""

    at: datetime
    operator: str
    desk: str
    text: str
    typed: bool = False


class MoreUnits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody at an incident asked for `n` more units with these capabilities, when (UTC), and why."""

    id: str  # among those of its incident
    at: datetime
    operator: str
    n: int
    capabilities: tuple[str, ...] = ()
    reason: str = ""
    withdrawn_at: datetime | None = None


class Appointment(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody will come, and from when on units may be sent for it (all UTC)."""

    begins_at: datetime
    ends_at: datetime
    release_at: datetime

    @property
    def text(self) -> str:
        """As a dispatcher reads it."""
        return f"{self.begins_at:%Y-%m-%d %H:%M} to {self.ends_at:%H:%M} UTC"


class Incident(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be attended, where, how urgently. `version` counts its changes (If-Match)."""

    id: IncidentId
    lat: float
    lon: float
    grade: str
    created_at: datetime
    type: str = ""
    text: str = ""
    call_id: str = ""  # of the call by which it became known
    closed_at: datetime | None = None
    result: str = ""
    version: int = 1
    log: tuple[LogEntry, ...] = ()
    links: tuple[IncidentId, ...] = ()
    locality: Locality = NOWHERE  # of the place where it is, as of when it was put there
    appointment: Appointment | None = None
    held_until: datetime | None = None  # until then nobody is ranked or sent (UTC); None: it is not held
    released_at: datetime | None = None  # when it was last held no longer (UTC)
    operation: str = ""  # whose own it is; empty: everyday work
    policy: str = ""  # name/version by which it was graded last; empty: from before there were packs
    called_at: datetime | None = None  # by the call-taking system (UTC); None: it did not say
    gradings: tuple[Grading, ...] = ()  # every one, the newest last
    source: Origin = Origin.UNKNOWN  # how it became known
    refs: dict[str, str] = {}  # what other systems call it, opaque: a recording, a customer record; never who called
    relocations: tuple[Relocation, ...] = ()  # where it was before, the newest last
    closing_type: str = ""  # what it turned out to be, where that is not what it was opened as
    foreign: tuple[Foreign, ...] = ()  # the systems that it came from
    more_units: tuple[MoreUnits, ...] = ()  # every request, the newest last
    rvp: Rvp | None = None  # units meet there first
    firearms: bool = False  # armed units need authority
    authorised: Authority | None = None  # and have it
    desk: str = ""  # answers for it; empty: from before desks were kept
    offer: Offer | None = None  # to another desk, which has not answered yet

    def held_at(self, at: datetime) -> bool:
        """Whether it still waits for its appointment at the instant, whoever was told that its time has come."""
        return self.held_until is not None and at < self.held_until

    @property
    def held_text(self) -> str:
        """Until when it waits and for what; of one that is held."""
        until = f"{self.held_until:%Y-%m-%d %H:%M} UTC" if self.held_until else "now"
        booked = f" for its appointment {self.appointment.text}" if self.appointment else ""
        return f"{self.id} is held until {until}{booked}"

    @property
    def graded_at(self) -> datetime:
        """When it was graded last (UTC)."""
        return self.gradings[-1].at if self.gradings else self.created_at

    def concerns(self, desk: str) -> bool:
        """Whether a desk answers for it, or is asked to."""
        return desk == self.desk or (self.offer is not None and desk == self.offer.desk)

    @property
    def goal(self) -> Position:
        """Where units are to go: the RVP, or the place itself."""
        return Position(lat=self.rvp.lat, lon=self.rvp.lon) if self.rvp else Position(lat=self.lat, lon=self.lon)


class Act(StrEnum):
    """What can happen to an assignment."""

    SEND = "send"  # its turn has come: the unit is clear of what it did before
    DELIVER = "deliver"  # the terminal has it
    ACCEPT = "accept"
    REFUSE = "refuse"
    TIME_OUT = "time-out"  # nobody answered in time
    EN_ROUTE = "en-route"
    ARRIVE = "arrived"
    CLEAR = "clear"
    CANCEL = "cancel"
    DIVERT = "divert"  # the unit was taken for something more urgent


# Nobody reports these: they follow from what was asked, or from the clock.
UNREPORTED = frozenset({Act.SEND, Act.TIME_OUT, Act.DIVERT})


class AssignmentState(StrEnum):
    """Where an assignment is in its life."""

    QUEUED = "queued"  # the next job of a unit that is taken
    RESERVED = "reserved"
    DELIVERED = "delivered"
    UNANSWERED = "unanswered"  # once: it is to be asked by voice
    LAPSED = "lapsed"  # twice: still reserved, and somebody else is to be found
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    AT_SCENE = "at_scene"
    REFUSED = "refused"
    CLEARED = "cleared"
    CANCELLED = "cancelled"
    DIVERTED = "diverted"


_S, _A = AssignmentState, Act

# While it is in one of these the unit is taken.
ACTIVE = frozenset(
    {_S.RESERVED, _S.DELIVERED, _S.UNANSWERED, _S.LAPSED, _S.ACCEPTED, _S.EN_ROUTE, _S.AT_SCENE},
)
# And somebody may be relied on to attend: an incident with none of these waits for a unit.
ATTENDING = ACTIVE - {_S.LAPSED}

_ENDS = {_A.CLEAR: _S.CLEARED, _A.CANCEL: _S.CANCELLED, _A.DIVERT: _S.DIVERTED}
_GOES = {_A.EN_ROUTE: _S.EN_ROUTE, _A.ARRIVE: _S.AT_SCENE}
_ANSWERS = {_A.ACCEPT: _S.ACCEPTED, _A.REFUSE: _S.REFUSED}
_LATE = {_A.TIME_OUT: _S.UNANSWERED}
_REACHED = {_A.DELIVER: _S.DELIVERED}

# What may follow in each state. Acceptance may come by voice, so nothing needs a delivery first; a driver who forgets
# a button may go straight to `arrived` (domain.md, silent deployment).
_ROWS: dict[AssignmentState, dict[Act, AssignmentState]] = {
    _S.QUEUED: {_A.SEND: _S.RESERVED, _A.CANCEL: _S.CANCELLED},
    _S.RESERVED: _REACHED | _LATE | _ANSWERS | _GOES | _ENDS,
    _S.DELIVERED: _LATE | _ANSWERS | _GOES | _ENDS,
    _S.UNANSWERED: _REACHED | {_A.TIME_OUT: _S.LAPSED} | _ANSWERS | _GOES | _ENDS,
    _S.LAPSED: _REACHED | _ANSWERS | _GOES | _ENDS,
    _S.ACCEPTED: {_A.REFUSE: _S.REFUSED} | _GOES | _ENDS,
    _S.EN_ROUTE: {_A.ARRIVE: _S.AT_SCENE} | _ENDS,
    _S.AT_SCENE: _ENDS,
}
# State x act -> state; what is not here cannot happen.
ASSIGNMENT_LIFE: dict[tuple[AssignmentState, Act], AssignmentState] = {
    (state, act): after for state, row in _ROWS.items() for act, after in row.items()
}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an assignment's life, when (UTC), and by what way it became known."""

    at: datetime
    state: AssignmentState
    via: str


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """Who came first in the ranking that was last shown for an incident, and which ranking that was."""

    at: datetime  # when it was shown, UTC
    callsign: Callsign
    eta_s: float  # the middle of its ETA
    verdict: str
    sha256: str  # of the ranking's bytes


class Assignment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A unit committed to an incident until cleared. `steps` holds every state it was in, the newest last."""

    id: AssignmentId
    incident: IncidentId
    callsign: Callsign
    steps: tuple[Step, ...]
    reason: str = ""  # why this unit, when the dispatcher says so
    crew: int = 1  # with whom and with what it was sent
    capabilities: tuple[str, ...] = ()
    overrides: Suggestion | None = None  # another was suggested; None: this one was, or nothing had been shown
    warnings_read_at: datetime | None = (
        None  # when the crew said it had read those of the place (UTC); None: it has not
    )
    against: str = ""  # what spoke against it, when somebody with the authority said to do it all the same
    left_at: datetime | None = None  # when it was seen to be elsewhere after it had arrived (UTC), and a desk asked
    to_rvp: bool = False  # no further until firearms are authorised
    warnings: tuple[str, ...] = ()  # of the gate, for the crew

    @property
    def state(self) -> AssignmentState:
        """Where it is in its life now."""
        return self.steps[-1].state

    @property
    def active(self) -> bool:
        """True while the unit is taken."""
        return self.state in ACTIVE

    @property
    def attends(self) -> bool:
        """True while somebody may be relied on to attend."""
        return self.state in ATTENDING


def find_waiting_since(incident: Incident, assignments: Iterable[Assignment]) -> datetime | None:
    """Since when (UTC) an incident with these assignments has had nobody, or was released if that was later.

    None while it has somebody, while it is held, and once it is closed.
    """
    if incident.closed_at is not None or incident.held_until is not None:
        return None
    lost_at = [incident.released_at or incident.created_at]
    for assignment in assignments:
        if assignment.attends:
            return None
        lost_at += (step.at for before, step in pairwise(assignment.steps) if before.state in ATTENDING)
    return max(lost_at)
