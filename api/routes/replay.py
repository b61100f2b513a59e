"""Another time: its feed, its timeline, and who would have been first then. Nothing here changes anything.

What is asked here is not noted as a ranking that was shown: it suggests nobody. When looks are journalled with their
purpose, this is the door to do it at.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path, Query, Response, WebSocket, WebSocketDisconnect, status
from starlette.requests import HTTPConnection  # noqa: TC002 - FastAPI reads the annotation

from api.desk import GEOJSON, AtDesk, Desk, answer, describes
from api.problems import Problem, response_of
from api.replaying import STEP_S, Replays, Session, Wish
from api.routes.ranking import route
from api.schemas import CallsignText, Identity, Instant, K, LatQuery, LonQuery, Name, PlaceQuery
from api.shown import RankedAgain, RankedThen, acts_of, find_again
from api.timeline import WINDOW, Timeline
from arls.board import question_of
from arls.geo import Position
from arls.ranking import Question, Ranking, shown

if TYPE_CHECKING:
    from arls.incident import Incident

router = APIRouter(prefix="/v1/replay", tags=["replay"])

At = Annotated[Instant, Query(description="the replayed instant (UTC), to the millisecond")]
IncidentQuery = Annotated[Identity, Query()]


def replays_of(connection: HTTPConnection) -> Replays:
    """The replays of this server."""
    replays: Replays = connection.app.state.replays
    return replays


AtReplays = Annotated[Replays, Depends(replays_of)]


@router.websocket("")
async def replay(socket: WebSocket, desk: AtDesk, replays: AtReplays) -> None:
    """The live feed's messages as they were, from `at` on, `rate` times as fast; what the client says steers it."""
    try:
        wish = _wish_of(socket)
        with replays.joined(wish) as session:
            await socket.accept()
            tasks = {
                asyncio.create_task(_speak(socket, session, replays)),
                asyncio.create_task(_listen(socket, session)),
            }
            done, others = await asyncio.wait(tasks, timeout=desk.principal.left_s, return_when=asyncio.FIRST_COMPLETED)
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
    except Problem as problem:
        await socket.send_denial_response(response_of(problem))
        return
    for task in done:
        task.result()
    if not done:
        await socket.close(status.WS_1008_POLICY_VIOLATION, "the session has expired")


@router.get("", **describes(Timeline))
def timeline(
    desk: AtDesk,
    replays: AtReplays,
    start: Annotated[Instant | None, Query(alias="from", description="default: a day before `to`")] = None,
    end: Annotated[Instant | None, Query(alias="to", description="default: the last record")] = None,
) -> Response:
    """How far the record goes, and what is worth jumping to in a day of it at most."""
    span = replays.marks.span()
    if span is None:
        return answer(Timeline(first=None, last=None, marks=(), omitted=0))
    until = end or span[1]
    since = start or until - WINDOW
    if not since <= until <= since + WINDOW:
        raise Problem(422, "`from` lies before `to`, and a day before it at most", code="no_such_window")
    marks, omitted = replays.marks.between(since, until, desk.known.assignments)
    return answer(Timeline(first=span[0], last=span[1], marks=tuple(marks), omitted=omitted))


@router.get("/ranking", **describes(Ranking))
def ranking_then(
    desk: AtDesk,
    replays: AtReplays,
    at: At,
    incident: IncidentQuery,
    k: Annotated[K | None, Query()] = None,
    profile: Annotated[Name | None, Query()] = None,
) -> Response:
    """The ranking of an incident at that instant, from what was known then: the bytes that a desk was shown then."""
    then = _desk_of(desk, replays, at)
    found = _get_incident(then, incident)
    named = None if profile is None else then.get_profile(profile)
    return _ranked(then, replace(question_of(found, then.now()), profile=named, k=k))


@router.get("/nearest", **describes(Ranking))
def nearest_then(
    desk: AtDesk, replays: AtReplays, at: At, lat: LatQuery, lon: LonQuery, k: Annotated[K | None, Query()] = None
) -> Response:
    """The nearest units to a place at that instant."""
    then = _desk_of(desk, replays, at)
    return _ranked(then, Question(position=Position(lat=lat, lon=lon), at=then.now(), k=k))


@router.get("/route", **describes("the soonest way, as a GeoJSON line", media_type=GEOJSON))
def route_then(
    desk: AtDesk,
    replays: AtReplays,
    at: At,
    end: Annotated[PlaceQuery, Query(alias="to", description="LAT,LON")],
    start: Annotated[
        PlaceQuery | None, Query(alias="from", description="LAT,LON; with a callsign alone, where that unit was")
    ] = None,
    profile: Annotated[Name, Query()] = "car-response",
    callsign: Annotated[CallsignText | None, Query(description="the unit that drove")] = None,
) -> Response:
    """The soonest way to a place under the closures of that instant."""
    return route(_desk_of(desk, replays, at), end, start, profile, callsign)


@router.get("/shown", **describes(RankedThen))
def shown_then(desk: AtDesk, replays: AtReplays, at: At, incident: IncidentQuery) -> Response:
    """The rankings of an incident that were shown up to that instant and to whom, and who was sent."""
    then = _desk_of(desk, replays, at)
    found = _get_incident(then, incident)
    return answer(RankedThen(incident=found.id, at=then.now(), acts=acts_of(found, replays.past, then.now())))


@router.get("/shown/{position}", **describes(RankedAgain))
def shown_again(replays: AtReplays, position: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
    """A ranking that was shown, by the record that says so: made again, and compared by its hash."""
    found = find_again(position, replays.past, replays.roads)
    if found is None:
        raise Problem(404, f"record {position} shows no ranking", code="no_ranking")
    return answer(found)


def _desk_of(desk: Desk, replays: Replays, at: datetime) -> Desk:
    """The same operator in front of the system of then."""
    return Desk(system=replays.get_system(at), principal=desk.principal)


def _get_incident(then: Desk, identity: str) -> Incident:
    """The incident, if it was known and to be ranked then. Raises Problem when it was not."""
    found = then.get_incident(identity)
    if found.held_at(then.now()):
        raise Problem(409, f"{found.held_text}: it was not ranked then", code="held")
    return found


def _ranked(then: Desk, question: Question) -> Response:
    return Response(shown(question, then.known, then.system.roads)[1], media_type="application/json")


def _wish_of(socket: WebSocket) -> Wish:
    """What the address asks for. Raises Problem for what is none."""
    try:
        asked = {name: socket.query_params.get(name) for name in ("at", "rate")}
        rate = None if asked["rate"] is None else float(asked["rate"])
        return Wish(at=None if asked["at"] is None else datetime.fromisoformat(asked["at"]), rate=rate)
    except ValueError as error:
        raise Problem(422, str(error), code="no_such_time") from None


async def _speak(socket: WebSocket, session: Session, replays: Replays) -> None:
    loop = asyncio.get_running_loop()
    with suppress(WebSocketDisconnect):
        while True:
            for message in await loop.run_in_executor(replays.threads, session.step):
                await socket.send_text(message)
            await session.stirred(STEP_S)


async def _listen(socket: WebSocket, session: Session) -> None:
    while (said := await socket.receive())["type"] != "websocket.disconnect":
        session.ask(said.get("text") or "")
