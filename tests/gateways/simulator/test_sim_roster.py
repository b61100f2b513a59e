"""A made-up force has the mix that the demo promises, and identities that no real device has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from arls.crew import Driver
from arls.roads.profile import PROFILES
from arls.unit import UnitKind, find_held_back, find_stranded
from gateways.simulator.roster import Dialect, made_roster, read_roster

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "callsign,kind,mobility,capabilities,station,lat,lon,device_scheme,device_id,crew\n"
ROWS = (
    "AC10,response,car,taser;medic,AC,54.6,-0.03,itsi,001000106000000,2\n"
    "AC11,traffic,car,tpac,AC,54.61,-0.02,imei,001013031000007,1\n"
    "AC12,van,car,,AC,54.61,-0.02,nmea,van-net:ac12,3\n"
    "AC13,pcso,foot,,AC,54.62,0.01,owntracks,ac13:phone,1\n"
)


@pytest.mark.parametrize("size", [2, 4, 5, 7, 10, 20, 40, 99, 500])
def test_at_least_half_drive_and_report_within_five_seconds_and_two_in_five_walk(size: int) -> None:
    roster = made_roster(size, seed=1)
    quick = [member for member in roster if member.interval_s <= 4.5]
    assert len(roster) == size
    assert all(member.unit.kind not in {UnitKind.FOOT, UnitKind.CYCLE} for member in quick)
    assert len(quick) >= size / 2
    assert sum(member.on_foot for member in roster) >= 0.4 * size


def test_a_force_of_one_drives() -> None:
    (member,) = made_roster(1, seed=1)
    assert not member.on_foot


def test_the_same_seed_gives_the_same_force_and_another_seed_another() -> None:
    assert made_roster(60, seed=7) == made_roster(60, seed=7)
    assert made_roster(60, seed=7) != made_roster(60, seed=8)


def test_no_two_members_share_a_callsign_or_a_device() -> None:
    roster = made_roster(5_000, seed=1)
    assert len({member.unit.callsign for member in roster}) == 5_000
    assert len({member.source for member in roster}) == 5_000
    assert {member.dialect for member in roster} == set(Dialect)
    assert all(member.unit.profile in PROFILES for member in roster)
    assert all(len(member.device) == 15 for member in roster if member.dialect is not Dialect.OWNTRACKS)


def test_a_roster_file_fills_the_places_that_fit_its_units(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(HEADER + "".join(ROWS))
    roster = read_roster(file, 10, seed=1)
    named = {str(member.unit.callsign): member for member in roster if member.start is not None}
    assert len(roster) == 10
    assert {callsign: (m.unit.kind, m.source, m.unit.crew) for callsign, m in named.items()} == {
        "AC10": (UnitKind.CAR, "itsi:001000106000000", 2),
        "AC11": (UnitKind.TRAFFIC, "imei:001013031000007", 1),
        "AC12": (UnitKind.VAN, "nmea:van-net:ac12", 3),
        "AC13": (UnitKind.FOOT, "owntracks:ac13/phone", 1),
    }
    assert named["AC10"].unit.capabilities == ("medic", "taser")
    assert (named["AC13"].unit.profile, named["AC10"].unit.profile) == ("foot", "car-response")
    assert sum(member.on_foot for member in roster) == 5


def test_a_roster_of_another_shape_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text("callsign,mobility\nAC10,car\n")
    with pytest.raises(KeyError):
        read_roster(file, 4, seed=1)


def test_every_unit_has_people_aboard_and_what_drives_has_a_driver() -> None:
    force = [member.unit for member in made_roster(250, seed=1)]
    assert all(unit.crew == len(unit.members) >= 1 for unit in force)
    assert all(find_stranded(unit) is None for unit in force)
    assert {unit.driver for unit in force} == {None, Driver.BASIC, Driver.RESPONSE, Driver.ADVANCED}
    assert all(unit.profile == "car-normal" for unit in force if find_held_back(unit) and unit.kind is UnitKind.CAR)
    assert {unit.role for unit in force if unit.kind is UnitKind.FOOT} == {"pcso", "neighbourhood"}
    assert [unit.organisation for unit in force if unit.organisation] == ["Neighbourshire"] * 2
    again = {member.unit.callsign: member.unit.members for member in made_roster(100, seed=1)}
    assert all(again[unit.callsign] == unit.members for unit in force if unit.callsign in again and unit.kind == "foot")
