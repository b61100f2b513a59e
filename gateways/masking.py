"""What stood in a message that was rejected, made fit for a status page: its shape, and nobody in it.

It decides what is left of digits, of words and of places. A page that every screen may read must not tell whose radio
or telephone it was, nor where; whoever needs the octets has the radio.
"""

from __future__ import annotations

import re

# Nothing is longer than a fault's detail, and nothing is looked at beyond this.
_LONGEST_CHARS = 200

# Two digits on either side of what is left out tell two devices of a yard apart, and nobody else's.
_SHOWN = 2

# A run of digits, also where spaces, points or signs group it as people write telephone numbers and places: 6 digits
# are a town's worth of telephones, or a place to within a kilometre.
_NUMBER = re.compile(r"\d(?:[\s.,:/()+_-]{0,2}\d)*")
_MOST_DIGITS = 6
_FRACTION = re.compile(r"(\d\.\d)\d+")

# Hexadecimal digits, and what else mixes letters and digits: an IMEI in BCD, a key, a call's id, a number plate.
_MIXED = re.compile(r"(?=[^\W_]*\d)(?=[^\W_]*[^\W\d_])[^\W_]{5,}")

# A word: a person's name, unless it names a sentence (`$GPRMC`, `>RPV`, `+CTSDSR`) or is one of ours.
_WORD = re.compile(r"(?<![$!>+])(?<![^\W_])[^\W\d_]{4,}")
# fmt: off
_OURS = frozenset([
    "another", "array", "bits", "byte", "bytes", "came", "char", "characters", "closed", "column", "computed",
    "corners", "data", "declared", "digits", "earth", "element", "elements", "expected", "False", "field", "fields",
    "from", "half", "header", "here", "imei", "input", "invalid", "issi", "itsi",
    "JSON", "latitude", "length", "line", "longitude",
    "malformed", "missing", "more", "name", "None", "nothing", "null", "number", "numbers", "object", "octets",
    "only", "other", "path", "place", "ring", "string", "than", "trailing", "True", "truncated", "type",
    "unexpected", "user", "value", "with",
])
# fmt: on


def masked(text: str) -> str:
    """The text with no more than a few digits of any number in it, and no name. Masking twice changes nothing."""
    text = _FRACTION.sub(r"\1", text[:_LONGEST_CHARS])
    text = _MIXED.sub(lambda found: _ends_of(found[0]), text)
    text = _NUMBER.sub(_number, text)
    return _WORD.sub(lambda found: found[0] if found[0] in _OURS else f"{found[0][0]}…", text)


def masked_address(address: str) -> str:
    """The network of an address, and not which device in it: `10.0.…`, `2001:db8:…`."""
    first, second, *rest = [*re.split(r"(?<=[.:])", address, maxsplit=2), "", ""]
    return f"{first}{second}…" if any(rest) else masked(address)


def _number(found: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in found[0])
    return found[0] if digits <= _MOST_DIGITS else _ends_of(found[0])


def _ends_of(word: str) -> str:
    return f"{word[:_SHOWN]}…{word[-_SHOWN:]}"
