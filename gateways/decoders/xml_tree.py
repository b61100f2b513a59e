"""XML from strangers as a tree: small, shallow, and without declarations that make it grow.

It decides what is refused before anybody looks inside: document types, entities, too many octets, too deep nesting
(protocols.md 8 and 9.2). What the elements mean is each dialect's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Defused

from gateways.decoders.message import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_OCTETS = 65_536
_DEEPEST = 32

# A declaration that leaves the octets UTF-8.
_UTF_8 = re.compile(rb"\s*(?:<\?xml(?![^>]*encoding=(?![\"'](?i:utf-8|us-ascii)))[^>]*\?>)?\s*<(?!\?xml)")
_DOCUMENT_TYPE = "<!DOCTYPE"


class _Shallow(TreeBuilder):
    """A tree that may not be deeper than any message is."""

    _depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise DecodeError("too_deep", f"{_DEEPEST} elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse(octets: bytes) -> Element:
    """The root of one document. Raises DecodeError; its detail repeats nothing of the document's words."""
    if len(octets) > MOST_OCTETS:
        raise DecodeError("too_long", f"{len(octets)} octets")
    try:
        text = _plain_text(octets)
        parser = Defused.XMLParser(target=_Shallow(), forbid_dtd=True) if text is None else _quick_parser(text)
        parser.feed(octets if text is None else text)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise DecodeError("document_type", type(error).__name__) from error
    except ParseError as error:
        raise DecodeError("not_xml", "line {}, column {}".format(*error.position)) from error
    except (ValueError, LookupError) as error:
        if isinstance(error, DecodeError):
            raise
        raise DecodeError("not_xml", "its encoding") from error
    return root


def _plain_text(octets: bytes) -> str | None:
    """The document where it cannot have a type, so that nothing in it can grow; None where somebody must watch.

    A type is declared by this word alone (XML 1.0, production 28), once it is known which octets are which letters.
    """
    # Octets of UTF-16 are good UTF-8 with a NUL in every character, and the parser would see through that.
    if _UTF_8.match(octets) is None or b"\0" in octets:
        return None
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return None
    return None if _DOCUMENT_TYPE in text else text


def _quick_parser(text: str) -> ET.XMLParser[Element]:
    """Python's own, in C: twice as quick as the one that can be told to refuse a document type."""
    # Whoever is so deep opens as many: with fewer tags nobody need count.
    target = _Shallow() if text.count("<") > _DEEPEST else None
    return ET.XMLParser(target=target)  # noqa: S314  # of a document that has none


def local_name(element: Element) -> str:
    """The name of an element without its namespace, which senders often get wrong."""
    return element.tag.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of that local name, in order."""
    return (child for child in element if local_name(child) == name)


def find_child(element: Element, name: str) -> Element | None:
    """The first child of that local name."""
    return next(children(element, name), None)
