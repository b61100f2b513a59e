"""A desk's incidents on the screen: what waits and is late, what needs somebody, and what is done to the open one.

The room has a clock that the test sets, so that a target passes when it is told to. The browser draws no map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from msgspec.structs import replace
from playwright.sync_api import expect

from api.app import WEB
from api.ticker import Ticker
from arls import messages as m
from arls.locality import Setting
from arls.packs.adopted import generic_policy, uk_national_states
from arls.responsibility import Responsibility
from maps.areas import Area, AreaBook
from tests.api.room import DRAWN, Room, open_room
from tests.journeys.screen import CHROMIUM, FLAGS, IN_A_BROWSER, axe_violations, picture, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

pytestmark = IN_A_BROWSER

_WEST, _EAST, _MIDDLE = DRAWN.node("A"), DRAWN.node("F"), (DRAWN.node("B").lon + DRAWN.node("C").lon) / 2
ALL = shapely.box(_WEST.lon - 0.1, _EAST.lat - 0.1, _EAST.lon + 0.1, _WEST.lat + 0.1)
EASTERN = shapely.box(_MIDDLE, _EAST.lat - 0.1, _EAST.lon + 0.1, _WEST.lat + 0.1)
AREAS = (
    (Area(kind="force", id="F", name="Arlshire Police"), ALL),
    (Area(kind="beat", id="B1", name="Bexton Centre", contact="Bexton team", talk_group="BX-1", desk="west desk"), ALL),
    (Area(kind="setting", id="U", name="Bexton", setting=Setting.URBAN), ALL),
    (Area(kind="warning", id="W1", name="14 East Lane", note="dangerous dog, double crew only"), EASTERN),
    (Area(kind="pspo", id="P1", name="Market order", note="no street drinking", powers="needs an officer"), EASTERN),
)
RESULTS = {"arrest": "Arrested", "no-trace": "No trace"}


@dataclass
class Office:
    """The room and its console."""

    room: Room
    page: Page

    def opened(self, node: str = "E", **fields: Any) -> str:
        """A new incident, open on the screen; its id."""
        made = str(self.room.incident(DRAWN.node(node), **fields)["id"])
        until(self.page, f"arls.state.picture.incidents.has('{made}')")
        self.row(made).click()
        expect(self.page.locator(".detail h2")).to_have_text(made)
        return made

    def unfolded(self, part: str) -> Locator:
        """A part of the panel, open."""
        found = self.page.locator(f"[data-part={part}]")
        if found.locator(".fold-head").get_attribute("aria-expanded") == "false":
            found.locator(".fold-head").click()
        return found

    def row(self, incident: str) -> Locator:
        return self.page.locator(f"[data-incident={incident}]")

    def pass_s(self, seconds: float) -> None:
        """The clock goes on, and is looked at."""
        self.room.clock.advance(seconds=seconds)
        Ticker(self.room.system.engine, self.room.system.roads, now=self.room.clock).tick()

    def shown(self, incident: str) -> dict[str, Any]:
        return dict(self.room.client.get(f"/v1/incidents/{incident}").json())


@pytest.fixture(scope="module")
def opened_office(browser: Browser) -> Iterator[Office]:
    book = AreaBook([area for area, _ in AREAS], [shape for _, shape in AREAS])
    desks = (Responsibility(desk="east desk", areas=frozenset({"beat:EAST"})),)
    plain = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-3d-apis"])
    with open_room(WEB, areas=book, responsibilities=desks) as room:
        policy = replace(generic_policy(), name="with-results", results=RESULTS)
        room.ask(m.AdoptPacks(**room.said(), policies=(policy,), states=(uk_national_states(),)))
        page = plain.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        page.goto(f"{room.url}/?ticket={room.system.keyring.mint_ticket('demo')}")
        until(page, "window.arls?.ready && arls.state.packs")
        yield Office(room, page)
    plain.close()


@pytest.fixture
def office(opened_office: Office) -> Office:
    """With nothing open, and nothing of the tests before."""
    page, room = opened_office.page, opened_office.room
    for one in room.client.get("/v1/incidents").json()["incidents"]:
        for sent in one["assignments"]:
            if sent["active"]:
                room.client.post(f"/v1/assignments/{sent['id']}/cancel", json={})
        room.client.post(f"/v1/incidents/{one['id']}/close", json={"result": "no-trace"})
    for ask in room.client.get("/v1/asks").json()["asks"]:
        room.client.post(f"/v1/asks/{ask['id']}/answer", json={})
    room.clock.advance(seconds=7_200)
    while page.evaluate("() => arls.state.target || arls.state.sheet"):
        page.keyboard.press("Escape")
    return opened_office


def test_what_waits_stands_first_with_its_clock_and_what_is_late_says_so(office: Office) -> None:
    office.room.book("AB12", DRAWN.node("A"))
    first = office.room.incident(text="Knife seen")["id"]
    seen_to = office.room.incident(grade="4", text="Advice given")["id"]
    second = office.room.incident(DRAWN.node("C"), grade="2", text="Burglary")["id"]
    office.pass_s(60)
    row = office.row(first)
    expect(row.locator(".job-time")).to_have_text("3:00")
    expect(row.locator(".job-word")).to_have_text("to send")
    expect(row).to_contain_text("nobody for 1:00")
    office.pass_s(250)
    expect(row.locator(".job-time")).to_have_text("1:10 late")
    expect(row.locator(".job-word")).to_have_text("to send")
    expect(row).to_contain_text("escalated")
    expect(office.row(second)).to_contain_text("warning")
    assert office.room.assign(first, "AB12").status_code == 201
    expect(row).to_contain_text("AB12")
    expect(row).to_contain_text("to attend")
    lanes = office.page.locator("#queue .lane")
    expect(lanes).to_have_text(["Waiting for somebody 1", "Attended 1", "Nobody to be sent 1"])
    listed = [one.get_attribute("data-incident") for one in office.page.locator("#queue .job").all()]
    order = {one["id"]: one["pressing"]["order"] for one in office.room.client.get("/v1/incidents").json()["incidents"]}
    assert listed == sorted(order, key=order.__getitem__) == [second, first, seen_to]
    picture(office.page, "queue")


def test_a_breach_is_heard_and_needs_somebody_until_somebody_is_sent(office: Office) -> None:
    page, count = office.page, office.page.locator(".needs-count")
    expect(count).to_have_text("Needs somebody 0")
    incident = office.room.incident(text="Knife seen")["id"]
    office.pass_s(301)
    expect(count).to_have_text("Needs somebody 1, all now")
    until(page, "arls.state.sound.heard === 'chime'")
    page.keyboard.press("Alt+a")
    need = page.locator(".need")
    expect(need).to_contain_text("nobody was sent in time")
    expect(need).to_contain_text("escalated: nobody on it for too long")
    assert axe_violations(page) == []
    picture(page, "needs-somebody")
    need.get_by_role("button", name=f"Open {incident}").click()
    expect(page.locator(".detail h2")).to_have_text(incident)
    office.room.book("AB13", DRAWN.node("A"))
    office.room.assign(incident, "AB13")
    expect(count).to_have_text("Needs somebody 0")


def test_a_question_of_a_unit_is_answered(office: Office) -> None:
    page = office.page
    office.room.book("AB14", DRAWN.node("A"))
    for code in (14, 77):
        office.room.ask(m.RadioEvent(**office.room.said(), source="issi:AB14", kind="state", code=code))
    page.keyboard.press("Alt+a")
    expect(page.locator(".need")).to_have_count(2)
    page.get_by_role("button", name="Called back").click()
    expect(page.locator(".need")).to_have_count(1)
    page.get_by_label("What came of it (AB14)").fill("a typing error")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_contain_text("Nothing needs anybody")
    assert office.room.client.get("/v1/asks").json() == {"asks": []}


def test_an_incident_is_regraded_with_a_reason_and_its_clocks_are_told(office: Office) -> None:
    incident = office.opened(grade="2")
    part = office.unfolded("clocks")
    expect(part).to_contain_text("from its creation to the first unit")
    part.get_by_label("New grade").select_option("1")
    part.get_by_label("Why it is regraded").fill("somebody is at risk")
    part.get_by_role("button", name="Regrade").click()
    expect(part.locator(".past li").last).to_contain_text("grade 1 somebody is at risk")
    part.locator("summary").click()
    expect(part.locator(".clocks li")).to_have_count(9)
    picture(office.page, "clocks")
    assert [one["grade"] for one in office.shown(incident)["gradings"]] == ["2", "1"]


def test_an_incident_is_moved_by_search_and_the_new_places_warnings_are_loud(office: Office) -> None:
    page, incident = office.page, office.opened("A")
    expect(page.locator(".warnings")).to_have_count(0)
    part = office.unfolded("place")
    expect(part).to_contain_text("Arlshire Police")
    part.get_by_label("Move it: a place, or click the map").fill("East Lane")
    page.keyboard.press("Enter")
    part.locator(".found button").first.click()
    part.get_by_label("Why it is moved").fill("the caller says more exactly")
    part.get_by_role("button", name="Move incident").click()
    warnings = page.get_by_role("region", name="Warnings of the place")
    expect(warnings).to_contain_text("Crews must read")
    expect(warnings).to_contain_text("dangerous dog, double crew only")
    expect(part).to_contain_text("Market order")
    expect(part).to_contain_text("Powers: needs an officer")
    picture(page, "warnings-and-place")
    (moved,) = office.shown(incident)["relocations"]
    assert moved["reason"] == "the caller says more exactly"


def test_a_second_call_about_the_same_is_found_and_linked(office: Office) -> None:
    first = office.room.incident(text="Fight outside the bank")["id"]
    incident = office.opened(text="Men fighting")
    part = office.unfolded("alike")
    expect(part.locator(".fold-summary")).to_have_text("1 may be the same")
    expect(part).to_contain_text("Fight outside the bank")
    picture(office.page, "similar")
    part.get_by_role("button", name=f"Link {first}").click()
    expect(part.locator(".fold-summary")).to_have_text("1 link")
    assert (office.shown(incident)["links"], office.shown(first)["links"]) == ([first], [incident])


def test_what_somebody_wrote_is_told_apart_from_what_was_done(office: Office) -> None:
    page, incident = office.page, office.opened()
    page.get_by_label("Add to the log").fill("Suspect went north")
    page.keyboard.press("Enter")
    expect(page.locator(".log .typed")).to_have_count(1)
    expect(page.locator(".log .typed")).to_contain_text("Suspect went north")
    expect(page.locator(".log .typed")).to_contain_text("demo")
    expect(page.locator(".log .done")).to_contain_text("created")
    assert [line["typed"] for line in office.shown(incident)["log"]] == [False, True]


def test_closing_asks_again_while_units_are_going_and_keeps_result_and_type(office: Office) -> None:
    page = office.page
    office.room.book("AB15", DRAWN.node("A"))
    incident = office.opened()
    office.room.assign(incident, "AB15")
    part = office.unfolded("close")
    expect(part.locator(".fold-summary")).to_have_text("1 still going")
    part.get_by_label("Result, to close the incident").select_option("no-trace")
    part.get_by_label("It was really (type)").fill("nuisance call")
    part.get_by_role("button", name="Close incident").click()
    expect(part.get_by_role("alert")).to_contain_text("AB15 is still going")
    picture(page, "close-while-going")
    assert office.shown(incident)["closed_at"] is None
    part.get_by_role("button", name="Release and close").click()
    expect(office.row(incident)).to_have_count(0)
    shown = office.shown(incident)
    assert (shown["result"], shown["closing_type"]) == ("no-trace", "nuisance call")
    assert [one["state"] for one in shown["assignments"]] == ["cancelled"]


def test_an_appointment_is_held_apart_until_it_is_released(office: Office) -> None:
    incident = office.opened(grade="3", text="A statement")
    part = office.unfolded("time")
    part.get_by_label("Begins").fill("2030-01-02T10:00")
    part.get_by_label("Ends").fill("2030-01-02T11:00")
    part.get_by_role("button", name="Agree it").click()
    expect(office.row(incident)).to_contain_text("held until")
    expect(office.page.locator("#queue .lane")).to_have_text(["Held for an appointment 1"])
    picture(office.page, "appointment")
    part.get_by_role("button", name="Release it now").click()
    expect(office.page.locator("#queue .lane")).to_have_text(["Waiting for somebody 1"])


def test_more_units_are_asked_for_and_withdrawn(office: Office) -> None:
    incident = office.opened()
    part = office.unfolded("more")
    part.get_by_label("How many").fill("2")
    part.get_by_label("Able to, with commas between").fill("taser, dog")
    part.get_by_label("Why more are needed").fill("a crowd")
    part.get_by_role("button", name="Ask for them").click()
    expect(part).to_contain_text("2 with dog, taser: a crowd")
    expect(office.row(incident)).to_contain_text("2 more wanted")
    picture(office.page, "more-units")
    part.get_by_role("button", name="Withdraw R1").click()
    expect(part).to_contain_text("withdrawn")
    expect(office.row(incident)).not_to_contain_text("more wanted")


def test_a_location_link_is_made_with_its_text_and_revoked(office: Office) -> None:
    incident = office.opened()
    part = office.unfolded("caller")
    part.get_by_role("button", name="Make a location link").click()
    text = part.get_by_label("Text for the caller")
    assert "/locate#" in text.input_value()
    expect(part).to_contain_text("made by demo")
    picture(office.page, "location-link")
    part.get_by_role("button", name="Revoke").click()
    expect(part).to_contain_text("No open link.")
    expect(text).to_have_count(0)
    assert office.room.client.get(f"/v1/incidents/{incident}/location-links").json() == {"links": []}


def test_whatever_is_written_is_shown_as_text_and_breaks_nothing(office: Office) -> None:
    page = office.page
    hostile = (
        "<img src=x onerror=\"document.title='broken'\"> \u202eesrever \u05e9\u05dc\u05d5\u05dd \U0001f6a8 " + "W" * 900
    )
    long = hostile + "word " * 1_700
    incident = office.opened("C", text=long, type=hostile[:900], refs={"recording": "R" * 100}, call_id="C" * 60)
    office.room.incident(DRAWN.node("C"), text=long, type="")
    send = f"/v1/incidents/{incident}"
    office.room.client.post(f"{send}/log", json={"text": long})
    office.room.client.post(f"{send}/more-units", json={"n": 1, "capabilities": ["x" * 60], "reason": hostile})
    office.room.client.post(f"{send}/regrade", json={"grade": "2", "reason": hostile})
    expect(page.locator(".lead-text")).to_have_text(long)
    for name in ("log", "clocks", "place", "alike", "more", "caller", "time", "close"):
        part = office.unfolded(name)
        assert part.evaluate("(one) => one.scrollWidth - one.clientWidth") <= 1, name
        picture(page, f"hostile-{name}")
    expect(office.unfolded("log").locator(".typed")).to_contain_text(hostile)
    assert page.evaluate("() => document.querySelectorAll('#queue, #incident').length") == 2
    assert page.locator("img[src=x]").count() == 0
    assert page.title() != "broken"
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    assert axe_violations(page) == []


def test_the_panel_fits_beside_the_queue_at_1280_by_720(office: Office) -> None:
    office.opened("C", text="Two men fighting, one has a knife")
    tall = office.page.evaluate("() => document.querySelector('.detail-body').scrollHeight")
    assert tall < 650, "what is folded is a line"
    assert office.page.evaluate("() => document.querySelector('#queue').clientHeight") >= 120
    picture(office.page, "incident")
