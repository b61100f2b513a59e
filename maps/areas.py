"""Who polices a place and what to know there: areas by kind, found by place at an instant.

It decides which areas hold a place, and that of each level of policing exactly one does. Reading them is `area_files`'.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import shapely

from arls.geo import Bounds, Position, metres_between
from arls.locality import KINDS, LEVELS, Setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Shapes = NDArray[np.object_]
    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """An area as its file has it, from `since` until `until` (None: always); empty text: nothing is known."""

    kind: str
    id: str  # of its kind
    name: str
    note: str = ""
    setting: Setting = Setting.UNKNOWN  # of a `setting`
    powers: str = ""  # who may use the powers that hold here
    forbidden_roles: tuple[str, ...] = ()  # roles that may not be sent here
    since: datetime | None = None
    until: datetime | None = None
    owner: str = ""
    review_by: date | None = None
    talk_group: str = ""
    contact: str = ""  # how to hail whoever polices it
    desk: str = ""
    road_classes: tuple[str, ...] = ()  # on which roads that desk answers; none: on all
    source: str = ""  # the file it was read from

    def holds_at(self, at: datetime) -> bool:
        """Whether it holds at the instant: from `since`, before `until`."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)

    def meets(self, other: Area) -> bool:
        """Whether there is an instant at which both hold."""
        apart = (self.until is not None and other.since is not None and self.until <= other.since) or (
            other.until is not None and self.since is not None and other.until <= self.since
        )
        return not apart

    @property
    def said(self) -> str:
        """What it is called and what there is to know, as one sentence."""
        return ": ".join(dict.fromkeys(part for part in (self.name, self.note) if part))


class Near(msgspec.Struct, frozen=True, kw_only=True):
    """An area, and how far from a place it begins; 0 inside."""

    area: Area
    distance_m: float


class UnknownAreaError(LookupError):
    """There is no such area, or several; the text is one sentence."""


