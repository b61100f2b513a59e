"""Advanced Mobile Location by SMS (ETSI TS 103 625): where an emergency caller's phone says that it is.

It decides what versions 1 and 2 say; the same keys mean different things in the two. Text arrives as it is, data SMS
in GSM's seven-bit packing. Who calls is not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateways.decoders.caller import CallerNoFix, caller_of, find_telling, named, share_of
from gateways.decoders.instants import from_epoch, from_parts, judged, time_of_day
from gateways.decoders.message import DecodeError, decimal_of
from gateways.decoders.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gateways.decoders.caller import CallerLocated, NameCall

# A data SMS holds 140 octets; several joined hold more, and a forwarded text has at most this many characters.
MOST_OCTETS = 1_024

_BEGIN = b'A"ML='
_PACKED_BEGIN = bytes.fromhex("415193D9")  # the same, packed, as far as whole octets go
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII)
_METHODS = {"G": "gnss", "W": "wifi", "C": "cell"}
_NOWHERE = "N"

LENGTH_DIFFERS = "length_differs"


class AmlSms(Whole):
    """The decoder of messages from an SMS centre, each whole, so nothing is held back."""

    def __init__(self, source: str | None = None) -> None:
        """Who sent it is the caller, and is dropped."""

    def said(self, data: bytes, received_at: datetime | None) -> CallerLocated | CallerNoFix:
        """The one location of `data`. Raises DecodeError."""
        return decode(data, received_at=received_at)


def decode(
    payload: bytes, *, received_at: datetime | None = None, name_call: NameCall | None = None
) -> CallerLocated | CallerNoFix:
    """What one message says. Raises DecodeError, whose detail names fields and repeats none.

    With `name_call` IMSI or IMEI become the id of the call.
    """
    text = _text_of(payload)
    words = _words(text)
    return named(_located(text, words, received_at), find_telling(words.get("ei"), words.get("si")), name_call)


def _located(text: str, words: Mapping[str, str], received_at: datetime | None) -> CallerLocated | CallerNoFix:
    match words['A"ML']:
        case "1":
            declared = decimal_of(words.get("ml"))
            # Senders count wrongly, in the standard's own examples too: a warning, no more.
            doubts = () if declared is None or declared == len(text) else (LENGTH_DIFFERS,)
            return _first(words, doubts, received_at)
        case "2":
            return _second(words, received_at)
        case _:
            raise DecodeError("version_unsupported")


def _text_of(payload: bytes) -> str:
    if len(payload) > MOST_OCTETS:
        raise DecodeError("too_long", f"{len(payload)} octets")
    if payload.startswith(_PACKED_BEGIN):
        payload = _unpacked(payload)
    if not payload.startswith(_BEGIN) or not payload.isascii():
        raise DecodeError("not_aml")
    return payload.decode("ascii").strip()


def _unpacked(payload: bytes) -> bytes:
    """Characters of seven bits, least significant first (3GPP TS 23.038, 6.1.2.1), of those that ASCII writes alike.

    What is left of the last octet is filled with 0 or with a carriage return.
    """
    bits = int.from_bytes(payload, "little")
    return bytes(bits >> shift & 0x7F for shift in range(0, len(payload) * 8 - 6, 7)).rstrip(b"\0\r")


def _words(text: str) -> dict[str, str]:
    pairs = [field.partition("=") for field in text.split(";") if field]
    words = {key: value for key, _, value in pairs}
    if len(words) != len(pairs):
        raise DecodeError("field_repeated")
    return words


def _first(
    words: Mapping[str, str], doubts: tuple[str, ...], received_at: datetime | None
) -> CallerLocated | CallerNoFix:
    """Version 1. Every field before the time is needed: a message cut short may end in half a number."""
    is_nowhere = words.get("pm") == _NOWHERE
    # A phone that knows no place may leave out since when.
    at = None if is_nowhere and "top" not in words else _stamp(words.get("top"))
    at, flags = judged(at, received_at)
    flags += doubts
    if is_nowhere:
        return CallerNoFix(received_at=received_at, time=at, flags=flags)
    radius = words.get("rd")
    return caller_of(
        lat=decimal_of(words.get("lt")),
        lon=decimal_of(words.get("lg")),
        time=at,
        accuracy_m=None if radius == _NOWHERE else _length(radius, "rd"),
        confidence=share_of(decimal_of(words.get("lc"))),
        method=_METHODS.get(words.get("pm", "")),
        received_at=received_at,
        flags=flags,
    )


def _second(words: Mapping[str, str], received_at: datetime | None) -> CallerLocated | CallerNoFix:
    """Version 2: `lo` is the place and its radius, `lt` the age of the place when the call began."""
    called_at, offset_s = (decimal_of(words.get(key)) for key in ("et", "lt"))
    at = None if called_at is None or offset_s is None else from_epoch(called_at + offset_s)
    at, flags = judged(at, received_at)
    if "lo" not in words:
        return CallerNoFix(received_at=received_at, time=at, flags=flags)
    match words["lo"].split(","):
        case [lat, lon, radius]:
            altitude = words.get("lz", "").partition(",")[0]
            return caller_of(
                lat=decimal_of(lat),
                lon=decimal_of(lon),
                time=at,
                accuracy_m=_length(radius, "lo"),
                confidence=share_of(decimal_of(words.get("lc"))),
                method=_METHODS.get(words.get("ls", "")),
                altitude_m=decimal_of(altitude),
                received_at=received_at,
                flags=flags,
            )
        case _:
            raise DecodeError("bad_position", "lo")


def _stamp(text: str | None) -> datetime:
    match = _STAMP.fullmatch(text or "")
    if match is None:
        raise DecodeError("bad_time", "top")
    year, month, day, hour, minute, second = map(int, match.groups())
    clock = time_of_day(hour, minute, second)
    at = None if clock is None else from_parts(year, month, day, clock)
    if at is None:
        raise DecodeError("bad_time", "top")
    return at


def _length(text: str | None, field: str) -> float:
    metres = decimal_of(text)
    if metres is None or metres < 0:
        raise DecodeError("bad_radius", field)
    return metres
