"""What every route works at: the system, and who is asking.

It decides how a command is handed in and awaited, and how an answer goes out. It holds no rule.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import structlog
from fastapi import Depends, Response
from starlette.requests import HTTPConnection  # noqa: TC002 - FastAPI reads the annotation

from api.problems import Problem, problem_of
from arls.dispatch import Refusal
from arls.engine import BusyError, Done
from arls.geo import Position
from arls.incident import Incident, IncidentId

if TYPE_CHECKING:
    from datetime import datetime

    from api.auth import Principal
    from api.wiring import System
    from arls.engine import Outcome
    from arls.locality import Locality
    from arls.messages import Command
    from arls.state import Known

_log = structlog.get_logger(__name__)

GEOJSON = "application/geo+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An operator at a desk, in front of the system."""

    system: System
    principal: Principal

    @property
    def known(self) -> Known:
        """What is known now."""
        return self.system.engine.known

    def now(self) -> datetime:
        """The instant (UTC), as the wiring tells it."""
        return self.system.now()

    @property
    def roles(self) -> tuple[str, ...]:
        """What the operator may decide beyond what every dispatcher may."""
        return self.system.settings.roles_of(self.principal.operator)

    def said(self) -> dict[str, Any]:
        """What every command carries: when, who, from which desk."""
        return {"at": self.now(), "operator": self.principal.operator, "desk": self.principal.desk}

    async def outcome(self, command: Command, *, key: str | None = None) -> Outcome:
        """Hand a command in and wait for the commit that holds it, or for the refusal.

        Raises Problem when nobody is there to take it.
        """
        if not self.system.engine.alive:
            raise Problem(503, "the engine does not run: nothing was kept", headers={"Retry-After": "5"})
        # Shielded: a client that hangs up must not cancel what the engine is about to answer.
        return await asyncio.shield(asyncio.wrap_future(self.system.engine.ask(command, key=key)))

    async def ask(self, command: Command, *, key: str | None = None) -> Done:
        """The same, for a command that must be carried out. Raises Problem when the rules say no."""
        outcome = await self.outcome(command, key=key)
        if isinstance(outcome, Refusal):
            raise problem_of(outcome)
        return outcome

    def note(self, command: Command) -> None:
        """Hand in what nobody waits for."""
        try:
            self.system.engine.ask(command)
        except BusyError:
            _log.warning("not noted: the engine is busy", command=type(command).__name__)

    def get_incident(self, identity: str) -> Incident:
        """The incident. Raises Problem when there is none."""
        incident = self.known.incidents.get(IncidentId(identity))
        if incident is None:
            raise Problem(404, f"there is no incident {identity}", code="no_incident")
        return incident

    def locality_of(self, position: Position) -> Locality:
        """What the maps say of a place now."""
        return self.system.survey.locality_of(position, self.now())

    def get_profile(self, name: str) -> str:
        """The name, if it is that of a profile. Raises Problem when it is not."""
        if name not in self.system.roads.profiles:
            known = ", ".join(self.system.roads.profiles)
            raise Problem(422, f"there is no profile {name}; known are {known}", code="unknown_profile")
        return name


def desk_of(connection: HTTPConnection) -> Desk:
    """The desk of whoever the gate let in."""
    return Desk(system=connection.app.state.system, principal=connection.state.principal)


def position_of(text: str) -> Position:
    """The place of a query that is written as LAT,LON. Raises Problem where there is none."""
    lat, lon = map(float, text.split(","))
    try:
        return Position(lat=lat, lon=lon)
    except ValueError as error:
        raise Problem(422, str(error), code="no_such_place") from None


AtDesk = Annotated[Desk, Depends(desk_of)]


def answer(value: object, status: int = 200, *, media_type: str = "application/json", **headers: str) -> Response:
    """A value as JSON; header names are written with underscores."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(msgspec.json.encode(value), status, named, media_type=media_type)


def describes(kind: type | str, *, status: int = 200, media_type: str = "application/json") -> dict[str, Any]:
    """What a route answers with, for the OpenAPI: a Struct of `api.shapes`, or words."""
    if isinstance(kind, str):
        sentence, schema = kind, {"type": "object" if "json" in media_type else "string"}
    else:
        sentence = (kind.__doc__ or "").partition("\n")[0]
        schema = {"$ref": f"#/components/schemas/{kind.__name__}"}
    said = {"description": sentence, "content": {media_type: {"schema": schema}}}
    return {"status_code": status, "responses": {status: said}}
