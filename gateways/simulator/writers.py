"""What a device puts on the wire: the other end of the decoders, for the three dialects that the made-up force speaks.

It decides bytes. Each writer loses what its dialect loses: LIP rounds the course to 22.5 degrees and gives the error
as a class, NMEA gives the error as a dilution of precision.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import TYPE_CHECKING

import msgspec

from arls.geo import Position

if TYPE_CHECKING:
    from datetime import datetime

_KNOT_MPS = 1852 / 3600
_KMH_MPS = 1 / 3.6

# The console that radios send to; TETRA status values of the made-up force begin at 0x8010 for code 0.
_CALLED = "9990001" + "00000001"
STATUS_OF_CODE_0 = 0x8010

# What a radio without GPS lock sends (protocols.md 1.4).
_NO_FIX = Position(lat=0.0, lon=0.0)

# ETSI TS 100 392-18-1, table "position error": the upper bounds in metres of classes 0 to 5.
_ERROR_CLASSES_M = (2.0, 20.0, 200.0, 2_000.0, 20_000.0, 200_000.0)
_EMERGENCY, _INTERVAL, _DISTANCE = 2, 129, 130

# A receiver's error in metres for each unit of HDOP (protocols.md 3), and a usual number of satellites.
_ERROR_PER_HDOP_M, _SATELLITES = 5.0, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a device sees of itself at one instant; without a position it has lost its satellites."""

    at: datetime
    position: Position | None
    speed_mps: float
    course_deg: float
    accuracy_m: float
    emergency: bool = False
    moved: bool = False  # it reports because it has moved so far, not because its time has come


def pei_report(itsi: str, sight: Sight) -> bytes:
    """A LIP short location report as a radio hands it over its peripheral equipment interface.

    ETSI TS 100 392-18-1, short location report; EN 300 392-5, 6.17 (`+CTSDSR`).
    """
    found = sight.position is not None
    position = sight.position or _NO_FIX
    fields = (
        (0b00, 2),  # short location report
        (0 if found else 3, 2),  # younger than 5 s, or unknown
        (_steps(position.lon, 360, 25), 25),
        (_steps(position.lat, 180, 24), 24),
        (_error_class(sight.accuracy_m) if found else 7, 3),
        (_speed_code(sight.speed_mps) if found else 127, 7),
        (round(sight.course_deg / 22.5) % 16 if found else 15, 4),
        (0, 1),  # a reason for sending follows
        (_EMERGENCY if sight.emergency else _DISTANCE if sight.moved else _INTERVAL, 8),
    )
    value, length = 0x0A, 8  # SDS protocol identifier of LIP
    for number, bits in fields:
        value, length = value << bits | number, length + bits
    return _sds(itsi, 12, f"{value:0{length // 4}X}", length)


def pei_status(itsi: str, code: int) -> bytes:
    """A pre-coded status for a state code; code 0 is the emergency, which TETRA has as status 0."""
    return _sds(itsi, 13, f"{STATUS_OF_CODE_0 + code if code else 0:04X}", 16)


def _sds(itsi: str, service: int, digits: str, bits: int) -> bytes:
    return f"+CTSDSR: {service},{itsi},1,{_CALLED},1,{bits}\r\n{digits}\r\n".encode()


def _steps(degrees: float, span: int, bits: int) -> int:
    """Two's complement of `degrees` in steps of span / 2**bits."""
    return round(degrees / span * (1 << bits)) % (1 << bits)


def _error_class(accuracy_m: float) -> int:
    return next((k for k, bound in enumerate(_ERROR_CLASSES_M) if accuracy_m <= bound), 6)


def _speed_code(speed_mps: float) -> int:
    kmh = speed_mps / _KMH_MPS
    if kmh < 28.5:
        return round(kmh)
    return min(125, round(13 + math.log(kmh / 16) / math.log(1.038)))


def nmea_report(device: str, sight: Sight) -> bytes:
    """The RMC and GGA sentences of one epoch, each behind the modem's identity (IMEI)."""
    found = sight.position is not None
    clock = f"{sight.at:%H%M%S}.{sight.at.microsecond // 10_000:02d}"
    place = _nmea_place(sight.position) if sight.position else ",,,"
    motion = f"{sight.speed_mps / _KNOT_MPS:.2f},{sight.course_deg % 360:.1f}" if found else ","
    rmc = f"GPRMC,{clock},{'A' if found else 'V'},{place},{motion},{sight.at:%d%m%y},,,{'A' if found else 'N'}"
    quality = f"1,{_SATELLITES:02d},{sight.accuracy_m / _ERROR_PER_HDOP_M:.1f}" if found else "0,00,"
    gga = f"GPGGA,{clock},{place},{quality},,M,,M,,"
    return b"".join(_nmea_sentence(device, body) for body in (rmc, gga))


def _nmea_sentence(device: str, body: str) -> bytes:
    return f"{device},${body}*{reduce(xor, body.encode()):02X}\r\n".encode()


def _nmea_place(at: Position) -> str:
    lat, lon = _nmea_angle(at.lat, 2), _nmea_angle(at.lon, 3)
    return f"{lat},{'N' if at.lat >= 0 else 'S'},{lon},{'E' if at.lon >= 0 else 'W'}"


def _nmea_angle(degrees: float, digits: int) -> str:
    # Rounded as a whole first, so that 59.99999 minutes never becomes 60.
    hundred_thousandths = round(abs(degrees) * 60 * 100_000)
    whole, rest = divmod(hundred_thousandths, 60 * 100_000)
    return f"{whole:0{digits}d}{rest / 100_000:08.5f}"


def owntracks_report(position: Position, sight: Sight) -> bytes:
    """An OwnTracks location object. A phone that lost its satellites says nothing at all, so there is a position."""
    return msgspec.json.encode(
        {
            "_type": "location",
            "lat": round(position.lat, 7),
            "lon": round(position.lon, 7),
            "tst": int(sight.at.timestamp()),
            "acc": round(sight.accuracy_m),
            "vel": round(sight.speed_mps / _KMH_MPS),
            "cog": round(sight.course_deg) % 360,
            "t": "t",
            "batt": 80,
        }
    )
