"""Teltonika messages as a tracker would write them, after protocols.md 5: the tests' own encoder."""

from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

IMEI = "356307042441013"
# Width of an element's id, and of the counts, by codec.
WIDTHS = {0x08: ("B", "B"), 0x8E: ("H", "H"), 0x10: ("H", "B")}


def login(imei: str = IMEI) -> bytes:
    """What a tracker says first over TCP."""
    return pack(">H", len(imei)) + imei.encode()


def record(
    codec: int = 0x08,
    *,
    at: datetime,
    lat: float,
    lon: float,
    priority: int = 0,
    altitude_m: int = 140,
    angle: int = 90,
    satellites: int = 9,
    kmh: int = 36,
    event: int = 0,
    elements: tuple[dict[int, int], ...] = ({239: 1, 240: 1, 21: 4}, {182: 9, 66: 12_634}, {241: 23_410}, {}),
) -> bytes:
    """One record; `elements` are the values of 1, 2, 4 and 8 octets."""
    ids, counts = WIDTHS[codec]
    head = pack(
        ">QBiihHBH",
        round(at.timestamp() * 1000),
        priority,
        round(lon * 1e7),
        round(lat * 1e7),
        altitude_m,
        angle,
        satellites,
        kmh,
    )
    total = sum(map(len, elements))
    body = pack(f">{ids}", event) + (b"\x05" if codec == 0x10 else b"") + pack(f">{counts}", total)
    for width, group in zip("BHIQ", elements, strict=True):
        body += pack(f">{counts}", len(group)) + b"".join(pack(f">{ids}{width}", *item) for item in group.items())
    return head + body + (b"\x00\x01\x01\x01\x00\x03abc" if codec == 0x8E else b"")


def data(*records: bytes, codec: int = 0x08) -> bytes:
    """What stands between a frame's head and its checksum."""
    return bytes([codec, len(records)]) + b"".join(records) + bytes([len(records)])


def frame(*records: bytes, codec: int = 0x08) -> bytes:
    """A frame as sent over TCP."""
    return framed(data(*records, codec=codec))


def framed(body: bytes) -> bytes:
    """Any data as a frame."""
    return pack(">II", 0, len(body)) + body + pack(">I", checksum(body))


def datagram(*records: bytes, codec: int = 0x08, packet: int = 0xCAFE, batch: int = 5, imei: str = IMEI) -> bytes:
    """A datagram as sent over UDP."""
    body = pack(">HBB", packet, 1, batch) + login(imei) + data(*records, codec=codec)
    return pack(">H", len(body)) + body


def checksum(body: bytes) -> int:
    """CRC-16/IBM bit by bit, as its definition says."""
    crc = 0
    for octet in body:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc
