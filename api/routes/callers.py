"""Callers: where the phone of a call says it is, before there is an incident and after."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.desk import AtDesk, answer, describes
from api.problems import Problem
from api.schemas import CallIdInPath  # noqa: TC001 - FastAPI reads it
from api.shapes import CallView
from api.views import find_call_view
from arls.caller import CallId

router = APIRouter(prefix="/v1/callers", tags=["callers"])


@router.get("/{call}", **describes(CallView))
def call(desk: AtDesk, call: CallIdInPath) -> Response:
    """Where the caller of this call is, the best location first; 404 once it is forgotten."""
    view = find_call_view(CallId(call), desk.known)
    if view is None:
        raise Problem(404, f"nothing is known of a call {call}", code="no_call")
    return answer(view)
