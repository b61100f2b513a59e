"""LIP's talk about reporting (ETSI TS 100 392-18-1): who shall report how often, and what the radio answered.

It decides what the four PDUs that are worth having say; the others are named and ignored. ARLS sends none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.decoders.message import Control, DecodeError, Ignored, Message
from gateways.decoders.tetra_lip_fields import REPORT_TYPES

if TYPE_CHECKING:
    from datetime import datetime

    from gateways.decoders.bits import Bits

# PDU type extensions that say nothing of use to a picture.
_PASSED_BY = {
    4: "report_acknowledgement",
    6: "trigger_set",
    7: "trigger_remove",
    8: "trigger_report",
    9: "basic_parameters_report",
    11: "temporary_control",
    12: "backlog",
}

_SSI_ADDRESS = 1
_INTERVAL_STEP_S = 10


def read(extension: int, bits: Bits, source: str | None, received_at: datetime | None) -> Message:
    """What an extended PDU other than the long report says. Raises DecodeError for a reserved extension."""
    if extension in _PASSED_BY:
        return Ignored(device_id=source, received_at=received_at, why=_PASSED_BY[extension])
    match extension:
        case 1:
            return _immediate(bits, source, received_at)
        case 5:
            return _basic_parameters(bits, source, received_at)
        case 10:
            return _enable_disable(bits, source, received_at)
        case _:
            raise DecodeError("pdu_extension_reserved", extension)


def _immediate(bits: Bits, source: str | None, received_at: datetime | None) -> Control:
    is_response = bits.take(1, "request/response")
    report_type = REPORT_TYPES[bits.take(2, "report type")]
    destination_ssi = None
    if bits.left >= 28 and bits.take(4, "destination address type") == _SSI_ADDRESS:
        destination_ssi = bits.take(24, "destination")
    return Control(
        device_id=source,
        received_at=received_at,
        pdu="immediate_location_report_response" if is_response else "immediate_location_report_request",
        report_type=report_type,
        destination_ssi=destination_ssi,
    )


def _basic_parameters(bits: Bits, source: str | None, received_at: datetime | None) -> Control:
    if bits.take(1, "request/response") == 0:
        return Control(
            device_id=source,
            received_at=received_at,
            pdu="basic_location_parameters_request",
            ack_requested=bool(bits.take(1, "acknowledgement")),
            min_report_interval_s=bits.take(7, "minimum interval") * _INTERVAL_STEP_S,
            report_type=REPORT_TYPES[bits.take(2, "report type")],
        )
    result_code = bits.take(8, "result code")
    reporting_enabled, backlog_enabled = _take_flags(bits)
    return Control(
        device_id=source,
        received_at=received_at,
        pdu="basic_location_parameters_response",
        result_code=result_code,
        reporting_enabled=reporting_enabled,
        backlog_enabled=backlog_enabled,
        min_report_interval_s=bits.take(7, "minimum interval") * _INTERVAL_STEP_S,
        report_type=REPORT_TYPES[bits.take(2, "report type")],
    )


def _enable_disable(bits: Bits, source: str | None, received_at: datetime | None) -> Control:
    is_response = bits.take(1, "request/response")
    ack_requested = None if is_response else bool(bits.take(1, "acknowledgement"))
    reporting_enabled, backlog_enabled = _take_flags(bits)
    kind = "response" if is_response else "request"
    return Control(
        device_id=source,
        received_at=received_at,
        pdu=f"location_reporting_enable_disable_{kind}",
        ack_requested=ack_requested,
        reporting_enabled=reporting_enabled,
        backlog_enabled=backlog_enabled,
    )


def _take_flags(bits: Bits) -> tuple[bool, bool]:
    """Reporting and backlog, each enabled or not."""
    flags = bits.take(8, "enable/disable")
    return bool(flags & 0x80), bool(flags & 0x40)
