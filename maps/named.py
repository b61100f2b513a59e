"""What has a name and a place: streets, numbered roads, junctions of motorways, settlements and what is in them.

It decides what is told of one. Where it was read from is the business of `named_roads`, `osm_names` and `open_names`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
from scipy.spatial import cKDTree

from arls.geo import LocalPlane, Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Kind(StrEnum):
    """What a place is. The order is that in which equal matches are told."""

    SETTLEMENT = "settlement"
    STREET = "street"
    ROAD = "road"  # by its number: A38
    MOTORWAY_JUNCTION = "motorway_junction"
    JUNCTION = "junction"  # of two streets
    AMENITY = "amenity"
    POSTCODE = "postcode"
    GRID_REFERENCE = "grid_reference"
    COORDINATES = "coordinates"


Extent = tuple[float, float, float, float]  # west, south, east, north in degrees


class Named(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One place with its name. `detail` is what it is more exactly: village, hospital, A road."""

    kind: Kind
    name: str
    lat: float
    lon: float
    extent: Extent | None = None  # None: a point
    context: str = ""  # the place in which it lies
    detail: str = ""
    source: str = ""  # the file that tells of it


# How far a settlement's name is used, in metres from its point: of two that reach here, the one deeper inside wins.
REACH_M: Final = {
    "neighbourhood": 700.0,
    "quarter": 1_200.0,
    "suburb": 2_000.0,
    "hamlet": 1_200.0,
    "village": 2_500.0,
    "town": 5_000.0,
    "city": 12_000.0,
}
_GREAT: Final = frozenset({"town", "city"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ring:
    """Settlements of one kind."""

    names: tuple[str, ...]
    tree: cKDTree
    reach_m: float
    great: bool


class Localities:
    """Says in which settlement a place lies, by the points of those that are known."""

    def __init__(self, settlements: Iterable[Named]) -> None:
        known = [one for one in settlements if one.detail in REACH_M]
        self._rings: list[_Ring] = []
        if not known:
            return
        lats, lons = np.array([one.lat for one in known]), np.array([one.lon for one in known])
        self._plane = LocalPlane(Position(lat=round(float(lats.mean()), 3), lon=round(float(lons.mean()), 3)))
        for detail in sorted({one.detail for one in known}):
            of = [n for n, one in enumerate(known) if one.detail == detail]
            xy = np.column_stack(self._plane.metres_of(lats=lats[of], lons=lons[of]))
            self._rings.append(
                _Ring(
                    names=tuple(known[n].name for n in of),
                    tree=cKDTree(xy),
                    reach_m=REACH_M[detail],
                    great=detail in _GREAT,
                )
            )

    def contexts_of(self, *, lats: Floats, lons: Floats) -> list[str]:
        """For each place `Oldfield, Bexton`: the settlement it lies in, and the town that reaches there; or nothing."""
        if not self._rings or not len(lats):
            return [""] * len(lats)
        xy = np.column_stack(self._plane.metres_of(lats=lats, lons=lons))
        small, great = self._deepest(xy, great=False), self._deepest(xy, great=True)
        return [
            ", ".join(dict.fromkeys(name for name in (near, town) if name))
            for near, town in zip(small, great, strict=True)
        ]

    def _deepest(self, xy: Floats, *, great: bool) -> list[str]:
        depth, names = np.ones(len(xy)), np.full(len(xy), "", np.object_)
        for ring in self._rings:
            if ring.great is not great:
                continue
            away_m, nearest = ring.tree.query(xy)
            deeper = away_m / ring.reach_m < depth
            depth[deeper] = away_m[deeper] / ring.reach_m
            names[deeper] = np.array(ring.names, np.object_)[nearest[deeper]]
        return list(names)


def with_contexts(places: Sequence[Named], localities: Localities) -> list[Named]:
    """The places, each with the settlement it lies in where it has no context of its own."""
    contexts = localities.contexts_of(
        lats=np.array([one.lat for one in places], np.float64), lons=np.array([one.lon for one in places], np.float64)
    )
    told = []
    for one, context in zip(places, contexts, strict=True):
        outer = ", ".join(part for part in context.split(", ") if part != one.name)
        told.append(one if one.context or not outer else msgspec.structs.replace(one, context=outer))
    return told
