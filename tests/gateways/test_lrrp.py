"""LRRP: a place is where its bits say, both hemispheres; anything else is a message or a fault."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.decoders import lrrp, tetra_sds
from gateways.decoders.bits import Bits
from gateways.decoders.message import DecodeError, Located, NoFix
from tests.gateways.test_decoders_under_fire import assert_sane

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
TOKENS = st.lists(
    st.sampled_from(list(bytes.fromhex("22233435363738395154555665666A696C70"))).map(lambda token: bytes([token]))
    | st.binary(max_size=12),
    max_size=12,
).map(b"".join)


def document(identifier: int, body: bytes) -> bytes:
    return bytes([identifier, len(body)]) + body


@given(st.floats(-90, 90, exclude_min=True, exclude_max=True), st.floats(-180, 180, exclude_max=True))
def test_a_place_is_where_its_bits_say(lat: float, lon: float) -> None:
    size = int(abs(lat) * 2**32 / 180)
    latitude = size | (0x80000000 if lat < 0 else 0)
    longitude = int(lon * 2**32 / 360)
    body = b"\x66" + latitude.to_bytes(4, "big") + longitude.to_bytes(4, "big", signed=True)
    said = lrrp.decode(document(0x0D, body))
    if isinstance(said, Located):
        assert (said.lat, said.lon) == (pytest.approx(lat, abs=1e-7), pytest.approx(lon, abs=1e-7))
    else:
        assert isinstance(said, NoFix)
        assert (size, longitude) == (0, 0)


@given(st.integers(0, 127), st.integers(0, 127), st.integers(0, 127))
def test_a_fraction_counts_in_128ths(whole: int, high: int, low: int) -> None:
    point = b"\x66" + bytes.fromhex("4C0C6F0AFE000000")
    short = lrrp.decode(document(0x0D, point + bytes([0x6C, whole, low])))
    long = lrrp.decode(document(0x0D, point + bytes([0x6C, whole, 0x80 | high, low])))
    assert isinstance(short, Located)
    assert isinstance(long, Located)
    assert short.speed_mps == pytest.approx(whole + low / 128)
    assert long.speed_mps == pytest.approx(whole + high / 128 + low / 128**2)


@given(st.sampled_from([*lrrp.REPORTS, 0x0B, 0x11, 0x09]), TOKENS.filter(lambda body: len(body) < 256))
def test_any_tokens_are_a_message_or_a_fault(identifier: int, body: bytes) -> None:
    assert_sane(lrrp.Lrrp("dmr:1/2").feed(document(identifier, body), received_at=NOW))


@given(st.binary(max_size=300))
def test_any_datagram_is_a_message_or_a_fault(octets: bytes) -> None:
    assert_sane(lrrp.Lrrp().feed(octets, received_at=NOW))


@given(
    opening=st.sampled_from(["83001180", "8301110980", "83001100", "0380", "0300", "80"]),
    digits=st.text("0123456789ABCDEF", max_size=80),
    vendor_schemes=st.booleans(),
)
def test_any_short_data_of_the_location_system_is_a_message_or_a_fault(
    opening: str, digits: str, *, vendor_schemes: bool
) -> None:
    with suppress(DecodeError):
        assert_sane([tetra_sds.decode(Bits(opening + digits), received_at=NOW, vendor_schemes=vendor_schemes)])


@pytest.mark.parametrize(
    ("host", "source"),
    [("12.0.47.13", "dmr:north/12045"), ("12.255.255.255", "dmr:north/16777215"), ("::1", None), ("12.0.47", None)],
)
def test_the_address_of_a_radio_holds_its_number(host: str, source: str | None) -> None:
    assert lrrp.source_of(host, "north") == source
