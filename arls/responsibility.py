"""Which desk is responsible for a place: by area and by class of road, from when on.

It decides by what a site has set, the most particular word first: motorways are their own desk's wherever they run.
Handing an incident to another desk is a dispatcher's to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from arls.locality import AreaRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """What a desk answers for: these areas (none: all), roads of these classes (none: all), from `since` (UTC) on."""

    desk: str
    areas: frozenset[str] = frozenset()  # as `AreaRef.names`
    road_classes: frozenset[str] = frozenset()
    since: datetime | None = None  # None: always


def responsible_desk(
    responsibilities: Sequence[Responsibility], areas: Sequence[AreaRef], road_class: str, at: datetime
) -> str:
    """The desk that answers for a place in these areas (the widest first) beside such a road; empty: none does.

    Of a desk the rows with the latest `since` that has come hold, and replace its earlier ones. A row that names the
    class of road goes before one that does not, then the one with the deeper area, then the earlier row.
    """
    depth = {name: place for place, area in enumerate(areas, 1) for name in area.names}
    best, found = (0, 0), ""
    for row in _in_force(responsibilities, at):
        if row.road_classes and road_class not in row.road_classes:
            continue
        deepest = max((depth.get(area, 0) for area in row.areas), default=0)
        if row.areas and not deepest:
            continue
        weight = (1 if row.road_classes else 0, deepest)
        if not found or weight > best:
            best, found = weight, row.desk
    return found


def _in_force(responsibilities: Sequence[Responsibility], at: datetime) -> list[Responsibility]:
    begun = [row for row in responsibilities if row.since is None or row.since <= at]
    latest: dict[str, datetime | None] = {}
    for row in begun:
        known = latest.get(row.desk)
        if row.since is not None and (known is None or row.since > known):
            latest[row.desk] = row.since
    return [row for row in begun if row.since == latest.get(row.desk)]
