"""Who calls the demo's desk: the callers of an incident file, or invented ones beside the streets of any network.

It decides what callers say and where. When one calls, and what is done about it, is `demo_desk`'s to decide.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.network import Access, RoadClass

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

    from arls.roads.network import Network

# Grade, type, what the caller says.
_INVENTED = (
    ("1", "violence", "Fight in the street, one on the floor"),
    ("1", "burglary", "Intruders in the house now, caller hides upstairs"),
    ("1", "collision", "Two cars, one person trapped"),
    ("2", "collision", "Two cars, nobody hurt, road blocked"),
    ("2", "missing person", "Child of nine not home from school"),
    ("2", "disturbance", "Neighbours shouting, something broken"),
    ("3", "theft", "Bicycle taken from a garden last night"),
    ("3", "damage", "Car window broken while parked"),
    ("4", "noise", "Loud music since ten"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a caller says."""

    lat: float
    lon: float
    grade: str
    type: str
    text: str


def read_calls(file: Path, chance: random.Random) -> Iterator[Call]:
    """The calls of an incident file in an order of chance, again and again; none where the file has none.

    Columns as fixtures/README.md tells them. Raises KeyError or ValueError for a file of another shape.
    """
    with file.open(encoding="utf-8", newline="") as text:
        calls = [
            Call(lat=float(row["lat"]), lon=float(row["lon"]), grade=row["grade"], type=row["type"], text=row["text"])
            for row in csv.DictReader(text)
        ]
    return cycle(chance.sample(calls, len(calls)))


def invented_calls(network: Network, chance: random.Random) -> Iterator[Call]:
    """Calls without end, each from a street that a police car may use; none where there is no such street."""
    is_street = network.street_class[network.arc_street] <= RoadClass.RESIDENTIAL
    streets = np.unique(network.arc_street[is_street & (network.arc_access & Access.EMERGENCY != 0)])
    while len(streets):
        street = int(streets[chance.randrange(len(streets))])
        point = chance.randrange(*network.street_point_start[street : street + 2].tolist())
        grade, kind, text = chance.choice(_INVENTED)
        name = network.names[network.street_name[street]]
        yield Call(
            lat=float(network.point_lat[point]),
            lon=float(network.point_lon[point]),
            grade=grade,
            type=kind,
            text=f"{text}, {name}" if name else text,
        )
