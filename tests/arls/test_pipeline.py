"""What holds of every ranking, whoever the units are and whatever they do."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from arls import messages as m
from arls.incident import IncidentId
from arls.lists import Listed
from arls.pipeline import PIPELINE, RULES
from arls.ranking import Question, Ranking, bytes_of, rank
from arls.roads.live import Roads
from arls.unit import Callsign
from tests.arls.test_ranking import NOW, Room, said
from tests.drawing import draw

DRAWN = draw(
    """
    A--B--C--D--E
    |           |
    F--G--H--I--J
    """,
    ways={name: {"highway": "residential"} for name in ("ABCDE", "FGHIJ", "AF", "EJ")},
)
ROADS = Roads(DRAWN.network)
NODES = st.sampled_from("ABCDEFGHIJ")
UNITS = st.lists(
    st.fixed_dictionaries(
        {
            "node": NODES,
            "age_s": st.sampled_from([0.0, 0.0, 20.0, 150.0, 4_000.0]),
            "code": st.sampled_from([2, 2, 3, 4, 6, 7, 8, 11, None]),
            "profile": st.sampled_from(["car-response", "car-response", "foot", "air", "boat"]),
            "organisation": st.sampled_from(["", "", "Midshire"]),
            "crew": st.sampled_from([1, 2]),
            "task": st.sampled_from([None, None, "INC0001", "INC0002", "INC0003"]),
        }
    ),
    min_size=1,
    max_size=8,
)
ASKED = st.tuples(NODES, st.sampled_from(["INC0001", "INC0002", "INC0003"]))
# What each list's place in the order is, unless the policy mixes the first two.
_TIER = {Listed.OWN: 0, Listed.DIVERSION: 1, Listed.NEIGHBOUR: 2, Listed.AIR: 3}


class Force:
    """Units that do what they were drawn to do, and three incidents of grades 1 to 3."""

    def __init__(self, told: list[dict[str, Any]]) -> None:
        self.room = Room()
        self.goal = DRAWN.node("C")
        for grade in "123":
            self.room.ask(m.CreateIncident(**said(-60.0, lat=self.goal.lat, lon=self.goal.lon, grade=grade)))
        for number, one in enumerate(told):
            self.add(f"U{number}", **one)

    def add(self, name: str, *, node: str, age_s: float, task: str | None = None, **fields: Any) -> None:
        self.room.unit(name, DRAWN.node(node), age_s=age_s, **fields)
        if task is not None:
            self.room.ask(m.Assign(**said(-30.0, incident=IncidentId(task), callsign=Callsign(name))))

    def rank(self, asked: tuple[str, str]) -> Ranking:
        node, incident = asked
        grade = self.room.engine.known.incidents[IncidentId(incident)].grade
        question = Question(position=DRAWN.node(node), at=NOW, grade=grade, incident=IncidentId(incident))
        return rank(question, self.room.engine.known, ROADS)


@settings(max_examples=40, deadline=None)
@given(told=UNITS, asked=ASKED)
def test_a_ranking_is_a_permutation_of_the_eligible_in_the_order_of_the_policy(
    told: list[dict[str, Any]], asked: tuple[str, str]
) -> None:
    force = Force(told)
    found = force.rank(asked)
    force.room.engine.stop()
    told_of = [one.callsign for one in found.candidates] + [one.callsign for one in found.exclusions]
    assert sorted(told_of) == sorted(force.room.engine.known.units)
    assert [one.rank for one in found.candidates] == list(range(1, len(found.candidates) + 1))
    for before, after in zip(found.candidates, found.candidates[1:], strict=False):
        mixed = {before.list, after.list} <= {Listed.OWN, Listed.DIVERSION}
        assert mixed or _TIER[before.list] <= _TIER[after.list]
        if before.list is after.list and before.list is not Listed.DIVERSION:
            later = after.eta_s.mid, after.fix_age_s, after.callsign
            assert (before.eta_s.mid, before.fix_age_s, before.callsign) < later
    for one in found.candidates:
        assert (one.diverts_from is None) or one.diverts_from != asked[1]
        assert one.eta_s.low <= one.eta_s.mid <= one.eta_s.high


@settings(max_examples=25, deadline=None)
@given(told=UNITS, asked=ASKED, more=UNITS)
def test_who_is_farther_never_changes_who_is_first_and_who_is_left_out_changes_nothing(
    told: list[dict[str, Any]], asked: tuple[str, str], more: list[dict[str, Any]]
) -> None:
    force = Force(told)
    before = force.rank(asked)
    force.add("LATER", **more[0] | {"task": None})  # who attends elsewhere makes others less missed there
    after = force.rank(asked)
    force.room.engine.stop()
    added = next((one for one in after.candidates if one.callsign == "LATER"), None)
    if added is None:
        rows = [exclusion for exclusion in after.exclusions if exclusion.callsign != "LATER"]
        assert (after.candidates, tuple(rows)) == (before.candidates, before.exclusions)
        assert (after.verdict, after.verdict_text) == (before.verdict, before.verdict_text)
    elif added.rank > 1:
        assert after.candidates[0].callsign == before.candidates[0].callsign


@settings(max_examples=15, deadline=None)
@given(told=UNITS, asked=ASKED)
def test_the_same_inputs_give_the_same_bytes_whatever_was_asked_before(
    told: list[dict[str, Any]], asked: tuple[str, str]
) -> None:
    force = Force(told)
    first = bytes_of(force.rank(asked))
    for incident in ("INC0003", "INC0001"):
        force.rank(("A", incident))
    again = bytes_of(force.rank(asked))
    force.room.engine.stop()
    assert again == first


def test_every_step_has_a_name_of_its_own_and_every_rule_is_asked_once() -> None:
    assert len({step.name for step in PIPELINE}) == len(PIPELINE)
    assert len(set(RULES)) == len(RULES)
