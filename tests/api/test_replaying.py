"""Another time over HTTP and its feed: as it was known, to the byte, and nothing live is touched by looking."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from api.cli import app as cli
from api.replaying import MOST_SESSIONS, Replays
from arls.journal.sqlite import SqliteJournal
from tests.api.played import Scene, recorded, said
from tests.api.room import DRAWN, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from websockets.sync.client import ClientConnection

    from tests.api.room import Room

BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with recorded(tmp_path) as made:
        yield made


@contextmanager
def replaying(room: Room, **query: str) -> Iterator[ClientConnection]:
    url = room.url.replace("http", "ws") + "/v1/replay?" + "&".join(f"{name}={text}" for name, text in query.items())
    with connect(url, additional_headers=BEARER) as socket:
        yield socket


def read(socket: ClientConnection) -> dict[str, Any]:
    return dict(json.loads(socket.recv(timeout=10)))


def step(socket: ClientConnection) -> list[dict[str, Any]]:
    """What one step told: up to how the replay stands."""
    told = [read(socket)]
    while told[-1]["type"] != "replay":
        told.append(read(socket))
    return told


def until(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while (message := read(socket))["type"] != kind:
        pass
    return message


def seek(socket: ClientConnection, at: str) -> dict[str, Any]:
    socket.send(json.dumps({"at": at}))
    return until(socket, "hello")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One for all who only look."""
    with recorded(tmp_path_factory.mktemp("scene")) as made:
        yield Scene(made)


@pytest.fixture
def own(room: Room) -> Scene:
    """One for those who go on with it."""
    return Scene(room)


def unit(hello: dict[str, Any], callsign: str) -> dict[str, Any]:
    return next(row for row in hello["units"] if row["callsign"] == callsign)


# --- the feed of then -----------------------------------------------------------------------------------------------


def test_the_whole_picture_is_told_as_it_was_before_and_after(scene: Scene) -> None:
    with replaying(scene.room, at=scene.at[0]) as socket:
        hello = read(socket)
        assert (hello["type"], hello["schema"], datetime.fromisoformat(hello["at"])) == (
            "hello",
            "arls.live/1",
            datetime.fromisoformat(scene.at[0]),
        )
        assert (hello["incidents"], unit(hello, "AB12")["assignment"]) == ([], None)
        sent = seek(socket, scene.at[2])
        assert unit(sent, "AB12")["assignment"]["incident"] == "INC0001"
        assert unit(sent, "CD34")["lat"] == DRAWN.node("B").lat
        alarmed = seek(socket, scene.at[3])
        assert [row["callsign"] for row in alarmed["units"] if row["emergency"]] == ["AB12"]
        assert not any(row["emergency"] for row in seek(socket, scene.at[4])["units"])
        assert seek(socket, scene.at[1])["incidents"][0]["assignments"] == []  # and back again


def test_what_happened_is_told_again_in_its_order_sixty_times_as_fast(scene: Scene) -> None:
    with replaying(scene.room, at=scene.at[1], rate="60") as socket:
        begun = step(socket)
        told: list[dict[str, Any]] = []
        while not told or not told[-1].get("ended"):
            told += step(socket)
    stand = begun[-1]
    assert (stand["rate"], stand["paused"], stand["erased"]) == (60, False, False)
    happened = [one["event"]["message"] for one in told if one["type"] == "event"]
    assert happened.index("UnitAssigned") < happened.index("EmergencyRaised") < happened.index("EmergencyCancelled")
    assert [one["seq"] for one in told] == list(range(told[0]["seq"], told[0]["seq"] + len(told)))
    assert all(one["at"] <= later["at"] for one, later in pairwise(told))


