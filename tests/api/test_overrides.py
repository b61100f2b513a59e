"""Whoever assigns another unit than the one suggested may: the record says what was suggested, and blames nobody."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from arls.engine import Memory
from arls.state import State, bytes_of, state_from
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room


@pytest.fixture
def shown(room: Room) -> bytes:
    """The ranking that a dispatcher was shown: CD34 is first, AB12 second."""
    room.book("AB12", at=DRAWN.node("A"))
    room.book("CD34", at=DRAWN.node("F"))
    room.incident(at=DRAWN.node("E"))
    return room.client.get("/v1/incidents/INC0001/ranking").content


def test_another_than_the_first_is_assigned_and_the_record_says_who_was_suggested(room: Room, shown: bytes) -> None:
    body = {"callsign": "AB12", "reason": "knows the family"}
    sent = room.client.post("/v1/incidents/INC0001/assignments", json=body)
    assert (sent.status_code, sent.json()["reason"]) == (201, "knows the family")
    overrides = sent.json()["overrides"]
    assert overrides == {
        "at": "2026-03-02T14:00:00Z",
        "callsign": "CD34",
        "eta_s": json.loads(shown)["candidates"][0]["eta_s"]["mid"],
        "verdict": "ambiguous",
        "sha256": hashlib.sha256(shown).hexdigest(),
    }
    (kept,) = room.client.get("/v1/incidents/INC0001").json()["assignments"]
    assert kept["overrides"]["callsign"] == "CD34"


def test_the_one_that_was_suggested_overrides_nothing_and_no_reason_is_asked_for(room: Room, shown: bytes) -> None:
    assert shown
    assert room.assign("INC0001", "CD34").json()["overrides"] is None
    unexplained = room.assign("INC0001", "AB12")
    assert (unexplained.status_code, unexplained.json()["reason"]) == (201, "")


def test_before_any_ranking_was_shown_nobody_was_suggested(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.book("CD34", at=DRAWN.node("F"))
    room.incident(at=DRAWN.node("E"))
    assert room.assign("INC0001", "AB12").json()["overrides"] is None


def test_the_last_ranking_counts_but_not_one_by_a_profile_that_was_only_tried(room: Room, shown: bytes) -> None:
    assert shown
    room.book("EF56", at=DRAWN.node("E"))
    room.client.get("/v1/incidents/INC0001/ranking", params={"profile": "foot"})
    assert room.assign("INC0001", "AB12").json()["overrides"]["callsign"] == "CD34"
    room.client.get("/v1/incidents/INC0001/ranking")
    assert room.assign("INC0001", "CD34").json()["overrides"]["callsign"] == "EF56"


def test_what_is_suggested_outlives_a_snapshot_and_ends_with_the_incident(room: Room, shown: bytes) -> None:
    assert shown
    room.incident()  # whatever is asked next is answered after the note
    memory = Memory(State())
    memory.fold(room.journal.read())
    again = state_from(bytes_of(memory.state))
    assert {name: one.callsign for name, one in again.shown.items()} == {"INC0001": "CD34"}
    assert again.shown == room.system.engine.known.shown
    room.client.post("/v1/incidents/INC0001/close")
    assert room.system.engine.known.shown == {}


def test_why_another_was_sent_can_be_said_when_there_is_time_for_it(room: Room, shown: bytes) -> None:
    assert shown
    room.assign("INC0001", "AB12")
    for _ in range(2):  # the same again is no news
        said = room.client.post("/v1/assignments/A00001/reason", json={"reason": "knows the family"})
        assert (said.status_code, said.json()["reason"]) == (200, "knows the family")
    log = [line["text"] for line in room.client.get("/v1/incidents/INC0001").json()["log"]]
    assert log.count("AB12 rather than CD34: knows the family") == 1
    corrected = room.client.post("/v1/assignments/A00001/reason", json={"reason": "knows the house"})
    assert (corrected.json()["reason"], corrected.json()["overrides"]["callsign"]) == ("knows the house", "CD34")
    assert room.client.post("/v1/assignments/A00009/reason", json={"reason": "x"}).status_code == 404
    assert room.client.post("/v1/assignments/A00001/reason", json={"reason": ""}).status_code == 422
