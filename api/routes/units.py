"""Units: where they are, where they were, what is on board, what they are doing."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import compress
from typing import TYPE_CHECKING, Annotated

import numpy as np
from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime  # noqa: TC002 - FastAPI reads the annotation

from api.bookings import Short, UnitBody, sources_of
from api.desk import GEOJSON, AtDesk, Desk, answer, describes
from api.history import believed_in, fixes_of
from api.problems import Problem
from api.rostering import get_known, unit_of
from api.schemas import CallsignInPath, Name, StateBody  # noqa: TC001 - FastAPI reads them
from api.shapes import UnitBooked, UnitRow
from api.unit_card import Aboard, aboard_of
from api.views import on_duty, rows_of, unit_booked, unit_rows
from arls import messages as m
from arls.geo import Bounds
from arls.unit import Callsign
from maps.areas import UnknownAreaError
from maps.layers import collection_of, feature_of, track_feature

if TYPE_CHECKING:
    from collections.abc import Sequence

router = APIRouter(prefix="/v1", tags=["units"])

_TRACK_DEFAULT = timedelta(hours=1)
_TRACK_LIMIT = timedelta(days=1)


@router.get("/units", **describes("the units on duty, as GeoJSON points", media_type=GEOJSON))
def units(
    desk: AtDesk,
    bbox: Annotated[str | None, Query(max_length=100, description="west,south,east,north in degrees")] = None,
    state: Annotated[list[Name], Query(max_length=16, description="an availability or a state code; any of them")] = [],  # noqa: B006 - FastAPI copies it
    capability: Annotated[list[Name], Query(max_length=16, description="all of them")] = [],  # noqa: B006 - the same
    area: Annotated[str | None, Query(max_length=200, description="in the area of this id, or kind:id")] = None,
    role: Annotated[list[Name], Query(max_length=16, description="any of them")] = [],  # noqa: B006 - the same
    organisation: Annotated[Short | None, Query(description="whose; empty: ours")] = None,
    station: Annotated[Short | None, Query(description="where they belong for now")] = None,
) -> Response:
    """The units on duty; with filters, those that pass all of them."""
    known = desk.known
    rows: list[UnitRow] = unit_rows(known, desk.now())
    if bbox is not None:
        inside = set(known.picture.within(_bounds(bbox)))
        rows = [row for row in rows if row.callsign in inside]
    if area is not None:
        rows = _in_area(rows, desk, area)
    if state:
        rows = [row for row in rows if {row.state.availability.value, str(row.state.code)} & set(state)]
    rows = [row for row in rows if not role or row.role in role]
    rows = [row for row in rows if organisation is None or row.organisation == organisation]
    rows = [row for row in rows if station is None or row.station == station]
    rows = [row for row in rows if set(capability) <= set(row.capabilities)]
    return answer(collection_of(feature_of(row, identity=row.callsign) for row in rows), media_type=GEOJSON)


@router.get("/units/{callsign}", **describes("the unit, as a GeoJSON point", media_type=GEOJSON))
def unit(desk: AtDesk, callsign: CallsignInPath) -> Response:
    """One unit on duty."""
    known, name = desk.known, _get_on_duty(desk, callsign)
    (row,) = rows_of([name], known, desk.now())
    return answer(feature_of(row, identity=name), media_type=GEOJSON)


@router.get("/units/{callsign}/track", **describes("where the unit was, as a GeoJSON line", media_type=GEOJSON))
def track(
    desk: AtDesk,
    callsign: CallsignInPath,
    start: Annotated[AwareDatetime | None, Query(alias="from", description="default: an hour before `to`")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="default: now")] = None,
) -> Response:
    """Where a unit was, at most a day of it; of each position whether it was believed."""
    name = _get_on_duty(desk, callsign)
    last = end or desk.now()
    first = start or _earlier(last, _TRACK_DEFAULT)
    if not timedelta() <= last - first <= _TRACK_LIMIT:
        raise Problem(422, "a track lasts from 0 to 24 hours")
    fixes = fixes_of(name, desk.known.pairings, desk.system.journal, start=first, end=last)
    return answer(track_feature(name, fixes, believed_in(fixes)), media_type=GEOJSON)


@router.get("/units/{callsign}/aboard", **describes(Aboard))
def aboard(desk: AtDesk, callsign: CallsignInPath) -> Response:
    """Who and what is on board of a unit on duty, which of its devices says where it is, and what it does next."""
    return answer(aboard_of(desk.known, _get_on_duty(desk, callsign)))


@router.put("/units/{callsign}", **describes(UnitBooked))
async def put_unit(desk: AtDesk, callsign: CallsignInPath, body: UnitBody) -> Response:
    """Book a unit on, or change what is on board."""
    unit = get_known(unit_of(desk, callsign, body), desk.system.settings.units)
    said = desk.said()
    await desk.ask(m.PutUnit(**said, unit=unit, sources=sources_of(body, said["at"])))
    return answer(unit_booked(desk.known, Callsign(callsign)))


@router.post("/units/{callsign}/state", **describes(UnitBooked))
async def set_state(desk: AtDesk, callsign: CallsignInPath, body: StateBody) -> Response:
    """Say what a unit is doing; code 0 is a call for help."""
    await desk.ask(m.SetState(**desk.said(), callsign=Callsign(callsign), code=body.code, via=body.via))
    return answer(unit_booked(desk.known, Callsign(callsign)))


@router.post("/units/{callsign}/emergency/cancel", **describes(UnitBooked))
async def cancel_emergency(desk: AtDesk, callsign: CallsignInPath) -> Response:
    """End an emergency, under your name."""
    await desk.ask(m.CancelEmergency(**desk.said(), callsign=Callsign(callsign)))
    return answer(unit_booked(desk.known, Callsign(callsign)))


def _in_area(rows: Sequence[UnitRow], desk: Desk, area: str) -> list[UnitRow]:
    lats, lons = (np.array([getattr(row, name) for row in rows], np.float64) for name in ("lat", "lon"))  # None: NaN
    try:
        inside = desk.system.survey.areas.inside(area, lats=lats, lons=lons, at=desk.now())
    except UnknownAreaError as error:
        raise Problem(422, str(error), code="unknown_area") from None
    return list(compress(rows, inside.tolist()))


def _bounds(text: str) -> Bounds:
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        raise Problem(422, "a bbox is west,south,east,north in degrees") from None
    # Written so that NaN fails as well.
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Problem(422, "a bbox is west,south,east,north in degrees, the smaller first")
    return Bounds(west=west, south=south, east=east, north=north)


def _get_on_duty(desk: Desk, callsign: str) -> Callsign:
    name = Callsign(callsign)
    if name not in desk.known.units:
        raise Problem(404, f"there is no unit {callsign}", code="no_unit")
    if not on_duty(desk.known, name):
        raise Problem(404, f"{callsign} is off duty and not shown", code="off_duty")
    return name


def _earlier(at: datetime, by: timedelta) -> datetime:
    try:
        return at - by
    except OverflowError:
        raise Problem(422, f"{at} is too long ago") from None
