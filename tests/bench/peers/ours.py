"""ARLS as a contestant: the same ranking, with less and less of it done beforehand.

It finds its labels in no cache, but for the second of several incidents in a row and those behind it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from arls.roads import search, streets
from arls.roads.dijkstra import UNREACHED
from arls.roads.hierarchy import warm
from arls.roads.hierarchy.arrival import arrival_of
from arls.roads.hierarchy.departures import Departures
from arls.roads.live import Asked, Roads
from arls.roads.search import eta_to
from tests.bench.peers.city import PROFILE, goal_at
from tests.bench.peers.contest import Contestant

if TYPE_CHECKING:
    from tests.bench.peers.city import City

ROUNDS, NEAREST = 60, 10
RANKED = "ARLS: all ranked, labels of units and incident kept"
FROM_PLACE = "ARLS: incident snapped, labelled, all ranked"
DIJKSTRA = "full reverse Dijkstra, compiled (ARLS's own)"


def warm_up() -> None:
    """Compiles what would else be compiled in the first round."""
    search.warm_up()
    streets.warm_up()
    warm.warm_up()


def contestants(city: City) -> list[Contestant]:
    """From everything kept to nothing kept, and the plain search."""
    departures = Departures(city.ready, city.units)
    arrivals = [arrival_of(city.ready, goal) for goal in city.goals]
    entrants = {
        RANKED: lambda incident: departures.eta_to(arrivals[incident]),
        FROM_PLACE: lambda incident: departures.eta_to(
            arrival_of(city.ready, goal_at(city.snapper, city.weights, city.incidents[incident]))
        ),
        "ARLS: `Roads.reach`, with whether units moved": _reach(city),
        "ARLS: nothing kept, 5,000 units snapped and labelled too": partial(_anew, city),
        DIJKSTRA: lambda incident: eta_to(city.weights, city.reverse, goal=city.goals[incident], units=city.units),
    }
    row = Contestant(
        name=f"the same, {len(arrivals)} incidents in a row, each",
        ask=lambda _: [departures.eta_to(arrival) for arrival in arrivals],
        rounds=ROUNDS // 4,
        each=len(arrivals),
        exact=lambda answers, incident: _exact(answers[incident]),
    )
    nearest = Contestant(
        name=f"ARLS: nearest {NEAREST} by the search, nothing kept but snaps",
        ask=lambda i: eta_to(city.weights, city.reverse, goal=city.goals[i], units=city.units, k=NEAREST).cost_ms,
        rounds=ROUNDS,
        exact=lambda answer, incident: _completed(_exact(answer), city.etas_ms(incident)),
    )
    first, *others = [
        Contestant(name=name, ask=ask, rounds=ROUNDS, exact=lambda answer, _: _exact(answer))
        for name, ask in entrants.items()
    ]
    return [first, row, *others, nearest]


def _exact(answer: Any) -> np.ndarray:
    ms = getattr(answer, "cost_ms", answer)
    return np.where(ms == UNREACHED, np.inf, ms)


def _completed(nearest_ms: np.ndarray, all_ms: np.ndarray) -> np.ndarray:
    """The nearest few, and for all others what they need, unless that were less: then the few are not the nearest."""
    others = np.isinf(nearest_ms)
    assert (~others).sum() == NEAREST
    return np.where(others & (all_ms >= nearest_ms[~others].max()), all_ms, nearest_ms)


def _reach(city: City) -> Any:
    roads = Roads(city.network, order=city.ready.order)
    unknown, numbers = np.full(len(city.lats), np.nan), np.arange(len(city.lats))
    columns = {"lat": city.lats, "lon": city.lons} | dict.fromkeys(("course_deg", "speed_mps", "accuracy_m"), unknown)
    asked = Asked(profile=PROFILE.name, numbers=numbers, columns=columns)
    return lambda incident: roads.reach(city.incidents[incident], asked, measured=False)


def _anew(city: City, incident: int) -> np.ndarray:
    units = city.snapper.snap(lats=city.lats, lons=city.lons, weights=city.weights)
    goal = goal_at(city.snapper, city.weights, city.incidents[incident])
    return Departures(city.ready, units).eta_to(arrival_of(city.ready, goal))