def test_a_paused_replay_stands_still_and_its_heart_beats(scene: Scene) -> None:
    with replaying(scene.room, at=scene.at[2]) as socket:
        step(socket)
        socket.send('{"pause": true}')
        first = until(socket, "replay")
        second = until(socket, "replay")
        assert (first["paused"], second["at"]) == (True, first["at"])
        socket.send('{"rate": 30, "pause": false}')
        assert until(socket, "replay")["rate"] == 30


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "{",
        "[]",
        '{"at": "noon"}',
        '{"at": "2026-03-02T14:00:00"}',
        '{"rate": 61}',
        '{"rate": 0}',
        '{"x": 1}',
        "9" * 99,
    ],
)
def test_nonsense_is_refused_in_a_sentence_and_the_replay_goes_on(scene: Scene, nonsense: str) -> None:
    with replaying(scene.room, at=scene.at[2]) as socket:
        step(socket)
        socket.send(nonsense)
        assert until(socket, "replay")["refused"]
        assert seek(socket, scene.at[0])["incidents"] == []


def test_a_time_that_the_record_does_not_hold_is_said_and_the_nearest_is_shown(scene: Scene) -> None:
    with replaying(scene.room, at="2020-01-01T00:00:00Z") as socket:
        stand = step(socket)[-1]
        assert "the record goes from 2026-03-02 14:00:00" in stand["refused"]
        assert stand["at"] == stand["first"]
        socket.send('{"at": "2030-01-01T00:00:00Z"}')
        stand = step(socket)[-1] if (told := step(socket)) and not told[-1]["refused"] else told[-1]
        assert (stand["at"], stand["ended"]) == (stand["last"], True)


@pytest.mark.parametrize("query", [{"at": "noon"}, {"at": "2026-03-02T14:00:00"}, {"rate": "0"}, {"rate": "fast"}])
def test_an_address_that_asks_for_nonsense_is_refused(scene: Scene, query: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus) as refused, replaying(scene.room, **query):
        pass
    assert refused.value.response.status_code == 422
    assert json.loads(refused.value.response.body)["code"] == "no_such_time"


def test_before_anything_was_journalled_there_is_nothing_to_replay(room: Room) -> None:
    assert room.client.get("/v1/replay").json() == {"first": None, "last": None, "marks": [], "omitted": 0}
    with pytest.raises(InvalidStatus) as refused, replaying(room):
        pass
    assert refused.value.response.status_code == 404


def test_no_more_are_open_than_there_is_room_for_and_who_leaves_makes_room(scene: Scene) -> None:
    held = [replaying(scene.room, at=scene.at[0]) for _ in range(MOST_SESSIONS)]
    for one in held:
        one.__enter__()
    with pytest.raises(InvalidStatus) as refused, replaying(scene.room):
        pass
    assert refused.value.response.status_code == 503
    assert "close one" in json.loads(refused.value.response.body)["detail"]
    for one in held:
        one.__exit__(None, None, None)
    deadline_s = time.monotonic() + 10
    while True:
        try:
            with replaying(scene.room) as socket:
                assert read(socket)["type"] == "hello"
            break
        except InvalidStatus:
            assert time.monotonic() < deadline_s


def test_a_stranger_sees_no_other_time(scene: Scene) -> None:
    url = scene.room.url.replace("http", "ws") + "/v1/replay"
    with pytest.raises(InvalidStatus) as refused, connect(url):
        pass
    assert refused.value.response.status_code == 401
    for path in ("", "/ranking", "/nearest", "/route", "/shown", "/shown/1"):
        assert scene.room.stranger.get(f"/v1/replay{path}").status_code == 401


def test_positions_that_were_erased_are_said_to_be_erased(room: Room, own: Scene) -> None:
    journal: Any = room.journal
    journal.erase_bodies(before=room.clock())
    with replaying(room, at=own.at[3]) as socket:
        hello, *_, stand = step(socket)
    assert stand["erased"] is True
    assert [row["lat"] for row in hello["units"]] == [None, None]
    assert hello["incidents"][0]["id"] == "INC0001"


