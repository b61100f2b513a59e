"""The HTTP face: routes, refusals, the gate in front and the headers on every answer, put together.

It decides what is served and under which headers. The system it serves is handed in, ready.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.datastructures import Headers, MutableHeaders

import maps
from api.area_views import ContactView, PlaceView
from api.auth import Gate
from api.base_layers import policy_of
from api.emergencies import EmergencyList, Help
from api.feed import Full
from api.fix_ages import FixAgesView
from api.problems import MEDIA_TYPE, Problem, ProblemDetails, answer_with_problems
from api.replaying import Replays, ReplayTold
from api.routes import (
    areas,
    asks,
    assignments,
    backlog,
    bookings,
    cad,
    callers,
    closures,
    control,
    demo,
    docs,
    emergencies,
    export,
    figures,
    health,
    incidents,
    live,
    locate,
    location_links,
    operations,
    packs,
    places,
    plans,
    ranking,
    reach,
    replay,
    roster,
    screen,
    sign_in,
    units,
)
from api.routes import maps as map_routes
from api.routes.cad import CadAnswer, CadList
from api.routes.figures import ResponseView
from api.routes.location_links import LinkList, LinkMade
from api.routes.operations import OperationList
from api.shapes import (
    AskList,
    AssignmentList,
    AssignmentView,
    CallView,
    ClosureView,
    DoubtList,
    DuplicateList,
    IncidentList,
    IncidentView,
    OffAnswer,
    PacksInForce,
    QueueList,
    RosterAnswer,
    RosterView,
    ShiftAnswer,
    ShutView,
    Status,
    UnitBooked,
    UnitRow,
)
from api.shown import RankedAgain, RankedThen
from api.timeline import Timeline
from api.unit_card import Aboard
from arls.clocks import Clocks
from arls.operation import Operation
from arls.plan import PlanInForce
from arls.ranking import Ranking
from arls.whynot import WhyNot
from maps.placebook import PlaceAnswer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.wiring import System

WEB = Path(maps.__file__).parent / "web"
BODY_LIMIT = 1_000_000  # bytes

HEADERS = {
    # Nothing comes from anywhere else; pictures of units are drawn by the page itself.
    "Content-Security-Policy": policy_of(()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the sign-in link holds a ticket
    "Cache-Control": "no-store",  # unless a route says otherwise: positions stay in no cache
}

_PUBLISHED = (
    Aboard,
    PacksInForce,
    EmergencyList,
    Help,
    Clocks,
    QueueList,
    AskList,
    AssignmentList,
    AssignmentView,
    CadAnswer,
    CadList,
    CallView,
    ClosureView,
    ContactView,
    DuplicateList,
    FixAgesView,
    Full,
    IncidentList,
    IncidentView,
    LinkList,
    LinkMade,
    Operation,
    OperationList,
    PlaceView,
    PlaceAnswer,
    PlanInForce,
    ProblemDetails,
    ResponseView,
    DoubtList,
    OffAnswer,
    RosterAnswer,
    RosterView,
    Ranking,
    RankedThen,
    RankedAgain,
    ReplayTold,
    Timeline,
    WhyNot,
    ShiftAnswer,
    ShutView,
    Status,
    UnitBooked,
    UnitRow,
)

# Whatever is not the answer of a route is a problem.
_ERRORS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem (RFC 9457): what is wrong, for a machine and for a dispatcher",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
}


def create_app(system: System, *, web: Path = WEB) -> FastAPI:
    """The application that serves a running system, and the screen that lies in `web`."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with system.hub.serving(system):
            yield
        replays.close()

    app = FastAPI(
        title="ARLS",
        version="1",
        description="Who can be there first, by road, now, and how sure are we?",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        responses=_ERRORS,
    )
    app.state.system = system
    app.state.replays = replays = Replays(system)
    for room in (
        units,
        asks,
        bookings,
        roster,
        backlog,
        packs,
        emergencies,
        incidents,
        cad,
        callers,
        location_links,
        assignments,
        control,
        closures,
        ranking,
        reach,
        replay,
        areas,
        export,
        figures,
        operations,
        places,
        map_routes,
        live,
        health,
        docs,
        demo,
        plans,
        sign_in,
    ):
        app.include_router(room.router)
    app.include_router(screen.screen_router(web))
    app.include_router(locate.locate_router(web))
    app.mount("/static", screen.ScreenFiles(directory=web))
    answer_with_problems(app, headers=HEADERS)
    # The last one added is the first to see a request.
    app.add_middleware(_BodyLimit)
    app.add_middleware(Gate, keyring=system.keyring)
    app.add_middleware(_Headers, system=system)
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]
    return app


def openapi_text(app: FastAPI) -> str:
    """The OpenAPI as it is kept in `api/openapi.json`."""
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        parts = schema.setdefault("components", {})
        _, structs = msgspec.json.schema_components(_PUBLISHED, ref_template="#/components/schemas/{name}")
        parts["schemas"] = dict(sorted((parts.get("schemas", {}) | structs).items()))
        parts["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"bearer": []}]
        app.openapi_schema = schema
    return app.openapi_schema


class _Headers:
    """Puts `HEADERS` on every answer that does not say otherwise, and HSTS where the door is TLS."""

    def __init__(self, app: ASGIApp, system: System) -> None:
        self._app = app
        self._headers = HEADERS | {"Content-Security-Policy": policy_of(system.settings.map.base_layers)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extra = self._headers
        if scope.get("scheme") == "https":
            extra = self._headers | {"Strict-Transport-Security": "max-age=31536000"}

        async def sent(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                headers = MutableHeaders(scope=message)
                for name, value in extra.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sent)


class _BodyLimit:
    """Stops reading a body that is longer than any honest one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def received() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > BODY_LIMIT or int(Headers(scope=scope).get("content-length", "0")) > BODY_LIMIT:
                    raise Problem(413, f"a body has at most {BODY_LIMIT:,} bytes")
            return message

        await self._app(scope, received, send)
