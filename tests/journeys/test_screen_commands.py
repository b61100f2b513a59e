"""The command line and the keys: a Grade 1 from call to clear without a mouse, and what is typed wrong."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.screen import AXE, IN_A_BROWSER, axe_violations, picture, until

pytestmark = IN_A_BROWSER

Places = list[dict[str, Any]]


def line(page: Page, text: str) -> None:
    """Type a line and press Enter, as somebody does whose hands stay on the keys."""
    page.keyboard.press("Alt+c")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def said(page: Page) -> Any:
    return page.locator("#status .notice")


def places(page: Page, text: str) -> Places:
    ask = "async (q) => (await (await fetch(`/v1/places?limit=50&q=${encodeURIComponent(q)}`)).json()).places"
    return list(page.evaluate(ask, text))


@pytest.fixture(scope="module")
def street(console: Page) -> str:
    """One of which there is only one."""
    named = {
        place["name"] for letter in "abcdefghmst" for place in places(console, letter) if place["kind"] == "street"
    }
    return next(name for name in sorted(named) if [place["name"] for place in places(console, name)].count(name) == 1)


@pytest.fixture(scope="module")
def namesakes(console: Page) -> str:
    """One of which there are several."""
    named = [place["name"] for place in places(console, "high street") + places(console, "church lane")]
    return next(name for name in named if named.count(name) > 1)


def test_a_grade_1_from_call_to_clear_by_keyboard_alone(page: Page, street: str) -> None:
    line(page, f"I 1 ROBBERY knife seen @ {street}")
    until(page, "arls.state.target?.kind === 'incident' && arls.state.enquiry.phase === 'ready'")
    incident = page.evaluate("() => arls.state.target.id")
    made = page.evaluate("() => arls.state.picture.incidents.get(arls.state.target.id)")
    assert (made["grade"], made["text"]) == ("1", "ROBBERY knife seen")
    page.keyboard.press("Alt+r")
    expect(page.locator(".candidate .name").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".candidate .name").nth(1)).to_be_focused()
    first = page.locator(".candidate .name").first.inner_text()
    # A key pressed within 0.8 s of a new order is refused, for it was meant for another.
    until(page, "performance.now() - arls.state.enquiry.ordered_ms > 900")
    line(page, "A 1")
    until(page, f"arls.state.picture.incidents.get('{incident}').assignments.some((one) => one.active)")
    job = f"arls.state.picture.incidents.get('{incident}').assignments.find((one) => one.callsign === '{first}')"
    for step, reached in (("accepted", "accepted"), ("arrived", "at_scene")):
        line(page, f"V {first} {step}")
        until(page, f"['{reached}', 'en_route', 'at_scene'].includes({job}.state)")
    line(page, f"V {first} arrived")
    until(page, f"{job}.state === 'at_scene'")
    line(page, f"L {incident} Suspect detained")
    expect(page.locator(".log")).to_contain_text("Suspect detained")
    line(page, f"V {first} clear")
    until(page, f"{job}.state === 'cleared'")
    line(page, f"X {incident} arrest")
    until(page, f"arls.state.picture.incidents.get('{incident}').closed_at !== null")
    picture(page, "commands-clear")


def test_what_is_typed_wrong_is_refused_in_a_sentence_and_stays_to_be_mended(page: Page) -> None:
    for wrong, why in (
        ("I 9 ROBBERY @ HIGH STREET", "There is no grade 9: the grades are 1 "),
        ("A NOBODY7", "Open an incident first"),
        ("X", "Open an incident first"),
        ("FLY BX21", "There is no command FLY"),
        ("I 1 FIRE @ zqxwzqxw", "zqxwzqxw"),
    ):
        line(page, wrong)
        expect(said(page)).to_contain_text(why)
        expect(page.locator("#command-line")).to_have_value(wrong)
        page.keyboard.press("Escape")
    assert page.evaluate("() => arls.state.target") is None


def test_a_place_that_means_several_is_chosen_by_keyboard(page: Page, namesakes: str) -> None:
    line(page, f"N {namesakes}")
    offers = page.locator("#command").get_by_role("option")
    until(page, "arls.state.command.choice !== null")
    page.keyboard.press("Enter")  # nothing is marked: nothing is taken
    assert page.evaluate("() => arls.state.target") is None
    picture(page, "commands-pick")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#command [aria-selected=true]")).to_have_count(1)
    last = page.evaluate("() => arls.state.command.choice.places.at(-2)")
    if AXE.exists():
        assert axe_violations(page) == []
    page.keyboard.press("Enter")
    until(page, "arls.state.target?.kind === 'place'")
    assert page.evaluate("() => arls.state.target.lat") == last["lat"]
    expect(offers).to_have_count(0)


def test_places_and_units_are_offered_while_they_are_typed(page: Page, street: str) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(f"N {street[:-1]}")
    expect(page.locator("#command").get_by_role("option").filter(has_text=street).first).to_be_visible()
    picture(page, "commands-offers")
    page.keyboard.press("Escape")
    expect(page.locator("#command").get_by_role("option")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#command-line")).to_have_value("")
    page.keyboard.press("Control+k")
    expect(page.locator("#command-line")).to_be_focused()
    callsign = page.evaluate("() => [...arls.state.picture.units.keys()][0]")
    page.keyboard.type(f"U {callsign[:-1].lower()}")
    page.locator("#command").get_by_role("option").filter(has_text=callsign).first.wait_for()
    page.keyboard.type(callsign[-1])
    page.keyboard.press("Enter")
    until(page, f"arls.state.target?.callsign === {json.dumps(callsign)}")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#command-line")).to_have_value(f"U {callsign.lower()[:-1]}{callsign[-1]}")
    page.keyboard.press("Escape")


def test_the_keys_go_from_panel_to_panel_and_letters_are_letters_in_a_field(page: Page) -> None:
    page.keyboard.press("Alt+b")
    rows = page.locator("#board tbody .name")
    expect(rows.first).to_be_focused()
    page.keyboard.press("End")
    expect(rows.last).to_be_focused()
    page.keyboard.press("Enter")
    until(page, "arls.state.target?.kind === 'unit'")
    page.keyboard.press("/")
    expect(page.locator("#command-line")).to_be_focused()
    page.keyboard.type("N a/b?")
    expect(page.locator("#command-line")).to_have_value("N a/b?")
    assert page.evaluate("() => arls.state.sheet") is None


def test_the_help_sheet_has_every_word_and_every_key(page: Page) -> None:
    line(page, "?")
    sheet = page.get_by_role("dialog", name="Commands and keys")
    expect(sheet).to_contain_text("I 1 ROBBERY knife seen @ TQ 300 804")
    expect(sheet).to_contain_text("Alt+C, Ctrl+K or /")
    picture(page, "commands-help")
    if AXE.exists():
        assert axe_violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)


def test_the_desk_is_named_once_and_said_with_every_request(page: Page) -> None:
    line(page, "DESK north-1")
    expect(said(page)).to_have_text("This is desk north-1")
    with page.expect_request(re.compile("/v1/nearest")) as asked:
        line(page, page.evaluate("() => [...arls.state.picture.units.keys()][0]"))
    assert asked.value.headers["x-desk"] == "north-1"
    page.evaluate("() => localStorage.removeItem('arls.desk')")
