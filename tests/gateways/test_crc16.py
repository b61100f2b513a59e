"""The checksum of Teltonika's frames by table is the one by definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateways.decoders.crc16 import crc_of
from tests.gateways.teltonika_frames import checksum


@given(st.binary(max_size=300))
def test_the_crc_by_table_is_the_one_bit_by_bit(octets: bytes) -> None:
    assert crc_of(octets) == checksum(octets)


def test_the_crc_is_the_catalogued_one() -> None:
    assert crc_of(b"123456789") == 0xBB3D  # CRC-16/ARC in the catalogue of parametrised CRC algorithms
