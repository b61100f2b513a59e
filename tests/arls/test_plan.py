"""Type and grade name the plan of an incident, the policy joins in, and what nobody could meet is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from arls.packs.adopted import generic_plans, generic_policy
from arls.packs.reader import PLANS, PackError, read_any, read_plans
from arls.packs.together import find_clash
from arls.plan import (
    GENERIC,
    Plan,
    PlanOrigin,
    PlanPack,
    PlanSetBy,
    Requirement,
    impossible_in,
    plan_faults_of,
    plan_in_force,
)
from arls.policy import Grade
from arls.unit import Callsign, Unit, UnitKind

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
URGENT = Grade(code="1", label="Emergency")

PACK = """\
name = "test"
version = "1"
label = "Of a test"
owner = "nobody"
review_by = 2027-01-01
effective_from = 2026-01-01T00:00:00Z
capabilities = ["dog", "taser"]

[[plans]]
label = "Burglary"
types = ["burglary*"]

[[plans.requirements]]
n = 2

[[plans.requirements]]
capabilities = ["dog"]
"""


def pack(*plans: Plan) -> PlanPack:
    return PlanPack(
        name="test",
        version="1",
        label="Of a test",
        owner="nobody",
        review_by=date(2027, 1, 1),
        effective_from=AT,
        plans=plans,
    )


def plan(label: str, *types: str, grades: tuple[str, ...] = (), **asked: object) -> Plan:
    return Plan(label=label, types=types, grades=grades, requirements=(msgspec.convert(asked, Requirement),))


@pytest.mark.parametrize("file", sorted(PLANS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_pack_that_comes_with_arls_can_be_used_beside_the_generic_policy(file: Path) -> None:
    found = read_any(file)
    assert isinstance(found, PlanPack)
    assert find_clash([generic_policy()], [], [found]) is None


def test_an_unknown_type_means_the_generic_plan() -> None:
    plans = read_plans(PLANS / "example.toml")
    assert plans.plan_of("a llama on the roof", "1") == GENERIC
    assert generic_plans().plan_of("", "3").requirements == (Requirement(),)


def test_the_first_plan_for_the_type_and_the_grade_is_in_force_whatever_the_capitals() -> None:
    plans = pack(plan("urgent", "fight*", grades=("1",)), plan("any", "fight*"))
    assert plans.plan_of(" Fight in a street", "1").label == "urgent"
    assert plans.plan_of("FIGHT", "2").label == "any"


def test_one_unit_of_the_first_requirement_has_what_the_grade_needs() -> None:
    grade = Grade(code="1", label="Emergency", min_crew=2, needs=("taser",))
    found = plan_in_force(pack(plan("two", n=2)), "", grade, None).requirements
    assert found == (Requirement(capabilities=("taser",), min_crew=2), Requirement())


def test_what_another_requirement_asks_anyway_is_not_asked_twice() -> None:
    grade = Grade(code="1", label="Emergency", needs=("dog",))
    both = Plan(label="both", requirements=(Requirement(), Requirement(capabilities=("dog",))))
    assert plan_in_force(pack(both), "", grade, None).requirements == both.requirements


def test_nobody_is_sent_at_a_grade_that_sends_nobody_unless_a_plan_names_it() -> None:
    grade = Grade(code="4", label="By telephone", deploys=False)
    assert plan_in_force(pack(), "", grade, None).requirements == ()
    named = pack(plan("all the same", grades=("4",)))
    assert plan_in_force(named, "", grade, None).requirements == (Requirement(),)


def test_what_a_dispatcher_sets_stands_in_the_stead_of_the_pack() -> None:
    asked = PlanSetBy(requirements=(Requirement(n=3),), reason="a crowd", operator="op1", desk="desk 1", at=AT)
    found = plan_in_force(pack(), "", URGENT, asked)
    assert (found.origin, found.requirements, found.note) == (PlanOrigin.DISPATCHER, (Requirement(n=3),), "a crowd")


@pytest.mark.parametrize(
    ("asked", "suits"),
    [
        ({}, True),
        ({"capabilities": ["taser"]}, True),
        ({"capabilities": ["taser", "dog"]}, False),
        ({"any_of": ["dog", "taser"]}, True),
        ({"any_of": ["dog", "medic"]}, False),
        ({"kinds": ["van"]}, False),
        ({"kinds": ["van", "car"]}, True),
        ({"roles": ["special"]}, False),
        ({"profiles": ["car-response"]}, True),
        ({"profiles": ["foot"]}, False),
        ({"min_crew": 2}, True),
        ({"min_crew": 3}, False),
    ],
)
def test_a_unit_suits_by_all_that_is_asked(asked: dict[str, object], suits: bool) -> None:  # noqa: FBT001 - a row
    unit = Unit(callsign=Callsign("BX1"), kind=UnitKind.CAR, capabilities=("taser",), crew=2)
    assert msgspec.convert(asked, Requirement).suits(unit) is suits


def test_a_requirement_is_said_in_words() -> None:
    asked = Requirement(kinds=(UnitKind.CAR,), capabilities=("dog",), any_of=("taser", "armed"), min_crew=2)
    assert asked.said == "car unit with dog and taser or armed of a crew of 2"
    assert (Requirement().said, Requirement(label="dog unit").said) == ("unit", "dog unit")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ([Requirement(n=8), Requirement(n=5)], "at most 12 units in all, not 13"),
        ([Requirement(shared=True)] * 4, "at most 3 requirements, not 4"),
        ([Requirement(n=2, shared=True)], "must be 1 where shared"),
        ([Requirement(min_crew=6, kinds=(UnitKind.CAR,))], "no car unit carries more"),
        ([Requirement(capabilities=("dog",), any_of=("dog", "taser"))], "any_of would ask nothing"),
        ([Requirement(capabilities=("dog", "dog"))], "names one of them twice"),
    ],
)
def test_what_nobody_can_meet_is_refused_with_the_reason(asked: list[Requirement], reason: str) -> None:
    assert [fault.reason for fault in impossible_in(asked) if reason in fault.reason]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("n = 2", "n = 0", "line 14: plans[0].requirements[0].n must be a whole number from 1 to 12"),
        (
            '["dog"]\n',
            '["dragon"]\n',
            "plans[0].requirements[1].capabilities names 'dragon', which is not in the pack's",
        ),
        ("n = 2", "number = 2", "plans[0].requirements[0].number is no field here"),
        ("n = 2", "min_crew = 17", "plans[0].requirements[0].min_crew must be a whole number from 1 to 16"),
    ],
)
def test_a_bad_pack_is_refused_with_file_line_and_field(tmp_path: Path, before: str, after: str, said: str) -> None:
    file = tmp_path / "plans.toml"
    head, tail = PACK.split("[[plans]]")
    file.write_text(head + "[[plans]]" + tail.replace(before, after), encoding="utf-8")
    with pytest.raises(PackError) as refused:
        read_plans(file)
    assert said in str(refused.value)
    assert str(file) in str(refused.value)


def test_a_plan_that_another_hides_is_refused() -> None:
    hidden = msgspec.structs.replace(read_plans(PLANS / "example.toml"), plans=(GENERIC, plan("late", "fire*")))
    assert [fault.where for fault in plan_faults_of(hidden)] == [("plans", 1, "types")]


def test_a_plan_for_a_grade_that_no_policy_has_clashes() -> None:
    clash = find_clash([generic_policy()], [], [pack(plan("odd", grades=("9",)))])
    assert clash == "test/1 plans 'odd' for the grade '9', and no policy has it"
