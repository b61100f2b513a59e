"""Who is busy is offered where the policy lets this grade have it, on a list of its own; who is not, is told why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from arls import messages as m
from arls.engine import Done
from arls.incident import Act, IncidentId
from arls.packs.adopted import generic_policy
from arls.ranking import Listed, Ranking, Verdict
from arls.roads.live import Roads
from arls.unit import Callsign
from tests.arls.test_ranking import NOW, Room, names, said
from tests.drawing import draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.policy import Policy

DRAWN = draw("A--B--C--D--E--F", ways={"ABCDEF": {"highway": "residential", "name": "High Street"}})
ROADS = Roads(DRAWN.network)


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    yield made
    made.engine.stop()


def incident(room: Room, grade: str) -> str:
    place = DRAWN.node("F")
    made = room.engine.ask(m.CreateIncident(**said(-60.0, lat=place.lat, lon=place.lon, grade=grade))).result(5)
    assert isinstance(made, Done)
    return made.subject


def sent(room: Room, name: str, to: str) -> None:
    room.ask(m.Assign(**said(-30.0, incident=IncidentId(to), callsign=Callsign(name))))


def ranked(room: Room, grade: str | None, **asked: Any) -> Ranking:
    return room.rank(ROADS, DRAWN.node("A"), grade=grade, **asked)


def told(ranking: Ranking) -> dict[str, str]:
    return {exclusion.callsign: exclusion.reason for exclusion in ranking.exclusions}


def adopt(room: Room, *, forms: dict[str, dict[str, Any]]) -> Policy:
    """A policy like the generic one, but for what is said of some of its grades."""
    generic = generic_policy()
    grades = tuple(replace(grade, **forms.get(grade.code, {})) for grade in generic.grades)
    policy = replace(generic, name="drawn", grades=grades)
    room.ask(m.AdoptPacks(**said(-90.0, policies=(policy,), states=())))
    return policy


def test_a_unit_is_taken_from_what_is_less_urgent_and_it_is_said_what_it_leaves(room: Room) -> None:
    room.unit("FREE", DRAWN.node("D"))
    room.unit("BUSY", DRAWN.node("B"))
    sent(room, "BUSY", incident(room, "3"))
    first, second = ranked(room, "1").candidates
    assert (first.callsign, first.list, first.diverts_from) == ("BUSY", Listed.DIVERSION, "INC0001")
    assert [reason.text for reason in first.reasons] == ["leaves INC0001 (grade 3), where nobody else would be"]
    assert (second.callsign, second.list, second.diverts_from) == ("FREE", Listed.OWN, None)


def test_who_else_stays_is_counted(room: Room) -> None:
    elsewhere = incident(room, "3")
    for number in range(3):
        room.unit(f"BUSY{number}", DRAWN.node("B"))
        sent(room, f"BUSY{number}", elsewhere)
    assert ranked(room, "1").candidates[0].reasons[0].text == "leaves INC0001 (grade 3), where 2 others stay"


def test_the_policy_of_what_is_left_puts_the_diverted_behind_those_who_are_free(room: Room) -> None:
    room.unit("FREE", DRAWN.node("D"))
    room.unit("BUSY", DRAWN.node("B"))
    sent(room, "BUSY", incident(room, "2"))  # of which the generic policy says: after
    found = ranked(room, "1")
    assert [(one.callsign, one.list) for one in found.candidates] == [("FREE", "own"), ("BUSY", "diversion")]
    assert found.candidates[1].eta_s.mid < found.candidates[0].eta_s.mid
    assert found.verdict_text == "FREE is there first, 99 times in 100"  # of the first list
    assert found.candidates[1].first_probability is None


@pytest.mark.parametrize(
    ("losing", "taking", "why"),
    [
        ("1", "1", "assigned to INC0001 (grade 1), which nothing interrupts"),
        ("2", "2", "assigned to INC0001 (grade 2), which grade 2 does not interrupt"),
        ("3", None, "assigned to INC0001"),
    ],
)
def test_who_may_not_be_taken_is_told_why(room: Room, losing: str, taking: str | None, why: str) -> None:
    room.unit("BUSY", DRAWN.node("B"))
    sent(room, "BUSY", incident(room, losing))
    found = ranked(room, taking)
    assert (found.candidates, told(found)) == ((), {"BUSY": why})


def test_who_is_at_the_scene_stays_whatever_the_grade_unless_its_state_releases_it(room: Room) -> None:
    room.unit("BUSY", DRAWN.node("B"))
    sent(room, "BUSY", incident(room, "3"))
    (held,) = room.engine.known.active.values()
    room.ask(m.Advance(**said(-20.0, assignment=held, act=Act.ARRIVE, via="voice")))
    assert told(ranked(room, "1")) == {"BUSY": "at the scene of INC0001 (grade 3): it stays until it is clear"}
    room.ask(m.SetState(**said(-10.0, callsign=Callsign("BUSY"), code=7)))
    (candidate,) = ranked(room, "1").candidates
    assert (candidate.list, candidate.diverts_from) == (Listed.DIVERSION, "INC0001")


def test_a_regrade_of_what_is_attended_frees_and_holds_those_who_attend_it(room: Room) -> None:
    room.unit("BUSY", DRAWN.node("B"))
    elsewhere = IncidentId(incident(room, "3"))
    sent(room, "BUSY", elsewhere)
    assert names(ranked(room, "2")) == ["BUSY"]
    room.ask(m.ChangeIncident(**said(-5.0, incident=elsewhere, grade="1", reason="shots heard")))
    assert told(ranked(room, "2")) == {"BUSY": "assigned to INC0001 (grade 1), which nothing interrupts"}


def test_a_state_releases_a_unit_of_which_nobody_knows_what_it_leaves_behind_those_who_are_free(room: Room) -> None:
    room.unit("FREE", DRAWN.node("D"))
    room.unit("SEVEN", DRAWN.node("B"), code=7)
    found = ranked(room, "2")
    assert [(one.callsign, one.list) for one in found.candidates] == [("FREE", "own"), ("SEVEN", "diversion")]
    assert [reason.code for reason in found.candidates[1].reasons] == ["released", "mobilise"]
    assert told(ranked(room, None)) == {"SEVEN": "committed: divert it by hand (committed but deployable)"}


def test_who_attends_this_incident_is_not_offered_to_it_again_even_where_its_state_releases_it(room: Room) -> None:
    room.unit("HERE", DRAWN.node("B"))
    room.unit("THERE", DRAWN.node("C"))
    here, there = incident(room, "2"), incident(room, "2")
    for name, place in (("HERE", here), ("THERE", there)):
        sent(room, name, place)
        room.ask(m.SetState(**said(-10.0, callsign=Callsign(name), code=7)))
    found = ranked(room, "2", incident=IncidentId(here))
    assert (names(found), told(found)) == (["THERE"], {"HERE": "already assigned here"})


def test_neighbours_and_who_flies_stand_behind_on_their_own_lists_each_by_eta(room: Room) -> None:
    room.unit("OURS", DRAWN.node("F"))
    room.unit("THEIRS", DRAWN.node("D"), organisation="Midshire")
    room.unit("NEARER", DRAWN.node("C"), organisation="Midshire")
    room.unit("HELI", DRAWN.node("A"), profile="air", speed_mps=60.0)
    found = ranked(room, "1")
    assert [(one.callsign, one.list) for one in found.candidates] == [
        ("OURS", "own"),
        ("NEARER", "neighbour"),
        ("THEIRS", "neighbour"),
        ("HELI", "air"),
    ]
    assert found.candidates[1].reasons[0].text == "of Midshire: to be asked for"
    assert found.verdict is Verdict.ROBUST


def test_where_none_of_ours_can_go_the_verdict_is_of_the_next_list_and_says_so(room: Room) -> None:
    room.unit("OURS", DRAWN.node("B"), code=8)
    room.unit("THEIRS", DRAWN.node("C"), organisation="Midshire")
    assert ranked(room, "1").verdict_text == "nobody of ours: THEIRS is there first, 99 times in 100"
    room.unit("BUSY", DRAWN.node("B"), code=7)
    assert ranked(room, "1").verdict_text == "nobody is free: BUSY is there first, 99 times in 100"


def test_a_policy_keeps_back_a_role_a_small_crew_and_an_old_position_each_with_its_reason(room: Room) -> None:
    forbidden = {"pcso": "not trained for emergencies"}
    adopt(room, forms={"1": {"forbidden_roles": forbidden, "min_crew": 2, "max_age_s": 300.0, "needs": ("taser",)}})
    alike: dict[str, Any] = {"expected_interval_s": 600.0, "capabilities": ("taser",)}
    room.unit("GOOD", DRAWN.node("B"), age_s=300.0, **alike)
    room.unit("OLD", DRAWN.node("B"), age_s=370.0, **alike)
    room.unit("ALONE", DRAWN.node("B"), **alike | {"crew": 1})
    room.unit("WALKS", DRAWN.node("B"), **alike | {"role": "pcso"})
    room.unit("PLAIN", DRAWN.node("B"), **alike | {"capabilities": ()})
    found = ranked(room, "1")
    assert names(found) == ["GOOD"]
    assert told(found) == {
        "OLD": "position 6:10 old, grade 1 takes none older than 5:00",
        "ALONE": "crew of 1: grade 1 takes at least 2",
        "WALKS": "pcso, not sent to grade 1: not trained for emergencies",
        "PLAIN": "lacks taser",
    }
    assert len(ranked(room, "2").candidates) == 5
    assert found.at == NOW
