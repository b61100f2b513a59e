"""What a gateway adds between a device and the broker, and how soon a device may forget: with every record synced.

    python -m tests.bench.bench_gateway [--trackers 2000] [--rate 500] [--seconds 10] [--tls]

The gateway is `arls gateway run`, the devices are Teltonika trackers over TCP, the broker is Mosquitto, and somebody
signs for what arrives as the engine does. Beside it: the same messages straight to the broker, without a gateway.
What one device or address may say is limited by default, and here it is not: fifty trackers say as much as they can.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import trustme

from arls.fix import Fix
from gateways.broker import free_port, start_broker
from gateways.mqtt import Link
from gateways.payloads import Mark, Receipt, read_event, read_fixes, write_fixes
from gateways.topics import fix_topic, receipt_topic
from tests.gateways.teltonika_frames import frame, login, record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.broker import Broker
    from gateways.mqtt import BrokerAddress, Inbound

NAME = "gateway.example"
RECORDS = 25  # of one frame, when everybody sends as much as it can


def now() -> datetime:
    """To the millisecond, as devices and gateways tell it: an age is right to one."""
    at = datetime.now(UTC)  # noqa: TID251 - the bench is the clock here
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class Core:
    """Notes how old each fix is when it arrives, and signs for it."""

    def __init__(self, address: BrokerAddress) -> None:
        self.ages_s: list[float] = []
        self.ids: set[str] = set()
        self._beyond: set[int] = set()
        self._session = self._seq = 0
        heard = ("arls/v1/demo/fix/#", "arls/v1/demo/event/#")
        self.link = Link(address, client_id="bench-core", on_message=self._hear, subscriptions=heard, mqtt5=False)
        self.link.start()
        self._leaves = threading.Event()
        self._signing = threading.Thread(target=self._sign)
        self._signing.start()

    def _hear(self, message: Inbound) -> None:
        if "/event/" in message.topic:
            _, mark = read_event(message.topic, message.payload, arrived_at=message.received_at)
        else:
            reading = read_fixes(message.topic, message.payload, arrived_at=message.received_at)
            mark = reading.mark
            for fix in reading.fixes:
                if fix.fix_time is not None and not fix.flags:
                    self.ages_s.append((message.received_at - fix.fix_time).total_seconds())
                self.ids.add(fix.id)
        if mark.gw_session is None or mark.gw_seq is None:
            return
        if mark.gw_session > self._session:
            self._session, self._seq, self._beyond = mark.gw_session, 0, set()
        self._beyond |= {mark.gw_seq, *mark.gw_void}
        while self._seq + 1 in self._beyond:
            self._seq += 1
            self._beyond.discard(self._seq)

    def _sign(self) -> None:
        """A receipt with each commit, which takes the engine some 20 ms."""
        signed = (0, 0)
        while not self._leaves.wait(0.02):
            newest = (self._session, self._seq)
            if newest != signed:
                signed = newest
                receipt = msgspec.json.encode(Receipt(session=newest[0], seq=newest[1]))
                self.link.publish(receipt_topic("demo", "gw1"), receipt, retain=True)

    def stop(self) -> None:
        self._leaves.set()
        self._signing.join()
        self.link.stop()


class Trackers:
    """Many connections; each waits for its acknowledgement before it says more."""

    def __init__(self, port: int, count: int, context: ssl.SSLContext | None) -> None:
        self._context = context
        self.waits_s: list[float] = []
        self.sent = 0
        self._port = port
        self._count = count
        self._lines: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def connect(self) -> None:
        for number in range(self._count):
            name = NAME if self._context else None
            line = await asyncio.open_connection("127.0.0.1", self._port, ssl=self._context, server_hostname=name)
            line[1].write(login(f"{350_000_000_000_000 + number}"))
            self._lines.append(line)
        for reader, _ in self._lines:
            assert await reader.readexactly(1) == b"\x01"

    async def report(self, rate: float, seconds: float) -> None:
        """One record each, so many a second in all, evenly spread over the devices."""
        every_s = self._count / rate
        until_s = time.monotonic() + seconds
        await asyncio.gather(*(self._device(n, every_s, until_s) for n in range(self._count)))

    async def _device(self, number: int, every_s: float, until_s: float) -> None:
        due_s = time.monotonic() + every_s * number / self._count
        while due_s < until_s:
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            await self._say(number, 1)
            due_s += every_s

    async def flood(self, seconds: float) -> None:
        """As many as are acknowledged."""
        until_s = time.monotonic() + seconds

        async def device(number: int) -> None:
            while time.monotonic() < until_s:
                await self._say(number, RECORDS)

        await asyncio.gather(*(device(n) for n in range(self._count)))

    async def _say(self, number: int, records: int) -> None:
        reader, writer = self._lines[number]
        first_ms = int(now().timestamp() * 1000)
        said = frame(
            *(record(at=datetime.fromtimestamp((first_ms + n) / 1000, UTC), lat=53.2, lon=-0.1) for n in range(records))
        )
        said_s = time.perf_counter()
        writer.write(said)
        assert await reader.readexactly(4) == records.to_bytes(4, "big")
        self.waits_s.append(time.perf_counter() - said_s)
        self.sent += records

    def leave(self) -> None:
        for _, writer in self._lines:
            writer.close()


@contextmanager
def gateway(address: BrokerAddress, data: Path, tls: dict[str, str]) -> Iterator[tuple[int, int]]:
    """`arls gateway run`; its process and its port."""
    port = free_port()
    unlimited = {
        f"ARLS_GATEWAY__LIMITS__{name}": "1000000000"
        for name in ("DEVICE_PER_S", "DEVICE_BURST", "ADDRESS_PER_S", "ADDRESS_BURST")
    }
    wired = unlimited | {
        "ARLS_BROKER__HOST": address.host,
        "ARLS_BROKER__PORT": str(address.port),
        "ARLS_GATEWAY__LISTEN": json.dumps([{"over": "tcp", "dialect": "teltonika", "port": port, "tls": tls}]),
        "ARLS_JOURNAL__DATA": str(data),
    }
    command = [sys.executable, "-m", "api", "gateway", "run"]
    process = subprocess.Popen(command, env={**os.environ, **wired}, stdout=subprocess.DEVNULL)
    try:
        with socket.socket() as probe:
            while probe.connect_ex(("127.0.0.1", port)):
                assert process.poll() is None
                time.sleep(0.05)
        yield process.pid, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def certified(folder: Path) -> tuple[dict[str, str], ssl.SSLContext]:
    """The gateway's settings for TLS, and what its trackers trust."""
    authority = trustme.CA()
    made, both = authority.issue_cert(NAME), folder / "gateway.pem"
    made.private_key_and_cert_chain_pem.write_to_path(str(both))
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return {"certificate_file": str(both)}, context


