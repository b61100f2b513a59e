"""How a unit of the made-up force moves: along arcs, by permitted turns, at the speeds of its profile.

It decides where a mover is after so many seconds. Why it goes somewhere is `force`'s to decide.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from arls.geo import Position
from arls.roads.profile import FORBIDDEN, MAIN_COMPONENT

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from arls.roads.network import Network
    from arls.roads.path import Path
    from arls.roads.profile import Weights

# Nobody on patrol drives as the profile would: they look about. What it takes them to turn is in that, too.
PATROL_SHARE = 0.6
# Of a hundred who could go straight on, how many turn round.
_TURNS_ROUND = 0.05


@dataclass(slots=True, kw_only=True)
class Mover:
    """One mover: on `arc`, `along_m` metres from its start, with the arcs ahead of it if it was sent somewhere."""

    network: Network
    weights: Weights
    chance: random.Random
    arc: int
    along_m: float = 0.0
    stop_m: float | None = None  # on the last arc ahead: where it stops; None on patrol
    parked: bool = False
    _ahead: deque[int] = field(default_factory=deque)
    _wait_s: float = 0.0  # at a junction, before it goes on the way it was sent
    _walk_s: float = 0.0  # from the road to the goal, at the end of the way
    _length_m: float = 0.0  # of the arc it is on, and how fast that goes: looked up once an arc
    _pace_mps: float = 0.0

    def __post_init__(self) -> None:
        self._enter(self.arc, self.along_m)

    @property
    def arrived(self) -> bool:
        """True once it has done all that the way it was sent on costs."""
        return self._at_stop and self._walk_s <= 0

    @property
    def speed_mps(self) -> float:
        """How fast it goes now."""
        return 0.0 if self.parked or self._wait_s > 0 or self._at_stop else self._pace_mps

    @property
    def fraction(self) -> float:
        """How far along its arc it is: 0 the start, 1 the end."""
        return min(1.0, self.along_m / self._length_m)

    def send(self, path: Path) -> None:
        """Go that way, which begins where it is, and stop at its end."""
        arcs = path.arcs.tolist()
        lengths_m = self.network.arc_length_m
        self._ahead = deque(arcs[1:])
        self.stop_m = path.end_fraction * float(lengths_m[arcs[-1]])
        self.parked, self._wait_s = False, 0.0
        self._walk_s = max(0, path.cost_ms - self._driving_ms(path)) / 1000
        self._enter(arcs[0], path.start_fraction * float(lengths_m[arcs[0]]))

    def patrol(self) -> None:
        """Go on without an aim."""
        self._ahead.clear()
        self.stop_m, self.parked = None, False
        self._enter(self.arc, self.along_m)

    def move(self, seconds: float) -> None:
        """Be where it is so many seconds later."""
        left_s = self._stand(seconds)
        while left_s > 0 and not self.parked:
            end_m = self._length_m if self.stop_m is None or self._ahead else self.stop_m
            needs_s = (end_m - self.along_m) / self._pace_mps
            if needs_s > left_s:
                self.along_m += left_s * self._pace_mps
                return
            left_s -= max(0.0, needs_s)
            self.along_m = end_m
            if self._at_stop:
                self._walk_s -= left_s
                return
            self._turn()
            left_s = self._stand(left_s)

    def place(self) -> tuple[Position, float]:
        """Where it is, and its course in degrees on the plane."""
        network, street = self.network, self.network.arc_street[self.arc]
        points = slice(network.street_point_start[street], network.street_point_start[street + 1])
        step = -1 if network.arc_backward[self.arc] else 1
        x, y = network.point_x[points][::step], network.point_y[points][::step]
        legs_m = np.hypot(np.diff(x), np.diff(y))
        reached_m = np.append(0.0, np.cumsum(legs_m))
        here_m = self.fraction * reached_m[-1]
        leg = min(int(np.searchsorted(reached_m, here_m, side="right")), len(x) - 1)
        course_deg = float(np.degrees(np.arctan2(x[leg] - x[leg - 1], y[leg] - y[leg - 1]))) % 360
        lat = float(np.interp(here_m, reached_m, network.point_lat[points][::step]))
        lon = float(np.interp(here_m, reached_m, network.point_lon[points][::step]))
        return Position(lat=lat, lon=lon), course_deg

    @property
    def _at_stop(self) -> bool:
        return self.stop_m is not None and not self._ahead and self.along_m >= self.stop_m

    def _stand(self, seconds: float) -> float:
        """What is left of so many seconds when it has waited as long as it has to."""
        waited_s = min(seconds, self._wait_s)
        self._wait_s -= waited_s
        return seconds - waited_s

    def _enter(self, arc: int, along_m: float = 0.0) -> None:
        self.arc, self.along_m = arc, along_m
        # A street can begin and end at one point; nobody is on it for less than the millisecond it is said to take.
        self._length_m = max(float(self.network.arc_length_m[arc]), 1e-6)
        self._pace_mps = self._length_m * 1000 / int(self.weights.arc_ms[arc])
        if self.stop_m is None:
            self._pace_mps *= PATROL_SHARE

    def _turn(self) -> None:
        turns = self._turns()
        arc = self._ahead.popleft() if self._ahead else self._choose(turns)
        if arc is None:
            self.parked = True  # a dead end of a one-way street: it waits there to be sent somewhere
            return
        self._wait_s = 0.0 if self.stop_m is None else turns[arc] / 1000
        self._enter(arc)

    def _turns(self) -> dict[int, int]:
        """The arcs that it may turn into, and what each turn costs in milliseconds."""
        turns = slice(self.network.turn_start[self.arc], self.network.turn_start[self.arc + 1])
        ways = zip(self.network.turn_to[turns].tolist(), self.weights.turn_ms[turns].tolist(), strict=True)
        return {arc: ms for arc, ms in ways if ms < FORBIDDEN}

    def _choose(self, arcs: Iterable[int]) -> int | None:
        """One of the arcs from which it will not get lost: wide roads are driven more than side streets."""
        onward = [arc for arc in arcs if self.weights.component[arc] == MAIN_COMPONENT]
        if not onward:
            return None
        twin = self.network.arc_twin[self.arc]
        weight = [_TURNS_ROUND if arc == twin else 1.0 / (1 + self._class_of(arc)) for arc in onward]
        return self.chance.choices(onward, weight)[0]

    def _class_of(self, arc: int) -> int:
        return int(self.network.street_class[self.network.arc_street[arc]])

    def _driving_ms(self, path: Path) -> float:
        """What the arcs and turns of a path cost, without getting from the road to the goal."""
        shares = np.ones(len(path.arcs))
        shares[-1] = path.end_fraction
        shares[0] -= path.start_fraction
        turns_ms = sum(self._turn_ms(*turn) for turn in pairwise(path.arcs.tolist()))
        return float((self.weights.arc_ms[path.arcs] * shares).sum()) + turns_ms

    def _turn_ms(self, leaving: int, entering: int) -> int:
        first, behind = self.network.turn_start[leaving : leaving + 2]
        turn = first + int(np.flatnonzero(self.network.turn_to[first:behind] == entering)[0])
        return int(self.weights.turn_ms[turn])
