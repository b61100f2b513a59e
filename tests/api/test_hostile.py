"""What a hostile or broken client sends is refused as a problem, with nothing of ours in the answer."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import BODY_LIMIT
from api.bookings import BookOn, UnitBody
from api.schemas import AssignBody, ChangeBody, ClosureBody, IncidentBody, NearestBody, Sent
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room

JSON = {"Content-Type": "application/json"}


def is_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in answer.text


def test_bodies_that_are_no_json_or_hold_what_json_has_not_are_refused(room: Room) -> None:
    for body in (
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b'"text"',
        b"[" * 100_000,
        b'{"lat": NaN, "lon": 0, "grade": "1"}',
        b'{"lat": 1, "lon": Infinity, "grade": "1"}',
        b'{"lat": 1e999, "lon": 0, "grade": "1"}',
        b'{"lat": ' + b"9" * 5000 + b', "lon": 0, "grade": "1"}',
        b'{"lat": 1, "lon": 1, "grade": "1", "text": "\\ud800"}',
        b'{"lat": 1, "lon": 1, "grade": "1", "text": "\\u0000"}',
        b'{"lat": 1, "lon": 1, "grade": "1", "text": 7}',
        b'{"lat": 1, "lon": 1, "grade": "1", "type": "' + b"x" * 1001 + b'"}',
        b'{"lat": 1, "lon": 1, "grade": "1", "id": "INC0007"}',
        b'{"lat": 0, "lon": 0, "grade": "1"}',
        b'{"lat": 1, "lon": 1, "grade": "nine"}',
    ):
        answer = room.client.post("/v1/incidents", content=body, headers=JSON)
        assert answer.status_code in {400, 422}, (body[:60], answer.text)
        is_problem(answer, answer.status_code)
    assert room.system.engine.known.incidents == {}


def test_a_body_that_is_too_long_is_not_read_to_its_end(room: Room) -> None:
    huge = b'{"text": "' + b"x" * BODY_LIMIT + b'"}'
    is_problem(room.client.post("/v1/incidents", content=huge, headers=JSON), 413)
    in_pieces = room.client.post("/v1/incidents", content=iter([huge[:700_000], huge[700_000:]]), headers=JSON)
    is_problem(in_pieces, 413)


def test_a_form_or_a_body_of_no_type_is_not_taken_for_json(room: Room) -> None:
    body = '{"lat": 52.5, "lon": -1.9, "grade": "1"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        is_problem(room.client.post("/v1/incidents", content=body, headers={"Content-Type": kind}), 422)


def test_what_is_not_there_and_what_cannot_be_done_there_are_problems(room: Room) -> None:
    is_problem(room.client.get("/v1/nothing"), 404)
    is_problem(room.client.get("/v1/units/"), 404)
    refused = room.client.delete("/v1/incidents")
    is_problem(refused, 405)
    assert refused.headers["allow"]
    is_problem(room.client.get("/static/nothing.js"), 404)


def test_names_and_keys_are_bounded(room: Room) -> None:
    for path in ("/v1/units/" + "x" * 17, "/v1/units/a%00b", "/v1/incidents/" + "x" * 33, "/v1/incidents/..%5c.."):
        is_problem(room.client.get(path), 422)
    place = {"lat": 52.5, "lon": -1.9, "grade": "1"}
    for key in ("x" * 256, "a b", ""):
        is_problem(room.client.post("/v1/incidents", json=place, headers={"Idempotency-Key": key}), 422)


def test_an_error_of_ours_tells_nothing_and_carries_the_headers_of_every_answer(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret in a message")

    monkeypatch.setattr(type(room.system.roads), "find_way", broken)
    place = f"{DRAWN.node('A').lat},{DRAWN.node('A').lon}"
    answer = room.client.get("/v1/route", params={"from": place, "to": place})
    is_problem(answer, 500)
    assert "secret" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def drawn(*names: str) -> list[list[float]]:
    return [[DRAWN.node(name).lon, DRAWN.node(name).lat] for name in names]


NORTH = {"type": "LineString", "coordinates": drawn("A", "B")}
SWAPPED = {"type": "LineString", "coordinates": [[lat, lon] for lon, lat in drawn("A", "B")]}
AWAY = {"type": "Point", "coordinates": [2.35, 48.85]}
FIELD = {"type": "Point", "coordinates": [DRAWN.node("A").lon + 0.003, DRAWN.node("A").lat - 0.0009]}
BOWTIE = {"type": "Polygon", "coordinates": [drawn("A", "C", "D", "F", "A")]}
TOWN = {"type": "Polygon", "coordinates": [[[-2, 52], [-1, 52], [-1, 53], [-2, 53], [-2, 52]]]}
MANY = {"type": "LineString", "coordinates": [[-1.9, 52.5]] * 50_000}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "what is shut"),
        ({"geometry": NORTH, "street": "North Street"}, "what is shut, once"),
        ({"street": "North Street", "from": "West Lane"}, "what is shut"),
        ({"street": "No Street", "from": "West Lane", "to": "Mid Lane"}, "no street called"),
        ({"geometry": None}, "an object"),
        ({"geometry": {"type": "GeometryCollection", "geometries": [NORTH]}}, "Point, LineString"),
        ({"geometry": {"type": "Polygon", "coordinates": []}}, "empty"),
        ({"geometry": BOWTIE}, "crosses itself"),
        ({"geometry": SWAPPED}, "look swapped"),
        ({"geometry": {"type": "Point", "coordinates": [52.5, -190]}}, "in this order"),
        ({"geometry": AWAY}, "off the map"),
        ({"geometry": FIELD}, "no road is within 25 m"),
        ({"geometry": TOWN}, "half of them at most"),
        ({"geometry": MANY}, "at most 5,000 positions"),
        ({"geometry": NORTH, "until": "2026-03-02T13:00:00Z"}, "before it begins"),
        ({"geometry": NORTH, "since": "2026-03-01T13:00:00Z", "until": "2026-03-02T13:00:00Z"}, "before now"),
        ({"geometry": NORTH, "until": "9999-12-31T23:59:59Z"}, "five years"),
        ({"geometry": NORTH, "until": "2026-03-03"}, "with its zone"),
        ({"geometry": NORTH, "until": "tomorrow"}, "with its zone"),
        ({"geometry": NORTH, "until": 1_900_000_000}, "with its zone"),
        ({"geometry": NORTH, "since": "0001-01-01T00:00:00+14:00"}, "with its zone"),
        ({"geometry": NORTH, "passable": ["tank"]}, "'foot', 'cycle', 'bus' or 'police'"),
        ({"geometry": NORTH, "reason": "\0"}, "characters that are none"),
        ({"geometry": NORTH, "weekly": {"days": [8], "begins": "08:00", "ends": "09:00"}}, "less than or equal to 7"),
        ({"geometry": NORTH, "weekly": {"days": [1], "begins": "8 o'clock", "ends": "09:00"}}, "08:15"),
        ({"geometry": NORTH, "weekly": {"days": [1], "begins": "08:00Z", "ends": "09:00Z"}}, "08:15"),
        ({"geometry": NORTH, "weekly": {"days": [1], "begins": "08:00", "ends": "09:00", "zone": "Mars"}}, "Mars"),
    ],
)
def test_a_closure_that_is_none_is_refused_in_a_sentence(room: Room, body: dict[str, Any], said: str) -> None:
    answer = room.client.post("/v1/closures", content=json.dumps(body), headers=JSON)
    is_problem(answer, 422)
    assert said in answer.json()["detail"], answer.text
    assert len(answer.text) < 1_000  # what was sent is not sent back
    assert room.system.engine.known.closures == {}


def test_a_closure_of_a_million_positions_or_of_no_numbers_is_not_read(room: Room) -> None:
    million = b'{"geometry":{"type":"LineString","coordinates":[' + b"[1,2]," * 1_000_000 + b"[1,2]]}}"
    is_problem(room.client.post("/v1/closures", content=million, headers=JSON), 413)
    for number in (b"NaN", b"Infinity", b"1e999", b"9" * 5_000):
        body = b'{"geometry":{"type":"Point","coordinates":[' + number + b",52.5]}}"
        answer = room.client.post("/v1/closures", content=body, headers=JSON)
        is_problem(answer, 400 if len(number) > 4_300 else 422)  # so many digits are no JSON to Python
    nested = b'{"geometry":{"type":"Polygon","coordinates":' + b"[" * 900 + b"]" * 900 + b"}}"
    is_problem(room.client.post("/v1/closures", content=nested, headers=JSON), 422)


def test_a_client_that_hangs_up_does_not_stop_the_engine(room: Room) -> None:
    place = {"lat": 52.5, "lon": -1.9, "grade": "1"}

    def impatient() -> None:
        with pytest.raises(httpx.TimeoutException):
            room.client.post("/v1/incidents", json=place, timeout=0.0005)

    threads = [threading.Thread(target=impatient) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert room.client.post("/v1/incidents", json=place).status_code == 201
    assert room.client.get("/readyz").status_code == 200


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=8), parts, max_size=3),
    max_leaves=6,
)


def bodies(kind: type[Sent]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies with the right names and anything for values."""
    names = [field.alias or name for name, field in kind.model_fields.items()]
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, ANYTHING))


TARGETS: dict[str, type[Sent]] = {
    "/v1/incidents": IncidentBody,
    "/v1/incidents/INC0001/assignments": AssignBody,
    "/v1/nearest": NearestBody,
    "/v1/book-on": BookOn,
    "/v1/closures": ClosureBody,
}


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_answered_and_never_breaks_anything(room: Room, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(TARGETS)))
    body = json.dumps(data.draw(bodies(TARGETS[path])))
    answer = room.client.post(path, content=body, headers=JSON)
    assert answer.status_code in {200, 201, 404, 409, 422}, (path, body, answer.text)
    changed = room.client.patch(
        "/v1/incidents/INC0001", content=json.dumps(data.draw(bodies(ChangeBody))), headers=JSON | {"If-Match": "*"}
    )
    assert changed.status_code in {200, 404, 422}, changed.text
    put = room.client.put("/v1/units/AB12", content=json.dumps(data.draw(bodies(UnitBody))), headers=JSON)
    assert put.status_code in {200, 422}, put.text
