"""What 2,000 units at 1 Hz cost a browser, whether its memory grows in an hour, and how soon a page can be used.

`python -m tests.bench screen`: real Chromium with software GL, before a small demo. The feed is then the bench's own,
inside the page, so that nothing of a test's ways is counted: every unit moves in every tick. The hour is 3,600 ticks
one after the other. Before a time is printed the page is asserted to show the last tick. Main-thread work is
the browser's own TaskDuration, in processor time of that thread, so that other work on the machine is not in it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from math import asinh, pi, radians, tan
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import httpx
from playwright.sync_api import sync_playwright
from websockets.sync.client import connect

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from tests.journeys import running  # noqa: E402 - the path must be set first, for the benchmark runs from the tree
from tests.journeys.screen import CHROMIUM, FLAGS, open_screen, until  # noqa: E402 - the same

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

UNITS, TICKS, HOUR, WARM = 2_000, 30, 3_600, 10
STEP_DEG = 0.0001

# A socket that is none: it says the hello, and a tick whenever it is asked to.
SOCKET = """{
    const hello = JSON.parse(%s);
    const born = Date.now();
    const ticks = Array.from({ length: 8 }, (_, n) => JSON.stringify(hello.units.map((unit) => (
        { ...unit, lat: unit.lat + n * %f, speed_mps: 9, course_deg: n * 40, fix_at: hello.at }))));
    window.bench = { seq: hello.seq, sent: 0, parts: ticks };
    window.WebSocket = class {
        static OPEN = 1;
        readyState = 1;
        constructor() {
            bench.socket = this;
            setTimeout(() => { this.onopen?.(); this.onmessage({ data: JSON.stringify(hello) }); });
        }
        close() {}
    };
    bench.tick = () => {
        const at = new Date(Date.parse(hello.at) + Date.now() - born).toISOString();
        bench.seq += 1;
        bench.sent += 1;
        const units = bench.parts[bench.sent %% bench.parts.length];
        bench.socket.onmessage({ data: `{"type":"tick","seq":${bench.seq},"at":"${at}","gone":[],"units":${units}}` });
    };
    bench.many = async (count) => {
        for (let n = 0; n < count; n += 1) {
            bench.tick();
            await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        }
    };
}"""


def hello_of(facts: dict[str, Any]) -> dict[str, Any]:
    """The demo's own hello, its units made 2,000: half of them spread over the county, half in its middle."""
    url = facts["url"].replace("http", "ws", 1) + "/v1/live"
    with connect(url, additional_headers={"Authorization": f"Bearer {facts['token']}"}, max_size=None) as socket:
        hello: dict[str, Any] = json.loads(socket.recv())
    own = [unit for unit in hello["units"] if unit["lat"] is not None]
    west, south, east, north = hello["status"]["network"]["bounds"]
    hello["units"] = [own[n % len(own)] | {"callsign": f"U{n:04}"} for n in range(UNITS)]
    for n, unit in enumerate(hello["units"]):
        # By Roberts' R2 sequence: even, whatever the number.
        across, up = (n * 0.7548776662) % 1.0, (n * 0.5698402910) % 1.0
        if n % 2:
            across, up = 0.4 + 0.2 * across, 0.4 + 0.2 * up
        unit |= {"lat": south + (north - south) * up, "lon": west + (east - west) * across}
    return hello


def busy_ms(session: CDPSession) -> dict[str, float]:
    """What the main thread has done so far, and the heap (MB) after the rubbish is gone."""
    session.send("HeapProfiler.collectGarbage")
    said = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    times = {name: 1000 * said[f"{name}Duration"] for name in ("Task", "Script", "Layout", "RecalcStyle")}
    return times | {"heap_mb": said["JSHeapUsedSize"] / 1e6, "nodes": said["Nodes"]}


def seconds_of(page: Page) -> None:
    """Ticks as they come: one a second."""
    for _ in range(TICKS):
        page.evaluate("() => bench.tick()")
        page.wait_for_timeout(1000)


def assert_shown(page: Page) -> None:
    """The page holds and shows the last tick."""
    until(page, "arls.state.picture.seq === bench.seq && arls.state.picture.complete")
    assert page.evaluate("() => arls.state.picture.units.size") == UNITS
    shown = "arls.state.picture.units.get('U0000').course_deg === (bench.sent % bench.parts.length) * 40"
    until(page, shown)
    course = page.evaluate("() => String((bench.sent % bench.parts.length) * 40).padStart(3, '0') + '°'")
    until(page, f"document.querySelector('#board tbody tr').innerText.includes('{course}')")


