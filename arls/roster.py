"""What every unit is and does, sorted, as columns over the picture's unit numbers.

It decides which units are of one sort: those that no rule tells apart, and no profile, but by where they are and how
long ago they were heard. A force of thousands has a few dozen sorts, so that rules are asked a few dozen times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from arls.diversion import Task
    from arls.unit import Callsign, Unit, UnitState

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]


class Doing(NamedTuple):
    """A unit, and what it is doing."""

    unit: Unit
    state: UnitState | None  # None: it never said
    in_emergency: bool
    task: Task | None  # None: it is assigned to nothing
    afoot_m: float | None = None  # how far its officers walked from the vehicle they left; None: they did not


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roster:
    """The sort of every unit, by unit number 0..N-1."""

    sort: Longs  # [N]
    interval_s: Floats  # [N] how often its radio usually reports
    doings: tuple[Doing, ...]  # [N] each unit
    examples: tuple[Doing, ...]  # one unit of each sort, as it was when the first of the sort came


class Register:
    """Where rosters are copied from: one writer enters units, `roster` hands out copies."""

    def __init__(self) -> None:
        self._sorts: dict[tuple[object, ...], int] = {}
        self._examples: list[Doing] = []
        self._doings: list[Doing] = []
        self._sort = np.empty(0, np.int64)
        self._interval_s = np.empty(0)

    def enter(self, numbers: Mapping[Callsign, int], doing: Doing) -> None:
        """What a unit is and does from now on. `numbers` are those of the picture, and it is in them."""
        more = len(numbers) - len(self._sort)
        if more > 0:
            self._sort = np.append(self._sort, np.zeros(more, np.int64))
            self._interval_s = np.append(self._interval_s, np.ones(more))
            self._doings += [doing] * more
        sort = self._sorts.setdefault(_sort_of(doing), len(self._sorts))
        if sort == len(self._examples):
            self._examples.append(doing)
        number = numbers[doing.unit.callsign]
        self._sort[number], self._interval_s[number] = sort, doing.unit.expected_interval_s
        self._doings[number] = doing

    def roster(self) -> Roster:
        """The roster as it stands."""
        sort, interval_s = self._sort.copy(), self._interval_s.copy()
        for column in (sort, interval_s):
            column.flags.writeable = False
        return Roster(sort=sort, interval_s=interval_s, doings=tuple(self._doings), examples=tuple(self._examples))


def _sort_of(doing: Doing) -> tuple[object, ...]:
    unit, state = doing.unit, doing.state
    said = None if state is None else (state.availability, state.mobilise_s, state.divertible_for)
    mobility = None if unit.vehicle is None else unit.vehicle.mobility
    aboard = unit.capabilities, unit.profile, unit.driver, unit.crew, bool(unit.members), mobility
    told = unit.role, unit.organisation, unit.operation
    # Which incident it is matters to no rule: its own grade never interrupts it.
    return said, doing.in_emergency, doing.task and doing.task[1:], aboard, told