def test_the_live_feed_goes_on_while_another_time_is_folded(
    room: Room, own: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, go_on = threading.Event(), threading.Event()
    plain = SqliteJournal.find_before

    def slow(self: SqliteJournal, at: datetime) -> Any:
        inside.set()
        assert go_on.wait(10)
        return plain(self, at)

    monkeypatch.setattr(SqliteJournal, "find_before", slow)
    with room.listen() as live, replaying(room, at=own.at[0]) as socket:
        assert inside.wait(5)
        before = read(live)["seq"]
        room.incident(text="meanwhile")
        assert read(live)["seq"] > before
        known = room.system.engine.known
        go_on.set()
        assert read(socket)["incidents"] == []
    assert len(room.system.engine.known.incidents) == 2
    assert room.system.engine.known.position >= known.position


# --- questions about then -------------------------------------------------------------------------------------------


def test_the_picture_is_the_one_of_arls_replay(scene: Scene) -> None:
    path = str(scene.room.journal.path)  # type: ignore[attr-defined]
    for at in scene.at:
        ran = CliRunner().invoke(cli, ["replay", path, "--at", at, "--json"])
        then = json.loads(ran.output)
        with replaying(scene.room, at=at) as socket:
            hello = read(socket)
        places = {row["callsign"]: (row["lat"], row["lon"]) for row in hello["units"]}
        assert places == {one["callsign"]: (one["lat"], one["lon"]) for one in then["units"]}
        assert [one["id"] for one in hello["incidents"]] == [one["id"] for one in then["incidents"]]


def test_a_ranking_of_then_is_the_one_that_was_shown(scene: Scene) -> None:
    shown = json.loads(scene.ranked[0])
    then = scene.room.client.get("/v1/replay/ranking", params={"incident": "INC0001", "at": shown["at"], "k": 10})
    # Of that instant, but after what was done in it: the position of the picture alone is another.
    assert then.json() | {"picture": shown["picture"]} == shown
    later = scene.room.client.get("/v1/replay/ranking", params={"incident": "INC0001", "at": scene.at[3], "k": 10})
    assert later.json()["candidates"] != shown["candidates"]


def test_rankings_that_were_shown_are_listed_with_who_was_sent_and_made_again_to_the_byte(
    room: Room, own: Scene
) -> None:
    for _ in range(2):
        own.look()
    at = said(room.clock())
    own.pressed("CD34")
    room.incident(text="so that the record goes on")
    acts = room.client.get("/v1/replay/shown", params={"incident": "INC0001", "at": at}).json()["acts"]
    assert [(act["kind"], act["operator"], act["desk"], act["times"]) for act in acts] == [
        ("shown", "demo", "api", 1),
        ("shown", "demo", "api", 1),
        ("sent", "demo", "api", 1),
        ("shown", "demo", "api", 2),
    ]
    first = json.loads(own.ranked[0])["candidates"][0]
    assert (acts[0]["callsign"], acts[0]["eta_s"]) == (first["callsign"], first["eta_s"]["mid"])
    assert (acts[2]["callsign"], acts[2]["instead_of"]) == ("AB12", "CD34")
    for act, bytes_then in zip((acts[0], acts[1]), own.ranked[:2], strict=True):
        again = room.client.get(f"/v1/replay/shown/{act['position']}").json()
        assert (again["same"], again["ranking"]) == (True, json.loads(bytes_then))
    earlier = room.client.get("/v1/replay/shown", params={"incident": "INC0001", "at": own.at[1]}).json()["acts"]
    assert earlier == acts[:1]


def test_looking_at_another_time_is_no_ranking_that_was_shown(room: Room, own: Scene) -> None:
    position = room.system.engine.known.position
    for path, query in (
        ("ranking", {"incident": "INC0001"}),
        ("nearest", {"lat": "52.5", "lon": "-1.9"}),
        ("shown", {"incident": "INC0001"}),
    ):
        assert room.client.get(f"/v1/replay/{path}", params=query | {"at": own.at[2]}).status_code == 200
    assert room.system.engine.known.position == position


def test_the_way_is_the_one_that_was_open_then(room: Room, own: Scene) -> None:
    ends = {"from": "{0.lat},{0.lon}".format(DRAWN.node("A")), "to": "{0.lat},{0.lon}".format(DRAWN.node("C"))}
    line = {"type": "LineString", "coordinates": [[DRAWN.node(n).lon, DRAWN.node(n).lat] for n in "AB"]}
    assert room.client.post("/v1/closures", json={"geometry": line, "reason": "flood"}).status_code == 201
    room.clock.advance(seconds=1)
    after = said(room.clock())
    room.incident(text="so that the record goes on")

    def avoided(at: str) -> int:
        way = room.client.get("/v1/replay/route", params=ends | {"at": at})
        assert way.status_code == 200, way.text
        return len(way.json()["properties"]["closures_avoided"])

    assert (avoided(own.at[2]), avoided(after)) == (0, 1)


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/ranking", {"incident": "INC0001", "at": "2020-01-01T00:00:00Z"}, 404, "not_in_record"),
        ("/ranking", {"incident": "INC0001", "at": "2030-01-01T00:00:00Z"}, 404, "not_in_record"),
        ("/ranking", {"incident": "INC9999"}, 404, "no_incident"),
        ("/ranking", {"incident": "INC0001", "profile": "broom"}, 422, "unknown_profile"),
        ("/ranking", {"incident": "INC0001", "at": "2026-03-02T14:01:01"}, 422, None),
        ("/ranking", {"incident": "../x"}, 422, None),
        ("/shown", {"incident": "INC9999"}, 404, "no_incident"),
        ("/shown/1", {}, 404, "no_ranking"),
        ("/shown/99999", {}, 404, "no_ranking"),
        ("/shown/0", {}, 422, None),
        ("", {"from": "2026-03-02T14:00:00Z", "to": "2026-03-05T14:00:00Z"}, 422, "no_such_window"),
        ("", {"from": "2026-03-02T15:00:00Z", "to": "2026-03-02T14:00:00Z"}, 422, "no_such_window"),
    ],
)
def test_a_question_that_has_no_answer_says_why(
    scene: Scene, path: str, query: dict[str, str], status: int, code: str | None
) -> None:
    asked = {"at": scene.at[2]} | query if path in {"/ranking", "/shown"} else query
    answer = scene.room.client.get(f"/v1/replay{path}", params=asked)
    assert answer.status_code == status, answer.text
    assert answer.json().get("code") == code or code is None


