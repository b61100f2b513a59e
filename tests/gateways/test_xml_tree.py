"""XML from strangers: the quick way reads as the watchful way does, and nothing that could grow goes the quick way."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree.ElementTree import tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.decoders import xml_tree
from gateways.decoders.message import DecodeError

VECTORS = Path(__file__).parent / "vectors"
DOCUMENTS = [
    row["text"].encode()
    for name in ("cot-xml", "pidf-lo")
    for row in map(json.loads, (VECTORS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    if "text" in row
]
BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><event>&c;</event>'


def read(octets: bytes) -> bytes | str:
    """The tree written down again, or why there is none."""
    try:
        return tostring(xml_tree.parse(octets))
    except DecodeError as error:
        return error.reason


def watched(octets: bytes) -> bytes | str:
    """The same by the parser that watches."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(xml_tree, "_plain_text", lambda _octets: None)
        return read(octets)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_of_the_vectors_is_the_same_tree_both_ways(document: bytes) -> None:
    assert read(document) == watched(document)


@given(st.sampled_from(DOCUMENTS), st.data())
def test_broken_documents_are_the_same_fault_or_tree_both_ways(document: bytes, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(document))] * 2)))
    broken = document[:start] + data.draw(st.binary(max_size=8)) + document[end:]
    assert read(broken) == watched(broken)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037", "utf-7"]
)
@pytest.mark.parametrize(
    "declared", ["", '<?xml version="1.0" encoding="{}"?>', "<?xml version='1.0' encoding='utf-8'?>"]
)
def test_no_document_with_a_type_is_read_in_whatever_letters(encoding: str, declared: str) -> None:
    assert read((declared.format(encoding) + BOMB).encode(encoding)) in {"document_type", "not_xml"}


def test_a_document_that_only_speaks_of_types_is_read_by_the_one_who_watches() -> None:
    document = b"<event><detail>&lt;!DOCTYPE</detail><!-- <!DOCTYPE --></event>"
    assert read(document) == watched(document) == b"<event><detail>&lt;!DOCTYPE</detail></event>"


def test_what_is_too_deep_or_too_long_is_refused() -> None:
    for deep in (33, 34, 40, 5_000):
        assert read(b"<a>" * deep + b"</a>" * deep) == "too_deep"
        assert read(b"<a>" * deep + b"<b/>" + b"</a>" * deep) == "too_deep"
    deepest = b"<a>" * 32 + b"</a>" * 32
    assert read(deepest) == watched(deepest)
    assert read(b"<a>" * 31 + b"<b/>" + b"</a>" * 31) == watched(b"<a>" * 31 + b"<b/>" + b"</a>" * 31)
    assert read(b"<a>" * 32 + b"<b/>" + b"</a>" * 32) == watched(b"<a>" * 32 + b"<b/>" + b"</a>" * 32) == "too_deep"
    assert read(b"<a>" + b" " * 70_000 + b"</a>") == "too_long"
