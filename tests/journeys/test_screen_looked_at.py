"""The whole screen as people with other eyes, other sizes and in its worst hours see it; pictures to be looked at."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from api.app import WEB
from api.auth import SESSION_S, Keyring
from tests.api.room import DRAWN, TOKEN, open_room
from tests.journeys.screen import (
    AXE,
    IN_A_BROWSER,
    SMALL_TARGETS,
    axe_violations,
    create,
    open_screen,
    picture,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

pytestmark = [*IN_A_BROWSER, pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make assets)")]

# WCAG's usual reader has full sight; these are the commonest other eyes, as Chromium simulates them.
EYES = ["deuteranopia", "protanopia", "achromatopsia"]


def press_emergency(page: Page, code: int) -> str:
    """A unit says that code by voice; who it is."""
    say = """async (body) => {
        const {callsign} = [...arls.state.picture.units.values()].find((u) => u.lat !== null);
        await fetch(`/v1/units/${callsign}/state`, {
            method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
        return callsign;
    }"""
    return str(page.evaluate(say, {"code": code, "via": "voice"}))


@contextmanager
def alarmed(page: Page) -> Iterator[str]:
    """An emergency is on until the block ends."""
    callsign = press_emergency(page, 0)
    until(page, f"arls.state.picture.units.get('{callsign}').emergency")
    expect(page.get_by_role("alert").first).to_contain_text(callsign)
    yield callsign
    cancel = """(callsign) => fetch(`/v1/units/${callsign}/emergency/cancel`, {
        method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"})"""
    page.evaluate(cancel, callsign)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("eyes", EYES)
def test_states_grades_and_alarms_are_told_apart_by_other_eyes(page: Page, eyes: str) -> None:
    create(page, "Seen with other eyes")
    seer = page.context.new_cdp_session(page)
    with alarmed(page):
        seer.send("Emulation.setEmulatedVisionDeficiency", {"type": eyes})
        page.wait_for_timeout(500)
        picture(page, f"eyes-{eyes}")
        # What the colour says, a word says as well.
        expect(page.locator(".alarm").first).to_contain_text("EMG")
        assert page.locator("#board tbody tr.alarmed").first.inner_text().count("EMG") == 1
        seer.send("Emulation.setEmulatedVisionDeficiency", {"type": "none"})
    seer.detach()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_is_whole_at_1920_by_1080(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type] # one of its words
    page.set_viewport_size({"width": 1920, "height": 1080})
    create(page, "On a large screen")
    with alarmed(page):
        page.wait_for_timeout(1_000)
        picture(page, f"large-{theme}")
        whole = "({scrollWidth, scrollHeight}) => [scrollWidth <= innerWidth, scrollHeight <= innerHeight]"
        assert page.evaluate(f"() => ({whole})(document.documentElement)") == [True, True]
        assert axe_violations(page) == []
        assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("path", ["/map", "/wall"])
def test_axe_finds_nothing_on_map_and_wall_whatever_happens(
    plain: BrowserContext, demo: dict[str, Any], page: Page, path: str
) -> None:
    incident = create(page, "Beside the console")
    other = plain.new_page()
    open_screen(other, demo["url"].rstrip("/") + path)
    if path == "/map":
        other.evaluate(f"() => {{ location.hash = 'inc={incident}'; }}")
        expect(other.locator("#ranking h2")).to_contain_text(incident)
    with alarmed(page):
        expect(other.get_by_role("alert").first).to_contain_text("EMG")
        assert axe_violations(other) == []
        assert other.evaluate(SMALL_TARGETS) == []
        picture(other, f"alarmed-{path.strip('/')}")
    other.close()


def test_a_session_that_ends_while_the_page_is_open_is_said_and_a_token_opens_another(plain: BrowserContext) -> None:
    assert plain.browser is not None
    now_s = 0.0
    keyring = Keyring({"demo": TOKEN}, clock=lambda: now_s)
    with open_room(WEB, keyring=keyring, tick_s=1.0) as room:
        room.book("BX21", at=DRAWN.node("E"))
        context = plain.browser.new_context(viewport={"width": 1280, "height": 720})
        page = context.new_page()
        page.goto(f"{room.url}/?ticket={keyring.mint_ticket('demo')}")
        until(page, "window.arls?.ready")
        now_s = SESSION_S - 5
        page.reload()
        until(page, "window.arls?.ready")
        now_s = SESSION_S + 1
        form = page.get_by_role("form", name="Sign in")
        expect(form).to_contain_text("Signed out", timeout=20_000)
        expect(page.locator("#header")).to_contain_text("signed out")
        # What was known last is still there, and is not called live.
        expect(page.locator("#header .feed")).to_have_text("NOT LIVE")
        expect(page.locator("#board tbody tr")).to_have_count(1)
        assert axe_violations(page) == []
        picture(page, "signed-out")
        page.get_by_label("Your token").fill("guessed")
        page.keyboard.press("Enter")
        expect(form.get_by_role("alert").last).to_have_text("Nobody has this token.")
        page.get_by_label("Your token").fill(TOKEN)
        page.keyboard.press("Enter")
        expect(page.locator("#header .feed")).to_have_text(re.compile(r"^\s*LIVE"), timeout=20_000)
        expect(form).to_have_count(0)
        context.close()
