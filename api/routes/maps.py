"""The map: layers of what is known, for other screens as well, and the tiles of the base map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response
from msgspec.structs import replace

from api.desk import GEOJSON, AtDesk, Desk, answer, describes
from api.problems import Problem
from api.views import closure_views, incident_views, on_duty, open_incidents, unit_rows
from arls.geo import Position
from arls.incident import AssignmentState
from maps.layers import collection_of, feature_of, path_feature, shape_feature

if TYPE_CHECKING:
    from arls.unit import Callsign
    from maps.tileset import Tileset

router = APIRouter(tags=["map"])

TILE_TYPE = "application/vnd.mapbox-vector-tile"

Zoom = Annotated[int, Path(ge=0, le=24)]
Index = Annotated[int, Path(ge=0, lt=1 << 24)]


@router.get("/v1/layers/units.geojson", **describes("the units on duty", media_type=GEOJSON))
def units_layer(desk: AtDesk) -> Response:
    """The units on duty, for other screens."""
    rows = unit_rows(desk.known, desk.now())
    return answer(collection_of(feature_of(row, identity=row.callsign) for row in rows), media_type=GEOJSON)


@router.get("/v1/layers/incidents.geojson", **describes("the open incidents", media_type=GEOJSON))
def incidents_layer(desk: AtDesk) -> Response:
    """The open incidents, for other screens."""
    known = desk.known
    views = incident_views(open_incidents(known), known, desk.system.roads)
    # Where callers are is for those who attend to them.
    views = tuple(replace(view, call_id="", caller_locations=()) for view in views)
    return answer(collection_of(feature_of(view, identity=view.id) for view in views), media_type=GEOJSON)


@router.get("/v1/layers/closures.geojson", **describes("the closures, in force and planned", media_type=GEOJSON))
def closures_layer(desk: AtDesk) -> Response:
    """The closures in force and those planned, for other screens."""
    views = closure_views(desk.known, desk.system.roads, desk.now())
    return answer(collection_of(shape_feature(view, identity=view.id) for view in views), media_type=GEOJSON)


@router.get("/v1/layers/routes.geojson", **describes("the ways of the units that are sent", media_type=GEOJSON))
def routes_layer(desk: AtDesk) -> Response:
    """The ways by which the units that are sent can get there."""
    known, roads = desk.known, desk.system.roads
    closures = known.closures_at(desk.now())
    features = []
    for callsign, name in known.active.items():
        assignment, start = known.assignments[name], _find_place(desk, callsign)
        if start is None or assignment.state is AssignmentState.AT_SCENE:
            continue
        incident = known.incidents[assignment.incident]
        path = roads.find_way(start, incident.goal, known.units[callsign].profile, closures=closures)
        if path is not None:
            features.append(
                path_feature(path, basis="road", callsign=callsign, incident=incident.id, assignment=assignment.id)
            )
    return answer(collection_of(features), media_type=GEOJSON)


@router.get("/tiles.json", **describes("TileJSON 3.0.0 of the base map"))
def tilejson(desk: AtDesk, request: Request) -> Response:
    """What the base map holds, and where its tiles are."""
    template = f"{request.base_url}tiles/{{z}}/{{x}}/{{y}}.mvt"
    return answer(_get_tileset(desk).tilejson(template))


@router.get("/v1/base-layers", **describes("other base maps that this force has set, by name"))
def base_layers(desk: AtDesk) -> Response:
    """Base maps beside our own: where their tiles are, and whom they are owed to."""
    return answer(
        [
            {"name": layer.name, "tiles": layer.template}
            | layer.model_dump(include={"attribution", "max_zoom", "tile_size"})
            for layer in desk.system.settings.map.base_layers
        ]
    )


@router.get("/tiles/{z}/{x}/{y}.mvt", **describes("a Mapbox Vector Tile", media_type=TILE_TYPE))
def tile(desk: AtDesk, request: Request, z: Zoom, x: Index, y: Index) -> Response:
    """204 where the map has nothing to show."""
    tileset = _get_tileset(desk)
    # Kept by the browser and asked for again by its tag, so that a rebuilt map is seen at once.
    headers = {"ETag": f'"{tileset.etag}"', "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(None, 304, headers)
    data = tileset.find_tile(z, x, y)
    if data is None:
        return Response(None, 204, headers)
    return Response(data, 200, headers | {"Content-Encoding": "gzip"}, media_type=TILE_TYPE)


def _get_tileset(desk: Desk) -> Tileset:
    tileset: Tileset | None = desk.system.tileset
    if tileset is None:
        raise Problem(404, "there is no base map for these roads")
    return tileset


def _find_place(desk: Desk, callsign: Callsign) -> Position | None:
    picture = desk.known.picture
    number = picture.numbers[callsign]
    if not picture.located[number] or not on_duty(desk.known, callsign):
        return None
    return Position(lat=float(picture.columns["lat"][number]), lon=float(picture.columns["lon"][number]))
