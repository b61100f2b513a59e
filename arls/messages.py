"""Every command and every event: the whole vocabulary on one page.

A command asks, in the imperative; an event happened, in the past tense. Each carries `at`, stamped at the door in
UTC, and who: operator and desk. Replay folds events and never decides again.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when it decodes
from typing import Literal

import msgspec

from arls.caller import CallerLocation, CallId  # noqa: TC001 - the same
from arls.closure import Closure, ClosureId, Passer, Shape, Turn, Weekly  # noqa: TC001 - the same
from arls.fix import Fix  # noqa: TC001 - the same
from arls.incident import Act, Assignment, AssignmentId, Incident, IncidentId  # noqa: TC001 - the same
from arls.reordering import Act as ClosureAct  # noqa: TC001 - the same
from arls.reordering import Reordering  # noqa: TC001 - the same
from arls.unit import Callsign, Pairing, Unit  # noqa: TC001 - the same

Via = Literal["terminal", "voice", "state_code", "geofence", "desk", "radio"]


class Said(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="message", omit_defaults=True):
    """What every message carries: when (UTC), who, from which desk."""

    at: datetime
    operator: str
    desk: str


# --- commands -----------------------------------------------------------------------------------------------------


class PutUnit(Said, frozen=True, kw_only=True):
    """Book a unit on, or change what is on board; `sources` are the devices it carries from now on."""

    unit: Unit
    sources: tuple[str, ...] | None = None  # None: as they are


class SetState(Said, frozen=True, kw_only=True):
    """A state code for a unit, by its radio or by hand."""

    callsign: Callsign
    code: int
    via: Via = "desk"


class CancelEmergency(Said, frozen=True, kw_only=True):
    """A named operator ends an emergency."""

    callsign: Callsign


class Reject(msgspec.Struct, frozen=True, kw_only=True):
    """A payload that did not parse: counted by reason, a sample kept (at most 512 octets)."""

    topic: str
    reason: str
    sample: bytes
    received_at: datetime


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """One publication of a gateway, by which the engine tells it what is safe."""

    gateway: str
    session: int
    seq: int


class RecordFixes(Said, frozen=True, kw_only=True):
    """What came from the broker: fixes, payloads that were none, and the publications they came in."""

    fixes: tuple[Fix, ...] = ()
    rejects: tuple[Reject, ...] = ()
    publications: tuple[Publication, ...] = ()


class RadioEvent(Said, frozen=True, kw_only=True):
    """An emergency press, or a state code, from a device whose unit the engine knows."""

    source: str
    kind: Literal["emergency", "state"]
    code: int | None = None
    # Of one that comes late, when its gateway heard it (the gateway's clock): what was done since outweighs it.
    happened_at: datetime | None = None


class LocateCaller(Said, frozen=True, kw_only=True):
    """Where the caller of a call is, by AML or PIDF-LO."""

    call: CallId
    location: CallerLocation


class ForgetCallers(Said, frozen=True, kw_only=True):
    """Calls that no incident came of, and of which nothing was heard since `before` (UTC), are nobody's business."""

    before: datetime


class CreateIncident(Said, frozen=True, kw_only=True):
    """Something is to be attended; `call_id` is the call by which it became known."""

    lat: float
    lon: float
    grade: str
    type: str = ""
    text: str = ""
    call_id: str = ""


class LogIncident(Said, frozen=True, kw_only=True):
    """A line for the running log."""

    incident: IncidentId
    text: str


class ChangeIncident(Said, frozen=True, kw_only=True):
    """Regrade, relocate, retype or link; None leaves a field as it is. `version` is what the operator saw."""

    incident: IncidentId
    version: int | None = None
    grade: str | None = None
    lat: float | None = None
    lon: float | None = None
    type: str | None = None
    text: str | None = None
    call_id: str | None = None
    link: IncidentId | None = None
    reason: str = ""


class CloseIncident(Said, frozen=True, kw_only=True):
    """Nothing more is to be attended."""

    incident: IncidentId
    result: str = ""


class Assign(Said, frozen=True, kw_only=True):
    """Send this unit there."""

    incident: IncidentId
    callsign: Callsign
    reason: str = ""


class Advance(Said, frozen=True, kw_only=True):
    """One step in the life of an assignment."""

    assignment: AssignmentId
    act: Act
    via: Via = "desk"


class CloseRoads(Said, frozen=True, kw_only=True):
    """Shut these roads. `since` None: from now on; `until` None: until it is lifted; `weekly` None: all the time."""

    shape: Shape
    since: datetime | None = None
    until: datetime | None = None
    weekly: Weekly | None = None
    passable: tuple[Passer, ...] = ()
    name: str = ""
    reason: str = ""


class LiftClosure(Said, frozen=True, kw_only=True):
    """Open these roads again."""

    closure: ClosureId
    reason: str = ""


class TurnClosures(Said, frozen=True, kw_only=True):
    """The clock went on: closures may begin, pause or expire."""


class NoteReordering(Said, frozen=True, kw_only=True):
    """What a change of a closure did to the rankings of open incidents."""

    closure: ClosureId
    act: ClosureAct
    reorderings: tuple[Reordering, ...]


