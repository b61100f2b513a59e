"""What the maps say of a place: its areas, whether it is urban, what to beware of, which road, whose desk.

It is worked out at the door, from area files and roads, and frozen in the incident. Rules and rankings read only this,
never a polygon, so that a replay needs no map.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection


# Who polices, the widest first; a site may name its own levels, as many as it has.
LEVELS = ("force", "bcu", "lpu", "beat")
# Whatever else may be drawn on a map.
KINDS = ("setting", "priority", "pspo", "warning", "response", "road", "neighbour")


class Setting(StrEnum):
    """Which target of a grade holds at a place."""

    URBAN = "urban"
    RURAL = "rural"
    UNKNOWN = "unknown"  # no area file says


class AreaRef(msgspec.Struct, frozen=True, kw_only=True):
    """An area by its kind (force, lpu, beat, pspo ...), its id among those of its kind, and what people call it."""

    kind: str
    id: str
    name: str

    @property
    def names(self) -> tuple[str, str]:
        """By what a setting or an operation may name it: its id, or its kind and its id, where ids are not enough."""
        return self.id, f"{self.kind}:{self.id}"


class RoleBan(msgspec.Struct, frozen=True, kw_only=True):
    """A role that may not be sent to a place alone, and why not: some powers are an officer's only."""

    role: str
    reason: str


class Locality(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one place at one instant; empty where no area file speaks of it."""

    setting: Setting = Setting.UNKNOWN
    areas: tuple[AreaRef, ...] = ()  # the widest first, one of each level; then all others that hold the place
    warnings: tuple[str, ...] = ()  # sentences for who is sent, read before they go
    forbidden_roles: tuple[RoleBan, ...] = ()
    road_class: str = ""  # of the nearest road, as OSM's `highway`: motorway, residential ...; empty: none is near
    desk: str = ""  # responsible; empty: nobody was named
    talk_group: str = ""  # suggested for whoever goes there

    def lies_in(self, areas: Collection[str]) -> bool:
        """Whether one of the areas of these names (`AreaRef.names`) holds the place."""
        return any(name in areas for area in self.areas for name in area.names)


NOWHERE = Locality()
