"""The figures of a shift out of a record of a hundred thousand incidents, and one sample of five thousand fix ages.

python -m tests.bench.bench_figures
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from time import perf_counter

import msgspec
import numpy as np

from api.fix_ages import FixAges
from api.routes.figures import INCIDENTS_LIMIT
from arls import messages as m
from arls.attendance import Result, attendances_of
from arls.engine import Engine
from arls.fix import Fix
from arls.incident import Assignment, AssignmentId, AssignmentState, Incident, IncidentId, Step
from arls.packs.adopted import Packs
from arls.unit import Callsign, Unit
from tests.fakes import ListOutbox, MemoryJournal

INCIDENTS, UNITS, ROUNDS = 100_000, 5_000, 20
AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
_STEPS = ((30, AssignmentState.RESERVED), (60, AssignmentState.ACCEPTED), (600, AssignmentState.AT_SCENE))


def main() -> None:
    figures_of_a_record()
    sample_of_a_force()


def figures_of_a_record() -> None:
    incidents, assignments, sent = {}, {}, {}
    for number in range(INCIDENTS):
        at = AT - timedelta(seconds=30 * (INCIDENTS - number))
        one = Incident(id=IncidentId(f"I{number}"), lat=52.0, lon=0.0, grade="1", created_at=at, closed_at=AT)
        name = AssignmentId(f"A{number}")
        steps = tuple(Step(at=at + timedelta(seconds=s), state=state, via="desk") for s, state in _STEPS)
        assignments[name] = Assignment(id=name, incident=one.id, callsign=Callsign("AB12"), steps=steps)
        incidents[one.id], sent[one.id] = one, (name,)
    for hours in (8, 24, 24 * 7):
        times_ms = []
        for _ in range(3):
            begun = perf_counter()
            chosen = [one for one in incidents.values() if AT - timedelta(hours=hours) <= one.created_at < AT]
            chosen = chosen[-INCIDENTS_LIMIT:]
            found, (share,) = attendances_of(chosen, sent, assignments, Packs(), AT)
            size = len(msgspec.json.encode((found, share)))
            times_ms.append(1e3 * (perf_counter() - begun))
        assert share.counts == {Result.MET: len(chosen)}
        print(f"{hours:4} h of {INCIDENTS:,} incidents: {len(chosen):,} told in {min(times_ms):.0f} ms, {size:,} B")


def sample_of_a_force() -> None:
    engine = Engine(MemoryJournal(), ListOutbox(), MemoryJournal())
    engine.start()
    chance = random.Random(6)
    said = {"at": AT, "operator": "op", "desk": "desk"}
    for number in range(UNITS):
        unit = Unit(callsign=Callsign(f"U{number}"))
        engine.ask(m.PutUnit(**said, unit=unit, sources=(f"issi:{number}",))).result(30)
        fix = Fix(
            id=str(number),
            source=f"issi:{number}",
            received_at=AT,
            gateway=f"gateway-{number % 4}",
            protocol=chance.choice(("tetra-lip", "nmea0183")),
            lat=52.0,
            lon=0.0,
        )
        engine.ask(m.RecordFixes(**said, fixes=(fix,))).result(30)
    ages, times_ms = FixAges(), []
    for round_ in range(ROUNDS):
        begun = perf_counter()
        ages.sample(engine.known, AT + timedelta(seconds=10 * round_))
        times_ms.append(1e3 * (perf_counter() - begun))
    begun = perf_counter()
    view = ages.view(start=AT, end=AT + timedelta(days=1))
    viewed_ms = 1e3 * (perf_counter() - begun)
    engine.stop()
    assert sum(one.points[-1].n for one in view.series) == UNITS
    print(f"one sample of {UNITS:,} fix ages: {np.median(times_ms):.1f} ms; a day of them told in {viewed_ms:.1f} ms")


if __name__ == "__main__":
    main()
