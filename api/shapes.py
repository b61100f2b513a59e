"""What clients are shown: the shapes of units, incidents and the system in `api/openapi.json`.

It decides fields and their names. How they are filled in is `views`' to decide.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from arls.asks import Ask
from arls.backlog import Waiting
from arls.booking import Clash, Refused
from arls.caller import CallId
from arls.clocks import Told
from arls.closure import ClosureId, Passer, Weekly
from arls.control import Authority, Offer, Rvp
from arls.crew import Driver, Shift, Vehicle
from arls.duplicates import Likeness
from arls.incident import (
    Act,
    Appointment,
    AssignmentId,
    AssignmentState,
    Grading,
    IncidentId,
    LogEntry,
    MoreUnits,
    Relocation,
    Step,
    Suggestion,
)
from arls.locality import Locality
from arls.origin import Foreign, Origin
from arls.plan import PlanPack
from arls.policy import Policy
from arls.pressing import Pressing
from arls.reordering import Reordering
from arls.shifts import Rest
from arls.state_codes import StatePack
from arls.track import Freshness
from arls.unit import Availability, Callsign, PairingDoubt, Unit, UnitKind


class StateView(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit is doing, in its force's words and in ours."""

    code: int | None
    label: str
    availability: Availability


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit is assigned to."""

    id: AssignmentId
    incident: IncidentId
    state: AssignmentState


class UnitRow(msgspec.Struct, frozen=True, kw_only=True):
    """One unit on duty: where, since when, how sure, doing what."""

    callsign: Callsign
    kind: UnitKind
    lat: float | None
    lon: float | None
    course_deg: float | None
    speed_mps: float | None
    accuracy_m: float | None
    fix_at: datetime | None
    fix_age_s: float | None
    freshness: Freshness
    expected_interval_s: float
    reports_every_m: float | None
    source: str | None
    protocol: str | None
    state: StateView
    emergency: bool
    assignment: TaskView | None
    capabilities: tuple[str, ...]
    crew: int
    station: str
    role: str
    organisation: str  # empty: ours
    operation: str  # empty: none rings it
    talk_group: str
    driver: Driver | None  # the best grade aboard; null: nobody said
    vehicle: Vehicle | None
    shift: Shift | None
    rest: Rest | None  # the break of its shift: how much of it is left, and by when
    doubts: tuple[PairingDoubt, ...]  # what speaks against its pairing


class UnitBooked(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as it is booked, with the devices it carries."""

    unit: Unit
    sources: tuple[str, ...]
    state: StateView
    emergency: bool


