"""`arls areas check`, and areas and desks in the settings, as a user types them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.doctor import examine
from api.settings import SettingsError, settings_of
from api.survey import read_area_book, survey_of
from arls.roads.live import Roads
from maps.area_rows import AreaError
from tests.api.room import DRAWN
from tests.api.test_cli import arls
from tests.maps.area_drawing import feature, ring, square, written

COUNTY = Path(__file__).parents[2] / "fixtures" / "areas.geojson"
NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)


def test_a_good_file_says_what_it_holds(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        feature(ring(square(0)), TYPE="Ward", CODE="A"),
        feature(ring(square(0.5)), TYPE="Ward", CODE="B"),
    )
    asked = ("areas", "check", path, "--field", "kind=TYPE", "--field", "id=CODE", "--kinds", "Ward=beat")
    answer = arls(*asked)
    assert (answer.code, "areas.geojson can be used" in answer.out, "beat" in answer.out) == (0, True, True)
    assert "the beats A and B overlap: where they do, A has it" in answer.err
    said = json.loads(arls(*asked, "--json").out)
    assert (said["ok"], said["counts"], len(said["doubts"])) == (True, {"beat": 2}, 1)
    assert said["bounds"] == pytest.approx([-2.0, 52.0, -1.85, 52.1])


def test_a_bad_file_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    path = written(tmp_path, feature(ring(square(0)), kind="zone", id="A"))
    answer = arls("areas", "check", path)
    assert (answer.code, answer.out) == (1, "")
    assert "areas.geojson: feature 1 (A) is of the kind 'zone'" in answer.err
    assert json.loads(arls("areas", "check", path, "--json").out)["ok"] is False


@pytest.mark.parametrize("wrong", [("--field", "id"), ("--kinds", "=beat"), ("--zone", "Europe/Birmingham")])
def test_a_wrong_option_is_a_usage_error(tmp_path: Path, wrong: tuple[str, str]) -> None:
    assert arls("areas", "check", written(tmp_path, feature(ring(square(0)), kind="beat", id="A")), *wrong).code == 2


def test_a_site_sets_files_levels_and_desks() -> None:
    table = {
        "areas": {"files": [{"path": str(COUNTY)}]},
        "desks": [{"name": "roads", "road_classes": ["motorway"]}, {"name": "all", "since": NOW}],
    }
    settings = settings_of(table, where="here")
    assert {area.kind for area in read_area_book(settings.areas).areas} >= {"force", "beat", "setting"}
    assert settings.desks[1].since == NOW


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"areas": {"levels": ["force", "force"]}}, "force is already a kind of area"),
        ({"areas": {"levels": ["warning"]}}, "warning is already a kind of area"),
        ({"areas": {"zone": "Europe/Birmingham"}}, "'Europe/Birmingham' is no time zone"),
        ({"areas": {"files": [{"path": "x", "colour": "red"}]}}, "there is no such setting"),
        ({"desks": [{"name": "roads", "road_classes": ["M6"]}]}, "there is no class of road 'M6'"),
        ({"desks": [{"name": "roads", "since": datetime(2026, 3, 2)}]}, "timezone"),  # noqa: DTZ001 - what is refused
    ],
)
def test_what_a_site_may_not_set_is_named(table: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        settings_of(table, where="here")


def test_areas_of_another_place_and_desks_for_areas_that_are_not_there_are_refused_at_the_start(tmp_path: Path) -> None:
    roads = Roads(DRAWN.network)
    path = written(tmp_path, feature(ring(square(0, side=2.0)), kind="beat", id="A"))
    table = {"areas": {"files": [{"path": str(path)}]}, "desks": [{"name": "east", "areas": ["beat:A", "B"]}]}
    settings = settings_of(table, where="here")
    with pytest.raises(AreaError, match="desks: east answers for B, and no area file has an area of that id"):
        survey_of(roads, read_area_book(settings.areas), settings.desks)
    elsewhere = settings_of({"areas": {"files": [{"path": str(COUNTY)}]}}, where="here")
    with pytest.raises(AreaError, match="lie nowhere near the roads"):
        survey_of(roads, read_area_book(elsewhere.areas), ())


def test_the_doctor_names_what_is_wrong_with_an_area_file(tmp_path: Path) -> None:
    config = tmp_path / "arls.toml"
    config.write_text(f'[[areas.files]]\npath = "{tmp_path}/none.gpkg"\n')
    (finding,) = (finding for finding in examine(config) if finding.what == "areas")
    assert (finding.wrong, finding.said) == (True, f"there is no area file {tmp_path}/none.gpkg")
    config.write_text(f'[[areas.files]]\npath = "{COUNTY}"\n')
    (finding,) = (finding for finding in examine(config) if finding.what == "areas")
    assert (finding.wrong, "12 beat" in finding.said) == (False, True)
