"""The screen in real Chromium, for the journeys through it: opened, waited for, clicked, pictured."""

from __future__ import annotations

import re
import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parents[2] / "maps" / "web" / "node_modules" / "axe-core" / "axe.min.js"
# Software GL, and none of the browser's own errands on the network.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MSS = re.compile(r"^(\d+:)?\d?\d:\d\d")
# What is to be pressed, and is smaller than WCAG 2.5.8 has it. Radio buttons and ticks are pressed by their label.
SMALL_TARGETS = """() => [...document.querySelectorAll("button, summary, select, input:not([type=radio]), .sheet a")]
    .map((one) => [one.textContent.trim() || one.ariaLabel, one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24)).map(([name]) => name)"""
# Kept as artifacts of a run, to be looked at.
PICTURES = Path(__file__).parents[2] / "build" / "pictures"

# What every module of screen journeys is marked with.
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]


class Seen:
    """What a page asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A browser until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


def open_screen(page: Page, url: str) -> None:
    """Returns once the picture and the map are there."""
    page.goto(url)
    until(page, "window.arls?.ready", within_s=90)  # software GL on a busy machine


def until(page: Page, truth: str, within_s: float = 30) -> None:
    """Returns once that expression is true in the page."""
    # Polled from here: a predicate given as text would be compiled in the page, which its policy forbids.
    deadline = time.monotonic() + within_s
    while not page.evaluate(f"() => Boolean({truth})"):
        assert time.monotonic() < deadline, f"never: {truth}"
        page.wait_for_timeout(100)


def click_empty_place(page: Page) -> None:
    """A click on the map where neither unit nor incident is within reach."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    for across in (0.2, 0.35, 0.5, 0.65, 0.8):
        page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * 0.45)
        page.wait_for_timeout(200)
        if page.evaluate("() => arls.state.target?.kind === 'place'"):
            until(page, "arls.state.enquiry.phase !== 'loading'")
            return
        page.keyboard.press("Escape")
    pytest.fail("no empty place on the map")


def create(page: Page, text: str, place: str | None = None) -> str:
    """A new Grade 1 at a place as it is typed, else in the middle of the network, opened; its id."""
    west, south, east, north = page.evaluate("() => arls.state.picture.status.network.bounds")
    page.keyboard.press("Alt+n")
    page.get_by_label("What is happening").fill(text)
    page.get_by_label("Place").fill(place or f"{(south + north) / 2}, {(west + east) / 2}")
    page.keyboard.press("Enter")
    until(page, "arls.state.target?.kind === 'incident' && arls.state.enquiry.phase === 'ready'")
    return str(page.evaluate("() => arls.state.target.id"))


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it is now."""
    page.evaluate(AXE.read_text())
    check = """async () => (await axe.run(document)).violations
        .map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' '))"""
    return list(page.evaluate(check))


def picture(page: Page, name: str, part: str | None = None) -> Path:
    """A screenshot `build/pictures/NAME.png`, of the whole page or of one part of it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    file = PICTURES / f"{name}.png"
    (page.locator(part) if part else page).screenshot(path=file)
    return file
