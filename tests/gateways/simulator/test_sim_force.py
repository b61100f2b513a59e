"""A made-up force reports, takes calls, goes silent, loses GPS and needs help, and does so again from the same seed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.geo import Position, metres_between
from gateways.simulator.force import Force
from gateways.simulator.roster import Member, made_roster
from gateways.simulator.sayings import EMERGENCY, Answer, Report, Saying, StateSaid
from gateways.simulator.writers import nmea_report, pei_report
from tests.gateways.simulator.simulated_town import town

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
STEP_S = 0.2


class Day:
    """A force and what it has said, with the second in which it said it."""

    def __init__(self, roster: list[Member], *, seed: int = 1, calm: bool = True) -> None:
        self.force = Force(town()[1], roster, seed=seed, calm=calm)
        self.said: list[tuple[float, Saying]] = []
        self.now_s = 0.0

    def live(self, seconds: float, *, step_s: float = STEP_S) -> Day:
        until_s = self.now_s + seconds
        while self.now_s < until_s - 1e-9:
            self.now_s += step_s
            for saying in self.force.step(step_s, START + timedelta(seconds=self.now_s)):
                self.said.append((self.now_s, saying))
        return self

    def until(self, answer: str) -> Day:
        for _ in range(600):
            if answer in self.answers:
                return self
            self.live(1.0)
        raise AssertionError(f"nobody answers {answer}; {self.answers}")

    @property
    def answers(self) -> list[str]:
        return [saying.answer for _, saying in self.said if isinstance(saying, Answer)]

    @property
    def codes(self) -> list[int]:
        return [saying.code for _, saying in self.said if isinstance(saying, StateSaid)]

    @property
    def reports(self) -> list[tuple[float, Report]]:
        return [(at_s, saying) for at_s, saying in self.said if isinstance(saying, Report)]


def driver(**fields: object) -> Member:
    member = next(member for member in made_roster(20, seed=3) if not member.on_foot)
    return replace(member, **fields)  # type: ignore[arg-type]


def test_everybody_reports_within_the_first_second_or_so_and_then_in_its_own_beat() -> None:
    roster = made_roster(40, seed=1)
    day = Day(roster).live(130.0)
    for member in roster:
        heard_s = [at_s for at_s, report in day.reports if report.member is member]
        gaps_s = [after - before for before, after in pairwise(heard_s)]
        assert heard_s[0] <= 1.2
        assert max(gaps_s) <= member.interval_s + STEP_S + 1e-6
        if member.unit.reports_every_m is None:
            assert min(gaps_s[1:]) >= member.interval_s - STEP_S - 1e-6


def test_a_radio_with_a_distance_trigger_is_never_further_from_its_last_report_than_that_and_two_seconds() -> None:
    unit = msgspec.structs.replace(driver().unit, expected_interval_s=600.0, reports_every_m=150.0)
    day = Day([driver(unit=unit)]).live(240.0)
    told = [report.sight for _, report in day.reports]
    assert len(told) > 4
    assert all(sight.moved for sight in told[2:])  # the second is early, for the beat
    fastest_mps = 150.0 / 3.6
    for before, after in pairwise(sight.position for sight in told if sight.position is not None):
        assert metres_between(before, after) <= 150.0 + 2.2 * fastest_mps + 40.0


def test_at_least_half_report_every_five_seconds_and_drive() -> None:
    day = Day(made_roster(40, seed=1), calm=False).live(30.0)
    seen: dict[str, list[tuple[float, Position]]] = defaultdict(list)
    for at_s, report in day.reports:
        if report.sight.position is not None:
            seen[report.member.unit.callsign].append((at_s, report.sight.position))
    driving = [
        callsign
        for callsign, sights in seen.items()
        if all(after - before <= 5.0 for (before, _), (after, _) in pairwise(sights))
        and max(metres_between(sights[0][1], position) for _, position in sights) > 30.0
    ]
    assert len(driving) >= 20


@given(seed=st.integers(0, 1_000), steps_s=st.lists(st.sampled_from([0.1, 0.2, 1.0, 30.0]), min_size=1, max_size=20))
@settings(deadline=None, max_examples=25)
def test_the_same_seed_and_the_same_steps_give_the_same_sayings(seed: int, steps_s: list[float]) -> None:
    def lived() -> list[tuple[float, Saying]]:
        day = Day(made_roster(12, seed=seed), seed=seed, calm=False)
        for step_s in steps_s:
            day.live(step_s, step_s=step_s)
        return day.said

    def octets_of(said: list[tuple[float, Saying]]) -> list[bytes]:
        reports = [saying for _, saying in said if isinstance(saying, Report)]
        return [pei_report("1", report.sight) + nmea_report("1", report.sight) for report in reports]

    first, second = lived(), lived()
    assert first == second
    assert octets_of(first) == octets_of(second)


def test_a_call_is_delivered_accepted_driven_to_attended_and_cleared() -> None:
    day = Day([driver()]).live(2.0)
    callsign, goal = driver().unit.callsign, town()[0].node("F")
    day.force.deploy(callsign, "a1", goal)
    day.until("arrived")
    assert metres_between(last_seen(day.live(6.0)), goal) < 30.0
    day.until("clear")
    assert day.answers == ["delivered", "accepted", "arrived", "clear"]
    assert day.codes == [2, 5, 6, 2]
    before = last_seen(day)
    assert metres_between(before, last_seen(day.live(60.0))) > 5.0, "it patrols again"


def test_a_deployment_that_comes_twice_is_answered_once() -> None:
    day = Day([driver()]).live(2.0)
    for _ in range(2):
        day.force.deploy(driver().unit.callsign, "a1", town()[0].node("F"))
        day.live(1.0)
    assert day.answers == ["delivered"]


def test_a_released_crew_is_free_and_says_no_more_of_it() -> None:
    day = Day([driver()]).live(2.0)
    callsign = driver().unit.callsign
    day.force.deploy(callsign, "a1", town()[0].node("F"))
    day.until("accepted")
    day.force.release(callsign, "another")
    day.force.release(callsign, "a1")
    day.live(300.0)
    assert day.answers == ["delivered", "accepted"]
    assert day.codes == [2, 5, 2]


def test_a_crew_refuses_what_no_road_leads_to() -> None:
    day = Day([driver()]).live(2.0)
    day.force.deploy(driver().unit.callsign, "a1", Position(lat=10.0, lon=10.0))
    day.until("refused")
    assert day.answers == ["delivered", "refused"]
    assert day.codes == [2]


def test_some_terminals_are_switched_off_and_however_often_they_are_sent_it_nobody_answers() -> None:
    silent = 0
    for number in range(60):
        day = Day([driver()], seed=number, calm=False).live(1.0)
        for _ in range(3):
            day.force.deploy(driver().unit.callsign, "a1", Position(lat=10.0, lon=10.0))
            day.live(1.0)
        silent += "delivered" not in day.answers
    assert 0 < silent < 12, "about one in twenty-five"


@pytest.mark.parametrize(
    "tell",
    [
        lambda force: force.deploy("ZZ99", "a1", town()[0].node("F")),
        lambda force: force.release("ZZ99", "a1"),
        lambda force: force.calm_down("ZZ99"),
    ],
)
def test_a_callsign_that_is_not_ours_is_left_alone(tell: Callable[[Force], None]) -> None:
    day = Day([driver()])
    tell(day.force)
    assert day.live(60.0).answers == []
    assert day.codes == [2]


def test_who_presses_the_button_stays_there_and_says_so_until_all_is_well() -> None:
    day = Day([driver()]).live(2.0)
    callsign = driver().unit.callsign
    day.force.need_help(callsign)
    day.live(20.0)
    assert day.codes == [2, EMERGENCY]
    in_need = [report.sight for _, report in day.reports if report.sight.emergency]
    assert len(in_need) >= 4
    places = [sight.position for sight in in_need]
    assert all(place is not None and metres_between(place, places[0] or place) < 40.0 for place in places)
    day.force.calm_down(callsign)
    told_s = day.now_s
    day.live(20.0)
    assert not any(report.sight.emergency for at_s, report in day.reports if at_s > told_s)


def test_a_long_day_has_silence_lost_gps_parking_and_help() -> None:
    day = Day([driver(), *made_roster(10, seed=5)[1:]], calm=False).live(4 * 3600.0, step_s=1.0)
    gaps_s: Counter[str] = Counter()
    last: dict[str, float] = {}
    for at_s, report in day.reports:
        name = report.member.unit.callsign
        gaps_s[name] = max(gaps_s[name], int(at_s - last.get(name, at_s)))
        last[name] = at_s
    assert max(gaps_s.values()) >= 90
    assert any(report.sight.position is None for _, report in day.reports)
    assert any(report.sight.speed_mps == 0.0 for _, report in day.reports)
    assert EMERGENCY in day.codes


def test_a_member_with_a_station_begins_beside_it() -> None:
    start = town()[0].node("X")
    day = Day([driver(start=start)]).live(1.2)
    assert metres_between(last_seen(day), start) < 60.0


def test_a_force_of_nobody_says_nothing() -> None:
    assert Day([], calm=False).live(7200.0, step_s=60.0).said == []


def last_seen(day: Day) -> Position:
    position = day.reports[-1][1].sight.position
    assert position is not None
    return position
