"""Units over HTTP: the picture, the roster, the track."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from arls.geo import moved
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room

BOX = "-1.91,52.49,-1.87,52.51"


def test_units_on_duty_are_points_with_everything_known_of_them(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"), capabilities=("taser",), station="Central")
    room.clock.advance(seconds=7)
    answer = room.client.get("/v1/units")
    assert answer.headers["content-type"] == "application/geo+json"
    (feature,) = answer.json()["features"]
    assert feature["id"] == "AB12"
    assert feature["geometry"] == {"type": "Point", "coordinates": [DRAWN.node("A").lon, DRAWN.node("A").lat]}
    said = feature["properties"]
    assert said["state"] == {"code": 2, "label": "on patrol", "availability": "available"}
    assert (said["fix_age_s"], said["freshness"]) == (7.0, "fresh")
    assert (said["source"], said["protocol"], said["capabilities"]) == ("issi:AB12", "tetra-lip", ["taser"])
    assert said["assignment"] is None
    assert "lat" not in said


def test_a_unit_that_was_never_heard_has_no_geometry(room: Room) -> None:
    room.book("AB12")
    (feature,) = room.client.get("/v1/units").json()["features"]
    assert feature["geometry"] is None
    assert (feature["properties"]["freshness"], feature["properties"]["fix_age_s"]) == ("never", None)


def test_nobody_off_duty_is_shown_unless_in_need_of_help(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    assert room.client.post("/v1/units/AB12/state", json={"code": 11}).status_code == 200
    assert room.client.get("/v1/units").json()["features"] == []
    assert room.client.get("/v1/layers/units.geojson").json()["features"] == []
    hidden = room.client.get("/v1/units/AB12")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "off_duty")
    assert room.client.get("/v1/units/AB12/track").status_code == 404
    room.client.post("/v1/units/AB12/state", json={"code": 0})
    (feature,) = room.client.get("/v1/units").json()["features"]
    assert feature["properties"]["emergency"] is True
    assert feature["properties"]["state"]["availability"] == "emergency"


def test_an_emergency_is_cancelled_once_and_by_name(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"))
    room.client.post("/v1/units/AB12/state", json={"code": 0})
    assert room.client.post("/v1/units/AB12/emergency/cancel").json()["emergency"] is False
    again = room.client.post("/v1/units/AB12/emergency/cancel")
    assert (again.status_code, again.json()["code"]) == (404, "no_emergency")


def test_filters_let_through_what_passes_all_of_them(room: Room) -> None:
    room.book("AB12", at=DRAWN.node("A"), capabilities=("taser",))
    room.book("CD34", at=DRAWN.node("C"), code=3, capabilities=("dog", "taser"))
    room.book("EF56", code=3)
    for query, expected in {
        f"bbox={BOX}": {"AB12", "CD34"},
        "bbox=0,0,1,1": set(),
        "state=available": {"AB12"},
        "state=3": {"CD34", "EF56"},
        "state=available&state=standby": {"AB12", "CD34", "EF56"},
        "capability=taser": {"AB12", "CD34"},
        "capability=taser&capability=dog": {"CD34"},
        "state=standby&capability=taser": {"CD34"},
    }.items():
        features = room.client.get(f"/v1/units?{query}").json()["features"]
        assert {feature["id"] for feature in features} == expected, query


def test_a_box_that_is_none_is_refused(room: Room) -> None:
    for box in ("1,2,3", "a,b,c,d", "nan,0,1,1", "2,0,1,1", "0,0,1,91", "0,0,inf,1", ""):
        answer = room.client.get("/v1/units", params={"bbox": box})
        assert answer.status_code == 422, box
        assert "bbox" in answer.json()["detail"], box


def test_a_unit_is_booked_on_and_changed_by_put(room: Room) -> None:
    body = {"kind": "van", "capabilities": ["taser", "dog", "dog"], "crew": 2, "sources": ["issi:7"]}
    booked = room.client.put("/v1/units/AB12", json=body)
    assert booked.status_code == 200
    assert booked.json()["unit"]["capabilities"] == ["dog", "taser"]
    assert booked.json()["sources"] == ["issi:7"]
    assert room.client.put("/v1/units/AB12", json={"kind": "car"}).json()["sources"] == ["issi:7"]
    assert room.client.put("/v1/units/AB12", json={"sources": []}).json()["sources"] == []


def test_the_distance_at_which_a_radio_reports_is_told_and_told_back(room: Room) -> None:
    room.client.put("/v1/units/AB12", json={"reports_every_m": 100.0})
    assert room.client.get("/v1/units/AB12").json()["properties"]["reports_every_m"] == 100.0
    room.client.put("/v1/units/AB12", json={})
    assert room.client.get("/v1/units/AB12").json()["properties"]["reports_every_m"] is None


def test_a_roster_line_that_makes_no_sense_is_refused(room: Room) -> None:
    bodies: tuple[object, ...] = (
        {"profile": "hovercraft"},
        {"kind": "tank"},
        {"crew": -1},
        {"crew": 1.5},
        {"crew": True},
        {"expected_interval_s": 0},
        {"reports_every_m": 0},
        {"reports_every_m": 1e9},
        {"capabilities": ["x" * 40]},
        {"sources": ["no scheme"]},
        {"sources": "issi:7"},
        {"colour": "blue"},
        [],
    )
    for body in bodies:
        answer = room.client.put("/v1/units/AB12", json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), body
    assert room.system.engine.known.units == {}


def test_a_state_code_that_says_nothing_is_refused(room: Room) -> None:
    room.book("AB12")
    for code in (99, -1, "2", None):
        assert room.client.post("/v1/units/AB12/state", json={"code": code}).status_code == 422, code


def test_the_state_of_a_unit_that_is_not_there_is_not_set(room: Room) -> None:
    answer = room.client.post("/v1/units/ZZ99/state", json={"code": 2})
    assert (answer.status_code, answer.json()["detail"]) == (404, "there is no unit ZZ99")


def test_a_track_holds_the_fixes_of_the_time_asked_for_while_the_unit_had_the_radio(room: Room) -> None:
    room.book("AB12")
    times = []
    for node in "ABC":
        room.clock.advance(seconds=60)
        times.append(room.clock().isoformat().replace("+00:00", "Z"))
        room.fix("AB12", DRAWN.node(node))
    room.clock.advance(seconds=1)
    room.client.put("/v1/units/AB12", json={"sources": []})
    room.clock.advance(seconds=60)
    room.fix("AB12", DRAWN.node("F"))
    track = room.client.get("/v1/units/AB12/track").json()
    assert track["geometry"]["coordinates"] == [[DRAWN.node(n).lon, DRAWN.node(n).lat] for n in "ABC"]
    assert track["properties"]["times"] == times
    part = room.client.get("/v1/units/AB12/track", params={"from": times[1], "to": times[1]}).json()
    assert part["geometry"]["type"] == "Point"


def test_a_track_reads_no_further_back_than_was_asked_for_and_says_what_was_not_believed(room: Room) -> None:
    room.book("AB12")
    room.fix("AB12", DRAWN.node("A"))
    room.clock.advance(seconds=1_800)
    room.fix("AB12", DRAWN.node("A"))
    room.clock.advance(seconds=10)
    far = moved(DRAWN.node("A"), course_deg=90.0, distance_m=9_000.0)
    room.fix("AB12", far)
    read: list[int] = []
    plain = room.journal.read
    room.journal.read = lambda *, after=0: (read.append(after), plain(after=after))[1]  # type: ignore[method-assign]
    since = (room.clock() - timedelta(minutes=5)).isoformat()
    track = room.client.get("/v1/units/AB12/track", params={"from": since}).json()
    assert track["properties"]["believed"] == [True, False]
    assert read[-1] > 0


def test_a_time_that_is_none_or_too_long_is_refused(room: Room) -> None:
    room.book("AB12")
    for query in (
        {"from": "2026-03-02T13:00:00"},
        {"from": "yesterday"},
        {"from": "2026-01-01T00:00:00Z"},
        {"from": "2026-03-02T15:00:00Z", "to": "2026-03-02T14:00:00Z"},
        {"to": "0001-01-01T00:00:00Z"},
    ):
        assert room.client.get("/v1/units/AB12/track", params=query).status_code == 422, query