def test_an_incident_is_not_known_before_it_was_made(scene: Scene) -> None:
    answer = scene.room.client.get("/v1/replay/ranking", params={"incident": "INC0001", "at": scene.at[0]})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_incident")


def test_the_timeline_marks_what_is_worth_jumping_to(own: Scene) -> None:
    room = own.room
    told = room.client.get("/v1/replay").json()
    assert (told["first"], told["omitted"]) == ("2026-03-02T14:00:00Z", 0)
    assert [(mark["kind"], mark["text"]) for mark in told["marks"]] == [
        ("incident", "INC0001 created: robbery, grade 1"),
        ("assignment", "AB12 sent to INC0001 instead of CD34"),
        ("emergency", "AB12 pressed the emergency button"),
        ("emergency", "emergency of AB12 ended"),
    ]
    part = {"from": told["marks"][1]["at"], "to": told["marks"][2]["at"]}
    assert room.client.get("/v1/replay", params=part).json()["marks"] == told["marks"][1:3]
    room.incident(text="later")
    assert len(room.client.get("/v1/replay").json()["marks"]) == 5


def test_nothing_of_then_can_be_commanded(scene: Scene) -> None:
    replays = Replays(scene.room.system)
    then = replays.get_system(datetime.fromisoformat(scene.at[2]))
    assert not hasattr(then.engine, "ask")
    assert (then.intake, then.roads is scene.room.system.roads) == (None, False)
    assert replace(then, engine=scene.room.system.engine, now=scene.room.system.now).engine is scene.room.system.engine
    replays.close()
