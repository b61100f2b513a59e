"""The checksum of NMEA 0183 and of TAIP: all octets, one exclusive or."""

from __future__ import annotations


def xor_of(octets: bytes) -> int:
    """The checksum of any number of octets: halves are folded upon each other, which is quicker than octet by octet."""
    folded = int.from_bytes(octets, "big")
    bits = 8 << max(0, len(octets) - 1).bit_length()
    while bits > 8:
        bits >>= 1
        folded = folded >> bits ^ folded & (1 << bits) - 1
    return folded
