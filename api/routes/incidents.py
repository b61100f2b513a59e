"""Incidents: made, changed, logged, linked, closed; and who was sent."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.desk import AtDesk, Desk, answer, describes
from api.problems import Problem
from api.routes.operations import appointment_of
from api.schemas import (
    AssignBody,
    ChangeBody,
    CloseBody,
    IdempotencyKey,
    IfMatch,
    IncidentBody,
    InPath,
    LinkBody,
    LogBody,
    RegradeBody,
    RelocateBody,
)
from api.shapes import AssignmentView, DuplicateList, IncidentList, IncidentView
from api.views import assignment_view, incident_view, incident_views
from arls import messages as m
from arls.duplicates import WITHIN_M, WITHIN_S, duplicates_of
from arls.geo import Position
from arls.incident import AssignmentId, IncidentId
from arls.unit import Callsign

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])


@router.post("", **describes(IncidentView, status=201))
async def create_incident(desk: AtDesk, body: IncidentBody, idempotency_key: IdempotencyKey = None) -> Response:
    """Something is to be attended."""
    locality = desk.locality_of(Position(lat=body.lat, lon=body.lon))
    appointment = appointment_of(body.appointment) if body.appointment else None
    asked = body.model_dump(exclude={"appointment"})
    command = m.CreateIncident(**desk.said(), **asked, locality=locality, appointment=appointment)
    done = await desk.ask(command, key=idempotency_key)
    return shown(desk, done.subject, status=201, Location=f"/v1/incidents/{done.subject}")


@router.get("", **describes(IncidentList))
def incidents(
    desk: AtDesk,
    closed: Annotated[bool, Query(description="those that are closed as well")] = False,  # noqa: FBT002 - a query
    responsible: Annotated[str | None, Query(alias="desk", max_length=32, description="that answers for them")] = None,
) -> Response:
    """The open ones, the oldest first; of one desk, also what is offered to it."""
    known = desk.known
    wanted = [
        incident
        for incident in known.incidents.values()
        if (closed or incident.closed_at is None) and (responsible is None or incident.concerns(responsible))
    ]
    return answer(IncidentList(incidents=incident_views(wanted, known, desk.system.roads)))


@router.get("/{incident}", **describes(IncidentView))
def incident(desk: AtDesk, incident: InPath) -> Response:
    """One incident with its log and its assignments."""
    return shown(desk, incident)


@router.patch("/{incident}", **describes(IncidentView))
async def change_incident(desk: AtDesk, incident: InPath, body: ChangeBody, if_match: IfMatch = None) -> Response:
    """Change what is given. If-Match is the version you saw, so that nobody's change is lost unseen."""
    if if_match is None:
        raise Problem(428, "say in If-Match which version you saw")
    return await _change(desk, incident, version=_version(if_match), **body.model_dump())


@router.post("/{incident}/regrade", **describes(IncidentView))
async def regrade(desk: AtDesk, incident: InPath, body: RegradeBody) -> Response:
    """Another grade, and why."""
    return await _change(desk, incident, **body.model_dump())


@router.post("/{incident}/relocate", **describes(IncidentView))
async def relocate(desk: AtDesk, incident: InPath, body: RelocateBody) -> Response:
    """Another place, and why."""
    return await _change(desk, incident, **body.model_dump())


@router.post("/{incident}/link", **describes(IncidentView))
async def link(desk: AtDesk, incident: InPath, body: LinkBody) -> Response:
    """Say that another incident belongs with this one: one act links both, and both logs say so."""
    return await _change(desk, incident, link=IncidentId(body.incident), reason=body.reason)


@router.get("/{incident}/duplicates", **describes(DuplicateList))
def duplicates(
    desk: AtDesk,
    incident: InPath,
    within_m: Annotated[float, Query(gt=0, le=20_000)] = WITHIN_M,
    within_s: Annotated[float, Query(gt=0, le=7 * 86_400)] = WITHIN_S,
) -> Response:
    """Incidents that may be the same one: near, soon before or after, of one type as far as it is known."""
    found = desk.get_incident(incident)
    others = desk.known.incidents.values()
    return answer(DuplicateList(duplicates=tuple(duplicates_of(found, others, within_m=within_m, within_s=within_s))))


@router.post("/{incident}/log", **describes(IncidentView))
async def log(desk: AtDesk, incident: InPath, body: LogBody, idempotency_key: IdempotencyKey = None) -> Response:
    """Add a line to the running log; a closed incident takes it too."""
    await desk.ask(m.LogIncident(**desk.said(), incident=IncidentId(incident), text=body.text), key=idempotency_key)
    return shown(desk, incident)


@router.post("/{incident}/close", **describes(IncidentView))
async def close(desk: AtDesk, incident: InPath, body: CloseBody = CloseBody()) -> Response:  # noqa: B008 - frozen
    """Nothing more is to be attended. 409 names the units that are not clear yet."""
    await desk.ask(m.CloseIncident(**desk.said(), incident=IncidentId(incident), **body.model_dump()))
    return shown(desk, incident)


@router.post("/{incident}/assignments", **describes(AssignmentView, status=201), tags=["assignments"])
async def assign(
    desk: AtDesk,
    incident: InPath,
    body: AssignBody,
    idempotency_key: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> Response:
    """Send this unit: it is reserved at once, for every desk. 409 says who has it, 412 what changed meanwhile."""
    command = m.Assign(
        **desk.said(),
        incident=IncidentId(incident),
        callsign=Callsign(body.callsign),
        reason=body.reason,
        version=_version(if_match),
        queue=body.queue,
        divert=body.divert,
        to_rvp=body.to_rvp,
        override=desk.roles if body.override else (),
    )
    done = await desk.ask(command, key=idempotency_key)
    assignment = desk.known.assignments[AssignmentId(done.subject)]
    return answer(assignment_view(assignment, desk.known), 201, Location=f"/v1/assignments/{assignment.id}")


def _version(if_match: str | None) -> int | None:
    """The version that an operator saw; None where any will do."""
    return None if if_match in {None, "*"} else int(str(if_match).removeprefix("W/").strip('"'))


async def _change(desk: Desk, incident: str, **fields: Any) -> Response:
    lat, lon = fields.get("lat"), fields.get("lon")
    there = None if lat is None or lon is None else Position(lat=lat, lon=lon)
    command = m.ChangeIncident(
        **desk.said(),
        incident=IncidentId(incident),
        locality=desk.locality_of(there) if there else None,
        place=(desk.system.roads.find_street(there) or "") if there else "",
        **fields,
    )
    await desk.ask(command)
    return shown(desk, incident)


def shown(desk: Desk, identity: str, status: int = 200, **headers: str) -> Response:
    """An incident as it is now, with its version as the ETag."""
    found = desk.get_incident(identity)
    view = incident_view(found, desk.known, desk.system.roads)
    return answer(view, status, ETag=f'"{found.version}"', **headers)
