"""Who is on board decides what a unit can do and how it drives, now and not a second longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from arls.crew import DRIVEN, PROFILES, Driver, Member, Mobility, Shift, Vehicle
from arls.unit import Callsign, Unit, boarded, find_held_back, find_stranded

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CAR = Vehicle(id="7042", capabilities=("defibrillator",))


def a_unit(*members: Member, **fields: Any) -> Unit:
    return boarded(Unit(callsign=Callsign("AB12"), members=members, **{"vehicle": CAR} | fields), NOW)


def driver(grade: Driver | None, **fields: Any) -> Member:
    return Member(id=f"collar {grade}", driver=grade, **fields)


def test_what_a_unit_can_do_is_what_its_people_its_vehicle_and_itself_can_do_together() -> None:
    unit = a_unit(
        Member(id="1", capabilities=("taser",)), Member(id="2", capabilities=("dog",)), capabilities=("ring",)
    )
    assert unit.capabilities == ("defibrillator", "dog", "ring", "taser")
    assert unit.crew == 2


def test_an_officer_whose_duty_ends_takes_the_skill_along() -> None:
    unit = a_unit(driver(Driver.RESPONSE), Member(id="2", capabilities=("taser",), ends_at=NOW + HOUR))
    later = boarded(unit, NOW + HOUR)
    assert (unit.crew, "taser" in unit.capabilities) == (2, True)
    assert (later.crew, "taser" in later.capabilities) == (1, False)
    assert boarded(later, NOW) == unit, "what was said of the unit itself is kept"


def test_what_is_on_board_is_worked_out_again_to_the_same() -> None:
    unit = a_unit(driver(Driver.BASIC), capabilities=("ring",), crew=3, profile="car-response")
    assert boarded(unit, NOW) == unit


def test_a_unit_of_which_neither_people_nor_vehicle_are_named_stays_as_it_was_booked() -> None:
    plain = Unit(callsign=Callsign("AB12"), capabilities=("taser",), profile="van", crew=4)
    assert boarded(plain, NOW) == plain


@pytest.mark.parametrize(
    ("grades", "profile"),
    [
        ((Driver.NONE, Driver.BASIC), "car-normal"),
        ((Driver.BASIC, Driver.ADVANCED), "car-response"),
        ((Driver.RESPONSE,), "car-response"),
        ((Driver.BASIC, None), "car-normal"),
        ((Driver.NONE, None), "car-response"),
        ((None,), "car-response"),
    ],
)
def test_the_best_driver_aboard_decides_how_a_car_goes(grades: tuple[Driver | None, ...], profile: str) -> None:
    assert a_unit(*map(driver, grades)).profile == profile


def test_a_basic_driver_drives_as_everybody_and_the_reason_says_so() -> None:
    assert find_held_back(a_unit(driver(Driver.BASIC))) == "basic driver: no response drive"
    assert find_held_back(a_unit(driver(Driver.RESPONSE))) is None
    assert find_held_back(a_unit(driver(None))) is None
    on_foot = Vehicle(id="boots", mobility=Mobility.FOOT)
    assert find_held_back(a_unit(driver(Driver.BASIC), vehicle=on_foot)) is None


def test_a_vehicle_that_nobody_aboard_may_drive_goes_nowhere() -> None:
    for mobility in Mobility:
        unit = a_unit(driver(Driver.NONE), vehicle=Vehicle(id="1", mobility=mobility))
        expected = f"nobody on board may drive the {mobility}" if mobility in DRIVEN else None
        assert find_stranded(unit) == expected
    assert find_stranded(a_unit(driver(Driver.RESPONSE, ends_at=NOW))) == "nobody is on board now"
    assert find_stranded(a_unit()) is None, "nobody was named: the unit is as it was booked"


def test_every_mobility_has_its_profile_and_a_booked_one_stands_where_nothing_is_known() -> None:
    assert set(PROFILES) == set(Mobility)
    for mobility, (everyday, response) in PROFILES.items():
        vehicle = Vehicle(id="1", mobility=mobility)
        assert a_unit(driver(Driver.BASIC), vehicle=vehicle).profile == everyday
        assert a_unit(driver(Driver.ADVANCED), vehicle=vehicle).profile == response
        assert a_unit(vehicle=vehicle).profile == response
        assert a_unit(vehicle=vehicle, profile="car-normal").profile == everyday
    assert a_unit(driver(Driver.BASIC), vehicle=None, profile="motorcycle-response").profile == "car-normal"


def test_nobody_leaves_before_boarding_and_no_shift_ends_before_it_begins() -> None:
    with pytest.raises(ValueError, match="ends before beginning"):
        Member(id="1", begins_at=NOW, ends_at=NOW)
    with pytest.raises(ValueError, match="ends after it begins"):
        Shift(begins_at=NOW, ends_at=NOW - HOUR)


def test_a_unit_of_an_older_journal_reads_as_one_of_whose_crew_nothing_is_known() -> None:
    old = msgspec.json.encode({"callsign": "AB1", "capabilities": ["dog"], "crew": 2})
    read = msgspec.json.decode(old, type=Unit)
    assert read == Unit(callsign=Callsign("AB1"), capabilities=("dog",), crew=2)
    full = replace(a_unit(driver(Driver.BASIC)), shift=Shift(begins_at=NOW, ends_at=NOW + HOUR), role="special")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(full), type=Unit) == full
