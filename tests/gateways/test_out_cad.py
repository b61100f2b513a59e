"""Incidents told to another command and control system: each state once, and no more than it may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from pydantic import ValidationError

from arls import messages as m
from arls.cad import CadIncident
from gateways.out.cad import CadWatch
from gateways.out.telling import Selection
from tests.gateways.out_room import AB1, NOW, Room, room_open
from tests.gateways.test_out_sending import telling, until, wanted, web_open

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def room() -> Iterator[Room]:
    with room_open() as made:
        yield made


def watch(*, texts: bool = False, grades: frozenset[str] | None = None) -> CadWatch:
    return CadWatch(Selection(incidents=True, texts=texts, grades=grades), system="demo")


def told(found: CadWatch, room: Room) -> list[CadIncident]:
    return [telling.document for telling in found.look(room.engine.known, NOW)]


def test_each_state_of_an_incident_is_told_once_and_its_end_too(room: Room) -> None:
    looking = watch()
    incident = room.incident()
    (made,) = told(looking, room)
    assert (made.system, made.id, made.status, made.revision) == ("demo", incident, "open", 1)
    assert told(looking, room) == []
    room.ask(m.Assign(at=NOW, operator="t", desk="t", incident=incident, callsign=AB1))
    (sent,) = told(looking, room)
    assert sent.arls is not None
    assert (sent.revision, sent.arls.assignments[0].callsign) == (2, AB1)
    room.ask(
        m.Advance(at=NOW, operator="t", desk="t", assignment=next(iter(room.engine.known.assignments)), act="clear")
    )
    room.close(incident)
    (over,) = told(looking, room)
    assert (over.status, over.result) == ("closed", "done")
    assert told(looking, room) == []


def test_what_was_over_before_is_not_told(room: Room) -> None:
    room.close(room.incident())
    room.incident()
    assert [document.id for document in told(watch(), room)] == ["INC0002"]


def test_what_was_written_goes_out_only_where_that_is_allowed(room: Room) -> None:
    room.incident(text="J. Smith")
    (silent,), (open_,) = told(watch(), room), told(watch(texts=True), room)
    assert silent.text == ""
    assert silent.arls is not None
    assert silent.arls.log == ()
    assert open_.text == "J. Smith"
    assert open_.arls is not None
    assert len(open_.arls.log) == 1


def test_only_the_grades_that_may_be_told_are(room: Room) -> None:
    room.incident(grade="2")
    assert told(watch(grades=frozenset({"1"})), room) == []


def test_a_web_server_is_posted_documents_that_can_be_taken(room: Room) -> None:
    with web_open() as web, telling(room, kind="cad", url=web.url, units=False, incidents=True) as out:
        room.incident()
        until(lambda: out.account().sent == 1)
        document = msgspec.convert(web.came[0][1], CadIncident)
    assert (document.schema, document.type) == ("arls.cad/1", "burglary")


def test_units_are_not_told_as_incidents() -> None:
    with pytest.raises(ValidationError, match="incidents alone"):
        wanted(kind="cad", url="https://cad.example/", units=True, incidents=True)
