"""Closures over HTTP: shut, seen by everybody at once, obeyed by every answer, and opened again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from api.ticker import Ticker
from arls import messages as m
from arls.geo import moved
from arls.journal.sqlite import SqliteJournal
from tests.api.room import DRAWN, open_room

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.api.room import Room


def at(name: str) -> list[float]:
    return [DRAWN.node(name).lon, DRAWN.node(name).lat]


def line(*names: str) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [at(name) for name in names]}


def close(room: Room, geometry: dict[str, Any] | None = None, *, key: str | None = None, **said: Any) -> dict[str, Any]:
    body = said if geometry is None else {"geometry": geometry} | said
    answer = room.client.post("/v1/closures", json=body, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def refused(answer: httpx.Response, status: int, code: str | None = None) -> str:
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem.get("code") == code, problem
    return str(problem["detail"])


def order(room: Room, incident: str) -> list[str]:
    ranking = room.client.get(f"/v1/incidents/{incident}/ranking").json()
    return [candidate["callsign"] for candidate in ranking["candidates"]]


# In West Lane and in East Lane, nearer to North Street.
WEST, EAST = (moved(DRAWN.node(name), course_deg=180.0, distance_m=60.0) for name in "AC")


@pytest.fixture
def busy(room: Room) -> Room:
    """A car at each end of the town, and one incident where North Street and Mid Lane meet."""
    room.book("WEST", WEST)
    room.book("EAST", EAST)
    room.incident(DRAWN.node("B"), grade="1")
    return room


def test_a_closure_is_answered_with_what_it_shuts_and_whom_it_moved_and_obeyed_at_once(busy: Room) -> None:
    first, second = order(busy, "INC0001")
    ends = ("A", "B") if first == "WEST" else ("B", "C")
    made = close(busy, line(*ends), name="North Street", reason="burst main", passable=["foot", "bus", "foot"])
    assert (made["id"], made["status"], made["author"], made["until"]) == ("C0001", "in_force", "demo", None)
    assert (made["streets"], made["passable"]) == (["North Street"], ["bus", "foot"])
    assert made["length_m"] == pytest.approx(600, abs=5)
    (changed,) = made["changed"]
    assert (changed["incident"], changed["before"], changed["after"]) == ("INC0001", [first, second], [second, first])
    assert changed["text"] == f"C0001 moved {first} from 1st to 2nd"
    moved = changed["moved"][0]
    assert (moved["callsign"], moved["from"], moved["to"]) == (first, 1, 2)
    assert moved["eta_s"]["before"] < moved["eta_s"]["after"]
    assert order(busy, "INC0001") == [second, first]
    assert busy.client.get("/v1/incidents/INC0001/ranking").json()["closures"] == ["C0001"]


def test_what_a_closure_did_is_on_the_record_and_can_be_asked_for_again(busy: Room) -> None:
    made = close(busy, line("A", "B"), key="once")
    assert close(busy, line("A", "B"), key="once") == made
    assert busy.client.get("/v1/closures/C0001").json() == made
    (noted,) = (event for event in busy.journal.events if isinstance(event, m.RankingsReordered))
    assert (noted.closure, noted.act, noted.reorderings[0].text) == ("C0001", "closed", made["changed"][0]["text"])
    other = busy.client.post("/v1/closures", json={"geometry": line("B", "C")}, headers={"Idempotency-Key": "once"})
    assert "another request" in refused(other, 422, "key_reused")


def test_lifting_a_closure_opens_the_roads_and_says_whom_that_moved(busy: Room) -> None:
    before = order(busy, "INC0001")
    made = close(busy, line("A", "B"), key="once")
    lifted = busy.client.delete("/v1/closures/C0001", params={"reason": "repaired"}).json()
    assert (lifted["id"], lifted["status"]) == ("C0001", "over")
    (there,), (back,) = made["changed"], lifted["changed"]
    assert (back["before"], back["after"]) == (there["after"], there["before"])
    assert back["text"].startswith("the end of C0001 moved ")
    assert order(busy, "INC0001") == before
    assert "lifted by demo" in refused(busy.client.get("/v1/closures/C0001"), 404, "closure_over")
    assert "lifted by demo" in refused(busy.client.delete("/v1/closures/C0001"), 409, "closure_over")
    assert "no closure C0009" in refused(busy.client.delete("/v1/closures/C0009"), 404, "no_closure")
    again = busy.client.post("/v1/closures", json={"geometry": line("A", "B")}, headers={"Idempotency-Key": "once"})
    refused(again, 409, "closure_over")
    assert [event.reason for event in busy.journal.events if isinstance(event, m.ClosureLifted)] == ["repaired"]


def test_a_street_between_two_others_is_shut_by_their_names(room: Room) -> None:
    made = close(room, **{"street": "south street", "from": "West Lane", "to": "Mid Lane"})
    assert made["streets"] == ["South Street"]
    assert made["length_m"] == pytest.approx(600, abs=5)
    assert made["name"] == "south street, from West Lane to Mid Lane"
    assert made["geometry"]["type"] == "LineString"
    for said, sentence in (
        ({"street": "Sout Street", "from": "West Lane", "to": "Mid Lane"}, "South Street"),
        ({"street": "South Street", "from": "West Lane", "to": "North Street"}, "North Street"),
    ):
        assert sentence in refused(room.client.post("/v1/closures", json=said), 422, "no_such_stretch")


def test_a_planned_closure_begins_pauses_and_expires_by_itself_and_every_desk_hears_of_it(busy: Room) -> None:
    now = busy.clock()
    ticker = Ticker(busy.system.engine, busy.system.roads, now=busy.clock)
    window = {"days": [now.isoweekday()], "begins": "15:00", "ends": "16:00", "zone": "UTC"}
    until = (now + timedelta(hours=5)).isoformat()
    made = close(busy, line("A", "B"), weekly=window, until=until)
    assert (made["status"], made["changed"]) == ("planned", [])
    seen = []
    with busy.listen() as socket:
        hello = json.loads(socket.recv(timeout=5))
        assert [(one["id"], one["status"]) for one in hello["closures"]] == [("C0001", "planned")]
        for hours in (0.5, 1, 1.5, 2, 4, 5):
            busy.clock.now = now + timedelta(hours=hours)
            for name, place in (("WEST", WEST), ("EAST", EAST)):
                busy.fix(name, place)
            ticker.tick()
            seen.append((hours, busy.client.get("/v1/incidents/INC0001/ranking").json()["closures"]))
        told = []
        while not told or told[-1] is not None:
            message = json.loads(socket.recv(timeout=5))
            if message["type"] == "closure":
                told.append(message["closure"])
    assert seen == [(0.5, []), (1, ["C0001"]), (1.5, ["C0001"]), (2, []), (4, []), (5, [])]
    statuses = [one["status"] if one else None for one in told]
    assert list(dict.fromkeys(statuses)) == ["in_force", "planned", None]
    assert told[-2]["changed"][0]["text"].startswith("C0001 moved ")  # what it did when it last began
    turns = [(event.turn, event.at) for event in busy.journal.events if isinstance(event, m.ClosureTurned)]
    assert turns == [(turn, now + timedelta(hours=h)) for turn, h in (("began", 1), ("paused", 2), ("expired", 5))]
    acts = [event.act for event in busy.journal.events if isinstance(event, m.RankingsReordered)]
    assert acts == ["began", "paused"]  # it expired while it was paused: nothing changed
    assert "expired by clock" in refused(busy.client.get("/v1/closures/C0001"), 404, "closure_over")


def test_a_closure_that_ends_between_two_looks_at_the_clock_is_not_obeyed_meanwhile(busy: Room) -> None:
    before = order(busy, "INC0001")
    close(busy, line("A", "B"), until=(busy.clock() + timedelta(seconds=30)).isoformat())
    close(busy, line("B", "C"), until=(busy.clock() + timedelta(seconds=30)).isoformat())
    busy.clock.advance(seconds=30)
    assert order(busy, "INC0001") == before
    statuses = [feature["properties"]["status"] for feature in busy.client.get("/v1/closures").json()["features"]]
    assert statuses == ["over", "over"]


def test_the_layer_and_the_list_are_geojson_of_what_is_shut_and_planned(room: Room) -> None:
    later = (room.clock() + timedelta(hours=1)).isoformat()
    square = {"type": "Polygon", "coordinates": [[at(name) for name in "ABEDA"]]}
    point = {"type": "Point", "coordinates": at("F")}
    close(room, line("B", "C"))
    close(room, square, since=later)
    close(room, point)
    for path in ("/v1/closures", "/v1/layers/closures.geojson"):
        answer = room.client.get(path)
        assert answer.headers["content-type"] == "application/geo+json"
        features = answer.json()["features"]
        assert [feature["id"] for feature in features] == ["C0001", "C0002", "C0003"]
        assert [feature["geometry"] for feature in features] == [line("B", "C"), square, point]
        assert [feature["properties"]["status"] for feature in features] == ["in_force", "planned", "in_force"]
    assert features[2]["properties"]["length_m"] == pytest.approx(10, abs=1)


def test_a_route_goes_round_what_is_shut_and_names_what_it_avoids(room: Room) -> None:
    asked = {"from": f"{WEST.lat:.7f},{WEST.lon:.7f}", "to": f"{EAST.lat:.7f},{EAST.lon:.7f}"}
    open_way = room.client.get("/v1/route", params=asked).json()["properties"]
    assert (open_way["streets"], open_way["closures_avoided"]) == (["West Lane", "North Street", "East Lane"], [])
    close(room, line("A", "B"), name="burst main", passable=["foot"])
    close(room, line("D", "E"), since=(room.clock() + timedelta(hours=1)).isoformat())
    aside = moved(DRAWN.node("B"), course_deg=180.0, distance_m=100.0)  # in Mid Lane
    close(room, {"type": "Point", "coordinates": [aside.lon, aside.lat]})
    round_it = room.client.get("/v1/route", params=asked).json()["properties"]
    assert "South Street" in round_it["streets"]
    assert round_it["eta_s"] > open_way["eta_s"]
    assert round_it["closures_avoided"] == [{"id": "C0001", "name": "burst main"}]
    on_foot = room.client.get("/v1/route", params=asked | {"profile": "foot"}).json()["properties"]
    assert on_foot["closures_avoided"] == []
    assert "North Street" in on_foot["streets"]
    close(room, line("A", "D"))
    close(room, line("D", "E"))
    said = refused(room.client.get("/v1/route", params=asked), 404, "cut_off")
    assert "C0001" in said


def test_the_ways_of_units_that_are_sent_go_round_it(busy: Room) -> None:
    busy.assign("INC0001", "WEST")
    (before,) = busy.client.get("/v1/layers/routes.geojson").json()["features"]
    close(busy, line("A", "B"))
    (after,) = busy.client.get("/v1/layers/routes.geojson").json()["features"]
    assert before["properties"]["streets"] == ["West Lane", "North Street"]
    assert after["properties"]["streets"] == ["West Lane", "South Street", "Mid Lane"]


def test_closures_survive_a_restart_from_the_disk(web: Path, tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    with SqliteJournal(file) as journal, open_room(web, journal=journal) as room:
        room.book("CAR", WEST)
        room.incident(DRAWN.node("B"))
        made = close(room, line("A", "B"), name="burst main")
        gone = close(room, line("B", "C"))
        room.client.delete(f"/v1/closures/{gone['id']}")
        ranking = room.client.get("/v1/incidents/INC0001/ranking").content
    with SqliteJournal(file) as journal, open_room(web, journal=journal) as room:
        assert journal.find_newest() is not None
        assert room.client.get("/v1/closures/C0001").json() == made
        refused(room.client.get(f"/v1/closures/{gone['id']}"), 404, "closure_over")
        again = room.client.get("/v1/incidents/INC0001/ranking").content
        assert without_position(again) == without_position(ranking)


def without_position(ranking: bytes) -> dict[str, Any]:
    return json.loads(ranking) | {"picture": None}


def test_when_what_a_closure_did_cannot_be_noted_the_closure_stands_all_the_same(
    busy: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = busy.system.engine.ask

    def break_notes(command: m.Command, **given: Any) -> Any:
        if isinstance(command, m.NoteReordering):
            busy.journal.doubt = False
        return ask(command, **given)

    with monkeypatch.context() as broken:
        broken.setattr(busy.system.engine, "ask", break_notes)
        made = close(busy, line("A", "B"), key="once")
    assert made["changed"]
    assert busy.client.get("/v1/closures/C0001").json()["changed"] == []
    assert close(busy, line("A", "B"), key="once") == made  # who asks again has it noted
    assert busy.client.get("/v1/closures/C0001").json() == made


def test_the_junction_of_two_streets_is_shut_by_their_names(room: Room) -> None:
    made = close(room, street="North Street", crossing="Mid Lane")
    assert (made["name"], set(made["streets"])) == ("North Street / Mid Lane", {"North Street", "Mid Lane"})
    said = {"street": "North Street", "crossing": "South Street"}
    assert "do not meet" in refused(room.client.post("/v1/closures", json=said), 422, "no_such_stretch")


@pytest.mark.parametrize(
    "said",
    [
        {"street": "North Street"},
        {"street": "North Street", "from": "West Lane"},
        {"street": "North Street", "from": "West Lane", "to": "Mid Lane", "crossing": "Mid Lane"},
        {"crossing": "Mid Lane"},
        {"geometry": line("A", "B"), "street": "North Street", "crossing": "Mid Lane"},
    ],
)
def test_what_is_shut_is_said_once_and_whole(room: Room, said: dict[str, Any]) -> None:
    assert "say what is shut, once" in room.client.post("/v1/closures", json=said).text


def test_what_a_closure_would_shut_is_told_and_nothing_is_shut(busy: Room) -> None:
    before = order(busy, "INC0001")
    asked = {"street": "South Street", "from": "West Lane", "to": "Mid Lane", "reason": "burst main"}
    would = busy.client.post("/v1/closures/extent", json=asked).json()
    assert order(busy, "INC0001") == before
    assert busy.client.get("/v1/closures").json()["features"] == []
    made = close(busy, **asked)
    assert would == {name: made[name] for name in ("geometry", "name", "streets", "length_m")}
    refused(
        busy.client.post("/v1/closures/extent", json={"geometry": {"type": "Point", "coordinates": [0, 0]}}),
        422,
        "shuts_nothing",
    )
