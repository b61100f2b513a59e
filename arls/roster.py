"""What every unit is and does, sorted, as columns over the picture's unit numbers.

It decides which units are of one sort: those that no rule tells apart, and no profile, but by where they are and how
long ago they were heard. A force of thousands has a few dozen sorts, so that rules are asked a few dozen times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec
import numpy as np

from arls.shifts import speaks_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from arls.diversion import Task
    from arls.unit import Callsign, Unit, UnitState

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]


_Kind = TypeVar("_Kind", bound=np.generic)


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
    alone: NDArray[np.bool_]  # [N] what it is and does is told of it alone: it attends something, or left its vehicle
    speaks_at_s: Floats  # [N] from when on its shift may speak against it, for whoever is there then, Unix; inf: never
    names: tuple[bytes, ...]  # [N] callsign and kind, as they stand in JSON
    examples: tuple[Doing, ...]  # one unit of each sort, as it was when the first of the sort came


class Register:
    """Where rosters are copied from: one writer enters units, `roster` hands out copies."""

    def __init__(self) -> None:
        self._sorts: dict[tuple[object, ...], int] = {}
        self._examples: list[Doing] = []
        self._doings: list[Doing] = []
        self._sort = np.empty(0, np.int64)
        self._interval_s = np.empty(0)
        self._alone = np.empty(0, np.bool_)
        self._speaks_at_s = np.empty(0)
        self._names: list[bytes] = []

    def enter(self, numbers: Mapping[Callsign, int], doing: Doing) -> None:
        """What a unit is and does from now on. `numbers` are those of the picture, and it is in them."""
        more = len(numbers) - len(self._sort)
        if more > 0:
            self._sort = np.append(self._sort, np.zeros(more, np.int64))
            self._interval_s = np.append(self._interval_s, np.ones(more))
            self._alone = np.append(self._alone, np.zeros(more, np.bool_))
            self._speaks_at_s = np.append(self._speaks_at_s, np.full(more, np.inf))
            self._doings += [doing] * more
            self._names += [b""] * more
        sort = self._sorts.setdefault(_sort_of(doing), len(self._sorts))
        if sort == len(self._examples):
            self._examples.append(doing)
        number = numbers[doing.unit.callsign]
        self._sort[number], self._interval_s[number] = sort, doing.unit.expected_interval_s
        self._alone[number] = doing.task is not None or doing.afoot_m is not None
        shift = doing.unit.shift
        self._speaks_at_s[number] = speaks_from(shift).timestamp() if shift is not None else np.inf
        self._doings[number] = doing
        self._names[number] = _name_of(doing.unit)

    def roster(self) -> Roster:
        """The roster as it stands."""
        return Roster(
            sort=_frozen(self._sort),
            interval_s=_frozen(self._interval_s),
            doings=tuple(self._doings),
            examples=tuple(self._examples),
            alone=_frozen(self._alone),
            speaks_at_s=_frozen(self._speaks_at_s),
            names=tuple(self._names),
        )


def _frozen(column: NDArray[_Kind]) -> NDArray[_Kind]:
    copy = column.copy()
    copy.flags.writeable = False
    return copy


def _name_of(unit: Unit) -> bytes:
    return msgspec.json.encode({"callsign": unit.callsign, "kind": unit.kind})[1:-1] + b","


def _sort_of(doing: Doing) -> tuple[object, ...]:
    unit, state = doing.unit, doing.state
    said = None if state is None else (state.availability, state.mobilise_s, state.divertible_for, state.label)
    mobility = None if unit.vehicle is None else unit.vehicle.mobility
    aboard = unit.capabilities, unit.profile, unit.driver, unit.crew, bool(unit.members), mobility
    told = unit.role, unit.organisation, unit.operation
    # Which incident it is matters to no rule: its own grade never interrupts it.
    return said, doing.in_emergency, doing.task and doing.task[1:], aboard, told
