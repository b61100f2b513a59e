"""A roster as spreadsheets write it: every good row is a unit, and every bad one is told by line, column and reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.bookings import BookingBody
from api.cli import app
from api.roster_file import COLUMNS, RosterFileError, read_roster_file
from tests.api.room import TOKEN

if TYPE_CHECKING:
    from tests.api.room import Room

FIXTURE = Path(__file__).parents[2] / "fixtures" / "roster.csv"
DOC = Path(__file__).parents[2] / "docs" / "units.md"
GOOD = "callsign,kind,capabilities\nAB12,car,taser\nCD34,dog,dog;taser\n"
BAD = "callsign,kind,crew\nAB12,car,2\nCD34,tank,2\nEF56,car,two\nAB12,car,1\nGH78,car,1,9\n,car,1\n"


def read(text: str, **how: Any) -> list[BookingBody]:
    found = read_roster_file(text.encode(), **how)
    assert found.faults == []
    return [body for _, body in found.rows]


def test_the_roster_of_the_made_up_county_is_one() -> None:
    rows = {body.callsign: body for body in read(FIXTURE.read_text(encoding="utf-8"))}
    assert len(rows) == FIXTURE.read_text(encoding="utf-8").count("\n") - 1
    foot = rows["AC10"]
    assert (foot.kind, foot.profile, foot.sources) == ("foot", "foot", ["owntracks:ac10/phone"])
    assert rows["AC101"].capabilities == ["afo", "taser", "medic", "method_of_entry"]
    assert {body.role for body in rows.values()} >= {"pcso", "special"}


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_it_is_read_however_a_spreadsheet_keeps_it(code: str, delimiter: str, newline: str) -> None:
    lines = [["callsign", "station", "capabilities"], ["AB12", "Café", "taser|dog"]]
    data = newline.join(delimiter.join(line) for line in lines).encode(code)
    ((line, body),) = read_roster_file(data).rows
    assert (line, body.callsign, body.station, body.capabilities) == (2, "AB12", "Café", ["taser", "dog"])


@pytest.mark.parametrize(
    "written",
    [
        "02/07/2026 07:00",
        "2026-07-02 07:00:00",
        "2026-07-02T07:00",
        "2026-07-02T06:00:00Z",
        "46205.291666667",
        "02-Jul-2026 07:00",
    ],
)
def test_an_instant_is_read_however_a_spreadsheet_writes_it_by_the_clocks_of_its_zone(written: str) -> None:
    (body,) = read(f"callsign,shift_begins,shift_ends\nAB12,{written},2026-07-02T16:00Z\n")
    assert body.shift is not None
    assert body.shift.begins_at.isoformat() == "2026-07-02T06:00:00+00:00"


def test_people_a_vehicle_and_what_they_carry_stand_in_one_row() -> None:
    text = (
        "callsign;mobility;vehicle;seats;vehicle_capabilities;vehicle_devices;members;devices\n"
        "AB12;van;7042;5;cell|defibrillator;imei:7;PC 1/response/taser+medic|PC 77/basic|anon;issi:7|issi:8\n"
    )
    (body,) = read(text)
    assert body.vehicle is not None
    assert (body.vehicle.mobility, body.vehicle.seats, body.vehicle.devices) == ("van", 5, ["imei:7"])
    assert [(it.id, it.driver, it.capabilities) for it in body.members] == [
        ("PC 1", "response", ["taser", "medic"]),
        ("PC 77", "basic", []),
        ("anon", None, []),
    ]
    assert (body.sources, body.profile) == (["issi:7", "issi:8"], "van")


def test_every_bad_row_is_told_by_its_line_its_column_and_why() -> None:
    found = read_roster_file(BAD.encode())
    assert [(line, body.callsign) for line, body in found.rows] == [(2, "AB12")]
    told = {(it.line, it.field): it.reason for it in found.faults}
    assert set(told) == {(3, "kind"), (4, "crew"), (5, "callsign"), (6, ""), (7, "callsign")}
    assert told[4, "crew"] == "two is no whole number"
    assert told[5, "callsign"] == "AB12 stands in line 2 already"
    for column, cell in {
        "mobility": "hovercraft",
        "members": "a/b/c/d",
        "shift_begins": "yesterday",
        "device_scheme": "itsi",
        "capabilities": "two words",
        "code": "-1",
    }.items():
        assert read_roster_file(f"callsign,{column}\nAB12,{cell}\n".encode()).faults, column


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "callsign"),
        ("name,kind\nAB12,car\n", "callsign"),
        ("callsign,colour\nAB12,blue\n", "there is no column colour"),
        ("callsign,crew,crew\nAB12,1,2\n", "two columns are called crew"),
        ('callsign,station\nAB12,"never ends\n', "line"),
    ],
)
def test_what_is_no_roster_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(RosterFileError, match=said):
        read_roster_file(text.encode())
    with pytest.raises(RosterFileError, match="no time zone"):
        read_roster_file(GOOD.encode(), zone="Europe/Atlantis")


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"callsign,members,shift_begins\n{text}".encode())
)
def test_no_bytes_break_it(data: bytes) -> None:
    try:
        found = read_roster_file(data)
    except RosterFileError:
        return
    assert all(isinstance(body, BookingBody) for _, body in found.rows)


def test_every_column_is_documented() -> None:
    page = DOC.read_text(encoding="utf-8")
    assert [name for name in sorted(COLUMNS) if f"`{name}`" not in page] == []


def put(room: Room, text: str, **query: Any) -> Any:
    return room.client.put("/v1/roster", content=text.encode(), params=query, headers={"Content-Type": "text/csv"})


def test_a_roster_is_booked_whole_or_not_at_all_unless_some_is_enough(room: Room) -> None:
    refused = put(room, BAD)
    assert (refused.status_code, refused.json()["code"]) == (422, "roster_refused")
    assert refused.json()["detail"].startswith("nothing was booked: 5 rows cannot be; line 3: ")
    assert {"pointer": "#/4/crew", "detail": "two is no whole number"} in refused.json()["errors"]
    checked = put(room, BAD, check=True).json()
    assert (checked["done"], checked["rows"], checked["booked"]) == (False, 6, ["AB12"])
    assert [row["line"] for row in checked["refused"]] == [3, 4, 5, 6, 7]
    assert room.system.engine.known.units == {}
    assert put(room, BAD, partial=True).json()["booked"] == ["AB12"]
    assert put(room, GOOD).json()["booked"] == ["AB12", "CD34"]
    assert sorted(room.system.engine.known.units) == ["AB12", "CD34"]
    assert put(room, "callsign,profile,code\nX1,tank,\nX2,,99\n", check=True).json()["refused"][0]["field"] == "profile"
    assert put(room, "colour\nblue\n").json()["code"] == "no_roster"


def test_the_command_imports_checks_and_tells_every_bad_line(room: Room, tmp_path: Path) -> None:
    def run(text: str, *options: str) -> tuple[int, str]:
        (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
        arguments = ["roster", "import", str(tmp_path / "roster.csv"), "--url", room.url, "--token", TOKEN, *options]
        result = CliRunner().invoke(app, arguments)
        return result.exit_code, result.output

    assert run(GOOD, "--check") == (0, "2 rows: nothing was done: would be 2 booked on, 0 planned, 0 refused, 0 odd\n")
    assert room.system.engine.known.units == {}
    code, said = run(BAD)
    assert (code, said.splitlines()[-1]) == (
        1,
        "6 rows: nothing was done: could be 1 booked on, 0 planned, 5 refused, 0 odd",
    )
    assert "line 4, EF56, crew: refused: two is no whole number" in said
    assert run(BAD, "--partial")[0] == 1
    assert sorted(room.system.engine.known.units) == ["AB12"]
    assert run(GOOD) == (0, "2 rows: 2 booked on, 0 planned, 0 refused, 0 odd\n")
    assert json.loads(run(GOOD, "--json")[1])["booked"] == ["AB12", "CD34"]
    assert run("colour\nblue\n")[0] == 2
