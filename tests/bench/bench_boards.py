"""How soon every open incident has its order of all units: `python tests/bench/bench_boards.py`.

100 incidents and 5,000 units in Porto, through the engine as it is. Each order is asserted to be that of a ranking
before a time is printed; the rankings stand beside it in the same run. What units cost that have moved since the last
board is counted apart.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from arls import messages as m  # noqa: E402 - the path must be set first, for the benchmark runs from the tree
from arls.board import board_of, question_of  # noqa: E402 - the same
from arls.engine import Engine  # noqa: E402 - the same
from arls.fix import Fix  # noqa: E402 - the same
from arls.geo import Position  # noqa: E402 - the same
from arls.ranking import rank  # noqa: E402 - the same
from arls.roads.hierarchy.order import order_of  # noqa: E402 - the same
from arls.roads.live import Roads  # noqa: E402 - the same
from arls.unit import Callsign, Unit  # noqa: E402 - the same
from maps.osm import import_network  # noqa: E402 - the same
from tests.bench.bench_hierarchy import DATA, Times  # noqa: E402 - the same
from tests.fakes import ListOutbox, MemoryJournal  # noqa: E402 - the same

if TYPE_CHECKING:
    from arls.board import Board
    from arls.roads.network import Floats
    from arls.state import Known

SEED, UNITS, INCIDENTS = 1, 5_000, 100
# Half of the units drive and report every five seconds, the others stand; in each batch a fifth of those who drive.
EVERY_S, SPEED_MPS, NOISE_M, BATCHES = 5.0, 11.0, 6.0, 10
ASSERTED = 10
ALL, STILL, MOVED = (
    "100 incidents, nobody has moved",
    "two incidents, nobody has moved",
    "two incidents, 500 units have",
)
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


class Force:
    """Units on the roads of a city, and the engine that hears them."""

    def __init__(self, roads: Roads, *, incidents: int = INCIDENTS) -> None:
        self.roads, self.chance = roads, np.random.default_rng(SEED)
        self.engine = Engine(MemoryJournal(), ListOutbox())
        self.lines = [self._line() for _ in range(UNITS // 2)]
        self.at_m = [0.0] * len(self.lines)
        self.at = NOW
        for number in range(UNITS):
            unit = Unit(callsign=Callsign(f"U{number:04}"), crew=2)
            self._ask(m.PutUnit(**self._said(), unit=unit, sources=(f"itsi:{number}",)))
            self._ask(m.SetState(**self._said(), callsign=unit.callsign, code=2))
        self.engine.start()  # what waits for it is committed in a few batches
        for incident in range(incidents):
            place, grade = self._anywhere(), "123"[incident % 3]
            self._ask(m.CreateIncident(**self._said(), lat=place[0], lon=place[1], grade=grade))
        for _ in range(8):
            self.report(range(len(self.lines)))
        parked = [self._fix(number, *self._anywhere(), speed_mps=0.0) for number in range(len(self.lines), UNITS)]
        self._ask(m.RecordFixes(**self._said(), fixes=tuple(parked)))

    @property
    def known(self) -> Known:
        self._last.result()
        return self.engine.known

    def report(self, drivers: range) -> None:
        """The next fixes of some who drive."""
        self.at += timedelta(seconds=EVERY_S * len(drivers) / len(self.lines))
        self._ask(m.RecordFixes(**self._said(), fixes=tuple(self._driven(number) for number in drivers)))

    def _driven(self, number: int) -> Fix:
        x, y, along_m = self.lines[number]
        self.at_m[number] += EVERY_S * SPEED_MPS
        here = [np.interp(self.at_m[number] + step, along_m, axis) for step in (0.0, 5.0) for axis in (x, y)]
        course = float(np.degrees(np.arctan2(here[2] - here[0], here[3] - here[1])) + self.chance.normal(0, 8)) % 360
        noise = self.chance.normal(0.0, NOISE_M, 2)
        lat, lon = self.roads.network.plane.degrees_of(x=here[0] + noise[0], y=here[1] + noise[1])
        return self._fix(number, float(lat), float(lon), speed_mps=SPEED_MPS, course_deg=course)

    def _fix(self, number: int, lat: float, lon: float, **told: float) -> Fix:
        return Fix(
            id=f"{number}/{self.at.isoformat()}",
            source=f"itsi:{number}",
            received_at=self.at,
            fix_time=self.at,
            lat=lat,
            lon=lon,
            accuracy_m=8.0,
            **told,
        )

    def _line(self) -> tuple[Floats, Floats, Floats]:
        """A way of some kilometres, in metres on the plane."""
        way = None
        while way is None or way.length_m < SPEED_MPS * EVERY_S * (8 + BATCHES):
            ends = [Position(lat=lat, lon=lon) for lat, lon in (self._anywhere(), self._anywhere())]
            way = self.roads.find_way(*ends, "car-response")
        x, y = self.roads.network.plane.metres_of(lats=way.lats, lons=way.lons)
        return x, y, np.append(0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))

    def _anywhere(self) -> tuple[float, float]:
        point = self.chance.integers(0, len(self.roads.network.point_lat))
        return float(self.roads.network.point_lat[point]), float(self.roads.network.point_lon[point])

    def _said(self) -> dict[str, Any]:
        return {"at": self.at, "operator": "bench", "desk": "bench"}

    def _ask(self, command: m.Command) -> None:
        self._last = self.engine.ask(command, wait_s=60.0)


def assert_ranked(board: Board, force: Force) -> None:
    """The first few orders are those of the rankings, from first to last."""
    for incident in list(board.orders)[:ASSERTED]:
        question = question_of(force.known.incidents[incident], board.at)
        ranked = rank(question, force.known, force.roads).candidates
        order = board.orders[incident]
        assert [one.callsign for one in ranked] == [force.known.picture.callsigns[i] for i in order.numbers]
        assert [round(one.eta_s.mid * 1000) for one in ranked] == order.eta_ms.tolist()


def main() -> None:
    """Ask, compare, and print what it took."""
    network, _ = import_network(DATA / "porto.osm.pbf")
    roads, times = Roads(network, order=order_of(network)), Times()
    roads.prepare()
    force = Force(roads)
    board_of(force.known, roads, force.at)
    drivers, fifth = len(force.lines), len(force.lines) // 5
    for batch in range(BATCHES):
        first = batch * fifth % drivers
        force.report(range(first, first + fifth))
        known, at = force.known, force.at
        # One is asked with response profiles and one without, so that both are made current.
        two = list(known.incidents.values())[1:3]
        moved = times.of(MOVED, partial(board_of, known, roads, at, incidents=two))
        same = times.of(STILL, partial(board_of, known, roads, at, incidents=two))
        for incident, order in moved.orders.items():
            assert order.numbers.tolist() == same.orders[incident].numbers.tolist()
        board = times.of(ALL, partial(board_of, known, roads, at))
    assert_ranked(board, force)
    for incident in list(known.incidents.values())[:ASSERTED]:
        times.of("one ranking, the first 10", partial(rank, replace(question_of(incident, at), k=10), known, roads))
    force.engine.stop()
    print(f"Porto, {UNITS:,} units, {INCIDENTS} open incidents, equal to rankings")
    times.print(ALL, "80 ms")
    times.print(STILL)
    times.print(MOVED)
    for which, of in (("median", times.median_ms), ("least", times.least_ms)):
        each_ms = (of(MOVED) - of(STILL)) / fifth / 2
        print(f"  each unit that has moved, for each of two profiles: {each_ms:.3f} ms {which}")
    times.print("one ranking, the first 10")


if __name__ == "__main__":
    main()
