"""What is pure of the tour: a report taken apart, the road that is shut, and how long a caption stays."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from api.captions import Wish
from api.tour.desk import TourDesk, TourError
from api.tour.director import Director, Over
from api.tour.lip import fields_of, user_data_of
from api.tour.places import Scene, find_closure
from api.tour.play import OPPOSITE, cast_of
from api.tour.words import metres, minutes
from arls.geo import Position
from arls.roads.live import Roads
from gateways.decode import decode_lines
from gateways.decoders.message import DecodeError
from gateways.simulator.writers import Sight, pei_report
from tests.drawing import draw

if TYPE_CHECKING:
    from api.captions import Caption

HERE = Position(lat=54.5841, lon=0.0174)


def report(position: Position | None = HERE, *, emergency: bool = False) -> bytes:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    sight = Sight(at=at, position=position, speed_mps=0.0, course_deg=90.0, accuracy_m=5.0, emergency=emergency)
    return pei_report("999000109000001", sight)


def test_a_report_is_taken_apart_as_the_decoder_reads_it() -> None:
    digits = user_data_of(report(emergency=True))
    (decoded,) = decode_lines("tetra-lip", [digits])
    said = dict(fields_of(digits))
    assert f"{decoded['lat']:.5f}, {decoded['lon']:.5f}" in said["25 + 24 bits, place"]
    assert said["3 bits, error"] == f"within {decoded['accuracy_m']:.0f} m"
    assert said["7 + 4 bits, motion"] == "0 km/h, course 090°"
    assert said["1 + 8 bits, why"] == decoded["reason"] == "emergency"


def test_what_a_radio_does_not_know_is_said_to_be_unknown() -> None:
    said = dict(fields_of(user_data_of(report(None))))
    assert (said["2 bits, time elapsed"], said["3 bits, error"]) == ("unknown", "unknown")
    assert said["7 + 4 bits, motion"] == "unknown, course unknown"


@pytest.mark.parametrize("digits", ["", "zz", "0A", "0B000032BA6D0BB901281", "0A400032BA6D0BB901281"])
def test_what_is_no_short_report_is_not_taken_apart(digits: str) -> None:
    with pytest.raises(DecodeError):
        list(fields_of(digits))


@pytest.mark.parametrize("said", [b"", b"OK\r\n", b"+CTSDSR: 12,1,0,1,0,84\r\n", b"\xff\xfe"])
def test_what_holds_no_short_data_is_refused(said: bytes) -> None:
    with pytest.raises(DecodeError):
        user_data_of(said)


TOWN = draw(
    """
    A-----B-----C-----D-----E
          |           |
          F-----------G
    """,
    ways={
        "AB": {"highway": "residential", "name": "West Street"},
        "BCD": {"highway": "residential", "name": "High Street"},
        "DE": {"highway": "residential", "name": "East Street"},
        "BF": {"highway": "residential", "name": "Mill Lane"},
        "FG": {"highway": "residential", "name": "Back Lane"},
        "GD": {"highway": "residential", "name": "Gate Lane"},
    },
)


def between(a: str, b: str) -> Position:
    one, other = TOWN.node(a), TOWN.node(b)
    return Position(lat=(one.lat + other.lat) / 2, lon=(one.lon + other.lon) / 2)


def test_the_road_that_is_shut_is_on_the_way_of_the_first_and_moves_it() -> None:
    stretch = find_closure(
        Roads(TOWN.network), TOWN.node("E"), {"first": between("A", "B"), "second": between("F", "G")}
    )
    assert stretch is not None
    assert stretch.street == "High Street"


def test_where_the_first_stays_first_whatever_is_shut_nothing_is() -> None:
    stands = {"first": between("D", "E"), "second": between("A", "B")}
    assert find_closure(Roads(TOWN.network), TOWN.node("E"), stands) is None
    assert find_closure(Roads(TOWN.network), TOWN.node("E"), {"alone": between("A", "B")}) is None


def test_nobody_of_the_county_has_the_name_or_the_radio_of_one_of_the_cast() -> None:
    cast_ = cast_of(Scene(what="", goal=HERE, opposite=HERE, first=HERE, second=HERE))
    assert len({member.source for member in cast_}) == len({member.unit.callsign for member in cast_}) == 3
    (decoded, *_) = decode_lines("tetra-pei", pei_report(cast_[0].device, sight()).decode().splitlines())
    assert decoded["device_id"] == cast_[0].source
    assert cast_[0].unit.callsign == OPPOSITE


def sight() -> Sight:
    return Sight(at=datetime(2026, 3, 1, 12, tzinfo=UTC), position=HERE, speed_mps=0.0, course_deg=0.0, accuracy_m=5.0)


class Stand:
    """A desk of which only the stage is asked; those who watch wish what the test says, one look after another."""

    def __init__(self, *wishes: Wish | None) -> None:
        self.shown: list[Caption | None] = []
        self._coming = list(wishes)
        self._wished: list[Wish] = []

    def show(self, caption: Caption | None) -> None:
        self.shown.append(caption)

    def wishes(self) -> list[Wish]:
        wish = self._coming.pop(0) if self._coming else None
        self._wished += [wish] if wish else []
        return self._wished


def directed(stand: Stand, *, pace: float) -> Director:
    director = Director(cast("TourDesk", stand), scenes=9, pace=pace, stopped=threading.Event())
    director.begin(3)
    return director


def test_a_caption_says_which_of_how_many_it_is_and_each_has_a_number_of_its_own() -> None:
    stand = Stand()
    director = directed(stand, pace=0.001)
    director.say("One", "text", ("name", 1), incident="INC0001")
    director.hold()
    director.say("Two", "text", unit="AB1")
    director.end()
    first, second, none = stand.shown
    assert first is not None
    assert second is not None
    assert (first.step, first.of, first.facts[0].value) == (3, 9, "1")
    assert second.number > first.number
    assert none is None


def test_whoever_wishes_goes_on_at_once() -> None:
    director = directed(Stand(Wish.NEXT), pace=1000)
    director.say("One", "text")
    director.hold()


def test_a_paused_caption_says_so_under_its_number_and_stays_until_somebody_goes_on() -> None:
    stand = Stand(Wish.PAUSE, None, Wish.GO_ON, Wish.NEXT)
    director = directed(stand, pace=1000)
    director.say("One", "text")
    director.hold()
    assert [(shown.number, shown.paused) for shown in stand.shown if shown] == [(1, False), (1, True), (1, False)]


def test_whoever_leaves_ends_it_whatever_it_waits_for() -> None:
    director = directed(Stand(Wish.LEAVE), pace=1000)
    director.say("One", "text")
    with pytest.raises(Over):
        director.hold()
    with pytest.raises(Over):
        directed(Stand(Wish.LEAVE), pace=1000).until(lambda: False, "never", within_s=60)


def test_what_does_not_become_true_is_told_in_a_sentence() -> None:
    with pytest.raises(TourError, match="after 0 s: the moon"):
        directed(Stand(), pace=1).until(lambda: False, "the moon", within_s=0)


def test_numbers_are_said_as_on_the_screen() -> None:
    assert [minutes(seconds) for seconds in (0, 59.9, 471.4, -1)] == ["0:00", "0:59", "7:51", "0:00"]
    assert [metres(length_m) for length_m in (141.4, 999, 5_466)] == ["141 m", "999 m", "5.5 km"]
