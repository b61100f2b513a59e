"""Where a way is cut into streets, and who may pass the cut."""

from __future__ import annotations

import numpy as np
import pytest

from arls.roads.network import Access, JunctionFlag
from maps.osm_access import passing
from tests.drawing import draw

ROAD = {"highway": "residential"}
PATH = {"highway": "path"}
FEET = Access.CYCLE | Access.FOOT
GATE = FEET | Access.PRIVATE


def test_a_way_is_cut_where_another_crosses_it_and_nowhere_else() -> None:
    drawn = draw(
        """
              E
              |
        A--B--C--D
              |
              F
        """,
        ways={"ABCD": ROAD, "ECF": PATH},
    )
    network = drawn.network
    assert len(network.street_way) == 4
    assert len(network.junction_lat) == 5
    street = network.arc_street[drawn.arc("A", "C")]
    points = slice(network.street_point_start[street], network.street_point_start[street + 1])
    assert network.point_lon[points].tolist() == [drawn.node(name).lon for name in "ABC"]
    with pytest.raises(KeyError, match="no street begins or ends at B"):
        drawn.junction("B")


def test_a_street_keeps_the_shape_of_its_bends() -> None:
    drawn = draw(
        """
        A--B
           |
           C
        """,
        ways={"ABC": ROAD},
    )
    assert drawn.network.arc_length_m[drawn.arc("A", "C")] == pytest.approx(500.0, rel=1e-3)


def test_a_way_that_crosses_itself_is_cut_there() -> None:
    drawn = draw(
        """
        A--B--C
           |  |
           E--D
        """,
        ways={"ABCDEB": ROAD},
    )
    assert drawn.access("A", "B") == Access.EVERYONE
    assert len(drawn.find_arcs("B", "B")) == 2
    assert drawn.report.doubts == {"street that ends where it starts": 1}


def test_a_bridge_over_a_road_is_no_junction() -> None:
    drawn = draw(
        """
           E
           |
        A--+--D
           |
           F
        """,
        ways={"AD": ROAD, "EF": {**ROAD, "bridge": "yes", "layer": "1"}},
    )
    assert len(drawn.network.street_way) == 2


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({"barrier": "bollard"}, FEET),
        ({"barrier": "block"}, FEET),
        ({"barrier": "planter"}, FEET),
        ({"barrier": "cycle_barrier"}, FEET),
        ({"barrier": "something_new"}, FEET),
        ({"barrier": "gate"}, GATE),
        ({"barrier": "lift_gate"}, GATE),
        ({"barrier": "swing_gate"}, GATE),
        ({"barrier": "bus_trap"}, FEET),
        ({"barrier": "bus_trap", "bus": "yes", "motor_vehicle": "no"}, FEET),
        ({"barrier": "lift_gate", "access": "private", "emergency": "yes"}, Access.EMERGENCY | Access.FOOT),
        ({"barrier": "kissing_gate"}, Access.FOOT),
        ({"barrier": "stile"}, Access.FOOT),
        ({"barrier": "height_restrictor"}, Access.EVERYONE & ~Access.BUS),
        ({"barrier": "wall"}, Access(0)),
        ({"barrier": "gate", "locked": "yes"}, Access(0)),
        ({"barrier": "gate", "locked": "yes", "foot": "yes"}, Access.FOOT),
        ({"barrier": "gate", "access": "private"}, Access.PRIVATE | Access.FOOT),
        ({"barrier": "gate", "access": "no", "emergency": "yes"}, Access.EMERGENCY),
        ({"barrier": "bollard", "access": "yes"}, FEET),
        ({"barrier": "bollard", "bus": "yes"}, FEET | Access.BUS),
        ({"barrier": "bollard", "bicycle": "no"}, Access.FOOT),
    ],
)
def test_a_barrier_in_a_way_stops_whom_it_stops(tags: dict[str, str], who: Access) -> None:
    drawn = draw("A--B--C", ways={"ABC": ROAD}, nodes={"B": tags})
    assert passing(tags) == who
    assert drawn.access("A", "B") == drawn.access("B", "C") == Access.EVERYONE
    assert drawn.turn_access("A", "B", "C") == who


@pytest.mark.parametrize(
    "tags",
    [
        *({"barrier": barrier} for barrier in ("toll_booth", "cattle_grid", "entrance", "border_control", "kerb")),
        {"barrier": "gate", "access": "yes"},
        {"barrier": "bollard", "motor_vehicle": "yes"},
        {"highway": "bus_stop", "access": "no"},
    ],
)
def test_what_stops_nobody_does_not_cut_the_way(tags: dict[str, str]) -> None:
    drawn = draw("A--B--C", ways={"ABC": ROAD}, nodes={"B": tags})
    assert drawn.access("A", "C") == Access.EVERYONE


def test_cars_turn_round_before_a_bollard() -> None:
    drawn = draw("A--B--C", ways={"ABC": ROAD}, nodes={"B": {"barrier": "bollard"}})
    assert drawn.turn_access("A", "B", "A") == Access.EVERYONE & ~FEET


