"""What the map draws besides units and incidents, in real WebGL, and a base map of the force's own beside ours."""

from __future__ import annotations

import io
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from PIL import Image
from playwright.sync_api import expect

from api.app import WEB
from api.settings import settings_of
from arls.geo import Position
from maps.areas import Area, AreaBook
from tests.api.room import DRAWN, Room, open_room
from tests.journeys.screen import IN_A_BROWSER, Seen, axe_violations, open_screen, picture, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = IN_A_BROWSER

# The colours of the dark map (maps/web/map/palette.js), and one that nothing else has.
TRAIL, REACH, AREA = (0x7E, 0xE0, 0xD2), (0xF2, 0xB8, 0x4B), (0x8F, 0x9F, 0xB0)
OTHER = (0xC0, 0x10, 0xC0)


class TileServer:
    """Somebody else's picture tiles, each of one colour; `asked` are the paths that were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        tile = io.BytesIO()
        Image.new("RGB", (256, 256), OTHER).save(tile, "PNG")
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                self.wfile.write(tile.getvalue())

            def log_message(self, *_: Any) -> None:
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    @contextmanager
    def serving(self) -> Iterator[None]:
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            self.server.shutdown()
            thread.join()
            self.server.server_close()


@pytest.fixture(scope="module")
def tiles() -> Iterator[TileServer]:
    made = TileServer()
    with made.serving():
        yield made


@pytest.fixture(scope="module")
def room(tiles: TileServer) -> Iterator[Room]:
    west, east = DRAWN.node("A"), DRAWN.node("F")
    beat = shapely.box(west.lon, east.lat, (west.lon + east.lon) / 2, west.lat)
    layer = {
        "name": "OS Road",
        "url": f"{tiles.origin}/wmts?Layer=road&TileMatrix={{TileMatrix}}&TileRow={{TileRow}}&TileCol={{TileCol}}",
        "attribution": "Contains <b>OS</b> data",
    }
    settings = settings_of({"map": {"base_layers": [layer]}}, where="arls.toml")
    areas = AreaBook([Area(kind="beat", id="B1", name="Bexton West")], [beat])
    with open_room(WEB, areas=areas, settings=settings, tick_s=1.0) as made:
        yield made


@pytest.fixture(scope="module")
def opened(browser: Browser, room: Room) -> tuple[Page, Seen]:
    page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce", color_scheme="dark")
    seen = Seen(page)
    open_screen(page, f"{room.url}/?ticket={room.system.keyring.mint_ticket('demo')}")
    return page, seen


@pytest.fixture
def page(opened: tuple[Page, Seen]) -> Page:
    """With nothing open, and looking at the whole drawing."""
    page, _ = opened
    while page.evaluate("() => Boolean(arls.state.target || arls.state.sheet)"):
        page.keyboard.press("Escape")
    middle = DRAWN.node("E")
    page.evaluate(f"() => {{ location.hash = 'z={middle.lat},{middle.lon},15'; }}")
    return page


def painted(page: Page, name: str, colour: tuple[int, int, int]) -> int:
    """How many pixels of the map have that colour, more or less, in a picture that is kept."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    corner = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
    with Image.open(picture(page, name)) as whole:
        pixels = np.asarray(whole.convert("RGB").crop(tuple(int(edge) for edge in corner)), dtype=np.int16)
    return int((np.abs(pixels - np.array(colour)).max(axis=2) < 24).sum())


def becomes_painted(page: Page, name: str, colour: tuple[int, int, int], least: int) -> None:
    """Returns once the map shows so many pixels of that colour."""
    for _ in range(30):
        if painted(page, name, colour) >= least:
            return
        page.wait_for_timeout(500)
    pytest.fail(f"{name}: {painted(page, name, colour)} pixels of {colour}, not {least}")


