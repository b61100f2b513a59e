"""The sides of a circle: parts of its roads that no road joins near it, as a river or a motorway parts them.

It decides what is a side and what it is called. Who would be first on each is `expanse`'s to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from arls.roads.network import Access, RoadClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from arls.circle import Circle
    from arls.geo import Position
    from arls.roads.network import Network, Places

    Bools = NDArray[np.bool_]
    Longs = NDArray[np.int64]

# Roads that join two sides within so much of the circle join them: who is sent to the wrong one loses a minute.
_GROWN: Final = 1.5
_GROWN_M: Final = 100.0
# A side of less than this share of the circle is a yard behind a wall.
SMALLEST_SHARE: Final = 0.1
NOWHERE: Final = -1

_COMPASS: Final = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_CARS: Final = int(Access.MOTOR | Access.EMERGENCY | Access.PRIVATE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sides:
    """[n] of each sample the side it lies on, or NOWHERE; and what each side is called."""

    side: Longs
    names: tuple[str, ...]  # the largest first


def sides_of(circle: Circle, at: Sequence[Position], samples: Places, network: Network) -> Sides:
    """The sides by the roads for cars near the circle; `samples` are where the places `at` touch the road."""
    x, y = network.plane.metres_of(lats=[circle.centre.lat], lons=[circle.centre.lon])
    there_x, there_y = network.plane.metres_of(lats=[one.lat for one in at], lons=[one.lon for one in at])
    label = _joined(network, float(x[0]), float(y[0]), circle.radius_m * _GROWN + _GROWN_M)
    piece = np.full(len(samples), NOWHERE)
    arc = np.full(len(samples), NOWHERE)
    for sample in range(len(samples)):
        low, high = int(samples.start[sample]), int(samples.start[sample + 1])
        if low < high:
            nearest = low + int(np.argmin(samples.off_road_m[low:high]))
            arc[sample] = samples.arc[nearest]
            end = network.arc_to if samples.fraction[nearest] > 0.5 else network.arc_from
            piece[sample] = label[end[arc[sample]]]
    sizes = np.bincount(piece[piece >= 0], minlength=1)
    large = np.flatnonzero(sizes >= max(1, SMALLEST_SHARE * len(samples)))
    large = large[np.argsort(-sizes[large], kind="stable")]
    side = np.full(len(samples), NOWHERE)
    for place, one in enumerate(large.tolist()):
        side[piece == one] = place
    off_x, off_y = there_x - x, there_y - y
    names = tuple(
        _find_carriageway(arc[side == place], network)
        or f"the {_compass(float(off_x[side == place].mean()), float(off_y[side == place].mean()))}"
        for place in range(len(large))
    )
    return Sides(side=side, names=names)


def _joined(network: Network, x: float, y: float, reach_m: float) -> Longs:
    """[J] the same number for junctions that streets for cars join without leaving the reach."""
    near = np.hypot(network.point_x - x, network.point_y - y) <= reach_m
    start = network.street_point_start[:-1]
    within = np.logical_and.reduceat(near, start)
    cars = (network.arc_access.astype(np.int64) & _CARS) != 0
    used = np.flatnonzero(cars & within[network.arc_street])
    size = len(network.junction_lat)
    links = coo_array(
        (np.ones(len(used), np.bool_), (network.arc_from[used], network.arc_to[used])), shape=(size, size)
    )
    return np.asarray(connected_components(links, directed=False)[1], np.int64)


def _find_carriageway(arcs: Longs, network: Network) -> str | None:
    """`the M6 northbound`, where all of these are one; else None."""
    streets = network.arc_street[arcs]
    first, last = network.street_point_start[streets], network.street_point_start[streets + 1] - 1
    if not (network.street_class[streets] == RoadClass.MOTORWAY).all():
        return None
    ref = network.names[network.street_ref[streets[0]]] or "motorway"
    ahead = np.where(network.arc_backward[arcs], -1, 1)
    east = float((ahead * (network.point_x[last] - network.point_x[first])).sum())
    north = float((ahead * (network.point_y[last] - network.point_y[first])).sum())
    return f"the {ref} {_compass(east, north)}bound"


def _compass(east: float, north: float) -> str:
    return _COMPASS[round(float(np.degrees(np.arctan2(east, north))) / 45.0) % 8]
