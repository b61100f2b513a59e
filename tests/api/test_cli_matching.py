"""`arls roads match`: a track in a CSV file comes out as the streets that were driven."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner

from api.cli.matching import match
from arls.geo import moved
from maps import roadfile
from tests.drawing import draw

if TYPE_CHECKING:
    from pathlib import Path

    from tests.drawing import Drawn

app = typer.Typer()
app.command()(match)


@pytest.fixture(scope="module")
def town() -> Drawn:
    street = {"highway": "residential"}
    return draw("A-B-C\n  |\n  D", ways={"ABC": street | {"name": "High Street"}, "BD": street | {"name": "Mill Lane"}})


@pytest.fixture
def folder(town: Drawn, tmp_path: Path) -> Path:
    roadfile.save(town.network, town.report, tmp_path / "roads")
    return tmp_path


def asked(folder: Path, track: str, *options: str) -> tuple[int, dict[str, Any], str]:
    """The exit code, the JSON, and what was said on stderr."""
    (folder / "track.csv").write_text(track)
    result = CliRunner().invoke(app, [str(folder / "roads"), str(folder / "track.csv"), *options])
    return result.exit_code, json.loads(result.stdout or "{}"), result.stderr


def track_of(town: Drawn) -> str:
    """From A to B and on to D, a fix every 20 m and 2 s."""
    places = [moved(town.node("A"), course_deg=90.0, distance_m=20.0 * i) for i in range(1, 10)]
    places += [moved(town.node("B"), course_deg=180.0, distance_m=20.0 * i) for i in range(1, 10)]
    rows = (f"{place.lat:.7f},{place.lon:.7f},{2 * i}" for i, place in enumerate(places))
    return "\n".join(("lat,lon,time_s", *rows))


def test_a_drive_is_a_line_with_its_arcs_and_streets(town: Drawn, folder: Path) -> None:
    code, answer, _ = asked(folder, track_of(town))
    (feature,) = answer["features"]
    assert code == 0
    assert feature["geometry"]["type"] == "LineString"
    assert feature["geometry"]["coordinates"][0] == pytest.approx([-1.9 + 0.00029, 52.5], abs=1e-4)
    assert feature["properties"]["arcs"] == [town.arc("A", "B"), town.arc("B", "D")]
    assert feature["properties"]["streets"] == ["High Street", "Mill Lane"]
    assert feature["properties"]["length_m"] == pytest.approx(360.0, abs=1.0)
    assert (feature["properties"]["from_time_s"], feature["properties"]["to_time_s"]) == (0.0, 34.0)


def test_every_fix_is_a_point_when_asked_for(town: Drawn, folder: Path) -> None:
    _, answer, _ = asked(folder, track_of(town), "--fixes")
    points = [feature for feature in answer["features"] if feature["geometry"]["type"] == "Point"]
    assert [point["properties"]["fix"] for point in points] == list(range(18))
    assert {point["properties"]["arc"] for point in points} == {town.arc("A", "B"), town.arc("B", "D")}


def test_a_track_far_from_every_road_is_no_drive(folder: Path) -> None:
    code, answer, _ = asked(folder, "lat,lon,time_s\n51.0,-1.0,0\n51.0,-1.1,9", "--fixes")
    assert code == 0
    assert [feature["properties"]["arc"] for feature in answer["features"]] == [None, None]


def test_an_empty_track_is_no_drive(folder: Path) -> None:
    assert asked(folder, "lat,lon,time_s\n")[:2] == (0, {"type": "FeatureCollection", "features": []})


@pytest.mark.parametrize(
    ("track", "said"),
    [
        ("lat,lon\n52.5,-1.9", "no column time_s"),
        ("", "no column lat, lon, time_s"),
        ("lat,lon,time_s\n52.5,-1.9,0\n99.0,-1.9,1", "line 3: no such place"),
        ("lat,lon,time_s\n52.5,-1.9,soon", "line 2: could not convert"),
        ("lat,lon,time_s\n52.5,-1.9", "line 2"),
        ("lat,lon,time_s\n52.5,-1.9,5\n52.5,-1.9,4", "order of their times"),
    ],
)
def test_a_file_that_is_no_track_is_refused_in_a_sentence(folder: Path, track: str, said: str) -> None:
    code, _, error = asked(folder, track)
    assert code == 1
    assert said in error
