"""Closures at the door: what a body shuts, and what a change of closures did.

It decides that what shuts no road, or most of them, is a slip: the rules know no roads and could not tell. Whether and
when a closure may be made is theirs to decide.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from api.problems import Problem
from arls.closure import Area, Closure, ClosureId, Line, Point, Weekly, positions_of
from arls.geo import Position
from arls.roads.closures import POINT_REACH_M
from arls.roads.live import StretchError

if TYPE_CHECKING:
    from api.schemas import ClosureBody
    from arls.closure import Shape
    from arls.geo import Bounds
    from arls.roads.closures import Extent
    from arls.roads.live import Roads

# Whoever shuts more of the roads than this has slipped.
_MOST = 0.5
# What a shape shuts does not depend on when.
_EVER = datetime.min.replace(tzinfo=UTC)
# So far off the map may be where a road leaves it.
_MARGIN_M = 1_000.0


def asked_by(body: ClosureBody, roads: Roads) -> dict[str, Any]:
    """The fields of `messages.CloseRoads` that a body asks for. Raises Problem where they shut no road, or most."""
    return {
        "shape": shape_of(body, roads),
        "since": body.since,
        "until": body.until,
        "weekly": Weekly(**body.weekly.model_dump() | {"days": tuple(body.weekly.days)}) if body.weekly else None,
        "passable": tuple(sorted(set(body.passable))),
        "name": name_of(body),
        "reason": body.reason,
    }


def shape_of(body: ClosureBody, roads: Roads) -> Shape:
    """What a body shuts, drawn or named. Raises Problem where that is no road, or most."""
    shape: Shape = body.geometry if body.geometry is not None else _named_by(body, roads)
    _refuse_slips(shape, roads)
    return shape


def name_of(body: ClosureBody) -> str:
    """What people call it: as said, or by the streets that it was asked for by; empty where it was only drawn."""
    if body.name or not body.street:
        return body.name
    return f"{body.street} / {body.crossing}" if body.crossing else f"{body.street}, from {body.first} to {body.last}"


@lru_cache(maxsize=4096)
def extent_of(roads: Roads, shape: Shape) -> Extent:
    """What of the roads a shape shuts. A closure is shown at every change, and always shuts the same."""
    return roads.shut_by(Closure(id=ClosureId(""), shape=shape, since=_EVER))


def _named_by(body: ClosureBody, roads: Roads) -> Shape:
    near = Position(lat=body.near.lat, lon=body.near.lon) if body.near else None
    try:
        if body.crossing:
            return roads.find_meeting(body.street or "", body.crossing, near=near)
        return Line(positions=roads.find_stretch(body.street or "", body.first or "", body.last or "", near=near))
    except StretchError as error:
        raise Problem(422, str(error), code="no_such_stretch") from None


def _refuse_slips(shape: Shape, roads: Roads) -> None:
    shut_m = extent_of(roads, shape).length_m
    if not shut_m:
        raise Problem(422, _why_nothing(shape, roads), code="shuts_nothing")
    share = shut_m / _length_m(roads)
    if share > _MOST:
        said = f"this would shut {share:.0%} of all roads, and a closure shuts half of them at most: draw it smaller"
        raise Problem(422, said, code="shuts_most")


def _why_nothing(shape: Shape, roads: Roads) -> str:
    bounds = roads.network.bounds.grown_by(_MARGIN_M)
    positions = positions_of(shape)
    if not any(bounds.holds(at) for at in positions):
        west, south, east, north = (round(edge, 3) for edge in (bounds.west, bounds.south, bounds.east, bounds.north))
        if any(_swapped_in(at, bounds) for at in positions):
            return "this lies off the map: its numbers look swapped, GeoJSON writes [longitude, latitude]"
        return f"this lies off the map, which goes from {south}, {west} to {north}, {east} (latitude, longitude)"
    match shape:
        case Point():
            return f"this shuts nothing: no road is within {POINT_REACH_M:.0f} m of it"
        case Line():
            return "this shuts nothing: it runs along no road and crosses none"
        case Area():
            return "this shuts nothing: no road lies inside"


def _swapped_in(at: Position, bounds: Bounds) -> bool:
    return abs(at.lon) <= 90 and bounds.holds(Position(lat=at.lon, lon=at.lat))


@lru_cache(maxsize=8)
def _length_m(roads: Roads) -> float:
    """Of all roads, both directions counted once."""
    network = roads.network
    return float(network.arc_length_m[np.unique(network.arc_street, return_index=True)[1]].sum())
