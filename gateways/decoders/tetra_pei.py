"""The peripheral equipment interface of a TETRA radio (EN 300 392-5): AT lines that carry short data.

It decides where a message begins and ends and who sent it. An SDS is two lines, header and hexadecimal user data;
between messages the radio answers commands and reports calls, which are passed by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from gateways.decoders import tetra_sds
from gateways.decoders.bits import MOST_BITS, Bits
from gateways.decoders.lines import Lines
from gateways.decoders.message import DecodeError, Header, Ignored, Message, Outcome, Status, Unsupported

if TYPE_CHECKING:
    from datetime import datetime

# 2047 bits are 512 digits; the header is shorter.
_LONGEST_LINE = 600

HEADER = "+CTSDSR:"
_DIGITS = re.compile(r"\d+", re.ASCII)
_HEX = re.compile(r"[0-9A-Fa-f]+", re.ASCII)
# Answers to commands and what they go on with in a second line, echoes of commands and of user data (ended by Ctrl-Z),
# and unsolicited results, also the makers' own.
_CHATTER = re.compile(
    r"(?:[+*%#^][A-Z]|\d+,|OK\b|ERROR\b|AT|RING\b|NO CARRIER|CONNECT|BUSY|NO ANSWER|.*\x1a$)", re.ASCII | re.IGNORECASE
)
# "> " asks for user data, and has no line end of its own: what comes next stands behind it.
_PROMPT = re.compile(r"(?:>\s*)+", re.ASCII)

# 512 digits take half a second at 9600 baud: what has not come by then belongs to something else.
_HALF_MESSAGE = timedelta(seconds=10)

# EN 300 392-5, 6.17: AI service.
_USER_DATA_1_2_3 = frozenset({9, 10, 11})
SDS_TYPE_4 = 12
_STATUS = 13
SERVICES = frozenset({*_USER_DATA_1_2_3, SDS_TYPE_4, _STATUS})

# EN 300 392-5, 6.17: identity type: SSI, TSI and extended TSI name a subscriber. A short number (2) means something to
# the network alone that gave it out, and the others are telephones.
_SUBSCRIBER_TYPES = frozenset({"", "0", "1", "5"})
_MOST_SSI = 0xFFFFFF
_STATUS_BITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SdsHeader:
    """What the first line says of the second."""

    service: int
    device_id: str | None
    called_id: str | None
    length_bits: int
    encrypted: bool


class TetraPei:
    """The decoder of one radio's line. A header waits for its user data; a new header takes its place."""

    def __init__(self, source: str | None = None, *, vendor_schemes: bool = False) -> None:
        self._source = source
        self._vendor_schemes = vendor_schemes
        self._lines = Lines(_LONGEST_LINE)
        self._waiting: SdsHeader | None = None
        self._waiting_since: datetime | None = None
        self._skipping = False  # the header was bad: its user data, if it comes, has been refused with it

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """A Header for each first line, what it announced for each second, and the faults."""
        outcomes: list[Outcome] = []
        for line in self._lines.feed(data):
            if isinstance(line, DecodeError):
                self._waiting = None
                outcomes.append(line)
                continue
            try:
                outcomes += self._line(line, received_at)
            except DecodeError as error:
                outcomes.append(error)
        return outcomes

    def flush(self) -> list[Outcome]:
        """Nothing: half a message says nothing, and the next header clears it away."""
        return []

    def _line(self, line: str, received_at: datetime | None) -> list[Outcome]:
        line = without_prompt(line)
        if line.startswith(HEADER):
            return self._header(line, received_at)
        if _HEX.fullmatch(line):
            return self._user_data(line, received_at)
        if not line or _CHATTER.match(line):
            return []
        self._waiting = None
        raise DecodeError("unexpected_line", line)

    def _header(self, line: str, received_at: datetime | None) -> list[Outcome]:
        cancelled = self._waiting is not None
        self._waiting, self._skipping = None, True
        header = read_header(line.removeprefix(HEADER))
        self._waiting, self._waiting_since, self._skipping = header, received_at, False
        said = Header(
            device_id=header.device_id,
            received_at=received_at,
            called_id=header.called_id,
            pdu_bits=header.length_bits,
        )
        return [DecodeError("half_message", "a header came in place of user data"), said] if cancelled else [said]

    def _user_data(self, line: str, received_at: datetime | None) -> list[Outcome]:
        header, self._waiting = self._waiting, None
        skipping, self._skipping = self._skipping, False
        if header is not None:
            if received_at and self._waiting_since and received_at - self._waiting_since > _HALF_MESSAGE:
                raise DecodeError("half_message", "user data came too long after its header")
            source = header.device_id or self._source
            bits = take_user_data(header, line)
            return [read_user_data(header, bits, source, received_at, vendor_schemes=self._vendor_schemes)]
        if skipping:
            return []
        raise DecodeError("user_data_without_header", line)


