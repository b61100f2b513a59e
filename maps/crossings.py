"""Where two streets meet, by their names: `High St / Mill Lane`, `x and y`, `x junction of y`.

It decides which texts name two streets, and that a roundabout or the middle of a dual carriageway is one junction.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from maps.named import Kind, Named
from maps.spelling import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from arls.roads.network import Network
    from maps.wordindex import WordIndex

    Longs = NDArray[np.int64]

# What stands between two names. A plain `and` may be part of one name as well, so every split is tried.
_BETWEEN: Final = re.compile(
    r"\s*(?:/|\\|\+|&|@|\||\b(?:at\s+(?:the\s+)?)?(?:junction|jct|jn|corner|intersection)\s+(?:of|with)\b"
    r"|\b(?:junction|jct|jn|j/w|and|x|at|with|corner|crossing|meets)\b)\s*",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(
    r"^\s*(?:the\s+)?(?:junction|jct|jn|corner|crossing|intersection)\s+(?:of\s+)?", re.IGNORECASE
)
_MOST_SPLITS: Final = 4
_MOST_NAMES: Final = 6  # of those that either half may mean

# Streets that come as near as this meet, on a roundabout or across the middle of a dual carriageway.
_MEET_M: Final = 45.0
_ONE_CROSSING_M: Final = 90.0
_MOST_CROSSINGS: Final = 8


class Crossings:
    """The junctions of a network by the names of the streets that end there."""

    def __init__(self, places: Sequence[Named], network: Network) -> None:
        self._network = network
        self._road = np.array([one.kind in {Kind.STREET, Kind.ROAD} for one in places], np.bool_)
        self._folded = [fold(one.name) if road else "" for one, road in zip(places, self._road, strict=True)]
        self._ids: dict[str, list[int]] = {}
        for number, name in enumerate(network.names):
            if name:
                self._ids.setdefault(fold(name), []).append(number)
        self._ends = _ends(network)

    def find(self, text: str, index: WordIndex, *, most_cost: float) -> Iterator[tuple[Named, float]]:
        """Junctions of the two streets that the text names, each with what the match costs."""
        for one, other in _halves(text):
            firsts = self._names(one, index, most_cost)
            seconds = self._names(other, index, most_cost) if firsts else []
            pairs = sorted((a[1] + b[1], a[0], b[0]) for a in firsts for b in seconds if a[0] != b[0])
            best = None
            for cost, a, b in pairs:
                if best is not None and cost > best:
                    break
                for crossing in self._meeting(a, b):
                    best = cost
                    yield crossing, round(cost, 3)
            if best is not None:
                return

    def _names(self, text: str, index: WordIndex, most_cost: float) -> list[tuple[str, float]]:
        """The names of streets that half a text may mean."""
        folded = fold(text)
        if not folded:
            return []
        costs = np.where(self._road, index.costs(folded, wanted=1), np.inf)
        best: dict[str, float] = {}
        for row in np.flatnonzero(costs <= most_cost).tolist():
            name = self._folded[row]
            if name in self._ids:
                best[name] = min(best.get(name, np.inf), float(costs[row]))
        return sorted(best.items(), key=lambda one: (one[1], one[0]))[:_MOST_NAMES]

    def _meeting(self, one: str, other: str) -> Iterator[Named]:
        network = self._network
        here, there = self._junctions(one), self._junctions(other)
        if not len(here) or not len(there):
            return
        places = np.column_stack(
            network.plane.metres_of(lats=network.junction_lat[here], lons=network.junction_lon[here])
        )
        others = np.column_stack(
            network.plane.metres_of(lats=network.junction_lat[there], lons=network.junction_lon[there])
        )
        away_m, _ = cKDTree(others).query(places, distance_upper_bound=_MEET_M)
        order = np.argsort(away_m, kind="stable")
        order = order[np.isfinite(away_m[order])]
        shared = away_m[order] == 0.0
        if shared.any():
            order = order[shared]  # where they truly meet, coming near elsewhere counts for nothing
        told: list[int] = []
        name = f"{self._said(one)} / {self._said(other)}"
        for n in order.tolist():
            if len(told) == _MOST_CROSSINGS or any(np.hypot(*(places[n] - places[m])) < _ONE_CROSSING_M for m in told):
                continue
            told.append(n)
            lat, lon = network.junction_lat[here[n]], network.junction_lon[here[n]]
            yield Named(kind=Kind.JUNCTION, name=name, lat=round(float(lat), 7), lon=round(float(lon), 7))

    def _said(self, folded: str) -> str:
        return self._network.names[self._ids[folded][0]]

    def _junctions(self, folded: str) -> Longs:
        network, ids = self._network, np.array(self._ids[folded])
        streets = np.isin(network.street_name, ids) | np.isin(network.street_ref, ids)
        ends = np.unique(self._ends[streets])
        return ends[ends >= 0]


def _ends(network: Network) -> NDArray[np.int64]:
    """[S, 2] the junctions at which each street begins and ends, -1 for one that nobody may use."""
    ends = np.full((len(network.street_way), 2), -1, np.int64)
    ends[network.arc_street, 0] = network.arc_from
    ends[network.arc_street, 1] = network.arc_to
    return ends


def _halves(text: str) -> Iterator[tuple[str, str]]:
    """Every way to take the text for two names."""
    text = _LEADING.sub("", text, count=1)
    for split in list(_BETWEEN.finditer(text))[:_MOST_SPLITS]:
        one, other = text[: split.start()], text[split.end() :]
        if one.strip() and other.strip():
            yield one, other
