"""What is no Cursor on Target, too much of it, or of another version, is refused by its reason."""

from __future__ import annotations

import json

import pytest

from gateways.decode import Mode, decode_lines
from gateways.decoders import cot_protobuf
from gateways.decoders.cot_protobuf import CotDatagrams
from gateways.decoders.cot_xml import CotXml
from gateways.decoders.message import (
    DecodeError,
    Ignored,
    KeepAlive,
    Located,
    Text,
)
from gateways.decoders.xml_tree import MOST_OCTETS
from tests.gateways.test_cot import MESH, NOW, event, said_of, takproto_message


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<!DOCTYPE event><event/>", "document_type"),
        (b'<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]><event uid="&x;"/>', "document_type"),
        (b'<!DOCTYPE e SYSTEM "http://203.0.113.9/a.dtd"><event/>', "document_type"),
        (b'<event uid="&lol;"/>', "not_xml"),
        (b"<a>" * 10_000, "too_deep"),
        (b"<events/>", "not_an_event"),
        (b"<event " + b" ".join(b"a%d='1'" % n for n in range(3_000)) + b"/>", "uid_missing"),
        (b"<event uid='A' uid='B'/>", "not_xml"),
        (b"<?xml version='1.0' encoding='x-none'?><event/>", "not_xml"),
        (b"\xff\xfe<\x00e\x00", "not_xml"),
        (b"", "not_xml"),
    ],
)
def test_hostile_xml_is_refused_by_its_reason(document: bytes, reason: str) -> None:
    (fault,) = CotDatagrams().feed(document, received_at=NOW)
    assert isinstance(fault, DecodeError)
    assert fault.reason == reason


def test_a_detail_as_large_as_an_event_may_be_is_heard_and_a_larger_one_is_not() -> None:
    room = MOST_OCTETS - len(event(detail="<remarks></remarks>"))
    for excess, kinds in ((0, [Located]), (1, [DecodeError])):
        decoder = CotXml()
        document = event(detail=f"<remarks>{'a' * (room + excess)}</remarks>")
        assert [type(it) for it in decoder.feed(document, received_at=NOW)] == kinds
        assert isinstance(decoder.feed(event(), received_at=NOW)[-1], Located)


@pytest.mark.parametrize("header", [b"\xbf\x00\xbf", b"\xbf\x02\xbf", b"\xbf\x7f\xbf"])
def test_another_version_of_the_mesh_is_refused(header: bytes) -> None:
    (fault,) = CotDatagrams().feed(header + takproto_message(event()), received_at=NOW)
    assert isinstance(fault, DecodeError)
    assert fault.reason == "version_unsupported"
    message = cot_protobuf.TakMessage.FromString(takproto_message(event()))
    message.takControl.minProtoVersion = 2
    (fault,) = CotDatagrams().feed(MESH + message.SerializeToString(), received_at=NOW)
    assert isinstance(fault, DecodeError)
    assert fault.reason == "version_unsupported"


@pytest.mark.parametrize("kind", ["b-t-f", "b-m-p-s-m", "t-x-d-d", "t-x-c-t-r"])
def test_a_chat_of_two_long_names_is_understood_though_it_can_name_no_device(kind: str) -> None:
    uid = f"GeoChat.S-1-5-21-{'1' * 60}.S-1-5-21-{'2' * 60}.Überfall"
    (heard,) = said_of(event(uid, kind=kind))
    assert isinstance(heard, Text | Ignored | KeepAlive)
    assert heard.device_id is None


def test_an_offer_in_a_stream_is_no_message_of_it() -> None:
    offer = event("offer", kind="t-x-takp-v", detail="<TakControl><TakProtocolSupport version='1'/></TakControl>")
    chunks = [(offer + event()).decode()]
    (said,) = decode_lines("cot-xml", [json.dumps({"chunks": chunks})], Mode.VECTORS)
    assert [message["kind"] for message in said["messages"]] == ["fix"]
