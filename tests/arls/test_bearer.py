"""Of several devices one says where the unit is, in any order of arrival, and not now this one and now that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls import messages as m
from arls.bearer import LEFT_M, Bearer, Carried, find_bearer, stand_of
from arls.crew import Member, Vehicle
from arls.engine import Memory
from arls.fix import Fix
from arls.ports import Recorded
from arls.rules import fixes, units
from arls.track import Track, folded, track_of
from arls.unit import Callsign, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from arls.ports import Entry

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
LONG_AGO = START - timedelta(hours=1)
CAR, RADIO, OTHER = "imei:1", "itsi:1", "itsi:2"
UNIT = Unit(callsign=Callsign("AB12"))
M_NORTH = 1 / 111_195.0


def fix(
    source: str, second: float, north_m: float = 0.0, speed_mps: float | None = None, accuracy_m: float = 5.0
) -> Fix:
    at = START + timedelta(seconds=second)
    return Fix(
        id=f"{source}/{second}",
        source=source,
        received_at=at,
        fix_time=at,
        lat=53.2 + north_m * M_NORTH,
        lon=-0.03,
        speed_mps=speed_mps,
        accuracy_m=accuracy_m,
    )


def tracks(made: Iterable[Fix]) -> list[Carried]:
    by_source: dict[str, Track] = {}
    stands: dict[str, Fix | None] = {}
    for one in made:
        held = by_source.get(one.source)
        by_source[one.source] = folded(held, one) if held else track_of(one)
        stands[one.source] = stand_of(stands.get(one.source), one)
    return [Carried(by_source[source], LONG_AGO, stands[source]) for source in sorted(by_source)]


def bearer(made: Iterable[Fix], unit: Unit = UNIT) -> Bearer:
    found = find_bearer(unit, tracks(made))
    assert found is not None
    return found


def parked(until_s: int = 600, every_s: int = 30) -> list[Fix]:
    return [fix(CAR, second, speed_mps=0.0) for second in range(0, until_s, every_s)]


def walk(*metres: float, source: str = RADIO, since_s: float = 300.0, speed_mps: float | None = 1.4) -> list[Fix]:
    return [fix(source, since_s + 40 * n, far, speed_mps) for n, far in enumerate(metres)]


def test_the_vehicle_is_trusted_before_the_radio_though_the_radio_spoke_last() -> None:
    driven = [fix(CAR, second, second * 10.0, 10.0) for second in range(0, 100, 5)]
    carried = [fix(RADIO, second, second * 10.0, 10.0) for second in range(2, 102, 20)]
    assert bearer([*driven, *carried]).fix.source == CAR
    assert bearer(carried).fix.source == RADIO


def test_crew_and_vehicle_say_whose_a_device_is_where_its_scheme_does_not() -> None:
    both = [fix(source, second) for second in range(0, 200, 20) for source in (RADIO, OTHER)]
    fixed = Unit(callsign=Callsign("AB12"), vehicle=Vehicle(id="7", devices=(OTHER,)))
    assert (bearer(both).fix.source, bearer(both, fixed).fix.source) == (RADIO, OTHER)
    in_hand = Unit(callsign=Callsign("AB12"), members=(Member(id="1", devices=(CAR,)),))
    mixed = [fix(source, second) for second in range(0, 200, 20) for source in (CAR, "issi:0")]
    assert (bearer(mixed).fix.source, bearer(mixed, in_hand).fix.source) == (CAR, CAR)
    in_hand = Unit(callsign=Callsign("AB12"), members=(Member(id="1", devices=("imei:0", CAR)),))
    assert bearer([fix(source, s) for s in range(0, 200, 20) for source in (CAR, "issi:0")], in_hand).fix.source == CAR


def test_a_device_that_falls_silent_is_replaced_and_must_speak_twice_to_be_taken_back() -> None:
    silent = [fix(CAR, second, second * 1.0, 10.0) for second in range(0, 100, 10)]
    goes_on = [fix(RADIO, second, second * 1.0) for second in range(0, 400, 20)]
    assert bearer([*silent, *goes_on[:6]]).fix.source == CAR
    assert bearer([*silent, *goes_on]).fix.source == RADIO
    back = fix(CAR, 385, 385.0, 10.0)
    assert bearer([*silent, *goes_on, back]).fix.source == RADIO
    assert bearer([*silent, *goes_on, back, fix(CAR, 395, 395.0, 10.0)]).fix.source == CAR


def test_a_place_that_is_worth_little_gives_way_to_a_finer_one() -> None:
    vague = [fix(CAR, second, 0.0, 10.0, accuracy_m=800.0) for second in range(0, 100, 10)]
    fine = [fix(RADIO, second) for second in range(0, 100, 10)]
    assert bearer([*vague, *fine]).fix.source == RADIO
    as_vague = [fix(RADIO, second, accuracy_m=500.0) for second in range(0, 100, 10)]
    assert bearer([*vague, *as_vague]).fix.source == CAR


def test_what_a_device_did_for_another_unit_says_nothing_of_this_one() -> None:
    since = START + timedelta(seconds=1000)
    mine, theirs = tracks([*parked(), *walk(200, 210, 220, 230)])
    assert find_bearer(UNIT, [mine._replace(since=since), theirs._replace(since=since)]) is None
    assert find_bearer(UNIT, [mine, theirs._replace(since=since)]) == Bearer(mine.track.fixes[-1])


def test_who_walks_away_from_the_car_takes_the_unit_along_and_brings_it_back() -> None:
    assert bearer([*parked(), *walk(20, 40, 55)]).afoot_m is None
    assert bearer([*parked(), *walk(80, 150)]).afoot_m is None, "two fixes may be two errors"
    gone = bearer([*parked(), *walk(80, 150, 220)])
    assert (gone.fix.source, gone.afoot_m) == (RADIO, pytest.approx(220, abs=1))
    assert bearer([*parked(), *walk(80, 150, 220, 180, 70, 45)]).fix.source == RADIO, "not yet back"
    assert bearer([*parked(), *walk(80, 150, 220, 120, 20)]).fix.source == CAR


def test_nobody_is_on_foot_while_the_car_moves_or_somebody_stays_or_who_left_drives() -> None:
    left = walk(80, 150, 220, 290)
    moving = [fix(CAR, second, -second * 10.0, 10.0) for second in range(0, 450, 10)]
    assert bearer([*moving, *left]).afoot_m is None
    assert bearer([*parked(), *left, *walk(5, 5, 5, 5, source=OTHER)]).afoot_m is None
    assert bearer([*parked(), *left, *walk(90, 160, 240, 300, source=OTHER)]).fix.source == RADIO
    assert bearer([*parked(), *walk(200, 900, 1600, 2400, speed_mps=17.0)]).afoot_m is None
    before = walk(400, 300, 200, 100, since_s=-400)
    assert bearer([*parked(), *before]).afoot_m is None, "they came to it before it stood there"


@given(st.permutations([*parked(240), *walk(80, 150, 220, 260, since_s=60), *walk(90, 170, source=OTHER, since_s=70)]))
def test_any_order_of_arrival_gives_the_same_bearer(made: Sequence[Fix]) -> None:
    assert bearer(made) == bearer(sorted(made, key=lambda one: one.true_at))


@given(
    st.lists(st.tuples(st.floats(3, 9), st.floats(-15, 15)), min_size=30, max_size=60),
    st.lists(st.tuples(st.floats(20, 50), st.floats(-15, 15)), min_size=8, max_size=12),
    st.booleans(),
)
def test_the_symbol_does_not_jump_between_two_devices_that_both_speak(
    driven: list[tuple[float, float]],
    carried: list[tuple[float, float]],
    stands: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    made = []
    for source, steps in ((CAR, driven), (RADIO, carried)):
        second = 0.0
        for gap_s, noise_m in steps:
            second += gap_s
            moved_m = 0.0 if stands else second * 8.0
            made.append(fix(source, second, moved_m + noise_m, 0.0 if stands else 8.0))
    made.sort(key=lambda one: one.true_at)
    end = min(max(one.true_at for one in made if one.source == source) for source in (CAR, RADIO))
    seen = [one for one in made if one.true_at <= end]
    first = next(n for n, one in enumerate(seen) if one.source == CAR) + 1
    chosen = {bearer(seen[: n + 1]).fix.source for n in range(first, len(seen))}
    assert chosen == {CAR}


@given(st.floats(-LEFT_M / 3, LEFT_M / 3), st.lists(st.floats(-8, 8), min_size=4, max_size=20))
def test_a_receiver_that_wanders_beside_the_car_leaves_nobody_on_foot(far_m: float, noise_m: list[float]) -> None:
    made = [*parked(), *walk(*(far_m + noise for noise in noise_m), since_s=0)]
    assert bearer(made).afoot_m is None


def test_the_picture_follows_whoever_left_the_car_and_goes_by_foot_in_a_replay_too() -> None:
    memory, again, all_entries = Memory(), Memory(), []
    who = {"operator": "op1", "desk": "desk 1"}

    def note(entries: list[Entry] | object) -> None:
        assert isinstance(entries, list)
        made = [Recorded(position=memory.state.position + n, entry=entry) for n, entry in enumerate(entries, 1)]
        memory.fold(made)
        all_entries.extend(made)

    note(units.put_unit(m.PutUnit(at=START, **who, unit=UNIT, sources=(CAR, RADIO)), memory.state))
    for one in [*parked(390), *walk(80, 150, 220)]:
        note(fixes.record_fixes(m.RecordFixes(at=one.received_at, **who, fixes=(one,)), memory.state))
    (doing,) = memory.known().roster.doings
    assert (doing.unit.profile, doing.afoot_m) == ("foot", pytest.approx(220, abs=1))
    found = memory.known().picture.find_fix(UNIT.callsign)
    assert found is not None
    assert found.source == RADIO
    reduce(lambda _, record: again.fold([record]), all_entries, None)
    assert again.known().roster.doings == memory.known().roster.doings
    note(fixes.record_fixes(m.RecordFixes(at=START, **who, fixes=(fix(RADIO, 500, 5.0),)), memory.state))
    (doing,) = memory.known().roster.doings
    assert (doing.unit.profile, doing.afoot_m) == ("car-response", None)
