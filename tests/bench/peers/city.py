"""One city, 5,000 units and some incidents, as ARLS has them; and how long it took to get ready for the questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from arls.geo import Position
from arls.roads.dijkstra import UNREACHED
from arls.roads.hierarchy.customise import customise
from arls.roads.hierarchy.order import order_of
from arls.roads.profile import CAR_RESPONSE, weights_of
from arls.roads.search import Reverse, eta_to, reverse_of
from arls.roads.snap import Snapper
from maps.osm import import_network
from tests.bench.bench_search import beside_streets, timed

if TYPE_CHECKING:
    from pathlib import Path

    from arls.roads.hierarchy.customise import Hierarchy
    from arls.roads.network import Floats, Network, Places
    from arls.roads.profile import Weights

PROFILE = CAR_RESPONSE
UNITS, INCIDENTS = 5_000, 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class City:
    """A network, its units and where they are needed."""

    source: Path
    network: Network
    weights: Weights
    reverse: Reverse
    ready: Hierarchy
    snapper: Snapper
    lats: Floats  # [units]
    lons: Floats  # [units]
    units: Places
    incidents: list[Position]
    goals: list[Places]
    took_s: dict[str, float]  # to get ready
    _etas_ms: dict[int, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Path) -> Self:
        """The city of an extract, its units and incidents seeded."""
        (network, _), import_ms = timed(lambda: import_network(source))
        order, order_ms = timed(lambda: order_of(network))
        weights, weights_ms = timed(lambda: weights_of(network, PROFILE))
        ready, customise_ms = timed(lambda: customise(order, weights))
        lats, lons = beside_streets(network, weights, UNITS + INCIDENTS)
        snapper = Snapper(network)
        incidents = [
            Position(lat=float(lat), lon=float(lon)) for lat, lon in zip(lats[UNITS:], lons[UNITS:], strict=True)
        ]
        return cls(
            source=source,
            network=network,
            weights=weights,
            reverse=reverse_of(network),
            ready=ready,
            snapper=snapper,
            lats=lats[:UNITS],
            lons=lons[:UNITS],
            units=snapper.snap(lats=lats[:UNITS], lons=lons[:UNITS], weights=weights),
            incidents=incidents,
            goals=[goal_at(snapper, weights, incident) for incident in incidents],
            took_s={
                "import": import_ms / 1e3,
                "order": order_ms / 1e3,
                "weights and hierarchy": (weights_ms + customise_ms) / 1e3,
            },
        )

    def etas_ms(self, incident: int) -> Floats:
        """[units] to one of the incidents by the plain search, inf: no way."""
        if incident not in self._etas_ms:
            found = eta_to(self.weights, self.reverse, goal=self.goals[incident], units=self.units).cost_ms
            self._etas_ms[incident] = np.where(found == UNREACHED, np.inf, found)
        return self._etas_ms[incident]


def goal_at(snapper: Snapper, weights: Weights, incident: Position) -> Places:
    """Every place from which an incident may be reached."""
    return snapper.snap(lats=np.array([incident.lat]), lons=np.array([incident.lon]), weights=weights, ends=True)
