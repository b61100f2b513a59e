"""Motorola's LRRP: one binary document a message, over UDP from DMR radios and inside TETRA short data.

It decides which documents are reports and what a report says of where its radio is. LRRP carries no identity: the
address of the radio, or the sender of the SDS, says who it is. No public text defines it; the facts are those of
protocols.md 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.fix import AccuracyKind, AltitudeRef, TimeBasis
from gateways.decoders.instants import TIME_SUSPECT, judged
from gateways.decoders.lrrp_tokens import Said, read_tokens
from gateways.decoders.message import (
    Control,
    DecodeError,
    Located,
    Message,
    NoFix,
    Unsupported,
    is_null_island,
)
from gateways.decoders.whole import Whole

if TYPE_CHECKING:
    from datetime import datetime

REPORTS = frozenset({0x07, 0x0D, 0x12, 0x13})
_CONTROLS = {
    0x05: "immediate_location_request",
    0x09: "triggered_location_request",
    0x0B: "triggered_location_answer",
    0x0F: "triggered_location_stop_request",
    0x11: "triggered_location_stop_answer",
    0x14: "location_protocol_request",
    0x15: "location_protocol_report",
}
_ANSWERS = frozenset({0x0B, 0x11})

# A report is read up to the first token that is not known.
PARTLY_READ = "partly_read"


class Lrrp(Whole):
    """The decoder of one radio's datagrams: every document is whole, so nothing is held back."""

    def __init__(self, source: str | None = None) -> None:
        self._source = source

    def said(self, data: bytes, received_at: datetime | None) -> Message:
        """The one message of `data`. Raises DecodeError."""
        return decode(data, source=self._source, received_at=received_at)


def decode(octets: bytes, *, source: str | None = None, received_at: datetime | None = None) -> Message:
    """What the document at the front of `octets` says; what stands behind it is padding. Raises DecodeError."""
    if len(octets) < 2:
        raise DecodeError("truncated", "no length")
    identifier, length = octets[:2]
    if identifier not in REPORTS and identifier not in _CONTROLS:
        raise DecodeError("document_unknown", f"{identifier:02x}")
    if length > len(octets) - 2:
        raise DecodeError("shorter_than_declared", f"{len(octets) - 2} of {length} octets")
    body = octets[2 : 2 + length]
    if identifier in REPORTS:
        return _report(read_tokens(body), source, received_at)
    return Control(
        device_id=source,
        received_at=received_at,
        pdu=_CONTROLS[identifier],
        result_code=read_tokens(body).result_code if identifier in _ANSWERS else None,
    )


def is_report(octets: bytes) -> bool:
    """True when `octets` are one report and nothing else, which a chance row of bits hardly is."""
    return len(octets) > 2 and octets[0] in REPORTS and octets[1] == len(octets) - 2


def source_of(host: str, system: str) -> str | None:
    """`dmr:<system>/<radio>` of a radio's address: its number is the last three octets (protocols.md 2)."""
    match host.split("."):
        case [_, *octets] if len(octets) == 3 and all(octet.isdecimal() and len(octet) <= 3 for octet in octets):
            high, middle, low = map(int, octets)
            return f"dmr:{system}/{high << 16 | middle << 8 | low}"
        case _:
            return None


def _report(said: Said, source: str | None, received_at: datetime | None) -> Message:
    if said.lat is None and said.result_code is None and said.unknown_token is not None:
        return Unsupported(device_id=source, received_at=received_at, why=f"lrrp_token_{said.unknown_token:02x}")
    at, flags = (None, (TIME_SUSPECT,)) if said.time_wrong else judged(said.time, received_at)
    if said.unknown_token is not None:
        flags += (PARTLY_READ,)
    basis = TimeBasis.GNSS if at else None
    if said.lat is None or said.lon is None or is_null_island(said.lat, said.lon):
        return NoFix(
            device_id=source,
            received_at=received_at,
            time=at,
            time_basis=basis,
            result_code=said.result_code,
            flags=flags,
        )
    return Located(
        device_id=source,
        received_at=received_at,
        lat=said.lat,
        lon=said.lon,
        time=at,
        time_basis=basis,
        accuracy_m=said.accuracy_m,
        accuracy_confidence=None if said.accuracy_m is None else said.confidence,
        accuracy_kind=None if said.accuracy_m is None else AccuracyKind.MEASURED,
        altitude_m=said.altitude_m,
        altitude_ref=None if said.altitude_m is None else AltitudeRef.UNKNOWN,
        speed_mps=said.speed_mps,
        course_deg=said.course_deg,
        result_code=said.result_code,
        flags=flags,
    )