def test_a_barrier_where_three_streets_meet_stops_nobody_and_is_counted() -> None:
    crossing = """
        A--B--C
           |
           D
    """
    drawn = draw(crossing, ways={"ABC": ROAD, "BD": ROAD}, nodes={"B": {"barrier": "bollard"}})
    assert drawn.turn_access("A", "B", "C") == Access.EVERYONE
    assert drawn.report.doubts == {"barrier where several streets meet": 1}
    beside = draw(crossing, ways={"ABC": ROAD, "BD": PATH}, nodes={"B": {"barrier": "bollard"}})
    assert beside.turn_access("A", "B", "C") == FEET


def test_signals_cut_a_way_and_a_plain_crossing_does_not() -> None:
    drawn = draw(
        "A--B--C--D",
        ways={"ABCD": ROAD},
        nodes={"B": {"highway": "traffic_signals"}, "C": {"highway": "crossing"}},
    )
    assert drawn.network.junction_flags[drawn.junction("B")] == JunctionFlag.SIGNALS
    assert drawn.find_arcs("B", "D")
    crossings = drawn.network.street_crossings[drawn.network.arc_street]
    assert (crossings[drawn.arc("A", "B")], crossings[drawn.arc("B", "D")], crossings[drawn.arc("D", "B")]) == (0, 1, 1)


def test_a_crossing_is_counted_once_in_the_street_or_at_its_end() -> None:
    zebra = {"highway": "crossing", "crossing": "zebra"}
    drawn = draw(
        """
        A--B--C--D--E
              |
              F
        """,
        ways={"ABCDE": ROAD, "CF": PATH},
        nodes=dict.fromkeys("ABCDE", zebra),
    )
    crossings = drawn.network.street_crossings[drawn.network.arc_street]
    assert [crossings[drawn.arc(*ends)] for ends in ("AC", "CE", "CF")] == [1, 1, 0]
    assert drawn.network.arc_waits[drawn.arc("A", "C")] == JunctionFlag.CROSSING


@pytest.mark.parametrize(
    ("direction", "eastward", "westward"),
    [("forward", JunctionFlag.SIGNALS, 0), ("backward", 0, JunctionFlag.SIGNALS)],
)
def test_signals_that_face_one_side_hold_nobody_from_the_other(direction: str, eastward: int, westward: int) -> None:
    signals = {"highway": "traffic_signals", "traffic_signals:direction": direction}
    drawn = draw("A--B--C", ways={"ABC": ROAD}, nodes={"B": signals})
    waits = drawn.network.arc_waits
    assert (waits[drawn.arc("A", "B")], waits[drawn.arc("C", "B")]) == (eastward, westward)
    assert waits[drawn.arc("B", "A")] == waits[drawn.arc("B", "C")] == 0
    assert drawn.network.junction_flags[drawn.junction("B")] == JunctionFlag.SIGNALS


@pytest.mark.parametrize("sign", ["stop", "give_way"])
@pytest.mark.parametrize("way", ["ABC", "CBA"])
def test_a_sign_that_does_not_tell_its_side_stands_before_the_nearer_junction(sign: str, way: str) -> None:
    main = dict.fromkeys(("XC", "CY"), ROAD)
    drawn = draw(
        """
                 X
                 |
        A-----B--C
                 |
                 Y
        """,
        ways={way: ROAD, **main},
        nodes={"B": {"highway": sign}},
    )
    waits = drawn.network.arc_waits
    assert waits[drawn.arc("A", "B")] == JunctionFlag[sign.upper()]
    assert waits[drawn.arc("C", "B")] == 0


def test_a_street_drawn_twice_is_kept_twice_and_counted() -> None:
    drawn = draw("A--B--C", ways={"ABC": ROAD, "CBA": PATH, "AB": ROAD})
    assert drawn.report.doubts == {"street drawn twice": 3}
    assert drawn.report.kept["streets"] == 5


def test_a_crossing_at_a_junction_is_marked_there() -> None:
    drawn = draw("A--B--C", ways={"AB": ROAD, "BC": ROAD}, nodes={"B": {"highway": "crossing"}})
    assert drawn.network.junction_flags[drawn.junction("B")] == JunctionFlag.CROSSING


def test_points_of_all_streets_begin_and_end_at_their_junctions() -> None:
    drawn = draw("A--B--C--D", ways={"ABCD": ROAD, "DCBA": PATH}, nodes={"B": {"barrier": "gate"}})
    network = drawn.network
    first, last = network.street_point_start[:-1], network.street_point_start[1:] - 1
    forward = ~network.arc_backward
    for ends, points in ((network.arc_from, first), (network.arc_to, last)):
        at = points[network.arc_street[forward]]
        assert np.array_equal(network.junction_lat[ends[forward]], network.point_lat[at])
        assert np.array_equal(network.junction_lon[ends[forward]], network.point_lon[at])
