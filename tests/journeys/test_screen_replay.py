"""A small scene is played in a room and seen again: before and after, at any pace, by key, and never as live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from api.app import WEB
from tests.api.played import Scene, recorded
from tests.journeys.screen import IN_A_BROWSER, Seen, axe_violations, picture, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = IN_A_BROWSER

AT = "new Date(arls.state.picture.at_ms).toISOString()"


@dataclass(frozen=True)
class Played:
    """Where the scene was played, and when: `at[n]` is a moment after the nth thing that happened."""

    url: str
    ticket: str
    at: list[str]
    incident: str = "INC0001"
    sent: str = "AB12"
    alarmed: str = "AB12"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """A room with the real screen: two units, an incident, one of them sent, its emergency, and its end."""
    with recorded(tmp_path_factory.mktemp("played"), WEB) as room:
        scene = Scene(room)
        yield Played(url=room.url, ticket=room.system.keyring.mint_ticket("demo"), at=scene.at)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, played: Played) -> Iterator[BrowserContext]:
    """A browser of somebody who may look."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    first = context.new_page()
    first.goto(f"{played.url}/locate")
    first.goto(f"{played.url}/?ticket={played.ticket}")
    first.close()
    yield context
    context.close()


@pytest.fixture(scope="module")
def replayed(signed_in: BrowserContext, played: Played) -> Iterator[Page]:
    """The replay of that incident, paused."""
    page = signed_in.new_page()
    page.goto(f"{played.url}/replay#at={played.at[1]}&inc={played.incident}")
    until(page, "window.arls?.ready", 90)
    page.get_by_role("button", name="Pause").click()
    until(page, "arls.state.replay.paused")
    yield page
    page.close()


def go(page: Page, at: str) -> None:
    """To that instant."""
    page.evaluate("(at) => arls.seek(Date.parse(at))", at)
    until(page, f"arls.state.picture.at_ms === Date.parse('{at}')")


def test_it_can_not_be_mistaken_for_live(replayed: Page, played: Played) -> None:
    go(replayed, played.at[1])
    expect(replayed.locator("#header .feed")).to_have_text("REPLAY")
    expect(replayed.locator("#header")).not_to_contain_text("LIVE")
    expect(replayed.locator("#replay .replay-word")).to_have_text("REPLAY")
    expect(replayed.locator("#replay .replay-time")).to_contain_text("20")  # the year stands in the date
    frame = "() => getComputedStyle(document.body, '::after').borderTopColor + ' ' + arls.state.feed"
    assert replayed.evaluate(frame) == "rgb(242, 165, 22) replay"
    assert replayed.get_by_role("link", name="Back to live").get_attribute("href") == f"/#inc={played.incident}"


def test_the_picture_is_that_before_and_after_a_unit_was_sent(replayed: Page, played: Played) -> None:
    job = f"arls.state.picture.units.get('{played.sent}').assignment?.incident"
    go(replayed, played.at[2])
    until(replayed, f"{job} === '{played.incident}'")
    expect(replayed.locator(f"[data-incident={played.incident}]")).to_contain_text(played.sent)
    go(replayed, played.at[1])
    until(replayed, f"{job} === undefined")
    expect(replayed.locator(f"[data-incident={played.incident}]")).not_to_contain_text(played.sent)


def test_marks_lead_by_key_to_the_alarm_as_it_was_and_past_it(replayed: Page, played: Played) -> None:
    go(replayed, played.at[2])
    until(replayed, "arls.state.replay.marks.length === 4")
    replayed.locator("body").press("]")
    expect(replayed.locator(".alarm [role=alert]")).to_contain_text(played.alarmed)
    expect(replayed.locator("#replay .replay-told")).to_contain_text("pressed the emergency button")
    picture(replayed, "replay-emergency-1280")
    replayed.locator("body").press("]")
    until(replayed, f"!arls.state.picture.units.get('{played.alarmed}').emergency")
    expect(replayed.locator(".alarm")).to_have_count(0)
    replayed.locator("body").press("[")
    until(replayed, f"arls.state.picture.units.get('{played.alarmed}').emergency")


def test_the_ranking_is_that_of_then_and_what_was_shown_is_told(replayed: Page, played: Played) -> None:
    go(replayed, played.at[2])
    until(
        replayed, "arls.state.enquiry.ranking && Date.parse(arls.state.enquiry.ranking.at) === arls.state.picture.at_ms"
    )
    # Who was sent is taken, and so is offered no more.
    assert replayed.evaluate("() => arls.state.enquiry.ranking.candidates.map((one) => one.callsign)[0]") == "CD34"
    shown = replayed.locator("#incident .thens")
    expect(shown).to_contain_text("shown CD34 first")
    expect(shown).to_contain_text("AB12 sent instead of CD34")
    expect(shown).to_contain_text("demo at api")