def resident_mb(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def processor_s(pid: int) -> float:
    """What a process has used of its processors, which the load beside it hardly changes."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def quantiles(seconds: list[float]) -> str:
    p50, p99 = np.percentile(seconds, [50, 99]) * 1000
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"


def straight(core: Core, address: BrokerAddress, rate: float, seconds: float) -> None:
    """The same messages without a gateway: what broker and bench cost by themselves."""
    link = Link(address, client_id="bench-straight", on_message=lambda _message: None)
    link.start()
    sent, started_s = 0, time.monotonic()
    while (elapsed_s := time.monotonic() - started_s) < seconds:
        while sent < elapsed_s * rate:
            at, sent = now(), sent + 1
            fix = Fix(id=f"s{sent}", source=f"imei:{sent % 2000}", received_at=at, fix_time=at, lat=53.2, lon=-0.1)
            link.publish(fix_topic("demo", fix.source), write_fixes([fix], Mark()))
        time.sleep(0.001)
    link.stop()
    settle(core, sent)
    print(f"straight to the broker, {rate:,.0f}/s: {quantiles(core.ages_s)} until it arrives")


def settle(core: Core, wanted: int) -> None:
    deadline = time.monotonic() + 30
    while len(core.ids) < wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(core.ids) == wanted, f"{wanted} acknowledged, {len(core.ids)} arrived"


async def through(
    pid: int, port: int, core: Core, broker: Broker, wanted: argparse.Namespace, context: ssl.SSLContext | None
) -> None:
    crowd = Trackers(port, wanted.trackers, context)
    await crowd.connect()
    core.ages_s.clear()
    core.ids.clear()
    used_s = processor_s(pid)
    await crowd.report(wanted.rate, wanted.seconds)
    share = (processor_s(pid) - used_s) / wanted.seconds
    await asyncio.to_thread(settle, core, crowd.sent)
    print(
        f"{wanted.trackers} trackers, {crowd.sent / wanted.seconds:,.0f} records/s, "
        f"gateway {resident_mb(pid):.0f} MB and {share:.0%} of a processor: "
        f"{quantiles(core.ages_s)} until it arrives, {quantiles(crowd.waits_s)} until the device may forget"
    )
    crowd.leave()
    few = Trackers(port, 50, context)
    await few.connect()
    core.ids.clear()
    started_s = time.monotonic()
    await few.flood(wanted.seconds)
    rate = few.sent / (time.monotonic() - started_s)
    print(f"50 trackers with frames of {RECORDS}, as fast as they are acknowledged: {rate:,.0f} records/s synced")
    broker.stop()
    few.sent, started_s = 0, time.monotonic()
    await few.flood(wanted.seconds)
    rate = few.sent / (time.monotonic() - started_s)
    print(f"the same without a broker: {rate:,.0f} records/s synced, {few.sent:,} kept, {resident_mb(pid):.0f} MB")
    few.leave()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trackers", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--tls", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        broker = start_broker(Path(folder) / "broker")
        core = Core(broker.address)
        straight(core, broker.address, wanted.rate, wanted.seconds / 2)
        tls, context = certified(Path(folder)) if wanted.tls else ({}, None)
        with gateway(broker.address, Path(folder) / "edge", tls) as (pid, port):
            asyncio.run(through(pid, port, core, broker, wanted, context))
        core.stop()


if __name__ == "__main__":
    main()
