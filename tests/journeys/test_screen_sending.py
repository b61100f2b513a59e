"""Sending as a dispatcher lives through it on the screen: a drawn map, a broker, and crews whose terminals answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from api.app import WEB
from arls import messages as m
from arls.incident import IncidentId
from arls.locality import Locality
from arls.polled import RadioAsk
from arls.unit import Callsign
from gateways.broker import find_mosquitto
from tests.api.room import DRAWN
from tests.journeys.control_room import ControlRoom, control_room
from tests.journeys.control_room import until as happened
from tests.journeys.screen import AXE, IN_A_BROWSER, axe_violations, picture, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.journeys.control_room import Terminal

pytestmark = [
    *IN_A_BROWSER,
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed"),
]

# By distance from F: BX21 on the next corner, BX22 and the dog far away, the armed car between.
CREWS: dict[str, tuple[str, dict[str, Any]]] = {
    "BX21": ("E", {}),
    "BX22": ("A", {}),
    "DG7": ("D", {"capabilities": ("dog",), "kind": "dog"}),
    "TJ1": ("B", {"capabilities": ("afo",), "kind": "armed"}),
}


class Scene:
    """The room, its crews' terminals, and the one page that looks at it."""

    def __init__(self, room: ControlRoom, page: Page) -> None:
        self.room, self.page = room, page
        self.crews: dict[str, Terminal] = {name: room.crew(name, at, **unit) for name, (at, unit) in CREWS.items()}

    def clear(self) -> None:
        """Everybody is free where they began, and nothing is open."""
        known = self.room.room.system.engine.known
        for assignment in [one for one in known.assignments.values() if one.active or one.state == "queued"]:
            self.room.post(f"assignments/{assignment.id}/cancel")
        for incident in [one for one in known.incidents.values() if one.closed_at is None]:
            assert self.room.post(f"incidents/{incident.id}/close", result="over").status_code == 200
        for closure in list(known.closures):
            self.room.room.client.delete(f"/v1/closures/{closure}")
        for name, (node, _) in CREWS.items():
            self.room.post(f"units/{name}/state", code=2)
            self.room.room.fix(name, DRAWN.node(node))
            self.crews[name].heard.clear()
        self.page.evaluate("() => arls.state.picture.started")
        while self.page.evaluate("() => Boolean(arls.state.target)"):
            self.page.keyboard.press("Escape")

    def open(self, incident: str) -> None:
        """The incident's row was pressed, and its ranking is there."""
        self.page.locator(f"[data-incident={incident}]").click()
        until(self.page, f"arls.state.target?.id === '{incident}' && arls.state.enquiry.phase === 'ready'")
        self.settle()

    def settle(self) -> None:
        """Long ago the order changed: a key is good."""
        self.page.evaluate("() => { arls.state.enquiry.ordered_ms = 0; }")

    def control(self, button: str) -> None:
        """One of the acts of control was begun."""
        fold = self.page.locator("[data-part=control]")
        if fold.locator(".fold-body").count() == 0:
            fold.locator(".fold-head").click()
        fold.get_by_role("button", name=button).click()

    def candidate(self, callsign: str) -> Any:
        return self.page.locator(f".candidate[data-callsign={callsign}]")

    def excluded(self, callsign: str) -> Any:
        return self.page.locator(f".excluded li[data-callsign={callsign}]")

    def assigned(self, callsign: str) -> Any:
        return self.page.locator(".assigned", has=self.page.locator(f"b:text-is('{callsign}')")).first

    def order(self) -> list[str]:
        return [text.strip() for text in self.page.locator(".candidate .name").all_inner_texts()]

    def told(self, callsign: str) -> str:
        """The assignment to the open incident, once its terminal has it and the page has said that it is reserved."""
        target = self.page.evaluate("() => arls.state.target.id")
        expect(self.page.locator("#status .notice")).to_contain_text("reserved")
        (sent,) = (one for one in self.room.shown(target)["assignments"] if one["callsign"] == callsign)
        heard = self.crews[callsign].heard
        happened(lambda: any(one.get("assignment_id") == sent["id"] for one in heard))
        return str(sent["id"])

    def wait(self, seconds: float) -> None:
        """So long nobody did anything."""
        self.room.room.clock.advance(seconds=seconds)
        self.room.ticker.tick()


@pytest.fixture(scope="module")
def stage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with control_room(tmp_path_factory.mktemp("sending"), WEB) as room:
        context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        page = context.new_page()
        ticket = room.room.system.keyring.mint_ticket("demo")
        made = Scene(room, page)
        page.goto(f"{room.room.url}/?ticket={ticket}")
        until(page, "window.arls?.ready", within_s=120)  # beside other tests a first map may take its time
        yield made
        context.close()


