"""CRC-16/IBM, also called ARC: polynomial 0xA001 reflected, start 0."""

from __future__ import annotations

_POLYNOMIAL = 0xA001


def _after(octet: int) -> int:
    """The checksum of one octet."""
    for _ in range(8):
        octet = octet >> 1 ^ (_POLYNOMIAL if octet & 1 else 0)
    return octet


_TABLE = [_after(octet) for octet in range(256)]


def crc_of(octets: bytes) -> int:
    """The checksum of any number of octets."""
    crc = 0
    for octet in octets:
        crc = crc >> 8 ^ _TABLE[crc & 0xFF ^ octet]
    return crc
