"""The quick checksum is the plain one."""

from __future__ import annotations

from functools import reduce
from operator import xor

from hypothesis import given
from hypothesis import strategies as st

from gateways.decoders.xor8 import xor_of


@given(st.binary(max_size=600))
def test_folding_is_the_exclusive_or_of_all_octets(octets: bytes) -> None:
    assert xor_of(octets) == reduce(xor, octets, 0)
