"""A row of bits read from the left, most significant first, as TETRA packs its fields with no alignment."""

from __future__ import annotations

import re

from gateways.decoders.message import DecodeError

# EN 300 392-2, 29.4: user data type 4 carries at most 2047 bits.
MOST_BITS = 2047
_HEX = re.compile(r"[0-9A-Fa-f]+", re.ASCII)


class Bits:
    """Bits not read yet. Reading past the end raises DecodeError("truncated")."""

    def __init__(self, digits: str, *, length: int | None = None) -> None:
        """From hexadecimal digits, also an odd number of them; `length` in bits cuts padding off.

        Raises DecodeError for anything but digits, for too many bits, and for fewer than `length`.
        """
        if _HEX.fullmatch(digits) is None:
            raise DecodeError("not_hexadecimal", digits)
        available = 4 * len(digits)
        if length is None:
            length = available
        if length > available:
            raise DecodeError("shorter_than_declared", f"{available} of {length} bits")
        if length > MOST_BITS + 1:  # an octet-padded 2047
            raise DecodeError("too_long", f"{length} bits")
        self._value = int(digits, 16) >> (available - length)
        self.left = length

    def take(self, width: int, field: str = "") -> int:
        """The next `width` bits as an unsigned number."""
        if width > self.left:
            raise DecodeError("truncated", field)
        self.left -= width
        return (self._value >> self.left) & ((1 << width) - 1)

    def take_signed(self, width: int, field: str = "") -> int:
        """The next `width` bits as two's complement."""
        value = self.take(width, field)
        return value - (1 << width) if value >> (width - 1) else value
