"""Units and incidents as the bodies of webhooks: as Traccar forwards positions, and as GeoJSON (RFC 7946).

It decides the fields. When a body is sent, and how often, is `out`'s.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import msgspec

from arls.fix import FixKind
from gateways.out.telling import IncidentTold, UnitTold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gateways.out.telling import Row, Telling

# The knot of Traccar's speeds: 1852 m an hour.
_KNOTS_PER_MPS = 3600 / 1852
# Features of one body; more are several bodies.
MOST_FEATURES = 500


def traccar_body(telling: Telling) -> bytes | None:
    """A unit's position as Traccar's `forward.type=json` sends it; None for what that cannot say.

    Of whoever is no longer told of, its event `deviceOffline`, as Traccar forwards events.
    """
    match telling.row:
        case UnitTold() as told:
            return msgspec.json.encode({"position": _position(told, telling.at), "device": _device(telling, told)})
        case None if ".unit." in telling.uid:
            event = {"type": "deviceOffline", "eventTime": _written(telling.at), "attributes": {}}
            return msgspec.json.encode({"event": event, "device": {"uniqueId": telling.uid, "status": "offline"}})
        case _:
            return None


def _position(told: UnitTold, at: datetime) -> dict[str, Any]:
    fix = told.fix
    attributes: dict[str, Any] = {"fix": fix.id, "availability": told.availability}
    attributes |= {"alarm": "sos"} if told.emergency else {}
    attributes |= {"mock": True} if "mock" in fix.flags else {}
    attributes |= {"approximate": True} if fix.kind is FixKind.ESTIMATED else {}
    return {
        "id": 0,  # ours are words: attributes.fix
        "deviceId": told.number + 1,
        "protocol": fix.protocol or "arls",
        "serverTime": _written(fix.received_at),
        "deviceTime": _written(told.since),
        "fixTime": _written(told.since),
        "outdated": at >= told.until,
        "valid": True,
        "latitude": told.lat,
        "longitude": told.lon,
        "altitude": fix.altitude_m or 0.0,
        "speed": (fix.speed_mps or 0.0) * _KNOTS_PER_MPS,
        "course": fix.course_deg or 0.0,
        "accuracy": fix.accuracy_m or 0.0,
        "attributes": attributes,
    }


def _device(telling: Telling, told: UnitTold) -> dict[str, Any]:
    return {
        "id": told.number + 1,
        "uniqueId": telling.uid,
        "name": told.unit.callsign,
        "category": told.unit.kind,
        "status": "online" if telling.at < told.until else "unknown",
        "lastUpdate": _written(told.fix.received_at),
    }


def geojson_body(tellings: Sequence[Telling]) -> bytes:
    """What has changed: a feature each, with no geometry and `gone` for what is no longer told of."""
    return msgspec.json.encode({"type": "FeatureCollection", "features": [_feature(it) for it in tellings]})


def _feature(telling: Telling) -> dict[str, Any]:
    geometry, properties = None, {"gone": True}
    if telling.row is not None:
        (lat, lon), properties = _said(telling.row)
        geometry = {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]}
    words = properties | {"at": _written(telling.at)}
    return {"type": "Feature", "id": telling.uid, "geometry": geometry, "properties": words}


def _said(row: Row) -> tuple[tuple[float, float], dict[str, Any]]:
    """Latitude and longitude, and what else there is to say; unknown is null."""
    match row:
        case UnitTold(unit=unit, fix=fix):
            return (row.lat, row.lon), {
                "what": "unit",
                "callsign": unit.callsign,
                "kind": unit.kind,
                "capabilities": unit.capabilities,
                "availability": row.availability,
                "emergency": row.emergency,
                "fix": fix.id,
                "fix_time": _written(row.since),
                "stale_at": _written(row.until),
                "accuracy_m": fix.accuracy_m,
                "speed_mps": fix.speed_mps,
                "course_deg": fix.course_deg,
            }
        case IncidentTold(incident=incident):
            return (incident.lat, incident.lon), {
                "what": "incident",
                "incident": incident.id,
                "grade": incident.grade,
                "type": incident.type,
                "text": incident.text,
                "created_at": _written(incident.created_at),
            }


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
