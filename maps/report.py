"""What an import kept, dropped and could not obey, and the one error of this room.

It decides what is told about a map. What counts as a reason is decided by whoever reads it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Progress = Callable[[str, float], None]


# Before there was `:conditional` a restriction told its hours so. OSM wiki, "Relation:restriction".
HOURS = frozenset({"day_on", "day_off", "hour_on", "hour_off"})


class MapError(Exception):
    """A map or a network on disk that cannot be used: one sentence, which names the fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Where a network came from, and how faithfully: every count but `kept` is by reason."""

    source: str  # file name, or the place that was asked for
    sha256: str  # of the file, or of the graph that the place gave
    osm_timestamp: str | None  # ISO 8601, as the file's header gives it
    left_hand_by: str  # what decided the side of the road
    kept: dict[str, int]  # ways, streets, junctions
    dropped: dict[str, int]  # ways, pieces of ways and nodes left out
    doubts: dict[str, int]  # kept, but something in it was not understood or was repaired
    restrictions_obeyed: int
    restrictions_ignored: dict[str, int]
    conditional: dict[str, int]  # tags that hold only at times, by key: none is obeyed


@dataclass(slots=True, kw_only=True)
class Tally:
    """The counts of a report while the map is being read; its one reader is its one writer."""

    dropped: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    restrictions_obeyed: int = 0
    restrictions_ignored: Counter[str] = field(default_factory=Counter)
    conditional: Counter[str] = field(default_factory=Counter)

    def count_conditional(self, tags: Mapping[str, str]) -> None:
        """Count the tags that hold only at times."""
        self.conditional.update(key for key in tags if key.endswith(":conditional") or key in HOURS)
