"""What clients see: rows of units, incidents with their assignments, the state of the system.

It decides what is shown, and that nobody off duty is. These are the shapes in `api/openapi.json`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arls.geo import Position, find_grid_reference
from arls.incident import GRADES, Assignment, AssignmentId, AssignmentState, Incident, IncidentId, LogEntry, Step
from arls.track import Freshness, freshness_of
from arls.unit import Availability, Callsign, Unit, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.wiring import System
    from arls.fix import Fix
    from arls.roads.live import Roads
    from arls.state import Known


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
    source: str | None
    protocol: str | None
    state: StateView
    emergency: bool
    assignment: TaskView | None
    capabilities: tuple[str, ...]
    crew: int
    station: str


class UnitBooked(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as it is booked, with the devices it carries."""

    unit: Unit
    sources: tuple[str, ...]
    state: StateView
    emergency: bool


class AssignmentView(msgspec.Struct, frozen=True, kw_only=True):
    """A unit committed to an incident, and every step of that."""

    id: AssignmentId
    incident: IncidentId
    callsign: Callsign
    state: AssignmentState
    active: bool
    reason: str
    steps: tuple[Step, ...]


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """Something to attend, where people say it is, its log, and who was sent."""

    id: IncidentId
    lat: float
    lon: float
    grade: str
    grade_label: str
    target_s: int | None
    type: str
    text: str
    created_at: datetime
    closed_at: datetime | None
    result: str
    version: int
    grid_ref: str | None
    place: str | None
    links: tuple[IncidentId, ...]
    log: tuple[LogEntry, ...]
    assignments: tuple[AssignmentView, ...]


