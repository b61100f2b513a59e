"""The whole tour in a real browser: every caption is seen, and what it claims is so in the system."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from arls import messages as m
from arls.journal.sqlite import open_read_only
from gateways.broker import find_mosquitto
from gateways.decode import decode_lines
from tests.journeys.running import ARLS, demo
from tests.journeys.screen import IN_A_BROWSER, Seen, axe_violations, picture, until
from tests.journeys.touring import TITLES, captions, press_next, wait_while_dead

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from playwright.sync_api import Browser, Page

pytestmark = [
    *IN_A_BROWSER,
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed"),
]


@dataclass
class Watcher:
    """Who watches, asks the API on the side, and compares."""

    page: Page
    api: httpx.Client
    said: dict[str, dict[str, Any]] = field(default_factory=dict)  # captions by title
    incident: str = ""
    acknowledged: tuple[int, int] = (0, 0)  # session and number of the gateway's newest receipt before the kill
    before: list[dict[str, Any]] = field(default_factory=list)  # candidates before the closure

    def get(self, path: str) -> dict[str, Any]:
        return dict(self.api.get(f"/v1/{path}").raise_for_status().json())

    def facts(self, title: str) -> dict[str, str]:
        return {fact["name"]: fact["value"] for fact in self.said[title]["facts"]}

    def assignments(self) -> list[dict[str, Any]]:
        return list(self.get(f"incidents/{self.incident}")["assignments"])

    def look(self, caption: dict[str, Any]) -> None:
        """What can be compared with the system as it is now."""
        self.said[caption["title"]] = caption
        match caption["title"]:
            case "A radio speaks":
                self._a_radio()
            case "A robbery across the river":
                self.incident = caption["open"]["id"]
                self._a_robbery(caption["text"])
            case "Who is left out, and why":
                until(self.page, "document.querySelector('#ranking details.excluded')?.open")
                excluded = {row["callsign"] for row in self.get(f"incidents/{self.incident}/ranking")["exclusions"]}
                assert self.facts(caption["title"]).keys() <= excluded
            case "A road is shut":
                self._a_closure(caption["text"])
            case "No answer":
                (sent,) = self.assignments()
                assert sent["state"] == "unanswered"
            case "Accepted by voice":
                (sent,) = self.assignments()
                assert [step["via"] for step in sent["steps"] if step["state"] == "accepted"] == ["voice"]
                assert sent["state"] == "en_route"
            case "An officer presses the button":
                assert self.page.locator("#alarm").inner_text().count(caption["open"]["callsign"]) > 0
                self._help(caption)
            case "The engine is killed":
                (gateway,) = self.get("status")["gateways"]
                self.acknowledged = gateway["session"], gateway["seq"]

    def _a_radio(self) -> None:
        said, unit = self.facts("A radio speaks"), self.get("units/AE91")
        (decoded,) = decode_lines("tetra-lip", [said["On the wire"]])
        assert unit["geometry"]["coordinates"] == pytest.approx([decoded["lon"], decoded["lat"]], abs=2e-4)
        assert f"{decoded['lat']:.5f}, {decoded['lon']:.5f}" in said["25 + 24 bits, place"]

    def _a_robbery(self, text: str) -> None:
        self.before = self.get(f"incidents/{self.incident}/ranking")["candidates"]
        near = min((one for one in self.before if one["kind"] != "foot"), key=lambda one: one["straight_line_m"])
        first = self.before[0]
        assert near["callsign"] != first["callsign"]
        assert near["straight_line_m"] < 200
        assert near["eta_s"]["mid"] - first["eta_s"]["mid"] > 180
        # Receivers err by a few metres from one fix to the next, so that the order is compared and not each metre.
        told = re.search(rf"{near['callsign']} is the nearest car: (\d+) m.*{first['callsign']}", text)
        assert told is not None
        assert int(told[1]) == pytest.approx(near["straight_line_m"], abs=40)

    def _a_closure(self, text: str) -> None:
        ranking = self.get(f"incidents/{self.incident}/ranking")
        assert len(ranking["closures"]) == 1
        assert ranking["candidates"][0]["callsign"] != self.before[0]["callsign"]
        assert f"moved {self.before[0]['callsign']} from 1st" in text

    def _help(self, caption: dict[str, Any]) -> None:
        callsign = caption["open"]["callsign"]
        assert [one["callsign"] for one in self.get("emergencies")["emergencies"]] == [callsign]
        helpers = [one["callsign"] for one in self.get(f"units/{callsign}/help")["ranking"]["candidates"]]
        assert set(helpers[:4]) & set(self.facts(caption["title"])["Nearest help"].split())


def allow_sound(page: Page) -> None:
    """As whoever watches would: else a strip asks for it all the time."""
    until(page, "window.arls?.state.picture.started", within_s=120)
    page.wait_for_timeout(1_000)
    if (button := page.get_by_role("button", name="Allow and test the sound")).count():
        button.dispatch_event("click")


@pytest.mark.timeout(900)  # it waits for a terminal, for a process to start again, and for software GL all the while
def test_the_tour_is_played_to_its_end_and_everything_it_says_is_so(browser: Browser, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with demo(data, "--tour", "--tour-pace", "10", "--no-calls", "--units", "60") as running, running.client() as api:
        context = browser.new_context(
            viewport={"width": 1280, "height": 720}, reduced_motion="reduce", color_scheme="dark"
        )
        page = context.new_page()
        seen = Seen(page)
        page.goto(running.facts["screen_url"])
        allow_sound(page)
        watcher = Watcher(page, api)
        for caption in captions(page):
            watcher.look(caption)
            picture(page, f"tour-{len(watcher.said):02d}")
            if caption["title"] == "A robbery across the river":
                assert axe_violations(page) == []
            if caption["title"] == "The engine is killed":
                press_next(page)
                assert "NOT LIVE" in wait_while_dead(page)
                picture(page, "tour-10b")
        assert list(watcher.said) == list(TITLES)
        until(page, "arls.state.picture.caption === null", within_s=60)
        held = {(one["id"], one["callsign"]) for one in watcher.assignments()}
        assert {tuple(fact.split(": ")[::-1]) for fact in (watcher.facts("The engine is killed")["Assigned"],)} <= held
        assert len({callsign for _, callsign in held}) == len(held) == 2
        # While the engine is dead a browser says so of every try; of nothing else does it complain.
        assert [said for said in seen.complaints if "ERR_CONNECTION" not in said and "ERR_EMPTY" not in said] == []
        assert all(asked.startswith((running.facts["url"], "blob:", "data:")) for asked in seen.requests)
        context.close()
        assert running.stop() == 0
    assert_nothing_is_lost(data, *watcher.acknowledged)


def assert_nothing_is_lost(data: Path, session: int, seq: int) -> None:
    kept = {
        publication.seq
        for record in open_read_only(data).read()
        if isinstance(record.entry.event, m.FixesRecorded)
        for publication in record.entry.event.publications
        if publication.session == session
    }
    assert seq > 0
    assert set(range(1, seq + 1)) <= kept
    verified = subprocess.run([*ARLS, "journal", "verify", str(data), "--json"], capture_output=True, check=False)
    assert (verified.returncode, json.loads(verified.stdout)["faults"]) == (0, [])


def test_the_tour_has_its_places_in_the_county_and_says_so_of_other_roads(tmp_path: Path) -> None:
    command = [*ARLS, "demo", "--tour", "--port", "0", "--data", str(tmp_path / "data"), "--roads", "helsinki"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert "the tour plays in Arlshire" in said.stderr
