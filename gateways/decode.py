"""Messages from a file to JSON objects: what `arls gateway decode` prints.

It decides how a line of input becomes the input of a decoder and how outcomes become one object. The field names are
those of the decoders' messages; a fault is `{"reject": reason, "detail": ...}`.
"""

from __future__ import annotations

import re
from datetime import datetime  # msgspec reads it when it decodes a vector
from difflib import get_close_matches
from enum import StrEnum
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from gateways.decoders import tetra_sds
from gateways.decoders.aml_https import AmlHttps
from gateways.decoders.bits import Bits
from gateways.decoders.cot_protobuf import CotProtobuf
from gateways.decoders.cot_xml import CotXml
from gateways.decoders.message import (
    Answer,
    DecodeError,
    Estimated,
    Header,
    Ignored,
    Located,
    Message,
    Outcome,
    Report,
)
from gateways.decoders.raw_sds import RawSds
from gateways.decoders.teltonika import TeltonikaRecording
from gateways.decoders.tetra_pei import TetraPei
from gateways.dialects import BINARY, DIALECTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gateways.decoders.message import Decoder

# Short data of TETRA are not octets but bits, often an odd number of digits, and need no stream: they have no Decoder.
# The value says whether schemes are read that a maker invented.
_SHORT_DATA = {"tetra-lip": False, "tetra-sds-location": True}
SPOKEN = (*DIALECTS, *_SHORT_DATA)

# Whoever decodes a file wants to see what is in it, also what a live gateway leaves alone unless told.
_DECODERS: dict[str, Callable[[str | None], Decoder]] = DIALECTS | {
    "cot-protobuf": CotProtobuf,
    "cot-xml": CotXml,
    "raw-sds": partial(RawSds, vendor_schemes=True),
    "teltonika": TeltonikaRecording,
    "tetra-pei": partial(TetraPei, vendor_schemes=True),
}

# These need more than one line for one message, so one decoder reads the whole file.
_OF_SEVERAL_LINES = frozenset({"tetra-pei"})

# One message of these is a number of records, and is so even when the number is one.
_OF_RECORDS = frozenset({"teltonika"})


class Mode(StrEnum):
    """What one line of input is; without a mode the first line tells whether all are digits or text."""

    HEX = "hex"
    TEXT = "text"
    VECTORS = "vectors"


class UnknownDialectError(ValueError):
    """A dialect that is not decoded here; its text is a sentence for the person who typed it."""


class Vector(msgspec.Struct, frozen=True, rename={"hexadecimal": "hex"}):
    """The input of one test vector: exactly one of the first four."""

    hexadecimal: str | None = None
    text: str | None = None
    chunks: tuple[str, ...] | None = None
    chunks_hex: tuple[str, ...] | None = None
    bits: int | None = None
    receive_time: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    key: str | None = None  # the secret by which a form is known to be genuine

    @property
    def is_stream(self) -> bool:
        """True when the answer is a list of messages."""
        return self.chunks is not None or self.chunks_hex is not None

    @property
    def pieces(self) -> list[bytes]:
        """What the carrier would have handed over, piece by piece. Raises DecodeError."""
        if self.chunks_hex is not None:
            return [_octets(chunk) for chunk in self.chunks_hex]
        if self.hexadecimal is not None:
            return [_octets(self.hexadecimal)]
        return [_encoded(piece) for piece in self.chunks or (self.text or "",)]


# Digits as people write and programs dump them: in groups, with colons, behind 0x.
_DIGITS = re.compile(r"(?:0[xX])?[0-9A-Fa-f]+(?:[\s:]+[0-9A-Fa-f]+)*", re.ASCII)
_BETWEEN = re.compile(r"^0[xX]|[\s:]+")


def decode_lines(dialect: str, lines: Iterable[str], mode: Mode | None = None) -> Iterator[dict[str, Any]]:
    """One JSON-ready object for each line that is not empty. Raises UnknownDialectError before the first.

    A file that may hold any octets is opened with `errors="surrogateescape"`: they come out here as they were.
    """
    if dialect not in SPOKEN:
        like = [name for name in SPOKEN if dialect and dialect.lower() in name]
        meant = " or ".join(like or get_close_matches(dialect.lower(), SPOKEN, n=1))
        hint = f" (did you mean {meant}?)" if meant else ""
        raise UnknownDialectError(f"There is no dialect {dialect!r}{hint}; there are {', '.join(sorted(SPOKEN))}.")
    return _answers(dialect, (line for line in map(str.strip, lines) if line), mode)


def _answers(dialect: str, lines: Iterator[str], mode: Mode | None) -> Iterator[dict[str, Any]]:
    first = next(lines, None)
    if first is None:
        return
    answer = _answering(dialect, mode or _guessed(dialect, first))
    yield from map(answer, chain([first], lines))


def _guessed(dialect: str, line: str) -> Mode:
    """Text where it cannot be digits and the dialect is one of text: in a transcript digits may follow."""
    is_text = dialect not in BINARY and dialect not in _SHORT_DATA and _DIGITS.fullmatch(line) is None
    return Mode.TEXT if is_text else Mode.HEX


