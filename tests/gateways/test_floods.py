"""Slow peers, half messages, garbage and crowds over real sockets; whoever does as it should is heard all the while."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from gateways.clock import received_now
from gateways.decoders.message import Ignored, Located, NoFix
from gateways.listeners import udp
from gateways.listeners.http import HttpListener
from gateways.listeners.limits import Limits
from gateways.listeners.tcp import TcpListener
from gateways.listeners.udp import UdpListener
from tests.gateways.ears import PATIENCE_S, Ear
from tests.gateways.teltonika_frames import IMEI, datagram, frame, framed, login, record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RMC = b"$GPRMC,120000.00,A,5312.0000,N,00002.0000,W,20.0,90.0,020326,,,A\r\n"
PANIC = 2


def sound(lat: float = 53.2, priority: int = 1) -> bytes:
    return frame(record(at=received_now(), lat=lat, lon=-0.1, priority=priority))


class Line:
    """One TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    @classmethod
    async def to(cls, port: int, octets: bytes = b"") -> Line:
        line = cls(*await asyncio.open_connection("127.0.0.1", port))
        line.writer.write(octets)
        return line

    async def hears(self, octets: int) -> bytes:
        return await asyncio.wait_for(self._reader.readexactly(octets), PATIENCE_S)

    async def last_words(self) -> bytes:
        """What comes until the other end hangs up, in whatever way."""
        with suppress(ConnectionError):
            return await asyncio.wait_for(self._reader.read(), PATIENCE_S)
        return b""


@asynccontextmanager
async def listening(listener: TcpListener | UdpListener | HttpListener, ear: Ear) -> AsyncIterator[int]:
    await listener.start(ear)
    try:
        yield listener.port
    finally:
        await listener.stop()


async def is_heard(port: int) -> None:
    """A tracker that does as it should is heard and answered."""
    tracker = await Line.to(port, login())
    assert await tracker.hears(1) == b"\x01"
    tracker.writer.write(sound())
    assert await tracker.hears(4) == (1).to_bytes(4, "big")
    tracker.writer.close()


def test_half_a_message_that_is_never_finished_ends_its_connection_and_is_counted() -> None:
    async def session() -> None:
        ear = Ear()
        async with listening(TcpListener("teltonika", limits=Limits(message_s=0.1)), ear) as port:
            stranger, tracker = await Line.to(port, login()[:9]), await Line.to(port, login())
            assert await tracker.hears(1) == b"\x01"
            tracker.writer.write(sound()[:20])
            for line in (stranger, tracker):
                assert await line.last_words() == b""
                line.writer.close()
            assert ear.faults("message_unfinished") == ["", ""]
            await is_heard(port)

    asyncio.run(session())


def test_octets_that_drip_buy_no_time() -> None:
    """Slow loris: one octet now and then, so that the line is never silent, and never says anything."""

    async def session() -> None:
        ear = Ear()
        async with listening(TcpListener("nmea0183", limits=Limits(message_s=0.2, idle_s=60)), ear) as port:
            line = await Line.to(port)
            with suppress(ConnectionError):
                for octet in 100 * RMC.strip():
                    line.writer.write(bytes([octet]))
                    await line.writer.drain()
                    await asyncio.sleep(0.01)
                    if ear.heard:
                        break
            assert await line.last_words() == b""
            assert ear.faults("message_unfinished") == [""]
            line.writer.close()

    asyncio.run(session())


def test_to_say_nothing_between_two_messages_is_no_fault_and_too_long_a_silence_is_counted_apart() -> None:
    async def session() -> None:
        ear = Ear()
        async with listening(TcpListener("teltonika", limits=Limits(message_s=0.02, idle_s=0.3)), ear) as port:
            line = await Line.to(port, login())
            assert await line.hears(1) == b"\x01"
            await asyncio.sleep(0.1)
            line.writer.write(sound())
            assert await line.hears(4) == (1).to_bytes(4, "big")
            assert await line.last_words() == b""
            assert ear.heard[-1] == Ignored(why="silent_too_long")
            line.writer.close()

    asyncio.run(session())


