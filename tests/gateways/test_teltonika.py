"""Teltonika: a record says what was packed, whatever way its octets come, and nothing is answered that is not whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.decoders.message import Answer, DecodeError, Located, Login, NoFix, Outcome, OutOfStepError
from gateways.decoders.teltonika import Teltonika, TeltonikaDatagrams, TeltonikaRecording
from gateways.fixes import Heard, event_of, fix_of
from tests.gateways.teltonika_frames import IMEI, data, datagram, frame, framed, login, record
from tests.gateways.test_decoders_under_fire import assert_sane

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
HERE: dict[str, Any] = {"at": NOW, "lat": 53.4794, "lon": -2.2453}
CODECS = st.sampled_from([0x08, 0x8E, 0x10])
SESSION = login() + frame(record(**HERE)) + b"\xff" + frame(record(**HERE), record(**HERE)) + login()
TELTONIKA_ALPHABET = st.lists(
    st.sampled_from(
        [b"\x00", b"\x00\x00\x00\x00", b"\x00\x0f", b"\xff", b"\x08\x01", b"\x8e", login(), SESSION[17:40]]
    ),
    max_size=20,
).map(b"".join)


def heard(*pieces: bytes, decoder: Teltonika | None = None, at: datetime = NOW) -> list[Outcome]:
    decoder = decoder or Teltonika()
    return [outcome for piece in pieces for outcome in decoder.feed(piece, received_at=at)]


def answers(outcomes: list[Outcome]) -> list[str]:
    return [outcome.octets.hex() for outcome in outcomes if isinstance(outcome, Answer)]


@given(
    CODECS,
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.integers(-500, 9000),
    st.integers(0, 360),
    st.integers(1, 40),
    st.integers(0, 250),
    st.dictionaries(st.integers(0, 255), st.integers(0, 255), max_size=30),
)
def test_a_record_says_what_was_packed(
    codec: int,
    lat: float,
    lon: float,
    altitude_m: int,
    angle: int,
    satellites: int,
    kmh: int,
    elements: dict[int, int],
) -> None:
    one = record(
        codec,
        at=NOW,
        lat=lat,
        lon=lon,
        altitude_m=altitude_m,
        angle=angle,
        satellites=satellites,
        kmh=kmh,
        elements=(elements, elements, {}, elements),
    )
    said, answer = heard(frame(one, codec=codec), decoder=Teltonika(login_required=False))
    assert_sane([said])
    assert isinstance(answer, Answer)
    if isinstance(said, Located):
        assert (said.lat, said.lon) == (pytest.approx(lat, abs=1e-7), pytest.approx(lon, abs=1e-7))
        assert (said.altitude_m, said.course_deg, said.satellites) == (altitude_m, angle % 360, satellites)
        assert said.speed_mps == pytest.approx(kmh / 3.6)
        assert said.time == NOW
    else:
        assert isinstance(said, NoFix)
        assert (round(lat * 1e7), round(lon * 1e7)) == (0, 0)


@given(st.lists(st.integers(0, len(SESSION)), max_size=12))
def test_the_same_is_heard_however_the_octets_are_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(SESSION)]
    cut = heard(*(SESSION[start:end] for start, end in pairwise(edges)))
    assert cut == heard(SESSION)
    assert answers(cut) == ["01", "00000001", "00000002", "01"]


@given(st.lists(st.binary(max_size=200) | TELTONIKA_ALPHABET, max_size=5))
def test_noise_is_survived_and_after_a_pause_the_next_session_heard(pieces: list[bytes]) -> None:
    decoder = Teltonika()
    assert_sane(heard(*pieces, decoder=decoder))
    later = heard(login(), frame(record(**HERE)), decoder=decoder, at=NOW + timedelta(seconds=61))
    assert [type(outcome) for outcome in later[-4:]] == [Login, Answer, Located, Answer]


@given(st.binary(max_size=120) | TELTONIKA_ALPHABET, CODECS)
def test_any_datagram_and_any_data_are_messages_or_faults(octets: bytes, codec: int) -> None:
    for payload in (octets, datagram(octets, codec=codec), octets[:2] + datagram(octets, codec=codec)[2:]):
        assert_sane(TeltonikaDatagrams().feed(payload, received_at=NOW))
        assert_sane(TeltonikaRecording().feed(payload, received_at=NOW))
    assert_sane(heard(framed(data(octets, codec=codec)), decoder=Teltonika(login_required=False)))


@given(st.integers(0, 8 * len(data(record(**HERE))) - 1))
def test_one_bit_wrong_and_nothing_is_believed_or_answered(bit: int) -> None:
    octets = bytearray(frame(record(**HERE)))
    octets[8 + bit // 8] ^= 1 << bit % 8
    (fault,) = heard(bytes(octets), decoder=Teltonika(login_required=False))
    assert isinstance(fault, DecodeError)
    assert fault.reason == "checksum_wrong"


def test_before_its_login_nothing_is_believed_or_answered() -> None:
    before, *after = heard(frame(record(**HERE)), SESSION)
    assert isinstance(before, DecodeError)
    assert before.reason == "login_missing"
    assert {outcome.device_id for outcome in after if not isinstance(outcome, DecodeError)} == {f"imei:{IMEI}"}


def test_a_login_can_be_refused() -> None:
    _, answer = heard(login())
    assert isinstance(answer, Answer)
    assert (answer.octets, answer.refusal) == (b"\x01", b"\x00")


def test_half_a_message_left_alone_is_given_up() -> None:
    decoder = Teltonika()
    heard(login(), frame(record(**HERE))[:40], decoder=decoder)
    fault, *rest = heard(frame(record(**HERE)), decoder=decoder, at=NOW + timedelta(seconds=61))
    assert isinstance(fault, DecodeError)
    assert fault.reason == "half_message"
    assert answers(rest) == ["00000001"]


def test_a_pause_within_a_frame_is_no_end() -> None:
    decoder, octets = Teltonika(), frame(record(**HERE))
    heard(login(), octets[:40], decoder=decoder)
    assert decoder.flush() == []
    assert answers(heard(octets[40:], decoder=decoder, at=NOW + timedelta(seconds=20))) == ["00000001"]


def test_a_told_length_sets_nothing_aside() -> None:
    decoder = Teltonika()
    assert heard(login()[:0], b"\x00\x00\x00\x00\x00\x01\x00\x00", decoder=decoder) == []
    assert len(decoder._rest) == 8
    (fault,) = heard(b"\x00\x00\x00\x00\x00\x01\x00\x01")
    assert isinstance(fault, OutOfStepError)


@pytest.mark.parametrize("flood", [b"\x00", b"\xff", b"\x00\x0f", b"GET / HTTP/1.1\r\n"])
def test_a_flood_is_one_outcome_a_piece_at_most_and_leaves_nothing_behind(flood: bytes) -> None:
    decoder = Teltonika()
    pieces = [flood * 1_000] * 20
    assert len(heard(*pieces, decoder=decoder)) <= 20
    assert len(decoder._rest) <= 16


def test_the_ignition_reaches_the_fix() -> None:
    said, _ = heard(frame(record(**HERE)), decoder=Teltonika(login_required=False))
    assert isinstance(said, Located)
    fix = fix_of(said, Heard(source="imei:1", gateway="g", protocol="teltonika", received_at=NOW))
    assert fix.ignition is True


def test_a_press_sent_again_is_the_same_alarm_and_another_press_is_not() -> None:
    def alarm(made_at: datetime, received_at: datetime) -> str:
        pressed = frame(record(at=made_at, lat=53.4794, lon=-2.2453, priority=2))
        said, _ = heard(pressed, decoder=Teltonika(login_required=False), at=received_at)
        assert isinstance(said, Located)
        how = Heard(source="imei:1", gateway="g", protocol="teltonika", received_at=received_at)
        return event_of(said, how, fix_of(said, how)).id

    first = alarm(NOW, NOW)
    assert alarm(NOW, NOW + timedelta(minutes=5)) == first
    assert alarm(NOW + timedelta(seconds=2), NOW + timedelta(seconds=2)) != first


def test_the_button_of_a_personal_tracker_is_a_press_under_any_priority() -> None:
    def said(event: int, **values: int) -> str | None:
        elements = ({236: values["button"]} if values else {}, {}, {}, {})
        report, _ = heard(
            frame(record(**HERE, event=event, elements=elements)), decoder=Teltonika(login_required=False)
        )
        assert isinstance(report, Located)
        return report.reason

    assert said(236, button=1) == "emergency"
    assert said(236) == "emergency"
    assert said(236, button=0) is None
    assert said(0, button=1) is None  # a value told beside another event is no press


def test_a_press_from_a_place_that_does_not_exist_is_a_press() -> None:
    impossible = HERE | {"lat": 95.0}
    fault, _ = heard(frame(record(**impossible)), decoder=Teltonika(login_required=False))
    assert isinstance(fault, DecodeError)
    press, _ = heard(frame(record(**impossible, priority=2)), decoder=Teltonika(login_required=False))
    assert isinstance(press, NoFix)
    assert press.reason == "emergency"