class NoteRanking(Said, frozen=True, kw_only=True):
    """A ranking was shown: what it was made from, and its hash, so that it can be made again and compared."""

    incident: IncidentId | None
    lat: float
    lon: float
    profile: str | None
    picture: int  # the journal position of the picture
    network: str  # checksum
    verdict: str
    first: Callsign | None
    sha256: str


Command = (
    PutUnit
    | SetState
    | CancelEmergency
    | RecordFixes
    | RadioEvent
    | LocateCaller
    | ForgetCallers
    | CreateIncident
    | LogIncident
    | ChangeIncident
    | CloseIncident
    | Assign
    | Advance
    | CloseRoads
    | LiftClosure
    | TurnClosures
    | NoteReordering
    | NoteRanking
)


# --- events -------------------------------------------------------------------------------------------------------


class UnitPut(Said, frozen=True, kw_only=True):
    """A unit was booked on or changed."""

    unit: Unit


class DevicePaired(Said, frozen=True, kw_only=True):
    """A device belongs to a unit from its `since`; an earlier pairing of that device ended there."""

    pairing: Pairing


class DeviceUnpaired(Said, frozen=True, kw_only=True):
    """A device belongs to nobody from `at` on."""

    source: str


class StateSet(Said, frozen=True, kw_only=True):
    """A unit's radio, or someone for it, said what it is doing."""

    callsign: Callsign
    code: int
    via: Via


class EmergencyRaised(Said, frozen=True, kw_only=True):
    """An officer needs help. One press by several paths is one alarm."""

    callsign: Callsign
    source: str


class EmergencyCancelled(Said, frozen=True, kw_only=True):
    """A named operator ended it."""

    callsign: Callsign


class FixBatch(msgspec.Struct, frozen=True, kw_only=True):
    """The erasable body of FixesRecorded: it stands beside the chain, which holds only its hash."""

    fixes: tuple[Fix, ...] = ()
    rejects: tuple[Reject, ...] = ()


class FixesRecorded(Said, frozen=True, kw_only=True):
    """A batch of fixes and rejects came in; the batch itself is the body with this hash."""

    sha256: str
    fixes: int
    rejects: dict[str, int]  # by reason
    withheld: int = 0  # routine fixes of units off duty, discarded unread
    publications: tuple[Publication, ...] = ()


class CallerLocated(Said, frozen=True, kw_only=True):
    """A caller's phone said where it is, or that it does not know: the location is the body with this hash."""

    call: CallId
    sha256: str


class CallersForgotten(Said, frozen=True, kw_only=True):
    """No incident came of these calls: their locations, the bodies of the records `erase`, may be kept no longer."""

    calls: tuple[CallId, ...]
    erase: tuple[int, ...]


class IncidentCreated(Said, frozen=True, kw_only=True):
    """Something is to be attended."""

    incident: Incident


class IncidentLogged(Said, frozen=True, kw_only=True):
    """A line was added to the running log."""

    incident: IncidentId
    text: str


class IncidentChanged(Said, frozen=True, kw_only=True):
    """Its grade, place, type, text or links changed; None: as before."""

    incident: IncidentId
    grade: str | None = None
    lat: float | None = None
    lon: float | None = None
    type: str | None = None
    text: str | None = None
    call_id: str | None = None
    link: IncidentId | None = None
    reason: str = ""


class IncidentClosed(Said, frozen=True, kw_only=True):
    """Nothing more is to be attended."""

    incident: IncidentId
    result: str


class UnitAssigned(Said, frozen=True, kw_only=True):
    """A unit was committed to an incident: reserved at once, for every desk."""

    assignment: Assignment


class AssignmentAdvanced(Said, frozen=True, kw_only=True):
    """An assignment took a step of its life."""

    assignment: AssignmentId
    act: Act
    via: Via


class RoadsClosed(Said, frozen=True, kw_only=True):
    """Roads are to be shut; `holds`: they are from this moment."""

    closure: Closure
    holds: bool


class ClosureLifted(Said, frozen=True, kw_only=True):
    """Somebody opened the roads again."""

    closure: ClosureId
    reason: str = ""


class ClosureTurned(Said, frozen=True, kw_only=True):
    """A closure began, paused or expired. Rankings never wait for this: they ask the closure itself."""

    closure: ClosureId
    turn: Turn


class RankingsReordered(Said, frozen=True, kw_only=True):
    """What a change of a closure did to the rankings of open incidents; none named: it changed none."""

    closure: ClosureId
    act: ClosureAct
    reorderings: tuple[Reordering, ...]


class RankingShown(Said, frozen=True, kw_only=True):
    """A ranking was shown to an operator."""

    incident: IncidentId | None
    lat: float
    lon: float
    profile: str | None
    picture: int
    network: str
    verdict: str
    first: Callsign | None
    sha256: str


class CommandRefused(Said, frozen=True, kw_only=True):
    """The rules said no: what was asked, and why not."""

    command: str
    subject: str
    reason: str


Event = (
    UnitPut
    | DevicePaired
    | DeviceUnpaired
    | StateSet
    | EmergencyRaised
    | EmergencyCancelled
    | FixesRecorded
    | CallerLocated
    | CallersForgotten
    | IncidentCreated
    | IncidentLogged
    | IncidentChanged
    | IncidentClosed
    | UnitAssigned
    | AssignmentAdvanced
    | RoadsClosed
    | ClosureLifted
    | ClosureTurned
    | RankingsReordered
    | RankingShown
    | CommandRefused
)
