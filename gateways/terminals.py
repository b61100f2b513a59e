"""From the engine to those in the field: silent deployment to a terminal, and the state of each unit for other systems.

It decides what a deployment says. Who is deployed was decided by a dispatcher; nothing here is sent before the commit.
"""

from __future__ import annotations

import queue
import threading
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import msgspec
import structlog

from arls import messages as m
from arls.control import Rvp
from arls.geo import Position
from arls.incident import Act, AssignmentId, AssignmentState
from arls.state import assignments_of
from gateways.approach import find_approach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arls.engine import Engine
    from arls.incident import Assignment, Incident, IncidentId
    from arls.ports import Recorded
    from arls.roads.live import Roads
    from gateways.approach import Approach
    from gateways.mqtt import Link

_log = structlog.get_logger(__name__)

# A deployment that could not be delivered for so long is a dispatcher's to repeat by voice.
DISPATCH_EXPIRY_S = 600
_QUEUE = 1_000

# What changes where the units of an incident are to go: they are told again.
_REROUTED = m.RvpSet | m.FirearmsAuthorised | m.AuthorityWithdrawn
_HEARD = m.UnitAssigned | m.UnitDiverted | m.AssignmentAdvanced | m.CommandRefused | _REROUTED


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """What a terminal shows its crew. `route` is [longitude, latitude] points, None where no road is known."""

    assignment_id: str
    incident: str
    grade: str
    type: str
    lat: float
    lon: float
    place: str | None
    text: str
    at: datetime
    warnings: tuple[str, ...] = ()
    talk_group: str = ""  # suggested there; empty: none
    rvp: Rvp | None = None  # go there first, and not past the incident
    hold_at_rvp: bool = False  # no further until firearms are authorised
    approach: str = ""  # what to know of the way
    route: tuple[tuple[float, float], ...] | None = None
    schema: str = "arls.dispatch/1"


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """The desk took a deployment back, or ended it."""

    assignment_id: str
    released: bool = True
    schema: str = "arls.dispatch/1"


def dispatch_topic(force: str, callsign: str) -> str:
    """Where a unit's terminal listens."""
    return f"arls/v1/{quote(force, safe='')}/unit/{quote(callsign, safe='')}/dispatch"


def ack_subscription(force: str) -> str:
    """Every terminal's answers."""
    return f"arls/v1/{quote(force, safe='')}/unit/+/ack"


def find_ack_callsign(topic: str) -> str | None:
    """Whose terminal answers on this topic; None for another topic."""
    match topic.split("/"):
        case ["arls", "v1", _, "unit", callsign, "ack"]:
            return unquote(callsign)
        case _:
            return None


class Terminals:
    """An Outbox to the units' terminals. Routes are worked out in a thread of its own."""

    def __init__(self, link: Link, engine: Engine, roads: Roads, *, force: str) -> None:
        self._link = link
        self._engine = engine
        self._roads = roads
        self._force = force
        self._events: queue.Queue[m.Event | None] = queue.Queue(_QUEUE)
        self._thread = threading.Thread(target=self._run, name="terminals", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send what waits and end."""
        self._events.put(None)
        self._thread.join()

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        """Take what was committed: `ports.Outbox`."""
        for record in recorded:
            if isinstance(record.entry.event, _HEARD):
                try:
                    self._events.put_nowait(record.entry.event)
                except queue.Full:
                    # The assignment stands and its time-out is seen: only the silent way to the crew is blocked.
                    _log.error("deployment not sent: too many wait", message=type(record.entry.event).__name__)

    def _run(self) -> None:
        while (event := self._events.get()) is not None:
            match event:
                case m.UnitAssigned(assignment=assignment) if assignment.active:
                    self._deploy(assignment.id, event.at)
                case m.UnitDiverted(ended=ended, assignment=assignment):
                    self._release(ended)
                    self._deploy(assignment.id, event.at)
                case m.AssignmentAdvanced(assignment=name, act=Act.SEND):
                    self._deploy(name, event.at)
                case m.AssignmentAdvanced(assignment=name, act=Act.CLEAR | Act.CANCEL | Act.REFUSE):
                    self._release(name)
                case m.RvpSet() | m.FirearmsAuthorised() | m.AuthorityWithdrawn():
                    self._deploy_again(event.incident, event.at)
                case m.CommandRefused(desk="terminal", subject=name):
                    # It answers for what was taken back while it was away: it is told again.
                    self._release(AssignmentId(name))
                case _:
                    pass

    def _deploy(self, name: AssignmentId, at: datetime) -> None:
        assignment = self._engine.known.assignments[name]
        self._send(assignment.callsign, self._deployment(assignment, at))

    def _deploy_again(self, incident: IncidentId, at: datetime) -> None:
        for assignment in assignments_of(self._engine.known, incident):
            if assignment.active and assignment.state is not AssignmentState.AT_SCENE:
                self._deploy(assignment.id, at)

    def _release(self, name: AssignmentId) -> None:
        """Tells a terminal that a deployment is over, if it is one and is over."""
        assignment = self._engine.known.assignments.get(name)
        sent = assignment is not None and any(step.state is AssignmentState.RESERVED for step in assignment.steps)
        if assignment is not None and sent and not assignment.active:
            self._send(assignment.callsign, Release(assignment_id=name))

    def _send(self, callsign: str, message: Deployment | Release) -> None:
        payload = msgspec.json.encode(message)
        self._link.publish(dispatch_topic(self._force, callsign), payload, expiry_s=DISPATCH_EXPIRY_S)

    def _deployment(self, assignment: Assignment, at: datetime) -> Deployment:
        known = self._engine.known
        incident = known.incidents[assignment.incident]
        here = Position(lat=incident.lat, lon=incident.lon)
        way = self._find_approach(assignment, incident, at)
        return Deployment(
            assignment_id=assignment.id,
            incident=incident.id,
            grade=incident.grade,
            type=incident.type,
            lat=incident.lat,
            lon=incident.lon,
            place=self._roads.find_street(here),
            text=incident.text,
            at=at,
            warnings=(*assignment.warnings, *incident.locality.warnings),
            talk_group=incident.locality.talk_group,
            rvp=incident.rvp,
            hold_at_rvp=assignment.to_rvp and incident.authorised is None,
            approach=way.note if way else "",
            route=way.points if way else None,
        )

    def _find_approach(self, assignment: Assignment, incident: Incident, at: datetime) -> Approach | None:
        known = self._engine.known
        picture, unit = known.picture, known.units[assignment.callsign]
        number = picture.numbers[assignment.callsign]
        if not picture.located[number]:
            return None
        start = Position(lat=float(picture.columns["lat"][number]), lon=float(picture.columns["lon"][number]))
        return find_approach(start, incident, unit.profile, self._roads, known.closures_at(at), at)
