"""How what is known becomes what clients are shown: rows of units, incidents with their assignments, the status.

It decides what is shown, and that nobody off duty is. The shapes are `shapes`'.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from api.closures import extent_of
from api.packs import overdue
from api.shapes import (
    AssignmentView,
    BrokerView,
    CallerLocationView,
    CallView,
    ClosureStatus,
    ClosureView,
    GatewayView,
    IncidentView,
    NetworkView,
    RadioAskedView,
    RadiosAskedView,
    ShutView,
    StateView,
    Status,
    StrayView,
    TaskView,
    UnitBooked,
    UnitRow,
)
from arls.asking import AWAITED_S
from arls.caller import CallId, best_first, find_offer
from arls.clocks import readings_of
from arls.geo import Position, find_grid_reference, metres_between
from arls.incident import ASSIGNMENT_LIFE, UNREPORTED, Act, AssignmentState, find_waiting_since
from arls.pressing import pressing_of
from arls.rules.assignments import find_answer_due
from arls.shifts import find_rest
from arls.state import assignments_of
from arls.track import freshness_of
from arls.unit import Availability
from gateways.concerns import concerns_of
from maps.outlines import geometry_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from api.wiring import System
    from arls.caller import CallerLocation
    from arls.closure import Closure, Shape
    from arls.incident import Assignment, Incident
    from arls.polled import Polled
    from arls.reordering import Reordering
    from arls.roads.live import Roads
    from arls.state import Known, Receipt
    from arls.unit import Callsign, PairingDoubt
    from gateways.statuses import GatewaySeen

    Floats = NDArray[np.float64]

# How long a press of a device that nobody carries is shown: by then somebody has it, or has asked who has.
_STRAYS_SHOWN = timedelta(minutes=30)


# --- units --------------------------------------------------------------------------------------------------------


def on_duty(known: Known, callsign: Callsign) -> bool:
    """Whether a unit may be shown: nobody off duty is, unless in need of help."""
    state = known.states.get(callsign)
    return callsign in known.emergencies or state is None or state.tracked


def unit_rows(known: Known, at: datetime) -> list[UnitRow]:
    """Every unit that may be shown, by number."""
    return rows_of([c for c in known.picture.callsigns if on_duty(known, c)], known, at)


def rows_of(callsigns: Sequence[Callsign], known: Known, at: datetime) -> list[UnitRow]:
    """The rows of these units as of `at`."""
    picture = known.picture
    numbers = np.array([picture.numbers[callsign] for callsign in callsigns], np.int64)
    columns = [*picture.columns.values(), picture.age_s(at)]
    places = zip(*(_known_of(column[numbers]) for column in columns), strict=True)
    names = (*picture.columns, "age_s")
    doubted = known.doubted()
    rows = []
    for callsign, place in zip(callsigns, places, strict=True):
        said = dict(zip(names, place, strict=True))
        rows.append(_row(callsign, known, said, at=at, doubts=doubted.get(callsign, ())))
    return rows


def _known_of(values: Floats) -> list[float | None]:
    """NaN, which says that a picture does not know, as None."""
    return [None if unknown else value for value, unknown in zip(values.tolist(), np.isnan(values), strict=True)]


def _row(
    callsign: Callsign,
    known: Known,
    place: dict[str, float | None],
    *,
    at: datetime,
    doubts: tuple[PairingDoubt, ...],
) -> UnitRow:
    unit, held = known.units[callsign], known.active.get(callsign)
    true_s, age_s = place["true_s"], place["age_s"]
    heard = known.picture.find_fix(callsign)
    return UnitRow(
        callsign=callsign,
        kind=unit.kind,
        lat=place["lat"],
        lon=place["lon"],
        course_deg=place["course_deg"],
        speed_mps=place["speed_mps"],
        accuracy_m=place["accuracy_m"],
        fix_at=None if true_s is None else datetime.fromtimestamp(true_s, UTC),
        fix_age_s=None if age_s is None else round(age_s, 3),
        freshness=freshness_of(age_s, unit.expected_interval_s),
        expected_interval_s=unit.expected_interval_s,
        reports_every_m=unit.reports_every_m,
        source=heard.source if heard else None,
        protocol=heard.protocol or None if heard else None,
        state=state_view(known, callsign),
        emergency=callsign in known.emergencies,
        assignment=_task_of(known.assignments[held]) if held else None,
        capabilities=unit.capabilities,
        crew=unit.crew,
        station=unit.station,
        role=unit.role,
        organisation=unit.organisation,
        operation=unit.operation,
        talk_group=unit.talk_group,
        driver=unit.driver,
        vehicle=unit.vehicle,
        shift=unit.shift,
        rest=find_rest(unit.shift, at) if unit.shift else None,
        doubts=doubts,
    )


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
    return tuple(_incident(known.incidents[incident.id], known, roads) for incident in incidents)


def open_incidents(known: Known) -> list[Incident]:
    """Those that are not closed, the oldest first."""
    return [incident for incident in known.incidents.values() if incident.closed_at is None]


def assignment_view(assignment: Assignment, known: Known) -> AssignmentView:
    """An assignment with its state spelt out."""
    return AssignmentView(
        id=assignment.id,
        incident=assignment.incident,
        callsign=assignment.callsign,
        state=assignment.state,
        active=assignment.active,
        reason=assignment.reason,
        overrides=assignment.overrides,
        against=assignment.against,
        to_rvp=assignment.to_rvp,
        warnings=assignment.warnings,
        steps=assignment.steps,
        acts=_REPORTABLE.get(assignment.state, ()),
        answer_due_at=find_answer_due(assignment, known),
        warnings_read_at=assignment.warnings_read_at,
    )


# That a terminal has it only the terminal itself can say.
_REPORTABLE = {
    state: tuple(act for before, act in ASSIGNMENT_LIFE if before is state and act not in {*UNREPORTED, Act.DELIVER})
    for state in AssignmentState
}


def _task_of(assignment: Assignment) -> TaskView:
    return TaskView(id=assignment.id, incident=assignment.incident, state=assignment.state)


def _incident(incident: Incident, known: Known, roads: Roads) -> IncidentView:
    sent = assignments_of(known, incident.id)
    policy, told = known.packs.policy_of(incident), known.told.get(incident.id, ())
    # Of the clocks only what no instant changes is shown: when they are due, and whether they have stopped.
    readings = readings_of(incident, sent, policy, incident.created_at)
    judged = readings[0]
    at = Position(lat=incident.lat, lon=incident.lon)
    place, grid_ref = _named(roads, at)
    call = known.callers.get(CallId(incident.call_id))
    return IncidentView(
        **{name: getattr(incident, name) for name in incident.__struct_fields__},
        grade_label=known.packs.grade_of(incident).label,
        graded_at=incident.graded_at,
        target_s=judged.target_s,
        due_at=judged.due_at,
        told=told,
        pressing=None if incident.closed_at else pressing_of(incident, sent, policy, readings, told),
        grid_ref=grid_ref,
        place=place,
        caller_locations=_caller_locations(call.locations, at) if call else (),
        assignments=tuple(assignment_view(assignment, known) for assignment in sent),
        radios_asked=_radios_asked(known.polled.get(incident.id)),
        waiting_since=find_waiting_since(incident, sent),
    )


def _radios_asked(polled: Polled | None) -> RadiosAskedView | None:
    if polled is None:
        return None
    radios = tuple(
        RadioAskedView(callsign=radio.callsign, age_s=radio.age_s, value_s=radio.value_s) for radio in polled.radios
    )
    return RadiosAskedView(at=polled.at, until=polled.at + timedelta(seconds=AWAITED_S), radios=radios)


def find_call_view(name: CallId, known: Known) -> CallView | None:
    """A call with its locations; None when nothing was heard of it, or it was forgotten."""
    call = known.callers.get(name)
    if call is None:
        return None
    return CallView(call_id=name, heard_at=call.heard_at, caller_locations=_caller_locations(call.locations, None))


def _caller_locations(locations: Sequence[CallerLocation], at: Position | None) -> tuple[CallerLocationView, ...]:
    offer = find_offer(locations, at) if at else None
    return tuple(_caller_location(one, at, offered=one is offer) for one in best_first(locations))


def _caller_location(location: CallerLocation, at: Position | None, *, offered: bool) -> CallerLocationView:
    apart_m = metres_between(location.position, at) if at and location.position else None
    said = {name: getattr(location, name) for name in location.__struct_fields__ if name in _SHOWN}
    return CallerLocationView(**said, distance_m=None if apart_m is None else round(apart_m, 1), offered=offered)


_SHOWN = frozenset(CallerLocationView.__struct_fields__)


@lru_cache(maxsize=4096)
def _named(roads: Roads, position: Position) -> tuple[str | None, str | None]:
    # An incident is shown at every change and hardly ever moves.
    return roads.find_street(position), find_grid_reference(position)


# --- closures -----------------------------------------------------------------------------------------------------


def closure_views(known: Known, roads: Roads, at: datetime) -> tuple[ClosureView, ...]:
    """The closures in force and those planned, by their ids."""
    return tuple(
        closure_view(closure, roads, at, changed=known.reorderings.get(name, ()))
        for name, closure in known.closures.items()
    )


def closure_view(
    closure: Closure, roads: Roads, at: datetime, *, changed: tuple[Reordering, ...], over: bool = False
) -> ClosureView:
    """A closure with what it shuts; `over`: it was lifted."""
    extent = extent_of(roads, closure.shape)
    return ClosureView(
        **{name: getattr(closure, name) for name in closure.__struct_fields__ if name != "shape"},
        geometry=geometry_of(closure.shape),
        status=ClosureStatus.OVER if over or closure.over_at(at) else _status(closure, at),
        streets=extent.streets,
        length_m=round(extent.length_m, 1),
        changed=changed,
    )


def shut_view(shape: Shape, name: str, roads: Roads) -> ShutView:
    """What a shape would shut."""
    extent = extent_of(roads, shape)
    return ShutView(geometry=geometry_of(shape), name=name, streets=extent.streets, length_m=round(extent.length_m, 1))


def _status(closure: Closure, at: datetime) -> ClosureStatus:
    return ClosureStatus.IN_FORCE if closure.holds_at(at) else ClosureStatus.PLANNED


# --- the system ---------------------------------------------------------------------------------------------------


def status_of(system: System, known: Known, at: datetime) -> Status:
    """What the system says of itself."""
    labels = system.labels
    return Status(
        force=system.settings.force,
        at=at,
        network=_network(system.roads, labels.network, labels.made_up),
        broker=BrokerView(kind=labels.broker_kind, label=labels.broker),
        gateways=_gateways(system, known, at),
        strays=_strays(system, known, at),
        rejects=known.rejects,
        units=sum(on_duty(known, callsign) for callsign in known.units),
        overdue=overdue(known.packs.in_force(at), at.date()),
        simulated=labels.simulated,
        version=_version(),
    )


def _strays(system: System, known: Known, at: datetime) -> tuple[StrayView, ...]:
    if system.intake is None:
        return ()
    carried = {source for sources in known.sources.values() for source in sources}
    pressed = system.intake.strays.since(at, _STRAYS_SHOWN, carried=carried)
    return tuple(StrayView(source=source, at=pressed_at) for source, pressed_at in pressed.items())


def _gateways(system: System, known: Known, at: datetime) -> tuple[GatewayView, ...]:
    """All that have ever handed something over, and all that say that they are there."""
    heard = system.intake.gateways.seen if system.intake is not None else {}
    return tuple(
        _gateway(name, known.receipts.get(name), heard.get(name), at) for name in sorted(known.receipts.keys() | heard)
    )


def _gateway(name: str, receipt: Receipt | None, seen: GatewaySeen | None, at: datetime) -> GatewayView:
    concerns = concerns_of(seen, at) if seen else []
    return GatewayView(
        gateway=name,
        session=receipt.session if receipt else seen.status.session if seen else 0,
        seq=receipt.seq if receipt else 0,
        state=seen.status.state if seen else "unknown",
        wrong=tuple(concern.said for concern in concerns if concern.wrong),
        notes=tuple(concern.said for concern in concerns if not concern.wrong),
    )


@lru_cache(maxsize=1)
def _network(roads: Roads, name: str, made_up: bool) -> NetworkView:  # noqa: FBT001 - a label's field
    box = roads.network.bounds
    bounds = (box.west, box.south, box.east, box.north)
    return NetworkView(name=name, arcs=roads.network.arcs, bounds=bounds, made_up=made_up, source=name)


@lru_cache(maxsize=1)
def _version() -> str:
    return version("arls")
