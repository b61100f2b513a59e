"""A first go of every kernel of the hierarchy, on two streets with two arcs each.

It decides nothing; kernels are compiled by it, or loaded from numba's cache, so that the first question is as quick as
the next.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from arls.roads.assemble import Bans, Streets, assemble
from arls.roads.hierarchy.arrival import arrival_of
from arls.roads.hierarchy.customise import customise, recustomise
from arls.roads.hierarchy.departures import ALONE, Departures
from arls.roads.hierarchy.nearing import Nearing
from arls.roads.hierarchy.order import order_of
from arls.roads.hierarchy.sweep import starts_ms
from arls.roads.network import Access, Network, Places, RoadClass
from arls.roads.profile import CAR_NORMAL, FORBIDDEN, weights_of


def warm_up() -> None:
    """Asks everything once."""
    network = _two_streets()
    order, weights = order_of(network), weights_of(network, CAR_NORMAL)
    shut = weights.arc_ms.copy()
    shut[0] = FORBIDDEN
    before = customise(order, replace(weights, arc_ms=shut))
    after = recustomise(before, weights)
    units, goal = _parked(0), _parked(3)
    label, crowd = arrival_of(after, goal), units.of(np.zeros(ALONE, np.int64))
    for standing in (Departures(before, units).after(after), Departures(after, crowd)):
        standing.eta_to(label)
        standing.eta_to(label, np.zeros(1, np.int64))
    nearing = Nearing(after, goal)
    nearing.find_way(units, 0)
    nearing.ends_ms(units.arc)
    nearing.reached(units)
    starts_ms(after, units, 0)


def _parked(arc: int) -> Places:
    return Places(
        start=np.array([0, 1]),
        arc=np.array([arc], np.int32),
        fraction=np.array([0.5]),
        off_road_m=np.zeros(1),
        extra_ms=np.zeros(1, np.uint32),
    )


def _two_streets() -> Network:
    none, everyone = np.zeros(0, np.int32), np.full(2, Access.EVERYONE, np.uint16)
    along = np.array([0.0, 0.001, 0.001, 0.002])
    return assemble(
        Streets(
            left_hand=True,
            junction_lat=np.zeros(3),
            junction_lon=np.array([0.0, 0.001, 0.002]),
            junction_flags=np.zeros(3, np.uint8),
            junction_access=np.full(3, Access.EVERYONE, np.uint16),
            street_from=np.array([0, 1], np.int32),
            street_to=np.array([1, 2], np.int32),
            street_point_start=np.array([0, 2, 4]),
            point_lat=np.zeros(4),
            point_lon=along,
            street_way=np.zeros(2, np.int64),
            street_name=np.zeros(2, np.int32),
            street_ref=np.zeros(2, np.int32),
            street_class=np.full(2, RoadClass.RESIDENTIAL, np.uint8),
            street_flags=np.zeros(2, np.uint16),
            street_crossings=np.zeros(2, np.uint8),
            forward_access=everyone,
            backward_access=everyone,
            forward_speed_kmh=np.full(2, np.nan, np.float32),
            backward_speed_kmh=np.full(2, np.nan, np.float32),
            names=("",),
            bans=Bans(from_street=none, via_junction=none, to_street=none, only=none > 0, binds=none.astype(np.uint16)),
        )
    )
