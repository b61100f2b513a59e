"""Every view of the screen looked at by axe-core, in both themes and at both sizes: a new view is a row here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.screen import AXE, IN_A_BROWSER, SMALL_TARGETS, axe_violations, create, open_screen, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

pytestmark = [*IN_A_BROWSER, pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make assets)")]

SIZES = {"small": {"width": 640, "height": 360}, "usual": {"width": 1280, "height": 720}}
_ROWS = (Path(__file__).parents[2] / "maps" / "web" / "panels" / "sheets.js").read_text()
SHEETS = re.findall(r"^  (\w+): \{ title", _ROWS, re.MULTILINE)


@pytest.fixture(scope="module")
def console(plain: BrowserContext, demo: dict[str, Any]) -> Iterator[Page]:
    """The console with an emergency and an open incident."""
    page = plain.new_page()
    open_screen(page, demo["url"])
    yield page
    page.close()


def wrong(page: Page, theme: str) -> list[str]:
    """What is wrong with the page in that theme, at either size."""
    found = []
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type] # one of its words
    for name, size in SIZES.items():
        page.set_viewport_size(size)  # type: ignore[arg-type] # a width and a height
        page.wait_for_timeout(300)
        found += [f"{name}: {one}" for one in axe_violations(page)]
        found += [f"{name}: small target {one}" for one in page.evaluate(SMALL_TARGETS)]
    return found


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("sheet", [None, *SHEETS])
def test_axe_finds_nothing_on_the_console(page: Page, theme: str, sheet: str | None) -> None:
    if sheet is None:
        create(page, "Accessible")
    else:
        page.evaluate(f"() => {{ location.hash = 'sheet={sheet}'; }}")
        until(page, f"arls.state.sheet?.name === '{sheet}'")
    assert wrong(page, theme) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("path", ["/board"])
def test_axe_finds_nothing_on_the_other_screens(
    plain: BrowserContext, demo: dict[str, Any], theme: str, path: str
) -> None:
    page = plain.new_page()
    open_screen(page, demo["url"].rstrip("/") + path)
    assert wrong(page, theme) == []
    page.close()
