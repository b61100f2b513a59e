"""Places that move, findable in space: columns of grid metres by default, an R-tree by setting; identical answers.

It decides who is nearest to a place and who is in a box, by the straight line on a flat map (`geo.LocalPlane`).
An id is a small whole number, given to a unit once and counted from 0; what it stands for, and how long the road
is, are others' to know. One thread may write while any number read: a reader sees an update whole or not at all.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from rtree import index as rtree_index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    from arls.geo import Bounds, LocalPlane, Position

    Ids = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Box = tuple[float, float, float, float]

Kind = Literal["grid", "rtree"]

# Rows come in groups of this many: the least of each group bounds the k-th nearest, without sorting all rows.
_GROUP = 16

# A transverse Mercator plane ends about 90 degrees from its middle. What lies there is farther than anything.
_FAR_M = 1e8
# Up to here east and west of its middle, meridians and parallels bend one way only, on either side of it.
_BEND_DEG = 45.0


class SpatialIndex(Protocol):
    """Where every id is now. Positions are degrees WGS 84, distances metres in the index's plane."""

    def update(self, ids: ArrayLike, *, lats: ArrayLike, lons: ArrayLike) -> None:
        """Put each id where it now is; of an id named twice the last place counts.

        Raises ValueError for a negative id or a place that is not finite.
        """

    def remove(self, ids: ArrayLike) -> None:
        """Take these out; one that is not in is passed over."""

    def nearest(self, position: Position, k: int) -> tuple[Ids, Floats]:
        """The k nearest ids (fewer where there are fewer), nearest first, equals by id, and their distances."""

    def within(self, bounds: Bounds) -> Ids:
        """Every id on the edge of the box or inside, in rising order."""


def make_index(kind: Kind, *, plane: LocalPlane) -> SpatialIndex:
    """An empty index of this kind."""
    return GridIndex(plane) if kind == "grid" else RtreeIndex(plane)


class GridIndex:
    """All places in columns, searched whole: at 10,000 of them quicker than a tree (tests/bench/bench_index.py).

    An update replaces the columns, so that `copy.copy` of an index is a picture that stands still, at no cost.
    """

    def __init__(self, plane: LocalPlane) -> None:
        self._plane = plane
        self._columns = _Columns.of(0)

    def update(self, ids: ArrayLike, *, lats: ArrayLike, lons: ArrayLike) -> None:
        """Put each id where it now is: `SpatialIndex.update`."""
        self._columns = self._columns.moved(ids, lats=lats, lons=lons, plane=self._plane)

    def remove(self, ids: ArrayLike) -> None:
        """Take these out: `SpatialIndex.remove`."""
        self._columns = self._columns.without(ids)

    def nearest(self, position: Position, k: int) -> tuple[Ids, Floats]:
        """The k nearest ids and their distances: `SpatialIndex.nearest`."""
        squares = self._columns.squares_from(*_metres_of(position, self._plane))
        ids = np.flatnonzero(squares <= _bound_of_nearest(squares, k))
        return _ranked(ids, squares[ids], k)

    def within(self, bounds: Bounds) -> Ids:
        """Every id in the box: `SpatialIndex.within`."""
        return self._columns.within(bounds)


