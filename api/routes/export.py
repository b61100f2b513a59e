"""The picture and the incidents as one GeoPackage, for QGIS and whatever else opens maps."""

from __future__ import annotations

from fastapi import APIRouter, Response
from msgspec.structs import replace

from api.area_views import area_feature
from api.desk import AtDesk, describes
from api.views import closure_views, incident_views, unit_rows
from maps.geopackage import geopackage_of
from maps.layers import feature_of, shape_feature

router = APIRouter(prefix="/v1", tags=["map"])

GEOPACKAGE = "application/geopackage+sqlite3"


@router.get("/export.gpkg", **describes("layers units, incidents, closures and areas", media_type=GEOPACKAGE))
def export(desk: AtDesk) -> Response:
    """What is known now: units on duty, all incidents, closures and areas. Where callers are is not in it."""
    known, at, system = desk.known, desk.now(), desk.system
    incidents = incident_views(known.incidents.values(), known, system.roads)
    unnamed = [replace(view, call_id="", caller_locations=()) for view in incidents]
    layers = {
        "units": [feature_of(row, identity=row.callsign) for row in unit_rows(known, at)],
        "incidents": [feature_of(view, identity=view.id) for view in unnamed],
        "closures": [shape_feature(view, identity=view.id) for view in closure_views(known, system.roads, at)],
        "areas": [area_feature(area, shape) for area, shape in system.survey.areas.at(at)],
    }
    body = geopackage_of(layers, at=at.isoformat(), picture=str(known.position), force=system.settings.force)
    name = f"arls-{at:%Y%m%dT%H%M%SZ}.gpkg"
    return Response(body, media_type=GEOPACKAGE, headers={"Content-Disposition": f'attachment; filename="{name}"'})
