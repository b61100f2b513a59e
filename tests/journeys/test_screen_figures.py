"""Figures of a shift as somebody looks at them, in a room whose clock is set; and the change of that shift."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Page, expect

from api.app import WEB
from api.ticker import Ticker
from api.wiring import utc_now
from arls.unit import Callsign
from tests.api.room import DRAWN, Room, open_room
from tests.journeys.screen import IN_A_BROWSER, Seen, axe_violations, picture, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = IN_A_BROWSER

_HOURS = 8


@pytest.fixture(scope="module")
def shift() -> Iterator[Room]:
    """A room after a shift: an incident every quarter of an hour, most of them attended."""
    with open_room(WEB) as room:
        room.client.timeout = httpx.Timeout(60)  # a machine may be busy
        # So that no incident leaves the window or passes its target while it is looked at.
        room.clock.now = utc_now() - timedelta(hours=_HOURS - 0.5)
        chance = random.Random(6)
        for number in range(6):
            room.book(f"AB{number}", DRAWN.node("ABCDEF"[number]))
        while room.clock() < utc_now() - timedelta(minutes=75):
            _live_through(room, chance)
        yield room


@pytest.fixture(autouse=True)
def _on_time(shift: Room) -> None:
    """The browser's clock is the machine's: of another one the screen would warn."""
    shift.clock.now = max(shift.clock(), utc_now())


def _live_through(room: Room, chance: random.Random) -> None:
    """A quarter of an hour: an incident, attended or not, and samples of fix ages."""
    begun_at = room.clock()
    made = room.incident(grade=chance.choice("1122"))
    callsign = f"AB{chance.randrange(6)}"
    assigned = room.assign(made["id"], callsign)
    if assigned.status_code == 201 and chance.random() < 0.9:
        room.clock.advance(seconds=chance.uniform(200, 1050))
        for act in ("arrived", "clear"):
            room.client.post(f"/v1/assignments/{assigned.json()['id']}/{act}", json={"via": "voice"})
    elif assigned.status_code == 201:
        room.client.post(f"/v1/assignments/{assigned.json()['id']}/cancel", json={"via": "desk"})
    if chance.random() < 0.8:
        room.client.post(f"/v1/incidents/{made['id']}/close", json={"result": "no trace"})
    while room.clock() < begun_at + timedelta(hours=0.25):
        room.system.fix_ages.sample(room.system.engine.known, room.clock.now)
        room.clock.advance(seconds=30)
        if chance.random() < 0.4:
            room.fix(f"AB{chance.randrange(6)}", DRAWN.node("E"))


@pytest.fixture(scope="module")
def figures(browser: Browser, shift: Room) -> Iterator[Page]:
    """The screen of that room."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    first = context.new_page()
    first.goto(f"{shift.url}/?ticket={shift.system.keyring.mint_ticket('demo')}")
    first.close()
    page = context.new_page()
    seen = Seen(page)
    page.goto(f"{shift.url}/#sheet=figures")
    until(page, "window.arls?.state.figures.response && arls.state.figures.ages")
    page.locator("#header h1").click()  # a browser lets a page sound only then
    yield page
    # The room has no base map, which the browser itself complains of.
    assert [said for said in seen.complaints if "404 (Not Found)" not in said] == []
    context.close()


def in_theme(page: Page, theme: str) -> None:
    """The page in a theme, its charts drawn anew."""
    page.evaluate(f"() => {{ arls.state.theme = '{theme}'; }}")
    until(page, f"document.documentElement.dataset.theme === '{theme}'")
    ink = "getComputedStyle(document.documentElement).getPropertyValue('--text').trim()"
    until(page, f"document.querySelector('arls-chart').dataset.ink === {ink}")


def test_response_times_stand_in_words_beside_their_chart_grade_by_grade(figures: Page, shift: Room) -> None:
    said = shift.client.get("/v1/figures/response").json()
    assert [share["grade"] for share in said["shares"]] == ["1", "2"]
    for share in said["shares"]:
        figure = figures.locator(f"[data-figure='response {share['policy']} {share['grade']}']")
        expect(figure).to_contain_text(share["text"])
        expect(figure.locator("canvas")).to_have_count(1)
    for theme in ("light", "dark"):
        in_theme(figures, theme)
        picture(figures, f"figures-{theme}")
        assert axe_violations(figures) == []


def test_each_chart_has_the_same_as_a_table_that_the_keyboard_opens(figures: Page) -> None:
    figure = figures.locator(".figure").first
    figure.get_by_role("button", name="As a table").press("Enter")
    rows = figures.evaluate("() => arls.state.figures.response.attendances")
    timed = [row for row in rows if row["grade"] == "1" and row["elapsed_s"] is not None]
    expect(figure.locator("tbody tr")).to_have_count(len(timed))
    picture(figures, "figures-table")
    assert axe_violations(figures) == []
    figure.get_by_role("button", name="Hide the table").press("Enter")
    expect(figure.locator("tbody")).to_have_count(0)


def test_fix_ages_are_shown_per_gateway_and_protocol(figures: Page) -> None:
    age = figures.locator("[data-figure^='age ']").first
    expect(age).to_contain_text("tetra-lip")
    expect(age).to_contain_text("half of the fixes are younger than")
    age.scroll_into_view_if_needed()
    picture(figures, "figures-fix-age")


# --- a shift change -----------------------------------------------------------------------------------------------