def ticking(context: BrowserContext, url: str, path: str) -> Page:
    """That page with 2,000 units, warm."""
    page = context.new_page()
    open_screen(page, url.rstrip("/") + path)
    page.evaluate(f"() => bench.many({WARM})")
    return page


def a_tick(context: BrowserContext, url: str, path: str) -> None:
    """Prints what a tick costs on that page."""
    page = ticking(context, url, path)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = busy_ms(session)
    seconds_of(page)
    after = busy_ms(session)
    assert_shown(page)
    per = {name: (after[name] - before[name]) / TICKS for name in ("Task", "Script", "Layout", "RecalcStyle")}
    said = ", ".join(f"{name.lower()} {value:.0f}" for name, value in per.items())
    print(f"{path:7} a tick of {UNITS:,} units (ms of processor time of the main thread): {said}")
    page.close()


def an_hour(context: BrowserContext, url: str) -> None:
    """Prints the heap of the board at the start and the end of an hour of ticks."""
    page = ticking(context, url, "/board")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.set_default_timeout(0)
    told = []
    for part in range(7):
        if part:
            page.evaluate(f"() => bench.many({HOUR // 6})")
        now = busy_ms(session)
        told.append(f"{now['heap_mb']:.1f} MB, {now['nodes']:.0f} nodes")
    assert_shown(page)
    print(f"/board  heap at every ten minutes of an hour of ticks: {'; '.join(told)}")
    page.close()


def opening(browser: Browser, facts: dict[str, Any], state: Any) -> None:
    """Prints how soon a page of the demo can be used, with nothing kept and with its files kept."""
    for path in ("/", "/board"):
        context = browser.new_context(storage_state=state, viewport={"width": 1280, "height": 720})
        page = context.new_page()
        for kept in ("cold", "warm"):
            open_screen(page, facts["url"].rstrip("/") + path)
            told = page.evaluate(
                """() => [performance.getEntriesByName("arls started")[0].startTime,
                    performance.getEntriesByName("arls ready")[0]?.startTime ?? 0,
                    performance.getEntriesByType("resource").length]"""
            )
            print(
                f"{path:7} {kept}: picture and board {told[0]:.0f} ms, "
                + (f"map {told[1]:.0f} ms, " if told[1] else "")
                + f"{told[2]} files"
            )
            page.goto("about:blank")
        context.close()


def tiles(facts: dict[str, Any]) -> None:
    """Prints how long a tile takes over HTTP, every one of the base map from zoom 12 on once, one after the other."""
    took = []
    with httpx.Client(base_url=facts["url"], headers={"Authorization": f"Bearer {facts['token']}"}) as client:
        west, south, east, north = client.get("/tiles.json").json()["bounds"]
        for zoom in (12, 13, 14):
            (left, top), (right, bottom) = tile_of(north, west, zoom), tile_of(south, east, zoom)
            for x in range(left, right + 1):
                for y in range(top, bottom + 1):
                    began = perf_counter()
                    answer = client.get(f"/tiles/{zoom}/{x}/{y}.mvt")
                    took.append(1000 * (perf_counter() - began))
                    assert answer.status_code in {200, 204}, answer
    took.sort()
    print(f"{len(took):,} tiles over HTTP: p50 {took[len(took) // 2]:.1f} ms, p99 {took[len(took) * 99 // 100]:.1f} ms")


def tile_of(lat: float, lon: float, zoom: int) -> tuple[int, int]:
    """Column and row of the tile that holds a place, in Web Mercator."""
    up = asinh(tan(radians(lat))) / pi
    return int((lon + 180) / 360 * 2**zoom), int((1 - up) / 2 * 2**zoom)


def main() -> None:
    """Run all three, without a map and then with it, which software GL draws on the same cores."""
    data = Path(tempfile.mkdtemp(prefix="bench-screen-")) / "data"
    with running.demo(data, "--no-calls", "--units", "40") as demo, sync_playwright() as playwright:
        script = SOCKET % (json.dumps(json.dumps(hello_of(demo.facts))), STEP_DEG)
        tiles(demo.facts)
        state = None
        for named, flags in (("without WebGL", ["--disable-3d-apis"]), ("with a map by software GL", [])):
            print(named, flush=True)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
            if state is None:
                first = browser.new_context()
                first.new_page().goto(demo.facts["screen_url"])
                state = first.storage_state()
            opening(browser, demo.facts, state)
            context = browser.new_context(storage_state=state, viewport={"width": 1280, "height": 720})
            context.add_init_script(script)
            for path in ("/board", "/") if flags else ("/",):
                a_tick(context, demo.facts["url"], path)
            if flags:
                an_hour(context, demo.facts["url"])
            browser.close()


if __name__ == "__main__":
    main()
