"""Clocks, worked out late from stored instants: every definition, any policy, no time that runs backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from arls.clocks import ClockState, clocks_of, judged_by, readings_of
from arls.incident import Assignment, AssignmentId, AssignmentState, Grading, Incident, IncidentId, Step
from arls.locality import Locality, Setting
from arls.packs.adopted import generic_policy
from arls.packs.reader import POLICIES, read_policy
from arls.policy import ClockStart, ClockStop, Policy, Target
from arls.unit import Callsign

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SHIPPED = [read_policy(path) for path in sorted(POLICIES.glob("*.toml"))]


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def incident(*graded: tuple[float, str], called: float | None = None, **fields: Any) -> Incident:
    gradings = tuple(
        Grading(at=at(second), grade=grade, policy="generic/1", operator="op1")
        for second, grade in graded or ((0, "1"),)
    )
    return Incident(
        id=IncidentId("INC0001"),
        lat=53.2,
        lon=0.0,
        grade=gradings[-1].grade,
        created_at=NOON,
        called_at=None if called is None else at(called),
        gradings=gradings,
        **fields,
    )


def sent(*steps: tuple[float, AssignmentState], crew: int = 1, skills: tuple[str, ...] = ()) -> Assignment:
    return Assignment(
        id=AssignmentId("A00001"),
        incident=IncidentId("INC0001"),
        callsign=Callsign("AB12"),
        crew=crew,
        capabilities=skills,
        steps=tuple(Step(at=at(second), state=state, via="desk") for second, state in steps),
    )


RESERVED, AT_SCENE = AssignmentState.RESERVED, AssignmentState.AT_SCENE


def elapsed(case: Incident, assignments: list[Assignment], policy: Policy, second: float) -> dict[tuple[str, str], Any]:
    read = clocks_of(case, assignments, policy, at(second)).clocks
    return {(one.start.value, one.stop.value): one.elapsed_s for one in read if one.stop is not None}


def test_every_definition_counts_from_its_own_start_to_its_own_stop() -> None:
    policy = replace(generic_policy(), grades=(replace(generic_policy().grades[0], needs=("taser",)),))
    case = incident((10, "1"), called=-30)
    alone = sent((60, RESERVED), (300, AT_SCENE))
    taser = sent((90, RESERVED), (400, AT_SCENE), skills=("taser",))
    suitable, anybody = "first_suitable_arrived", "first_any"
    assert elapsed(case, [alone, taser], policy, 9_999) == {
        ("call", suitable): 430,
        ("call", anybody): 330,
        ("created", suitable): 400,
        ("created", anybody): 300,
        ("graded", suitable): 390,
        ("graded", anybody): 290,
        ("dispatch", suitable): 340,
        ("dispatch", anybody): 240,
    }


def test_a_running_clock_is_told_as_far_as_it_has_come() -> None:
    read = judged_by(incident(), [], generic_policy(), at(100))
    assert (read.elapsed_s, read.stop_at, read.state) == (100, None, ClockState.RUNNING)


@pytest.mark.parametrize(
    ("second", "state"),
    [(719, "running"), (720, "at_risk"), (900, "at_risk"), (901, "breached")],
)
def test_a_target_is_at_risk_before_it_is_breached(second: float, state: str) -> None:
    assert judged_by(incident(), [], generic_policy(), at(second)).state == state


@pytest.mark.parametrize(("second", "state"), [(900, "met"), (901, "late")])
def test_a_stopped_clock_kept_its_target_or_did_not(second: float, state: str) -> None:
    arrived = sent((60, RESERVED), (second, AT_SCENE))
    assert judged_by(incident(), [arrived], generic_policy(), at(9_999)).state == state


def test_one_incident_is_in_time_by_one_force_and_late_by_another() -> None:
    by = {policy.name: policy for policy in SHIPPED}
    arrived = sent((400, RESERVED), (1_000, AT_SCENE))
    suffolk = judged_by(incident(), [arrived], by["suffolk"], at(2_000))
    generic = judged_by(incident(), [arrived], by["generic"], at(2_000))
    assert (suffolk.start, suffolk.elapsed_s, suffolk.state) == (ClockStart.DISPATCH, 600, ClockState.MET)
    assert (generic.start, generic.elapsed_s, generic.state) == (ClockStart.CREATED, 1_000, ClockState.LATE)


def test_where_no_clock_was_published_all_are_worked_out_and_none_is_claimed() -> None:
    policy = next(policy for policy in SHIPPED if policy.name == "national-2026-provisional")
    read = clocks_of(incident(), [sent((60, RESERVED), (800, AT_SCENE))], policy, at(2_000))
    assert not any(one.claimed for one in read.clocks)
    assert all(one.elapsed_s is not None for one in read.clocks)
    assert any("clock not published" in note for note in read.notes)
    strictest = judged_by(incident(), [], policy, at(2_000))
    assert (strictest.start, strictest.claimed) == (ClockStart.CALL, False)


@pytest.mark.parametrize(
    ("setting", "target_s", "assumed"),
    [(Setting.URBAN, 900, False), (Setting.RURAL, 1_200, False), (Setting.UNKNOWN, 900, True)],
)
def test_the_target_is_that_of_the_place_and_an_assumption_is_told(
    setting: Setting, target_s: int, *, assumed: bool
) -> None:
    policy = next(policy for policy in SHIPPED if policy.name == "national-2026-provisional")
    read = clocks_of(incident(locality=Locality(setting=setting)), [], policy, at(10))
    assert {one.target_s for one in read.clocks} == {target_s}
    assert any("urban target is assumed" in note for note in read.notes) is assumed


def test_a_call_without_a_time_is_said_to_be_taken_as_the_creation() -> None:
    assert any("no time of the call" in note for note in clocks_of(incident(), [], generic_policy(), at(1)).notes)
    assert not any("no time of" in note for note in clocks_of(incident(called=-5), [], generic_policy(), at(1)).notes)


def test_a_grade_that_a_policy_does_not_have_is_timed_without_a_target() -> None:
    met = next(policy for policy in SHIPPED if policy.name == "met")
    read = clocks_of(incident(), [sent((60, RESERVED), (90, AT_SCENE))], met, at(100))
    assert {one.state for one in read.clocks} == {ClockState.STOPPED}
    assert any("has no grade '1'" in note for note in read.notes)


@pytest.mark.parametrize(("rule", "elapsed_s"), [("continue", 1_000), ("restart", 400)])
def test_what_a_regrade_does_to_the_clock_is_the_policys_to_say(rule: Any, elapsed_s: float) -> None:
    policy = replace(generic_policy(), on_regrade=rule)
    case = incident((0, "2"), (600, "1"))
    assert judged_by(case, [sent((700, RESERVED), (1_000, AT_SCENE))], policy, at(2_000)).elapsed_s == elapsed_s
    assert readings_of(case, [], policy, at(610))[1].elapsed_s == (610 if rule == "continue" else 10)


def test_an_incident_that_was_closed_unattended_ended_its_clock() -> None:
    read = judged_by(incident(closed_at=at(5_000)), [], generic_policy(), at(9_999))
    assert (read.state, read.elapsed_s) == (ClockState.ENDED, 5_000)


seconds = st.floats(min_value=-1e5, max_value=1e5, allow_nan=False)
states = st.sampled_from(AssignmentState)
policies = st.sampled_from(
    [replace(policy, on_regrade=rule) for policy, rule in product(SHIPPED, ("continue", "restart"))]  # type: ignore[type-var]
)
cases = st.builds(
    incident,
    st.tuples(seconds, st.sampled_from(["1", "2", "S", "X"])),
    st.tuples(seconds, st.sampled_from(["1", "2", "E", "X"])),
    called=st.none() | seconds,
    closed_at=st.none() | seconds.map(at),
    locality=st.sampled_from(Setting).map(lambda setting: Locality(setting=setting)),
)
assignments = st.lists(
    st.builds(
        lambda first, rest, crew: sent((first, RESERVED), *rest, crew=crew),
        seconds,
        st.lists(st.tuples(seconds, states), max_size=4),
        st.integers(0, 4),
    ),
    max_size=4,
)


@given(cases, assignments, policies, seconds)
def test_no_sequence_of_instants_gives_a_clock_that_ran_backwards(
    case: Incident, sent_there: list[Assignment], policy: Policy, second: float
) -> None:
    read = clocks_of(case, sent_there, policy, at(second))
    for one in (*read.clocks, read.deploy):
        assert one.elapsed_s is None or one.elapsed_s >= 0
        assert (one.elapsed_s is None) == (one.start_at is None)
        if one.stop_at is not None and one.start_at is not None:
            assert one.stop_at >= one.start_at
        if one.due_at is not None and one.start_at is not None and one.target_s is not None:
            assert one.due_at == one.start_at + timedelta(seconds=one.target_s)


@given(cases, assignments, policies, seconds, st.floats(min_value=0, max_value=1e5))
def test_clocks_only_go_on(
    case: Incident, sent_there: list[Assignment], policy: Policy, second: float, later_s: float
) -> None:
    before, after = (clocks_of(case, sent_there, policy, at(instant)).clocks for instant in (second, second + later_s))
    for one, other in zip(before, after, strict=True):
        assert (one.start_at, one.stop_at, one.due_at) == (other.start_at, other.stop_at, other.due_at)
        assert (one.elapsed_s or 0) <= (other.elapsed_s or 0)


@given(cases, assignments, policies, seconds)
def test_a_suitable_unit_is_never_there_before_any_and_the_judged_clock_is_one_of_those_told(
    case: Incident, sent_there: list[Assignment], policy: Policy, second: float
) -> None:
    read = clocks_of(case, sent_there, policy, at(second))
    stops = {(one.start, one.stop): one.stop_at for one in read.clocks}
    for start in ClockStart:
        suitable, anybody = stops[start, ClockStop.FIRST_SUITABLE_ARRIVED], stops[start, ClockStop.FIRST_ANY]
        assert suitable is None or (anybody is not None and anybody <= suitable)
    judged = judged_by(case, sent_there, policy, at(second))
    told = next(one for one in read.clocks if (one.start, one.stop) == (judged.start, judged.stop))
    assert judged == told
    assert readings_of(case, sent_there, policy, at(second)) == (judged, read.deploy)


def test_a_target_of_town_and_country_alike_rests_on_no_assumption() -> None:
    grade = replace(generic_policy().grades[0], target_s=Target(urban=900, rural=900))
    policy = replace(generic_policy(), grades=(grade,))
    assert not any("assumed" in note for note in clocks_of(incident(called=-1), [], policy, at(1)).notes)