def without_prompt(line: str) -> str:
    """What stands behind the prompt for user data, which ends no line."""
    prompt = _PROMPT.match(line)
    return line if prompt is None else line[prompt.end() :]


def is_spoken(line: str) -> bool:
    """True for a line that a radio at work may send; what it says at its start is nobody's dialect."""
    return not line or line.startswith(HEADER) or (_HEX.fullmatch(line) or _CHATTER.match(line)) is not None


def read_header(text: str) -> SdsHeader:
    """What stands behind `+CTSDSR:`. Raises DecodeError.

    Seen: service, called, length; service, called, type, length; service, calling, type, called, type, length; and
    the last with end-to-end encryption behind or before the length (protocols.md 1.3).
    """
    calling, calling_type, encryption = "", "", "0"
    match [field.strip() for field in text.split(",")]:
        case [service, called, length] | [service, called, _, length]:
            pass
        case [service, calling, calling_type, called, _, length]:
            pass
        case [service, calling, calling_type, called, _, "0" | "1" | "" as encryption, length]:
            pass  # the other way round: no short data has a length of one bit
        case [service, calling, calling_type, called, _, length, encryption]:
            pass
        case fields:
            raise DecodeError("header_fields", f"{len(fields)} fields")
    return SdsHeader(
        service=_service(service),
        device_id=device_of(calling) if calling and calling_type in _SUBSCRIBER_TYPES else None,
        called_id=called or None,
        length_bits=_length(length),
        encrypted=encryption not in {"", "0"},
    )


def take_user_data(header: SdsHeader, digits: str) -> Bits:
    """The bits of the second line. Raises DecodeError where it is not as long as the header said."""
    # Sepura sends 21 digits for 84 bits, Motorola 22: the bare number of nibbles, or padded to the octet.
    nibbles = -(-header.length_bits // 4)
    if len(digits) not in {nibbles, nibbles + nibbles % 2}:
        raise DecodeError("length_differs", f"{len(digits)} digits for {header.length_bits} bits")
    return Bits(digits, length=header.length_bits)


def read_user_data(
    header: SdsHeader, bits: Bits, source: str | None, received_at: datetime | None, *, vendor_schemes: bool = False
) -> Message:
    """What the second line says. Raises DecodeError."""
    if header.encrypted:
        return Unsupported(device_id=source, received_at=received_at, why="encrypted")
    if header.service in _USER_DATA_1_2_3:
        return Ignored(device_id=source, received_at=received_at, why=f"sds_type_{header.service - 8}")
    if header.service == _STATUS:
        if header.length_bits != _STATUS_BITS:
            raise DecodeError("status_length", f"{header.length_bits} bits")
        return Status(device_id=source, received_at=received_at, code=bits.take(16))
    return tetra_sds.decode(bits, source=source, received_at=received_at, vendor_schemes=vendor_schemes)


def _service(text: str) -> int:
    if _DIGITS.fullmatch(text) is None or int(text) not in SERVICES:
        raise DecodeError("service_unknown", text)
    return int(text)


def _length(text: str) -> int:
    if _DIGITS.fullmatch(text) is None or len(text) > 4 or not 0 < int(text) <= MOST_BITS:
        raise DecodeError("length_malformed", text)
    return int(text)


def device_of(identity: str) -> str:
    """`itsi:` with country, network and subscriber as on the wire, or `issi:` without padding (protocols.md 12.1).

    A full identity is country 3, network 4 or 5 (6 seen once) and subscriber 8 digits.
    """
    if _DIGITS.fullmatch(identity) is None or len(identity) > 17 or 8 < len(identity) < 15:
        raise DecodeError("identity_malformed", identity)
    ssi = int(identity[-8:])
    if not 0 < ssi <= _MOST_SSI:
        raise DecodeError("identity_out_of_range", identity)
    return f"itsi:{identity}" if len(identity) > 8 else f"issi:{ssi}"
