"""What is known of an incident's place is frozen with it, and goes with the place that it was known of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from arls import messages as m
from arls.dispatch import decide, request_hash
from arls.folds.fold import fold
from arls.incident import Incident, IncidentId
from arls.locality import NOWHERE, AreaRef, Locality, Setting
from arls.ports import Recorded
from arls.state import State

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
INC = IncidentId("INC0001")
CENTRE = AreaRef(kind="beat", id="AC", name="Arlcaster Centre")
TOWN = Locality(setting=Setting.URBAN, areas=(CENTRE,), warnings=("a dog",), road_class="primary", desk="centre")


def said(second: float = 0.0, **fields: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "op1", "desk": "desk 4", **fields}


def carried_out(state: State, command: m.Command) -> Incident:
    decision = decide(command, state)
    assert isinstance(decision, list), decision
    for entry in decision:
        fold(state, Recorded(position=state.position + 1, entry=entry))
    return state.incidents[INC]


def created() -> State:
    state = State()
    made = carried_out(state, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1", locality=TOWN)))
    assert made.locality == TOWN
    return state


def test_another_grade_leaves_what_is_known_of_the_place() -> None:
    changed = m.ChangeIncident(**said(1, incident=INC, grade="2", locality=Locality(setting=Setting.RURAL)))
    assert carried_out(created(), changed).locality == TOWN


def test_another_place_has_what_is_known_of_it_and_nothing_of_the_old_one() -> None:
    state, rural = created(), Locality(setting=Setting.RURAL)
    assert (
        carried_out(state, m.ChangeIncident(**said(1, incident=INC, lat=53.3, lon=0.1, locality=rural))).locality
        == rural
    )
    assert carried_out(state, m.ChangeIncident(**said(2, incident=INC, lat=53.4, lon=0.1))).locality == NOWHERE


def test_a_repeat_asks_the_same_whatever_the_maps_say_by_then() -> None:
    first = m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1", locality=TOWN))
    again = m.CreateIncident(**said(5, lat=53.2, lon=-0.03, grade="1"))
    assert request_hash(first) == request_hash(again)


def test_a_place_lies_in_each_of_its_areas() -> None:
    assert TOWN.lies_in(frozenset({"AC", "AN"}))
    assert not TOWN.lies_in(("AN",))
