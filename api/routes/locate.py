"""The page that a caller's phone opens by a link: it says who asks and why, and sends where it is, once.

It is the one place where a stranger may tell the system something, and only with the token of an open link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import FileResponse, Response

from api.auth import Principal
from api.desk import Desk
from api.location_links import LocationLink, TooManyError
from api.problems import Problem, problem_of
from api.routes.location_links import PAGE
from api.schemas import Lat, Lon, Sent
from arls import messages as m
from arls.caller import CallerLocation, CallId
from arls.engine import BusyError
from arls.rules.refusal import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from api.wiring import System

# Nothing but its own script and style, nobody may frame it, and it may ask where the phone is but nothing else.
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
_OVER = "this link is over: it was used, taken back, or its time has passed"

Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,64}$")]


class Opened(Sent):
    """A phone has opened the link."""

    token: Token


class Answered(Sent):
    """Where the phone says that it is, or why it cannot."""

    token: Token
    lat: Lat | None = None
    lon: Lon | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    failed: Literal["denied", "unavailable", "timeout"] | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the page tells the caller."""

    asked_by: str
    why: str


def locate_router(web: Path) -> APIRouter:
    """The page in the folder `web`, and the two questions that it asks."""
    router = APIRouter(include_in_schema=False)

    @router.get(PAGE)
    def page() -> Response:
        """The page; it is the same whatever the link is."""
        return FileResponse(web / "locate.html", headers=_HEADERS)

    @router.post(f"{PAGE}/about")
    def about(request: Request, body: Opened) -> Response:
        """Who asks, and why."""
        link = _link_of(request.app.state.system, body.token)
        return _answer(Asked(asked_by=link.asked_by, why=link.why))

    @router.post(f"{PAGE}/answer")
    async def answer(request: Request, body: Answered) -> Response:
        """Where the phone is; the link is over once this is kept."""
        system: System = request.app.state.system
        link = _link_of(system, body.token)
        desk = Desk(system=system, principal=Principal(operator="caller", desk=link.desk))
        if body.lat is None or body.lon is None:
            await _note_failure(desk, link, body)
        else:
            await _take(desk, link, body)
        return Response(None, 204)

    return router


def _link_of(system: System, token: str) -> LocationLink:
    try:
        link = system.links.find(token, system.now())
    except TooManyError as error:
        raise Problem(429, str(error), headers={"Retry-After": "60"}) from None
    incident = system.engine.known.incidents.get(link.incident) if link else None
    if link is None or incident is None or incident.closed_at is not None:
        raise Problem(410, _OVER, code="link_over")
    return link


async def _take(desk: Desk, link: LocationLink, body: Answered) -> None:
    if desk.system.links.take(body.token) is None:
        raise Problem(410, _OVER, code="link_over")
    location = CallerLocation(
        id=f"link/{link.id}",
        received_at=desk.now(),
        time=desk.now(),
        lat=body.lat,
        lon=body.lon,
        accuracy_m=body.accuracy_m,
        method="browser",
        protocol="link",
    )
    call = CallId(desk.known.incidents[link.incident].call_id)
    try:
        outcome = await desk.outcome(m.LocateCaller(**desk.said(), call=call, location=location))
    except (Problem, BusyError):
        desk.system.links.put_back(body.token, link)
        raise
    if isinstance(outcome, Refusal):
        raise problem_of(outcome)
    within = f"within {body.accuracy_m:.0f} m" if body.accuracy_m is not None else "without saying how exactly"
    await desk.ask(
        m.LogIncident(
            **desk.said(), incident=link.incident, text=f"location link {link.id} answered, {within}", typed=False
        )
    )


async def _note_failure(desk: Desk, link: LocationLink, body: Answered) -> None:
    """Log why the phone could not say where it is: the link stays good."""
    if not desk.system.links.failed(body.token):
        raise Problem(429, "this was said often enough", headers={"Retry-After": "60"})
    said = {"denied": "the caller did not allow it", "timeout": "it took too long"}
    why = said.get(body.failed or "", "the phone does not know where it is")
    await desk.ask(
        m.LogIncident(**desk.said(), incident=link.incident, text=f"location link {link.id}: {why}", typed=False)
    )


def _answer(value: Asked) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
