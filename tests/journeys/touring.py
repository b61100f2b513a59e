"""Watching the tour in a browser: each caption as it comes, and on to the next by its own button."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.journeys.screen import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

# Captions in their order; True: it stays until somebody goes on, or it was read. That the engine is back is not among
# them: a screen may come back later than what follows it.
TITLES = {
    "A force on the air": True,
    "A radio speaks": True,
    "A robbery across the river": True,
    "Who is left out, and why": True,
    "A road is shut": True,
    "Sent in silence": False,
    "No answer": True,
    "Accepted by voice": True,
    "An officer presses the button": True,
    "The engine is killed": False,  # whoever watches presses it, and looks at what happens
    "Killed, and nothing is lost": True,
}
_CAPTION = "arls?.state.picture.caption"
# A terminal has 30 s to answer, and a busy machine a minute to start the engine again.
_WITHIN_S = 120.0


def caption_of(page: Page) -> dict[str, Any]:
    """What is shown now."""
    return dict(page.evaluate(f"() => {_CAPTION}"))


def captions(page: Page) -> Iterator[dict[str, Any]]:
    """Each caption, once what it opens is there; on to the next when the caller asks for it."""
    for title, stays in TITLES.items():
        until(page, f"window.{_CAPTION}?.title === {title!r}", within_s=_WITHIN_S)
        until(page, "arls.state.feed === 'live' && arls.state.enquiry.phase !== 'loading'")
        yield caption_of(page)
        if stays:
            press_next(page)


def press_next(page: Page) -> None:
    """Without the pointer: on a busy machine the map may keep it waiting for a frame."""
    page.locator("#caption").get_by_role("button", name="Next").dispatch_event("click")


def wait_while_dead(page: Page) -> str:
    """What the header says of the feed while the engine is gone."""
    deadline = time.monotonic() + _WITHIN_S
    while page.evaluate("() => arls.state.feed") == "live":
        assert time.monotonic() < deadline, "the engine was never gone"
        page.wait_for_timeout(50)
    page.wait_for_timeout(200)  # the header is drawn with the next frame
    return page.locator("#header").inner_text()