def test_a_phone_that_posts_octet_by_octet_is_given_up() -> None:
    async def session() -> None:
        ear = Ear()
        async with listening(HttpListener(idle_s=0.1), ear) as port:
            line = await Line.to(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            assert await line.last_words() in {b"", b"HTTP/1.1 408 \r\n"}
            line.writer.close()

    asyncio.run(session())


def test_one_address_cannot_take_all_connections() -> None:
    async def session() -> None:
        ear = Ear()
        limits = Limits(connections=5, connections_per_address=3)
        async with listening(TcpListener("teltonika", limits=limits), ear) as port:
            crowd = [await Line.to(port, login()) for _ in range(3)]
            assert [await line.hears(1) for line in crowd] == [b"\x01"] * 3
            one_more = await Line.to(port, login())
            assert await one_more.last_words() == b""
            assert ear.faults("too_many_connections_of_address") == ["127.0.0.1"]
            crowd[0].writer.write_eof()
            assert await crowd[0].last_words() == b""
            await is_heard(port)
            for line in (*crowd, one_more):
                line.writer.close()

    asyncio.run(session())


GARBAGE = {
    "noise": bytes(range(256)) * 200,
    "zeros": b"\x00" * 30_000,
    "a length of four gigabytes": login() + b"\x00\x00\x00\x00\xff\xff\xff\xff" * 3_000,
    "wrong checksums": login() + (framed(sound()[8:-4])[:-1] + b"\x00") * 1_000,
    "lines without an end": b"$" * 30_000,
    "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 1_000,
}


@pytest.mark.parametrize("what", GARBAGE)
@pytest.mark.parametrize(
    "dialect", ["teltonika", "nmea0183", "taip", "gpsgate", "tetra-pei", "cot-xml", "cot-protobuf"]
)
def test_out_of_a_flood_of_garbage_comes_no_position_and_a_neighbour_is_heard(dialect: str, what: str) -> None:
    async def session() -> None:
        ear = Ear()
        async with listening(TcpListener(dialect), ear) as port:
            line = await Line.to(port, GARBAGE[what])
            with suppress(ConnectionError):
                line.writer.write_eof()
            await line.last_words()
            line.writer.close()
            assert not any(isinstance(it, Located) for it in ear.heard)
            await is_served(dialect, port, ear)

    asyncio.run(session())


async def is_served(dialect: str, port: int, ear: Ear) -> None:
    """A well-formed neighbour is."""
    said = {
        "teltonika": login() + sound(),
        "nmea0183": RMC,
        "gpsgate": RMC,
        "taip": b">RPV15714+3739438-1220384601512612;ID=1234;*7F<",
        "tetra-pei": b"+CTSDSR: 12,214000806012225,1,214000806010006,1,84\r\n0A00B8C31A53EB496D6200\r\n",
    }.get(dialect)
    if said is None:
        return
    line = await Line.to(port, said)
    await ear.until(lambda: any(isinstance(it, Located | NoFix) for it in ear.heard))
    line.writer.close()


def test_neighbours_are_answered_while_others_flood() -> None:
    async def session() -> None:
        ear = Ear()
        async with listening(TcpListener("teltonika"), ear) as port:
            flooders = [await Line.to(port, login() + GARBAGE["wrong checksums"]) for _ in range(5)]
            for _ in range(20):
                await is_heard(port)
            for line in flooders:
                line.writer.close()
        assert ear.faults("checksum_wrong")

    asyncio.run(session())


def test_a_stranger_hears_that_it_is_not_wanted_and_is_counted_each_time() -> None:
    async def session() -> None:
        ear = Ear()
        async with listening(TcpListener("teltonika", allowed={f"imei:{IMEI}"}), ear) as port:
            for number in range(10):
                line = await Line.to(port, login(f"{number:015}") + sound())
                assert await line.last_words() == b"\x00"
                line.writer.close()
            await is_heard(port)
        assert ear.faults("device_not_allowed") == [f"...{number:04}" for number in range(10) for _ in range(2)]

    asyncio.run(session())


def test_a_device_that_has_gone_wild_is_bounded_and_its_call_for_help_is_heard() -> None:
    async def session() -> None:
        ear = Ear()
        limits = Limits(device_per_s=0.001, device_burst=10)
        async with listening(TcpListener("teltonika", limits=limits), ear) as port:
            tracker = await Line.to(port, login())
            assert await tracker.hears(1) == b"\x01"
            tracker.writer.write(b"".join(sound(53 + n / 1_000) for n in range(100)) + sound(priority=PANIC))
            # Nothing is acknowledged that was not taken; the call for help is.
            assert await tracker.hears(9 * 4 + 4) == 10 * (1).to_bytes(4, "big")
            taken = [it for it in ear.heard if isinstance(it, Located)]
            assert len(taken) == 10
            assert taken[-1].reason == "emergency"
            assert len(ear.faults("rate_of_device")) == 91
            tracker.writer.close()

    asyncio.run(session())


def test_forged_sources_are_forgotten_again_and_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def session() -> None:
        ear = Ear()
        monkeypatch.setattr(udp, "_MOST_PEERS", 10)
        listener = UdpListener("nmea0183")
        async with listening(listener, ear):
            assert listener._peers is not None
            for number in range(1_000):
                body = f"GPRMC,1200{number % 60:02}.00,A,5312.0000,N,00002.0000,W,20.0,90.0,020326,,,A"
                checksum = 0
                for octet in body.encode():
                    checksum ^= octet
                said = f"${body}*{checksum:02X}\r\n".encode()
                listener._peers.datagram_received(said, (f"10.{number // 250}.0.{number % 250}", 5_000))
            assert len(listener._peers._decoders) == 10
            assert len(listener._peers._timers) == 10
            assert sum(isinstance(it, Located) for it in ear.heard) == 990
        # Those that were still waiting for more of their epoch are heard at the end.
        assert sum(isinstance(it, Located) for it in ear.heard) == 1_000

    asyncio.run(session())


def test_datagrams_of_garbage_are_counted_and_a_neighbour_is_answered() -> None:
    async def session() -> None:
        ear = Ear()
        async with listening(UdpListener("teltonika"), ear) as port:
            loop = asyncio.get_running_loop()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
                reports = datagram(record(at=received_now(), lat=53.2, lon=-0.1))
                wire.setblocking(False)
                wire.connect(("127.0.0.1", port))
                for noise in (b"", b"\x00", bytes(1_400), b"\xff" * 1_400, reports[:-9]):
                    await loop.sock_sendall(wire, noise)
                await loop.sock_sendall(wire, reports)
                assert await asyncio.wait_for(loop.sock_recv(wire, 100), PATIENCE_S)
        assert sum(isinstance(it, Located) for it in ear.heard) == 1

    asyncio.run(session())
