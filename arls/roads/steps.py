"""A path told street by street, as one driver tells another: turn, street, metres, seconds.

It decides where one step ends and the next begins, and what a turn is called. The path was found by `search`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.dijkstra import part_ms
from arls.roads.network import StreetFlag
from arls.roads.profile import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.roads.network import Bools, Floats, Ints, Longs, Network
    from arls.roads.path import Path
    from arls.roads.profile import Weights

# Up to here a road goes straight on: half-way between straight on and a turn of 60 degrees.
STRAIGHT_DEG = 30.0


class Turn(StrEnum):
    """How a step begins."""

    START = "start"
    STRAIGHT = "straight"
    LEFT = "left"
    RIGHT = "right"
    U_TURN = "u_turn"
    ROUNDABOUT = "roundabout"  # round it and out by `exit`, onto the street


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One street of a path, from the turn into it until the next."""

    turn: Turn
    angle_deg: float  # of that turn, right positive; 0 for the first and for a roundabout
    street: str  # "" where it has no name
    length_m: float
    cost_ms: int  # the turn counted in
    exit: int | None  # of a roundabout, counted from where one enters; None where the path ends on it
    point: int  # the number of the path's point at which it begins


def steps_of(network: Network, weights: Weights, path: Path) -> tuple[Step, ...]:
    """The steps of a path, at least one: together as long as it, and as soon as it once one is on the road.

    A roundabout belongs to the street that one leaves it for.
    """
    turns = _turns(network, path)
    cost_ms, length_m = _driven(network, weights, path, turns)
    angle_deg = np.append(0.0, network.turn_angle_deg[turns])
    rounding = (network.street_flags[network.arc_street[path.arcs]] & StreetFlag.ROUNDABOUT) != 0
    names = [network.name_of(int(arc)) for arc in path.arcs]
    back = np.append(False, network.arc_twin[path.arcs[:-1]] == path.arcs[1:])
    steps = []
    for first, behind in pairwise([*_begins(names, rounding, back), len(path.arcs)]):
        turn = _turn(first, back=bool(back[first]), rounding=bool(rounding[first]), angle_deg=float(angle_deg[first]))
        own = slice(first, behind)
        steps.append(
            Step(
                turn=turn,
                angle_deg=0.0 if turn is Turn.ROUNDABOUT else float(angle_deg[first]),
                street=names[behind - 1],
                length_m=float(length_m[own].sum()),
                cost_ms=int(cost_ms[own].sum()),
                exit=_find_exit(network, weights, path.arcs[own], rounding[own]),
                point=int(path.begins[first]),
            )
        )
    return tuple(steps)


def _turns(network: Network, path: Path) -> Longs:
    """[n - 1] the turn at the end of each arc but the last."""
    start = network.turn_start
    found = [
        start[here] + np.flatnonzero(network.turn_to[start[here] : start[here + 1]] == there)[0]
        for here, there in pairwise(path.arcs.tolist())
    ]
    return np.array(found, np.int64)


def _driven(network: Network, weights: Weights, path: Path, turns: Longs) -> tuple[Longs, Floats]:
    """[n] what each arc takes, with the turn into it, and its metres, as far as it is driven on."""
    arc_ms = weights.arc_ms[path.arcs].astype(np.int64)
    length_m = network.arc_length_m[path.arcs].copy()
    left_ms, left_m = part_ms(path.start_fraction, int(arc_ms[0])), path.start_fraction * length_m[0]
    arc_ms[-1], length_m[-1] = part_ms(path.end_fraction, int(arc_ms[-1])), path.end_fraction * length_m[-1]
    arc_ms[0] -= left_ms
    length_m[0] -= left_m
    arc_ms[1:] += weights.turn_ms[turns]
    return arc_ms, length_m


def _begins(names: list[str], rounding: Bools, back: Bools) -> Iterator[int]:
    """The arcs with which steps begin."""
    yield 0
    for i in range(1, len(names)):
        on_a_street = not rounding[i] and not rounding[i - 1]
        if (rounding[i] and not rounding[i - 1]) or (on_a_street and (back[i] or names[i] != names[i - 1])):
            yield i


def _turn(number: int, *, back: bool, rounding: bool, angle_deg: float) -> Turn:
    if number == 0:
        return Turn.START
    if rounding:
        return Turn.ROUNDABOUT
    if back:
        return Turn.U_TURN
    if abs(angle_deg) <= STRAIGHT_DEG:
        return Turn.STRAIGHT
    return Turn.RIGHT if angle_deg > 0 else Turn.LEFT


def _find_exit(network: Network, weights: Weights, arcs: Ints, rounding: Bools) -> int | None:
    if not rounding[0] or rounding[-1]:
        return None
    return sum(_has_exit(network, weights, arc) for arc in arcs[rounding].tolist())


def _has_exit(network: Network, weights: Weights, arc: int) -> bool:
    """Whether one may leave the roundabout at the end of this arc of it."""
    turns = slice(network.turn_start[arc], network.turn_start[arc + 1])
    onto = network.turn_to[turns][weights.turn_ms[turns] < FORBIDDEN]
    return bool((network.street_flags[network.arc_street[onto]] & StreetFlag.ROUNDABOUT == 0).any())
