"""What every scene works with: the desk, the director, the made-up officers, and who plays which part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from arls.geo import Position
from arls.unit import Callsign, Unit, UnitKind
from gateways.simulator.roster import Member

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from api.edge import Edge
    from api.tour.desk import TourDesk
    from api.tour.director import Director
    from api.tour.engine_process import EngineProcess
    from api.tour.places import Scene
    from arls.roads.live import Roads
    from gateways.simulator.force import Force

    Json = Mapping[str, Any]

# Those whom the scene needs at a place: no roster of the county has their callsigns, nor their radios' numbers.
OPPOSITE, FIRST, SECOND = Callsign("AE91"), Callsign("AE92"), Callsign("AE93")
_REPORTS_EVERY_S = 4.0
_RADIOS = 9_000_000


@dataclass(kw_only=True)
class Play:
    """The tour as it is played; what one scene finds out the next ones use."""

    desk: TourDesk
    director: Director
    force: Force
    edge: Edge
    engine: EngineProcess
    roads: Roads
    scene: Scene
    cast: list[Member]
    data: Path
    overheard: dict[Callsign, bytes] = field(default_factory=dict)  # the newest report of each TETRA radio
    busy: dict[str, float] = field(default_factory=dict)  # who cannot come, and in how many seconds it would have
    incident: str = ""
    assignment: str = ""
    sent: str = ""  # whose terminal nobody looks at
    officer: str = ""  # who presses the button

    def hear(self, member: Member, said: bytes) -> None:
        """What a radio says, as it goes out."""
        self.overheard[member.unit.callsign] = said


def cast_of(scene: Scene) -> list[Member]:
    """The cars that stand where the scene needs them."""
    places = {OPPOSITE: scene.opposite, FIRST: scene.first, SECOND: scene.second}
    return [
        Member(
            unit=Unit(
                callsign=callsign,
                kind=UnitKind.CAR,
                crew=2,
                profile="car-response",
                expected_interval_s=_REPORTS_EVERY_S,
            ),
            # Mobile country code 999 is for private networks, as for all made-up radios.
            source=f"itsi:99900010{_RADIOS + number:07d}",
            start=place,
        )
        for number, (callsign, place) in enumerate(places.items(), start=1)
    ]


def driving(ranking: Json) -> list[Json]:
    """The candidates that drive, in their order."""
    return [one for one in ranking["candidates"] if one["profile"].startswith(("car", "van", "motorcycle"))]


def place_of(unit: Json) -> Position:
    """Where a unit was last seen."""
    lon, lat = unit["geometry"]["coordinates"][:2]
    return Position(lat=lat, lon=lon)
