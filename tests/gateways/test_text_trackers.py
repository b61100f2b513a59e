"""TAIP and GpsGate: whatever is sent they stay able to hear, and a position is where its digits say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from itertools import pairwise
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.decoders.gpsgate import GpsGate
from gateways.decoders.message import Located, NoFix, Outcome
from gateways.decoders.taip import Taip
from tests.gateways.test_decoders_under_fire import assert_sane

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
Make = Callable[[], Taip | GpsGate]

TAIP_ALPHABET = st.text(">RPEVLNQS+-;ID=*#<0123456789\r\n", max_size=200).map(str.encode)
GPSGATE_ALPHABET = st.text("$FRCMDLIN,_SendMgPi.NSEW*0123456789\r\n", max_size=200).map(str.encode)


def summed(body: str) -> bytes:
    return f"${body}*{reduce(xor, body.encode(), 0):02X}\r\n".encode()


GOOD_TAIP = b">RPV50418+5347940-0022453002427012;ID=4711<"
GOOD_GPSGATE = summed("FRCMD,4711,_SendMessage,,5328.7640,N,00214.7180,W,140.0,24.5,270.5,060626,140000.000,1")
BOTH = pytest.mark.parametrize(("make", "good"), [(Taip, GOOD_TAIP), (GpsGate, GOOD_GPSGATE)])


def heard(decoder: Taip | GpsGate, pieces: list[bytes]) -> list[Outcome]:
    said = [outcome for piece in pieces for outcome in decoder.feed(piece, received_at=NOW)]
    return said + decoder.flush()


@BOTH
@given(st.lists(st.binary(max_size=700) | TAIP_ALPHABET | GPSGATE_ALPHABET, max_size=5))
def test_noise_is_survived_and_the_next_message_heard(make: Make, good: bytes, pieces: list[bytes]) -> None:
    decoder = make()
    assert_sane(heard(decoder, pieces))
    heard(decoder, [b"\n"])
    assert [type(outcome) for outcome in heard(decoder, [good])] == [Located]


@BOTH
@given(st.data())
def test_the_same_is_heard_however_the_octets_are_cut(make: Make, good: bytes, data: st.DataObject) -> None:
    octets = good * 3
    edges = [0, *sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=12))), len(octets)]
    pieces = [octets[start:end] for start, end in pairwise(edges)]
    assert heard(make(), pieces) == heard(make(), [octets])


@given(st.integers(-9_000_000, 9_000_000), st.integers(-18_000_000, 18_000_000), st.integers(0, 999))
def test_a_taip_place_is_where_its_digits_say(north: int, east: int, mph: int) -> None:
    payload = f">RPV50418{north:+08d}{east:+09d}{mph:03d}27012<".encode()
    (said,) = heard(Taip("taip:x"), [payload])
    if isinstance(said, Located):
        assert (said.lat, said.lon) == (pytest.approx(north / 1e5), pytest.approx(east / 1e5))
        assert said.speed_mps == pytest.approx(mph * 1609.344 / 3600)
        assert said.device_id == "taip:x"
    else:
        assert isinstance(said, NoFix)
        assert (north, east) == (0, 0)


@given(st.lists(st.text(st.characters(exclude_characters="\r\n"), max_size=12), max_size=16))
def test_any_fields_of_a_gpsgate_command_are_a_message_or_a_fault(fields: list[str]) -> None:
    body = ",".join(["FRCMD", "4711", "_SendMessage", *fields])
    assert_sane(heard(GpsGate(), [f"${body}\r\n".encode("utf-8", "replace")]))
