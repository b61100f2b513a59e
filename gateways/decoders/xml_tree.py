"""XML from strangers as a tree: small, shallow, and without declarations that make it grow.

It decides what is refused before anybody looks inside: document types, entities, too many octets, too deep nesting
(protocols.md 8 and 9.2). What the elements mean is each dialect's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from gateways.decoders.message import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_OCTETS = 65_536
_DEEPEST = 32


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
    parser = XMLParser(target=_Shallow(), forbid_dtd=True)
    try:
        parser.feed(octets)
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


def local_name(element: Element) -> str:
    """The name of an element without its namespace, which senders often get wrong."""
    return element.tag.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of that local name, in order."""
    return (child for child in element if local_name(child) == name)


def find_child(element: Element, name: str) -> Element | None:
    """The first child of that local name."""
    return next(children(element, name), None)
