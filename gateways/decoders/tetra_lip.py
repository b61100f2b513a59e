"""TETRA Location Information Protocol, ETSI TS 100 392-18-1: the PDU behind SDS protocol identifier 0x0A.

It decides what each PDU is and reads the short report; the long report and the talk about reporting have files of
their own. LIP carries no identity: whoever carried the SDS says who sent it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.fix import AccuracyKind, TimeBasis
from gateways.decoders import tetra_lip_control, tetra_lip_long
from gateways.decoders.message import DecodeError, Located, Message, NoFix, is_null_island
from gateways.decoders.tetra_lip_fields import (
    AGE_MAX_S,
    ERROR_BOUND_M,
    course_of_16,
    reason_of,
    take_position,
    take_speed_mps,
)

if TYPE_CHECKING:
    from datetime import datetime

    from gateways.decoders.bits import Bits

PROTOCOL_IDENTIFIER = 0x0A

_SHORT, _EXTENDED = 0b00, 0b01


def decode(bits: Bits, *, source: str | None = None, received_at: datetime | None = None) -> Message:
    """What one LIP PDU says; `bits` begin after the protocol identifier. Raises DecodeError."""
    pdu_type = bits.take(2, "PDU type")
    if pdu_type == _SHORT:
        return _short_report(bits, source, received_at)
    if pdu_type != _EXTENDED:
        raise DecodeError("pdu_type_reserved", pdu_type)
    extension = bits.take(4, "PDU type extension")
    if extension == tetra_lip_long.EXTENSION:
        return tetra_lip_long.read(bits, source, received_at)
    return tetra_lip_control.read(extension, bits, source, received_at)


def _short_report(bits: Bits, source: str | None, received_at: datetime | None) -> Message:
    """Short location report, 76 bits with the PDU type; what follows is padding."""
    age_max_s = AGE_MAX_S.get(bits.take(2, "time elapsed"))
    lat, lon = take_position(bits)
    accuracy_m = ERROR_BOUND_M.get(bits.take(3, "position error"))
    speed_mps = take_speed_mps(bits)
    course_deg = course_of_16(bits.take(4, "direction of travel"))
    reason = reason_of(bits.take(1, "type of additional data"), bits.take(8, "additional data"))
    if is_null_island(lat, lon):
        # Seen live: a radio without GPS lock sends 0A30000000000007FFE0F0.
        return NoFix(device_id=source, received_at=received_at, reason=reason)
    timed = received_at is not None and age_max_s is not None
    return Located(
        device_id=source,
        received_at=received_at,
        lat=lat,
        lon=lon,
        time=received_at if timed else None,
        time_basis=TimeBasis.DERIVED if timed else None,
        age_max_s=age_max_s,
        accuracy_m=accuracy_m,
        accuracy_kind=None if accuracy_m is None else AccuracyKind.CLASS_BOUND,
        speed_mps=speed_mps,
        course_deg=course_deg,
        reason=reason,
        last_known=reason == "location_lost",
    )
