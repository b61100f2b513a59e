"""The worked example of docs/plans.md is what a ranking says, word by word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from arls import messages as m
from arls.eligibility import ago
from arls.packs.adopted import generic_policy, uk_national_states
from arls.packs.reader import PLANS, read_plans
from arls.roads.live import Roads
from arls.unit import Callsign
from tests.arls.test_muster import Room, said
from tests.drawing import draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.ranking import Ranking

PAGE = Path(__file__).parents[2] / "docs" / "plans.md"
ROAD = "A--B--C--D--E--F--G--H--I--J--K--L"


@pytest.fixture
def room() -> Iterator[Room]:
    drawn = draw(ROAD, ways={"ABCDEFGHIJKL": {"highway": "residential", "name": "Long Lane", "maxspeed": "30 mph"}})
    made = Room(drawn, Roads(drawn.network))
    yield made
    made.engine.stop()


def told(ranking: Ranking) -> str:
    """A ranking's plan as the page has it."""
    plan = ranking.plan
    assert plan is not None
    lines = [plan.plan.label]
    for slot in plan.slots:
        when = f"  {ago(slot.eta_s.mid)}" if slot.eta_s else ""
        lines.append(f"  {slot.need:9} {slot.status:9} {slot.callsign or '':5}{when}".rstrip())
    return "\n".join([*lines, plan.text, *ranking.shortfalls])


def test_the_page_shows_what_a_ranking_says(room: Room) -> None:
    packs = m.AdoptPacks(
        **said(
            policies=(generic_policy(),), states=(uk_national_states(),), plans=(read_plans(PLANS / "example.toml"),)
        )
    )
    room.ask(packs)
    room.unit("CB1", "C")
    room.unit("CB2", "F")
    room.unit("DG5", "G", "dog")
    room.unit("DG7", "D", "dog", code=11)
    room.unit("NW41", "L", "dog", organisation="Northwold")
    other = room.incident(grade="1", kind="missing child")
    room.ask(m.Assign(**said(incident=other, callsign=Callsign("DG5"))))
    incident = room.incident(grade="1", kind="Burglary, intruders on the premises")
    room.ask(m.Assign(**said(incident=incident, callsign=Callsign("CB2"))))
    example = PAGE.read_text(encoding="utf-8").split("```text\n")[1].split("\n```")[0]
    assert told(room.rank(incident=incident)) == example
