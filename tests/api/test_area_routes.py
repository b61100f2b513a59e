"""Who polices a place, whose desk it is and what to know there, over HTTP; and what of it goes with an incident."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import shapely

from arls.locality import Setting
from arls.responsibility import Responsibility
from maps.areas import Area, AreaBook
from tests.api.room import DRAWN, Room, open_room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WEST = shapely.box(-1.90, 52.49, -1.885275, 52.51)
EAST = shapely.box(-1.885275, 52.49, -1.87, 52.51)
NEXT_DOOR = shapely.box(-1.87, 52.49, -1.80, 52.51)
AREAS: tuple[tuple[Area, shapely.Polygon], ...] = (
    (Area(kind="force", id="F", name="Arlshire", contact="control 101"), shapely.box(-1.90, 52.49, -1.87, 52.51)),
    (Area(kind="beat", id="W", name="West", talk_group="ARL-W", contact="west team", desk="west desk"), WEST),
    (Area(kind="beat", id="E", name="East"), EAST),
    (Area(kind="setting", id="town", name="Town", setting=Setting.URBAN), WEST),
    (Area(kind="warning", id="w1", name="12 South Street", note="a large dog"), WEST),
    (
        Area(
            kind="pspo",
            id="P1",
            name="Market",
            note="no street drinking",
            powers="a dispersal order needs an officer",
            forbidden_roles=("pcso",),
            review_by=date(2026, 3, 1),
        ),
        WEST,
    ),
    (Area(kind="road", id="M", name="Motorways", road_classes=("motorway",), desk="motorways"), WEST),
    (Area(kind="road", id="R", name="Streets", road_classes=("residential",)), EAST),
    (Area(kind="beat", id="OLD", name="Abolished", until=datetime(2026, 1, 1, tzinfo=UTC)), WEST),
    (Area(kind="neighbour", id="N", name="Next Shire", contact="control 102", talk_group="MUTUAL-1"), NEXT_DOOR),
)
DESKS = (
    Responsibility(desk="roads", road_classes=frozenset({"motorway"})),
    Responsibility(desk="east desk", areas=frozenset({"beat:E"})),
)


@pytest.fixture
def mapped(web: Path) -> Iterator[Room]:
    book = AreaBook([area for area, _ in AREAS], [shape for _, shape in AREAS])
    with open_room(web, areas=book, responsibilities=DESKS) as room:
        yield room


def at(node: str) -> dict[str, float]:
    place = DRAWN.node(node)
    return {"lat": place.lat, "lon": place.lon}


def test_a_place_says_who_polices_it_and_what_to_know_there(mapped: Room) -> None:
    said = mapped.client.get("/v1/areas", params=at("A")).json()
    assert [(area["kind"], area["name"]) for area in said["policing"]] == [("force", "Arlshire"), ("beat", "West")]
    assert (said["setting"], said["road_class"], said["place"]) == ("urban", "residential", "North Street")
    assert (said["desk"], said["talk_group"]) == ("west desk", "ARL-W")
    (note,) = said["notes"]
    assert (note["note"], note["powers"]) == ("no street drinking", "a dispersal order needs an officer")
    assert (note["forbidden_roles"], note["review_by"], note["review_overdue"]) == (["pcso"], "2026-03-01", True)
    assert [warning["note"] for warning in said["warnings"]] == ["a large dog"]
    assert [(n["name"], n["contact"], n["talk_group"]) for n in said["neighbours"]] == [
        ("Next Shire", "control 102", "MUTUAL-1")
    ]


def test_a_place_that_no_area_holds_says_so_by_being_empty(mapped: Room) -> None:
    said = mapped.client.get("/v1/areas", params={"lat": 10.0, "lon": 10.0}).json()
    assert (said["setting"], said["policing"], said["notes"], said["neighbours"]) == ("unknown", [], [], [])
    wrong = mapped.client.get("/v1/areas", params={"lat": 91.0, "lon": 10.0})
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")


def test_an_incident_has_what_is_known_of_its_place_and_another_place_another(mapped: Room) -> None:
    there = mapped.incident(DRAWN.node("A"))["locality"]
    assert (there["setting"], there["desk"], there["talk_group"]) == ("urban", "west desk", "ARL-W")
    assert [area["id"] for area in there["areas"]] == ["F", "W", "P1", "w1"]
    assert there["warnings"] == ["12 South Street: a large dog"]
    assert there["forbidden_roles"] == [{"role": "pcso", "reason": "a dispersal order needs an officer"}]
    moved = mapped.client.post("/v1/incidents/INC0001/relocate", json=at("C") | {"reason": "wrong end"}).json()
    assert (moved["locality"]["setting"], moved["locality"]["desk"]) == ("rural", "east desk")
    assert [area["id"] for area in moved["locality"]["areas"]] == ["F", "E", "R"]
    patched = mapped.client.patch("/v1/incidents/INC0001", json=at("D"), headers={"If-Match": "*"}).json()
    assert patched["locality"]["desk"] == "west desk"


def test_units_are_listed_by_area(mapped: Room) -> None:
    for callsign, node in (("AA1", "A"), ("CC1", "C"), ("FF1", "F")):
        mapped.book(callsign, at=DRAWN.node(node))
    mapped.book("NOWHERE")
    names = {
        area: [f["id"] for f in mapped.client.get("/v1/units", params={"area": area}).json()["features"]]
        for area in ("W", "beat:E", "force:F")
    }
    assert names == {"W": ["AA1"], "beat:E": ["CC1", "FF1"], "force:F": ["AA1", "CC1", "FF1"]}
    unknown = mapped.client.get("/v1/units", params={"area": "OLD"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_area")
    assert unknown.json()["detail"] == "there is no area OLD"


def test_the_layer_holds_the_areas_of_now_the_widest_first(mapped: Room) -> None:
    layer = mapped.client.get("/v1/layers/areas.geojson").json()
    assert [f["id"] for f in layer["features"]][:3] == ["force:F", "beat:E", "beat:W"]
    assert "beat:OLD" not in [f["id"] for f in layer["features"]]
    assert shapely.from_geojson(str(layer["features"][2]["geometry"]).replace("'", '"')).equals(WEST)
    some = mapped.client.get("/v1/layers/areas.geojson", params={"kind": ["pspo", "warning"]}).json()
    assert [f["properties"]["kind"] for f in some["features"]] == ["pspo", "warning"]


def test_a_contact_officer_is_told_how_soon_and_never_who_or_from_where(mapped: Room) -> None:
    for callsign, node in (("AA1", "A"), ("CC1", "C")):
        mapped.book(callsign, at=DRAWN.node(node))
    answered = mapped.client.get("/v1/contact", params=at("A"))
    said = answered.json()
    assert (said["team"], said["team_contact"], said["setting"]) == ("West", "west team", "urban")
    assert said["nearby"] == [{"kind": "car", "within_min": 5, "units": 2}]
    assert said["soonest_min"] == 5
    assert [warning["name"] for warning in said["warnings"]] == ["12 South Street"]
    assert not any(told in answered.text for told in ("AA1", "CC1", "1.8764"))


def test_a_contact_officer_is_told_where_nobody_is_free(mapped: Room) -> None:
    said = mapped.client.get("/v1/contact", params=at("C")).json()
    assert (said["soonest_min"], said["nearby"], said["team"]) == (None, [], "Arlshire")


def test_a_dispatcher_notes_that_a_crew_was_warned_by_voice(mapped: Room) -> None:
    mapped.book("AA1", at=DRAWN.node("A"))
    mapped.incident(DRAWN.node("A"))
    sent = mapped.assign("INC0001", "AA1").json()
    assert sent["warnings_read_at"] is None
    noted = mapped.client.post(f"/v1/assignments/{sent['id']}/warnings-read", json={"via": "voice"})
    assert (noted.status_code, noted.json()["warnings_read_at"]) == (200, "2026-03-02T14:00:00Z")
    nothing = mapped.client.post("/v1/assignments/A00009/warnings-read")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "no_assignment")


def test_a_ranking_tells_the_warnings_of_the_place(mapped: Room) -> None:
    mapped.incident(DRAWN.node("A"))
    mapped.incident(DRAWN.node("C"))
    told = [mapped.client.get(f"/v1/incidents/INC000{n}/ranking").json()["warnings"] for n in (1, 2)]
    assert told == [["12 South Street: a large dog"], []]
