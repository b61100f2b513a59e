"""Real extracts become networks of about the size, and with the signs, that their README gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import osmium
import pytest
from osmium.osm import RELATION

from arls.roads.network import Access, RoadClass
from arls.roads.profile import CAR_NORMAL, FORBIDDEN, weights_of
from tests.extracts import ROADS, imported, on_real_roads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osmium.osm import Relation

    from arls.roads.network import Bools, Network

pytestmark = on_real_roads


def _open_to(network: Network, kind: Access) -> Bools:
    mask: Bools = network.arc_access & kind != 0
    return mask


@pytest.mark.parametrize(
    ("name", "edges"),
    [
        ("porto.osm.pbf", 148_522),
        ("rhein-neckar.osm.pbf", 97_995),
        ("milan.osm.pbf", 87_702),
        ("virgin-islands.osm.pbf", 33_946),
        ("westminster.graphml", 7_478),
    ],
)
def test_the_arcs_of_cars_are_the_edges_and_the_cuts_by_paths_and_signals(name: str, edges: int) -> None:
    network, _ = imported(name)
    assert 0.99 * edges < _open_to(network, Access.MOTOR).sum() < 1.16 * edges


@pytest.mark.parametrize(
    "name",
    ["central-london.osm.pbf", "leeds.osm.gz", "levenshulme.osm.gz", "liechtenstein.osm.pbf", "virgin-islands.osm.pbf"],
)
def test_every_extract_is_whole(name: str) -> None:
    network, report = imported(name)
    assert np.all(np.isfinite(network.point_lat) & np.isfinite(network.point_lon))
    assert np.all(network.arc_length_m >= 0.0)
    assert np.all(network.arc_access > 0)
    assert report.kept["ways"] > 200
    assert len(report.sha256) == 64


@pytest.mark.parametrize(
    ("name", "left_hand"),
    [
        ("porto.osm.pbf", False),
        ("milan.osm.pbf", False),
        ("rhein-neckar.osm.pbf", False),
        ("liechtenstein.osm.pbf", False),
        ("virgin-islands.osm.pbf", True),
        ("leeds.osm.gz", True),
        ("central-london.osm.pbf", True),
        ("westminster.graphml", True),
    ],
)
def test_every_extract_drives_on_its_side(name: str, *, left_hand: bool) -> None:
    assert imported(name)[0].left_hand is left_hand


@pytest.mark.parametrize(
    ("name", "share"),
    [("porto.osm.pbf", 0.05), ("rhein-neckar.osm.pbf", 0.67), ("westminster.graphml", 0.99)],
)
def test_as_many_limits_are_known_as_are_signed(name: str, share: float) -> None:
    network, _ = imported(name)
    known = np.isfinite(network.arc_speed_kmh[_open_to(network, Access.MOTOR)])
    assert known.mean() == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize(("name", "relations"), [("porto.osm.pbf", 357), ("milan.osm.pbf", 1_329)])
def test_nearly_every_turn_restriction_is_obeyed_and_the_others_counted(name: str, relations: int) -> None:
    _, report = imported(name)
    ignored = sum(report.restrictions_ignored.values())
    assert report.restrictions_obeyed > 0.93 * relations
    assert report.restrictions_obeyed + ignored == pytest.approx(relations, rel=0.05)


def test_obeyed_restrictions_take_turns_from_cars_in_milan() -> None:
    network, _ = imported("milan.osm.pbf")
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    both = network.arc_access[leaving] & network.arc_access[network.turn_to]
    taken = (both & ~network.turn_access & Access.MOTOR != 0) & (network.arc_twin[leaving] != network.turn_to)
    assert taken.sum() > 1_000


@pytest.mark.parametrize(("name", "least"), [("milan.osm.pbf", 80), ("porto.osm.pbf", 200), ("leeds.osm.gz", 4)])
def test_no_car_makes_a_turn_that_a_real_sign_bans_but_a_policy_may_let_it(name: str, least: int) -> None:
    network, _ = imported(name)
    moves = _Moves(network)
    found = [move for sign in _signs_at_nodes(name) if sign.kind in _BANS and (move := moves.find(sign)) is not None]
    both = network.arc_access[moves.leaving[found]] & network.arc_access[moves.entering[found]]
    banned = np.array(found)[both & Access.MOTOR != 0]
    assert len(banned) >= least
    assert not (moves.access[banned] & (Access.MOTOR | Access.EMERGENCY)).any()
    assert (moves.access[banned] & Access.BANNED_TURN != 0).all()


@pytest.mark.parametrize(("name", "least"), [("milan.osm.pbf", 950), ("porto.osm.pbf", 60)])
def test_a_car_takes_the_only_turn_that_a_real_sign_allows(name: str, least: int) -> None:
    moves = _Moves(imported(name)[0])
    told: dict[int, set[int]] = {}
    for sign in _signs_at_nodes(name):
        if sign.kind.startswith("only") and (move := moves.find(sign)) is not None:
            told.setdefault(int(moves.leaving[move]), set()).add(int(moves.entering[move]))
    assert len(told) >= least
    for leaving, only in told.items():
        out = np.flatnonzero((moves.leaving == leaving) & (moves.access & Access.MOTOR != 0))
        assert set(moves.entering[out].tolist()) <= only


_BANS = {"no_left_turn", "no_right_turn", "no_straight_on"}


class _Sign(NamedTuple):
    """A real restriction over one node that binds cars."""

    kind: str
    from_way: int
    to_way: int


class _Moves:
    """The turns of a network, findable by the two ways that they join."""

    def __init__(self, network: Network) -> None:
        self.leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
        self.entering, self.access = network.turn_to, network.turn_access
        way = network.street_way[network.arc_street]
        self._by_ways: dict[tuple[int, int], list[int]] = {}
        for move, pair in enumerate(zip(way[self.leaving].tolist(), way[self.entering].tolist(), strict=True)):
            self._by_ways.setdefault(pair, []).append(move)

    def find(self, sign: _Sign) -> int | None:
        """The one move from the one way to the other; None where they meet more than once, or not for anybody."""
        found = self._by_ways.get((sign.from_way, sign.to_way), ())
        return found[0] if len(found) == 1 else None


def _signs_at_nodes(name: str) -> Iterator[_Sign]:
    for relation in cast("Iterator[Relation]", osmium.FileProcessor(ROADS / name, RELATION)):
        tags = dict(relation.tags)
        members = {role: [m.ref for m in relation.members if m.role == role] for role in ("from", "via", "to")}
        via = {member.type for member in relation.members if member.role == "via"}
        plain = tags.get("type") == "restriction" and not {"except", "hour_on", "day_on"} & tags.keys()
        if plain and via == {"n"} and all(len(refs) == 1 for refs in members.values()):
            yield _Sign(tags.get("restriction", ""), members["from"][0], members["to"][0])


@pytest.mark.parametrize(
    ("name", "via_ways"), [("milan.osm.pbf", 11), ("virgin-islands.osm.pbf", 5), ("central-london.osm.pbf", 3)]
)
def test_restrictions_via_ways_are_obeyed_by_copies_of_arcs(name: str, via_ways: int) -> None:
    network, report = imported(name)
    copies = len(network.street_way) - report.kept["streets"]
    assert 0.7 * via_ways <= copies <= 4 * via_ways
    assert "via is too many streets" not in report.restrictions_ignored


def test_no_car_drives_what_the_signs_via_ways_in_milan_forbid() -> None:
    network, _ = imported("milan.osm.pbf")
    way = network.street_way[network.arc_street]
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    open_to = network.turn_access & Access.MOTOR != 0
    asked = 0
    for first, via, last in _single_via_ways("milan.osm.pbf"):
        turned_in = network.turn_to[open_to & (way[leaving] == first) & (way[network.turn_to] == via)]
        onto_last = open_to & np.isin(leaving, turned_in) & (way[network.turn_to] == last)
        assert not onto_last.any(), (first, via, last)
        asked += bool(len(turned_in))
    assert asked >= 5


def _single_via_ways(name: str) -> Iterator[tuple[int, int, int]]:
    """From, via and to of the relations that forbid something over one way."""
    for relation in cast("Iterator[Relation]", osmium.FileProcessor(ROADS / name, RELATION)):
        if relation.tags.get("type") == "restriction" and relation.tags.get("restriction", "").startswith("no_"):
            members = {role: [m.ref for m in relation.members if m.role == role] for role in ("from", "via", "to")}
            kinds = {member.type for member in relation.members}
            if kinds == {"w"} and all(len(refs) == 1 for refs in members.values()):
                yield members["from"][0], members["via"][0], members["to"][0]


@pytest.mark.parametrize(("name", "across"), [("virgin-islands.osm.pbf", 1), ("porto.osm.pbf", -1)])
def test_the_turn_across_the_traffic_is_right_where_it_keeps_left(name: str, across: int) -> None:
    network, _ = imported(name)
    weights = weights_of(network, CAR_NORMAL)
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    # Square turns at a junction with a choice, where nothing else makes a driver wait.
    square = (np.abs(np.abs(network.turn_angle_deg) - 90.0) < 5.0) & (weights.turn_ms < FORBIDDEN)
    square &= (network.arc_waits[leaving] == 0) & (weights.turn_ms > 0)
    towards = np.sign(network.turn_angle_deg) == across
    assert (square & towards).sum() > 1_000
    assert np.median(weights.turn_ms[square & towards]) == pytest.approx(
        np.median(weights.turn_ms[square & ~towards]) + CAR_NORMAL.across_ms / 2, abs=100
    )


def test_limits_in_london_are_miles_an_hour() -> None:
    network, _ = imported("central-london.osm.pbf")
    speeds = network.arc_speed_kmh[_open_to(network, Access.MOTOR)]
    values, counts = np.unique(speeds[np.isfinite(speeds)], return_counts=True)
    assert values[counts.argmax()] == pytest.approx(20 * 1.609344)


@pytest.mark.parametrize(("name", "least"), [("central-london.osm.pbf", 10), ("leeds.osm.gz", 100)])
def test_british_bus_gates_let_only_buses_through(name: str, least: int) -> None:
    network, _ = imported(name)
    drivable = network.street_class[network.arc_street] <= RoadClass.SERVICE
    assert (_open_to(network, Access.BUS) & ~_open_to(network, Access.MOTOR) & drivable).sum() >= least


def test_bollards_in_leeds_stop_cars_but_not_cycles() -> None:
    network, _ = imported("leeds.osm.gz")
    leaving = np.repeat(np.arange(network.arcs), np.diff(network.turn_start))
    both = network.arc_access[leaving] & network.arc_access[network.turn_to]
    stopped = (both & Access.MOTOR != 0) & (network.turn_access & (Access.MOTOR | Access.CYCLE) == Access.CYCLE)
    assert stopped.sum() >= 2


def test_times_that_are_signed_are_counted_in_rhein_neckar() -> None:
    _, report = imported("rhein-neckar.osm.pbf")
    assert report.conditional["maxspeed:conditional"] == 91


def test_the_age_of_an_extract_is_known_where_its_header_says() -> None:
    assert imported("porto.osm.pbf")[1].osm_timestamp == "2015-06-06T00:23:02Z"
    assert imported("leeds.osm.gz")[1].osm_timestamp is None
