"""A payload that is one JSON object, whatever its names mean.

It decides what is too long, too deep or no object at all. What the names mean is each dialect's to decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateways.decoders.message import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_OCTETS = 65_536


def object_of(payload: bytes) -> dict[str, object]:
    """The object that a payload is. Raises DecodeError."""
    if len(payload) > MOST_OCTETS:
        raise DecodeError("too_long", f"{len(payload)} octets")
    try:
        return msgspec.json.decode(payload, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DecodeError("not_a_json_object", error) from error
    except RecursionError as error:
        raise DecodeError("too_deep") from error


def part_of(value: object) -> Mapping[str, object]:
    """An object within one; an empty one where something else stands."""
    return value if isinstance(value, dict) else {}
