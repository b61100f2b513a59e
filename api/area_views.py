"""What clients are shown of a place: who polices it, what to know there, and who could come, without saying where from.

It decides fields and their names, and how coarse a contact officer's answer is.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from math import ceil
from typing import TYPE_CHECKING

import msgspec
import shapely

from arls.geo import find_grid_reference
from arls.locality import Setting
from arls.ranking import Question, rank

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from api.desk import Desk
    from arls.geo import Position
    from maps.areas import Area
    from maps.layers import Feature

# A neighbour whose area begins within so much is worth hailing.
HAIL_WITHIN_M = 5_000.0
# A contact officer is told minutes in steps, and nothing beyond the last.
STEP_MIN = 5
STEPS_MIN = (5, 10, 15, 30)


class AreaView(msgspec.Struct, frozen=True, kw_only=True):
    """An area: what it is called, what to know there, who answers for it. Empty text: nothing is known."""

    kind: str
    id: str
    name: str
    note: str
    powers: str  # who may use the powers that hold here
    forbidden_roles: tuple[str, ...]  # roles that may not be sent here
    contact: str
    talk_group: str
    desk: str
    owner: str
    review_by: date | None
    review_overdue: bool
    since: datetime | None
    until: datetime | None


class NeighbourView(msgspec.Struct, frozen=True, kw_only=True):
    """A force or service next door: how to hail it, and how far off its area begins (0: here)."""

    id: str
    name: str
    note: str
    contact: str
    talk_group: str
    distance_m: float


class PlaceView(msgspec.Struct, frozen=True, kw_only=True):
    """Who polices a place and what to know there, now."""

    lat: float
    lon: float
    at: datetime
    place: str | None  # the nearest street
    grid_ref: str | None
    setting: Setting
    road_class: str
    desk: str  # that answers for it; empty: none was named
    talk_group: str
    policing: tuple[AreaView, ...]  # one of each level, the widest first
    notes: tuple[AreaView, ...]  # priority areas, orders, responses and roads
    warnings: tuple[AreaView, ...]
    neighbours: tuple[NeighbourView, ...]  # the nearest first


class Nearby(msgspec.Struct, frozen=True, kw_only=True):
    """How many free units of a kind could be there within so many minutes."""

    kind: str
    within_min: int
    units: int


class ContactView(msgspec.Struct, frozen=True, kw_only=True):
    """What a contact officer may tell a caller: who polices the place, what to know, and how soon somebody could come.

    Nobody is named and nobody's position can be read from it: minutes are in steps of five.
    """

    lat: float
    lon: float
    at: datetime
    place: str | None
    setting: Setting
    policing: tuple[AreaView, ...]
    team: str  # the smallest area that names a contact
    team_contact: str
    notes: tuple[AreaView, ...]
    warnings: tuple[AreaView, ...]
    soonest_min: int | None  # about so many minutes; None: nobody free by a known road within half an hour
    nearby: tuple[Nearby, ...]  # free units by kind, the soonest step first; each is counted once


def place_view(desk: Desk, position: Position) -> PlaceView:
    """What is known of a place now."""
    at, system = desk.now(), desk.system
    book, locality = system.survey.areas, system.survey.locality_of(position, at)
    policing, notes, warnings = _sorted_out(desk, position, at)
    return PlaceView(
        lat=position.lat,
        lon=position.lon,
        at=at,
        place=system.roads.find_street(position),
        grid_ref=find_grid_reference(position),
        setting=locality.setting,
        road_class=locality.road_class,
        desk=locality.desk,
        talk_group=locality.talk_group,
        policing=policing,
        notes=notes,
        warnings=warnings,
        neighbours=tuple(
            NeighbourView(
                id=near.area.id,
                name=near.area.name,
                note=near.area.note,
                contact=near.area.contact,
                talk_group=near.area.talk_group,
                distance_m=near.distance_m,
            )
            for near in book.near(position, at, kind="neighbour", within_m=HAIL_WITHIN_M)
        ),
    )


def contact_view(desk: Desk, position: Position) -> ContactView:
    """What a contact officer may know of a place now."""
    at, system = desk.now(), desk.system
    locality = system.survey.locality_of(position, at)
    policing, notes, warnings = _sorted_out(desk, position, at)
    team = next((area for area in reversed(policing) if area.contact), None)
    nearby = _nearby(desk, position, at)
    return ContactView(
        lat=position.lat,
        lon=position.lon,
        at=at,
        place=system.roads.find_street(position),
        setting=locality.setting,
        policing=policing,
        team=team.name if team else "",
        team_contact=team.contact if team else "",
        notes=notes,
        warnings=warnings,
        soonest_min=min((near.within_min for near in nearby), default=None),
        nearby=nearby,
    )


def area_feature(area: Area, shape: BaseGeometry) -> Feature:
    """An area as GeoJSON; its geometry is JSON already."""
    properties = {name: getattr(area, name) for name in area.__struct_fields__}
    geometry = msgspec.Raw(shapely.to_geojson(shape).encode())
    return {"type": "Feature", "id": f"{area.kind}:{area.id}", "geometry": geometry, "properties": properties}


def _sorted_out(
    desk: Desk, position: Position, at: datetime
) -> tuple[tuple[AreaView, ...], tuple[AreaView, ...], tuple[AreaView, ...]]:
    """The areas of a place: who polices it, what else holds there, and what to beware of."""
    book = desk.system.survey.areas
    holding = desk.system.survey.holding(position, at)
    policing = tuple(_view(area, at) for area in holding if area.kind in book.levels)
    warnings = tuple(_view(area, at) for area in holding if area.kind == "warning")
    apart = {*book.levels, "warning", "setting", "neighbour"}
    return policing, tuple(_view(area, at) for area in holding if area.kind not in apart), warnings


def _view(area: Area, at: datetime) -> AreaView:
    told = {name: getattr(area, name) for name in AreaView.__struct_fields__ if name != "review_overdue"}
    return AreaView(**told, review_overdue=area.review_by is not None and area.review_by < at.date())


def _nearby(desk: Desk, position: Position, at: datetime) -> tuple[Nearby, ...]:
    ranking = rank(Question(position=position, at=at), desk.known, desk.system.roads)
    steps: Counter[tuple[int, str]] = Counter()
    for candidate in ranking.candidates:
        minutes = ceil(candidate.eta_s.mid / 60 / STEP_MIN) * STEP_MIN
        step = next((step for step in STEPS_MIN if minutes <= step), None)
        if step is not None:
            steps[step, candidate.kind] += 1
    return tuple(Nearby(kind=kind, within_min=step, units=units) for (step, kind), units in sorted(steps.items()))
