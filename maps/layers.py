"""What is known, as GeoJSON (RFC 7946) for any map: units, incidents, closures, ways and tracks.

It decides geometry and layout. Which units may be shown, and what is said of them, was decided by who calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from arls.fix import Fix
    from arls.roads.path import Path
    from arls.roads.steps import Step

Feature = dict[str, Any]
Collection = dict[str, Any]

# RFC 7946, section 11.2: more decimals than the data hold only cost bytes. Seven are 11 mm.
DECIMALS = 7


class Row(Protocol):
    """A msgspec Struct that says where something is, in degrees, and whatever else there is to say."""

    __struct_fields__: ClassVar[tuple[str, ...]]

    @property
    def lat(self) -> float | None:
        """None when nobody knows."""

    @property
    def lon(self) -> float | None:
        """The same."""


class Outlined(Protocol):
    """A msgspec Struct that says where something lies by a GeoJSON geometry."""

    __struct_fields__: ClassVar[tuple[str, ...]]

    @property
    def geometry(self) -> dict[str, Any]:
        """RFC 7946."""


def feature_of(row: Row, *, identity: str) -> Feature:
    """A row as a point whose properties are its other fields; with no geometry while its place is unknown."""
    geometry = None
    if row.lat is not None and row.lon is not None:
        geometry = {"type": "Point", "coordinates": _coordinates(row.lat, row.lon)}
    properties = {name: getattr(row, name) for name in row.__struct_fields__ if name not in {"lat", "lon"}}
    return {"type": "Feature", "id": identity, "geometry": geometry, "properties": properties}


def collection_of(features: Iterable[Feature], **members: object) -> Collection:
    """Features as one layer; `members` say what else there is to say of it (RFC 7946, section 6.1)."""
    return {"type": "FeatureCollection", **members, "features": list(features)}


def shape_feature(row: Outlined, *, identity: str) -> Feature:
    """A row with a geometry of its own; its properties are its other fields."""
    properties = {name: getattr(row, name) for name in row.__struct_fields__ if name != "geometry"}
    return {"type": "Feature", "id": identity, "geometry": row.geometry, "properties": properties}


def path_feature(path: Path, **properties: object) -> Feature:
    """The line of a way by road; its properties are `eta_s`, `distance_m` and `streets`, and those given."""
    return line_feature(
        list(zip(path.lats.tolist(), path.lons.tolist(), strict=True)),
        eta_s=path.cost_ms / 1000,
        distance_m=round(path.length_m, 1),
        streets=path.streets,
        **properties,
    )


def rows_of(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The steps of a path as rows: `turn` and `angle_deg` into the `street`, `distance_m`, `duration_s`.

    `point` is the number of the line's position at which it begins, `exit` that of a roundabout or null.
    """
    return [
        {
            "turn": step.turn,
            "angle_deg": round(step.angle_deg),
            "street": step.street,
            "distance_m": round(step.length_m, 1),
            "duration_s": step.cost_ms / 1000,
            "exit": step.exit,
            "point": step.point,
        }
        for step in steps
    ]


def line_feature(places: Sequence[tuple[float, float]], **properties: object) -> Feature:
    """Successive (lat, lon) places: a line, or a point, or no geometry, as many as there are."""
    line = [_coordinates(lat, lon) for lat, lon in places]
    geometry: dict[str, Any] | None = None
    if len(line) > 1:  # RFC 7946, section 3.1.4: a line has two positions or more
        geometry = {"type": "LineString", "coordinates": line}
    elif line:
        geometry = {"type": "Point", "coordinates": line[0]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def track_feature(callsign: str, fixes: Iterable[Fix], believed: Iterable[bool]) -> Feature:
    """Where a unit was: its fixes in the order they were true, with a row of details for each position."""
    located = [
        (fix, fix.lat, fix.lon, true)
        for fix, true in zip(fixes, believed, strict=True)
        if fix.lat is not None and fix.lon is not None
    ]
    return line_feature(
        [(lat, lon) for _, lat, lon, _ in located],
        callsign=callsign,
        times=[fix.true_at for fix, *_ in located],
        accuracies_m=[fix.accuracy_m for fix, *_ in located],
        sources=[fix.source for fix, *_ in located],
        believed=[true for *_, true in located],
    )


def bytes_of(layer: Feature | Collection) -> bytes:
    """The layer as UTF-8 JSON."""
    return msgspec.json.encode(layer)


def _coordinates(lat: float, lon: float) -> list[float]:
    return [round(lon, DECIMALS), round(lat, DECIMALS)]
