"""How an incident became known, and what other systems call it: never who called.

It decides which sources and references there may be. A reference is opaque: it leads whoever may look there to a
recording or a customer record, and is no use to anybody else.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_REFS: Final = 8
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
_VALUE: Final = re.compile(r"[!-~]{1,100}", re.ASCII)
_SCHEME: Final = re.compile(r"(tel|sips?|callto):", re.IGNORECASE | re.ASCII)
_BETWEEN_DIGITS: Final = str.maketrans("", "", "+().-/_")
# ITU-T E.164, section 6.1: a number has 15 digits at most, and so has an IMEI or an IMSI.
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15


class Origin(StrEnum):
    """By what way it became known."""

    UNKNOWN = ""
    EMERGENCY_999 = "999"
    EMERGENCY_112 = "112"
    NON_EMERGENCY_101 = "101"
    ALARM = "alarm"
    OFFICER = "officer"  # seen or told by a unit
    OTHER_SERVICE = "other_service"  # fire, ambulance, another force
    ONLINE = "online"
    COUNTER = "counter"  # somebody came to a station
    OTHER = "other"


class Foreign(msgspec.Struct, frozen=True, kw_only=True):
    """What another system calls the incident, and which of its revisions was taken last."""

    system: str
    id: str
    revision: int


def find_wrong_ref(refs: Mapping[str, str]) -> str | None:
    """What is wrong with references, in a sentence; None: nothing."""
    if len(refs) > MOST_REFS:
        return f"an incident has {MOST_REFS} references at most, not {len(refs)}"
    for name, value in refs.items():
        if _NAME.fullmatch(name) is None:
            return "the name of a reference is up to 32 small letters, digits, _ and -, and begins with a letter"
        if _VALUE.fullmatch(value) is None:
            return f"the reference {name} has 1 to 100 printable ASCII characters without spaces"
        if is_number_shaped(value):
            return f"the reference {name} reads like a telephone number: who called is not kept here"
    return None


def is_number_shaped(text: str) -> bool:
    """True for what reads like a telephone number, an IMEI or an IMSI, written in any way."""
    digits = _SCHEME.sub("", text, count=1).partition("@")[0].partition(";")[0].translate(_BETWEEN_DIGITS)
    digits = "".join(digits.split())
    return digits.isdecimal() and _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS
