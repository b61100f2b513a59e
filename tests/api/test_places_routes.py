"""GET /v1/places: one box for whatever a caller says, and typed refusals for what is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from api.cli import app
from maps import roadfile
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.room import Room


def test_a_street_is_found_by_a_part_of_its_name(room: Room) -> None:
    near = DRAWN.node("F")
    answer = room.client.get("/v1/places", params={"q": "east ln", "near": f"{near.lat},{near.lon}"}).json()
    first = answer["places"][0]
    assert (first["name"], first["kind"], first["typos"]) == ("East Lane", "street", 0)
    assert first["grid_ref"]
    assert first["distance_m"] <= 200
    assert first["extent"][1] <= first["lat"] <= first["extent"][3]


def test_a_junction_is_found_by_two_streets(room: Room) -> None:
    first = room.client.get("/v1/places", params={"q": "North St / Mid Lane"}).json()["places"][0]
    assert first["kind"] == "junction"
    assert (first["lat"], first["lon"]) == pytest.approx((DRAWN.node("B").lat, DRAWN.node("B").lon))


def test_three_words_are_known_as_such_and_not_looked_up(room: Room) -> None:
    answer = room.client.get("/v1/places", params={"q": "///filled.count.soap"}).json()
    assert answer["places"] == []
    assert "not looked up here" in answer["notes"][0]


def test_what_nothing_is_named_has_a_note(room: Room) -> None:
    answer = room.client.get("/v1/places", params={"q": "Xyzzy Parade"}).json()
    assert answer == {"places": [], "notes": ["nothing here is named so: Xyzzy Parade"]}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"q": ""},
        {"q": "x" * 201},
        {"q": "x" * 10_000},
        {"q": "a\0b"},
        {"q": "High St", "limit": "0"},
        {"q": "High St", "limit": "51"},
        {"q": "High St", "near": "here"},
        {"q": "High St", "near": "91,0"},
    ],
)
def test_what_is_no_question_is_refused(room: Room, params: dict[str, str]) -> None:
    response = room.client.get("/v1/places", params=params)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("q", ["\u05e8\u05d7\u05d5\u05d1", "\U0001f694\U0001f6a8", "\u202e\u05d0\u202c", "%", "'; --"])
def test_odd_texts_are_answered(room: Room, q: str) -> None:
    response = room.client.get("/v1/places", params={"q": q})
    assert response.status_code == 200
    assert response.json()["notes"]


def test_a_stranger_is_told_of_no_place(room: Room) -> None:
    assert room.stranger.get("/v1/places", params={"q": "East"}).status_code == 401


def test_the_command_line_finds_and_imports(tmp_path: Path) -> None:
    folder = tmp_path / "network"
    roadfile.save(DRAWN.network, DRAWN.report, folder)
    run = CliRunner()
    found = run.invoke(app, ["places", "find", str(folder), "mid lane"])
    assert found.exit_code == 0
    assert "Mid Lane" in found.stdout
    assert run.invoke(app, ["places", "find", str(folder), "BX1 1AA", "--json"]).exit_code == 1
    source = tmp_path / "bx.csv"
    source.write_text('"BX1 1AA",10,407000,287000,"E92000001","","","","",""\r\n', encoding="utf-8")
    imported = run.invoke(app, ["places", "import", str(source), "--into", str(folder)])
    assert imported.exit_code == 0, imported.output
    assert "1 postcode" in imported.stdout
    assert run.invoke(app, ["places", "find", str(folder), "BX1 1AA", "--json"]).exit_code == 0
    assert run.invoke(app, ["places", "import", str(tmp_path / "none"), "--into", str(folder)]).exit_code == 1
    assert run.invoke(app, ["places", "find", str(folder), "x" * 201]).exit_code == 1
