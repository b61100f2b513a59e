"""A device hears that it may forget only once the gateway has it safe: over TCP, UDP and HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateways.cargo import find_cargo
from gateways.clock import received_now
from gateways.decoders.message import DecodeError, Located
from gateways.listeners.http import HttpListener
from gateways.listeners.tcp import TcpListener
from gateways.listeners.udp import UdpListener
from gateways.payloads import Event
from gateways.runner import Gateway
from gateways.shelf import Shelf
from tests.gateways.teltonika_frames import IMEI, data, datagram, frame, framed, login, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from gateways.decoders.message import Outcome
    from gateways.mqtt import Inbound, Will

PATIENCE_S = 5
SHARED_DATA = Path(os.environ.get("ARLS_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
STRANGER = "356307042441999"


class Disk:
    """An ear whose disk syncs when it is told to; `safe` is its answer."""

    def __init__(self, *, safe: bool | None = True) -> None:
        self.safe = safe
        self.heard: list[Outcome] = []
        self.waiting: asyncio.Queue[asyncio.Future[bool]] = asyncio.Queue()

    def source_for(self, dialect: str, peer: str) -> str:
        return f"{dialect}:{peer}"

    def hear(self, outcomes: Sequence[Outcome], *, dialect: str, received_at: datetime) -> asyncio.Future[bool]:
        assert dialect
        assert received_at.tzinfo
        self.heard += outcomes
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if self.safe is None:
            self.waiting.put_nowait(kept)
        else:
            kept.set_result(self.safe)
        return kept

    @property
    def faults(self) -> list[str]:
        return [outcome.reason for outcome in self.heard if isinstance(outcome, DecodeError)]

    @property
    def positions(self) -> int:
        return sum(isinstance(outcome, Located) for outcome in self.heard)


def records(count: int) -> list[bytes]:
    now = received_now()
    return [record(at=now + timedelta(seconds=n), lat=53.2, lon=-0.1) for n in range(count)]


class Tracker:
    """A tracker's end of a TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def at(cls, listener: TcpListener) -> Tracker:
        return cls(*await asyncio.open_connection("127.0.0.1", listener.port))

    async def say(self, octets: bytes, answer: int) -> bytes:
        self._writer.write(octets)
        return await asyncio.wait_for(self._reader.readexactly(answer), PATIENCE_S)

    async def hears_nothing(self) -> bool:
        try:
            await asyncio.wait_for(self._reader.readexactly(1), 0.1)
        except TimeoutError:
            return True
        return False

    @staticmethod
    async def hears_nothing_during(saying: asyncio.Task[bytes]) -> bool:
        return not (await asyncio.wait({saying}, timeout=0.1))[0]

    async def last_words(self) -> bytes:
        """What comes until the gateway hangs up."""
        return await asyncio.wait_for(self._reader.read(), PATIENCE_S)

    def leave(self) -> None:
        self._writer.close()


def test_a_tracker_over_tcp_hears_how_many_of_its_records_are_safe() -> None:
    async def session() -> None:
        disk, listener = Disk(), TcpListener("teltonika")
        await listener.start(disk)
        tracker = await Tracker.at(listener)
        assert await tracker.say(login(), 1) == b"\x01"
        assert await tracker.say(frame(*records(3)), 4) == (3).to_bytes(4, "big")
        both = frame(*records(2)) + b"\xff" + frame(*records(1), codec=0x08)
        assert await tracker.say(both, 8) == (2).to_bytes(4, "big") + (1).to_bytes(4, "big")
        wrong = framed(data(*records(4)))[:-1] + b"\x00"
        assert await tracker.say(wrong + frame(*records(5)), 4) == (5).to_bytes(4, "big")
        assert disk.positions == 11
        assert disk.faults == ["checksum_wrong"]
        tracker.leave()
        await listener.stop()

    asyncio.run(session())


class Nowhere:
    """A broker that is never there."""

    is_up = False

    def connect(self, on_message: Callable[[Inbound], None], will: Will) -> Nowhere:
        assert callable(on_message)
        assert will.topic
        return self

    def start(self, *, patient: bool = False) -> None:
        assert not patient

    def stop(self) -> None:
        """Nothing to leave."""

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, expiry_s: int | None = None
    ) -> bool:
        del topic, payload, qos, retain, expiry_s
        return False


def vectors() -> Iterator[tuple[bytes, bytes]]:
    """Whole frames over TCP, and what each is to be answered with: ours, and those of the shared data where it is."""
    for file in (Path(__file__).parent / "vectors" / "teltonika.jsonl", SHARED_DATA / "vectors" / "vectors.jsonl"):
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines() if file.exists() else ()):
            is_frame = row.get("protocol", "teltonika") == "teltonika" and row.get("hex", "").startswith("00000000")
            answer = row["expected"].get("ack_hex")
            if is_frame and (answer or row["expected"].get("reject") in {"checksum_wrong", "counts_differ"}):
                yield bytes.fromhex(row["hex"]), bytes.fromhex(answer or "")


