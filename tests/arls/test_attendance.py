"""Response times beside what was promised: what is counted, by whose clock, and how surely with so few."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from arls.attendance import JUDGED, Result, attendances_of, wilson
from arls.clocks import ClockState, clocks_of
from arls.incident import Assignment, AssignmentId, AssignmentState, Grading, Incident, IncidentId, Step
from arls.packs.adopted import Packs, generic_policy
from arls.packs.reader import POLICIES, read_policy
from arls.unit import Callsign
from tests.fakes import Clock

if TYPE_CHECKING:
    from datetime import datetime

NOON = Clock().now
SUFFOLK, NATIONAL = (read_policy(POLICIES / f"{name}.toml") for name in ("suffolk", "national-2026-provisional"))
PACKS = Packs(policies=(SUFFOLK, NATIONAL))


def incident(number: int, grade: str = "1", *, policy: str = "", after_s: float = 0, closed_s: float | None = None):  # noqa: ANN201
    at = NOON + timedelta(seconds=after_s)
    return Incident(
        id=IncidentId(f"INC{number}"),
        lat=53.2,
        lon=0.0,
        grade=grade,
        created_at=at,
        policy=policy,
        gradings=(Grading(at=at, grade=grade, policy=policy, operator="op1"),),
        closed_at=None if closed_s is None else at + timedelta(seconds=closed_s),
    )


def judged(incidents: list[Incident], arrivals: dict[int, float], *, now_s: float = 7_200, sent_s: float = 30):  # noqa: ANN201
    """`arrivals`: by the incident's number, seconds from its creation to the first unit there."""
    assignments, sent = {}, {}
    for one in incidents:
        arrived_s = arrivals.get(int(one.id[3:]))
        if arrived_s is None:
            continue
        name = AssignmentId(f"A{one.id}")
        steps = [(sent_s, AssignmentState.RESERVED), (arrived_s, AssignmentState.AT_SCENE)]
        assignments[name] = Assignment(
            id=name,
            incident=one.id,
            callsign=Callsign("AB12"),
            steps=tuple(
                Step(at=one.created_at + timedelta(seconds=second), state=state, via="desk") for second, state in steps
            ),
        )
        sent[one.id] = (name,)
    return attendances_of(incidents, sent, assignments, PACKS, NOON + timedelta(seconds=now_s))


def test_met_late_closed_unattended_overdue_and_waiting_are_told_apart_and_only_waiting_is_not_counted() -> None:
    incidents = [
        incident(1),  # at the scene after 10 min of 15
        incident(2),  # after 20
        incident(3, closed_s=300),  # closed with nobody there
        incident(4),  # two hours without anybody
        incident(5, after_s=7_000),  # 200 s without anybody
        incident(6, "4"),  # nobody is promised
    ]
    found, (first, fourth) = judged(incidents, {1: 600, 2: 1200})
    assert [row.result for row in found] == ["met", "late", "unattended", "overdue", "waiting", "untimed"]
    assert (first.n, first.share, first.median_s, first.targets_s) == (4, 0.25, 900.0, (900.0,))
    assert (fourth.n, fourth.share, fourth.text.partition(".")[0]) == (0, None, "None to judge")
    assert first.text == (
        "1 of 4 within target, 25%; with so few, chance leaves 5% to 70% open. Not met: 1 attended late, "
        "1 closed unattended, 1 past target and still waiting. 1 may still be in time and is not counted. "
        "Timed from the creation to the first unit at the scene."
    )


def test_each_incident_is_judged_by_the_policy_under_which_it_was_graded() -> None:
    grade = SUFFOLK.grades[0].code
    incidents = [incident(1), incident(2, grade, policy=SUFFOLK.id)]
    found, shares = judged(incidents, {1: 905, 2: 905}, sent_s=30)
    # Suffolk counts from the dispatch, half a minute later.
    assert [row.result for row in found] == ["late", "met"]
    assert {share.policy: (share.start, share.claimed) for share in shares} == {
        "generic/1": ("created", True),
        SUFFOLK.id: ("dispatch", True),
    }


def test_a_clock_that_starts_at_the_dispatch_does_not_hide_whom_nobody_was_sent_to() -> None:
    grade = SUFFOLK.grades[0].code
    incidents = [incident(1, grade, policy=SUFFOLK.id), incident(2, grade, policy=SUFFOLK.id, after_s=7_100)]
    found, (share,) = judged(incidents, {})
    assert [row.result for row in found] == [Result.OVERDUE, Result.WAITING]
    assert (share.n, share.share) == (1, 0.0)


def test_a_policy_that_publishes_no_clock_is_judged_by_the_strictest_and_that_is_said() -> None:
    grade = NATIONAL.grades[0].code
    _, (share,) = judged([incident(1, grade, policy=NATIONAL.id)], {1: 60})
    assert not share.claimed
    assert "the policy publishes no clock, and this is the strictest" in share.text


@given(seed=st.integers(0, 2**32))
def test_the_shares_are_those_of_a_plain_count_over_every_clock(seed: int) -> None:
    chance = random.Random(seed)
    incidents, arrivals = [], {}
    for number in range(chance.randint(1, 12)):
        closed_s = chance.choice([None, 100, 5_000])
        incidents.append(incident(number, chance.choice("124"), after_s=chance.uniform(0, 7_000), closed_s=closed_s))
        if chance.random() < 0.6:
            arrivals[number] = chance.uniform(60, 5_000)
    _, shares = judged(incidents, arrivals)
    assert {share.grade: (share.counts.get(Result.MET, 0), share.n) for share in shares} == plain(
        incidents, arrivals, NOON + timedelta(seconds=7_200)
    )


def plain(incidents: list[Incident], arrivals: dict[int, float], at: datetime) -> dict[str, tuple[int, int]]:
    """Met and judged by grade, from the targets as they stand in the pack: 15 min, 60 min, none."""
    targets_s = {"1": 900.0, "2": 3600.0}
    met: Counter[str] = Counter()
    judged_by_grade: Counter[str] = Counter()
    for one in incidents:
        target_s, arrived_s = targets_s.get(one.grade), arrivals.get(int(one.id[3:]))
        waited_s = (at - one.created_at).total_seconds()
        judged_by_grade[one.grade] += target_s is not None and (
            arrived_s is not None or one.closed_at is not None or waited_s > target_s
        )
        met[one.grade] += target_s is not None and arrived_s is not None and arrived_s <= target_s
    return {one.grade: (met[one.grade], judged_by_grade[one.grade]) for one in incidents}


@given(n=st.integers(1, 2_000), data=st.data())
def test_what_chance_leaves_open_holds_the_share_itself_and_narrows_with_many(n: int, data: st.DataObject) -> None:
    met = data.draw(st.integers(0, n))
    low, high = wilson(met, n)
    assert 0 <= low <= met / n <= high <= 1
    wider_low, wider_high = wilson(met * 4, n * 4)
    assert wider_high - wider_low < high - low


def test_what_is_judged_is_what_the_clocks_say_is_over() -> None:
    found, _ = judged([incident(1), incident(2)], {1: 600})
    for one, row in zip([incident(1), incident(2)], found, strict=True):
        said = clocks_of(one, (), generic_policy(), NOON + timedelta(seconds=7_200))
        claimed = next(reading for reading in said.clocks if reading.claimed)
        assert (claimed.state is ClockState.BREACHED) == (one.id == "INC2" or row.result in JUDGED)
