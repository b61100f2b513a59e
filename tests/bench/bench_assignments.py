"""Fifty assignments a second for a minute, over the journal that is used: how long each takes, and whether that grows.

    python -m tests.bench.bench_assignments [SECONDS]

Each is a whole life: an incident is made, a unit assigned, accepted, arrived and cleared, the incident closed.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

import numpy as np

from arls import messages as m
from arls.engine import Done, Engine
from arls.incident import Act, AssignmentId, IncidentId
from arls.journal.sqlite import SqliteJournal
from arls.journal.verify import verify_file
from arls.unit import Callsign, Unit
from tests.fakes import ListOutbox

if TYPE_CHECKING:
    from concurrent.futures import Future

    from arls.engine import Outcome

PER_S = 50
UNITS = 500
_WARM = 10  # lives before it is measured
AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
_STEPS = (Act.ACCEPT, Act.ARRIVE, Act.CLEAR)


def said(second: float) -> dict[str, Any]:
    return {"at": AT + timedelta(seconds=second), "operator": "op", "desk": "desk"}


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        with SqliteJournal(path) as journal:
            engine = Engine(journal, ListOutbox(), journal)
            engine.start()
            for number in range(UNITS):
                unit = Unit(callsign=Callsign(f"AB{number}"))
                engine.ask(m.PutUnit(**said(0), unit=unit, sources=())).result()
            for number in range(_WARM):
                _one(engine, number)
            took_ms = _paced(engine, seconds)
            engine.stop()
        report = verify_file(path)
        assert not report.faults, report.faults
        assert len(engine.known.active) == 0
        _tell(took_ms, seconds, report.head.position)


def _paced(engine: Engine, seconds: int) -> list[float]:
    took_ms, begun_s = [], perf_counter()
    for number in range(_WARM, _WARM + seconds * PER_S):
        due_s = begun_s + (number - _WARM) / PER_S
        sleep(max(0.0, due_s - perf_counter()))
        took_ms.append(_one(engine, number))
    behind_s = perf_counter() - begun_s - seconds
    assert behind_s < 1.0, f"{behind_s:.1f} s behind: {PER_S} a second is more than it keeps up with"
    return took_ms


def _one(engine: Engine, number: int) -> float:
    """One life, from the incident to its end; what the assignment itself took, in milliseconds."""
    second = number / PER_S
    incident = _done(engine.ask(m.CreateIncident(**said(second), lat=53.2, lon=-0.03, grade="2")))
    asked_s = perf_counter()
    sent = m.Assign(**said(second), incident=IncidentId(incident), callsign=Callsign(f"AB{number % UNITS}"))
    assignment = AssignmentId(_done(engine.ask(sent, key=f"k{number}")))
    took_ms = (perf_counter() - asked_s) * 1e3
    futures = [engine.ask(m.Advance(**said(second), assignment=assignment, act=act)) for act in _STEPS]
    futures.append(engine.ask(m.CloseIncident(**said(second), incident=IncidentId(incident))))
    for future in futures:
        _done(future)
    return took_ms


def _done(future: Future[Outcome]) -> str:
    outcome = future.result(30)
    assert isinstance(outcome, Done), outcome
    return outcome.subject


def _tell(took_ms: list[float], seconds: int, records: int) -> None:
    tenth = len(took_ms) // 10
    first, last = (float(np.median(part)) for part in (took_ms[:tenth], took_ms[-tenth:]))
    p50, p99 = np.percentile(took_ms, [50, 99])
    print(f"{len(took_ms):,} assignments in {seconds} s, none refused, {records:,} records verified")
    print(f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; first tenth {first:.1f} ms, last tenth {last:.1f} ms")


if __name__ == "__main__":
    main()