class AreaBook:
    """Areas in degrees (WGS 84), findable by place. Many threads may ask at once."""

    def __init__(
        self, areas: Sequence[Area] = (), shapes: Sequence[object] = (), levels: Sequence[str] = LEVELS
    ) -> None:
        """`shapes` are the valid polygons of `areas`, one each."""
        self.areas = tuple(areas)
        self.levels = tuple(levels)
        self.shapes: Shapes = np.array(shapes, dtype=object)
        self._tree = shapely.STRtree(self.shapes)
        self._place = {kind: number for number, kind in enumerate((*self.levels, *KINDS))}
        shapely.prepare(self.shapes)
        # GEOS builds the tree and each prepared shape at the first question, and two threads must not ask that one.
        self._tree.query(shapely.Point(0.0, 0.0))
        shapely.covers(self.shapes, shapely.point_on_surface(self.shapes))
        self._parents = self._parents_of_all()

    def holding(self, position: Position, at: datetime) -> tuple[Area, ...]:
        """The areas that hold the place then: one of each level, the widest first; then all others, by kind and id.

        An edge belongs to the areas on both sides of it. Where several areas of a level hold a place, the one that
        lies in the area of the level above has it, and of these the one whose id comes first.
        """
        found = [number for number in self._covering(position).tolist() if self.areas[number].holds_at(at)]
        policing = self._one_of_each_level(found)
        others = [number for number in found if self.areas[number].kind not in self.levels]
        return tuple(self.areas[number] for number in (*policing, *sorted(others, key=self._order)))

    def setting_at(self, position: Position, at: datetime) -> Setting:
        """Urban wherever an urban area holds the place, else rural where a rural one does.

        Where only urban areas are drawn, what else is policed is rural; and the other way round.
        """
        return self.setting_of(self.holding(position, at), at)

    def setting_of(self, holding: Iterable[Area], at: datetime) -> Setting:
        """The same, of the areas that hold a place."""
        here = tuple(holding)
        said = {area.setting for area in here if area.kind == "setting"}
        for setting in (Setting.URBAN, Setting.RURAL):
            if setting in said:
                return setting
        drawn = {area.setting for area in self.areas if area.kind == "setting" and area.holds_at(at)}
        policed = any(area.kind in self.levels for area in here) or not any(a.kind in self.levels for a in self.areas)
        if len(drawn) == 1 and policed:
            return Setting.RURAL if drawn == {Setting.URBAN} else Setting.URBAN
        return Setting.UNKNOWN

    def near(self, position: Position, at: datetime, *, kind: str, within_m: float) -> tuple[Near, ...]:
        """The areas of a kind that begin within so many metres, the nearest first."""
        point = shapely.Point(position.lon, position.lat)
        here = Bounds(west=position.lon, south=position.lat, east=position.lon, north=position.lat)
        box = here.grown_by(within_m)
        found = []
        for number in self._tree.query(shapely.box(box.west, box.south, box.east, box.north)).tolist():
            area = self.areas[number]
            if area.kind == kind and area.holds_at(at):
                edge = shapely.get_coordinates(shapely.shortest_line(self.shapes[number], point))[0]
                distance_m = metres_between(position, Position(lat=float(edge[1]), lon=float(edge[0])))
                found.append(Near(area=area, distance_m=round(distance_m, 1)))
        return tuple(sorted((n for n in found if n.distance_m <= within_m), key=lambda n: (n.distance_m, n.area.id)))

    def inside(self, name: str, *, lats: Floats, lons: Floats, at: datetime) -> Bools:
        """[N] which places lie in the area `name`, an id or `kind:id`; its edge counts. NaN lies nowhere.

        Raises UnknownAreaError when no area has that name then, or areas of several kinds do.
        """
        mask = np.zeros(len(lats), np.bool_)
        for number in self._named(name, at):
            mask |= shapely.intersects_xy(self.shapes[number], lons, lats)
        return mask

    def at(self, at: datetime) -> list[tuple[Area, BaseGeometry]]:
        """The areas that hold at the instant, each with its shape, the widest first."""
        return [
            (self.areas[number], self.shapes[number])
            for number in sorted(range(len(self.areas)), key=self._order)
            if self.areas[number].holds_at(at)
        ]

    @property
    def bounds(self) -> Bounds | None:
        """The box round all of them; None where there are none."""
        if not len(self.shapes):
            return None
        west, south, east, north = map(float, shapely.total_bounds(self.shapes))
        return Bounds(west=west, south=south, east=east, north=north)

    def _covering(self, position: Position) -> Longs:
        point = shapely.Point(position.lon, position.lat)
        near = np.sort(self._tree.query(point))
        return near[shapely.covers(self.shapes[near], point)]

    def _order(self, number: int) -> tuple[int, str, int]:
        return self._place[self.areas[number].kind], self.areas[number].id, number

    def _one_of_each_level(self, found: Sequence[int]) -> list[int]:
        chosen: list[int] = []
        for level in self.levels:
            among = [number for number in found if self.areas[number].kind == level]
            if among:
                above = set(chosen)
                chosen.append(min(among, key=lambda n: (not self._parents[n] & above, self._order(n))))
        return chosen

    def _parents_of_all(self) -> list[frozenset[int]]:
        """Of each area of a level those of wider levels that hold the middle of it."""
        middles = shapely.point_on_surface(self.shapes)
        parents = []
        for number, area in enumerate(self.areas):
            wider = set(self.levels[: self.levels.index(area.kind)]) if area.kind in self.levels else set()
            near = self._tree.query(middles[number]) if wider else np.empty(0, np.int64)
            held = near[shapely.covers(self.shapes[near], middles[number])].tolist()
            parents.append(frozenset(one for one in held if self.areas[one].kind in wider))
        return parents

    def _named(self, name: str, at: datetime) -> list[int]:
        kind, colon, identity = name.rpartition(":")
        found = [
            number
            for number, area in enumerate(self.areas)
            if area.holds_at(at) and (area.id == name or (colon and (area.kind, area.id) == (kind, identity)))
        ]
        kinds = sorted({self.areas[number].kind for number in found})
        if not found:
            raise UnknownAreaError(f"there is no area {name}")
        if len(kinds) > 1:
            raise UnknownAreaError(f"{name} is a {' and a '.join(kinds)}: say which, as {kinds[0]}:{name}")
        return found


NO_AREAS = AreaBook()
