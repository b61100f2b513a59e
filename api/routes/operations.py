"""Operations: who is held for what, and which incidents are theirs; appointments: who waits for their time."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from fastapi import APIRouter, Response

from api.desk import AtDesk, Desk, answer, describes
from api.operation_schemas import (
    EndBody,
    MakeAppointmentBody,
    OperationBody,
    PutToBody,
    ReleaseBody,
    RingBody,
)
from api.problems import Problem
from api.schemas import AppointmentBody, IdempotencyKey, InPath  # noqa: TC001 - FastAPI reads them
from api.shapes import IncidentView
from api.views import incident_view
from arls import messages as m
from arls.incident import Appointment, IncidentId
from arls.operation import Operation, OperationId, OperationStatus
from arls.unit import Callsign

router = APIRouter(prefix="/v1", tags=["operations"])

# An appointment is handed to the desks so long before it begins, where nobody says.
RELEASED_BEFORE = timedelta(hours=1)


class OperationList(msgspec.Struct, frozen=True, kw_only=True):
    """Operations, the oldest first."""

    operations: tuple[Operation, ...]


@router.get("/operations", **describes(OperationList))
def operations(desk: AtDesk) -> Response:
    """Those that are planned and those that run."""
    going_on = (one for one in desk.known.operations.values() if one.status is not OperationStatus.OVER)
    return answer(OperationList(operations=tuple(going_on)))


@router.get("/operations/{operation}", **describes(Operation))
def operation(desk: AtDesk, operation: InPath) -> Response:
    """One, also when it is over."""
    return answer(_get(desk, operation))


@router.post("/operations", **describes(Operation, status=201))
async def plan_operation(desk: AtDesk, body: OperationBody, idempotency_key: IdempotencyKey = None) -> Response:
    """Hold units for something; routine grades are not offered them while it runs."""
    areas = desk.system.survey.areas
    known = {name for area in areas.areas for name in (area.id, f"{area.kind}:{area.id}")}
    unknown = next((name for name in body.areas if name not in known), None)
    if unknown is not None:
        raise Problem(422, f"there is no area {unknown}", code="unknown_area")
    command = m.PlanOperation(
        **desk.said(),
        name=body.name,
        since=body.since,
        until=body.until,
        areas=tuple(body.areas),
        units=tuple(map(Callsign, body.units)),
        note=body.note,
    )
    done = await desk.ask(command, key=idempotency_key)
    return answer(_get(desk, done.subject), 201, Location=f"/v1/operations/{done.subject}")


@router.post("/operations/{operation}/ring", **describes(Operation))
async def ring_units(desk: AtDesk, operation: InPath, body: RingBody) -> Response:
    """Hold these units for it too. 422 names one that is held for another."""
    units = tuple(map(Callsign, body.units))
    await desk.ask(m.RingUnits(**desk.said(), operation=OperationId(operation), units=units, reason=body.reason))
    return answer(_get(desk, operation))


@router.post("/operations/{operation}/release", **describes(Operation))
async def release_units(desk: AtDesk, operation: InPath, body: RingBody) -> Response:
    """Let these units do everyday work again, under your name."""
    units = tuple(map(Callsign, body.units))
    await desk.ask(m.ReleaseUnits(**desk.said(), operation=OperationId(operation), units=units, reason=body.reason))
    return answer(_get(desk, operation))


@router.post("/operations/{operation}/end", **describes(Operation))
async def end_operation(desk: AtDesk, operation: InPath, body: EndBody = EndBody()) -> Response:  # noqa: B008 - frozen
    """It is over, and all its units are free of it."""
    await desk.ask(m.EndOperation(**desk.said(), operation=OperationId(operation), reason=body.reason))
    return answer(_get(desk, operation))


@router.post("/incidents/{incident}/operation", **describes(IncidentView))
async def put_to_operation(desk: AtDesk, incident: InPath, body: PutToBody) -> Response:
    """Say whose own an incident is: units that are held for that operation may then be sent."""
    name = None if body.operation is None else OperationId(body.operation)
    command = m.PutToOperation(**desk.said(), incident=IncidentId(incident), operation=name, reason=body.reason)
    await desk.ask(command)
    return _shown(desk, incident)


@router.post("/incidents/{incident}/appointment", **describes(IncidentView))
async def make_appointment(desk: AtDesk, incident: InPath, body: MakeAppointmentBody) -> Response:
    """Agree when somebody will come; the incident waits until then, or until it is released."""
    command = m.MakeAppointment(
        **desk.said(), incident=IncidentId(incident), appointment=appointment_of(body), reason=body.reason
    )
    await desk.ask(command)
    return _shown(desk, incident)


@router.post("/incidents/{incident}/release", **describes(IncidentView))
async def release_incident(desk: AtDesk, incident: InPath, body: ReleaseBody = ReleaseBody()) -> Response:  # noqa: B008 - frozen
    """Do not hold it any longer: it is ranked and units may be sent."""
    await desk.ask(m.ReleaseIncident(**desk.said(), incident=IncidentId(incident), reason=body.reason))
    return _shown(desk, incident)


def appointment_of(body: AppointmentBody) -> Appointment:
    """What was agreed, and from when on units may be sent."""
    release_at = body.release_at or body.begins_at - RELEASED_BEFORE
    return Appointment(begins_at=body.begins_at, ends_at=body.ends_at, release_at=release_at)


def _get(desk: Desk, identity: str) -> Operation:
    found = desk.known.operations.get(OperationId(identity))
    if found is None:
        raise Problem(404, f"there is no operation {identity}", code="no_operation")
    return found


def _shown(desk: Desk, identity: str) -> Response:
    found = desk.get_incident(identity)
    return answer(incident_view(found, desk.known, desk.system.roads), ETag=f'"{found.version}"')