def test_a_session_of_every_vector_is_answered_record_for_record_and_lies_on_the_disk(tmp_path: Path) -> None:
    listener = TcpListener("teltonika")
    gateway = Gateway(
        "yard", force="demo", shelf=Shelf(tmp_path / "spool"), listeners=[listener], connect=Nowhere().connect
    )
    gateway.start()
    records = rejects = 0
    with socket.create_connection(("127.0.0.1", listener.port), PATIENCE_S) as line:
        line.sendall(login())
        assert line.recv(1) == b"\x01"
        for octets, answer in vectors():
            line.sendall(octets)
            if answer:
                assert line.recv(4) == answer
            records += int.from_bytes(answer, "big")
            rejects += not answer
        line.settimeout(0.1)
        with pytest.raises(TimeoutError):
            line.recv(1)  # what was wrong is not answered
    counters = gateway.tally.status(gateway.spool, state="", at=received_now()).counters
    gateway.stop()
    assert counters["decoded"] >= 1 + records - counters["rejected"]
    assert counters["rejected"] >= rejects >= 2
    shelf = Shelf(tmp_path / "spool")
    kept = [find_cargo(row.body) for row in shelf.read([row for row, _ in shelf.index()])]
    shelf.close()
    fixes = [fix for cargo in kept if isinstance(cargo, tuple) for fix in cargo]
    assert {fix.source for fix in fixes} == {f"imei:{IMEI}"}
    assert len(fixes) + sum(isinstance(cargo, Event) for cargo in kept) >= records
    assert records >= 15


def test_no_acknowledgement_before_the_disk_has_synced() -> None:
    async def session() -> None:
        disk, listener = Disk(), TcpListener("teltonika")
        await listener.start(disk)
        tracker = await Tracker.at(listener)
        await tracker.say(login(), 1)
        disk.safe = None
        saying = asyncio.create_task(tracker.say(frame(*records(2)), 4))
        kept = await disk.waiting.get()
        assert await tracker.hears_nothing_during(saying)
        kept.set_result(True)
        assert await saying == (2).to_bytes(4, "big")
        tracker.leave()
        await listener.stop()

    asyncio.run(session())


def test_what_could_not_be_kept_is_not_acknowledged_and_the_conversation_goes_on() -> None:
    async def session() -> None:
        disk, listener = Disk(), TcpListener("teltonika")
        await listener.start(disk)
        tracker = await Tracker.at(listener)
        await tracker.say(login(), 1)
        disk.safe = False
        tracker._writer.write(frame(*records(2)))
        assert await tracker.hears_nothing()
        disk.safe = True
        assert await tracker.say(frame(*records(2)), 4) == (2).to_bytes(4, "big")
        tracker.leave()
        await listener.stop()

    asyncio.run(session())


def test_a_stranger_is_refused_and_nothing_of_what_it_says_is_heard() -> None:
    async def session() -> None:
        disk, listener = Disk(), TcpListener("teltonika", allowed={f"imei:{IMEI}"})
        await listener.start(disk)
        stranger, tracker = await Tracker.at(listener), await Tracker.at(listener)
        stranger._writer.write(login(STRANGER) + frame(*records(2)))
        assert await stranger.last_words() == b"\x00"
        assert disk.positions == 0
        assert set(disk.faults) == {"device_not_allowed"}
        assert STRANGER not in str(disk.heard)
        assert await tracker.say(login() + frame(*records(2)), 5) == b"\x01" + (2).to_bytes(4, "big")
        assert disk.positions == 2
        stranger.leave()
        tracker.leave()
        await listener.stop()

    asyncio.run(session())


@pytest.mark.parametrize("nonsense", [b"\x00\x0f" + b"3563070424410x3", b"\x00\x00\x00\x00\x7f\xff\xff\xff", b"GET /"])
def test_a_connection_that_nobody_can_follow_ends(nonsense: bytes) -> None:
    async def session() -> None:
        disk, listener = Disk(), TcpListener("teltonika")
        await listener.start(disk)
        tracker = await Tracker.at(listener)
        await tracker.say(login(), 1)
        tracker._writer.write(frame(*records(1)) + nonsense)
        assert await tracker.last_words() == (1).to_bytes(4, "big")
        assert disk.positions == 1
        tracker.leave()
        await listener.stop()

    asyncio.run(session())


class Datagrams(asyncio.DatagramProtocol):
    """A tracker's end of UDP."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        assert addr
        self.answers.put_nowait(data)


def test_a_tracker_over_udp_is_answered_with_its_packets_number() -> None:
    async def session() -> None:
        disk, listener = Disk(safe=None), UdpListener("teltonika", allowed={f"imei:{IMEI}"})
        await listener.start(disk)
        wire, tracker = await asyncio.get_running_loop().create_datagram_endpoint(
            Datagrams, remote_addr=("127.0.0.1", listener.port)
        )
        wire.sendto(datagram(*records(2), imei=STRANGER))
        wire.sendto(b"\xff" * 40)
        wire.sendto(datagram(*records(3), packet=0xBEEF, batch=9))
        for _ in range(3):
            kept = await disk.waiting.get()
        assert disk.positions == 3
        assert disk.faults[:2] == ["device_not_allowed", "device_not_allowed"]
        assert tracker.answers.empty()
        kept.set_result(True)
        answer = await asyncio.wait_for(tracker.answers.get(), PATIENCE_S)
        assert answer == b"\x00\x05\xbe\xef\x01\x09\x03"
        assert tracker.answers.empty()
        wire.close()
        await listener.stop()

    asyncio.run(session())


@pytest.mark.parametrize(("safe", "status"), [(True, b"200"), (False, b"503")])
def test_a_phone_over_http_hears_200_only_for_what_is_safe(*, safe: bool, status: bytes) -> None:
    async def session() -> None:
        disk, listener = Disk(safe=safe), HttpListener()
        await listener.start(disk)
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        body = json.dumps({"_type": "location", "lat": 52.4, "lon": -1.9, "tst": 1_780_000_000}).encode()
        head = b"POST / HTTP/1.1\r\nHost: a\r\nX-Limit-U: ann\r\nX-Limit-D: a\r\nConnection: close\r\n"
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
        assert answer.split()[1] == status
        assert disk.positions == 1
        writer.close()
        await listener.stop()

    asyncio.run(session())
