"""Every way in which an incident comes to be: typed, searched, by grid reference, clicked, from a caller's phone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from gateways.mqtt import BrokerAddress, Link
from gateways.topics import caller_topic
from tests.journeys.screen import IN_A_BROWSER, axe_violations, click_empty_place, picture, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = IN_A_BROWSER


def made(page: Page) -> dict[str, Any]:
    """The incident that has just been made, opened with its ranking."""
    until(page, "arls.state.target?.kind === 'incident' && arls.state.enquiry.phase === 'ready'")
    return dict(page.evaluate("() => arls.state.picture.incidents.get(arls.state.target.id)"))


def middle(page: Page) -> tuple[float, float]:
    west, south, east, north = page.evaluate("() => arls.state.picture.status.network.bounds")
    return (south + north) / 2, (west + east) / 2


def grid_ref(page: Page) -> str:
    """Of the middle of the network, as the server says it."""
    lat, lon = middle(page)
    ask = """async ([lat, lon]) => (await (await fetch("/v1/incidents", {method: "POST",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify({lat, lon, grade: "4", text: "to learn its grid reference"})})).json()).grid_ref"""
    return str(page.evaluate(ask, [lat, lon]))


def typed(page: Page, what: str, place: str) -> None:
    page.keyboard.press("Alt+n")
    page.get_by_label("What is happening").fill(what)
    page.get_by_label("Place").press_sequentially(place)


def test_by_a_place_that_is_searched_and_taken_from_what_is_offered(page: Page) -> None:
    typed(page, "Window smashed", "Station Roa")
    option = page.locator(".matches [role=option]").first
    expect(option).to_contain_text("Station Road")
    picture(page, "ways-searched", ".left")
    assert axe_violations(page) == []
    page.wait_for_timeout(1_000)  # the typing has been answered: the list is that of all that was typed
    # The marked one is in view, however long the list.
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".matches [aria-selected=true]")).to_contain_text("Station Road")
    seen = """() => {
        const at = (selector) => document.querySelector(selector).getBoundingClientRect();
        return at(".matches [aria-selected=true]").bottom <= at(".matches ul").bottom + 1;
    }"""
    until(page, f"({seen})()")
    page.keyboard.press("Enter")
    expect(page.locator(".matches")).to_have_count(0)  # a list of desks has options, too
    expect(page.get_by_label("Place")).to_have_value(re.compile("Station Road"))
    page.get_by_label("What is happening").press("Enter")
    incident = made(page)
    assert incident["text"] == "Window smashed"
    # Where that street is, not where the map looked; which street stands nearest to it there may be a corner's.
    assert abs(incident["lat"] - middle(page)[0]) + abs(incident["lon"] - middle(page)[1]) > 0.001


def test_by_a_grid_reference_which_is_the_place_it_names(page: Page) -> None:
    reference = grid_ref(page)
    typed(page, "Man on the roof", reference)
    page.keyboard.press("Enter")
    incident = made(page)
    assert (incident["text"], incident["grid_ref"]) == ("Man on the roof", reference)


def test_by_a_click_on_the_map_while_the_form_is_open(page: Page) -> None:
    page.keyboard.press("Alt+n")
    page.get_by_label("What is happening").fill("Shouting")
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4)
    until(page, "/^-?\\d+\\.\\d+, -?\\d+\\.\\d+$/.test(arls.state.draft.place)")
    lat, lon = (float(one) for one in page.evaluate("() => arls.state.draft.place").split(","))
    page.get_by_label("What is happening").press("Enter")
    incident = made(page)
    assert (incident["lat"], incident["lon"]) == pytest.approx((lat, lon), abs=1e-5)


def test_by_a_place_that_was_looked_at_first(page: Page) -> None:
    click_empty_place(page)
    target = page.evaluate("() => arls.state.target")
    page.get_by_role("button", name="Create incident here").click()
    page.get_by_label("What is happening").fill("Crash")
    page.keyboard.press("Enter")
    incident = made(page)
    assert (incident["lat"], incident["lon"]) == pytest.approx((target["lat"], target["lon"]), abs=1e-5)


def test_by_the_circle_of_a_caller_whose_phone_says_where_it_is(page: Page, demo: dict[str, Any]) -> None:
    lat, lon = middle(page)
    phone = {"lat": lat, "lon": lon, "accuracy_m": 80, "method": "gnss"}
    link = Link(BrokerAddress(**demo["broker"]), client_id="call-taking", on_message=lambda _message: None)
    link.start()
    link.publish(caller_topic("demo", "C-4711"), json.dumps(phone).encode())
    link.stop()
    waiting = page.locator("[data-call=C-4711]")
    expect(waiting).to_contain_text("gnss, within 80 m")
    waiting.get_by_role("button", name="Show").click()
    picture(page, "ways-caller")
    assert axe_violations(page) == []
    waiting.get_by_role("button", name="New incident here").click()
    expect(page.locator(".compose")).to_contain_text("call C-4711")
    page.get_by_label("What is happening").fill("Line went dead")
    page.get_by_label("What is happening").press("Enter")
    incident = made(page)
    assert incident["call_id"] == "C-4711"
    assert incident["caller_locations"][0]["accuracy_m"] == 80
    expect(waiting).to_have_count(0)
    expect(page.locator(".verdict")).not_to_have_text("")
    picture(page, "ways-circle")


def test_an_incident_is_moved_to_where_the_map_is_clicked(page: Page) -> None:
    typed(page, "Somewhere near here", ", ".join(map(str, middle(page))))
    page.keyboard.press("Enter")
    before = made(page)
    fold = page.locator("[data-part=place]")
    fold.locator(".fold-head").click()
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)
    fold.get_by_label("Why it is moved").fill("caller was wrong")
    picture(page, "ways-moving")
    assert axe_violations(page) == []
    fold.get_by_role("button", name="Move incident").click()
    until(page, f"arls.state.picture.incidents.get('{before['id']}').relocations.length === 1")
    after = page.evaluate("(id) => arls.state.picture.incidents.get(id)", before["id"])
    assert (after["lat"], after["lon"]) != (before["lat"], before["lon"])
    assert after["relocations"][0]["reason"] == "caller was wrong"