class RtreeIndex:
    """All places in an R-tree (libspatialindex), which finds candidates; their columns say the rest exactly."""

    def __init__(self, plane: LocalPlane) -> None:
        self._plane = plane
        self._columns = _Columns.of(0)
        self._tree = rtree_index.Index()
        self._turn = threading.Lock()  # the tree stands no reader beside its writer

    def update(self, ids: ArrayLike, *, lats: ArrayLike, lons: ArrayLike) -> None:
        """Put each id where it now is: `SpatialIndex.update`."""
        self._move(ids, self._columns.moved(ids, lats=lats, lons=lons, plane=self._plane))

    def remove(self, ids: ArrayLike) -> None:
        """Take these out: `SpatialIndex.remove`."""
        self._move(ids, self._columns.without(ids))

    def nearest(self, position: Position, k: int) -> tuple[Ids, Floats]:
        """The k nearest ids and their distances: `SpatialIndex.nearest`."""
        x, y = _metres_of(position, self._plane)
        with self._turn:
            seeds = _ids_of(self._tree.nearest((x, y, x, y), k)) if k > 0 else _ids_of(())
            if seeds.size == 0:
                return _ranked(seeds, np.empty(0), k)
            # Any k places bound the k-th nearest from above; the box of that reach holds every place as near.
            reach = float(np.sqrt(self._columns.squares_from(x, y, of=seeds).max())) * (1 + 1e-9) + 1e-6
            ids = _ids_of(self._tree.intersection((x - reach, y - reach, x + reach, y + reach)))
            return _ranked(ids, self._columns.squares_from(x, y, of=ids), k)

    def within(self, bounds: Bounds) -> Ids:
        """Every id in the box: `SpatialIndex.within`."""
        box = _find_box(bounds, self._plane)
        with self._turn:
            return self._columns.within(bounds, of=None if box is None else _ids_of(self._tree.intersection(box)))

    def _move(self, ids: ArrayLike, after: _Columns) -> None:
        with self._turn:
            for id_ in np.unique(np.asarray(ids, np.int64)).tolist():
                was, becomes = self._columns.find_box(id_), after.find_box(id_)
                if was is not None:
                    self._tree.delete(id_, was)
                if becomes is not None:
                    self._tree.insert(id_, becomes)
            self._columns = after


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """One row an id, a multiple of _GROUP of them: degrees (absent: NaN) and metres in the plane (absent: inf)."""

    lats: Floats
    lons: Floats
    x: Floats
    y: Floats

    @classmethod
    def of(cls, rows: int) -> _Columns:
        """Columns with nobody in them."""
        degrees, metres = np.full(rows, np.nan), np.full(rows, np.inf)
        return cls(lats=degrees, lons=degrees.copy(), x=metres, y=metres.copy())

    def moved(self, ids: ArrayLike, *, lats: ArrayLike, lons: ArrayLike, plane: LocalPlane) -> _Columns:
        """Other columns, in which these ids are there; longer by half and more where an id does not fit."""
        rows, lats, lons = np.asarray(ids, np.int64), np.asarray(lats, np.float64), np.asarray(lons, np.float64)
        if not (np.isfinite(lats).all() and np.isfinite(lons).all() and (rows >= 0).all()):
            raise ValueError("an id is 0 or more, and its place is finite")
        x, y = plane.metres_of(lats=lats, lons=lons)
        after = self._copied(rows=int(rows.max(initial=-1)) + 1)
        after.lats[rows], after.lons[rows] = lats, lons
        after.x[rows], after.y[rows] = _placed(x), _placed(y)
        return after

    def without(self, ids: ArrayLike) -> _Columns:
        """Other columns, in which these ids are nowhere."""
        rows = np.asarray(ids, np.int64)
        rows = rows[(rows >= 0) & (rows < len(self.x))]
        after = self._copied(rows=0)
        after.lats[rows] = after.lons[rows] = np.nan
        after.x[rows] = after.y[rows] = np.inf
        return after

    def squares_from(self, x: float, y: float, *, of: Ids | None = None) -> Floats:
        """Squared distances in square metres of all rows or of some; absent: inf."""
        dx, dy = (self.x if of is None else self.x[of]) - x, (self.y if of is None else self.y[of]) - y
        return dx * dx + dy * dy

    def within(self, bounds: Bounds, *, of: Ids | None = None) -> Ids:
        """The ids in the box, of all or of some in rising order."""
        lats, lons = (self.lats, self.lons) if of is None else (self.lats[of], self.lons[of])
        held = (bounds.south <= lats) & (lats <= bounds.north) & (bounds.west <= lons) & (lons <= bounds.east)
        return np.flatnonzero(held) if of is None else of[held]

    def find_box(self, id_: int) -> Box | None:
        """The place of an id in metres, as a box without size; None where it is absent."""
        if id_ >= len(self.x) or np.isinf(self.x[id_]):
            return None
        x, y = float(self.x[id_]), float(self.y[id_])
        return x, y, x, y

    def _copied(self, *, rows: int) -> _Columns:
        held = len(self.x)
        room = held if rows <= held else -(-max(rows, held * 3 // 2) // _GROUP) * _GROUP
        copy = _Columns.of(room)
        copy.lats[:held], copy.lons[:held], copy.x[:held], copy.y[:held] = self.lats, self.lons, self.x, self.y
        return copy


def _bound_of_nearest(squares: Floats, k: int) -> float:
    """A square that k of them, if there are so many, do not exceed; never inf, which is the absent's."""
    least = squares.reshape(_GROUP, -1).min(axis=0)
    if k >= len(least):
        return sys.float_info.max
    return min(float(np.partition(least, k - 1)[k - 1]), sys.float_info.max)


def _ranked(ids: Ids, squares: Floats, k: int) -> tuple[Ids, Floats]:
    order = np.argsort(squares, kind="stable")[: max(k, 0)]  # ids rise, so that equals stay in their order
    return ids[order], np.sqrt(squares[order])


def _find_box(bounds: Bounds, plane: LocalPlane) -> Box | None:
    """Metres that hold every place in the bounds; None where the plane bends too much to say."""
    middle = plane.origin.lon
    if bounds.west < middle - _BEND_DEG or bounds.east > middle + _BEND_DEG:
        return None
    # A meridian bulges most at the equator and a parallel least at the middle; else the corners are outermost.
    lons = np.array([bounds.west, np.clip(middle, bounds.west, bounds.east), bounds.east])
    lats = np.array([bounds.south, np.clip(0.0, bounds.south, bounds.north), bounds.north])
    x, y = plane.metres_of(lats=np.repeat(lats, 3), lons=np.tile(lons, 3))
    return float(x.min()) - 1.0, float(y.min()) - 1.0, float(x.max()) + 1.0, float(y.max()) + 1.0


def _metres_of(position: Position, plane: LocalPlane) -> tuple[float, float]:
    x, y = plane.metres_of(lats=position.lat, lons=position.lon)
    return float(_placed(x)), float(_placed(y))


def _placed(metres: Floats) -> Floats:
    return np.nan_to_num(metres, nan=_FAR_M, posinf=_FAR_M, neginf=-_FAR_M)


def _ids_of(found: Iterable[Any]) -> Ids:
    return np.sort(np.fromiter(found, np.int64))