def test_it_plays_pauses_steps_and_paces_by_key_and_button(replayed: Page, played: Played) -> None:
    go(replayed, played.at[1])
    replayed.get_by_role("button", name="60 times as fast").click()
    until(replayed, "arls.state.replay.rate === 60 && !arls.state.replay.paused")
    until(replayed, f"arls.state.picture.at_ms > Date.parse('{played.at[1]}') + 1")
    expect(replayed.get_by_role("button", name="60 times as fast")).to_have_attribute("aria-pressed", "true")
    replayed.get_by_role("button", name="10 times as fast").click()
    until(replayed, "arls.state.replay.rate === 10")
    replayed.evaluate("() => document.activeElement.blur()")
    replayed.keyboard.press("Space")
    until(replayed, "arls.state.replay.paused && arls.state.picture.pace === 0")
    replayed.get_by_role("button", name="One minute back").click()
    replayed.evaluate("() => document.activeElement.blur()")
    before = replayed.evaluate("() => arls.state.replay.at_ms")
    first = replayed.evaluate("() => arls.state.replay.first_ms")
    replayed.keyboard.press("ArrowLeft")
    until(replayed, f"arls.state.replay.at_ms === {max(before - 10_000, first)}")
    assert f"at={replayed.evaluate('() => ' + AT)}"[:20] in replayed.url


def test_a_time_is_typed_and_one_outside_the_record_is_refused(replayed: Page, played: Played) -> None:
    field = replayed.get_by_label("Go to a time")
    field.fill("2001-01-01 00:00")
    field.press("Enter")
    expect(replayed.locator("#replay [role=alert]")).to_contain_text("The record goes from")
    field.fill("soon")
    field.press("Enter")
    expect(replayed.locator("#replay [role=alert]")).to_contain_text("Say a time as 14:05")
    go(replayed, played.at[2])
    expect(replayed.locator("#replay [role=alert]")).to_have_text("")


def test_nothing_can_be_done_and_nothing_of_now_is_asked(signed_in: BrowserContext, played: Played) -> None:
    page = signed_in.new_page()
    seen = Seen(page)
    page.goto(f"{played.url}/replay#at={played.at[2]}&inc={played.incident}&rate=1")
    until(page, "arls.state.enquiry.phase === 'ready'")
    names = page.get_by_role("button").evaluate_all("(all) => all.map((b) => b.ariaLabel || b.innerText).join('|')")
    acts = (
        "Assign",
        "New incident",
        "Create",
        "Add",
        "Close incident",
        "Cancel",
        "Accept",
        "En route",
        "Undo",
        "Shut",
        "End",
    )
    assert [act for act in acts if any(name.strip().startswith(act) for name in names.split("|"))] == []
    for key in ("Alt+1", "Alt+n", "Alt+s"):
        page.keyboard.press(key)
    assert page.evaluate("() => [arls.state.draft, arls.state.closing]") == [None, None]
    asked = {url.split("?")[0].removeprefix(played.url) for url in seen.requests if "/v1/" in url}
    assert {path for path in asked if not path.startswith(("/v1/replay", "/v1/status", "ws:"))} == set()
    assert [said for said in seen.complaints if "404" not in said] == []  # this room has no base map
    page.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
def test_it_is_whole_in_both_sizes_and_open_to_everybody(
    replayed: Page, played: Played, width: int, height: int
) -> None:
    replayed.set_viewport_size({"width": width, "height": height})
    go(replayed, played.at[2])
    until(replayed, "arls.state.enquiry.phase === 'ready'")
    cut = "(id) => { const e = document.querySelector(id); return e.scrollWidth - e.clientWidth; }"
    assert [replayed.evaluate(cut, name) for name in ("#header", "#replay", "body")] == [0, 0, 0]
    picture(replayed, f"replay-{width}")
    assert axe_violations(replayed) == []


def test_a_replay_is_opened_from_the_live_screen(signed_in: BrowserContext, played: Played) -> None:
    page = signed_in.new_page()
    page.goto(f"{played.url}/#inc={played.incident}")
    until(page, "arls.state.picture.started", 90)
    for name, begins in (("Replay from its creation", "2026-03-02T14:01:00"), ("Replay", "2026-03-02T14:00:00")):
        with page.expect_popup() as opened:
            page.get_by_role("button", name=name, exact=True).click()
        assert f"/replay#at={begins}" in opened.value.url
        opened.value.close()
    page.close()
