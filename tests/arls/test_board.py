"""The board of all open incidents is, incident by incident, what a ranking of each would be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls import messages as m
from arls.board import board_of, question_of
from arls.closure import Line
from arls.engine import Engine
from arls.fix import Fix
from arls.geo import Position, moved
from arls.locality import AreaRef, Locality, RoleBan
from arls.ranking import rank
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Roads
from arls.unit import Callsign, Unit
from tests.drawing import Drawn, draw
from tests.fakes import ListOutbox, MemoryJournal

if TYPE_CHECKING:
    from arls.state import Known

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
# A river between the two rows, and one bridge.
COUNTY = """
    A--B--C--D
             |
    a--b--c--d
"""
WAYS = {name: {"highway": "residential"} for name in ("ABCD", "abcd", "Dd")}
NODES = st.sampled_from("ABCDabcd")
RIVER = draw(COUNTY, ways=WAYS)
NORTH_OF = (RIVER.node("A").lat + RIVER.node("a").lat) / 2
UNITS = st.fixed_dictionaries(
    {
        "node": NODES,
        "away_m": st.sampled_from([0.0, 0.0, 0.0, 5_000.0]),  # off every road
        "age_s": st.sampled_from([0.0, 20.0, 20.0, 150.0, 4_000.0, None]),  # None: it has never been heard
        "code": st.sampled_from([2, 2, 2, 3, 4, 6, 7, 9, 11, None]),
        "profile": st.sampled_from(["car-response", "car-response", "foot", "cycle", "air", "boat"]),
        "emergency": st.sampled_from([False, False, False, True]),
        "assigned": st.sampled_from([None, None, 0, 1, 2]),  # to which incident, where there are so many
        "organisation": st.sampled_from(["", "", "neighbour"]),
        "role": st.sampled_from(["", "", "pcso"]),
        "ringed": st.sampled_from([False, False, True]),
    }
)
INCIDENTS = st.lists(
    st.tuples(NODES, st.sampled_from(["1", "2", "3", "4"]), st.sampled_from([0.0, 0.0, 7_000.0])), max_size=5
)


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw(COUNTY, ways=WAYS)


@pytest.fixture(scope="module", params=["search", "hierarchy"])
def roads(drawn: Drawn, request: pytest.FixtureRequest) -> Roads:
    return Roads(drawn.network, order=order_of(drawn.network) if request.param == "hierarchy" else None)


def ground_of(place: Position) -> Locality:
    """North of the river no PCSO goes alone; south of it all is the operations' own."""
    if place.lat > NORTH_OF:
        return Locality(forbidden_roles=(RoleBan(role="pcso", reason="an officer's powers"),))
    return Locality(areas=(AreaRef(kind="priority", id="ground", name="The Ground"),))


class Desk:
    """An engine, and somebody who asks it."""

    def __init__(self) -> None:
        self.engine = Engine(MemoryJournal(), ListOutbox())
        self.engine.start()

    def ask(self, command: type[m.Command], **fields: Any) -> str:
        said = {"at": NOW, "operator": "op1", "desk": "desk 4", **fields}
        return getattr(self.engine.ask(command(**said)).result(timeout=5), "subject", "")

    def incident(self, place: Position, grade: str) -> str:
        return self.ask(m.CreateIncident, lat=place.lat, lon=place.lon, grade=grade, locality=ground_of(place))

    def unit(self, name: str, drawn: Drawn, told: dict[str, Any]) -> None:
        callsign, source = Callsign(name), f"issi:{name}"
        more = {name: told[name] for name in ("organisation", "role") if name in told}
        self.ask(m.PutUnit, unit=Unit(callsign=callsign, profile=told["profile"], **more), sources=(source,))
        if told.get("ringed"):
            self.ask(m.PlanOperation, name="derby", units=(callsign,), areas=("ground",))
        if told["code"] is not None:
            self.ask(m.SetState, callsign=callsign, code=told["code"])
        if told["age_s"] is not None:
            here = moved(drawn.node(told["node"]), course_deg=180.0, distance_m=told["away_m"])
            at = NOW - timedelta(seconds=told["age_s"])
            fix = Fix(id=name, source=source, received_at=at, fix_time=at, lat=here.lat, lon=here.lon)
            self.ask(m.RecordFixes, fixes=(fix,))

    def done(self) -> Known:
        self.engine.stop()
        return self.engine.known


@settings(max_examples=40, deadline=None)
@given(units=st.lists(UNITS, max_size=8), incidents=INCIDENTS, shut=st.sampled_from(["", "", "bc", "Dd"]))
def test_every_order_is_that_of_a_ranking_with_the_same_etas(
    roads: Roads, drawn: Drawn, units: list[dict[str, Any]], incidents: list[tuple[str, str, float]], shut: str
) -> None:
    desk = Desk()
    places = [desk.incident(drawn.node("A"), "1")]
    for node, grade, away_m in incidents:
        places.append(desk.incident(moved(drawn.node(node), course_deg=0.0, distance_m=away_m), grade))
    for number, told in enumerate(units):
        desk.unit(f"U{number}", drawn, told)
        if told["emergency"]:
            desk.ask(m.RadioEvent, source=f"issi:U{number}", kind="emergency")
        if told["assigned"] is not None and told["assigned"] < len(places):
            desk.ask(m.Assign, incident=places[told["assigned"]], callsign=Callsign(f"U{number}"))
    if shut:
        desk.ask(m.CloseRoads, shape=Line(positions=tuple(map(drawn.node, shut))))
    known = desk.done()
    board = board_of(known, roads, NOW)
    assert set(board.orders) == set(known.incidents)
    for incident, order in board.orders.items():
        ranked = rank(question_of(known.incidents[incident], NOW), known, roads).candidates
        assert board.first(incident, 99) == tuple(one.callsign for one in ranked)
        assert order.eta_ms.tolist() == [round(one.eta_s.mid * 1000) for one in ranked]


def test_a_board_knows_open_incidents_only_and_can_be_asked_as_if_roads_were_shut(drawn: Drawn, roads: Roads) -> None:
    desk = Desk()
    over, still_open = (desk.incident(drawn.node("D"), "1") for _ in range(2))
    desk.ask(m.CloseIncident, incident=over, result="nothing found")
    told = {"age_s": 0.0, "code": 2, "profile": "car-response", "away_m": 0.0}
    desk.unit("NEAR", drawn, told | {"node": "d"})
    desk.unit("FAR", drawn, told | {"node": "A"})
    desk.ask(m.CloseRoads, shape=Line(positions=(drawn.node("D"), drawn.node("d"))))
    known = desk.done()
    assert board_of(known, roads, NOW, closures=()).orders.keys() == {still_open}
    assert board_of(known, roads, NOW, closures=()).first(still_open, 2) == ("NEAR", "FAR")
    assert board_of(known, roads, NOW).first(still_open) == ("FAR",)
    assert board_of(known, roads, NOW, incidents=()).orders == {}
