"""Incidents that may be one: near each other, made within a short time, and of one type as far as it is known.

It decides what is worth a dispatcher's look. Whether two are one is theirs to say: they link them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from arls.geo import distances_m
from arls.incident import IncidentId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arls.incident import Incident

# A street fight is called in from both ends of the street, and for as long as it lasts.
WITHIN_M: Final = 500.0
WITHIN_S: Final = 45 * 60.0


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """Another incident that may be the same."""

    incident: IncidentId
    distance_m: float
    apart_s: float  # between when the one and the other became known
    same_type: bool  # false: one of them has no type
    created_at: datetime
    closed: bool
    linked: bool  # somebody said so already


def duplicates_of(
    incident: Incident, others: Iterable[Incident], *, within_m: float = WITHIN_M, within_s: float = WITHIN_S
) -> list[Likeness]:
    """Those that may be the same, the likeliest first: linked, then same type, then near, then soon after."""
    near = [
        other
        for other in others
        if other.id != incident.id
        and _apart_s(incident, other) <= within_s
        and (_type_of(incident) == _type_of(other) or not _type_of(incident) or not _type_of(other))
    ]
    here = np.full(len(near), incident.lat), np.full(len(near), incident.lon)
    lats, lons = np.array([one.lat for one in near]), np.array([one.lon for one in near])
    away_m = distances_m(from_lats=here[0], from_lons=here[1], to_lats=lats, to_lons=lons) if near else lats
    found = [
        Likeness(
            incident=other.id,
            distance_m=round(metres, 1),
            apart_s=round(_apart_s(incident, other), 3),
            same_type=_type_of(incident) == _type_of(other) != "",
            created_at=other.created_at,
            closed=other.closed_at is not None,
            linked=other.id in incident.links,
        )
        for other, metres in zip(near, away_m.tolist(), strict=True)
        if metres <= within_m
    ]
    return sorted(found, key=lambda one: (not one.linked, not one.same_type, one.distance_m, one.apart_s, one.incident))


def _apart_s(one: Incident, other: Incident) -> float:
    return abs(((one.called_at or one.created_at) - (other.called_at or other.created_at)).total_seconds())


def _type_of(incident: Incident) -> str:
    return incident.type.strip().casefold()