class IncidentList(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents, the oldest first."""

    incidents: tuple[IncidentView, ...]


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
    """A gateway, and up to which of its publications everything is journalled."""

    gateway: str
    session: int
    seq: int


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What the screen says of the system in its header."""

    force: str
    at: datetime
    network: NetworkView
    broker: BrokerView
    gateways: tuple[GatewayView, ...]
    rejects: dict[str, int]  # payloads that were no fix, by reason
    units: int  # on duty
    simulated: bool
    version: str


# --- units --------------------------------------------------------------------------------------------------------


def on_duty(known: Known, callsign: Callsign) -> bool:
    """Whether a unit may be shown: nobody off duty is, unless in need of help."""
    state = known.states.get(callsign)
    return callsign in known.emergencies or state is None or state.availability is not Availability.OFF_DUTY


def unit_rows(known: Known, at: datetime) -> list[UnitRow]:
    """Every unit that may be shown, by number."""
    return rows_of([c for c in known.picture.callsigns if on_duty(known, c)], known, at)


def rows_of(callsigns: Iterable[Callsign], known: Known, at: datetime) -> list[UnitRow]:
    """The rows of these units as of `at`."""
    ages_s = known.picture.age_s(at)
    return [_row(callsign, known, float(ages_s[known.picture.numbers[callsign]])) for callsign in callsigns]


def _row(callsign: Callsign, known: Known, age_s: float) -> UnitRow:
    unit, number = known.units[callsign], known.picture.numbers[callsign]
    fix = {name: None if np.isnan(column[number]) else float(column[number]) for name, column in _columns(known)}
    true_s = fix["true_s"]
    held = known.active.get(callsign)
    heard = _find_heard(known, callsign, true_s)
    return UnitRow(
        callsign=callsign,
        kind=unit.kind,
        lat=fix["lat"],
        lon=fix["lon"],
        course_deg=fix["course_deg"],
        speed_mps=fix["speed_mps"],
        accuracy_m=fix["accuracy_m"],
        fix_at=None if true_s is None else datetime.fromtimestamp(true_s, UTC),
        fix_age_s=None if true_s is None else round(age_s, 3),
        freshness=freshness_of(None if true_s is None else age_s, unit.expected_interval_s),
        expected_interval_s=unit.expected_interval_s,
        source=heard.source if heard else None,
        protocol=heard.protocol or None if heard else None,
        state=state_view(known, callsign),
        emergency=callsign in known.emergencies,
        assignment=_task_of(known.assignments[held]) if held else None,
        capabilities=unit.capabilities,
        crew=unit.crew,
        station=unit.station,
    )


def _columns(known: Known) -> Iterable[tuple[str, np.ndarray[tuple[int], np.dtype[np.float64]]]]:
    return known.picture.columns.items()


def _find_heard(known: Known, callsign: Callsign, true_s: float | None) -> Fix | None:
    """The fix that the picture was drawn from, among those of the devices the unit carries."""
    believed = (known.tracks[source].believed for source in known.sources.get(callsign, ()) if source in known.tracks)
    fixes = (fix for fix in believed if fix and (fix.fix_time or fix.received_at).timestamp() == true_s)
    return next(fixes, None)


def state_view(known: Known, callsign: Callsign) -> StateView:
    """What a unit is doing; an emergency covers whatever it did before."""
    if callsign in known.emergencies:
        return StateView(code=0, label="emergency", availability=Availability.EMERGENCY)
    state = known.states.get(callsign)
    if state is None:
        return StateView(code=None, label="never said", availability=Availability.UNKNOWN)
    return StateView(code=state.code, label=state.label, availability=state.availability)


def unit_booked(known: Known, callsign: Callsign) -> UnitBooked:
    """A unit as the roster has it, on duty or not."""
    return UnitBooked(
        unit=known.units[callsign],
        sources=known.sources.get(callsign, ()),
        state=state_view(known, callsign),
        emergency=callsign in known.emergencies,
    )


# --- incidents ----------------------------------------------------------------------------------------------------


def incident_view(incident: Incident, known: Known, roads: Roads) -> IncidentView:
    """An incident with its assignments."""
    return incident_views([incident], known, roads)[0]


def incident_views(incidents: Iterable[Incident], known: Known, roads: Roads) -> tuple[IncidentView, ...]:
    """Incidents with their assignments."""
    sent: dict[IncidentId, list[AssignmentView]] = {incident.id: [] for incident in incidents}
    for assignment in known.assignments.values():
        if assignment.incident in sent:
            sent[assignment.incident].append(assignment_view(assignment))
    return tuple(_incident(known.incidents[name], tuple(views), roads) for name, views in sent.items())


def open_incidents(known: Known) -> list[Incident]:
    """Those that are not closed, the oldest first."""
    return [incident for incident in known.incidents.values() if incident.closed_at is None]


def assignment_view(assignment: Assignment) -> AssignmentView:
    """An assignment with its state spelt out."""
    return AssignmentView(
        id=assignment.id,
        incident=assignment.incident,
        callsign=assignment.callsign,
        state=assignment.state,
        active=assignment.active,
        reason=assignment.reason,
        steps=assignment.steps,
    )


def _task_of(assignment: Assignment) -> TaskView:
    return TaskView(id=assignment.id, incident=assignment.incident, state=assignment.state)


def _incident(incident: Incident, assignments: tuple[AssignmentView, ...], roads: Roads) -> IncidentView:
    grade = GRADES[incident.grade]
    place, grid_ref = _named(roads, Position(lat=incident.lat, lon=incident.lon))
    return IncidentView(
        **{name: getattr(incident, name) for name in incident.__struct_fields__},
        grade_label=grade.label,
        target_s=grade.target_s,
        grid_ref=grid_ref,
        place=place,
        assignments=assignments,
    )


@lru_cache(maxsize=4096)
def _named(roads: Roads, position: Position) -> tuple[str | None, str | None]:
    # An incident is shown at every change and hardly ever moves.
    return roads.find_street(position), find_grid_reference(position)


# --- the system ---------------------------------------------------------------------------------------------------


def status_of(system: System, known: Known, at: datetime) -> Status:
    """What the system says of itself."""
    labels = system.labels
    return Status(
        force=system.settings.force,
        at=at,
        network=_network(system.roads, labels.network, labels.made_up),
        broker=_broker(labels.broker),
        gateways=tuple(
            GatewayView(gateway=name, session=receipt.session, seq=receipt.seq)
            for name, receipt in known.receipts.items()
        ),
        rejects=known.rejects,
        units=sum(on_duty(known, callsign) for callsign in known.units),
        simulated=labels.simulated,
        version=_version(),
    )


def _broker(label: str) -> BrokerView:
    # Whatever is neither Mosquitto nor the site's own is the demo broker, whose label is its warning.
    return BrokerView(kind=label if label in {"mosquitto", "external"} else "amqtt", label=label)


@lru_cache(maxsize=1)
def _network(roads: Roads, name: str, made_up: bool) -> NetworkView:  # noqa: FBT001 - a label's field
    box = roads.network.bounds
    bounds = (box.west, box.south, box.east, box.north)
    return NetworkView(name=name, arcs=roads.network.arcs, bounds=bounds, made_up=made_up, source=name)


@lru_cache(maxsize=1)
def _version() -> str:
    return version("arls")
