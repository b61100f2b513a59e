"""Where the units of one profile stand on the road, kept until they move.

It decides when a unit is placed again: when something of what its place depends on has changed. Where that is is the
business of `placing`, and what it costs that of `scene`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.network import Places
from arls.roads.placing import SEEN, SLOTS, Placer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from arls.roads.network import Floats, Longs
    from arls.roads.placing import Trails
    from arls.roads.profile import Weights
    from arls.roads.snap import Snapper


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """Which units are asked after: their numbers, and the columns of the picture that holds them all."""

    profile: str
    numbers: Longs  # [n]
    columns: Mapping[str, Floats]  # each [N], N > max(numbers)
    trails: Trails | None = None  # of all N; None: where each is seen is all that is known


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stand:
    """Where the units asked after stand, in their order."""

    places: Places
    moves: Longs  # [n] how often each has been placed: another count, another place


class Standing:
    """The places of the units of one profile, by unit number. Many threads may ask at once."""

    def __init__(self, snapper: Snapper, weights: Weights) -> None:
        self._placer = Placer(snapper, weights)
        self._lock = threading.Lock()
        self._seen = np.zeros((len(SEEN), 0))
        self._keys = np.zeros(0, np.int64)
        self._moves = np.zeros(0, np.int64)
        self._count = np.zeros(0, np.int64)
        self._arc = np.zeros((0, SLOTS), np.int32)
        self._fraction = np.zeros((0, SLOTS))
        self._off_road_m = np.zeros((0, SLOTS))
        self._extra_ms = np.zeros((0, SLOTS), np.uint32)

    def moved(self, asked: Asked) -> Longs:
        """The numbers of those asked after that have moved since they were placed."""
        with self._lock:
            self._grow(len(asked.columns["lat"]))
            return asked.numbers[self._changed(asked)]

    def stand_of(self, asked: Asked) -> Stand:
        """Where the units asked after stand now; those that have moved are placed again."""
        with self._lock:
            self._grow(len(asked.columns["lat"]))
            self._place(asked)
            return Stand(places=self._places(asked.numbers), moves=self._moves[asked.numbers])

    def _places(self, numbers: Longs) -> Places:
        count = self._count[numbers]
        held = np.arange(SLOTS) < count[:, None]
        return Places(
            start=np.append(0, np.cumsum(count)),
            arc=self._arc[numbers][held],
            fraction=self._fraction[numbers][held],
            off_road_m=self._off_road_m[numbers][held],
            extra_ms=self._extra_ms[numbers][held],
        )

    def _grow(self, units: int) -> None:
        more = units - len(self._count)
        if more <= 0:
            return
        # Infinity is no place, so that a new unit counts as one that has moved.
        self._seen = np.hstack([self._seen, np.full((len(SEEN), more), np.inf)])
        self._keys = np.append(self._keys, np.zeros(more, np.int64))
        self._moves = np.append(self._moves, np.zeros(more, np.int64))
        self._count = np.append(self._count, np.zeros(more, np.int64))
        self._arc = np.vstack([self._arc, np.zeros((more, SLOTS), np.int32)])
        self._fraction = np.vstack([self._fraction, np.zeros((more, SLOTS))])
        self._off_road_m = np.vstack([self._off_road_m, np.zeros((more, SLOTS))])
        self._extra_ms = np.vstack([self._extra_ms, np.zeros((more, SLOTS), np.uint32)])

    def _place(self, asked: Asked) -> None:
        moved = self._changed(asked)
        if not len(moved):
            return
        numbers = asked.numbers[moved]
        seen = {name: asked.columns[name][numbers] for name in SEEN}
        found = self._placer.places(seen, asked.trails.fixes_of(numbers) if asked.trails else None)
        count = np.diff(found.start)
        owner = np.repeat(np.arange(len(moved)), count)
        slot = np.arange(len(found.arc)) - found.start[owner]
        self._arc[numbers[owner], slot] = found.arc
        self._fraction[numbers[owner], slot] = found.fraction
        self._off_road_m[numbers[owner], slot] = found.off_road_m
        self._extra_ms[numbers[owner], slot] = found.extra_ms
        self._count[numbers] = count
        self._moves[numbers] += 1
        self._seen[:, numbers], self._keys[numbers] = np.vstack(list(seen.values())), _keys(asked)[moved]

    def _changed(self, asked: Asked) -> Longs:
        """Which of those asked after are to be placed again."""
        now = np.vstack([asked.columns[name][asked.numbers] for name in SEEN])
        same = (_bits(now) == _bits(self._seen[:, asked.numbers])).all(axis=0)
        return np.flatnonzero(~same | (_keys(asked) != self._keys[asked.numbers]))


def _keys(asked: Asked) -> Longs:
    return np.zeros(len(asked.numbers), np.int64) if asked.trails is None else asked.trails.keys[asked.numbers]


def _bits(values: Floats) -> NDArray[np.int64]:
    # Compared by bits, an unknown course is equal to an unknown course.
    return np.ascontiguousarray(values).view(np.int64)
