"""A stream of bytes cut into lines, whatever pieces it comes in, with a bound on what one line may hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from gateways.decoders.message import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = re.compile(rb"[\r\n]+")


class Lines:
    """The unfinished line of one stream. A line longer than `limit` is one fault, and the next line is sound again."""

    def __init__(self, limit: int, *, encoding: Literal["ascii", "utf8"] = "ascii") -> None:
        self._limit = limit
        self._encoding = encoding
        self._rest = b""
        self._skipping = False

    def feed(self, data: bytes) -> Iterator[str | DecodeError]:
        """Each line that `data` completes, without its end; empty lines are left out.

        At the end of a stream, or of a datagram, feed a line end: it completes what is there.
        """
        *whole, rest = _END.split(self._rest + data)
        for line in whole:
            yield from self._finished(line)
        if len(rest) > self._limit:
            if not self._skipping:
                yield self._too_long(rest)
            self._skipping, rest = True, b""
        self._rest = rest

    def _finished(self, line: bytes) -> Iterator[str | DecodeError]:
        if self._skipping:
            self._skipping = False
        elif len(line) > self._limit:
            yield self._too_long(line)
        elif line.strip():
            yield self._words_of(line)

    def _too_long(self, line: bytes) -> DecodeError:
        return DecodeError("line_too_long", f"more than {self._limit} octets: {line[:40]!r}")

    def _words_of(self, line: bytes) -> str | DecodeError:
        try:
            return line.decode(self._encoding).strip()
        except UnicodeDecodeError:
            return DecodeError(f"not_{self._encoding}", repr(line[:60]))
