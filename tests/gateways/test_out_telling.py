"""Who is told of to systems outside, how sure their place is said to be, and what is taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import takproto
from hypothesis import given
from hypothesis import strategies as st

from arls.fix import AltitudeRef, Fix, FixKind
from arls.unit import Availability, Callsign, Unit, UnitKind
from gateways.cot_writing import datagram_of, frame_of
from gateways.decoders import cot_protobuf, cot_xml, traccar
from gateways.decoders.cot_protobuf import CotDatagrams, CotProtobuf
from gateways.decoders.cot_xml import CotXml
from gateways.decoders.message import Estimated, Ignored, Located, Report
from gateways.decoders.xml_tree import parse
from gateways.out.cot import INCIDENT, TYPES, type_of, xml_of_telling
from gateways.out.hooks import geojson_body, traccar_body
from gateways.out.parcels import Parcel, Parcels
from gateways.out.telling import Selection, Telling, UnitTold, Watch
from tests.gateways.out_room import AB1, AB2, AVAILABLE, DOG1, NOW, OFF_DUTY, room_open

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from tests.gateways.out_room import Room

ALL = Selection(units=True, incidents=True)


@pytest.fixture
def room() -> Iterator[Room]:
    with room_open() as made:
        yield made


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def watch(selection: Selection = ALL, **words: Any) -> Watch:
    return Watch(selection, prefix="arls.demo.", **words)


def told(room: Room, watch: Watch, seconds: float = 0.0) -> dict[str, bool]:
    """The names told of, True; or taken back, False."""
    looked = watch.look(room.engine.known, after(seconds))
    return {it.uid.removeprefix("arls.demo."): it.row is not None for it in looked}


def test_nothing_is_told_unless_it_is_asked_for(room: Room) -> None:
    room.is_at("cot:A", 53.2)
    room.incident()
    assert told(room, watch(Selection())) == {}
    assert set(told(room, watch(Selection(units=True)))) == {"unit.AB1"}
    assert len(told(room, watch(Selection(incidents=True)))) == 1


def test_whoever_goes_off_duty_is_taken_back_and_told_of_no_more_not_even_in_an_emergency(room: Room) -> None:
    looking = watch()
    room.is_at("cot:A", 53.2)
    assert told(room, looking) == {"unit.AB1": True}
    room.says(AB1, OFF_DUTY)
    assert told(room, looking, 1) == {"unit.AB1": False}
    room.needs_help("cot:A")
    assert told(room, looking, 2) == {}


def test_capabilities_say_who_may_be_told_of(room: Room) -> None:
    for source in ("cot:A", "cot:B", "cot:D"):
        room.is_at(source, 53.2)
    everybody = told(room, watch())
    assert set(everybody) == {f"unit.{AB1}", f"unit.{AB2}", f"unit.{DOG1}"}
    hidden = Selection(units=True, hidden=frozenset({"afo"}))
    assert set(told(room, watch(hidden))) == {"unit.AB2", "unit.DOG1"}
    only = Selection(units=True, capabilities=frozenset({"dog", "medic"}))
    assert set(told(room, watch(only))) == {"unit.DOG1"}
    both = replace(only, hidden=frozenset({"dog"}))
    assert told(room, watch(both)) == {}


def test_a_unit_that_learns_what_must_be_hidden_is_taken_back(room: Room) -> None:
    looking = watch(Selection(units=True, hidden=frozenset({"covert"})))
    room.is_at("cot:B", 53.2)
    assert told(room, looking) == {"unit.AB2": True}
    room.book(AB2, "cot:B", capabilities=("covert",))
    assert told(room, looking, 1) == {"unit.AB2": False}


def test_a_unit_is_told_of_when_it_changes_and_not_too_often_but_an_emergency_at_once(room: Room) -> None:
    looking = watch(Selection(units=True), interval_s=5)
    room.is_at("cot:A", 53.2)
    assert told(room, looking, 0) == {"unit.AB1": True}
    assert told(room, looking, 10) == {}  # nothing has changed
    room.is_at("cot:A", 53.2005, seconds=10)
    assert told(room, looking, 11) == {"unit.AB1": True}
    room.is_at("cot:A", 53.2006, seconds=12)
    assert told(room, looking, 13) == {}
    room.needs_help("cot:A")
    assert told(room, looking, 14) == {"unit.AB1": True}


def test_what_does_not_change_is_repeated_while_it_holds_and_no_longer(room: Room) -> None:
    looking = watch(repeat_s=20)
    room.is_at("cot:A", 53.2)
    incident = room.incident()
    assert len(told(room, looking, 0)) == 2
    assert told(room, looking, 10) == {}
    assert set(told(room, looking, 20)) == {"unit.AB1", f"incident.{incident}"}
    assert set(told(room, looking, 40)) == {"unit.AB1", f"incident.{incident}"}
    assert set(told(room, looking, 60)) == {f"incident.{incident}"}  # its fix holds for two intervals of 30 s
    room.close(incident)
    assert told(room, looking, 61) == {f"incident.{incident}": False}


def test_incidents_go_by_grade_and_their_words_only_where_they_may(room: Room) -> None:
    room.incident(grade="1")
    room.incident(grade="3")
    (one,) = watch(Selection(incidents=True, grades=frozenset({"3"}))).look(room.engine.known, NOW)
    words = geojson_body([one])
    assert b"burglary" in words
    assert b"Smith" not in words + xml_of_telling(one, holds_s=60)
    (open_hearted,) = watch(Selection(incidents=True, grades=frozenset({"3"}), texts=True)).look(room.engine.known, NOW)
    assert b"Smith" in geojson_body([open_hearted])
    assert b"Smith" in xml_of_telling(open_hearted, holds_s=60)


@pytest.mark.parametrize("text", ["\x00\x08]]>", "<!DOCTYPE x>&lol;", "\u2028 \U0001f600"])
def test_whatever_was_written_of_an_incident_can_be_told(room: Room, text: str) -> None:
    room.incident(text=text)
    (telling,) = watch(Selection(incidents=True, texts=True)).look(room.engine.known, NOW)
    assert event_of(telling).get("type") == INCIDENT
    assert len(json.loads(geojson_body([telling]))["features"]) == 1


# --- Cursor on Target ----------------------------------------------------------------------------------------------


def telling_of(fix: Fix, at: datetime = NOW, **words: Any) -> Telling:
    row = UnitTold(
        number=0,
        unit=Unit(callsign=AB1, expected_interval_s=30.0),
        lat=fix.lat or 0.0,
        lon=fix.lon or 0.0,
        fix=fix,
        availability=Availability.AVAILABLE,
        emergency=False,
    )
    return Telling(uid="arls.demo.unit.AB1", at=at, row=replace(row, **words))


def event_of(telling: Telling) -> Element:
    return parse(xml_of_telling(telling, holds_s=150))


def fix(**words: Any) -> Fix:
    return Fix(id="1", source="issi:1", lat=53.2, lon=-0.0002, **({"received_at": NOW, "fix_time": NOW} | words))


def instants_of(telling: Telling) -> tuple[datetime, datetime]:
    said = event_of(telling)
    return datetime.fromisoformat(said.attrib["time"]), datetime.fromisoformat(said.attrib["stale"])


@given(
    st.floats(0, 7200),
    st.none() | st.floats(0, 3600),
    st.none() | st.floats(0, 3600),
    st.sampled_from([FixKind.FIX, FixKind.LAST_KNOWN, FixKind.ESTIMATED]),
)
def test_an_event_is_never_fresher_than_its_fix(
    late_s: float, age_s: float | None, error_s: float | None, kind: FixKind
) -> None:
    fix_time = None if age_s is None else NOW - timedelta(seconds=age_s)
    said = fix(fix_time=fix_time, fix_time_error_s=error_s, kind=kind)
    time, stale = instants_of(telling_of(said, at=after(late_s)))
    millisecond = timedelta(milliseconds=1)
    earliest = (fix_time or NOW) - timedelta(seconds=error_s or 0)
    assert earliest - millisecond <= time <= earliest
    assert stale <= earliest + timedelta(seconds=60)  # two intervals, whenever it is sent
    if kind is FixKind.LAST_KNOWN or (fix_time is None and error_s is None):
        assert stale == time


def test_what_is_not_known_is_written_as_unknown() -> None:
    point = event_of(telling_of(fix())).find("point")
    assert point is not None
    assert (point.get("ce"), point.get("le"), point.get("hae")) == ("9999999.0", "9999999.0", "9999999.0")
    assert event_of(telling_of(fix(speed_mps=3.0))).find("detail/track") is None
    at_sea_level = event_of(telling_of(fix(altitude_m=88.0, altitude_ref=AltitudeRef.MSL))).find("point")
    assert at_sea_level is not None
    assert at_sea_level.get("hae") == "9999999.0"  # above the sea is not above the ellipsoid


@pytest.mark.parametrize(
    ("words", "how"),
    [
        ({}, "m-g"),
        ({"kind": FixKind.ESTIMATED}, "m-p"),
        ({"kind": FixKind.LAST_KNOWN}, "m-g"),
        ({"protocol": "manual"}, "h-e"),
        ({"flags": ("mock",)}, "m-s"),
    ],
)
def test_how_a_place_was_come_by_is_said(words: dict[str, Any], how: str) -> None:
    assert event_of(telling_of(fix(**words))).get("how") == how


def test_every_kind_of_unit_has_a_symbol_and_what_does_not_go_by_road_its_own() -> None:
    assert set(TYPES) == set(UnitKind)
    assert all(symbol.startswith("a-f-") for symbol in TYPES.values())
    types = [type_of(Unit(callsign=AB1, kind=UnitKind.SPECIAL, profile=it)) for it in ("air", "boat", "foot", "van")]
    assert types == ["a-f-A-C-H", "a-f-S-X-L", "a-f-G-U-C", "a-f-G-E-V-C"]


def test_a_unit_comes_back_through_our_own_decoders_and_takproto_as_it_was_told(room: Room) -> None:
    said = room.is_at("cot:A", 53.2)
    (telling,) = watch().look(room.engine.known, after(1))
    xml = xml_of_telling(telling, holds_s=150)
    heard = [
        *CotXml().feed(xml, received_at=after(1)),
        *CotProtobuf().feed(frame_of(xml), received_at=after(1)),
        *CotDatagrams().feed(datagram_of(xml), received_at=after(1)),
    ]
    assert heard[0] == heard[1] == heard[2]
    (got, *_) = heard
    assert isinstance(got, Located)
    assert (got.lat, got.lon, got.time, got.accuracy_m) == (said.lat, said.lon, said.fix_time, said.accuracy_m)
    assert (got.speed_mps, got.course_deg, got.altitude_m) == (said.speed_mps, said.course_deg, said.altitude_m)
    message = takproto.parse_proto(bytearray(datagram_of(xml))).cotEvent
    assert (message.type, message.uid) == ("a-f-G-E-V-C", "arls.demo.unit.AB1")
    assert message.detail.contact.callsign == "AB1"
    assert message.staleTime - message.sendTime == 60_000
    assert message.le == 9_999_999.0
    assert "available" in message.detail.xmlDetail


def test_an_incident_is_a_spot_with_its_grade_and_taken_off_again(room: Room) -> None:
    looking = watch()
    incident = room.incident()
    (telling,) = looking.look(room.engine.known, NOW)
    event = event_of(telling)
    assert event.get("type") == INCIDENT
    assert "grade 1, burglary" in (event.findtext("detail/remarks") or "")
    assert isinstance(cot_xml.decode(xml_of_telling(telling, holds_s=60), own_units_only=True), Ignored)
    room.close(incident)
    (gone,) = looking.look(room.engine.known, after(1))
    event = event_of(gone)
    link = event.find("detail/link")
    assert link is not None
    assert (event.get("type"), link.get("uid")) == ("t-x-d-d", telling.uid)
    assert event.find("detail/__forcedelete") is not None
    assert b"53.3" not in xml_of_telling(gone, holds_s=60)  # where it was is nobody's business any more


@given(st.text(min_size=1, max_size=16).filter(str.isprintable))
def test_any_callsign_can_be_told(callsign: str) -> None:
    said = telling_of(fix(), unit=Unit(callsign=Callsign(callsign)))
    xml = xml_of_telling(said, holds_s=60)
    contact = parse(xml).find("detail/contact")
    assert contact is not None
    assert contact.get("callsign") == callsign
    assert isinstance(cot_protobuf.decode(datagram_of(xml)[3:]), Located)


# --- webhooks ------------------------------------------------------------------------------------------------------


def test_traccar_hears_knots_and_whether_a_position_is_old() -> None:
    said = fix(speed_mps=10.0, course_deg=90.0, accuracy_m=5.0, protocol="tetra-lip")
    body = traccar_body(telling_of(said))
    assert body is not None
    words = json.loads(body)
    assert words["position"]["speed"] == pytest.approx(19.438, abs=0.001)
    assert (words["position"]["latitude"], words["position"]["longitude"]) == (53.2, -0.0002)
    assert words["position"]["fixTime"] == "2026-03-02T14:00:00.000+00:00"
    assert (words["position"]["outdated"], words["device"]["uniqueId"]) == (False, "arls.demo.unit.AB1")
    late = traccar_body(telling_of(said, at=after(61)))
    assert late is not None
    assert json.loads(late)["position"]["outdated"] is True
    gone = traccar_body(Telling(uid="arls.demo.unit.AB1", at=NOW, row=None))
    assert gone is not None
    assert json.loads(gone)["event"]["type"] == "deviceOffline"
    assert isinstance(traccar.decode(gone), Ignored)
    assert traccar_body(Telling(uid="arls.demo.incident.1", at=NOW, row=None)) is None


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ({}, Located),
        ({"kind": FixKind.ESTIMATED}, Estimated),
        ({"flags": ("mock",)}, Located),
    ],
)
def test_what_goes_out_as_traccar_comes_in_as_traccar(words: dict[str, Any], heard: type[Report]) -> None:
    said = fix(accuracy_m=5.0, speed_mps=10.0, course_deg=90.0, altitude_m=80.0, **words)
    body = traccar_body(telling_of(said, emergency=True))
    assert body is not None
    got = traccar.decode(body, received_at=NOW)
    assert type(got) is heard
    assert (got.lat, got.lon, got.time, got.accuracy_m) == (53.2, -0.0002, NOW, 5.0)
    assert got.speed_mps == pytest.approx(10.0)
    assert (got.course_deg, got.reason, got.flags) == (90.0, "emergency", words.get("flags", ()))


def test_geojson_has_longitude_first_and_nothing_of_what_is_gone(room: Room) -> None:
    looking = watch()
    room.is_at("cot:A", 53.2)
    room.incident()
    body = json.loads(geojson_body(looking.look(room.engine.known, NOW)))
    unit, incident = body["features"]
    assert (unit["geometry"]["coordinates"], unit["properties"]["availability"]) == ([-0.0002, 53.2], "available")
    assert unit["properties"]["stale_at"] == "2026-03-02T14:01:00.000+00:00"
    assert (incident["geometry"]["coordinates"], incident["properties"]["grade"]) == ([-0.5, 53.3], "1")
    room.says(AB1, OFF_DUTY)
    (gone,) = json.loads(geojson_body(looking.look(room.engine.known, after(1))))["features"]
    assert gone == {
        "type": "Feature",
        "id": "arls.demo.unit.AB1",
        "geometry": None,
        "properties": {"gone": True, "at": "2026-03-02T14:00:01.000+00:00"},
    }
    room.says(AB1, AVAILABLE)
    assert told(room, looking, 2) == {"unit.AB1": True}


# --- the queue -----------------------------------------------------------------------------------------------------


def parcel(key: str, body: str = "") -> Parcel:
    return Parcel(id=key, key=key, body=body.encode())


def test_the_oldest_gives_way_and_what_is_overtaken_is_counted() -> None:
    parcels = Parcels(2)
    for key, body in (("a", "1"), ("b", "1"), ("a", "2")):
        parcels.add(parcel(key, body))
    assert (len(parcels), parcels.overtaken, parcels.dropped) == (2, 1, 0)
    first = parcels.find_first()
    assert first == parcel("b", "1")
    parcels.add(parcel("b", "2"))
    parcels.done(first)
    assert len(parcels) == 2  # a newer one took its place while it was under way
    parcels.add(parcel("c"))
    assert (len(parcels), parcels.dropped) == (2, 1)
    assert parcels.find_first() == parcel("b", "2")
