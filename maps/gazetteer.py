"""Finds places by what a caller says: streets, junctions of two, motorway junctions, settlements, postcodes, numbers.

It decides what fits a text, and in which order. Where names come from is the business of `named_roads`, `osm_names`
and the importers; what is a number and not a name, of `placetext`.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from arls.geo import Position, distances_m
from maps.crossings import Crossings
from maps.named import Kind, Localities, Named
from maps.spelling import fold
from maps.wordindex import TYPO, WordIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from arls.roads.network import Network

    Floats = NDArray[np.float64]

# Two places of one name and kind as near as this are one that two sources tell of.
_SAME_M: Final = 400.0
# A junction is looked for between so many streets of either name, each with so many wrong letters at most.
_MOST_TYPOS: Final = 1
_KINDS: Final = {kind: place for place, kind in enumerate(Kind)}


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A place that fits, and how well: 0 is what was typed, each wrong letter is 1."""

    place: Named
    cost: float


class Gazetteer:
    """The named places of one area over its roads. Many threads may ask at once."""

    def __init__(self, places: Iterable[Named], network: Network) -> None:
        self.places = tuple(places)
        self._network = network
        self._making = threading.Lock()

    def find(self, text: str, *, near: Position | None = None, limit: int = 10) -> list[Found]:
        """Places that the text may mean, the best match first, then the nearest to `near`."""
        folded = fold(text)
        if not folded:
            return []
        lookup = self._lookup
        costs = lookup.index.costs(folded, wanted=limit)
        hits = np.flatnonzero(np.isfinite(costs))
        found = [
            Found(place=self.places[row], cost=round(float(costs[row]), 3))
            for row in self._order(hits, costs, near, limit)
        ]
        found += self._junctions(text, near)
        return _without_repeats(_sorted(found, near))[:limit]

    def context_of(self, position: Position) -> str:
        """The settlement a place lies in, or nothing."""
        return self._lookup.localities.contexts_of(lats=np.array([position.lat]), lons=np.array([position.lon]))[0]

    def prepare(self) -> None:
        """Make what the first question needs, so that nobody waits for it."""
        _ = self._lookup

    @property
    def _lookup(self) -> _Lookup:
        with self._making:
            return self._made

    @cached_property
    def _made(self) -> _Lookup:
        return _Lookup(self.places, self._network)

    def _order(self, hits: NDArray[np.int64], costs: Floats, near: Position | None, limit: int) -> list[int]:
        """The best few of the rows that fit, with some to spare for those that are told of twice."""
        lookup = self._lookup
        away = lookup.away_m(hits, near) if near else np.zeros(len(hits))
        order = np.lexsort((lookup.kind[hits], away, np.round(costs[hits], 3)))
        return [int(row) for row in hits[order][: 3 * limit]]

    def _junctions(self, text: str, near: Position | None) -> list[Found]:
        lookup = self._lookup
        found = []
        for crossing, cost in lookup.crossings.find(text, lookup.index, most_cost=_MOST_TYPOS * TYPO + 0.5):
            context = self.context_of(Position(lat=crossing.lat, lon=crossing.lon))
            found.append(Found(place=msgspec.structs.replace(crossing, context=context), cost=cost))
        return _sorted(found, near)


class _Lookup:
    """What is worked out of the places once: their words, their columns, and which streets meet."""

    def __init__(self, places: Sequence[Named], network: Network) -> None:
        self.index = WordIndex([fold(one.name) for one in places], [fold(one.context) for one in places])
        self.kind = np.array([_KINDS[one.kind] for one in places], np.int64)
        self._lat = np.array([one.lat for one in places], np.float64)
        self._lon = np.array([one.lon for one in places], np.float64)
        self.localities = Localities(one for one in places if one.kind is Kind.SETTLEMENT)
        self.crossings = Crossings(places, network)

    def away_m(self, rows: NDArray[np.int64], near: Position) -> Floats:
        here = np.full(len(rows), near.lat), np.full(len(rows), near.lon)
        return distances_m(from_lats=here[0], from_lons=here[1], to_lats=self._lat[rows], to_lons=self._lon[rows])


def metres_from(place: Named, near: Position) -> float:
    """How far the place is from `near`."""
    here = np.array([place.lat]), np.array([place.lon])
    there = np.array([near.lat]), np.array([near.lon])
    return float(distances_m(from_lats=here[0], from_lons=here[1], to_lats=there[0], to_lons=there[1])[0])


def _sorted(found: Iterable[Found], near: Position | None) -> list[Found]:
    def key(one: Found) -> tuple[float, float, int, str, str]:
        away_m = metres_from(one.place, near) if near else 0.0
        return one.cost, away_m, _KINDS[one.place.kind], one.place.name, one.place.context

    return sorted(found, key=key)


def _without_repeats(found: Sequence[Found]) -> list[Found]:
    kept: list[Found] = []
    for one in found:
        alike = (other.place for other in kept if other.place.kind is one.place.kind)
        if not any(_is_same(one.place, other) for other in alike):
            kept.append(one)
    return kept


def _is_same(one: Named, other: Named) -> bool:
    if fold(one.name) != fold(other.name):
        return False
    return metres_from(one, Position(lat=other.lat, lon=other.lon)) <= _SAME_M and one.source != other.source
