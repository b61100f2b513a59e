"""PIDF-LO (RFC 4119, 5491, 7459): where a caller is, as SIP and next generation 112 carry it.

It decides which location of a document counts, how sure it is and when it was true. Shapes are `gml_shapes`'. The
entity, the caller's number or address, is not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateways.decoders.caller import CallerLocated, CallerNoFix, caller_of, named, share_of
from gateways.decoders.gml_shapes import is_shape, place_of
from gateways.decoders.instants import TIME_SUSPECT, from_iso, judged
from gateways.decoders.message import DecodeError, decimal_of
from gateways.decoders.whole import Whole
from gateways.decoders.xml_tree import children, find_child, local_name, parse

if TYPE_CHECKING:
    from datetime import datetime
    from xml.etree.ElementTree import Element

    from gateways.decoders.caller import NameCall

# RFC 7459, section 4: what a shape means where it does not say how sure it is.
_CONFIDENCE_PCT = "95"
_METHOD = re.compile(r"(?!\d{7})[\w.-]{1,32}", re.ASCII)
_LONGEST_WORD = 128
_CIVIC = "civicAddress"
# RFC 5139, section 3.1, without NAM, which names who lives there.
_ADDRESS = re.compile(
    r"country|A[1-6]|RD|RDSEC|RDBR|RDSUBBR|PRD|POD|PRM|POM|STS|HN[OS]|LMK|LOC|FLR|BLD|UNIT|ROOM|SEAT|PC|PCN|PLC"
    r"|POBOX|ADDCODE"
)

MORE_LOCATIONS = "more_locations"


class PidfLo(Whole):
    """The decoder of documents, each whole, so nothing is held back."""

    def __init__(self, source: str | None = None) -> None:
        """Who sent it is the caller or speaks for one, and is dropped."""

    def said(self, data: bytes, received_at: datetime | None) -> CallerLocated | CallerNoFix:
        """The one location of `data`. Raises DecodeError."""
        return decode(data, received_at=received_at)


def decode(
    document: bytes, *, received_at: datetime | None = None, name_call: NameCall | None = None
) -> CallerLocated | CallerNoFix:
    """The first location in coordinates, with the first address beside it. Raises DecodeError.

    With `name_call` the entity becomes the id of the call.
    RFC 5491, section 3.4: what a sender trusts most stands first. Without coordinates the address is all there is.
    """
    root = parse(document.strip())
    if local_name(root) != "presence":
        raise DecodeError("not_presence")
    return named(_told(root, received_at), root.get("entity"), name_call)


def _told(root: Element, received_at: datetime | None) -> CallerLocated | CallerNoFix:
    # A tuple, a device or a person, each with its own time (RFC 5491, section 3.2).
    said = [
        (holder, opinion, location)
        for holder in root
        for opinion in holder.iter()
        if local_name(opinion) == "geopriv"
        for information in children(opinion, "location-info")
        for location in information
    ]
    shapes = [entry for entry in said if is_shape(entry[2])]
    civic = next((entry for entry in said if local_name(entry[2]) == _CIVIC), None)
    address = None if civic is None else _address(civic[2])
    if shapes:
        holder, opinion, shape = shapes[0]
        more = (MORE_LOCATIONS,) if len(shapes) > 1 else ()
        return _located(holder, opinion, shape, address, more, received_at)
    if civic is None:
        raise DecodeError("no_location")
    at, flags = _time(civic[0], received_at)
    return CallerNoFix(received_at=received_at, time=at, address=address, flags=flags)


def _located(
    holder: Element,
    opinion: Element,
    shape: Element,
    address: dict[str, str] | None,
    more: tuple[str, ...],
    received_at: datetime | None,
) -> CallerLocated | CallerNoFix:
    place = place_of(shape)
    at, flags = _time(holder, received_at)
    method = _text(find_child(opinion, "method"))
    return caller_of(
        lat=place.lat,
        lon=place.lon,
        time=at,
        accuracy_m=place.radius_m,
        confidence=_confidence(opinion),
        method=method if _METHOD.fullmatch(method) else None,
        altitude_m=place.altitude_m,
        address=address,
        received_at=received_at,
        flags=flags + more,
    )


def _confidence(opinion: Element) -> float | None:
    """A percentage; None where the sender writes `unknown`."""
    information = find_child(opinion, "location-info")
    stated = None if information is None else find_child(information, "confidence")
    return share_of(decimal_of(_CONFIDENCE_PCT if stated is None else _text(stated)))


def _time(holder: Element, received_at: datetime | None) -> tuple[datetime | None, tuple[str, ...]]:
    """When it was true; a place is worth having without a time."""
    stamp = _text(find_child(holder, "timestamp"))
    if not stamp:
        return None, ()
    at = from_iso(stamp)
    return judged(at, received_at) if at else (None, (TIME_SUSPECT,))


def _address(civic: Element) -> dict[str, str]:
    words = {local_name(element): _text(element)[:_LONGEST_WORD] for element in civic}
    return {name: text for name, text in words.items() if text and _ADDRESS.fullmatch(name)}


def _text(element: Element | None) -> str:
    return "" if element is None else (element.text or "").strip()
