"""The screens beside the console: map, board and wall, how they lie, what they tell each other, and links to them."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.screen import IN_A_BROWSER, create, open_screen, picture, until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def console(plain: BrowserContext, demo: dict[str, Any]) -> Page:
    """The console of a browser that draws no map: how pages lie and what they tell each other needs none."""
    page = plain.new_page()
    open_screen(page, demo["url"])
    return page


@contextmanager
def second(context: BrowserContext, demo: dict[str, Any], path: str) -> Iterator[Page]:
    """That page of the screen, until the block ends."""
    page = context.new_page()
    open_screen(page, demo["url"].rstrip("/") + path)
    try:
        yield page
    finally:
        page.close()


def overflow(page: Page) -> list[int]:
    """How many pixels the page is wider than its window, and the header than its line."""
    return list(
        page.evaluate(
            """() => [document.scrollingElement, document.getElementById("header")]
                .map((one) => Math.max(0, one.scrollWidth - one.clientWidth))"""
        )
    )


def test_the_header_is_one_line_at_1280_pixels_whatever_is_said_of_the_force(page: Page) -> None:
    until(page, "arls.state.picture.status")
    page.evaluate("() => { arls.state.picture.force = 'Constabulary of somewhere with a long name indeed'; }")
    page.wait_for_timeout(1_100)
    box = page.locator("#header").bounding_box()
    assert box is not None
    assert (box["height"], overflow(page)) == (44, [0, 0])
    page.evaluate("() => { arls.state.picture.force = 'demo'; }")


def test_the_board_has_a_screen_of_its_own_with_all_that_is_known_of_a_unit(
    plain: BrowserContext, demo: dict[str, Any]
) -> None:
    with second(plain, demo, "/board") as page:
        said = [one.strip(" ↓") for one in page.locator("#board thead th").all_inner_texts()]
        assert said == [
            *("Callsign", "Kind", "State", "Job", "Fix age", "Moving"),
            *("Station", "Crew", "Capabilities", "Talk group", "Shift"),
        ]
        expect(page.locator("#queue h2")).to_be_visible()
        assert page.locator("canvas").count() == 0
        page.locator("#board tbody button").first.click()
        expect(page.locator("#ranking h2")).to_contain_text("Nearest to")
        page.get_by_role("button", name="Kind").click()
        expect(page.locator("#board th[aria-sort='ascending']")).to_contain_text("Kind")
        kinds = page.locator("#board tbody tr td:nth-child(2)").all_inner_texts()
        assert kinds == sorted(kinds)
        picture(page, "screen-board")


def test_the_map_screen_shows_the_map_alone_until_something_is_opened(
    plain: BrowserContext, demo: dict[str, Any], page: Page
) -> None:
    incident = create(page, "Seen large")
    with second(plain, demo, "/map") as large:
        expect(large.locator("#queue")).to_be_hidden()
        expect(large.locator(".right")).to_be_hidden()
        assert large.evaluate("() => document.getElementById('map').clientWidth") == 1280
        large.evaluate(f"() => {{ location.hash = 'inc={incident}'; }}")
        expect(large.locator("#ranking h2")).to_contain_text(incident)
        expect(large.locator(".left")).to_be_visible()
        assert large.title() == f"{incident} · ARLS map"
        picture(large, "screen-map")


def test_what_is_opened_on_the_console_opens_on_a_second_screen_that_follows_it_and_the_other_way_round(
    plain: BrowserContext, demo: dict[str, Any], page: Page
) -> None:
    with second(plain, demo, "/board") as board:
        incident = create(page, "Told")
        page.wait_for_timeout(500)
        assert board.evaluate("() => arls.state.target") is None
        board.get_by_role("button", name="Follow the console").click()
        page.keyboard.press("Escape")
        page.locator(f"[data-incident={incident}]").click()
        until(board, f"arls.state.target?.id === '{incident}'")
        row = board.locator("#board tbody tr").nth(3)
        callsign = row.get_attribute("data-callsign")
        row.locator("button").click()
        until(page, f"arls.state.target?.callsign === '{callsign}'")
        board.reload()
        until(board, "arls.state.follows")
        board.get_by_role("button", name="Follows the console").click()


def test_the_wall_has_nothing_to_press_and_large_letters(
    plain: BrowserContext, demo: dict[str, Any], page: Page
) -> None:
    create(page, "Seen by all")
    hostile = "<b>Read</b> from across the room \u202eesrever\u202c " + "x" * 10_000
    with second(plain, demo, "/wall") as wall:
        pressed = "button, a, input, summary, select, [tabindex='0']"
        assert (
            wall.evaluate(f"() => [...document.querySelectorAll(\"{pressed}\")].filter((o) => !o.closest('[inert]'))")
            == []
        )
        sizes = (
            "() => [...document.querySelectorAll('#wall li *')].map((o) => parseFloat(getComputedStyle(o).fontSize))"
        )
        assert min(wall.evaluate(sizes)) >= 19
        # Of those listed, whichever they are; what the server tells next is its own text again.
        until(
            wall,
            f"""((text) => {{
                for (const one of arls.state.picture.incidents.values()) one.text = text;
                return document.querySelector('.wall-title').textContent === text;
            }})({json.dumps(hostile)})""",
        )
        wall.keyboard.press("Alt+n")
        assert wall.evaluate("() => document.querySelector('form')") is None
        for part in ("#wall", ".wall-jobs"):
            room = f"document.querySelector('{part}').clientHeight"
            until(wall, f"document.querySelector('{part}').scrollHeight <= {room}")
        picture(wall, "screen-wall")


def test_a_link_opens_what_it_names_and_the_sheet_over_it_and_the_address_says_so(
    plain: BrowserContext, demo: dict[str, Any], page: Page
) -> None:
    incident = create(page, "Linked with a sheet")
    with second(plain, demo, f"/board#inc={incident}&sheet=screen") as board:
        expect(board.get_by_role("dialog", name="This screen")).to_be_visible()
        until(board, f"location.pathname === '/board' && location.hash.includes('inc={incident}')")
        assert "sheet=screen" in board.evaluate("() => location.hash")
        board.keyboard.press("Escape")
        assert "sheet" not in board.evaluate("() => location.hash")
        board.evaluate("() => { location.hash = 'sheet=constructor&unit=nobody'; }")
        expect(board.locator("#ranking")).to_contain_text("whereabouts are not known")


@pytest.mark.parametrize("path", ["/", "/map", "/board", "/wall"])
def test_under_a_browsers_zoom_of_200_percent_all_is_one_column_and_nothing_is_out_of_reach(
    plain: BrowserContext, demo: dict[str, Any], page: Page, path: str
) -> None:
    page.set_viewport_size({"width": 640, "height": 360})
    incident = create(page, "Zoomed")
    with second(plain, demo, f"{path}#inc={incident}") as small:
        small.set_viewport_size({"width": 640, "height": 360})
        assert overflow(small) == [0, 0]
        for part in {"/": ["#queue h2", "#incident h2", "#map", "#ranking h2", "#board h2", "#status"]}.get(path, []):
            small.locator(part).scroll_into_view_if_needed()
            expect(small.locator(part)).to_be_in_viewport()
        picture(small, f"screen-zoomed-{path.strip('/') or 'console'}")
