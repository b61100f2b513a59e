"""The way a unit takes, as people see it: streets by name, metres, and a line on the map.

It decides how a path is told. Which arcs it follows was decided by `search`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.search import find_way

if TYPE_CHECKING:
    from arls.roads.network import Floats, Ints, Longs, Network, Places
    from arls.roads.profile import Weights
    from arls.roads.search import Reverse
    from arls.roads.ways import Way


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """A way by road, from where a unit gets onto it to where it leaves it for the goal.

    Its line on the map is made when somebody asks for it: of most ways only the streets and the metres are told.
    """

    network: Network

    cost_ms: int  # getting to the road and from it counted in
    length_m: float  # on the road
    arcs: Ints  # [n] in driving order, at least one
    start_fraction: float  # of the first arc
    end_fraction: float  # of the last arc
    streets: tuple[str, ...]  # names in driving order; a street without one is passed over
    start_off_m: float  # from where the unit is to the road
    end_off_m: float  # from the road to the goal

    @property
    def lats(self) -> Floats:
        """[m] degrees, at least two points."""
        return self._line[0]

    @property
    def lons(self) -> Floats:
        """[m] degrees."""
        return self._line[1]

    @property
    def begins(self) -> Longs:
        """[n] the number of the point at which each arc begins."""
        return self._line[2]

    @cached_property
    def _line(self) -> tuple[Floats, Floats, Longs]:
        return _line_along(self.network, self.arcs, self.start_fraction, self.end_fraction)


def find_path(
    network: Network, weights: Weights, reverse: Reverse, *, goal: Places, units: Places, unit: int
) -> Path | None:
    """The soonest path of one of the units to the goal, or None where no road leads there."""
    way = find_way(weights, reverse, goal=goal, units=units, unit=unit)
    return None if way is None else path_of(network, way, goal=goal, units=units)


def path_of(network: Network, way: Way, *, goal: Places, units: Places) -> Path:
    """The path that a way between these places is."""
    starts, ends = np.zeros(len(way.arcs)), np.ones(len(way.arcs))
    starts[0], ends[-1] = units.fraction[way.unit_place], goal.fraction[way.goal_place]
    names = filter(None, (network.name_of(int(arc)) for arc in way.arcs))
    return Path(
        network=network,
        cost_ms=way.cost_ms,
        # From the goal, one by one, as `ways.measure` does: the same to the last bit.
        length_m=float(np.cumsum((network.arc_length_m[way.arcs] * (ends - starts))[::-1])[-1]),
        arcs=way.arcs,
        start_fraction=float(starts[0]),
        end_fraction=float(ends[-1]),
        streets=tuple(name for name, _ in groupby(names)),
        start_off_m=float(units.off_road_m[way.unit_place]),
        end_off_m=float(goal.off_road_m[way.goal_place]),
    )


def _line_along(network: Network, arcs: Ints, start: float, end: float) -> tuple[Floats, Floats, Longs]:
    """Latitudes and longitudes along arcs, each of which begins where the one before ended; and where each begins."""
    if len(arcs) == 1:
        return *line_of(network, int(arcs[0]), start=start, end=end), np.zeros(1, np.int64)
    first, last = line_of(network, int(arcs[0]), start=start), line_of(network, int(arcs[-1]), end=end)
    street, backward = network.arc_street[arcs[1:-1]], network.arc_backward[arcs[1:-1]]
    low, high = network.street_point_start[street], network.street_point_start[street + 1] - 1
    pieces = high - low
    # Of each arc between, its points but the first: forwards from behind that, backwards from before the last.
    begin = np.append(0, np.cumsum(pieces))
    along = np.arange(begin[-1]) - np.repeat(begin[:-1], pieces) + 1
    points = np.where(np.repeat(backward, pieces), np.repeat(high, pieces) - along, np.repeat(low, pieces) + along)
    lats = np.concatenate([first[0], network.point_lat[points], last[0][1:]])
    lons = np.concatenate([first[1], network.point_lon[points], last[1][1:]])
    return lats, lons, np.concatenate([[0], len(first[0]) - 1 + begin])


def parts_of(path: Path) -> tuple[Floats, Floats]:
    """From which fraction of each arc of the way to which."""
    begin, end = np.zeros(len(path.arcs)), np.ones(len(path.arcs))
    begin[0], end[-1] = path.start_fraction, path.end_fraction
    return begin, end


def line_of(network: Network, arc: int, *, start: float = 0.0, end: float = 1.0) -> tuple[Floats, Floats]:
    """Latitudes and longitudes, at least two, along an arc from one fraction of it to another."""
    street = network.arc_street[arc]
    points = slice(network.street_point_start[street], network.street_point_start[street + 1])
    way = slice(None, None, -1 if network.arc_backward[arc] else 1)
    x, y = network.point_x[points][way], network.point_y[points][way]
    along_m = np.append(0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
    start_m, end_m = start * along_m[-1], end * along_m[-1]
    between = along_m[(along_m > start_m) & (along_m < end_m)]
    stops_m = np.concatenate(([start_m], between, [end_m]))
    lats, lons = network.point_lat[points][way], network.point_lon[points][way]
    return np.interp(stops_m, along_m, lats), np.interp(stops_m, along_m, lons)