@pytest.fixture
def scene(stage: Scene) -> Scene:
    stage.clear()
    return stage


def test_every_candidate_and_everybody_left_out_has_a_reason_and_can_be_asked_why_not(scene: Scene) -> None:
    scene.room.post("units/BX21/state", code=4)  # refreshments
    scene.open(scene.room.incident(grade="3"))
    scene.page.locator(".excluded summary").click()
    expect(scene.page.locator(".excluded h3")).to_have_count(1)
    scene.excluded("BX21").get_by_role("button", name="why not?").click()
    answer = scene.excluded("BX21").locator(".answer")
    expect(answer).to_contain_text("BX21")
    second = scene.order()[1]
    scene.candidate(second).get_by_role("button", name="why not first?").click()
    expect(scene.candidate(second).locator(".answer")).to_contain_text(second)
    picture(scene.page, "sending-why-not")
    scene.page.keyboard.press("Escape")
    expect(scene.page.locator(".answer")).to_have_count(0)
    expect(scene.page.locator("#ranking h2")).to_contain_text("INC")


def test_doing_what_the_answer_says_makes_it_first(scene: Scene) -> None:
    scene.room.post("units/BX21/state", code=4)
    incident = scene.room.incident(grade="3")
    scene.open(incident)
    assert "BX21" not in scene.order()
    answer = scene.room.room.client.get(f"/v1/incidents/{incident}/why-not/BX21").json()
    assert (answer["suffices"], [change["kind"] for change in answer["changes"]]) == (True, ["available"])
    scene.room.post("units/BX21/state", code=2)
    scene.page.keyboard.press("Escape")
    scene.open(incident)
    expect(scene.page.locator(".candidate .name").first).to_have_text("BX21")


def test_a_silent_deployment_counts_until_its_terminal_answers(scene: Scene) -> None:
    scene.open(scene.room.incident())
    scene.page.keyboard.press("Alt+1")
    row = scene.assigned("BX21")
    expect(row).to_contain_text("reserved")
    expect(row).to_contain_text(re.compile(r"0:\d\d to answer"))
    sent = scene.told("BX21")
    scene.crews["BX21"].answer(sent, "delivered")
    expect(row).to_contain_text("delivered, not accepted by terminal")
    picture(scene.page, "sending-delivered")
    scene.crews["BX21"].answer(sent, "accepted")
    expect(row).to_contain_text("accepted by terminal")
    expect(row).not_to_contain_text("to answer")
    expect(row.locator("[data-act=accept]")).to_have_count(0)


def test_a_terminal_refuses_and_somebody_else_is_first(scene: Scene) -> None:
    scene.open(scene.room.incident())
    scene.page.keyboard.press("Alt+1")
    scene.crews["BX21"].answer(scene.told("BX21"), "refused")
    expect(scene.assigned("BX21")).to_contain_text("refused by terminal")
    until(scene.page, "arls.state.enquiry.ranking.exclusions.some((one) => one.code === 'refused')")
    assert "BX21" not in scene.order()
    scene.page.locator(".excluded summary").click()
    expect(scene.excluded("BX21").get_by_role("button", name="Ask again")).to_be_visible()


def test_nobody_answers_and_voice_accepts(scene: Scene) -> None:
    scene.open(scene.room.incident())
    scene.page.keyboard.press("Alt+1")
    scene.told("BX21")
    scene.wait(30)
    row = scene.assigned("BX21")
    expect(row).to_contain_text("no answer: voice")
    expect(row).to_contain_text("until it is in the queue again")
    expect(scene.page.locator("#status .notice")).to_contain_text("no answer from BX21's terminal, call it")
    picture(scene.page, "sending-no-answer")
    row.locator("[data-act=accept]").click()
    expect(row).to_contain_text("accepted by voice")


def test_a_unit_that_another_desk_has_taken_is_refused_with_who_has_it(scene: Scene) -> None:
    elsewhere = scene.room.incident("C")
    scene.open(scene.room.incident())
    # The other desk is quicker: this page has not heard of it when its button is pressed.
    scene.page.evaluate("() => { arls.state.enquiry.held = true; }")
    scene.room.send(elsewhere, "BX21")
    scene.page.evaluate("() => document.querySelector('.candidate[data-callsign=BX21] .assign')?.click()")
    expect(scene.page.locator("#status .notice")).to_have_text(f"BX21 is already assigned to {elsewhere}")
    expect(scene.page.locator("#board tr", has_text="BX21")).to_contain_text(elsewhere)


