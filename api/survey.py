"""What the maps say of a place, worked out at the door for whatever is put there.

It decides where each part of a locality comes from. What follows from it is the rules' to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.locality import Locality

if TYPE_CHECKING:
    from datetime import datetime

    from arls.geo import Position
    from arls.roads.live import Roads


class Survey:
    """The maps of one system. Many threads may ask at once."""

    def __init__(self, roads: Roads) -> None:
        self._roads = roads

    def locality_of(self, position: Position, at: datetime) -> Locality:
        """What is known of the place at that instant (UTC)."""
        del at
        found = self._roads.find_road_class(position)
        return Locality(road_class="" if found is None else found.name.lower())
