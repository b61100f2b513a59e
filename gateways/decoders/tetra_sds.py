"""TETRA short data (EN 300 392-2, 29.4): which protocol the user data of an SDS type 4 speaks.

It decides by the protocol identifier (table 29.21), and within the location system by the coding scheme, and hands
LIP, LRRP and NMEA on; everything else has no position that is read here, and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateways.decoders import lrrp, tetra_lip
from gateways.decoders.bits import Bits
from gateways.decoders.message import DecodeError, Ignored, Located, Message, NoFix, Text, Unsupported, is_null_island
from gateways.decoders.nmea0183 import Nmea0183

if TYPE_CHECKING:
    from datetime import datetime

# Simple and immediate text, without and with the SDS-TL header.
_TEXTS = frozenset({0x02, 0x09, 0x82, 0x89, 0x8A})

# 0x83 is the location system, and not LIP; 0x03 is the same without the SDS-TL header (protocols.md 1.6).
_LOCATION_SYSTEM, _SIMPLE_LOCATION_SYSTEM = 0x83, 0x03

# protocols.md 12: what Motorola's radios say inside short data is told apart from LIP.
LRRP, NMEA = "tetra-lrrp", "nmea0183"

# Coding schemes of the location system; 0x80 is each maker's own. No protocol identifier is 0x80: some switches hand
# over what begins with the scheme, and it is known by that.
_NMEA, _PROPRIETARY = 0x00, 0x80
VENDOR_SCHEME = "vendor_scheme"

# EN 300 392-2, 29.4.2: message type 0 of SDS-TL is TRANSFER; the others say how an earlier one fared.
_TRANSFER = 0
# The same, forward address type: short number, SSI, TSI or none, and how many bits each has.
_FORWARD_ADDRESS_BITS = {0: 8, 1: 24, 2: 48, 7: 0}


def decode(
    bits: Bits, *, source: str | None = None, received_at: datetime | None = None, vendor_schemes: bool = False
) -> Message:
    """What the user data says; `bits` begin with the protocol identifier. Raises DecodeError.

    `vendor_schemes` also reads what a maker invented and one capture alone confirms.
    """
    identifier = bits.take(8, "protocol identifier")
    if identifier == tetra_lip.PROTOCOL_IDENTIFIER:
        return tetra_lip.decode(bits, source=source, received_at=received_at)
    if identifier == _PROPRIETARY:
        return _lrrp(_rest_of(bits), source, received_at)
    if identifier == _SIMPLE_LOCATION_SYSTEM:
        return _simple_location_system(bits, source, received_at, vendor_schemes=vendor_schemes)
    if identifier == _LOCATION_SYSTEM:
        return _location_system(bits, source, received_at)
    if identifier in _TEXTS:
        return Text(device_id=source, received_at=received_at)
    return Ignored(device_id=source, received_at=received_at, why=f"sds_identifier_{identifier:02x}")


def _location_system(bits: Bits, source: str | None, received_at: datetime | None) -> Message:
    """Behind the SDS-TL header the coding scheme, and what it codes: Motorola's 0x80 is LRRP."""
    if not _take_transfer_header(bits):
        return Ignored(device_id=source, received_at=received_at, why="sds_delivery_report")
    scheme = bits.take(8, "coding scheme")
    if scheme == _PROPRIETARY:
        return _lrrp(_rest_of(bits), source, received_at)
    return _scheme(scheme, bits, source, received_at)


def _simple_location_system(
    bits: Bits, source: str | None, received_at: datetime | None, *, vendor_schemes: bool
) -> Message:
    """The same without the header, where 0x80 is either Motorola's LRRP or a scheme of Sepura's and DAMM's own."""
    scheme = bits.take(8, "coding scheme")
    if scheme != _PROPRIETARY:
        return _scheme(scheme, bits, source, received_at)
    octets = _rest_of(bits)
    if lrrp.is_report(octets):
        return _lrrp(octets, source, received_at)
    if vendor_schemes:
        return _vendor_scheme(Bits(octets.hex()), source, received_at)
    return Unsupported(device_id=source, received_at=received_at, why=VENDOR_SCHEME)


def _scheme(scheme: int, bits: Bits, source: str | None, received_at: datetime | None) -> Message:
    """What a coding scheme that is nobody's own says."""
    if scheme == _NMEA:
        return _nmea(bits, source, received_at)
    return Unsupported(device_id=source, received_at=received_at, why=f"coding_scheme_{scheme:02x}")


def _take_transfer_header(bits: Bits) -> bool:
    """Passes the SDS-TL header behind the identifier over; False when nothing of the sender's own follows."""
    message_type = bits.take(4, "message type")
    bits.take(3, "delivery report request, service selection")
    stored = bits.take(1, "storage")
    bits.take(8, "message reference")
    if message_type != _TRANSFER:
        return False
    if stored:
        bits.take(5, "validity period")
        address_type = bits.take(3, "forward address type")
        if address_type not in _FORWARD_ADDRESS_BITS:
            raise DecodeError("forward_address_unknown", address_type)
        bits.take(_FORWARD_ADDRESS_BITS[address_type], "forward address")
    return True


def _vendor_scheme(bits: Bits, source: str | None, received_at: datetime | None) -> Message:
    """Sepura's and DAMM's: 12 bits unknown, latitude first."""
    bits.take(12, "unknown")
    lat = bits.take_signed(24, "latitude") * 180 / (1 << 24)
    lon = bits.take_signed(24, "longitude") * 360 / (1 << 24)
    if is_null_island(lat, lon):
        return NoFix(device_id=source, received_at=received_at)
    return Located(device_id=source, received_at=received_at, lat=lat, lon=lon, flags=(VENDOR_SCHEME,))


def _lrrp(octets: bytes, source: str | None, received_at: datetime | None) -> Message:
    """A document of Motorola's."""
    return replace(lrrp.decode(octets, source=source, received_at=received_at), protocol=LRRP)


def _nmea(bits: Bits, source: str | None, received_at: datetime | None) -> Message:
    """The last thing that the sentences say; the air interface has checked them."""
    decoder = Nmea0183(source)
    said = decoder.feed(_rest_of(bits) + b"\n", received_at=received_at) + decoder.flush()
    last = said[-1] if said else DecodeError("no_sentence")
    if isinstance(last, DecodeError):
        raise last
    return replace(last, protocol=NMEA)


def _rest_of(bits: Bits) -> bytes:
    """The whole octets that are left."""
    width = bits.left // 8
    return bits.take(8 * width).to_bytes(width, "big")
