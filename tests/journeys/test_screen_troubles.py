"""The screen when something is wrong: alarms at several desks, a lost or lying feed, sleep, hostile texts."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.journeys import running
from tests.journeys.screen import IN_A_BROWSER, picture, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = IN_A_BROWSER

LIVE = re.compile(r"^\s*LIVE")
HOSTILE = "<img src=x onerror=alert(1)> \u202eesrever\u202c \U0001f6a8 " + "long" * 2_500


@contextmanager
def hearing(
    plain: BrowserContext, demo: dict[str, Any], path: str, change: Callable[[dict[str, Any]], None], script: str = ""
) -> Iterator[Page]:
    """That page, told every message as it was changed on its way, until the block ends."""
    page = plain.new_page()

    def pass_on(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def told(message: str | bytes) -> None:
            said = json.loads(message)
            change(said)
            route.send(json.dumps(said))

        server.on_message(told)

    page.route_web_socket(re.compile("/v1/live"), pass_on)
    if script:
        page.add_init_script(script)
    page.goto(demo["url"].rstrip("/") + path)
    try:
        yield page
    finally:
        page.close()


def test_emergencies_stand_above_all_and_sound_until_they_are_acknowledged_here(
    plain: BrowserContext, demo: dict[str, Any]
) -> None:
    pressed = {"AC13", "AC31"}

    def press(said: dict[str, Any]) -> None:
        for unit in said.get("units", []):
            unit["emergency"] = unit["callsign"] in pressed
        if "status" in said:
            said["status"]["strays"] = [{"source": "itsi/7", "at": "2026-03-01T12:00:00Z"}]

    names = "() => [...arls.state.picture.units.keys()].slice(0, 2)"
    with hearing(plain, demo, "/", lambda _said: None) as page:
        until(page, "window.arls?.ready")
        pressed = set(page.evaluate(names))
    with hearing(plain, demo, "/", press) as page:
        until(page, "window.arls?.ready")
        alerts = page.get_by_role("alert").filter(has_text="emergency button")
        expect(alerts).to_have_count(2)
        expect(alerts.first).to_contain_text(re.compile(" pressed the emergency button"))
        expect(alerts.last).to_contain_text("itsi/7, carried by no unit")
        assert page.title().startswith("(3 EMG)")
        until(page, "arls.state.sound.heard === 'alarm'")
        page.keyboard.press("Alt+a")
        expect(page.locator(".acknowledged")).to_be_visible()
        expect(alerts).to_have_count(2)
        assert page.evaluate("() => arls.state.sheet") is None
        picture(page, "screen-alarm")


def test_sound_is_said_to_be_blocked_until_a_click_and_one_page_of_a_browser_sounds(
    plain: BrowserContext, demo: dict[str, Any]
) -> None:
    for old in plain.pages:
        old.close()  # a page that another journey left would be the one that sounds
    with hearing(plain, demo, "/", lambda _: None) as one, hearing(plain, demo, "/board", lambda _: None) as other:
        until(one, "window.arls?.ready")
        until(other, "window.arls?.ready")
        until(one, "['blocked', 'sounds'].includes(arls.state.sound.voice)")
        if one.evaluate("() => arls.state.sound.voice") == "blocked":
            one.get_by_role("button", name="Allow and test the sound").click()
        until(one, "arls.state.sound.voice === 'sounds'")
        other.keyboard.press("Alt+q")
        until(other, "arls.state.sound.voice === 'elsewhere'")
        one.get_by_role("button", name="Screen", exact=True).click()
        one.get_by_role("button", name="No sound for 5 minutes").click()
        expect(other.locator("#header .muted")).to_have_text(re.compile(r"Sound off\s+4:5\d"))
        other.locator("#header .muted").click()
        expect(one.locator("#header .muted")).to_have_count(0)
        one.close()
        until(other, "arls.state.sound.voice === 'sounds'")


def test_a_desk_whose_clock_is_wrong_is_told_so_and_shown_the_servers_time(
    plain: BrowserContext, demo: dict[str, Any]
) -> None:
    ahead = "{ const real = Date.now; Date.now = () => real() + 240_000; }"
    with hearing(plain, demo, "/board", lambda _: None, script=ahead) as page:
        note = "This desk's clock is 4 minutes ahead; times here are the server's."
        expect(page.locator("#strips")).to_contain_text(note, timeout=15_000)
        off_s = page.evaluate(
            """() => { const [h, m, s] = document.querySelector(".clock .num").textContent.split(":").map(Number);
                const now = new Date(); return now.getHours() * 3600 + now.getMinutes() * 60 + now.getSeconds()
                    - (h * 3600 + m * 60 + s); }"""
        )
        assert abs(off_s) < 10
        picture(page, "screen-clock-off")


def test_after_a_sleep_no_old_picture_is_called_live(plain: BrowserContext, demo: dict[str, Any]) -> None:
    """The clock that a page counts on stands still while the machine sleeps; the other one went on by ten minutes."""
    with hearing(plain, demo, "/board", lambda _: None) as page:
        until(page, "window.arls?.ready")
        expect(page.locator("#header .feed")).to_have_text("LIVE")
        page.evaluate(
            """() => {
                // What the page says of its feed is noted as it is said: it may be live again before a frame is drawn.
                let feed = arls.state.feed;
                window.seen = [];
                Object.defineProperty(arls.state, "feed", { get: () => feed, set: (said) => {
                    feed = said;
                    seen.push([said, (performance.now() - arls.state.picture.received_ms) / 1000]);
                } });
                const real = Date.now;
                Date.now = () => real() + 600_000;
            }"""
        )
        until(page, "seen.some(([feed, old_s]) => feed !== 'live' && old_s >= 600)", within_s=15)
        expect(page.locator("#header .feed")).to_have_text(LIVE, timeout=15_000)
        session = page.context.new_cdp_session(page)
        session.send("Page.setWebLifecycleState", {"state": "frozen"})
        page.wait_for_timeout(5_000)
        session.send("Page.setWebLifecycleState", {"state": "active"})
        expect(page.locator("#header .feed")).to_have_text(LIVE, timeout=20_000)


def test_a_server_that_speaks_otherwise_after_an_upgrade_is_not_called_live(
    plain: BrowserContext, demo: dict[str, Any]
) -> None:
    newer = True

    def upgrade(said: dict[str, Any]) -> None:
        if "schema" in said and newer:
            said["schema"] = "arls.live/9"

    with hearing(plain, demo, "/board", upgrade) as page:
        veil = page.locator(".veil")
        expect(veil).to_contain_text("This screen reads arls.live/1, the server speaks arls.live/9", timeout=20_000)
        page.wait_for_timeout(2_500)  # ticks that have come since can be read, and are no picture
        expect(page.locator("#header .feed")).to_have_text("NOT LIVE")
        expect(veil).to_contain_text("This screen reads arls.live/1")
        newer = False
        veil.get_by_role("button", name="Reload the page").click()
        until(page, "window.arls?.ready")
        expect(page.locator("#header .feed")).to_have_text(LIVE)


def test_hostile_texts_are_text_in_header_board_alarm_and_wall(plain: BrowserContext, demo: dict[str, Any]) -> None:
    def spoil(said: dict[str, Any]) -> None:
        if "force" in said:
            said["force"] = HOSTILE
        for unit in said.get("units", []):
            first = unit["callsign"] in ("<i>", min(u["callsign"] for u in said["units"]))
            hostile = {"callsign": f"<i>{HOSTILE}", "emergency": True, "station": HOSTILE, "talk_group": HOSTILE}
            unit.update(hostile if first and "status" in said else {"capabilities": [HOSTILE]})
        for incident in said.get("incidents", []):
            incident |= {"text": HOSTILE, "type": HOSTILE, "place": HOSTILE}

    for path in ("/board", "/wall", "/"):
        with hearing(plain, demo, path, spoil) as page:
            until(page, "window.arls?.ready")
            expect(page.get_by_role("alert").first).to_contain_text("<i><img src=x onerror=alert(1)>")
            assert page.locator("img[src=x]").count() == 0
            wide = "() => document.scrollingElement.scrollWidth - innerWidth"
            high = (
                "() => document.getElementById('header').offsetHeight + document.getElementById('alarm').offsetHeight"
            )
            assert page.evaluate(wide) <= 0
            assert page.evaluate(high) < 180
            picture(page, f"screen-hostile-{path.strip('/') or 'console'}")


def test_when_the_server_is_started_again_the_desk_goes_on_and_until_then_is_told(
    plain: BrowserContext, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    assert plain.browser is not None
    context = plain.browser.new_context()
    page = context.new_page()
    with running.demo(data, "--no-calls", "--units", "5") as first:
        page.goto(first.facts["screen_url"])
        page.goto(first.facts["url"] + "/board")
        until(page, "window.arls?.ready")
        first.kill()
    expect(page.locator("#header .feed")).to_have_text("NOT LIVE", timeout=15_000)
    expect(page.locator("#header")).to_contain_text(re.compile(r"picture is\s+0:\d\d\s+old, reconnecting"))
    picture(page, "screen-lost")
    port = first.facts["url"].rsplit(":", 1)[1]
    with running.demo(data, "--no-calls", "--units", "5", "--port", port):
        expect(page.locator("#header .feed")).to_have_text(LIVE, timeout=30_000)
    context.close()