def test_a_diversion_names_what_it_abandons_before_anybody_is_sent(scene: Scene) -> None:
    minor = scene.room.incident("C", grade="3", text="shoplifter held")
    scene.room.send(minor, "BX21")
    for name in ("BX22", "DG7", "TJ1"):
        scene.room.post(f"units/{name}/state", code=10)
    grave = scene.room.incident()
    scene.open(grave)
    row = scene.candidate("BX21")
    expect(row.locator("h3")).to_have_text("Diverted from other work")
    row.get_by_role("button", name="Divert").click()
    expect(row.locator(".question")).to_contain_text(minor)
    assert not scene.room.shown(grave)["assignments"]
    picture(scene.page, "sending-divert")
    row.get_by_role("button", name="Divert BX21").click()
    expect(scene.assigned("BX21")).to_contain_text(re.compile("reserved|delivered"))
    assert scene.room.shown(minor)["waiting_since"] is not None
    expect(scene.page.locator(f"[data-incident={minor}]")).not_to_contain_text("BX21")


def test_a_taken_unit_is_given_a_next_job(scene: Scene) -> None:
    scene.room.send(scene.room.incident("C"), "BX21")
    scene.open(scene.room.incident(grade="3"))
    scene.page.locator(".excluded summary").click()
    scene.excluded("BX21").get_by_role("button", name="Next job").click()
    expect(scene.assigned("BX21")).to_contain_text("next job")


def test_another_than_the_first_may_be_explained_in_a_line_and_need_not(scene: Scene) -> None:
    incident = scene.room.incident()
    scene.open(incident)
    scene.page.keyboard.press("Alt+2")
    other = scene.page.locator(".assigned b").first.inner_text()
    expect(scene.page.locator("#status .notice")).to_contain_text("rather than BX21")
    row = scene.assigned(other)
    row.get_by_label(f"Why {other}?").fill("knows the family")
    picture(scene.page, "sending-another")
    scene.page.keyboard.press("Enter")
    expect(row).to_contain_text("knows the family")
    expect(row.get_by_label(f"Why {other}?")).to_have_count(0)
    assert scene.room.shown(incident)["assignments"][0]["reason"] == "knows the family"


def test_a_plan_says_what_is_missing_and_its_set_is_sent_at_once(scene: Scene) -> None:
    incident = scene.room.incident()
    busy = scene.room.send(scene.room.incident("C"), "DG7")
    scene.open(incident)
    scene.page.get_by_role("button", name="Change", exact=True).click()
    scene.page.get_by_role("button", name="Add a need").click()
    scene.page.get_by_role("button", name="dog", exact=True).last.click()
    scene.page.get_by_label("What it is called").last.fill("dog unit")
    scene.page.get_by_label("Why", exact=True).fill("he ran")
    picture(scene.page, "sending-plan-editor")
    scene.page.keyboard.press("Enter")
    expect(scene.page.locator(".plan")).to_contain_text("missing")
    expect(scene.page.locator(".plan .warn").last).to_contain_text("DG7")
    picture(scene.page, "sending-shortfall")
    scene.room.post(f"assignments/{busy['id']}/cancel")
    scene.page.get_by_role("button", name="Send the set").click(timeout=15_000)
    expect(scene.page.locator("#status .notice")).to_contain_text("BX21, DG7 reserved")
    expect(scene.assigned("DG7")).to_contain_text(re.compile("reserved|delivered"))
    scene.page.locator("#status").get_by_role("button", name="Undo").click()
    expect(scene.assigned("DG7")).to_contain_text("cancelled")


def test_radios_that_were_asked_are_named_until_they_have_answered(scene: Scene) -> None:
    incident = scene.room.incident("C")
    scene.room.room.clock.advance(seconds=2)
    radios = tuple(
        RadioAsk(callsign=Callsign(name), source=f"issi:{name}", gateway="gw1", age_s=40.0, value_s=9.0)
        for name in ("TJ1", "BX21")
    )
    asked = m.NoteRadiosAsked(
        **scene.room.room.said(), incident=IncidentId(incident), radios=radios, regret_s=12.0, left_s=2.0
    )
    scene.room.room.ask(asked)
    scene.open(incident)
    expect(scene.page.locator(".polls")).to_contain_text("TJ1, BX21 asked for a position: the order may change for 0:")
    picture(scene.page, "sending-polled")
    scene.room.room.clock.advance(seconds=20)
    scene.room.room.fix("TJ1", DRAWN.node("A"))
    scene.room.room.fix("BX21", DRAWN.node("E"))
    told = "TJ1, BX21 answered: BX21 is first now, and was TJ1 before"
    expect(scene.page.locator(".polls")).to_contain_text(told, timeout=20_000)