class DoubtList(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks against pairings, for somebody to look at."""

    doubts: tuple[PairingDoubt, ...]


class PlannedView(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that begins later."""

    callsign: Callsign
    begins_at: datetime


class ShiftAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a shift change, or would come where nothing was done."""

    done: bool
    booked: tuple[UnitBooked, ...]
    planned: tuple[PlannedView, ...]
    conflicts: tuple[Clash, ...]  # odd, and done all the same
    refused: tuple[Refused, ...]  # lines that were left out


class RosterView(msgspec.Struct, frozen=True, kw_only=True):
    """Every unit as it was booked last, by callsign."""

    units: tuple[UnitBooked, ...]


class RosterFault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a row of a roster file."""

    line: int  # in the file, its header being 1
    callsign: str
    field: str  # the column, or the code of the rule
    reason: str


class RosterAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a roster file, or would come where nothing was done."""

    done: bool
    rows: int
    booked: tuple[Callsign, ...]
    planned: tuple[Callsign, ...]
    conflicts: tuple[Clash, ...]  # odd, and done all the same
    refused: tuple[RosterFault, ...]  # by line


class OffAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who is off duty now, and who had to stay on."""

    off: tuple[Callsign, ...]
    refused: tuple[Refused, ...]


class AssignmentView(msgspec.Struct, frozen=True, kw_only=True):
    """A unit committed to an incident, and every step of that."""

    id: AssignmentId
    incident: IncidentId
    callsign: Callsign
    state: AssignmentState
    active: bool
    reason: str
    overrides: Suggestion | None  # what the last ranking shown suggested, where that was another unit
    to_rvp: bool  # no further until firearms are authorised
    warnings: tuple[str, ...]  # of the gate, for the crew
    against: str  # what spoke against it, when somebody with the authority said to do it all the same
    steps: tuple[Step, ...]
    acts: tuple[Act, ...]  # what may be reported of it next
    answer_due_at: datetime | None  # unanswered then, it is made by voice; null: nobody waits for an answer
    warnings_read_at: datetime | None  # when the crew said it had read those of the place


class RadioAskedView(msgspec.Struct, frozen=True, kw_only=True):
    """A radio that was asked where it is, how old its position was, and the seconds that its answer may save."""

    callsign: Callsign
    age_s: float
    value_s: float


class RadiosAskedView(msgspec.Struct, frozen=True, kw_only=True):
    """The radios that were last asked for an incident, when (UTC), and until when their answers are awaited."""

    at: datetime
    until: datetime
    radios: tuple[RadioAskedView, ...]


class AssignmentList(msgspec.Struct, frozen=True, kw_only=True):
    """Assignments that were made at once, in the order in which they were asked for."""

    assignments: tuple[AssignmentView, ...]


class CallerLocationView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a caller's phone said it was: a circle, and how surely the caller is inside. Unknown is null."""

    id: str
    received_at: datetime
    time: datetime | None  # when it was true
    lat: float | None  # null: the phone did not know, or an address is all it said
    lon: float | None
    accuracy_m: float | None  # radius of the circle
    accuracy_confidence: float | None  # 0 to 1
    altitude_m: float | None  # above the ellipsoid: in Britain some 50 m more than above the sea
    method: str | None  # gnss, wifi, cell; of PIDF-LO the registered word
    floor: str | None
    address: dict[str, str] | None  # RFC 5139: element to value
    protocol: str
    flags: tuple[str, ...]
    distance_m: float | None  # from where the incident is
    offered: bool  # the best there is, and the incident lies outside of its circle: relocate it?


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """A call and where its caller is, the best location first."""

    call_id: CallId
    heard_at: datetime
    caller_locations: tuple[CallerLocationView, ...]


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """Something to attend, where people say it is, its log, and who was sent."""

    id: IncidentId
    lat: float
    lon: float
    grade: str
    grade_label: str
    target_s: int | None
    policy: str  # name/version by which it was graded; empty: from before there were packs
    called_at: datetime | None
    graded_at: datetime
    gradings: tuple[Grading, ...]  # every one, the newest last
    due_at: datetime | None  # by the clock that its policy judges by, or the strictest; null: no target
    more_units: tuple[MoreUnits, ...]  # every request, the newest last
    told: tuple[Told, ...]  # what the clock made worth telling
    pressing: Pressing | None  # what presses on it, and where it stands at a desk; null: it is closed
    type: str
    text: str
    created_at: datetime
    closed_at: datetime | None
    result: str
    version: int
    grid_ref: str | None
    place: str | None
    call_id: str  # empty: no call is known
    caller_locations: tuple[CallerLocationView, ...]  # of that call, the best first
    locality: Locality  # of its place, as of when it was put there
    appointment: Appointment | None
    held_until: datetime | None  # until then nobody is ranked or sent; null: it is not held
    released_at: datetime | None  # when it was last held no longer
    operation: str  # whose own it is; empty: everyday work
    links: tuple[IncidentId, ...]
    source: Origin  # how it became known; empty: not said
    refs: dict[str, str]  # what other systems call it, opaque
    foreign: tuple[Foreign, ...]  # the systems that it came from
    relocations: tuple[Relocation, ...]  # where it was before, the newest last
    closing_type: str  # what it turned out to be, where that is not what it was opened as
    log: tuple[LogEntry, ...]
    assignments: tuple[AssignmentView, ...]
    radios_asked: RadiosAskedView | None  # null: none
    rvp: Rvp | None  # units meet there first
    firearms: bool  # armed units need authority
    authorised: Authority | None  # and have it
    desk: str  # answers for it
    offer: Offer | None  # to another desk
    waiting_since: datetime | None  # nobody attends; null: somebody does, or it is closed


class DuplicateList(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents that may be the same one, the likeliest first."""

    duplicates: tuple[Likeness, ...]


class IncidentList(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents, the oldest first."""

    incidents: tuple[IncidentView, ...]


class PacksInForce(msgspec.Struct, frozen=True, kw_only=True):
    """The policy, the codes and the plans that hold at one instant."""

    at: datetime
    policy: Policy
    states: StatePack
    plans: PlanPack
    overdue: tuple[str, ...]  # a sentence for each that its owner was to review by now


class QueueList(msgspec.Struct, frozen=True, kw_only=True):
    """Open incidents that nobody is on, or that want more units than they have: the most pressing first."""

    at: datetime
    queue: tuple[Waiting, ...]


class AskList(msgspec.Struct, frozen=True, kw_only=True):
    """What units leave open for a desk, the oldest first."""

    asks: tuple[Ask, ...]


class ClosureStatus(StrEnum):
    """Whether a closure holds: `planned` is also a weekly one between its windows."""

    PLANNED = "planned"
    IN_FORCE = "in_force"
    OVER = "over"


class ClosureView(msgspec.Struct, frozen=True, kw_only=True):
    """Roads that are or will be shut: what, when, to whom not, why, and what it did to the rankings."""

    id: ClosureId
    geometry: dict[str, Any]  # GeoJSON, as it was drawn
    status: ClosureStatus
    since: datetime
    until: datetime | None
    weekly: Weekly | None
    passable: tuple[Passer, ...]
    name: str
    reason: str
    author: str
    streets: tuple[str, ...]  # names of what it shuts, the longest part first
    length_m: float  # of road, both directions counted once
    changed: tuple[Reordering, ...]  # when it was made, or last began; in the answer to DELETE, by its end


class ShutView(msgspec.Struct, frozen=True, kw_only=True):
    """What a closure would shut, had it been made."""

    geometry: dict[str, Any]  # GeoJSON, as it was drawn, or where the named streets run
    name: str  # by the streets that were named; empty where it was drawn
    streets: tuple[str, ...]  # names of what it shuts, the longest part first
    length_m: float  # of road, both directions counted once


class NetworkView(msgspec.Struct, frozen=True, kw_only=True):
    """The roads that ETAs are made from; `bounds` are west, south, east, north in degrees."""

    name: str
    arcs: int
    bounds: tuple[float, float, float, float]
    made_up: bool
    source: str


class BrokerView(msgspec.Struct, frozen=True, kw_only=True):
    """What carries the positions, and its warning if it has one."""

    kind: str
    label: str


class GatewayView(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway, up to which of its publications everything is journalled, and how it says it is."""

    gateway: str
    session: int
    seq: int
    state: str  # online, offline, or unknown: it has said nothing since this program started
    wrong: tuple[str, ...]  # sentences that say what to do
    notes: tuple[str, ...]  # worth knowing


class StrayView(msgspec.Struct, frozen=True, kw_only=True):
    """A press of the emergency button from a device that no unit carries."""

    source: str
    at: datetime  # of the last press


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What the screen says of the system in its header."""

    force: str
    at: datetime
    network: NetworkView
    broker: BrokerView
    gateways: tuple[GatewayView, ...]
    strays: tuple[StrayView, ...]  # of the last half hour, the newest last
    rejects: dict[str, int]  # payloads that were no fix, by reason
    units: int  # on duty
    overdue: tuple[str, ...]  # a sentence for each pack that its owner was to review by now
    simulated: bool
    version: str
