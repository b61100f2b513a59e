"""What a plan adds to a ranking of 5,000 units: `python -m tests.bench plans`.

Cars parked all over the county, three with dogs. For random places the muster of each plan is timed apart from the
ranking that it is part of, and the whole ranking stands beside it; whom it sends is asserted against scipy's assignment
first (`linear_sum_assignment`, least sum of times).
"""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from arls import messages as m
from arls.eligibility import Everybody
from arls.engine import Engine
from arls.fix import Fix
from arls.geo import Position
from arls.muster import muster_of
from arls.pipeline import exclusions_of, get_lineup, run, sheet_of
from arls.plan import Requirement, asked_plan
from arls.ranking import Question, rank
from arls.rivals import Scene
from arls.unit import Callsign, Unit
from tests.bench.bench_interval import roads_of
from tests.fakes import ListOutbox, MemoryJournal

if TYPE_CHECKING:
    from arls.lineup import Lineup
    from arls.muster import Muster
    from arls.roads.live import Roads
    from arls.state import Known

SEED, UNITS, DOGS, PLACES = 3, 5_000, 3, 40
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
DOG, TASER = Requirement(label="dog unit", capabilities=("dog",)), Requirement(any_of=("taser",))
PLANS = {
    "one unit": (Requirement(),),
    "two units and a dog": (Requirement(n=2), DOG),
    "ten units, a dog and a Taser": (Requirement(n=10), DOG, TASER),
    "the same, three of them shared": (
        Requirement(n=9),
        Requirement(capabilities=("dog",), shared=True),
        Requirement(any_of=("taser",), shared=True),
        Requirement(min_crew=2, shared=True),
    ),
    "four dogs, of which there are three": (Requirement(n=4, capabilities=("dog",)),),
    "two horses, of which there are none": (Requirement(n=2, capabilities=("mounted",)),),
    "a crew of seven, which nobody has": (Requirement(min_crew=7),),
}


def said(**fields: Any) -> dict[str, Any]:
    return {"at": NOW, "operator": "bench", "desk": "bench", **fields}


def somewhere(roads: Roads, chance: np.random.Generator) -> Position:
    network = roads.network
    point = int(chance.integers(len(network.point_lat)))
    return Position(lat=float(network.point_lat[point]), lon=float(network.point_lon[point]))


def force(roads: Roads, chance: np.random.Generator) -> Known:
    engine, fixes = Engine(MemoryJournal(), ListOutbox()), []
    for number in range(UNITS):
        skills = ("dog",) if number < DOGS else ("taser",) if number % 4 == 0 else ()
        unit = Unit(callsign=Callsign(f"U{number:04}"), crew=1 + number % 2, capabilities=skills)
        engine.ask(m.PutUnit(**said(unit=unit, sources=(f"issi:{number}",))))
        engine.ask(m.SetState(**said(callsign=unit.callsign, code=2)))
        place = somewhere(roads, chance)
        fixes.append(
            Fix(
                id=str(number),
                source=f"issi:{number}",
                received_at=NOW,
                fix_time=NOW,
                lat=place.lat,
                lon=place.lon,
                speed_mps=0.0,
            )
        )
        if number % 4_000 == 0:  # the queue holds 10,000
            engine.start() if not engine.alive else None
            engine.ask(m.SetState(**said(callsign=unit.callsign, code=2))).result(60)
    engine.ask(m.RecordFixes(**said(fixes=tuple(fixes)))).result(60)
    engine.stop()
    return engine.known


def assert_best(found: Muster, requirements: tuple[Requirement, ...], lineup: Lineup, known: Known) -> None:
    """The sum of the times is that of scipy's assignment, where nothing is shared and all can be met."""
    if any(one.shared for one in requirements) or any(slot.callsign is None for slot in found.slots):
        return
    units = [known.units[known.picture.callsigns[number]] for number in lineup.numbers.tolist()]
    asked = [one for one in requirements for _ in range(one.n)]
    cost = np.array(
        [[eta if one.suits(unit) else 1e9 for unit, eta in zip(units, lineup.mid_s, strict=True)] for one in asked]
    )
    rows, columns = linear_sum_assignment(cost)
    ours = sum(slot.eta_s.mid for slot in found.slots if slot.eta_s)
    assert abs(ours - cost[rows, columns].sum()) < 1e-6


def main() -> None:
    """Prints a line a plan."""
    chance, roads = np.random.default_rng(SEED), roads_of()
    known = force(roads, chance)
    places = [somewhere(roads, chance) for _ in range(PLACES)]
    took_ms: dict[str, list[float]] = {name: [] for name in ("the ranking itself", *PLANS)}
    rank(Question(position=places[0], at=NOW), known, roads)
    for n, place in enumerate(places):
        question = Question(position=place, at=NOW)
        began_s = perf_counter()
        rank(question, known, roads)
        took_ms["the ranking itself"].append((perf_counter() - began_s) * 1000)
        sheet = run(sheet_of(question, Everybody(known, NOW), roads))
        lineup, scene = get_lineup(sheet), Scene(goal=place, at=NOW, known=known, roads=roads, closures=())
        reasons = {one.callsign: one.reason for one in exclusions_of(sheet)}
        for name, requirements in PLANS.items():
            began_s = perf_counter()
            found = muster_of(asked_plan(requirements), lineup, scene, reasons)
            took_ms[name].append((perf_counter() - began_s) * 1000)
            if n < 3:
                assert_best(found, requirements, lineup, known)
    for name, times in took_ms.items():
        print(f"  {name:36} median {np.median(times):6.2f} ms, 99 % {np.quantile(times, 0.99):6.2f} ms")


if __name__ == "__main__":
    main()
