"""The demo's county is policed everywhere that its incidents are, and its areas are live in a demo."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.demo import areas_of
from api.networks import Ground
from arls.geo import Position
from arls.locality import Setting
from maps.area_files import doubts_of
from tests.maps.area_drawing import read

if TYPE_CHECKING:
    from maps.areas import AreaBook

FIXTURES = Path(__file__).parents[2] / "fixtures"
AT = datetime(2026, 3, 2, 14, tzinfo=UTC)


@pytest.fixture(scope="module")
def county() -> AreaBook:
    return read(FIXTURES / "areas.geojson")


def test_every_incident_of_the_demos_day_lies_in_one_area_of_each_level_and_in_town_or_country(
    county: AreaBook,
) -> None:
    settings = set()
    with (FIXTURES / "incidents.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            place = Position(lat=float(row["lat"]), lon=float(row["lon"]))
            levels = [area.kind for area in county.holding(place, AT) if area.kind in county.levels]
            assert levels == ["force", "lpu", "beat"]
            settings.add(county.setting_at(place, AT))
    assert settings == {Setting.URBAN, Setting.RURAL}
    assert doubts_of(county) == []


def test_it_has_something_of_every_kind(county: AreaBook) -> None:
    kinds = {area.kind for area in county.areas}
    assert kinds == {"force", "lpu", "beat", "setting", "priority", "pspo", "response", "warning", "road", "neighbour"}
    assert all(area.contact.startswith("01632 960") for area in county.areas if area.contact)  # numbers kept for drama


def test_a_demo_on_the_county_has_its_areas_and_one_elsewhere_has_none() -> None:
    here = Ground(directory=FIXTURES, name="Arlshire", made_up=True)
    assert areas_of(here) == [{"path": str(FIXTURES / "areas.geojson")}]
    assert areas_of(Ground(directory=FIXTURES, name="porto", made_up=False)) == []
