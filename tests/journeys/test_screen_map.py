"""Journeys on the map: roads shut by their names and by the pen, whom that moved, and lifted again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.journeys.screen import IN_A_BROWSER, axe_violations, create, picture, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = IN_A_BROWSER

CLOSURES = "arls.state.picture.closures"


# The last close of an estate that has one way in: fixtures/hard_cases.json, cul-de-sac-estate.
ONE_WAY_IN = "54.569252, -0.0053231"


@pytest.fixture
def incident(page: Page, request: pytest.FixtureRequest) -> Iterator[str]:
    """A new Grade 1 with its ranking, closed again; and no closure is left over."""
    yield (made := create(page, "Robbery, on the way of a closure", getattr(request, "param", None)))
    page.evaluate(
        """async (incident) => {
            for (const id of arls.state.picture.closures.keys()) await fetch(`/v1/closures/${id}`, {method: "DELETE"});
            const headers = {"Content-Type": "application/json"};
            const body = JSON.stringify({result: "no trace"});
            await fetch(`/v1/incidents/${incident}/close`, {method: "POST", headers, body});
        }""",
        made,
    )
    until(page, f"{CLOSURES}.size === 0")


def way_of_the_first(page: Page) -> list[dict[str, Any]]:
    """The steps of the route that is drawn, those with a name."""
    until(page, "arls.route?.properties.steps.length > 2")
    return [step for step in page.evaluate("() => arls.route.properties.steps") if step["street"]]


@pytest.mark.parametrize("incident", [ONE_WAY_IN], indirect=True)
def test_a_street_typed_by_keyboard_alone_is_shut_changes_the_ranking_and_is_lifted(page: Page, incident: str) -> None:
    # The end of the way: whoever comes, comes by it.
    start, street, end = (step["street"] for step in way_of_the_first(page)[-3:])
    page.keyboard.press("Alt+s")
    until(page, "document.activeElement?.name === 'street'")
    for text in (street, start, end, "burst main"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    until(page, "arls.state.closing.would")
    expect(page.locator(".closures [role=status]").first).to_have_text(re.compile(rf"^\s*Shuts .*{re.escape(street)}"))
    picture(page, "closure-typed")
    assert axe_violations(page) == []
    page.get_by_label("Reason").press("Enter")
    until(page, f"arls.state.closing.done && {CLOSURES}.size === 1")
    expect(page.locator(".closures .effect")).to_contain_text(f"{incident}: ")
    until(page, "arls.state.enquiry.ranking.closures.length === 1")
    picture(page, "closure-made")
    assert axe_violations(page) == []
    closure = page.evaluate(f"() => [...{CLOSURES}.values()][0]")
    assert (closure["reason"], closure["status"]) == ("burst main", "in_force")
    lift = page.get_by_role("button", name=f"Lift {closure['id']}")
    lift.focus()
    page.keyboard.press("Enter")
    until(page, f"{CLOSURES}.size === 0 && arls.state.closing.done.act === 'lifted'")
    expect(page.locator(".closures .effect")).to_contain_text(f"{closure['id']} lifted")


def test_what_is_mistyped_is_said_beside_the_button(page: Page) -> None:
    page.keyboard.press("Alt+s")
    page.get_by_label("Junction").check()
    page.get_by_label("Street", exact=True).last.fill("Nowhere Strete")
    page.get_by_label("Meets").fill("Nowhere Lane")
    until(page, "arls.state.closing.problem")
    expect(page.locator(".closures [role=alert]")).to_contain_text("there is no street called")


@pytest.mark.usefixtures("incident")
def test_an_area_drawn_with_the_mouse_is_shut_and_found_by_a_click(page: Page) -> None:
    page.keyboard.press("Alt+s")
    page.get_by_label("Drawn").check()
    page.get_by_role("button", name="Area").click()
    until(page, "!document.querySelector('.closures form')")
    # The pen is fetched when it is first wanted.
    until(page, "document.getElementById('map').dataset.pen === 'polygon'")
    box = page.locator("#map").bounding_box()
    assert box is not None
    # Beside the sheet, wherever the incident has moved the map.
    for across, down in [(420, 150), (540, 150), (540, 400), (420, 400), (420, 150)]:
        page.mouse.move(box["x"] + across, box["y"] + down, steps=3)
        page.wait_for_timeout(60)
        page.mouse.click(box["x"] + across, box["y"] + down)
    until(page, "arls.state.closing.would?.length_m > 0")
    assert page.evaluate("() => arls.state.closing.drawn.type") == "Polygon"
    page.get_by_role("button", name="Shut roads").click()
    until(page, f"{CLOSURES}.size === 1")
    picture(page, "closure-drawn")
    page.keyboard.press("Escape")
    until(page, "arls.state.sheet === null")
    for down in (180, 220, 260, 300, 340):  # a unit that stands on its edge is hit in its stead
        page.mouse.click(box["x"] + 540, box["y"] + down)
        page.wait_for_timeout(500)
        if page.evaluate("() => arls.state.sheet?.name === 'closures' && Boolean(arls.state.closing.chosen)"):
            return
        page.keyboard.press("Escape")
    pytest.fail("no click on the edge of the closure found it")


def change_theme(page: Page, theme: str) -> None:
    page.keyboard.press("Alt+c")
    page.keyboard.type(f"THEME {theme}")
    page.keyboard.press("Enter")
    until(page, f"arls.state.theme === '{theme}'")


def test_the_map_changes_its_theme_without_moving_or_asking_for_a_tile_again(page: Page) -> None:
    view, theme = page.evaluate("() => [location.hash, arls.state.theme]")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    change_theme(page, "light" if theme == "dark" else "dark")
    page.wait_for_timeout(500)
    picture(page, "map-light" if theme == "dark" else "map-dark")
    assert axe_violations(page) == []
    change_theme(page, theme)
    assert page.evaluate("() => location.hash") == view
    assert [url for url in asked if "/tiles/" in url] == []
