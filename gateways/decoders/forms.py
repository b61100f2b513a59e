"""Queries and forms (`a=1&b=2`), which phones send by the second: the same fields as `urllib.parse.parse_qsl`, sooner.

It decides how many fields are read. What they mean is each dialect's own.
"""

from __future__ import annotations

from urllib.parse import unquote_plus

from gateways.decoders.message import DecodeError

_MOST_FIELDS = 256


def fields_of(form: str) -> dict[str, str]:
    """The fields of a form, of those of one name the last, also where they are empty. Raises DecodeError for too many.

    `parse_qsl` looks for escapes in every field; here only those that have one are taken apart.
    """
    if form.count("&") >= _MOST_FIELDS:
        raise DecodeError("too_many_fields", f"{_MOST_FIELDS} at most")
    fields = {}
    for pair in form.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            fields[_plain(name)] = _plain(value)
    return fields


def _plain(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text
