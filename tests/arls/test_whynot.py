"""What would make a unit first does: applied to what is known, it is first; and nothing smaller that was tried is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls import messages as m
from arls.closure import Line
from arls.incident import IncidentId
from arls.packs.adopted import generic_policy
from arls.ranking import Question, rank
from arls.reasons import Bar
from arls.supposed import ChangeKind, suppose
from arls.unit import Callsign
from arls.whynot import LIFTS, WhyNot, why_not
from tests.arls.test_lists import adopt
from tests.arls.test_pipeline import ASKED, DRAWN, ROADS, UNITS, Force
from tests.arls.test_ranking import NOW, Room, said

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = DRAWN.node("A")


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    yield made
    made.engine.stop()


def asked_of(room: Room, name: str, **asked: Any) -> WhyNot:
    question = Question(position=HERE, at=NOW, **{"grade": "1", **asked})
    return why_not(Callsign(name), question, room.engine.known, ROADS)


def kinds(found: WhyNot) -> list[str]:
    return [change.kind.value for change in found.changes]


@settings(max_examples=30, deadline=None, report_multiple_bugs=False)
@given(
    told=UNITS,
    asked=ASKED,
    shut=st.lists(st.sampled_from(["AF", "EJ", "CD", "HI"]), max_size=2, unique=True),
    policy=st.sampled_from([None, {"min_crew": 2, "max_age_s": 100.0, "needs": ("taser",)}]),
)
def test_applying_what_would_make_a_unit_first_makes_it_first(
    told: list[dict[str, Any]], asked: tuple[str, str], shut: list[str], policy: dict[str, Any] | None
) -> None:
    force = Force([])
    if policy:
        adopt(force.room, forms=dict.fromkeys("123", policy))
        for incident in ("INC0001", "INC0002", "INC0003"):
            grade = incident[-1]
            force.room.ask(m.ChangeIncident(**said(-50.0, incident=IncidentId(incident), grade=grade, reason="policy")))
    for number, one in enumerate(told):
        force.add(f"U{number}", **one)
    for ends in shut:
        force.room.ask(m.CloseRoads(**said(shape=Line(positions=tuple(map(DRAWN.node, ends))))))
    force.room.engine.stop()
    known, (node, incident) = force.room.engine.known, asked
    grade = known.incidents[IncidentId(incident)].grade
    question = Question(position=DRAWN.node(node), at=NOW, grade=grade, incident=IncidentId(incident))
    before = rank(question, known, ROADS)
    for callsign in known.units:
        found = why_not(callsign, question, known, ROADS)
        place = next((one.rank for one in before.candidates if one.callsign == callsign), None)
        assert found.rank == place
        # Every rule that leaves it out, and not only the first, is told.
        bar = next((one for one in before.exclusions if one.callsign == callsign), None)
        assert not found.exclusions or found.exclusions[0] == bar
        after = rank(question, suppose(known, found.changes, NOW), ROADS)
        first = after.candidates[0].callsign if after.candidates else None
        assert found.suffices == (first == callsign)
        assert found.suffices or before.exclusions  # whoever is a candidate can become the first
        if found.suffices and 0 < len(found.changes) <= 3:
            for fewer in combinations(found.changes, len(found.changes) - 1):
                less = rank(question, suppose(known, fewer, NOW), ROADS).candidates
                assert not less or less[0].callsign != callsign


def test_who_is_first_needs_nothing(room: Room) -> None:
    room.unit("NEAR", DRAWN.node("B"))
    found = asked_of(room, "NEAR")
    assert (found.rank, found.changes, found.suffices, found.text) == (1, (), True, "NEAR is first.")


def test_who_is_second_needs_the_first_to_be_gone(room: Room) -> None:
    room.unit("NEAR", DRAWN.node("B"))
    room.unit("FAR", DRAWN.node("C"))
    found = asked_of(room, "FAR")
    assert (found.rank, found.first, kinds(found)) == (2, "NEAR", ["gone"])
    assert found.text.endswith("behind NEAR. It would be first if NEAR were gone.")


def test_everything_that_leaves_a_unit_out_has_to_go_one_thing_after_another(room: Room) -> None:
    room.unit("NEAR", DRAWN.node("B"), code=8, age_s=4_000.0)
    room.unit("FAR", DRAWN.node("C"))
    found = asked_of(room, "NEAR", requirement=frozenset({"dog"}))
    assert [exclusion.code for exclusion in found.exclusions] == ["not_available", "capability", "lost"]
    assert kinds(found) == ["available", "skilled", "heard"]
    assert found.text == (
        "NEAR is left out: not deployable (committed, not deployable); lacks dog; last position 1 h 06 min old, "
        "one is expected every 1:00. It would be first if NEAR were available and NEAR had dog and "
        "NEAR were heard now, where it was last heard."
    )


def test_a_closure_that_stands_in_its_way_is_named(room: Room) -> None:
    room.unit("NEAR", DRAWN.node("B"))
    room.unit("FAR", DRAWN.node("G"))
    room.ask(m.CloseRoads(**said(shape=Line(positions=(DRAWN.node("A"), DRAWN.node("B"))), name="High Street")))
    found = asked_of(room, "NEAR")
    assert kinds(found) == ["lifted"]
    assert found.text.endswith("It would be first if C0001 (High Street) were lifted.")


def test_who_has_to_get_going_would_be_first_if_it_were_on_patrol(room: Room) -> None:
    room.unit("STATION", DRAWN.node("B"), code=3)
    room.unit("FAR", DRAWN.node("C"))
    room.unit("FARTHER", DRAWN.node("D"))
    found = asked_of(room, "STATION")
    assert found.rank is not None
    assert (found.rank > 1, kinds(found)) == (True, ["available"])


def test_who_was_not_heard_for_long_may_be_nearer_by_now_and_it_is_said_where(room: Room) -> None:
    room.unit("QUIET", DRAWN.node("E"), age_s=170.0, expected_interval_s=300.0)
    for number in range(3):
        room.unit(f"NEAR{number}", DRAWN.node("D"))
    found = asked_of(room, "QUIET")
    (heard,) = found.changes
    assert (heard.kind, found.suffices) == (ChangeKind.HEARD, True)
    assert "further on its way (its position is 2:50 old)" in heard.text


def test_of_many_before_it_it_is_said_how_many_and_all_are_in_the_data(room: Room) -> None:
    for number in range(6):
        room.unit(f"NEAR{number}", DRAWN.node("B"))
    room.unit("FAR", DRAWN.node("D"))
    found = asked_of(room, "FAR")
    assert kinds(found) == ["gone"] * 6
    assert found.text.endswith("the 6 units before it were gone (NEAR0, NEAR1, NEAR2, NEAR3 and 2 more).")


def test_a_boat_that_no_change_makes_first_is_told_so(room: Room) -> None:
    room.unit("LAUNCH", DRAWN.node("B"), profile="boat", code=8)
    found = asked_of(room, "LAUNCH")
    assert (found.rank, found.suffices, kinds(found)) == (None, False, ["available"])
    assert found.text.endswith(
        "Nothing that was tried makes it first: it would at least take that LAUNCH were available."
    )


def test_a_neighbour_would_be_first_if_it_were_ours(room: Room) -> None:
    room.unit("THEIRS", DRAWN.node("B"), organisation="Midshire")
    for number in range(3):
        room.unit(f"OURS{number}", DRAWN.node("D"))
    found = asked_of(room, "THEIRS")
    assert kinds(found) == ["ours"]
    assert "before OURS0, but stands on a list behind." in found.text


def test_who_is_held_for_an_operation_would_be_first_if_it_were_released(room: Room) -> None:
    room.unit("HELD", DRAWN.node("B"), operation="MARKET", role="pcso")
    found = asked_of(room, "HELD", grade="2")
    assert (kinds(found), found.suffices) == (["released"], True)
    assert found.text.endswith("It would be first if HELD were released from its operation.")


def test_a_supposition_changes_nothing_that_is_known(room: Room) -> None:
    room.unit("NEAR", DRAWN.node("B"), code=8)
    known = room.engine.known
    lat = known.picture.columns["lat"].tolist()
    found = asked_of(room, "NEAR")
    later = suppose(known, found.changes, NOW + timedelta(seconds=1))
    assert later.states[Callsign("NEAR")] != known.states[Callsign("NEAR")]
    assert (room.engine.known is known, known.picture.columns["lat"].tolist()) == (True, lat)
    assert replace(known) == replace(known) or known.roster.doings[0].state == known.states[Callsign("NEAR")]


def test_whatever_a_rule_says_there_is_a_change_that_lifts_it() -> None:
    assert set(LIFTS) == set(Bar) - {Bar.BY_WATER, Bar.UNREACHABLE, Bar.CUT_OFF}
    assert generic_policy().find_grade("1") is not None
