"""Where somebody may be: a circle, and whose word it is.

It decides which circle is a caller's. What follows for a ranking is `expanse`'s to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from arls.caller import CallId, best_first
from arls.geo import Position, metres_between
from arls.unit import Callsign

if TYPE_CHECKING:
    from arls.incident import Incident
    from arls.state import Known

# A smaller circle is a place: units come to a house from one side of it or the other anyway.
SMALLEST_M: Final = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Somewhere within `radius_m` metres of `centre`, any part of it as likely as any other."""

    centre: Position
    radius_m: float
    confidence: float | None  # 0 to 1: how probably inside; None: not said
    source: str  # `aml, gnss`


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the circle that no road near it joins to the rest."""

    name: str  # `the north`, `the M6 northbound`
    share: float  # of the circle, 0 to 1
    first: Callsign | None  # who is first in most of it
    lat: float  # a place in it
    lon: float


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """A circle that was ranked for as a whole, by which method and on whose word."""

    lat: float
    lon: float
    radius_m: float
    confidence: float | None
    source: str
    method: str
    firsts: dict[Callsign, float]  # the share of the circle in which each is first, the largest first
    sides: tuple[Side, ...]  # the largest first; empty: it is all one


def find_circle(incident: Incident, known: Known) -> Circle | None:
    """The circle of the incident's caller by the best location there is; None: no call, no circle, or a point."""
    call = known.callers.get(CallId(incident.call_id)) if incident.call_id else None
    best = next(iter(best_first(call.locations)), None) if call else None
    if best is None or best.position is None or (best.accuracy_m or 0.0) < SMALLEST_M:
        return None
    return Circle(
        centre=best.position,
        radius_m=best.accuracy_m or 0.0,
        confidence=best.accuracy_confidence,
        source=", ".join(part for part in (best.protocol or "caller", best.method or "") if part),
    )


def find_doubt(incident: Incident, known: Known) -> Circle | None:
    """The caller's circle where the incident is within it: nobody has said yet where in it the caller is."""
    circle = find_circle(incident, known)
    if circle is None:
        return None
    away_m = metres_between(circle.centre, Position(lat=incident.lat, lon=incident.lon))
    return circle if away_m <= circle.radius_m else None
