"""How soon incidents were attended beside what their grades promise, and which share of them was in time.

It decides what counts: every incident is judged by the policy under which it was graded, by that policy's own clock
(`clocks.judged_by`); one that nobody came to in time is not met, whether it still waits or was closed so. Those that
may still be in time, and those without a target, are told and not counted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt
from typing import TYPE_CHECKING

import msgspec

from arls.clocks import ClockState, judged_by
from arls.incident import IncidentId
from arls.policy import ClockStart, ClockStop

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from arls.clocks import Reading
    from arls.incident import Assignment, AssignmentId, Incident
    from arls.packs.adopted import Packs

# The 97.5 % point of the normal distribution: the interval holds with 95 %.
_Z = 1.959964


class Result(StrEnum):
    """What became of a promise by an instant."""

    MET = "met"
    LATE = "late"
    UNATTENDED = "unattended"  # closed, and its clock never stopped
    OVERDUE = "overdue"  # open, past its target, and its clock runs
    WAITING = "waiting"  # open, and it may still be in time
    UNTIMED = "untimed"  # nothing was promised


# Of these the share is taken.
JUDGED = (Result.MET, Result.LATE, Result.UNATTENDED, Result.OVERDUE)


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """An incident beside its promise. `elapsed_s` of one whose clock runs is up to the instant of asking."""

    incident: IncidentId
    at: datetime  # when it was created (UTC)
    grade: str
    policy: str
    result: Result
    attended: bool  # the clock stopped: `elapsed_s` is a response time
    elapsed_s: float | None  # null: the clock has not started
    target_s: float | None  # from the clock's start, also where an appointment says it; null: none


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """The incidents of one grade of one policy, counted."""

    policy: str
    grade: str
    label: str
    start: ClockStart  # the clock that was judged by
    stop: ClockStop
    claimed: bool  # the policy's own; false: it published none, and the strictest is used
    targets_s: tuple[float, ...]  # every one that occurs, the shortest first
    counts: dict[Result, int]
    n: int  # of the judged
    share: float | None  # met / n; null of none
    share_low: float | None  # with so few, chance alone leaves the true share anywhere from here
    share_high: float | None  # to here (Wilson, 95 %)
    median_s: float | None  # of those attended
    text: str  # all that in a sentence


def attendances_of(
    incidents: Iterable[Incident],
    sent: Mapping[IncidentId, Sequence[AssignmentId]],
    assignments: Mapping[AssignmentId, Assignment],
    packs: Packs,
    at: datetime,
) -> tuple[tuple[Attendance, ...], tuple[Share, ...]]:
    """Each incident beside its promise at the UTC instant `at`; the shares by grade, the most urgent first."""
    found: list[Attendance] = []
    clocks: dict[tuple[str, str], Reading] = {}
    for incident in incidents:
        policy = packs.policy_of(incident)
        reading = judged_by(incident, (assignments[name] for name in sent.get(incident.id, ())), policy, at)
        clocks.setdefault((policy.id, incident.grade), reading)
        found.append(_attendance(incident, policy.id, reading, at))
    keys = sorted(clocks, key=lambda key: (packs.policy(key[0]).urgency_of(key[1]), key))
    return tuple(found), tuple(_share(key, clocks[key], found, packs) for key in keys)


def _attendance(incident: Incident, policy: str, reading: Reading, at: datetime) -> Attendance:
    begun_at = reading.start_at or incident.created_at
    due_s = (reading.due_at - begun_at).total_seconds() if reading.due_at is not None else None
    target_s = reading.target_s if reading.target_s is not None else due_s
    return Attendance(
        incident=incident.id,
        at=incident.created_at,
        grade=incident.grade,
        policy=policy,
        result=_result(reading, target_s, closed=incident.closed_at is not None, waited=at - incident.created_at),
        attended=reading.stop_at is not None,
        elapsed_s=reading.elapsed_s,
        target_s=target_s,
    )


# Of a clock that has a target. Any other has not decided anything yet.
_OF_STATE = {
    ClockState.MET: Result.MET,
    ClockState.LATE: Result.LATE,
    ClockState.BREACHED: Result.OVERDUE,
    ClockState.ENDED: Result.UNATTENDED,
}


def _result(reading: Reading, target_s: float | None, *, closed: bool, waited: timedelta) -> Result:
    if target_s is None:
        return Result.UNTIMED
    # A clock that starts at the dispatch would never be late of an incident that nobody was sent to.
    if reading.state is ClockState.NOT_STARTED and waited.total_seconds() > target_s:
        return Result.OVERDUE
    return _OF_STATE.get(reading.state, Result.UNATTENDED if closed else Result.WAITING)


def _share(key: tuple[str, str], clock: Reading, found: Iterable[Attendance], packs: Packs) -> Share:
    policy, code = key
    rows = [row for row in found if (row.policy, row.grade) == key]
    counts = {result: n for result in Result if (n := sum(row.result is result for row in rows))}
    n, met = sum(counts.get(result, 0) for result in JUDGED), counts.get(Result.MET, 0)
    low, high = wilson(met, n) if n else (None, None)
    times = sorted(row.elapsed_s for row in rows if row.attended and row.elapsed_s is not None)
    grade = packs.policy(policy).find_grade(code)
    targets_s = tuple(sorted({row.target_s for row in rows if row.target_s is not None}))
    stop = clock.stop or ClockStop.FIRST_ANY
    return Share(
        policy=policy,
        grade=code,
        label=grade.label if grade else "",
        start=clock.start,
        stop=stop,
        claimed=clock.claimed,
        targets_s=targets_s,
        counts=counts,
        n=n,
        share=met / n if n else None,
        share_low=low,
        share_high=high,
        median_s=_median(times),
        text=f"{_sentence(met, n, low, high)}{_aside(counts)} {_clock_text(clock.start, stop, claimed=clock.claimed)}",
    )


def wilson(met: int, n: int) -> tuple[float, float]:
    """Between which shares the true one lies, by 95 %, when `met` of `n` > 0 were seen (E. B. Wilson, 1927)."""
    share, z2 = met / n, _Z * _Z
    middle, reach = share + z2 / (2 * n), _Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = (middle - reach) / (1 + z2 / n), (middle + reach) / (1 + z2 / n)
    # Of none and of all the share itself is an end, which rounding must not miss.
    return min(share, max(0.0, low)), max(share, min(1.0, high))


# From so many on a share is said without what chance leaves open: then it is within some ten points. Ours.
_ENOUGH = 100


def _sentence(met: int, n: int, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "None to judge."
    said = f"{met} of {n} within target, {met / n:.0%}"
    return f"{said}." if n >= _ENOUGH else f"{said}; with so few, chance leaves {low:.0%} to {high:.0%} open."


_ASIDES = {
    Result.LATE: "{} attended late",
    Result.UNATTENDED: "{} closed unattended",
    Result.OVERDUE: "{} past target and still waiting",
}


def _aside(counts: Mapping[Result, int]) -> str:
    missed = [said.format(counts[result]) for result, said in _ASIDES.items() if result in counts]
    aside = f" Not met: {', '.join(missed)}." if missed else ""
    waiting, untimed = counts.get(Result.WAITING, 0), counts.get(Result.UNTIMED, 0)
    aside += f" {waiting} may still be in time and {_is(waiting)} not counted." if waiting else ""
    return aside + (f" {untimed} without a target." if untimed else "")


def _is(n: int) -> str:
    return "is" if n == 1 else "are"


_STARTS = {
    ClockStart.CALL: "the call",
    ClockStart.CREATED: "the creation",
    ClockStart.GRADED: "the first grading",
    ClockStart.DISPATCH: "the first dispatch",
}
_STOPS = {
    ClockStop.FIRST_ANY: "the first unit at the scene",
    ClockStop.FIRST_SUITABLE_ARRIVED: "the first suitable unit at the scene",
}


def _clock_text(start: ClockStart, stop: ClockStop, *, claimed: bool) -> str:
    said = f"Timed from {_STARTS[start]} to {_STOPS[stop]}"
    return f"{said}." if claimed else f"{said}: the policy publishes no clock, and this is the strictest."


def _median(times: Sequence[float]) -> float | None:
    """The middle one, or the mean of both middle ones; None of none."""
    if not times:
        return None
    half = len(times) // 2
    return times[half] if len(times) % 2 else (times[half - 1] + times[half]) / 2
