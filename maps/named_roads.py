"""The streets and numbered roads of a network, each once: what is driven as one street stands there in many pieces.

It decides where one street ends and a namesake begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from maps.named import Kind, Named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from arls.roads.network import Network

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

# Pieces of one name as near as this are one street: across a roundabout, a bridge or between two carriageways.
_ONE_STREET_M: Final = 250.0


def named_roads(network: Network, *, source: str) -> list[Named]:
    """Streets by name, those of one name apart where they lie apart; and roads by number, each once."""
    names, refs = network.street_name.astype(np.int64), network.street_ref.astype(np.int64)
    return [
        *_gathered(network, names, _components(network, names), Kind.STREET, source),
        *_gathered(network, refs, refs, Kind.ROAD, source),
    ]


def _components(network: Network, names: Longs) -> Longs:
    """[S] a number for each street of the network: the same for those that are one, 0 for who has no name."""
    start = network.street_point_start
    x, y = network.point_x, network.point_y
    named = np.flatnonzero(names)
    groups = np.zeros(len(names), np.int64)
    if not len(named):
        return groups
    low_x, low_y = np.minimum.reduceat(x, start[:-1])[named], np.minimum.reduceat(y, start[:-1])[named]
    high_x, high_y = np.maximum.reduceat(x, start[:-1])[named], np.maximum.reduceat(y, start[:-1])[named]
    # Namesakes alone are to be compared: each name has a strip of the plane of its own, far from all others.
    strip_m = float(x.max() - x.min()) + 2 * _ONE_STREET_M
    away_m = names[named] * strip_m
    boxes = shapely.box(low_x + away_m, low_y, high_x + away_m, high_y)
    one, other = shapely.STRtree(boxes).query(boxes, predicate="dwithin", distance=_ONE_STREET_M)
    touching = coo_array((np.ones(len(one), np.bool_), (one, other)), shape=(len(named), len(named)))
    groups[named] = connected_components(touching, directed=False)[1] + 1
    return groups


def _gathered(network: Network, names: Longs, groups: Longs, kind: Kind, source: str) -> Iterator[Named]:
    """One place for each group but 0: on the street, as near as can be to the middle of it."""
    start = network.street_point_start
    group = np.repeat(groups, np.diff(start))
    order = np.argsort(group, kind="stable")
    order = order[np.searchsorted(group[order], 1) :]
    if not len(order):
        return
    cuts = np.flatnonzero(np.diff(group[order], prepend=0))
    size = np.diff(np.append(cuts, len(order)))
    lat, lon, x, y = (
        column[order] for column in (network.point_lat, network.point_lon, network.point_x, network.point_y)
    )
    middle_x, middle_y = np.add.reduceat(x, cuts) / size, np.add.reduceat(y, cuts) / size
    off = np.hypot(x - np.repeat(middle_x, size), y - np.repeat(middle_y, size))
    # The first of each group by how far off it is.
    nearest = np.lexsort((off, np.repeat(np.arange(len(cuts)), size)))[cuts]
    low, high = np.minimum.reduceat, np.maximum.reduceat
    boxes = (low(lon, cuts), low(lat, cuts), high(lon, cuts), high(lat, cuts))
    first_street = np.searchsorted(start, order[cuts], side="right") - 1
    for n, (place, street) in enumerate(zip(nearest.tolist(), first_street.tolist(), strict=True)):
        yield Named(
            kind=kind,
            name=network.names[names[street]],
            lat=round(float(lat[place]), 7),
            lon=round(float(lon[place]), 7),
            extent=tuple(round(float(edge[n]), 7) for edge in boxes),  # type: ignore[arg-type]
            source=source,
        )
