"""Who can be there first: for an incident, for any place, and by which way.

Rankings and ways are computed in the thread pool from one snapshot, so that no question delays a fix.
"""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from fastapi import APIRouter, Query, Response

from api.desk import GEOJSON, AtDesk, Desk, answer, describes, position_of
from api.problems import Problem
from api.routes.plans import requirements_of
from api.schemas import CallsignInPath, CallsignText, InPath, K, LatQuery, LonQuery, Name, NearestBody, PlaceQuery
from arls import messages as m
from arls.board import question_of
from arls.circle import Circle, find_circle
from arls.expanse import rank_within
from arls.geo import Position
from arls.ranking import Question, Ranking, bytes_of, sha256_of, shown
from arls.roads.snap import WIDEST_REACH_M
from arls.unit import Callsign
from arls.whynot import WhyNot, why_not
from maps.layers import path_feature, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from arls.closure import Closures
    from arls.incident import Incident
    from arls.roads.path import Path

router = APIRouter(prefix="/v1", tags=["ranking"])


@router.get("/incidents/{incident}/ranking", **describes(Ranking))
def ranking(
    desk: AtDesk,
    incident: InPath,
    k: Annotated[K | None, Query()] = None,
    profile: Annotated[Name | None, Query()] = None,
    area: Annotated[
        Literal["caller"] | None, Query(description="`caller`: for the circle in which the caller is, not its centre")
    ] = None,
) -> Response:
    """Every unit once: candidates in order, and exclusions with their reasons."""
    found = _get_ranked(desk, incident)
    circle = find_circle(found, desk.known) if area else None
    if area and circle is None:
        said = "nothing is known of this incident's caller but a place: there is no circle to rank for"
        raise Problem(409, said, code="no_circle")
    question = Question(
        position=found.goal,
        at=desk.now(),
        grade=found.grade,
        incident=found.id,
        profile=profile,
        k=k,
    )
    return _ranked(desk, question, circle)


@router.get("/incidents/{incident}/why-not/{callsign}", **describes(WhyNot))
def why_not_that_one(desk: AtDesk, incident: InPath, callsign: CallsignInPath) -> Response:
    """What keeps this unit from being first, and the smallest change that would make it."""
    found = _get_ranked(desk, incident)
    if callsign not in desk.known.units:
        raise Problem(404, f"there is no unit {callsign}", code="no_unit")
    return answer(why_not(Callsign(callsign), question_of(found, desk.now()), desk.known, desk.system.roads))


@router.post("/nearest", **describes(Ranking))
def nearest(desk: AtDesk, body: NearestBody) -> Response:
    """The nearest units by road, with no incident."""
    question = Question(
        position=Position(lat=body.lat, lon=body.lon),
        at=desk.now(),
        profile=body.profile,
        requirement=frozenset(body.requirement),
        plan=None if body.requirements is None else requirements_of(body.requirements),
        k=body.k,
    )
    circle = None
    if body.radius_m is not None:
        circle = Circle(centre=question.position, radius_m=body.radius_m, confidence=None, source="asked")
    return _ranked(desk, question, circle)


@router.get("/nearest", **describes(Ranking))
def nearest_to(
    desk: AtDesk,
    lat: LatQuery,
    lon: LonQuery,
    k: Annotated[K | None, Query()] = None,
    profile: Annotated[Name | None, Query()] = None,
) -> Response:
    """The same, as a link."""
    return nearest(desk, NearestBody(lat=lat, lon=lon, k=k, profile=profile))


