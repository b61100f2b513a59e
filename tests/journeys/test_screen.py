"""The screen as a dispatcher uses it: real Chromium, the real demo behind it, asserted on what the page says."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from gateways.mqtt import BrokerAddress, Link
from gateways.topics import caller_topic
from tests.journeys.screen import (
    AXE,
    CHROMIUM,
    FLAGS,
    IN_A_BROWSER,
    MSS,
    Seen,
    axe_violations,
    click_empty_place,
    create,
    open_screen,
    until,
)

pytestmark = IN_A_BROWSER


def test_it_opens_on_a_live_picture_that_says_what_is_not_real(page: Page) -> None:
    header = page.locator("#header")
    expect(header).to_contain_text("LIVE")
    expect(header).to_contain_text("SIMULATED")
    expect(header).to_contain_text("MADE-UP COUNTY")
    expect(header).to_contain_text("30 units")


def test_no_request_leaves_the_own_origin_and_nothing_is_complained_of(
    desk: BrowserContext, demo: dict[str, Any]
) -> None:
    page = desk.new_page()
    seen = Seen(page)
    open_screen(page, demo["url"])
    click_empty_place(page)
    own = (demo["url"], demo["url"].replace("http", "ws", 1), "data:", "blob:")
    assert [url for url in seen.requests if not url.startswith(own)] == []
    assert seen.complaints == []
    page.close()


def test_every_unit_is_on_the_board_with_the_age_of_its_fix(page: Page) -> None:
    rows = page.locator("#board tbody tr")
    expect(rows).to_have_count(page.evaluate("() => arls.state.picture.units.size"))
    for age in page.locator("#board tbody .age").all_inner_texts():
        assert MSS.match(age) or age.strip() == "no fix yet"


def test_units_move(page: Page) -> None:
    places = "() => JSON.stringify([...arls.state.picture.units.values()].map((u) => [u.lat, u.lon]))"
    before = page.evaluate(places)
    page.wait_for_timeout(6_000)
    assert page.evaluate(places) != before


def test_a_click_ranks_the_nearest_units_and_accounts_for_every_other(page: Page) -> None:
    click_empty_place(page)
    first = page.locator(".candidate").first
    expect(first.locator(".said")).to_contain_text("min")
    assert MSS.match(first.locator(".eta").inner_text())
    expect(first.locator(".facts")).to_contain_text("fix")
    ranking = page.evaluate("() => arls.state.enquiry.ranking")
    named = [row["callsign"] for row in ranking["candidates"] + ranking["exclusions"]]
    assert len(named) == len(set(named))
    assert len(named) + ranking["omitted"] == page.evaluate("() => arls.state.picture.units.size")
    if ranking["exclusions"]:
        page.locator(".excluded summary").click()
        for reason in page.locator(".excluded li span").all_inner_texts():
            assert reason.strip()


def test_the_route_of_the_first_is_drawn_and_another_on_pointing_at_it(page: Page) -> None:
    create(page, "Route")
    until(page, "arls.route?.geometry.type === 'LineString'")
    first = page.evaluate("() => JSON.stringify(arls.route.geometry.coordinates[0])")
    page.locator(".candidate").nth(1).hover()
    until(page, f"arls.route && JSON.stringify(arls.route.geometry.coordinates[0]) !== {json.dumps(first)}")


def test_a_call_from_creation_to_close_by_keyboard_and_voice(page: Page) -> None:
    incident = create(page, "Robbery, knife seen")
    page.evaluate("() => { arls.state.enquiry.ordered_ms = 0; }")
    page.keyboard.press("Alt+1")
    assigned = page.locator(".assigned").first
    expect(assigned).to_contain_text(re.compile("reserved|delivered|accepted"))
    for act, state in (("accept", "accepted"), ("arrived", "at scene"), ("clear", "cleared")):
        button = assigned.locator(f"[data-act={act}]")
        with contextlib.suppress(PlaywrightTimeout):  # the simulated terminal may have been quicker
            button.click(timeout=3_000)
        expect(assigned).to_have_text(re.compile(rf"^\s*[A-Z]+\d+ {state}"), timeout=10_000)
    page.get_by_label("Add to the log").fill("Suspect detained")
    page.keyboard.press("Enter")
    expect(page.locator(".log")).to_contain_text("Suspect detained")
    page.locator("[data-part=close] .fold-head").click()
    page.get_by_label("Result, to close the incident").fill("arrest")
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-incident={incident}]")).to_have_count(0)


def test_a_key_pressed_just_after_the_order_changed_assigns_nobody(page: Page) -> None:
    create(page, "Whoever is first")
    page.evaluate("() => { arls.state.enquiry.ordered_ms = performance.now() + 60_000; }")
    page.keyboard.press("Alt+1")
    expect(page.locator("#status .notice")).to_have_text("The order has just changed: look again")
    expect(page.locator(".assigned")).to_have_count(0)


def test_an_assignment_can_be_undone_at_once(page: Page) -> None:
    create(page, "Undo")
    page.locator(".candidate .assign").first.click()
    page.locator("#status").get_by_role("button", name="Undo").click()
    expect(page.locator(".assigned")).to_contain_text("cancelled")


def test_a_second_unit_for_a_taken_one_is_refused_in_a_sentence(page: Page) -> None:
    create(page, "First")
    page.locator(".candidate .assign").first.click()
    expect(page.locator("#status .notice")).to_contain_text("reserved")
    callsign = page.locator(".assigned b").first.inner_text()
    incident = create(page, "Second")
    answer = page.evaluate(
        """async ([incident, callsign]) => {
            const response = await fetch(`/v1/incidents/${incident}/assignments`, {
                method: "POST",
                headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
                body: JSON.stringify({ callsign }),
            });
            return [response.status, (await response.json()).detail];
        }""",
        [incident, callsign],
    )
    assert answer[0] == 409
    assert callsign in answer[1]


def test_hostile_text_is_shown_as_text(page: Page) -> None:
    hostile = "<img src=x onerror=alert(1)> \u202eesrever\u202c \U0001f6a8"
    incident = create(page, hostile)
    expect(page.locator(f"[data-incident={incident}] .job-title")).to_have_text(hostile)
    assert page.locator("#queue img[src=x]").count() == 0


def test_a_place_is_asked_for_before_an_incident_is_created(page: Page) -> None:
    page.get_by_role("button", name="New incident").click()
    page.get_by_role("button", name="Create incident").click()
    expect(page.locator(".compose .error")).to_contain_text("Say where")


def test_the_map_does_not_move_by_itself(page: Page) -> None:
    click_empty_place(page)
    before = page.evaluate("() => arls.pixels(arls.state.target)")
    page.wait_for_timeout(7_000)
    assert page.evaluate("() => arls.pixels(arls.state.target)") == before


def test_a_silent_feed_is_never_called_live_and_ages_go_on(desk: BrowserContext, demo: dict[str, Any]) -> None:
    page = desk.new_page()
    muted = False

    def pass_on(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        server.on_message(lambda message: None if muted else route.send(message))

    page.route_web_socket(re.compile("/v1/live"), pass_on)
    open_screen(page, demo["url"])
    expect(page.locator("#header .feed")).to_have_text("LIVE")
    muted = True
    expect(page.locator("#header .feed")).to_have_text("NOT LIVE", timeout=6_000)
    oldest = "() => document.querySelector('.old-picture .num').textContent"
    before = page.evaluate(oldest)
    page.wait_for_timeout(2_100)
    assert page.evaluate(oldest) > before
    muted = False
    # What was missed meanwhile comes with the next full picture, and until then the header says so.
    expect(page.locator("#header .feed")).to_have_text(re.compile(r"^\s*LIVE"), timeout=15_000)
    page.close()


def test_a_callers_better_place_is_drawn_and_offered_and_the_incident_moves_when_somebody_says_so(
    page: Page, demo: dict[str, Any]
) -> None:
    incident = create(page, "a caller who does not know where she is")
    path, headers = f"{demo['url']}/v1/incidents/{incident}", {"Authorization": f"Bearer {demo['token']}"}
    made = httpx.patch(path, json={"call_id": "C-17"}, headers=headers | {"If-Match": "*"}).json()
    phone = {"lat": made["lat"] + 0.01, "lon": made["lon"], "accuracy_m": 40, "method": "gnss"}
    link = Link(BrokerAddress(**demo["broker"]), client_id="call-taking", on_message=lambda _message: None)
    link.start()
    link.publish(caller_topic("demo", "C-17"), json.dumps(phone).encode())
    link.stop()
    page.get_by_text("gnss, within 40 m").wait_for()
    here = "() => { const { lat, lon } = arls.state.picture.incidents.get(arls.state.target.id); return [lat, lon]; }"
    assert page.evaluate(here) == [made["lat"], made["lon"]]
    page.get_by_role("button", name="Move incident there").click()
    until(page, f"arls.state.picture.incidents.get('{incident}').lat === {phone['lat']}")
    page.get_by_role("button", name="Move incident there").wait_for(state="detached")


def test_an_emergency_is_an_alert_and_leads_to_the_nearest_help(page: Page) -> None:
    calm = "() => [...arls.state.picture.units.values()].find((u) => u.lat !== null && !u.emergency).callsign"
    callsign = page.evaluate(calm)
    say = """async ([callsign, path, body]) => (await fetch(`/v1/units/${callsign}/${path}`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).status"""
    assert page.evaluate(say, [callsign, "state", {"code": 0, "via": "voice"}]) == 200
    expect(page.get_by_role("alert")).to_contain_text(callsign)
    expect(page.locator("#board tbody tr").first).to_contain_text("EMG")
    page.keyboard.press("Alt+e")
    expect(page.locator("#ranking h2")).to_contain_text("Nearest help to")
    page.evaluate(say, [callsign, "emergency/cancel", {}])
    expect(page.locator("#board tbody tr.alarmed", has_text=callsign)).to_have_count(0)


def test_a_deep_link_opens_what_it_names(desk: BrowserContext, demo: dict[str, Any], page: Page) -> None:
    incident = create(page, "Linked")
    other = desk.new_page()
    open_screen(other, f"{demo['url'].rstrip('/')}/#inc={incident}")
    expect(other.locator("#ranking h2")).to_contain_text(incident)
    other.close()


def test_without_a_ticket_the_screen_asks_for_a_token(desk: BrowserContext, demo: dict[str, Any]) -> None:
    assert desk.browser is not None
    stranger = desk.browser.new_page()
    stranger.goto(demo["url"])
    expect(stranger.get_by_role("form", name="Sign in")).to_contain_text("Not signed in", timeout=10_000)
    assert not stranger.evaluate("() => window.arls?.state.picture.started")
    stranger.get_by_label("Your token").fill(demo["token"])
    stranger.keyboard.press("Enter")
    until(stranger, "arls.state.picture.started")
    stranger.close()


def test_without_webgl_the_board_works_and_the_map_says_why(desk: BrowserContext, demo: dict[str, Any]) -> None:
    assert desk.browser is not None
    plain = desk.browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-3d-apis"])
    page = plain.new_context(storage_state=desk.storage_state()).new_page()
    open_screen(page, demo["url"])
    expect(page.locator(".veil")).to_contain_text("no WebGL")
    page.locator("#board tbody button").first.click()
    expect(page.locator(".candidate, .empty").first).to_be_visible()
    plain.close()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make assets)")
@pytest.mark.parametrize("width", [1280, 1600])
def test_axe_finds_nothing(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720 if width == 1280 else 900})
    assert axe_violations(page) == []
    create(page, "Accessible")
    page.locator(".legend summary").click()
    assert axe_violations(page) == []
    page.keyboard.press("Alt+n")
    page.get_by_label("What is happening").wait_for()
    assert axe_violations(page) == []
