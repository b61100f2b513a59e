"""The way that a terminal shows: to the incident, or to its RVP and not past the incident.

It decides only which way that is, and says so where there is none round the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from arls.closure import Closure, ClosureId, Point
from arls.geo import Position

if TYPE_CHECKING:
    from datetime import datetime

    from arls.closure import Closures
    from arls.incident import Incident
    from arls.roads.live import Roads

_PASSES = "no way round the address is known: this one passes it"
_PASSES_NOT = "do not pass the address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """A way as [longitude, latitude] points, and what to know of it."""

    points: tuple[tuple[float, float], ...]
    note: str


def find_approach(
    start: Position, incident: Incident, profile: str, roads: Roads, closures: Closures, at: datetime
) -> Approach | None:
    """The way from a place under these closures; None where no road is known."""
    path, said = roads.find_way(start, incident.goal, profile, closures=closures), ""
    if path is None:
        return None
    if incident.rvp is not None:
        said = _PASSES_NOT
        here = Point(position=Position(lat=incident.lat, lon=incident.lon))
        barrier = Closure(id=ClosureId(f"address of {incident.id}"), shape=here, since=at)
        if roads.met_by(path, profile, (barrier,)):
            round_it = roads.find_way(start, incident.goal, profile, closures=(*closures, barrier))
            path, said = (round_it, said) if round_it is not None else (path, _PASSES)
        said = ". ".join(part for part in (incident.rvp.note, said) if part)
    points = zip(path.lons.tolist(), path.lats.tolist(), strict=True)
    return Approach(points=tuple((round(lon, 6), round(lat, 6)) for lon, lat in points), note=said)
