"""Plans: what an incident needs, another plan for it, and the units that fill it sent all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from fastapi import APIRouter, Response

from api.desk import AtDesk, Desk, answer, describes
from api.problems import Problem
from api.schemas import (  # noqa: TC001 - FastAPI reads the annotations
    AssignSetBody,
    IdempotencyKey,
    InPath,
    PlanBody,
)
from api.shapes import AssignmentList
from api.views import assignment_view
from arls import messages as m
from arls.incident import IncidentId
from arls.plan import PlanInForce, Requirement, impossible_in
from arls.unit import Callsign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.schemas import RequirementBody

router = APIRouter(prefix="/v1/incidents", tags=["plans"])


@router.get("/{incident}/plan", **describes(PlanInForce))
def plan(desk: AtDesk, incident: InPath) -> Response:
    """What it needs, and who says so; who fills it stands in its ranking."""
    return _shown(desk, incident)


@router.put("/{incident}/plan", **describes(PlanInForce))
async def set_plan(desk: AtDesk, incident: InPath, body: PlanBody) -> Response:
    """Another plan for this incident alone, with the reason; null takes that back."""
    wanted = None if body.requirements is None else requirements_of(body.requirements)
    command = m.SetPlan(**desk.said(), incident=IncidentId(incident), requirements=wanted, reason=body.reason)
    await desk.ask(command)
    return _shown(desk, incident)


@router.post("/{incident}/assignments/set", **describes(AssignmentList, status=201), tags=["assignments"])
async def assign_set(
    desk: AtDesk, incident: InPath, body: AssignSetBody, idempotency_key: IdempotencyKey = None
) -> Response:
    """Send these units: all are reserved at once, for every desk, or none is and 409 says who cannot be had."""
    callsigns = tuple(map(Callsign, body.callsigns))
    command = m.AssignSet(**desk.said(), incident=IncidentId(incident), callsigns=callsigns, reason=body.reason)
    await desk.ask(command, key=idempotency_key)
    known = desk.known
    newest = {one.callsign: one for one in known.assignments.values() if one.incident == incident}
    return answer(AssignmentList(assignments=tuple(assignment_view(newest[name], known) for name in callsigns)), 201)


def requirements_of(bodies: Sequence[RequirementBody]) -> tuple[Requirement, ...]:
    """What is asked for. Raises Problem where nobody could ever meet it."""
    asked = msgspec.convert([body.model_dump(mode="json") for body in bodies], tuple[Requirement, ...])
    fault = next(impossible_in(asked), None)
    if fault is not None:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault.where)
        raise Problem(422, f"requirements{where} {fault.reason}", code="impossible_plan")
    return asked


def _shown(desk: Desk, identity: str) -> Response:
    found, known = desk.get_incident(identity), desk.known
    return answer(known.packs.plan_of(found, known.plans.get(found.id), desk.now()))
