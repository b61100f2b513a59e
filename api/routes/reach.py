"""How far one gets in so many minutes, and from where one gets here in so many: isochrones, and minutes arc by arc.

Everything is computed in the thread pool, from what is known now and under the closures in force.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from fastapi import APIRouter, Query, Response

from api.desk import GEOJSON, AtDesk, Desk, answer, describes, position_of
from api.problems import Problem
from api.schemas import CallsignText, Name, PlaceQuery
from api.views import on_duty
from arls.roads.live import Asked
from arls.roads.snap import WIDEST_REACH_M
from arls.unit import Callsign
from maps.reach import MinutesError, arcs_layer, ground_layer, minutes_of

if TYPE_CHECKING:
    from arls.closure import Closures
    from arls.geo import Position
    from arls.roads.spread import Spread

router = APIRouter(prefix="/v1", tags=["ranking"])

DEFAULT_PROFILE = "car-response"

PlaceOrNone = PlaceQuery | None


@router.get("/reach", **describes("the ground, or the pieces of arcs, that are reached in time", media_type=GEOJSON))
def reach(
    desk: AtDesk,
    start: Annotated[PlaceOrNone, Query(alias="from", description="LAT,LON: how far one gets from here")] = None,
    end: Annotated[PlaceOrNone, Query(alias="to", description="LAT,LON: from where one gets here")] = None,
    callsign: Annotated[CallsignText | None, Query(description="how far this unit gets from where it is")] = None,
    profile: Annotated[Name | None, Query(description="the unit's own by default, else car-response")] = None,
    minutes: Annotated[str, Query(max_length=60, description="one to six, up to 120 each")] = "5,10,15",
    kind: Annotated[Literal["polygons", "arcs"], Query(alias="as")] = "polygons",
) -> Response:
    """Isochrones, the widest first, each within the one before; or every piece of an arc with its minutes."""
    contours = _minutes(minutes)
    closures = desk.known.closures_at(desk.now())
    match (start, end, callsign):
        case (str(), None, None):
            source: dict[str, object] = {"from": start}
            spread = _spread(desk, position_of(start), profile, closures, towards=False)
        case (None, str(), None):
            source = {"to": end}
            spread = _spread(desk, position_of(end), profile, closures, towards=True)
        case (None, None, str()):
            source = {"callsign": callsign}
            spread = _spread_of(desk, Callsign(callsign), profile, closures)
        case _:
            raise Problem(422, "say one of `from`, `to` and `callsign`", code="no_such_reach")
    layer_of = ground_layer if kind == "polygons" else arcs_layer
    told = source | {"profile": spread.weights.profile, "closures": [one.id for one in closures]}
    return answer(layer_of(desk.system.roads.network, spread, contours, told), media_type=GEOJSON)


def _minutes(text: str) -> list[float]:
    try:
        return minutes_of(text)
    except MinutesError as error:
        raise Problem(422, str(error), code="no_such_minutes") from None


def _spread(desk: Desk, position: Position, profile: str | None, closures: Closures, *, towards: bool) -> Spread:
    name = _by_road(desk, profile or DEFAULT_PROFILE)
    spread = desk.system.roads.spread([position], name, towards=towards, closures=closures)
    if not len(spread.places.arc):
        detail = f"this is off the map: there is no road for {name} within {WIDEST_REACH_M:.0f} m of it"
        raise Problem(404, detail, code="off_map")
    return spread


def _spread_of(desk: Desk, callsign: Callsign, profile: str | None, closures: Closures) -> Spread:
    known = desk.known
    picture = known.picture
    number = picture.numbers.get(callsign)
    if number is None:
        raise Problem(404, f"there is no unit {callsign}", code="no_unit")
    if not on_duty(known, callsign):
        raise Problem(409, f"{callsign} is off duty", code="off_duty")
    if not picture.located[number]:
        raise Problem(409, f"nobody knows where {callsign} is", code="no_position")
    name = _by_road(desk, profile or known.units[callsign].profile)
    asked = Asked(profile=name, numbers=np.array([number]), columns=picture.columns)
    spread = desk.system.roads.spread_of(asked, closures=closures)
    if not len(spread.places.arc):
        detail = f"{callsign} is off the map: there is no road for {name} within {WIDEST_REACH_M:.0f} m of it"
        raise Problem(404, detail, code="off_map")
    return spread


def _by_road(desk: Desk, profile: str) -> str:
    """The name, if it is that of a profile that goes by road. Raises Problem when it is not."""
    name = desk.get_profile(profile)
    if desk.system.roads.profile(name).kind != "road":
        raise Problem(422, f"{name} does not go by road: only what does has a reach", code="not_by_road")
    return name
