"""On every real extract, under random closures one after another: search, hierarchy and scipy on the cut roads agree.

More than 10,000 cases of a unit, a goal and closures; and no way that is told enters what is shut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from arls.closure import Area, Line, Point
from arls.geo import Position, moved
from arls.roads.hierarchy.order import order_of
from arls.roads.live import UNREACHED_MS, Asked, Roads
from tests.arls.roads.barriers import CutRoads, closed, square
from tests.extracts import imported, on_real_roads

if TYPE_CHECKING:
    from numpy.random import Generator

    from arls.closure import Closures, Shape
    from arls.roads.network import Network
    from arls.roads.path import Path

pytestmark = on_real_roads

EXTRACTS = [
    *("central-london.osm.pbf", "leeds.osm.gz", "levenshulme.osm.gz", "liechtenstein.osm.pbf", "milan.osm.pbf"),
    *("porto.osm.pbf", "rhein-neckar.osm.pbf", "virgin-islands.osm.pbf", "westminster.graphml"),
]
PROFILES = ("car-response", "foot")
SETS, GOALS, UNITS, PATHS = 4, 2, 150, 3
# Between a fraction of an arc and a point of the line that is told lie some roundings.
NOTHING_M = 0.01


@pytest.mark.parametrize("name", EXTRACTS)
def test_search_hierarchy_and_scipy_agree_under_closures(name: str) -> None:
    network, _ = imported(name)
    chance = np.random.default_rng(7)
    by_search, by_hierarchy = Roads(network), Roads(network, order=order_of(network))
    told = reached = 0
    for profile in PROFILES:
        for _ in range(SETS):
            middle = somewhere(network, chance)
            closures = about(middle, network, chance)
            asked = units_about(middle, network, chance, profile)
            goals = [aside(middle, chance, 400.0), somewhere(network, chance)]
            scene = by_search._scene(profile, closures)
            units = by_search._standing_of(profile).stand_of(asked).places
            plain = CutRoads(network, scene.cut) if scene.cut is not None else None
            for goal in goals:
                cost_ms = by_search.reach(goal, asked, measured=False, closures=closures).cost_ms
                quick = by_hierarchy.reach(goal, asked, measured=False, closures=closures).cost_ms
                assert np.array_equal(cost_ms, quick)
                if plain is not None:
                    scipys = plain.costs(scene.goal_of(goal), units)
                    ours = np.where(cost_ms == UNREACHED_MS, np.inf, cost_ms)
                    assert np.array_equal(ours[scipys.told], scipys.cost_ms[scipys.told])
                    told += int(scipys.told.sum())
                reached += int((cost_ms != UNREACHED_MS).sum())
                for unit in range(PATHS):
                    one = Asked(profile=profile, numbers=np.array([unit]), columns=asked.columns)
                    path = by_hierarchy.find_path(goal, one, closures=closures)
                    assert (UNREACHED_MS if path is None else path.cost_ms) == cost_ms[unit]
                    if path is not None:
                        assert not enters(path, closures, network)
    assert told * len(EXTRACTS) > 10_000
    assert reached > UNITS


def somewhere(network: Network, chance: Generator) -> Position:
    """Beside a road."""
    point = chance.integers(len(network.point_lat))
    return aside(Position(lat=float(network.point_lat[point]), lon=float(network.point_lon[point])), chance, 20.0)


def aside(place: Position, chance: Generator, within_m: float) -> Position:
    return moved(place, course_deg=float(chance.uniform(0, 360)), distance_m=float(chance.uniform(0, within_m)))


def about(middle: Position, network: Network, chance: Generator) -> Closures:
    """One to four closures of all shapes."""
    return closed(*(_shape(aside(middle, chance, 300.0), network, chance) for _ in range(chance.integers(1, 5))))


def _shape(place: Position, network: Network, chance: Generator) -> Shape:
    match chance.integers(4):
        case 0:
            return square(place, float(chance.uniform(20.0, 250.0)))
        case 1:
            return Point(position=place)
        case 2:
            return Line(positions=(place, aside(place, chance, 200.0)))
        case _:
            off = (network.point_lat - place.lat) ** 2 + (network.point_lon - place.lon) ** 2
            street = int(np.searchsorted(network.street_point_start, np.argmin(off), side="right")) - 1
            points = slice(network.street_point_start[street], network.street_point_start[street + 1])
            line = zip(network.point_lat[points].tolist(), network.point_lon[points].tolist(), strict=True)
            return Line(positions=tuple(Position(lat=lat, lon=lon) for lat, lon in line))


def units_about(middle: Position, network: Network, chance: Generator, profile: str) -> Asked:
    """Two thirds of them near the closures, half of all moving."""
    near = [aside(middle, chance, 600.0) for _ in range(2 * UNITS // 3)]
    places = [*near, *(somewhere(network, chance) for _ in range(UNITS - len(near)))]
    course_deg = np.where(chance.random(UNITS) < 0.5, chance.uniform(0.0, 360.0, UNITS), np.nan)
    columns = {
        "lat": np.array([place.lat for place in places]),
        "lon": np.array([place.lon for place in places]),
        "course_deg": course_deg,
        "speed_mps": np.where(np.isnan(course_deg), np.nan, 12.0),
        "accuracy_m": np.full(UNITS, np.nan),
    }
    return Asked(profile=profile, numbers=np.arange(UNITS), columns=columns)


def enters(path: Path, closures: Closures, network: Network) -> bool:
    """True if the line that is told runs through an area that it did not begin in: by its degrees alone."""
    line = shapely.LineString(np.column_stack(network.plane.metres_of(lats=path.lats, lons=path.lons)))
    for closure in closures:
        if isinstance(closure.shape, Area):
            ring = closure.shape.polygons[0][0]
            corners = network.plane.metres_of(lats=[at.lat for at in ring], lons=[at.lon for at in ring])
            area = shapely.Polygon(np.column_stack(corners))
            within_m = line.intersection(area.buffer(-NOTHING_M)).length
            if within_m > NOTHING_M and not area.buffer(NOTHING_M).covers(shapely.Point(line.coords[0])):
                return True
    return False
