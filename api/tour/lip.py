"""A LIP short location report field by field, as the decoder reads it: the bits, and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.decoders.bits import Bits
from gateways.decoders.message import DecodeError
from gateways.decoders.tetra_lip import PROTOCOL_IDENTIFIER
from gateways.decoders.tetra_lip_fields import (
    AGE_MAX_S,
    ERROR_BOUND_M,
    course_of_16,
    reason_of,
    take_position,
    take_speed_mps,
)
from gateways.decoders.tetra_pei import HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator

_KMH_PER_MPS = 3.6


def user_data_of(said: bytes) -> str:
    """The hexadecimal digits of the short data in what a radio hands over. Raises DecodeError where there are none."""
    header, _, digits = said.decode("ascii", errors="replace").strip().partition("\r\n")
    if not header.startswith(HEADER) or not digits:
        raise DecodeError("no_short_data", header)
    return digits


def fields_of(digits: str) -> Iterator[tuple[str, str]]:
    """Each field of a short location report with its meaning, in the order of the wire. Raises DecodeError.

    ETSI TS 100 392-18-1, short location report, behind the SDS protocol identifier.
    """
    bits = Bits(digits)
    identifier, kind = bits.take(8, "protocol identifier"), bits.take(2, "PDU type")
    if identifier != PROTOCOL_IDENTIFIER or kind != 0:
        raise DecodeError("not_a_short_report", digits)
    yield "8 bits, then 2", f"{identifier:02X}: location protocol (LIP); short location report"
    age_s = AGE_MAX_S.get(bits.take(2, "time elapsed"))
    yield "2 bits, time elapsed", "unknown" if age_s is None else f"at most {age_s:.0f} s old"
    lat, lon = take_position(bits)
    yield "25 + 24 bits, place", f"{lat:.5f}, {lon:.5f} (latitude, longitude)"
    error_m = ERROR_BOUND_M.get(bits.take(3, "position error"))
    yield "3 bits, error", "unknown" if error_m is None else f"within {error_m:,.0f} m"
    speed_mps, course_deg = take_speed_mps(bits), course_of_16(bits.take(4, "direction of travel"))
    speed = "unknown" if speed_mps is None else f"{speed_mps * _KMH_PER_MPS:.0f} km/h"
    yield (
        "7 + 4 bits, motion",
        f"{speed}, " + ("course unknown" if course_deg is None else f"course {course_deg:03.0f}°"),
    )
    reason = reason_of(bits.take(1, "type of additional data"), bits.take(8, "additional data"))
    yield "1 + 8 bits, why", (reason or "the user's own").replace("_", " ")
