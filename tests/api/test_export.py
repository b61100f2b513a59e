"""What is known now as a GeoPackage, over HTTP and by the command line, read back as anybody would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas
import pyogrio
import pytest

from maps.areas import AreaBook
from tests.api.room import DRAWN, TOKEN, Room, open_room
from tests.api.test_area_routes import AREAS
from tests.api.test_cli import arls

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def busy(web: Path) -> Iterator[Room]:
    with open_room(web, areas=AreaBook([area for area, _ in AREAS], [shape for _, shape in AREAS])) as room:
        room.book("AA1", at=DRAWN.node("A"))
        room.book("NOWHERE")
        room.incident(DRAWN.node("A"), call_id="call-1")
        room.incident(DRAWN.node("C"))
        room.client.post("/v1/incidents/INC0002/close", json={})
        corners = [DRAWN.node(name) for name in "AB"]
        line = {"type": "LineString", "coordinates": [[at.lon, at.lat] for at in corners]}
        assert room.client.post("/v1/closures", json={"geometry": line, "name": "burst main"}).status_code == 201
        yield room


def test_the_command_line_writes_what_gdal_reads(busy: Room, tmp_path: Path) -> None:
    path = tmp_path / "now.gpkg"
    answer = arls("export", "--gpkg", path, "--url", busy.url, "--token", TOKEN)
    assert (answer.code, answer.err) == (0, "")
    assert [str(name) for name, _ in pyogrio.list_layers(path)] == ["units", "incidents", "closures", "areas"]
    units = geopandas.read_file(path, layer="units").set_index("callsign")
    place = DRAWN.node("A")
    assert (units.geometry["AA1"].x, units.geometry["AA1"].y) == pytest.approx((place.lon, place.lat))
    assert units.geometry["NOWHERE"] is None
    assert units["state_label"]["AA1"] == "on patrol"
    incidents = geopandas.read_file(path, layer="incidents").set_index("id")
    assert list(incidents["locality_setting"]) == ["urban", "rural"]
    assert incidents["closed_at"].isna().tolist() == [True, False]
    assert b"call-1" not in path.read_bytes()
    assert list(geopandas.read_file(path, layer="closures")["name"]) == ["burst main"]
    areas = geopandas.read_file(path, layer="areas").set_index("feature")
    assert areas.geometry["beat:W"].normalize().equals(AREAS[1][1].normalize())
    about = pyogrio.read_info(path, layer="units")["dataset_metadata"]
    assert (about["at"], about["force"]) == ("2026-03-02T14:00:00+00:00", "demo")


def test_who_may_not_is_told_in_a_sentence_and_keeps_the_file_there_was(busy: Room, tmp_path: Path) -> None:
    path = tmp_path / "now.gpkg"
    path.write_text("the one before")
    answer = arls("export", "--gpkg", path, "--url", busy.url)
    assert (answer.code, "say who you are with --token" in answer.err) == (1, True)
    assert path.read_text() == "the one before"
    nowhere = arls("export", "--gpkg", tmp_path / "no" / "now.gpkg", "--url", busy.url, "--token", TOKEN)
    assert (nowhere.code, "cannot write" in nowhere.err) == (1, True)
