"""What the maps say of a place, worked out at the door for whatever is put there.

It decides where each part of a locality comes from. What follows from it is the rules' to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from arls.locality import AreaRef, Locality, RoleBan
from arls.responsibility import Responsibility, responsible_desk
from maps.area_files import AreaFile, read_areas
from maps.area_rows import AreaError
from maps.areas import NO_AREAS, Area, AreaBook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from api.area_settings import AreaSettings, DeskSettings
    from arls.geo import Bounds, Position
    from arls.roads.live import Roads


class Survey:
    """The maps of one system. Many threads may ask at once."""

    def __init__(
        self, roads: Roads, areas: AreaBook = NO_AREAS, responsibilities: Sequence[Responsibility] = ()
    ) -> None:
        self.areas = areas
        self._roads = roads
        self._responsibilities = tuple(responsibilities)

    def locality_of(self, position: Position, at: datetime) -> Locality:
        """What is known of the place at that instant (UTC)."""
        road_class = self._road_class_at(position)
        holding = self.holding(position, at)
        named = tuple(area for area in holding if area.kind != "setting")
        refs = tuple(AreaRef(kind=area.kind, id=area.id, name=area.name) for area in named)
        return Locality(
            setting=self.areas.setting_of(holding, at),
            areas=refs,
            warnings=tuple(area.said for area in holding if area.kind == "warning"),
            forbidden_roles=_bans_of(holding),
            road_class=road_class,
            desk=self._desk_of(refs, named, road_class, at),
            talk_group=next((area.talk_group for area in reversed(self._policing(holding)) if area.talk_group), ""),
        )

    def holding(self, position: Position, at: datetime) -> tuple[Area, ...]:
        """The areas that hold the place then; those of roads only beside roads of their classes."""
        road_class = self._road_class_at(position)
        return tuple(area for area in self.areas.holding(position, at) if _is_for(area, road_class))

    def _road_class_at(self, position: Position) -> str:
        found = self._roads.find_road_class(position)
        return "" if found is None else found.name.lower()

    def _policing(self, holding: Sequence[Area]) -> list[Area]:
        return [area for area in holding if area.kind in self.areas.levels]

    def _desk_of(self, refs: Sequence[AreaRef], named: Sequence[Area], road_class: str, at: datetime) -> str:
        """By the settings; where they are silent, by what the areas themselves say."""
        of_areas = [
            Responsibility(
                desk=area.desk, areas=frozenset({f"{area.kind}:{area.id}"}), road_classes=frozenset(area.road_classes)
            )
            for area in named
            if area.desk
        ]
        by_settings = responsible_desk(self._responsibilities, refs, road_class, at)
        return by_settings or responsible_desk(of_areas, refs, road_class, at)


def _is_for(area: Area, road_class: str) -> bool:
    return area.kind != "road" or not area.road_classes or road_class in area.road_classes


def _bans_of(holding: Sequence[Area]) -> tuple[RoleBan, ...]:
    return tuple(
        RoleBan(role=role, reason=area.powers or f"{area.name} is not for a {role} alone")
        for area in holding
        for role in area.forbidden_roles
    )


def read_area_book(settings: AreaSettings) -> AreaBook:
    """The areas that the settings name. Raises AreaError for a file that cannot be used."""
    files = [AreaFile(**dict(file)) for file in settings.files]
    return read_areas(files, zone=ZoneInfo(settings.zone), levels=settings.levels)


def survey_of(roads: Roads, areas: AreaBook, desks: Sequence[DeskSettings]) -> Survey:
    """The maps of a system. Raises AreaError where areas and roads, or desks and areas, cannot be of one place."""
    _refuse_elsewhere(areas, roads.network.bounds)
    known = {name for area in areas.areas for name in (area.id, f"{area.kind}:{area.id}")}
    for desk in desks:
        missing = sorted(set(desk.areas) - known)
        if missing:
            raise AreaError(f"desks: {desk.name} answers for {missing[0]}, and no area file has an area of that id")
    rows = [
        Responsibility(
            desk=desk.name, areas=frozenset(desk.areas), road_classes=frozenset(desk.road_classes), since=desk.since
        )
        for desk in desks
    ]
    return Survey(roads, areas, rows)


def _refuse_elsewhere(areas: AreaBook, roads: Bounds) -> None:
    box = areas.bounds
    if box is None:
        return
    if box.west > roads.east or roads.west > box.east or box.south > roads.north or roads.south > box.north:
        said = f"latitude {box.south:.2f} to {box.north:.2f}, longitude {box.west:.2f} to {box.east:.2f}"
        raise AreaError(
            f"the areas ({said}) lie nowhere near the roads: are they of another place, or its axes swapped?"
        )