def test_an_armed_unit_waits_for_authority_which_says_who_and_when(scene: Scene) -> None:
    incident = scene.room.incident("C")
    scene.open(incident)
    scene.control("Flag firearms")
    expect(scene.page.locator(".control")).to_contain_text("not authorised")
    scene.candidate("TJ1").get_by_role("button", name="Assign").click()
    question = scene.candidate("TJ1").locator(".question")
    expect(question).to_contain_text("needs the authority")
    picture(scene.page, "sending-authority")
    scene.page.keyboard.press("Escape")
    scene.control("Authorise firearms")
    scene.page.get_by_label("Who commands").fill("Insp Grey")
    scene.page.get_by_label("Why", exact=True).fill("shots heard")
    scene.page.keyboard.press("Enter")
    control = scene.page.locator(".control")
    expect(control).to_contain_text(re.compile(r"authorised \d\d:\d\d:\d\d by Insp Grey, TFC: shots heard"))
    picture(scene.page, "sending-authorised")
    scene.candidate("TJ1").get_by_role("button", name="Assign").click()
    expect(scene.assigned("TJ1")).to_contain_text(re.compile("reserved|delivered"))
    scene.control("Hand over command")
    scene.page.get_by_label("Who commands from now on").fill("Supt Brown")
    scene.page.get_by_label("What was handed over").fill("one suspect, ground floor")
    scene.page.keyboard.press("Enter")
    expect(control).to_contain_text("by Supt Brown, TFC")
    scene.control("Withdraw authority")
    scene.page.get_by_label("Why", exact=True).fill("it was a toy")
    scene.page.keyboard.press("Enter")
    expect(control).to_contain_text("not authorised")


def test_an_rvp_is_clicked_and_everything_leads_there(scene: Scene) -> None:
    incident = scene.room.incident("C")
    scene.open(incident)
    scene.control("Set RVP")
    box = scene.page.locator("#map").bounding_box()
    assert box is not None
    scene.page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.8)
    expect(scene.page.get_by_label("RVP: click the map")).to_have_value(re.compile(r"^52\."))
    scene.page.get_by_label("How to approach").fill("from the south")
    scene.page.keyboard.press("Enter")
    expect(scene.page.locator(".control")).to_contain_text("from the south")
    expect(scene.page.locator(".verdict")).to_contain_text("to the RVP")
    picture(scene.page, "sending-rvp")
    scene.control("Lift RVP")
    expect(scene.page.locator(".control")).to_have_count(0)


def test_an_incident_is_handed_from_desk_to_desk(scene: Scene) -> None:
    incident = scene.room.incident("C")
    scene.open(incident)
    control, fold = scene.page.locator(".control"), scene.page.locator("[data-part=control] .fold-head")
    expect(fold).to_contain_text("desk north")
    assert (
        scene.room.post(f"incidents/{incident}/hand-over", desk="screen", note="crossed the river").status_code == 200
    )
    expect(control).to_contain_text("Offered to screen")
    picture(scene.page, "sending-offered")
    control.get_by_role("button", name="Accept").click()
    expect(fold).to_contain_text("desk screen")
    scene.control("Hand over")
    scene.page.get_by_label("To which desk").fill("south")
    scene.page.keyboard.press("Enter")
    expect(control).to_contain_text("Offered to south")
    assert scene.room.post(f"incidents/{incident}/hand-over/refuse", at="south").status_code == 200
    expect(control).to_have_count(0)
    assert scene.room.post(f"incidents/{incident}/hand-over/take-over", at="south", note="closer").status_code == 200
    expect(fold).to_contain_text("desk south")


def test_that_warnings_were_read_is_entered_by_voice(scene: Scene) -> None:
    place = DRAWN.node("C")
    said = scene.room.room.said()
    warned = m.CreateIncident(
        **said, lat=place.lat, lon=place.lon, grade="1", locality=Locality(warnings=("a large dog",))
    )
    incident = str(scene.room.room.ask(warned).subject)  # type: ignore[union-attr]
    scene.open(incident)
    scene.page.keyboard.press("Alt+1")
    row = scene.page.locator(".assigned").first
    expect(row).to_contain_text("warnings not read")
    row.get_by_role("button", name="Read, by voice").click()
    expect(row).to_contain_text(re.compile(r"warnings read \d\d:\d\d"))


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make assets)")
def test_axe_finds_nothing_in_what_is_opened(scene: Scene) -> None:
    scene.room.post("units/BX22/state", code=4)
    scene.open(scene.room.incident("C", firearms=True))
    scene.page.keyboard.press("Alt+2")
    scene.page.locator(".excluded summary").click()
    scene.page.get_by_role("button", name="why not first?").first.click()
    scene.page.get_by_role("button", name="Change", exact=True).click()
    scene.control("Authorise firearms")
    assert axe_violations(scene.page) == []
