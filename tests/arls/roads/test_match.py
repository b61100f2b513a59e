"""Successive fixes are matched to the streets that were driven, as somebody who knows the place would tell them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from arls.roads.matching.evidence import LEAST_SIGMA_M, WIDEST_REACH_M, Fixes
from arls.roads.matching.match import Matcher, match_track
from arls.roads.network import NO_ARC
from arls.roads.profile import CAR_NORMAL, weights_of
from arls.roads.snap import Snapper
from arls.roads.streets import StreetTree
from tests.arls.roads.trails import MPS, PLANE, fixes_at
from tests.bench.bench_matching import TRACKS, driven, every, score_of
from tests.drawing import draw, turn_restriction

if TYPE_CHECKING:
    from arls.roads.matching.match import Matched, Whereabouts
    from arls.roads.network import Floats
    from tests.drawing import Drawn

STREET = {"highway": "residential"}
MAIN = {"highway": "primary"}
ONEWAY = {"highway": "primary", "oneway": "yes"}


def along(
    drawn: Drawn,
    nodes: str,
    *,
    every_m: float = 20.0,
    start_m: float = 0.0,
    end_m: float = 0.0,
    aside_m: float = 0.0,
) -> Floats:
    """[n, 2] metres on the plane of a car that drives straight from node to node, told `aside_m` too far north."""
    line = shapely.LineString(_xy(drawn, nodes))
    points = shapely.line_interpolate_point(line, np.arange(start_m, line.length - end_m, every_m))
    return shapely.get_coordinates(points) + np.array([0.0, aside_m])


def match(drawn: Drawn, fixes: Fixes) -> Matched:
    return Matcher(StreetTree(drawn.network), weights_of(drawn.network, CAR_NORMAL)).match(fixes)


def whereabouts(drawn: Drawn, fixes: Fixes) -> Whereabouts:
    return Matcher(StreetTree(drawn.network), weights_of(drawn.network, CAR_NORMAL)).whereabouts(fixes)


def way(drawn: Drawn, *legs: str) -> list[int]:
    """The arcs from junction to junction."""
    return [drawn.arc(leg[0], leg[-1]) for leg in legs]


def _xy(drawn: Drawn, nodes: str) -> Floats:
    lats, lons = zip(*((drawn.node(name).lat, drawn.node(name).lon) for name in nodes), strict=True)
    return np.column_stack(PLANE.metres_of(lats=lats, lons=lons))


def town() -> Drawn:
    """Four blocks of 100 m."""
    ways = dict.fromkeys(("ABC", "DEF", "GHI", "ADG", "BEH", "CFI"), STREET)
    return draw("ABC\nDEF\nGHI", ways=ways)


def dual_carriageway() -> Drawn:
    """Two carriageways 20 m apart: the upper runs west, the lower east."""
    return draw(
        "D---------------------------------------C\nA---------------------------------------B",
        ways={"AB": ONEWAY, "BC": STREET, "CD": ONEWAY, "DA": STREET},
        grid_m=20.0,
    )


def bridge() -> Drawn:
    """A road from west to east on a bridge over one from south to north, and no way from one to the other."""
    return draw("  N\n\nW   E\n\n  S", ways={"WE": MAIN, "SN": MAIN})


def test_a_drive_is_told_by_its_arcs_with_a_line_and_a_place_for_every_fix() -> None:
    drawn = town()
    fixes = fixes_at(along(drawn, "ABEF", start_m=30.0, end_m=30.0))
    matched = match(drawn, fixes)
    (drive,) = matched.drives
    assert drive.arcs.tolist() == way(drawn, "AB", "BE", "EF")
    assert drive.start_fraction == pytest.approx(0.3, abs=1e-3)
    assert (drive.first_fix, drive.last_fix) == (0, len(fixes) - 1)
    assert (drive.lats[0], drive.lons[0]) == pytest.approx((fixes.lats[0], fixes.lons[0]), abs=1e-6)
    assert (drive.lats[-1], drive.lons[-1]) == pytest.approx((fixes.lats[-1], fixes.lons[-1]), abs=1e-6)
    assert np.isin(matched.arc, drive.arcs).all()
    assert matched.off_road_m == pytest.approx(0.0, abs=0.1)


def test_on_a_dual_carriageway_the_car_stays_on_its_side_though_the_fixes_lie_nearer_to_the_other() -> None:
    drawn = dual_carriageway()
    fixes = fixes_at(along(drawn, "AB", start_m=60.0, end_m=60.0, aside_m=12.0))
    assert match(drawn, fixes).arcs.tolist() == way(drawn, "AB")
    here = whereabouts(drawn, fixes)
    assert here.arc[0] == drawn.arc("A", "B")
    assert here.probability[0] > 0.9
    parked = Snapper(drawn.network).snap(
        lats=fixes.lats[-1:], lons=fixes.lons[-1:], weights=weights_of(drawn.network, CAR_NORMAL)
    )
    assert parked.arc.tolist() == way(drawn, "CD"), "by its last place alone it would be on the other side"


def test_the_live_place_never_hops_to_the_other_carriageway_however_the_fixes_err() -> None:
    drawn = dual_carriageway()
    matcher = Matcher(StreetTree(drawn.network), weights_of(drawn.network, CAR_NORMAL))
    exact = along(drawn, "AB", start_m=60.0, end_m=60.0)
    xy = exact + np.random.default_rng(5).normal(0.0, 8.0, exact.shape)
    nearer_to_the_other = 0
    for now in range(3, len(xy)):
        here = matcher.whereabouts(fixes_at(xy[max(0, now - 8) : now + 1]))
        assert here.arc[0] == drawn.arc("A", "B")
        nearer_to_the_other += xy[now, 1] - exact[now, 1] > 10.0
    assert nearer_to_the_other, "else nothing was shown"


def test_a_course_tells_the_carriageway_from_a_single_fix() -> None:
    drawn = dual_carriageway()
    xy = along(drawn, "AB", start_m=400.0, aside_m=12.0)[:1]
    for course_deg, arc in ((90.0, drawn.arc("A", "B")), (270.0, drawn.arc("C", "D"))):
        here = whereabouts(drawn, fixes_at(xy, courses_deg=np.array([course_deg]), speeds_mps=np.array([MPS])))
        assert here.arc[0] == arc
        assert here.probability[0] > 0.9


def test_who_drives_over_a_bridge_does_not_hop_to_the_road_below() -> None:
    drawn = bridge()
    xy = along(drawn, "WE", end_m=190.0)
    # Where the roads cross, the fix lies on the lower one.
    xy[-1] += (0.0, 15.0)
    fixes = fixes_at(xy)
    here = whereabouts(drawn, fixes)
    assert here.arc[0] == drawn.arc("W", "E")
    assert here.probability[0] > 0.99
    assert match(drawn, fixes).arcs.tolist() == way(drawn, "WE")


def test_who_drives_under_a_bridge_is_told_from_who_drives_over_it() -> None:
    drawn = bridge()
    crossing = fixes_at(along(drawn, "SN", end_m=190.0))
    assert whereabouts(drawn, crossing).arc[0] == drawn.arc("S", "N")


def test_a_roundabout_is_driven_round() -> None:
    ring = {"highway": "primary", "junction": "roundabout"}
    drawn = draw(
        "    N\n\n    b\n\nW a   c E\n\n    d\n\n    S",
        ways={"Wa": MAIN, "Nb": MAIN, "Ec": MAIN, "Sd": MAIN, "abcda": ring},
        grid_m=20.0,
    )
    matched = match(drawn, fixes_at(along(drawn, "WabcdS", every_m=15.0)))
    assert matched.arcs.tolist() == way(drawn, "Wa", "ab", "bc", "cd", "dS")


def test_a_service_road_beside_the_main_road_is_not_taken_for_it() -> None:
    drawn = draw(
        "    c------------------d\nA---b------------------e---F",
        ways={"AbeF": MAIN, "bcde": {"highway": "service"}},
        grid_m=15.0,
    )
    chance = np.random.default_rng(1)
    for nodes, ways in (("AbeF", ["AbeF"] * 3), ("AbcdeF", ["AbeF", "bcde", "AbeF"])):
        xy = along(drawn, nodes, start_m=10.0, end_m=10.0)
        arcs = match(drawn, fixes_at(xy + chance.normal(0.0, 4.0, xy.shape))).arcs
        driven_ways = drawn.network.street_way[drawn.network.arc_street[arcs]]
        assert driven_ways.tolist() == [drawn.way(name) for name in ways]


def test_nobody_is_matched_against_a_one_way_street() -> None:
    drawn = draw("A-B-C\n|   |\nD---E", ways={"ABC": ONEWAY, "AD": STREET, "DE": STREET, "EC": STREET})
    assert match(drawn, fixes_at(along(drawn, "ABC", start_m=10.0))).arcs.tolist() == way(drawn, "AC")
    against = match(drawn, fixes_at(along(drawn, "CBA", start_m=10.0)))
    # However the fixes are explained, the arcs lead on from one to the next.
    for drive in against.drives:
        assert (drawn.network.arc_to[drive.arcs[:-1]] == drawn.network.arc_from[drive.arcs[1:]]).all()


def test_a_banned_turn_is_not_made_so_the_drive_goes_round() -> None:
    ways = dict.fromkeys(("AB", "BC", "DEF", "GHI", "ADG", "BE", "EH", "CFI"), STREET)
    banned = turn_restriction("no_right_turn", "AB", "B", "BE")
    drawn = draw("ABC\nDEF\nGHI", ways=ways, relations=[banned])
    seldom = fixes_at(along(drawn, "ABEH", start_m=20.0, every_m=130.0), times_s=np.arange(3) * 60.0)
    assert (drawn.arc("A", "B"), drawn.arc("B", "E")) not in set(pairwise(match(drawn, seldom).arcs.tolist()))


def test_a_car_that_turns_round_in_the_street_comes_back_on_the_other_side() -> None:
    drawn = draw("A-----B-----C", ways={"ABC": STREET}, grid_m=50.0)
    out = along(drawn, "AB", start_m=40.0, end_m=90.0)
    matched = match(drawn, fixes_at(np.concatenate((out, out[-2::-1]))))
    assert matched.arcs.tolist() == way(drawn, "AC", "CA")
    assert matched.arc[-1] == drawn.arc("C", "A")


def test_a_fix_far_off_is_left_out() -> None:
    drawn = town()
    xy = along(drawn, "ABC")
    xy[4] += (0.0, -130.0)
    matched = match(drawn, fixes_at(xy, times_s=np.arange(len(xy)) * 10.0))
    assert matched.arcs.tolist() == way(drawn, "AB", "BC")
    assert matched.arc.tolist().count(NO_ARC) == 1
    assert matched.arc[4] == NO_ARC


def test_minutes_without_a_fix_are_bridged_by_the_way_between() -> None:
    drawn = town()
    xy = np.concatenate((along(drawn, "AB", start_m=10.0)[:3], along(drawn, "FI", start_m=40.0)))
    times_s = np.append(np.arange(3.0), 243.0 + np.arange(len(xy) - 3))
    arcs = match(drawn, fixes_at(xy, times_s=times_s)).arcs.tolist()
    assert arcs[0] == drawn.arc("A", "B")
    assert arcs[-1] == drawn.arc("F", "I")
    assert len(arcs) == 4


def test_a_unit_that_stands_drives_nowhere_but_is_on_its_street() -> None:
    drawn = town()
    middle = along(drawn, "AB", start_m=50.0)[:1]
    noise = np.random.default_rng(2).normal(0.0, 2.0, (60, 2))
    matched = match(drawn, fixes_at(middle + noise, times_s=np.arange(60.0)))
    assert matched.drives == ()
    assert set(matched.arc.tolist()) <= {drawn.arc("A", "B"), drawn.arc("B", "A")}


def test_a_halt_on_the_way_adds_nothing_to_it() -> None:
    drawn = town()
    xy = along(drawn, "ABC", start_m=10.0)
    halt = xy[4] + np.random.default_rng(3).normal(0.0, 5.0, (50, 2))
    fixes = fixes_at(np.concatenate((xy[:5], halt, xy[5:])), times_s=np.arange(len(xy) + 50) * 2.0)
    matched = match(drawn, fixes)
    assert matched.arcs.tolist() == way(drawn, "AB", "BC")
    assert (matched.arc != NO_ARC).all()


def test_an_hour_on_one_spot_is_a_halt_and_an_hour_of_silence_is_a_break() -> None:
    drawn = town()
    xy = along(drawn, "ABC", start_m=10.0)
    halt = fixes_at(
        np.concatenate((xy[:5], np.repeat(xy[4:5], 60, axis=0), xy[5:])),
        times_s=np.concatenate((np.arange(5.0) * 2, 10.0 + np.arange(60.0) * 60, 3560.0 + np.arange(len(xy) - 5) * 2)),
    )
    assert [drive.arcs.tolist() for drive in match(drawn, halt).drives] == [way(drawn, "AB", "BC")]
    silence = fixes_at(xy, times_s=np.arange(len(xy)) * 2.0 + np.where(np.arange(len(xy)) < 5, 0.0, 3600.0))
    assert [drive.arcs.tolist() for drive in match(drawn, silence).drives] == [way(drawn, "AB"), way(drawn, "BC")]


def test_where_no_road_joins_two_pieces_the_drive_is_broken() -> None:
    drawn = draw("A-B   C-D", ways={"AB": STREET, "CD": STREET})
    matched = match(drawn, fixes_at(np.concatenate((along(drawn, "AB"), along(drawn, "CD")))))
    assert [drive.arcs.tolist() for drive in matched.drives] == [way(drawn, "AB"), way(drawn, "CD")]
    assert matched.drives[0].last_fix + 1 == matched.drives[1].first_fix


def test_who_is_far_from_every_road_is_nowhere() -> None:
    drawn = town()
    fixes = fixes_at(along(drawn, "AB", aside_m=WIDEST_REACH_M + 5.0)[:1])
    assert match(drawn, fixes).arc.tolist() == [NO_ARC]
    assert len(whereabouts(drawn, fixes).arc) == 0


def test_of_no_fixes_and_of_fixes_without_a_place_nothing_is_told() -> None:
    drawn = town()
    nothing, unknown = np.zeros(0), np.full(2, np.nan)
    assert match(drawn, Fixes(lats=nothing, lons=nothing, times_s=nothing)).drives == ()
    assert match(drawn, Fixes(lats=unknown, lons=unknown, times_s=np.arange(2.0))).arc.tolist() == [NO_ARC, NO_ARC]


def test_fixes_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="order of their times"):
        fixes_at(np.zeros((2, 2)), times_s=np.array([1.0, 0.0]))


def test_a_live_place_that_nothing_leads_to_says_so() -> None:
    drawn = town()
    xy = along(drawn, "AB", start_m=10.0)
    assert whereabouts(drawn, fixes_at(xy)).leads_on.tolist() == [True]
    assert whereabouts(drawn, fixes_at(xy[:1])).leads_on.tolist() == [False]
    jumped = np.append(xy, _xy(drawn, "I"), axis=0)
    assert whereabouts(drawn, fixes_at(jumped, times_s=np.arange(len(jumped)))).leads_on.tolist() == [False]


def test_a_parked_unit_is_as_probably_on_either_side() -> None:
    drawn = town()
    here = whereabouts(drawn, fixes_at(along(drawn, "AB", start_m=50.0)[:1]))
    assert set(here.arc[:2].tolist()) == {drawn.arc("A", "B"), drawn.arc("B", "A")}
    assert here.probability[0] == pytest.approx(here.probability[1])
    assert here.probability.sum() == pytest.approx(1.0)


def test_a_fix_is_credited_with_the_error_it_tells() -> None:
    drawn = town()
    fixes = fixes_at(along(drawn, "AB", start_m=50.0)[:2], accuracies_m=np.array([30.2, np.nan]))
    assert match(drawn, fixes).sigma_m == pytest.approx([20.0, LEAST_SIGMA_M])


@pytest.mark.real_roads
@pytest.mark.skipif(not TRACKS.is_file(), reason="the tracks of ARLS_SHARED_DATA are not on this machine")
def test_real_tracks_are_matched_to_the_routes_corrected_by_hand() -> None:
    floors = {"00000012": 0.995, "00000035": 0.99, "00000067": 0.99, "00000091": 0.99}
    for track in driven():
        if track.name not in floors:
            continue
        for seconds in (1.0, 10.0):
            kept = every(seconds, track.times_s)
            matched = match_track(
                track.network,
                weights_of(track.network, CAR_NORMAL),
                lats=track.lats[kept],
                lons=track.lons[kept],
                times_s=track.times_s[kept],
            )
            score = score_of(track.network, matched=matched.arcs, route=track.route)
            assert score.f1 > floors[track.name]