def test_the_trail_of_the_open_unit_is_drawn_and_where_it_may_be_once_it_is_silent(page: Page, room: Room) -> None:
    west, east = DRAWN.node("D"), DRAWN.node("F")
    room.book("BX21", at=west)
    for tenth in range(1, 8):
        room.clock.advance(seconds=20)
        room.fix("BX21", Position(lat=west.lat, lon=west.lon + (east.lon - west.lon) * tenth / 10))
    until(page, "arls.state.picture.units.has('BX21')")
    page.locator("#board tr[data-callsign=BX21] button").first.click()
    page.get_by_role("button", name="Show").click()
    page.get_by_role("group", name="Shown on the map").get_by_label("5", exact=True).check()
    until(page, "arls.state.ground.trail?.places.length >= 7")
    becomes_painted(page, "ground-trail", TRAIL, 150)
    assert axe_violations(page) == []
    page.get_by_role("button", name="Follow BX21").click()
    expect(page.get_by_role("button", name="Following BX21")).to_be_visible()
    page.get_by_role("button", name="Following BX21").click()
    room.clock.advance(seconds=150)
    until(page, "arls.state.ground.reach?.callsign === 'BX21'")
    expect(page.locator(".reach-note")).to_contain_text("BX21")
    becomes_painted(page, "ground-reach", REACH, 60)
    # Silent for longer it is lost, and stays where it was heard last, on board and map.
    row = page.locator("#board tr[data-callsign=BX21]")
    for band in ("stale", "lost"):
        for _ in range(20):
            if band in row.inner_text():
                break
            room.clock.advance(seconds=60)
            page.wait_for_timeout(1_500)
        expect(row).to_contain_text(band)
        picture(page, f"ground-{band}")
    expect(page.locator("#header")).to_contain_text("1 lost")
    page.get_by_label("none").check()
    page.get_by_role("button", name="Show").click()


def test_the_areas_are_drawn_with_their_names(page: Page) -> None:
    page.get_by_role("button", name="Show").click()
    page.get_by_label("Areas and their names").check()
    until(page, "arls.state.ground.outlines?.features.length > 0")
    becomes_painted(page, "ground-areas", AREA, 60)
    page.get_by_label("Areas and their names").uncheck()
    page.get_by_role("button", name="Show").click()


def test_the_rvp_stands_on_the_map_with_how_to_approach(page: Page, room: Room) -> None:
    incident = str(room.incident(DRAWN.node("C"))["id"])
    place = DRAWN.node("B")
    rvp = {"lat": place.lat, "lon": place.lon, "note": "from the west"}
    assert room.client.put(f"/v1/incidents/{incident}/rvp", json=rvp).status_code == 200
    page.locator(f"[data-incident={incident}]").click()
    expect(page.locator(".control")).to_contain_text("from the west")
    becomes_painted(page, "ground-rvp", (0xF6, 0xD3, 0x65), 30)
    page.locator(".legend summary").click()
    picture(page, "ground-legend")
    assert axe_violations(page) == []
    page.locator(".legend summary").click()


def test_a_base_map_of_the_forces_own_is_asked_for_only_when_it_is_chosen(
    page: Page, opened: tuple[Page, Seen], room: Room, tiles: TileServer
) -> None:
    _, seen = opened
    assert tiles.asked == []
    assert all(url.startswith((room.url, "data:", "blob:")) for url in seen.requests)
    page.get_by_role("button", name="Show").click()
    page.get_by_label("OS Road").check()
    becomes_painted(page, "ground-base", OTHER, 100_000)
    assert all("Layer=road&TileMatrix=15" in path or "TileMatrix=16" in path for path in tiles.asked)
    expect(page.locator(".maplibregl-ctrl-attrib")).to_contain_text("Contains <b>OS</b> data")
    assert {url.split("/wmts")[0] for url in seen.requests if not url.startswith(room.url)} <= {tiles.origin}
    assert axe_violations(page) == []
    page.get_by_label("Our own").check()
    until(page, "arls.state.ground.base === null")
    becomes_painted(page, "ground-own", (0x10, 0x16, 0x1C), 50_000)
    assert [said for said in seen.complaints if "404" not in said] == []  # this room has no base map of its own
    page.get_by_role("button", name="Show").click()