@router.get("/route", **describes("the soonest way, as a GeoJSON line", media_type=GEOJSON))
def route(
    desk: AtDesk,
    end: Annotated[PlaceQuery, Query(alias="to", description="LAT,LON")],
    start: Annotated[
        PlaceQuery | None, Query(alias="from", description="LAT,LON; with a callsign alone, where that unit is")
    ] = None,
    profile: Annotated[Name, Query()] = "car-response",
    callsign: Annotated[CallsignText | None, Query(description="the unit that drives")] = None,
) -> Response:
    """The soonest way to a place, with its streets, and the closures that it goes round.

    A unit's own way is the one that its ranking tells: it begins on the road that its fixes say it drives.
    """
    roads, mobility, there = desk.system.roads, desk.get_profile(profile), position_of(end)
    closures = desk.known.closures_at(desk.now())
    here, find = _begin(desk, start, callsign, mobility)
    path = find(there, closures=closures)
    if_open = find(there) if closures else path
    avoided = roads.met_by(if_open, mobility, closures) if if_open else ()
    if path is None:
        whence = start or f"where {callsign} is"
        _refuse_off_map(desk, here, there, profile)
        _refuse_cut_off(avoided, f"from {whence} to {end} for {profile}")
        raise Problem(404, f"no way is known from {whence} to {end} for {profile}", code="no_way")
    feature = path_feature(
        path,
        basis="road",
        profile=profile,
        callsign=callsign,
        off_road_m={"from": round(path.start_off_m, 1), "to": round(path.end_off_m, 1)},
        steps=rows_of(roads.steps_of(path, profile)),
        closures_avoided=[{"id": closure.id, "name": closure.name} for closure in avoided],
    )
    return answer(feature, media_type=GEOJSON)


def _get_ranked(desk: Desk, identity: str) -> Incident:
    """The incident. Raises Problem when there is none, or it waits for its appointment."""
    found = desk.get_incident(identity)
    if found.held_at(desk.now()):
        raise Problem(409, f"{found.held_text}: release it to rank it", code="held")
    return found


def _ranked(desk: Desk, question: Question, circle: Circle | None = None) -> Response:
    _, body = ranked(desk, question, circle)
    return Response(body, media_type="application/json")


def ranked(desk: Desk, question: Question, circle: Circle | None = None) -> tuple[Ranking, bytes]:
    """A ranking that is shown, of a place or of a circle, and noted in the record; and its JSON."""
    if question.profile is not None:
        desk.get_profile(question.profile)
    known, roads = desk.known, desk.system.roads
    if circle:
        found = rank_within(question, circle, known, roads)
        body = bytes_of(found)
    else:
        found, body = shown(question, known, roads)
    desk.note(
        m.NoteRanking(
            **desk.said() | {"at": question.at},
            incident=found.incident,
            lat=found.lat,
            lon=found.lon,
            profile=question.profile,
            picture=found.picture,
            network=found.network,
            verdict=found.verdict,
            first=found.candidates[0].callsign if found.candidates else None,
            sha256=sha256_of(body),
            first_eta_s=found.candidates[0].eta_s.mid if found.candidates else None,
            k=question.k,
        )
    )
    return found, body


def _refuse_off_map(desk: Desk, here: Position, there: Position, profile: str) -> None:
    """Raise Problem if one of the ends touches no road of the profile."""
    roads = desk.system.roads
    for end, position in (("from", here), ("to", there)):
        if not len(roads.places_of([position], roads.weights(profile), ends=True).arc):
            said = f"`{end}` is off the map: there is no road for {profile} within {WIDEST_REACH_M:.0f} m of it"
            raise Problem(404, said, code="off_map")


def _refuse_cut_off(closures: Closures, way: str) -> None:
    """Raise when closures are why there is no way."""
    if closures:
        named = ", ".join(f"{closure.id} {closure.name}".strip() for closure in closures)
        raise Problem(404, f"no way is open {way}: cut off by {named}", code="cut_off")


def _begin(
    desk: Desk, start: str | None, callsign: str | None, mobility: str
) -> tuple[Position, Callable[..., Path | None]]:
    """Where a way begins, and what finds it from there under closures."""
    roads, picture = desk.system.roads, desk.known.picture
    if callsign is None:
        if start is None:
            raise Problem(422, "say `from` where, or which callsign drives", code="no_start")
        here = position_of(start)
        return here, partial(roads.find_way, here, profile=mobility)
    number = picture.numbers.get(Callsign(callsign))
    if number is None:
        raise Problem(404, f"there is no unit {callsign}", code="no_unit")
    lat, lon, course_deg = (float(picture.columns[name][number]) for name in ("lat", "lon", "course_deg"))
    if start is not None:
        here, course = position_of(start), None if isnan(course_deg) else course_deg
        return here, partial(roads.find_way, here, profile=mobility, course_deg=course)
    if isnan(lat):
        raise Problem(404, f"nobody knows where {callsign} is: call it", code="no_position")
    asked = picture.asked_of(np.array([number]), mobility)
    return Position(lat=lat, lon=lon), partial(roads.find_path, asked=asked)
