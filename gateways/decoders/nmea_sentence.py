"""One NMEA 0183 sentence (IEC 61162-1): framing, checksum, fields to SI. What several say together is `nmea0183`'s.

It decides what is a sentence and what its fields mean. Empty fields are legal and mean unknown.

Not pynmeagps (1.1.8): it takes 50 us a sentence to our 12, lets longitude 181 and hemisphere X through and drops the
time of a leap second. Tests use it as the oracle of what both understand.
"""

from __future__ import annotations

import re
from datetime import timedelta  # msgspec reads the types at run time
from enum import IntEnum
from math import hypot
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gateways.decoders.instants import time_of_day
from gateways.decoders.message import DecodeError, course_of, known
from gateways.decoders.xor8 import xor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The standard allows 82 characters; receivers with seven decimals write longer ones (protocols.md 3).
LONGEST = 256

_KNOT_MPS = 1852 / 3600
_KMH_MPS = 1 / 3.6

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_ANGLE = re.compile(r"(\d{1,3})(\d\d(?:\.\d*)?)", re.ASCII)
_CLOCK = re.compile(r"(\d\d)(\d\d)(\d\d(?:\.\d*)?)", re.ASCII)
_DATE = re.compile(r"(\d\d)(\d\d)(\d\d)", re.ASCII)
_CHECKSUM = re.compile(r"[0-9A-Fa-f]{2}", re.ASCII)

# IEC 61162-1, mode indicator: which of them are satellite fixes. N none, S simulator and M manual are not.
_GNSS_MODES = frozenset("ADPRF")
_DEAD_RECKONING = "E"
# GGA quality: 1 GPS, 2 DGPS, 3 PPS, 4 and 5 RTK, 9 SBAS; 6 is dead reckoning; 0 none, 7 manual, 8 simulator are none.
_GNSS_QUALITIES = frozenset("123459")
_QUALITY_ESTIMATED = "6"


class Standing(IntEnum):
    """What a sentence says of its own position; of several the worst one counts."""

    GNSS = 0
    ESTIMATED = 1
    NONE = 2


class Day(NamedTuple):
    """A date as sent; a year below 100 has lost its century."""

    day: int
    month: int
    year: int


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of one sentence, or of several of one epoch, in SI. None is unknown."""

    formatter: str
    standing: Standing | None = None
    clock: timedelta | None = None  # since midnight UTC
    clock_wrong: bool = False  # a time or date stood there and cannot be
    date: Day | None = None
    lat: float | None = None
    lon: float | None = None
    speed_mps: float | None = None
    course_deg: float | None = None
    satellites: int | None = None
    hdop: float | None = None
    altitude_m: float | None = None  # above mean sea level
    error_m: float | None = None  # horizontal, as a circle's root mean square


def split(line: str, *, checksum_required: bool) -> tuple[str, list[str], bool]:
    """What stands before the `$`, the fields behind it, and whether a checksum vouches for them.

    Raises DecodeError where there is no sentence, and where the checksum is wrong or is missing but required.
    """
    prefix, dollar, sentence = line.rpartition("$")
    if not dollar:
        raise DecodeError("no_start", line)
    body, star, checksum = sentence.partition("*")
    if not star:
        if checksum_required:
            raise DecodeError("checksum_missing", line)
        return prefix, body.split(","), False
    if _CHECKSUM.fullmatch(checksum) is None:
        raise DecodeError("checksum_malformed", line)
    computed = xor_of(body.encode())
    if computed != int(checksum, 16):
        raise DecodeError("checksum_wrong", f"{checksum}, computed {computed:02X}")
    return prefix, body.split(","), True


def parse(fields: Sequence[str]) -> Sentence | None:
    """What one sentence says; None for a formatter that has nothing for a fix. Raises DecodeError."""
    formatter = fields[0][-3:]
    rule = _FORMATTERS.get(formatter)
    if rule is None or fields[0].startswith("P"):  # P: a maker's own sentence
        return None
    fewest, read = rule
    if len(fields) < fewest:
        raise DecodeError("too_few_fields", ",".join(fields))
    return read([*fields, *[""] * 16])  # optional fields at the end are empty ones


def _rmc(f: Sequence[str]) -> Sentence:
    lat, lon = _position(f[3:7])
    clock, clock_wrong = _clock(f[1])
    date, date_wrong = _date(f[9])
    return Sentence(
        formatter="RMC",
        standing=_standing(f[2], f[12]),
        clock=clock,
        clock_wrong=clock_wrong or date_wrong,
        date=date,
        lat=lat,
        lon=lon,
        speed_mps=_speed(f[7], _KNOT_MPS),
        course_deg=course_of(_number(f[8])),
    )


def _gga(f: Sequence[str]) -> Sentence:
    lat, lon = _position(f[2:6])
    clock, clock_wrong = _clock(f[1])
    if f[6] in _GNSS_QUALITIES:
        standing = Standing.GNSS
    else:
        standing = Standing.ESTIMATED if f[6] == _QUALITY_ESTIMATED else Standing.NONE
    return Sentence(
        formatter="GGA",
        standing=standing,
        clock=clock,
        clock_wrong=clock_wrong,
        lat=lat,
        lon=lon,
        satellites=_count(f[7]),
        hdop=known(_number(f[8])),
        altitude_m=_number(f[9]),
    )


def _gns(f: Sequence[str]) -> Sentence:
    lat, lon = _position(f[2:6])
    clock, clock_wrong = _clock(f[1])
    return Sentence(
        formatter="GNS",
        standing=min((_mode(letter) for letter in f[6]), default=Standing.NONE),
        clock=clock,
        clock_wrong=clock_wrong,
        lat=lat,
        lon=lon,
        satellites=_count(f[7]),
        hdop=known(_number(f[8])),
        altitude_m=_number(f[9]),
    )


def _gll(f: Sequence[str]) -> Sentence:
    lat, lon = _position(f[1:5])
    clock, clock_wrong = _clock(f[5])
    # NMEA 1.5 ended after the position; there its presence was the status.
    standing = _standing(f[6], f[7]) if f[5] or f[6] else Standing.GNSS
    return Sentence(formatter="GLL", standing=standing, clock=clock, clock_wrong=clock_wrong, lat=lat, lon=lon)


def _vtg(f: Sequence[str]) -> Sentence:
    speed_mps = _speed(f[5], _KNOT_MPS)
    if speed_mps is None:
        speed_mps = _speed(f[7], _KMH_MPS)
    return Sentence(formatter="VTG", speed_mps=speed_mps, course_deg=course_of(_number(f[1])))


def _zda(f: Sequence[str]) -> Sentence:
    clock, clock_wrong = _clock(f[1])
    day, month, year = (_count(field) for field in f[2:5])
    date = None if day is None or month is None or year is None else Day(day, month, year)
    return Sentence(formatter="ZDA", clock=clock, clock_wrong=clock_wrong, date=date)


def _gst(f: Sequence[str]) -> Sentence:
    """IEC 61162-1, GST: the standard deviations of latitude and longitude in metres, by the receiver's own account."""
    clock, clock_wrong = _clock(f[1])
    north_m, east_m = known(_number(f[6])), known(_number(f[7]))
    error_m = None if north_m is None or east_m is None else hypot(north_m, east_m)
    return Sentence(formatter="GST", clock=clock, clock_wrong=clock_wrong, error_m=error_m or None)