_ROSTER = """callsign;members;vehicle;devices;station;shift_begins;shift_ends
CD10;1234/response/taser;V10;issi:AB0;North;03/03/2026 22:00;04/03/2026 07:00
214000806012228;2345/basic;V11;issi:CD11;North;03/03/2026 22:00;04/03/2026 07:00
"""


@pytest.fixture
def book_on(figures: Page, shift: Room) -> Page:
    """The sheet of the shift change, by its key."""
    assert shift.system.engine.alive
    figures.keyboard.press("Alt+o")
    expect(figures.get_by_role("dialog", name="Shift change")).to_be_visible()
    figures.get_by_role("button", name="Book on", exact=True).click()
    until(figures, "arls.state.packs !== null")
    return figures


def tried(page: Page) -> None:
    until(page, "arls.state.book_on.answer && !arls.state.book_on.trying")


def test_a_roster_is_tried_line_by_line_booked_on_and_put_right_by_hand(book_on: Page, shift: Room) -> None:
    page = book_on
    page.get_by_label("Paste or drop a roster here").fill(_ROSTER)
    page.keyboard.press("Tab")
    tried(page)
    said = page.locator(".said")
    expect(said.nth(0)).to_contain_text("Odd, but done:")
    expect(said.nth(0)).to_contain_text("AB0")
    expect(said.nth(1)).to_contain_text("Cannot be:")
    picture(page, "book-on")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Book on 1 of 2 units").press("Enter")
    until(page, "arls.state.picture.units.has('CD10') && arls.state.book_on.lines.length === 1")
    assert "CD10" in shift.system.engine.known.units
    # By hand, by the keyboard alone.
    page.get_by_label("Callsign, line 1").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("CD11")
    tried(page)
    expect(page.locator(".said").first).to_be_hidden()
    page.get_by_role("button", name="Book on 1 unit", exact=True).press("Enter")
    until(page, "arls.state.picture.units.has('CD11')")
    expect(page.locator(".book-on")).to_contain_text("No line yet")


def test_units_are_booked_off_and_come_back_as_last_time(book_on: Page) -> None:
    page = book_on
    page.get_by_role("button", name="Book off and move").click()
    for callsign in ("CD10", "CD11"):
        page.get_by_role("checkbox", name=callsign).check()
    picture(page, "book-off")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Book off 2 units").press("Enter")
    until(page, "!arls.state.picture.units.has('CD10') && !arls.state.picture.units.has('CD11')")
    page.get_by_role("button", name="Book on", exact=True).click()
    page.get_by_role("button", name="As last time").click()
    tried(page)
    assert page.evaluate("() => arls.state.book_on.lines.map(({ members }) => members)") == [
        "1234/response/taser",
        "2345/basic",
    ]
    page.get_by_role("button", name="Book on 2 units").press("Enter")
    until(page, "arls.state.picture.units.has('CD10') && arls.state.picture.units.has('CD11')")


def test_the_card_of_a_unit_says_who_is_aboard_what_it_carries_and_takes_its_state_by_voice(
    figures: Page, shift: Room
) -> None:
    page = figures
    for _ in range(3):
        shift.fix("AB0", DRAWN.node("B"))  # CD10 carries it now
        shift.clock.advance(seconds=20)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator("#board tr[data-callsign=CD10] .name").press("Enter")
    card = page.locator(".card")
    expect(card).to_contain_text("1234, response driver, taser")
    expect(card).to_contain_text("car V10")
    card.get_by_text("Its device").press("Enter")
    expect(card).to_contain_text("says where the unit is")
    card.get_by_text("Where it was").press("Enter")
    expect(card.locator("ol li").first).to_contain_text(":")
    card.get_by_label("State of CD10").select_option("5")
    card.get_by_role("button", name="Said by voice").press("Enter")
    until(page, "arls.state.picture.units.get('CD10').state.code === 5")
    expect(card).to_contain_text(page.evaluate("() => arls.state.picture.units.get('CD10').state.label"))
    picture(page, "unit-card")
    assert axe_violations(page) == []


def test_a_radio_that_nobody_carries_is_given_to_its_unit(book_on: Page, shift: Room) -> None:
    page, ticker = book_on, Ticker(shift.system.engine, shift.system.roads, now=shift.clock)
    for _ in range(4):
        shift.fix("STRAY", DRAWN.node("C"))
        ticker.tick()
        shift.clock.advance(seconds=60)
    page.get_by_role("button", name="Pairing doubts").click()
    stray = page.locator(".doubt").filter(has_text="issi:STRAY")
    expect(stray).to_contain_text("give it to that unit")
    picture(page, "pairing-doubts")
    assert axe_violations(page) == []
    stray.get_by_role("combobox").select_option("AB1")
    stray.get_by_role("button", name="Give it to this unit").press("Enter")
    tried(page)
    page.get_by_role("button", name="Book on 1 unit", exact=True).press("Enter")
    until(page, "arls.state.book_on.lines.length === 0")
    assert "issi:STRAY" in shift.system.engine.known.sources[Callsign("AB1")]
    ticker.tick()
    assert "issi:STRAY" not in {doubt.source for doubt in shift.system.engine.known.doubts.values()}


def test_a_time_in_which_nothing_happened_says_so(figures: Page, shift: Room) -> None:
    shift.clock.advance(seconds=_HOURS * 3600 * 4)
    until(figures, f"arls.state.picture.at_ms > {(shift.clock().timestamp() - 1) * 1000}")
    figures.keyboard.press("Alt+g")
    figures.get_by_role("button", name="Last 2 hours").click()
    expect(figures.locator(".sheet-body")).to_contain_text("No incident was created in this time")
    picture(figures, "figures-empty")
