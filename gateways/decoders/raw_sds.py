"""Short data as a site's own adaptor hands it over: one JSON object a line, with the user data in hexadecimal.

    {"from": "234009900004711", "to": 1000, "bits": 84, "hex": "0A0FEA...", "received_at": "2026-06-06T14:00:00Z"}

It decides what such a line may hold (protocols.md 1.3, "Other ways in"); what the user data says is the same as from a
radio's own interface. Control-room interfaces are proprietary, and twenty lines turn any of them into this.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec.structs import replace

from arls.fix import FUTURE_LIMIT, TimeBasis
from gateways.decoders.bits import MOST_BITS, Bits
from gateways.decoders.instants import TIME_SUSPECT
from gateways.decoders.lines import Lines
from gateways.decoders.message import DecodeError, Message, Outcome, Report
from gateways.decoders.tetra_pei import SDS_TYPE_4, SERVICES, SdsHeader, device_of, read_user_data

# 512 digits, the names, and room for whatever else an adaptor adds.
_LONGEST_LINE = 4_096

# A switch that stamps beyond this has a wrong clock; one that stored and forwarded stays within.
_OLDEST = timedelta(hours=24)


class Line(msgspec.Struct, frozen=True, kw_only=True, rename={"sender": "from", "called": "to", "digits": "hex"}):
    """One line. Names that are not here are passed by."""

    sender: str | int
    digits: str
    called: str | int | None = None
    bits: Annotated[int, msgspec.Meta(ge=1, le=MOST_BITS)] | None = None  # None: four for each digit
    received_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None  # by the clock of the switch
    service: int = SDS_TYPE_4  # AI service, as in +CTSDSR: 12, or 13 for a status


_LINES = msgspec.json.Decoder(Line)


class RawSds:
    """The decoder of one adaptor's stream."""

    def __init__(self, source: str | None = None, *, vendor_schemes: bool = False) -> None:
        del source  # an adaptor speaks for many radios and is none
        self._vendor_schemes = vendor_schemes
        self._lines = Lines(_LONGEST_LINE, encoding="utf8")

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """A message for each line, or the fault in it."""
        return [self._outcome(line, received_at) for line in self._lines.feed(data)]

    def flush(self) -> list[Outcome]:
        """Nothing: half a line says nothing."""
        return []

    def _outcome(self, line: str | DecodeError, received_at: datetime | None) -> Outcome:
        if isinstance(line, DecodeError):
            return line
        try:
            return decode(line, received_at=received_at, vendor_schemes=self._vendor_schemes)
        except DecodeError as error:
            return error


def decode(text: str | bytes, *, received_at: datetime | None = None, vendor_schemes: bool = False) -> Message:
    """What one object says. Raises DecodeError."""
    return _message_of(_line_of(text), received_at, vendor_schemes=vendor_schemes)


def _line_of(text: str | bytes) -> Line:
    try:
        return _LINES.decode(text)
    except msgspec.ValidationError as error:
        raise DecodeError("field_malformed", error) from error
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise DecodeError("not_json", error) from error
    except RecursionError as error:
        raise DecodeError("too_deep") from error


def _message_of(line: Line, received_at: datetime | None, *, vendor_schemes: bool) -> Message:
    if line.service not in SERVICES:
        raise DecodeError("service_unknown", line.service)
    bits = Bits(line.digits, length=line.bits)
    header = SdsHeader(
        service=line.service,
        device_id=device_of(str(line.sender)),
        called_id=None if line.called is None else str(line.called),
        length_bits=bits.left,
        encrypted=False,
    )
    at, is_stamp_wrong = _stamp(line.received_at, received_at)
    message = read_user_data(header, bits, header.device_id, at, vendor_schemes=vendor_schemes)
    return _without_age(message) if is_stamp_wrong else message


def _stamp(said: datetime | None, received_at: datetime | None) -> tuple[datetime | None, bool]:
    """When the switch had it, as long as our clock allows that, else when we had it; and True where its clock is wrong.

    A fix of LIP is "so many seconds old" from its sending: what a switch stored meanwhile must not look young.
    """
    if said is None or received_at is None:
        return said or received_at, False
    if received_at - _OLDEST <= said <= received_at + FUTURE_LIMIT:
        return said, False
    return received_at, True


def _without_age(message: Message) -> Message:
    """The same with a time unknown that was reckoned from a stamp that nobody can know."""
    if not isinstance(message, Report):
        return message
    flags = (*message.flags, TIME_SUSPECT)
    if message.time_basis is not TimeBasis.DERIVED:
        return replace(message, flags=flags)
    return replace(message, time=None, time_basis=None, age_max_s=None, flags=flags)
