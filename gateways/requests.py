"""What a radio is asked, as the bits that go over the air: send your position now.

It decides the layout of the requests. Whether anything may be asked is `polls`'. Only requests are written that change
nothing in a radio: what is asked once is answered once, and nothing has to be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass

# protocols.md 1.4, "Control PDUs": PDU type 01, extension 1, request 0, report type, address type 1 (SSI), SSI.
_LIP = 0x0A
_IMMEDIATE = 0b01_0001_0
_SHORT_PREFERRED = 3
_SSI_ADDRESS = 1
_LIP_BITS = 8 + 7 + 2 + 4 + 24

# protocols.md 1.6: location system with the SDS-TL header of a TRANSFER without a delivery report, then the scheme.
_LOCATION_SYSTEM, _TRANSFER, _PROPRIETARY = 0x83, 0x00, 0x80
# protocols.md 2: immediate request, request id of four octets. The elements asked for, by Moto.Net and captures of
# TRBOnet (node-dmr-lib), which agree: time and accuracy, speed, direction. Without them a radio says the place alone.
_LRRP_IMMEDIATE, _REQUEST_ID = 0x05, 0x22
_ELEMENTS = bytes([0x51, 0x62, 0x57])


@dataclass(frozen=True, slots=True)
class UserData:
    """SDS type 4 to be sent: hexadecimal digits and how many of their bits count."""

    digits: str
    bits: int


def lip_request(report_to_ssi: int) -> UserData:
    """LIP immediate location report request: the radio shall report to that subscriber, briefly if it can."""
    value = _LIP << 7 | _IMMEDIATE
    value = value << 2 | _SHORT_PREFERRED
    value = value << 4 | _SSI_ADDRESS
    value = value << 24 | report_to_ssi
    padding = -_LIP_BITS % 8
    return UserData(f"{value << padding:0{(_LIP_BITS + padding) // 4}X}", _LIP_BITS)


def lrrp_document(request_id: int) -> bytes:
    """LRRP immediate location request."""
    body = bytes([_REQUEST_ID, 4]) + request_id.to_bytes(4, "big") + _ELEMENTS
    return bytes([_LRRP_IMMEDIATE, len(body)]) + body


def lrrp_request(request_id: int) -> UserData:
    """The same in TETRA short data; the message reference is the request's own last octet."""
    octets = bytes([_LOCATION_SYSTEM, _TRANSFER, request_id & 0xFF, _PROPRIETARY]) + lrrp_document(request_id)
    return UserData(octets.hex().upper(), 8 * len(octets))
