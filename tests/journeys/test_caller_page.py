"""The page that a caller's phone opens, in a real browser: it asks, sends once, and says what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from api.app import WEB
from tests.api.room import DRAWN, Room, open_room
from tests.journeys.screen import IN_A_BROWSER

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = IN_A_BROWSER


@pytest.fixture
def room() -> Iterator[Room]:
    with open_room(WEB) as made:
        yield made


def opened(browser: Browser, room: Room, *, allowed: bool) -> tuple[Page, list[str]]:
    """The page behind a new link, and what it asked for; a phone at B that may, or may not, say where it is."""
    incident = room.incident()["id"]
    url = room.client.post(f"/v1/incidents/{incident}/location-links", json={"why": "To send help."}).json()["url"]
    place = DRAWN.node("B")
    context = browser.new_context(
        geolocation={"latitude": place.lat, "longitude": place.lon, "accuracy": 9.0} if allowed else None,
        permissions=["geolocation"] if allowed else [],
    )
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    return page, asked


def test_a_caller_reads_who_asks_presses_and_is_found(browser: Browser, room: Room) -> None:
    page, asked = opened(browser, room, allowed=True)
    expect(page.get_by_role("heading")).to_have_text("The control room")
    expect(page.locator("#why")).to_have_text("To send help.")
    assert room.client.get("/v1/incidents/INC0001").json()["caller_locations"] == []
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text("Thank you. It was sent. You can close this page.")
    (location,) = room.client.get("/v1/incidents/INC0001").json()["caller_locations"]
    assert (location["accuracy_m"], location["protocol"]) == (9.0, "link")
    assert location["lat"] == pytest.approx(DRAWN.node("B").lat)
    assert {url.split("/")[2] for url in asked} == {room.url.split("/")[2]}
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("This link is over.")
    expect(page.get_by_role("button")).to_be_hidden()


def test_a_caller_who_does_not_allow_it_is_told_what_to_do(browser: Browser, room: Room) -> None:
    page, _ = opened(browser, room, allowed=False)
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("was not allowed")
    expect(page.get_by_role("button")).to_be_enabled()
    assert room.client.get("/v1/incidents/INC0001").json()["log"][-1]["text"].endswith("the caller did not allow it")


def test_a_link_without_a_token_is_over(browser: Browser, room: Room) -> None:
    page = browser.new_page()
    page.goto(f"{room.url}/locate")
    expect(page.get_by_role("status")).to_contain_text("This link is over.")