def _answering(dialect: str, mode: Mode) -> Callable[[str], dict[str, Any]]:
    """What turns one line of this dialect and mode into its answer."""
    shared = _DECODERS[dialect](None) if dialect in _OF_SEVERAL_LINES and mode is not Mode.VECTORS else None

    def answer(line: str) -> dict[str, Any]:
        try:
            vector = _vector_of(line, mode)
            if dialect in _SHORT_DATA:
                return _json_of(_short_data(vector, vendor_schemes=_SHORT_DATA[dialect]))
            line_end = b"" if vector.is_stream or dialect in BINARY else b"\n"
            outcomes = _outcomes(shared or _decoder_of(dialect, vector), vector, line_end)
        except DecodeError as error:
            return _json_of(error)
        if vector.is_stream:
            return _stream_of(outcomes)
        return _records_of(outcomes) if dialect in _OF_RECORDS else _one_of(outcomes)

    return answer


def _decoder_of(dialect: str, vector: Vector) -> Decoder:
    if dialect == "aml-https":
        return AmlHttps(key=vector.key)
    return _DECODERS[dialect](None)


def _vector_of(line: str, mode: Mode) -> Vector:
    if mode is Mode.TEXT:
        return Vector(text=line)
    if mode is Mode.HEX:
        return Vector(hexadecimal=_BETWEEN.sub("", line))
    try:
        vector = _VECTORS.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise DecodeError("not_a_vector", error) from error
    if sum(given is not None for given in (vector.hexadecimal, vector.text, vector.chunks, vector.chunks_hex)) != 1:
        raise DecodeError("not_a_vector", "exactly one of hex, text, chunks and chunks_hex is the input")
    if vector.receive_time is not None and not 1980 <= vector.receive_time.year <= 2200:
        raise DecodeError("not_a_vector", "a receive time that no gateway's clock shows")
    return vector


_VECTORS = msgspec.json.Decoder(Vector)


def _short_data(vector: Vector, *, vendor_schemes: bool) -> Message:
    digits = vector.hexadecimal if vector.hexadecimal is not None else vector.text
    bits = Bits(digits or "", length=vector.bits)
    return tetra_sds.decode(bits, received_at=vector.receive_time, vendor_schemes=vendor_schemes)


def _outcomes(decoder: Decoder, vector: Vector, line_end: bytes) -> list[Outcome]:
    pieces = vector.pieces
    pieces[-1] += line_end
    outcomes = [outcome for piece in pieces for outcome in decoder.feed(piece, received_at=vector.receive_time)]
    return outcomes + decoder.flush()


def _stream_of(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What a stream said, in order; headers and what is of no use are not messages."""
    messages = [o for o in outcomes if isinstance(o, Message) and not isinstance(o, Header | Ignored | Answer)]
    answers = _answers_of(outcomes)
    acks = {"acks_hex": answers} if answers else {}
    return {"kind": "stream", "messages": [_json_of(m) for m in messages], **acks, **_rejects_of(outcomes)}


def _records_of(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What a message of records said, in one form however many they are."""
    reports = [o for o in outcomes if isinstance(o, Report)]
    if not reports:
        return _one_of(outcomes)
    placed = any(isinstance(report, Located | Estimated) for report in reports)
    return {
        "kind": "fixes" if placed else "nofix",
        "records": [_json_of(report) for report in reports],
        **_ack_of(outcomes),
        **_rejects_of(outcomes),
    }


def _one_of(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What a single message said. A header counts only when its user data is missing."""
    messages = [o for o in outcomes if isinstance(o, Message) and not isinstance(o, Header | Answer)]
    faults = [o for o in outcomes if isinstance(o, DecodeError)]
    match messages, faults:
        case [], []:
            return _json_of(next(iter(outcomes), Ignored(why="nothing_said")))
        case [], [fault, *_]:
            return _json_of(fault)
        case [message], _:
            return _json_of(message) | _ack_of(outcomes) | _rejects_of(outcomes)
        case _:
            return {"kind": "fixes", "records": [_json_of(m) for m in messages], **_rejects_of(outcomes)}


def _ack_of(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    answers = _answers_of(outcomes)
    return {"ack_hex": answers[0]} if answers else {}


def _answers_of(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.octets.hex() for outcome in outcomes if isinstance(outcome, Answer)]


def _rejects_of(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    rejects = [_json_of(o) for o in outcomes if isinstance(o, DecodeError)]
    return {"rejects": rejects} if rejects else {}


def _json_of(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, DecodeError):
        return {"reject": outcome.reason, "detail": outcome.detail.encode("utf-8", "backslashreplace").decode()}
    words: dict[str, Any] = msgspec.to_builtins(outcome)
    return words


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise DecodeError("not_text", ascii(text)) from error


def _octets(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError as error:
        raise DecodeError("not_hexadecimal", digits) from error
