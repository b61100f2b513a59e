"""How soon a closure is in force: `python -m tests.bench closures`.

Porto and Rhein-Neckar joined into one file, and Milan with them: 5,000 cars in one city, half of them moving. Each
closure is a new one near an incident; what is timed is the next ranking of everybody, with all that the closure asks
for: its geometry, the weights and the hierarchy under it, and the labels of whom it touches. The search on a second
`Roads` gives the same milliseconds, and a full customisation the same links, before a time is printed.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from os import getloadavg
from pathlib import Path
from time import perf_counter

import numpy as np
import osmium

from api.wiring import warm_up
from arls.closure import Area, Closure, ClosureId
from arls.geo import Position
from arls.roads.hierarchy.buffers import Buffers
from arls.roads.hierarchy.customise import customise, recustomise
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Asked, Roads
from arls.roads.profile import FORBIDDEN
from maps.osm import import_network
from tests.bench.bench_hierarchy import DATA

CITIES = (("porto", "rhein-neckar"), ("porto", "rhein-neckar", "milan"))
SEED, UNITS, CLOSURES = 1, 5_000, 150
SHUT_ARCS, CUSTOMISED = 50, 20
MOST_TURNED = 5
# A closure is a square of so many metres about: some fifty arcs of a city.
SIDE_DEG = 0.003
NEAR_DEG = 0.01
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
PROFILE = "car-response"


def joined(cities: tuple[str, ...], folder: Path) -> Path:
    """One file of several cities; their elements have numbers of their own."""
    reader, file = osmium.MergeInputReader(), folder / "cities.osm.pbf"
    for city in cities:
        reader.add_file(str(DATA / f"{city}.osm.pbf"))
    with osmium.SimpleWriter(str(file)) as writer:
        reader.apply(writer, simplify=True)
    return file


def closure_at(number: int, lat: float, lon: float) -> Closure:
    """A square, with its corner there."""
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    ring = tuple(Position(lat=lat + SIDE_DEG * y, lon=lon + SIDE_DEG * x) for x, y in corners)
    return Closure(id=ClosureId(f"C{number:04}"), shape=Area(polygons=((ring,),)), since=NOW)


def main() -> None:
    """Some cities, and then more of them; the kernels are there, as in a system that is ready."""
    warm_up()
    for cities in CITIES:
        shut_and_rank(cities)


def shut_and_rank(cities: tuple[str, ...]) -> None:
    """Shut, rank, compare, and print what it took."""
    chance = np.random.default_rng(SEED)
    with tempfile.TemporaryDirectory() as folder:
        network, _ = import_network(joined(cities, Path(folder)))
    roads, by_search = Roads(network, order=order_of(network)), Roads(network)
    main_arcs = np.flatnonzero(roads.weights(PROFILE).component == 0)
    junctions = network.arc_from[chance.choice(main_arcs, UNITS)]
    course_deg = np.where(chance.random(UNITS) < 0.5, chance.uniform(0.0, 360.0, UNITS), np.nan)
    columns = {"lat": network.junction_lat[junctions], "lon": network.junction_lon[junctions], "course_deg": course_deg}
    columns |= {"speed_mps": np.where(np.isnan(course_deg), np.nan, 12.0), "accuracy_m": np.full(UNITS, np.nan)}
    asked = Asked(profile=PROFILE, numbers=np.arange(UNITS), columns=columns)
    took_ms, changed, shut = [], 0, []
    for number in range(CLOSURES):
        at = int(chance.integers(UNITS))
        goal = Position(lat=float(columns["lat"][at]), lon=float(columns["lon"][at]))
        closure = closure_at(number, *(np.array([goal.lat, goal.lon]) + chance.uniform(-NEAR_DEG, NEAR_DEG, 2)))
        before = roads.reach(goal, asked, measured=False)
        began_s = perf_counter()
        after = roads.reach(goal, asked, measured=False, closures=(closure,))
        took_ms.append(1000 * (perf_counter() - began_s))
        # Whoever is held inside and drives may turn where he is, and so be there sooner; nobody else may.
        later = after.cost_ms >= before.cost_ms
        assert (later | ~np.isnan(course_deg)).all()
        assert np.count_nonzero(~later) <= MOST_TURNED
        changed += bool((after.cost_ms != before.cost_ms).any())
        shut.append(roads.shut_by(closure).length_m)
        plain = by_search.reach(goal, asked, measured=False, closures=(closure,))
        assert np.array_equal(plain.cost_ms, after.cost_ms)
    first_ms, (p50, p99) = took_ms[0], np.percentile(took_ms[1:], (50, 99))
    print(f"{', '.join(cities)}: {network.arcs:,} arcs, {UNITS:,} cars, {CLOSURES} closures, equal to the search")
    print(f"  each of {np.median(shut):,.0f} m of road, median; {changed} changed the ranking that follows")
    print(f"  closure handed in to next ranking of all: p50 {p50:.0f}, p99 {p99:.0f}, most {max(took_ms[1:]):.0f} ms")
    print(f"  the first of all, for which memory is found: {first_ms:.0f} ms")
    p50, p99 = np.percentile(customised_ms(roads, chance), (50, 99))
    print(f"  {SHUT_ARCS} arcs about a place customised again: p50 {p50:.1f}, p99 {p99:.1f} ms")
    print(f"  load {getloadavg()[0]:.1f}")


def customised_ms(roads: Roads, chance: np.random.Generator) -> list[float]:
    """What it takes when nobody may turn onto the arcs about a place."""
    network, opened, buffers = roads.network, roads._scene(PROFILE), Buffers()
    ready, took_ms = opened._hierarchy, []
    assert ready is not None
    main_arcs = np.flatnonzero(opened.weights.component == 0)
    for arc in chance.choice(main_arcs, CUSTOMISED + 1):
        far = (at[network.arc_from] - at[network.arc_from[arc]] for at in (network.junction_lat, network.junction_lon))
        shut = np.argsort(np.hypot(*far), kind="stable")[:SHUT_ARCS]
        turn_ms = opened.weights.turn_ms.copy()
        turn_ms[np.isin(network.turn_to, shut)] = FORBIDDEN
        weights = replace(opened.weights, turn_ms=turn_ms)
        began_s = perf_counter()
        now = recustomise(ready, weights, buffers)
        took_ms.append(1000 * (perf_counter() - began_s))
        assert np.array_equal(now.costs.link_ms, customise(ready.order, weights).costs.link_ms)
    return took_ms[1:]


if __name__ == "__main__":
    main()
