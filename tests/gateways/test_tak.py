"""TAK in: a server that is joined as its clients join it, and the mesh, where pytak speaks; both over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import time
import warnings
from configparser import ConfigParser
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import takproto
from hypothesis import given
from hypothesis import strategies as st

from gateways.cot_writing import ping
from gateways.decoders.message import DecodeError, Ignored, KeepAlive, Located, Outcome
from gateways.decoders.xml_tree import parse
from gateways.listeners.listener import ListenerError
from gateways.listeners.multicast import MulticastListener
from gateways.listeners.tak import TakListener
from gateways.listeners.tcp import TcpListener
from gateways.tak_line import Pace, TakServer
from gateways.tak_session import Speech, TakSession
from gateways.tls import Tls, server_context_of
from tests.gateways.ears import Ear
from tests.gateways.tak_server import TakServerFake, event, frame, granted, offer
from tests.gateways.test_decoders_under_fire import assert_sane
from tests.gateways.test_gateway import Memory, gateway_of
from tests.gateways.test_tls import NAME, Authority

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # that it could also speak HTTP, with a package that it need not have
    import pytak

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
BRISK = Pace(
    ping_after_s=0.05,
    ping_again_s=0.05,
    gone_after_s=0.15,
    negotiation_s=0.1,
    connect_s=2,
    shortest_wait_s=0.01,
    longest_wait_s=0.02,
)
GROUP, LOOPBACK = "239.2.3.1", "127.0.0.1"


def located(ear: Ear) -> list[str | None]:
    return [outcome.device_id for outcome in ear.heard if isinstance(outcome, Located)]


def why(outcomes: list[Outcome]) -> list[str]:
    return [outcome.why for outcome in outcomes if isinstance(outcome, Ignored)]


# --- what is said on a stream --------------------------------------------------------------------------------------


def test_an_offer_is_taken_up_under_its_own_uid_and_nothing_is_said_until_the_answer() -> None:
    session = TakSession(uid="arls")
    _, reply = session.feed(offer(uid="of-the-server"), received_at=NOW)
    asked = parse(reply)
    assert (asked.get("type"), asked.get("uid")) == ("t-x-takp-q", "of-the-server")
    assert asked.find("detail/TakControl/TakRequest[@version='1']") is not None
    assert reply.startswith(b"<?xml")
    assert reply.endswith(b"</event>")  # a line end behind it is one octet too many for a TAK Server
    assert session.ping(at=NOW) == b""
    _, reply = session.feed(ping("server", at=NOW), received_at=NOW)
    assert reply == b""
    session.feed(granted(), received_at=NOW)
    spoken = takproto.parse_proto(bytearray(session.ping(at=NOW)))
    assert (spoken.cotEvent.type, spoken.cotEvent.uid) == ("t-x-c-t", "arls-ping")


@pytest.mark.parametrize("said", [offer("2"), granted(), offer("x"), event(kind="t-x-takp-v"), event("q", kind="t-x")])
def test_what_is_no_offer_of_version_1_leaves_the_stream_as_it_is(said: bytes) -> None:
    session = TakSession(uid="arls")
    assert session.feed(said, received_at=NOW)[1] == b""
    assert session.speech is Speech.XML


def test_a_refusal_leaves_xml_and_whoever_may_not_negotiate_does_not_ask() -> None:
    session = TakSession(uid="arls")
    session.feed(offer() + granted("false"), received_at=NOW)
    assert session.ping(at=NOW).startswith(b"<?xml")
    assert TakSession(uid="arls", negotiate=False).feed(offer(), received_at=NOW)[1] == b""


def test_a_ping_is_answered_in_the_encoding_that_it_came_in() -> None:
    session = TakSession(uid="arls")
    heard, reply = session.feed(ping("a", at=NOW), received_at=NOW)
    assert parse(reply).get("type") == "t-x-c-t-r"
    assert heard == [KeepAlive(received_at=NOW)]
    _, reply = session.feed(frame(ping("a", at=NOW)), received_at=NOW)
    assert takproto.parse_proto(bytearray(reply)).cotEvent.type == "t-x-c-t-r"
    assert session.feed(event("takPong", kind="t-x-c-t-r"), received_at=NOW)[1] == b""


def test_a_stream_is_heard_in_either_encoding_whatever_was_agreed() -> None:
    session = TakSession(uid="arls")
    heard, _ = session.feed(event("A") + offer() + event("B") + granted() + frame(event("C")), received_at=NOW)
    assert [outcome.device_id for outcome in heard if isinstance(outcome, Located)] == ["cot:A", "cot:B", "cot:C"]


@given(st.lists(st.binary(max_size=200) | st.sampled_from([offer(), granted(), granted("false"), event()]), max_size=8))
def test_a_session_survives_noise_and_asks_only_while_it_speaks_xml(pieces: list[bytes]) -> None:
    session = TakSession(uid="arls")
    for piece in pieces:
        before = session.speech
        heard, reply = session.feed(piece, received_at=NOW)
        assert_sane(heard)
        assert b"t-x-takp-q" not in reply or before is not Speech.PROTOBUF


# --- a TAK Server --------------------------------------------------------------------------------------------------


def listener_at(port: int, pace: Pace = BRISK, **words: object) -> TakListener:
    server = TakServer(host=LOOPBACK, port=port, **words)  # type: ignore[arg-type]
    return TakListener(server, uid="arls.demo.gw.yard", ours="arls.demo.", pace=pace)


def test_a_server_is_heard_over_mutual_tls_and_in_protobuf_once_it_is_granted(tmp_path: Path) -> None:
    ours = Authority(tmp_path, "ours")

    async def session() -> None:
        ear, server = Ear(), TakServerFake(offers=True)
        port = await server.start(server_context_of(ours.issued()))
        patient = replace(BRISK, gone_after_s=30, negotiation_s=30)
        listener = listener_at(port, patient, tls=ours.issued("arls.example"), server_name=NAME)
        await listener.start(ear)
        await server.until(lambda: "t-x-takp-q" in server.types())
        assert server.types()[0] == "t-x-c-t"  # some servers forward to nobody who has said nothing
        server.say(frame(event("A")) + frame(event("arls.demo.unit.AB1")))
        await ear.until(lambda: len(located(ear)) == 1 and "own_feed" in why(ear.heard))
        await server.until(lambda: server.framed)
        assert server.framed[0].cotEvent.type == "t-x-c-t"  # silence is asked about
        assert (listener.line.state, listener.line.detail) == ("connected", "")
        await listener.stop()
        await server.stop()

    asyncio.run(session())


def test_whoever_is_not_the_server_that_it_should_be_hears_nothing(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")

    async def session() -> None:
        server = TakServerFake()
        port = await server.start(server_context_of(replace(theirs.issued(), ca_file=None)))
        once = replace(BRISK, shortest_wait_s=60, longest_wait_s=60)
        listener = listener_at(port, once, tls=ours.issued("arls.example"), server_name=NAME)
        await listener.start(Ear())
        for _ in range(500):
            if "is not who" in listener.line.detail:
                break
            await asyncio.sleep(0.01)
        assert "is not who it should be" in listener.line.detail
        assert server.heard == []
        await listener.stop()
        await server.stop()

    asyncio.run(session())


def test_files_that_cannot_be_used_are_said_at_the_start(tmp_path: Path) -> None:
    async def session() -> None:
        with pytest.raises(ListenerError, match="cannot be read"):
            await listener_at(1, tls=Tls(ca_file=str(tmp_path / "none.pem"))).start(Ear())

    asyncio.run(session())


def test_a_server_that_hangs_up_falls_silent_or_never_answers_is_joined_again() -> None:
    async def session() -> None:
        ear, server = Ear(), TakServerFake()
        port = await server.start()
        listener = listener_at(port)
        await listener.start(ear)
        await server.until(lambda: server.connections == 1)
        server.hang_up()
        await server.until(lambda: server.connections == 2)
        await server.until(lambda: server.connections == 3)  # it has said nothing for too long
        await server.until(lambda: server.types().count("t-x-c-t") > server.connections)  # it was asked before
        server.offers, server.answers = True, False
        server.hang_up()
        await server.until(lambda: "t-x-takp-q" in server.types())
        connections = server.connections
        await server.until(lambda: server.connections >= connections + 2)
        assert server.types().count("t-x-takp-q") == 1  # it was offered again, and left alone
        server.say(event("A"))
        await ear.until(lambda: located(ear) == ["cot:A"])
        await listener.stop()
        await server.stop()

    asyncio.run(session())


def test_a_stream_that_nobody_can_follow_is_left_and_begun_again() -> None:
    async def session() -> None:
        ear, server = Ear(), TakServerFake()
        port = await server.start()
        listener = listener_at(port)
        await listener.start(ear)
        await server.until(lambda: server.connections == 1)
        server.say(b"\xbf\xff\xff\xff\x0f" + b"a" * 100)
        await server.until(lambda: server.connections == 2)
        assert [it.reason for it in ear.heard if isinstance(it, DecodeError)] == ["too_long"]
        await listener.stop()
        await server.stop()

    asyncio.run(session())


def test_a_stranger_on_a_servers_stream_does_not_end_it() -> None:
    async def session() -> None:
        ear, server = Ear(), TakServerFake()
        port = await server.start()
        target = TakServer(host=LOOPBACK, port=port)
        listener = TakListener(target, uid="arls", allowed={"cot:A"})
        await listener.start(ear)
        await server.until(lambda: server.connections == 1)
        server.say(event("B") + ping("B", at=NOW) + event("A"))
        await ear.until(lambda: located(ear))
        assert located(ear) == ["cot:A"]
        assert len(ear.faults("device_not_allowed")) == 1
        assert server.connections == 1
        await listener.stop()
        await server.stop()

    asyncio.run(session())


# --- the mesh, and pytak -------------------------------------------------------------------------------------------


def section(**words: str) -> object:
    parser = ConfigParser()
    parser["pytak"] = words
    return parser["pytak"]


async def pytak_says(xml: bytes, url: str, protocol: int) -> None:
    """The own client of pytak, with its own way of framing."""
    config = section(COT_URL=url, TAK_PROTO=str(protocol), PYTAK_MULTICAST_LOCAL_ADDR=LOOPBACK)
    _, writer = await pytak.protocol_factory(config)
    worker = pytak.TXWorker(asyncio.Queue(), config, writer)
    await worker.send_data(xml)
    writer.close()


def test_the_mesh_is_heard_as_pytak_speaks_it_in_xml_and_in_protobuf() -> None:
    async def session() -> None:
        ear = Ear()
        listener = MulticastListener(group=GROUP, port=0, interfaces=[LOOPBACK], ours="arls.demo.")
        await listener.start(ear)
        for protocol, uid in enumerate(("XML-1", "PROTO-1")):
            await pytak_says(event(uid), f"udp+wo://{GROUP}:{listener.port}", protocol)
            await ear.until(lambda uid=uid: f"cot:{uid}" in located(ear))
        await listener.stop()
        assert located(ear) == ["cot:XML-1", "cot:PROTO-1"]

    asyncio.run(session())


def test_a_datagram_that_comes_by_two_interfaces_is_heard_once() -> None:
    async def session() -> None:
        ear = Ear()
        listener = MulticastListener(group=GROUP, port=0, interfaces=[LOOPBACK])
        await listener.start(ear)
        datagrams = [event("A"), event("A"), event("B"), b"\xbf\x02\xbf", b"<event", event("C", kind="a-h-G")]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
            for datagram in datagrams:
                wire.sendto(datagram, (GROUP, listener.port))
        await ear.until(lambda: len(ear.heard) == len(datagrams))
        await listener.stop()
        assert located(ear) == ["cot:A", "cot:B"]
        assert why(ear.heard) == ["duplicate", "not_friendly"]
        assert [it.reason for it in ear.heard if isinstance(it, DecodeError)] == ["version_unsupported", "not_xml"]

    asyncio.run(session())


def test_what_the_mesh_says_is_published_and_an_alarm_is_an_event(tmp_path: Path) -> None:
    memory, listener = Memory(), MulticastListener(group=GROUP, port=0, interfaces=[LOOPBACK])
    gateway = gateway_of(listener, memory, tmp_path)
    gateway.start()
    link = "<link uid='ANDROID-7' relation='p-p'/><emergency type='911 Alert'>Delta 7</emergency>"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
        for datagram in (event("ANDROID-7"), event("ANDROID-7-9-1-1", kind="b-a-o-tbl", detail=link)):
            wire.sendto(datagram, (GROUP, listener.port))
    until_s = time.monotonic() + 5
    while not memory.on("event") and time.monotonic() < until_s:
        time.sleep(0.01)
    gateway.stop()
    assert {topic for topic, _ in memory.on("fix")} == {"arls/v1/demo/fix/cot/ANDROID-7"}
    assert [topic for topic, _ in memory.on("event")] == ["arls/v1/demo/event/cot/ANDROID-7/emergency"]
    assert json.loads(memory.on("event")[0][1])["protocol"] == "cot"


def test_a_group_that_cannot_be_joined_is_a_sentence() -> None:
    async def session() -> None:
        with pytest.raises(ListenerError, match=r"multicast 239\.2\.3\.1:0"):
            await MulticastListener(port=0, interfaces=["203.0.113.9"]).start(Ear())

    asyncio.run(session())


def test_a_phone_that_streams_to_us_as_to_a_server_is_kept_by_a_pong() -> None:
    async def session() -> None:
        ear = Ear()
        listener = TcpListener("cot-xml")
        await listener.start(ear)
        url = f"tcp://{LOOPBACK}:{listener.port}"
        config = section(COT_URL=url)
        reader, writer = await pytak.protocol_factory(config)
        await pytak.TXWorker(asyncio.Queue(), config, writer).send_data(event("A"))
        await pytak.TXWorker(asyncio.Queue(), config, writer).send_data(event("A-ping", kind="t-x-c-t"))
        said = await asyncio.wait_for(pytak.RXWorker(asyncio.Queue(), config, reader).readcot(), 5)
        assert parse(said).get("type") == "t-x-c-t-r"
        assert located(ear) == ["cot:A"]
        writer.close()
        await listener.stop()

    asyncio.run(session())
