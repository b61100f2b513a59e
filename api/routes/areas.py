"""Areas: who polices a place and what to know there, the map layer of them, and the contact officer's view."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.area_views import ContactView, PlaceView, area_feature, contact_view, place_view
from api.desk import GEOJSON, AtDesk, answer, describes
from api.schemas import LatQuery, LonQuery, Name  # noqa: TC001 - FastAPI reads them
from arls.geo import Position
from maps.layers import collection_of

router = APIRouter(prefix="/v1", tags=["areas"])


@router.get("/areas", **describes(PlaceView))
def areas(desk: AtDesk, lat: LatQuery, lon: LonQuery) -> Response:
    """Who polices here, and what to know: areas, notes, warnings, neighbours to hail, and whose desk it is."""
    return answer(place_view(desk, Position(lat=lat, lon=lon)))


@router.get("/contact", **describes(ContactView))
def contact(desk: AtDesk, lat: LatQuery, lon: LonQuery) -> Response:
    """How soon somebody could be there and what to know, without saying who and from where."""
    return answer(contact_view(desk, Position(lat=lat, lon=lon)))


@router.get("/layers/areas.geojson", **describes("the areas that hold now, the widest first", media_type=GEOJSON))
def areas_layer(
    desk: AtDesk,
    kind: Annotated[list[Name], Query(max_length=16, description="of these kinds; left out: of all")] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """The areas, for other screens."""
    held = desk.system.survey.areas.at(desk.now())
    features = (area_feature(area, shape) for area, shape in held if not kind or area.kind in kind)
    return answer(collection_of(features), media_type=GEOJSON)
