"""`arls closures` against a running ARLS, and closures from a file in offline questions, as a user types them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from arls import messages as m
from arls.closure import Point
from arls.engine import Engine
from arls.journal.sqlite import SqliteJournal
from tests.api.room import DRAWN, TOKEN
from tests.api.test_cli import arls, at, town  # noqa: F401 - a fixture
from tests.fakes import ListOutbox

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.room import Room

NORTH = {"type": "LineString", "coordinates": [[DRAWN.node(name).lon, DRAWN.node(name).lat] for name in "AB"]}
SEA = {"type": "Point", "coordinates": [0.0, 0.5]}


def write(folder: Path, *features: tuple[Any, dict[str, Any]]) -> Path:
    made = [{"type": "Feature", "geometry": geometry, "properties": said} for geometry, said in features]
    file = folder / "closures.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": made}))
    return file


def test_a_file_is_imported_feature_by_feature_and_what_is_refused_says_why(room: Room, tmp_path: Path) -> None:
    room.book("CAR", DRAWN.node("A"))
    said = {"name": "burst main", "passable": "foot, cycle", "until": "2026-03-02T18:00:00+01:00", "permit": 17}
    file = write(tmp_path, (NORTH, said), (SEA, {"name": "the sea"}), (None, {}), (NORTH, {"until": "tonight"}))
    answer = arls("closures", "import", file, "--url", room.url, "--token", TOKEN)
    assert answer.code == 1
    first, second, third, fourth, last = answer.out.splitlines()
    assert first == "burst main: C0001 shuts 600 m of North Street"
    assert second.startswith("the sea: refused: this lies off the map")
    assert third == "feature 3: refused: geometry: a geometry is an object with `type` and `coordinates`"
    assert fourth.startswith("feature 4: refused: until: ")
    assert last == "1 shut, 3 refused"
    (made,) = room.system.engine.known.closures.values()
    assert (made.passable, made.until and made.until.hour) == (("cycle", "foot"), 17)


def test_what_is_shut_is_listed_and_lifted(room: Room, tmp_path: Path) -> None:
    to = {"ARLS_URL": room.url, "ARLS_TOKEN": TOKEN}
    imported = arls("closures", "import", write(tmp_path, (NORTH, {"name": "gas leak"})), "--json", env=to)
    assert imported.code == 0
    assert json.loads(imported.out)["id"] == "C0001"
    assert arls("closures", "list", env=to).out.splitlines() == [
        "C0001 in force, until it is lifted: gas leak",
        "1 closures",
    ]
    assert json.loads(arls("closures", "list", "--json", env=to).out)["features"][0]["id"] == "C0001"
    assert arls("closures", "lift", "C0001", "--reason", "fixed", env=to).out.startswith(
        "C0001 is lifted: 600 m of North"
    )
    imported = arls("closures", "import", write(tmp_path, (NORTH, {"name": "a [red] herring"})), env=to)
    assert imported.out.startswith("a [red] herring: C0002 shuts ")
    again = arls("closures", "lift", "C0001", env=to)
    assert (again.code, "C0001 is over" in again.err) == (1, True)
    assert arls("closures", "lift", "../units", env=to).code == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot read"),
        (b"\xff", "cannot read"),
        (b'{"type": "FeatureCollection", "features": [{"geometry": NaN}]}', "cannot read"),
        (b'{"type": "FeatureCollection"}', "no FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": [1]}', "no FeatureCollection"),
        (b'{"type": "Topology"}', "no FeatureCollection"),
        (b"[]", "no FeatureCollection"),
        (None, "cannot read"),
    ],
)
def test_a_file_that_holds_no_features_is_refused_as_a_whole(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "closures.geojson"
    if content is not None:
        file.write_bytes(content)
    answer = arls("closures", "import", file, "--url", "http://127.0.0.1:1")
    assert (answer.code, said in answer.err) == (2, True), answer.err


def test_who_is_a_stranger_or_asks_where_nobody_answers_is_told_so(room: Room) -> None:
    for words in (
        ("closures", "list", "--url", room.url),
        ("closures", "list", "--url", room.url, "--token", "w\u00f6rd\n"),
    ):
        answer = arls(*words)
        assert (answer.code, "--token" in answer.err) == (1, True), answer.err
    for url in ("http://127.0.0.1:1", "nowhere", "http://[", "ftp://x"):
        answer = arls("closures", "list", "--url", url)
        assert (answer.code, "no ARLS answers" in answer.err) == (1, True), answer.err
        assert "Traceback" not in answer.err


def test_a_replay_tells_which_closures_were_in_force(tmp_path: Path) -> None:
    now = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    said: dict[str, Any] = {"at": now, "operator": "op1", "desk": "desk 1"}
    here = Point(position=DRAWN.node("A"))
    with SqliteJournal(tmp_path / "journal.sqlite") as journal:
        engine = Engine(journal, ListOutbox(), journal)
        engine.start()
        for name, hours in (("fair [north]", 1), ("march", 2)):
            command = m.CloseRoads(**said, shape=here, name=name, until=now + timedelta(hours=hours))
            engine.ask(command).result(timeout=5)
        engine.stop()
    both = arls("replay", tmp_path, "--at", "2026-03-02T14:30:00Z").out.splitlines()[-2:]
    assert both == [
        f"C000{n} in force since 2026-03-02 14:00:00 UTC: {name}" for n, name in ((1, "fair [north]"), (2, "march"))
    ]
    later = json.loads(arls("replay", tmp_path, "--at", "2026-03-02T15:30:00Z", "--json").out)
    assert [closure["id"] for closure in later["closures"]] == ["C0002"]


def test_offline_questions_are_asked_under_the_closures_of_a_file(town: Path, tmp_path: Path) -> None:  # noqa: F811
    lon_lat = {name: [float(part) for part in reversed(at(town, name).split(","))] for name in "BCEGH"}
    road = {"type": "LineString", "coordinates": [lon_lat["B"], lon_lat["C"]]}
    file = write(tmp_path, (road, {"name": "burst main", "until": "2026-03-02T18:00:00Z", "passable": ["foot"]}))
    goal = f"{(lon_lat['C'][1] + lon_lat['E'][1]) / 2},{lon_lat['E'][0]}"  # nearer by the road that is shut
    eta = ("roads", "eta", town / "net", "--from", at(town, "D"), "--to", goal, "--json")
    shut = ("--closures", file, "--at", "2026-03-02T14:00:00Z")
    open_way, round_it = (json.loads(arls(*eta, *more).out) for more in ((), shut))
    assert "FGH Road" in round_it["streets"]
    assert round_it["eta_s"] > open_way["eta_s"]
    assert json.loads(arls(*eta, *shut[:-1], "2026-03-02T18:00:00Z").out) == open_way
    on_foot = json.loads(arls(*eta, *shut, "--profile", "foot").out)
    assert on_foot == json.loads(arls(*eta, "--profile", "foot").out)
    (town / "u.csv").write_text(f"callsign,lat,lon\nUD,{at(town, 'D')}\nUG,{at(town, 'G')}\n")
    (town / "i.csv").write_text(f"incident,lat,lon\nI1,{goal}\n")
    rank = ("roads", "rank", town / "net", "--units", town / "u.csv", "--incidents", town / "i.csv")
    ranked = json.loads(arls(*rank, *shut, "--engine", "hierarchy").out)
    assert ranked["closures"] == ["burst main"]
    assert {one["callsign"]: one["eta_s"] for one in ranked["candidates"]}["UD"] == pytest.approx(round_it["eta_s"])
    assert "closures" not in json.loads(arls(*rank).out)
    nothing = write(tmp_path, (SEA, {}))
    answer = arls(*eta, "--closures", nothing)
    assert (answer.code, "feature 1: this lies off the map" in answer.err) == (1, True)
    backwards = write(tmp_path, (road, {"since": "2026-03-02T18:00:00Z", "until": "2026-03-02T17:00:00Z"}))
    assert "before it begins" in arls(*eta, "--closures", backwards).err
    assert arls(*eta, "--closures", file, "--at", "noon").code == 2
