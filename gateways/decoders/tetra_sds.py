"""TETRA short data (EN 300 392-2, 29.4): which protocol the user data of an SDS type 4 speaks.

It decides by the protocol identifier alone (table 29.21) and hands LIP on; everything else has no position that is
read here, and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.decoders import tetra_lip
from gateways.decoders.message import Ignored, Located, Message, NoFix, Text, Unsupported, is_null_island

if TYPE_CHECKING:
    from datetime import datetime

    from gateways.decoders.bits import Bits

# Simple and immediate text, without and with the SDS-TL header.
_TEXTS = frozenset({0x02, 0x09, 0x82, 0x89, 0x8A})

# 0x83 is the location system, and not LIP: what radios send there is Motorola's LRRP (protocols.md 1.6).
_LOCATION_SYSTEM, _SIMPLE_LOCATION_SYSTEM = 0x83, 0x03
_VENDOR_SCHEME = 0x80
VENDOR_SCHEME = "vendor_scheme"


def decode(
    bits: Bits, *, source: str | None = None, received_at: datetime | None = None, vendor_schemes: bool = False
) -> Message:
    """What the user data says; `bits` begin with the protocol identifier. Raises DecodeError.

    `vendor_schemes` also reads what a maker invented and one capture alone confirms.
    """
    identifier = bits.take(8, "protocol identifier")
    if identifier == tetra_lip.PROTOCOL_IDENTIFIER:
        return tetra_lip.decode(bits, source=source, received_at=received_at)
    if identifier == _SIMPLE_LOCATION_SYSTEM and vendor_schemes:
        return _simple_location(bits, source, received_at)
    if identifier in {_LOCATION_SYSTEM, _SIMPLE_LOCATION_SYSTEM}:
        return Unsupported(device_id=source, received_at=received_at, why=f"sds_identifier_{identifier:02x}")
    if identifier in _TEXTS:
        return Text(device_id=source, received_at=received_at)
    return Ignored(device_id=source, received_at=received_at, why=f"sds_identifier_{identifier:02x}")


def _simple_location(bits: Bits, source: str | None, received_at: datetime | None) -> Message:
    """Sepura's and DAMM's scheme 0x80 of the simple location system: 12 bits unknown, latitude first."""
    scheme = bits.take(8, "coding scheme")
    if scheme != _VENDOR_SCHEME:
        return Unsupported(device_id=source, received_at=received_at, why=f"coding_scheme_{scheme:02x}")
    bits.take(12, "unknown")
    lat = bits.take_signed(24, "latitude") * 180 / (1 << 24)
    lon = bits.take_signed(24, "longitude") * 360 / (1 << 24)
    if is_null_island(lat, lon):
        return NoFix(device_id=source, received_at=received_at)
    return Located(device_id=source, received_at=received_at, lat=lat, lon=lon, flags=(VENDOR_SCHEME,))
