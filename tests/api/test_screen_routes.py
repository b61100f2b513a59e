"""The screen's pages and files, the base map, health, and the headers on every answer."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from api.app import create_app, openapi_text
from api.out import Outs
from api.outgoing import out_of
from api.routes.health import _Gauges
from maps.tiles import build_tiles_of_network
from maps.tileset import Tileset
from tests.api.room import DRAWN, open_room

if TYPE_CHECKING:
    from tests.api.room import Room


KEPT = Path(__file__).parents[2] / "api" / "openapi.json"


def test_the_pages_are_open_and_hold_no_data(room: Room) -> None:
    for path in ("/", "/map", "/board", "/wall"):
        page = room.stranger.get(path)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert room.stranger.get("/wall", params={"ticket": "guessed"}).status_code == 401


def test_every_answer_says_what_a_browser_may_do_with_it(room: Room) -> None:
    for answer in (room.stranger.get("/"), room.stranger.get("/v1/units"), room.client.get("/v1/units")):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; ")
        assert "unsafe-eval" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert room.client.get("/v1/units").headers["cache-control"] == "no-store"


def test_files_of_the_screen_are_asked_for_again_by_their_tag(room: Room) -> None:
    first = room.stranger.get("/static/main.js")
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["cache-control"] == "no-cache"
    again = room.stranger.get("/static/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_what_the_screen_is_made_with_is_not_served(room: Room, web: Path) -> None:
    (web.parent / "secret.js").write_text("token")
    for path in (
        "package.json",
        "install.mjs",
        "node_modules/tool.js",
        "..%2fsecret.js",
        "%2e%2e/secret.js",
        "/etc/hosts",
        "",
    ):
        assert room.stranger.get(f"/static/{path}").status_code == 404, path


def test_health_is_open_and_readiness_tells_when_the_engine_is_gone(room: Room) -> None:
    assert room.stranger.get("/healthz").json() == {"status": "ok"}
    assert room.stranger.get("/readyz").json() == {"status": "ready"}
    room.system.engine.stop()
    assert room.stranger.get("/readyz").status_code == 503
    body = {"lat": DRAWN.node("A").lat, "lon": DRAWN.node("A").lon, "grade": "1"}
    refused = room.client.post("/v1/incidents", json=body)
    assert (refused.status_code, refused.json()["detail"]) == (503, "the engine does not run: nothing was kept")


def test_status_names_the_roads_and_says_that_they_are_made_up(room: Room) -> None:
    room.book("AB12")
    status = room.client.get("/v1/status").json()
    assert (status["force"], status["units"], status["simulated"]) == ("demo", 1, True)
    assert (status["network"]["name"], status["network"]["made_up"]) == ("a drawing", True)
    west, south, east, north = status["network"]["bounds"]
    assert west < east
    assert south < north
    assert status["broker"] == {"kind": "mosquitto", "label": "mosquitto"}


def test_metrics_are_prometheus_text_for_those_who_may_see_them(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.incident()
    text = room.client.get("/metrics").text
    assert "arls_incidents_open 1.0" in text
    assert 'arls_units{freshness="fresh"} 1.0' in text
    assert room.stranger.get("/metrics").status_code == 401


def test_what_systems_outside_are_told_is_counted_by_their_names(room: Room) -> None:
    words = {"name": "partner", "kind": "geojson", "url": "http://127.0.0.1:9/", "incidents": True}
    (said,) = TypeAdapter(Outs).validate_python([words])
    out = out_of(said, room.system.engine, force="demo", now=room.clock)
    told = {family.name: family for family in _Gauges(replace(room.system, outs=(out,))).collect()}
    for name in ("sent", "failed", "refused", "dropped", "overtaken", "queued"):
        (sample,) = told[f"arls_out_{name}"].samples
        assert (sample.labels, sample.value) == ({"out": "partner"}, 0.0)
    assert told["arls_out_last_ok_seconds"].samples == []  # nothing was ever taken


def test_the_ways_of_units_that_are_sent_are_a_layer(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.book("CD34")
    room.incident(at=DRAWN.node("F"))
    for callsign in ("AB12", "CD34"):
        room.assign("INC0001", callsign)
    (way,) = room.client.get("/v1/layers/routes.geojson").json()["features"]
    assert (way["properties"]["callsign"], way["properties"]["incident"]) == ("AB12", "INC0001")
    assert way["geometry"]["type"] == "LineString"
    room.client.post("/v1/assignments/A00001/arrived")
    assert room.client.get("/v1/layers/routes.geojson").json()["features"] == []


def test_the_base_map_is_handed_out_compressed_and_by_its_tag(web: Path, tmp_path: Path) -> None:
    build_tiles_of_network(DRAWN.network, tmp_path / "map.pmtiles", attribution="made up")
    tileset = Tileset(tmp_path / "map.pmtiles")
    with open_room(web, tileset=tileset) as room:
        described = room.client.get("/tiles.json").json()
        assert described["tiles"] == [f"{room.url}/tiles/{{z}}/{{x}}/{{y}}.mvt"]
        tile = room.client.get("/tiles/14/8105/5374.mvt")
        assert (tile.status_code, tile.headers["content-encoding"]) == (200, "gzip")
        assert tile.headers["content-type"] == "application/vnd.mapbox-vector-tile"
        tag = {"If-None-Match": tile.headers["etag"]}
        assert room.client.get("/tiles/14/8105/5374.mvt", headers=tag).status_code == 304
        assert room.client.get("/tiles/14/0/0.mvt").status_code == 204
        assert room.client.get("/tiles/99/0/0.mvt").status_code == 422
        assert room.stranger.get("/tiles/14/8105/5374.mvt").status_code == 401
        assert room.stranger.get("/tiles.json").status_code == 401


def test_there_may_be_no_base_map(room: Room) -> None:
    assert room.client.get("/tiles.json").status_code == 404
    assert room.client.get("/tiles/0/0/0.mvt").status_code == 404


def test_the_docs_page_lists_every_route_and_fetches_nothing(room: Room) -> None:
    page = room.client.get("/docs").text
    for path in room.client.get("/openapi.json").json()["paths"]:
        assert path in page
    assert "http://" not in page
    assert "https://" not in page


def test_the_openapi_that_is_kept_is_the_apps_own(room: Room) -> None:
    assert KEPT.read_text(encoding="utf-8") == openapi_text(create_app(room.system)), (
        "write it again: api.app.openapi_text"
    )


def test_every_reference_in_the_openapi_leads_somewhere(room: Room) -> None:
    schema = room.client.get("/openapi.json").json()
    text = json.dumps(schema)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(schema["components"]["schemas"])
    assert {"UnitRow", "IncidentView", "Ranking", "IncidentBody"} <= set(schema["components"]["schemas"])
