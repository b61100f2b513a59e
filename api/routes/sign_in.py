"""Signing a browser in by the operator's own token; the link that is printed at the start does it without one."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.auth import COOKIE, SESSION_S
from api.desk import AtDesk  # noqa: TC001 - FastAPI reads the annotation
from api.problems import Problem

router = APIRouter(prefix="/v1", tags=["screen"])


@router.post("/sign-in", status_code=204)
async def sign_in(desk: AtDesk, request: Request) -> Response:
    """A session for the browser that asks, as a cookie, for twelve hours. 403: a session is not prolonged by itself."""
    if desk.principal.left_s is not None:
        raise Problem(403, "a session is not prolonged by itself: send your token")
    response = Response(status_code=204)
    set_session(response, desk.system.keyring.open_session(desk.principal.operator), request)
    return response


def set_session(response: Response, session: str, request: Request) -> None:
    """Hand a browser its session: to no script, to no other site, and over HTTPS alone where the page came by it."""
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, session, max_age=int(SESSION_S), httponly=True, samesite="strict", secure=secure)
