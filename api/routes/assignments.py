"""Assignments: the steps of their lives, as somebody reports them."""

from __future__ import annotations

from enum import StrEnum

from fastapi import APIRouter, Response

from api.control_bodies import ReasonBody  # noqa: TC001 - FastAPI reads the annotation
from api.desk import AtDesk, answer, describes
from api.problems import Problem
from api.schemas import AdvanceBody, InPath
from api.shapes import AssignmentView
from api.views import assignment_view
from arls import messages as m
from arls.incident import Act, AssignmentId

router = APIRouter(prefix="/v1/assignments", tags=["assignments"])


class ActPath(StrEnum):
    """What may be reported of an assignment; that it was delivered only the terminal itself can say."""

    ACCEPT = Act.ACCEPT.value
    REFUSE = Act.REFUSE.value
    EN_ROUTE = Act.EN_ROUTE.value
    ARRIVED = Act.ARRIVE.value
    CLEAR = Act.CLEAR.value
    CANCEL = Act.CANCEL.value


@router.get("/{assignment}", **describes(AssignmentView))
def assignment(desk: AtDesk, assignment: InPath) -> Response:
    """One assignment with all its steps."""
    found = desk.known.assignments.get(AssignmentId(assignment))
    if found is None:
        raise Problem(404, f"there is no assignment {assignment}", code="no_assignment")
    return answer(assignment_view(found, desk.known))


@router.post("/{assignment}/warnings-read", **describes(AssignmentView))
async def warnings_read(desk: AtDesk, assignment: InPath, body: AdvanceBody = AdvanceBody()) -> Response:  # noqa: B008 - frozen
    """The crew has read the warnings of where it goes, and by what way it said so."""
    name = AssignmentId(assignment)
    await desk.ask(m.NoteWarningsRead(**desk.said(), assignment=name, via=body.via))
    return answer(assignment_view(desk.known.assignments[name], desk.known))


@router.post("/{assignment}/reason", **describes(AssignmentView))
async def explain(desk: AtDesk, assignment: InPath, body: ReasonBody) -> Response:
    """Why this unit was sent, where nobody had the time to say so when it was."""
    name = AssignmentId(assignment)
    await desk.ask(m.ExplainAssignment(**desk.said(), assignment=name, reason=body.reason))
    return answer(assignment_view(desk.known.assignments[name], desk.known))


@router.post("/{assignment}/{act}", **describes(AssignmentView))
async def advance(desk: AtDesk, assignment: InPath, act: ActPath, body: AdvanceBody = AdvanceBody()) -> Response:  # noqa: B008 - frozen
    """Report a step, and by what way it became known. 409 says why it cannot follow."""
    name = AssignmentId(assignment)
    await desk.ask(m.Advance(**desk.said(), assignment=name, act=Act(act.value), via=body.via, reason=body.reason))
    return answer(assignment_view(desk.known.assignments[name], desk.known))