# Formatter -> fewest fields, address included, and its reader.
_FORMATTERS: dict[str, tuple[int, Callable[[Sequence[str]], Sentence]]] = {
    "RMC": (10, _rmc),
    "GGA": (10, _gga),
    "GNS": (10, _gns),
    "GLL": (5, _gll),
    "VTG": (6, _vtg),
    "ZDA": (5, _zda),
    "GST": (8, _gst),
}


def _standing(status: str, mode: str) -> Standing:
    """Status A is only believed when the mode indicator, where there is one, says so too."""
    if status not in {"A", "V", ""}:
        raise DecodeError("bad_status", status)
    if status != "A":
        return Standing.NONE
    return _mode(mode) if mode else Standing.GNSS


def _mode(letter: str) -> Standing:
    if letter in _GNSS_MODES:
        return Standing.GNSS
    return Standing.ESTIMATED if letter == _DEAD_RECKONING else Standing.NONE


def _position(fields: Sequence[str]) -> tuple[float, float] | tuple[None, None]:
    lat_text, lat_side, lon_text, lon_side = fields
    if not lat_text or not lon_text:
        return None, None
    lat = _angle(lat_text, lat_side, sides="NS", limit=90)
    lon = _angle(lon_text, lon_side, sides="EW", limit=180)
    return lat, lon


def _angle(text: str, side: str, *, sides: str, limit: int) -> float:
    """`dddmm.mmmm` and a side. The minutes are the two digits before the point, wherever that is."""
    match = _ANGLE.fullmatch(text)
    if match is None:
        raise DecodeError("bad_angle", text)
    if len(side) != 1 or side not in sides:
        raise DecodeError("bad_hemisphere", side)
    minutes = float(match[2])
    degrees = int(match[1]) + minutes / 60
    if minutes >= 60 or degrees > limit:
        raise DecodeError("position_out_of_range", text + side)
    return degrees if side == sides[0] else -degrees


def _clock(text: str) -> tuple[timedelta | None, bool]:
    """Since midnight, and True when something stands there that is no time: then the position is still good."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None, bool(text)
    since_midnight = time_of_day(int(match[1]), int(match[2]), float(match[3]))
    return since_midnight, since_midnight is None


def _date(text: str) -> tuple[Day | None, bool]:
    match = _DATE.fullmatch(text)
    if match is None:
        return None, bool(text)
    return Day(int(match[1]), int(match[2]), int(match[3])), False


def _speed(text: str, unit_mps: float) -> float | None:
    speed = known(_number(text))
    return None if speed is None else speed * unit_mps


def _count(text: str) -> int | None:
    number = known(_number(text))
    return None if number is None else int(number)


def _number(text: str) -> float | None:
    if not text:
        return None
    if _NUMBER.fullmatch(text) is None:
        raise DecodeError("bad_number", text)
    return float(text)
