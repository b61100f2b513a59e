"""Who may be offered is asked once of each kind of unit, and that is what each unit itself would be told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls import messages as m
from arls.eligibility import Everybody, Exclusion, Question
from arls.incident import Act, IncidentId
from arls.pipeline import RULES, exclusions_of, run, sheet_of
from arls.roads.live import Roads
from arls.unit import Callsign
from tests.arls.test_ranking import NOW, Room, said
from tests.drawing import draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.engine import Done

DRAWN = draw("A--B", ways={"AB": {"highway": "residential"}})
ROADS = Roads(DRAWN.network)


def excluded(room: Room, question: Question) -> list[Exclusion]:
    """Whoever the rules leave out."""
    return exclusions_of(run(sheet_of(question, Everybody(room.engine.known, question.at), ROADS)))


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    yield made
    made.engine.stop()


UNITS = st.lists(
    st.fixed_dictionaries(
        {
            "code": st.sampled_from([2, 2, 2, 3, 4, 6, 7, 9, 11, 99, None]),
            "age_s": st.sampled_from([0.0, 19.0, 21.0, 49.0, 51.0, 4_000.0, None]),
            "expected_interval_s": st.sampled_from([1.0, 10.0, 60.0]),
            "capabilities": st.sampled_from([(), ("dog",), ("dog", "taser")]),
            "crew": st.sampled_from([1, 2]),
            "assigned": st.booleans(),
        }
    ),
    max_size=12,
)


@settings(max_examples=40)
@given(
    told=UNITS,
    grade=st.sampled_from([None, "1", "3"]),
    losing=st.sampled_from(["2", "3"]),
    lacking=st.sampled_from([(), ("dog",), ("dog", "taser")]),
)
def test_every_unit_is_offered_or_excluded_by_the_first_rule_that_speaks_of_it(
    told: list[dict[str, object]], grade: str | None, losing: str, lacking: tuple[str, ...]
) -> None:
    room = Room()
    try:
        made: Done = room.engine.ask(m.CreateIncident(**said(-10.0, lat=52.5, lon=-1.9, grade=losing))).result(5)  # type: ignore[assignment]
        for number, fields in enumerate(told):
            assigned, age_s = fields.pop("assigned"), fields.pop("age_s")
            room.unit(f"U{number}", DRAWN.node("A") if age_s is not None else None, age_s=age_s or 0.0, **fields)  # type: ignore[arg-type]
            if assigned:
                room.ask(m.Assign(**said(-5.0, incident=IncidentId(made.subject), callsign=Callsign(f"U{number}"))))
        question = Question(position=DRAWN.node("B"), at=NOW, grade=grade, requirement=frozenset(lacking))
        everybody = Everybody(room.engine.known, NOW)
        policy_grade = everybody.find_grade(question)
        cases = [everybody.case(number, question, policy_grade) for number in range(len(told))]
        by_itself = [next((found for rule in RULES if (found := rule(case))), None) for case in cases]
        sheet = run(sheet_of(question, everybody, ROADS))
        assert exclusions_of(sheet) == [found for found in by_itself if found]
        assert [place < 0 for place in sheet.spoken] == [found is None for found in by_itself]
    finally:
        room.engine.stop()


def test_a_unit_is_of_another_kind_as_soon_as_what_it_does_is_another(room: Room) -> None:
    question = Question(position=DRAWN.node("B"), at=NOW)

    def codes() -> list[str]:
        return [exclusion.code for exclusion in excluded(room, question)]

    room.unit("ONE", DRAWN.node("A"))
    assert codes() == []
    made: Done = room.engine.ask(m.CreateIncident(**said(lat=52.5, lon=-1.9, grade="2"))).result(5)  # type: ignore[assignment]
    room.ask(m.Assign(**said(incident=IncidentId(made.subject), callsign=Callsign("ONE"))))
    assert codes() == ["assigned"]
    (assignment,) = room.engine.known.active.values()
    room.ask(m.Advance(**said(assignment=assignment, act=Act.CANCEL, via="voice")))
    assert codes() == []
    room.ask(m.SetState(**said(callsign=Callsign("ONE"), code=6)))
    assert codes() == ["not_available"]


def test_an_exclusion_tells_the_age_of_the_unit_and_not_that_of_another_of_its_kind(room: Room) -> None:
    for number in (1, 2):
        room.unit(f"U{number}", DRAWN.node("A"), age_s=1_000.0 * number)
    found = excluded(room, Question(position=DRAWN.node("B"), at=NOW + timedelta(seconds=5)))
    assert [exclusion.reason.split(" old")[0] for exclusion in found] == [
        "last position 16:45",
        "last position 33:25",
    ]
