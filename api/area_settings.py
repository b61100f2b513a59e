"""Which files say who polices where, and which desk answers for what: the tables `areas` and `desks`.

It decides the names and the defaults; docs/settings.md lists every one of them, docs/areas.md what they mean.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pydantic reads it
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, Field

from api.listen import Section
from arls.locality import KINDS, LEVELS
from arls.roads.network import RoadClass


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone: write it as Europe/London") from None
    return name


def _levels(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((name for name in names if names.count(name) > 1 or name in KINDS), None)
    if twice is not None:
        raise ValueError(f"{twice} is already a kind of area: name each level once, the widest first")
    return names


def _road_classes(names: tuple[str, ...]) -> tuple[str, ...]:
    known = [kind.name.lower() for kind in RoadClass]
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        raise ValueError(f"there is no class of road {unknown!r}; classes are {', '.join(known)}")
    return names


class AreaFileSettings(Section):
    """A file of areas, and how its words are ours."""

    path: Path = Field(description="GeoPackage, Shapefile (.shp or .zip) or GeoJSON")
    layer: str | None = Field(default=None, description="of a file with several")
    kind: str | None = Field(default=None, description="of all its areas; None: each says its own")
    kinds: dict[str, str] = Field(default_factory=dict, description="its words for kinds to ours")
    fields: dict[str, str] = Field(default_factory=dict, description="our names of fields to its")
    crs: str | None = Field(default=None, description="what its coordinates are, over what it says itself")


class AreaSettings(Section):
    """Who polices where, and what to know there."""

    files: tuple[AreaFileSettings, ...] = ()
    levels: Annotated[tuple[str, ...], AfterValidator(_levels)] = Field(default=LEVELS, description="the widest first")
    zone: Annotated[str, AfterValidator(_zone)] = Field(default="Europe/London", description="of days in the files")


class DeskSettings(Section):
    """What a desk answers for."""

    name: str = Field(min_length=1, max_length=64)
    areas: tuple[str, ...] = Field(default=(), description="ids, or kind:id; none: all")
    road_classes: Annotated[tuple[str, ...], AfterValidator(_road_classes)] = Field(
        default=(), description="of the nearest road; none: all"
    )
    since: AwareDatetime | None = Field(default=None, description="from when on; None: always")
