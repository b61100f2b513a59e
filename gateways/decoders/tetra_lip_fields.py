"""The fields that LIP's reports share: places, speeds, error classes, reasons (ETSI TS 100 392-18-1).

It decides what a bit field means in SI. Unknown codes are None. In which order they stand is each report's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateways.decoders.bits import Bits

_KMH_MPS = 1 / 3.6

# "Time elapsed": at most this old when sent; 3 is unknown or not applicable.
AGE_MAX_S = {0: 5.0, 1: 300.0, 2: 1800.0}

# "Position error": upper bound of the class; 6 is "more than 200 km" and 7 unknown: neither is a bound.
ERROR_BOUND_M = {0: 2.0, 1: 20.0, 2: 200.0, 3: 2_000.0, 4: 20_000.0, 5: 200_000.0}

# Table 6.94 "Reason for sending". Numbers that are not here are reserved and keep their number.
REASONS = {
    0: "power_on",
    1: "power_off",
    2: "emergency",
    3: "ptt",
    4: "status",
    5: "transmit_inhibit_on",
    6: "transmit_inhibit_off",
    7: "tmo_on",
    8: "dmo_on",
    9: "service_enter",
    10: "service_loss",
    11: "cell_reselection",
    12: "low_battery",
    13: "car_kit_connected",
    14: "car_kit_disconnected",
    15: "transfer_init_request",
    16: "arrival_at_destination",
    17: "arrival_at_location",
    18: "approaching_location",
    19: "sds_type_1",
    20: "user_application",
    21: "location_lost",
    22: "location_regained",
    23: "leaving_point",
    24: "ambience_listening",
    25: "temporary_reporting_start",
    26: "temporary_reporting_end",
    27: "call_setup_type_1",
    28: "call_setup_type_2",
    29: "positioning_on",
    30: "positioning_off",
    32: "immediate_response",
    129: "max_interval",
    130: "max_distance",
}

# "Report type" of the control messages.
REPORT_TYPES = {
    0: "long_location_report_no_time",
    1: "long_location_report_time_elapsed",
    2: "long_location_report_time_of_position",
    3: "short_location_report_preferred",
}


def take_position(bits: Bits) -> tuple[float, float]:
    """Latitude and longitude in degrees; on the wire the longitude comes first, both are two's complement."""
    lon = bits.take_signed(25, "longitude") * 360 / (1 << 25)
    lat = bits.take_signed(24, "latitude") * 180 / (1 << 24)
    return lat, lon


def take_speed_mps(bits: Bits) -> float | None:
    """Horizontal velocity, 7 bits; 126 is "more than 1043 km/h" and 127 unknown."""
    code = bits.take(7, "horizontal velocity")
    if code >= 126:
        return None
    kmh = code if code <= 28 else 16 * 1.038 ** (code - 13)
    return kmh * _KMH_MPS


def course_of_16(code: int) -> float | None:
    """Direction of travel in steps of 22.5 degrees; 15 is north-north-west or unknown, so it says nothing."""
    return None if code == 15 else code * 22.5


def reason_of(additional_type: int, additional: int) -> str | None:
    """The reason for sending; None where the eight bits are the user's own."""
    if additional_type == 1:
        return None
    return REASONS.get(additional, f"reserved_{additional}")
