"""Ten thousand schedules of desks that work at once: no unit in two places, and nobody who lost a unit forgotten."""

from __future__ import annotations

from time import perf_counter

from hypothesis import HealthCheck, given, settings

from tests.arls.schedules import Move, check, run, schedules
from tests.fakes import MemoryJournal

SCHEDULES = 10_000


def main() -> None:
    done, kept, begun_s = 0, 0, perf_counter()

    @settings(max_examples=SCHEDULES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(schedules)
    def every(schedule: list[list[Move]]) -> None:
        nonlocal done, kept
        journal = MemoryJournal()
        run(schedule, journal)
        kept += check(journal)
        done += 1

    every()
    assert done >= SCHEDULES
    print(f"{done:,} schedules, {kept:,} events, each looked at: {perf_counter() - begun_s:.0f} s")
