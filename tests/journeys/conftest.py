"""One demo and one browser for all journeys through the screen: to start them takes longer than most journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.journeys import running
from tests.journeys.screen import CHROMIUM, FLAGS, chromium, open_screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A demo without its simulated desk, so that only the test takes calls; its ready file."""
    data = tmp_path_factory.mktemp("screen") / "data"
    with running.demo(data, "--no-calls", "--units", "30") as started:
        yield started.facts
        started.stop()


@pytest.fixture(autouse=True)
def calm(request: pytest.FixtureRequest) -> None:
    """No emergency of the journey before is still on in the demo that all share."""
    if "demo" not in request.fixturenames:
        return
    facts = request.getfixturevalue("demo")
    with httpx.Client(base_url=facts["url"], headers={"Authorization": f"Bearer {facts['token']}"}) as client:
        for row in client.get("/v1/emergencies").json()["emergencies"]:
            client.post(f"/v1/units/{row['callsign']}/emergency/cancel", json={}).raise_for_status()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Playwright runs once in a process: whoever needs another browser launches it from this one's `browser_type`."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="session")
def desk(browser: Browser, demo: dict[str, Any]) -> BrowserContext:
    """One that has used the single ticket: its pages are signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    first = context.new_page()
    first.goto(demo["screen_url"])
    first.close()
    return context


@pytest.fixture(scope="session")
def plain(desk: BrowserContext) -> Iterator[BrowserContext]:
    """Signed in, in a browser without WebGL: the map says so, everything else works, and pages open sooner."""
    assert desk.browser is not None
    browser = desk.browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-3d-apis"])
    size: ViewportSize = {"width": 1280, "height": 720}
    yield browser.new_context(storage_state=desk.storage_state(), viewport=size, reduced_motion="reduce")
    browser.close()


@pytest.fixture(scope="session")
def console(desk: BrowserContext, demo: dict[str, Any]) -> Page:
    """One page for all, since software GL takes seconds to draw a first map."""
    page = desk.new_page()
    open_screen(page, demo["url"])
    return page


@pytest.fixture
def page(console: Page) -> Page:
    """The console with nothing open."""
    console.set_viewport_size({"width": 1280, "height": 720})
    opened = "() => ['target', 'draft', 'crowd', 'sheet'].some((name) => arls.state[name])"
    while console.evaluate(opened):
        console.keyboard.press("Escape")
    return console
