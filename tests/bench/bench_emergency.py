"""An emergency from the broker to every screen: how long, while fixes pour in.

    python -m tests.bench.bench_emergency [--units 2000] [--rate 2000] [--clients 50] [--presses 40]

The way is the product's own: `arls serve` with Mosquitto and SQLite, fixes published by a process of its own, and
clients of the live feed in another, which publishes the presses too, so that one clock measures. Every client must hear
of every press; the aim is p95 under a second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
from websockets.asyncio.client import connect

from api.networks import COUNTY, find_ground
from gateways.mqtt import BrokerAddress, Link
from gateways.payloads import Event, Mark, write_event
from gateways.topics import event_topic
from tests.bench.bench_ingest import publish

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "a-token-of-the-bench"  # noqa: S105 - of a server that lives for one run
AIM_S = 1.0
_SETTLE_S = 5.0
_BETWEEN_S = 0.5


@contextmanager
def served(folder: Path) -> Iterator[dict[str, Any]]:
    """`arls serve` on the made-up county: what its ready file says, and its process."""
    ready, ground = folder / "ready.json", find_ground(COUNTY, progress=lambda _step, _done: None)
    settings = {
        "ARLS_HTTP__PORT": "0",
        "ARLS_JOURNAL__DATA": str(folder / "data"),
        "ARLS_ROADS__NETWORK": str(ground.directory),
        "ARLS_TOKENS": json.dumps({"bench": TOKEN}),
    }
    command = [sys.executable, "-m", "api", "serve", "--ready-file", str(ready)]
    process = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL)
    try:
        until_s = time.monotonic() + 120
        while not ready.is_file():
            if process.poll() is not None or time.monotonic() > until_s:
                raise RuntimeError("the server did not come up")
            time.sleep(0.1)
        yield json.loads(ready.read_text(encoding="utf-8")) | {"pid": process.pid}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def book(url: str, units: int) -> None:
    """Every unit with the device whose fixes are published."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as client:
        for number in range(units):
            client.put(f"/v1/units/U{number}", json={"sources": [f"itsi:{number}"]}).raise_for_status()
            client.post(f"/v1/units/U{number}/state", json={"code": 2}).raise_for_status()


class Heard:
    """Who of so many clients has heard of each press, and when; `everybody` waits for the last of them."""

    def __init__(self, clients: int) -> None:
        self._clients = clients
        self._at_s: dict[str, list[float]] = {}
        self._done: dict[str, asyncio.Event] = {}

    def note(self, callsign: str) -> None:
        at_s = self._at_s.setdefault(callsign, [])
        at_s.append(time.monotonic())
        if len(at_s) == self._clients:
            self._done.setdefault(callsign, asyncio.Event()).set()

    async def everybody(self, callsign: str) -> list[float]:
        await asyncio.wait_for(self._done.setdefault(callsign, asyncio.Event()).wait(), 20)
        return self._at_s[callsign]


async def listen(url: str, heard: Heard, up: asyncio.Semaphore) -> None:
    """One client of the live feed; `up` once it has the whole picture."""
    feed = url.replace("http", "ws") + "/v1/live"
    async with connect(feed, additional_headers={"Authorization": f"Bearer {TOKEN}"}, max_size=None) as socket:
        await socket.recv()
        up.release()
        async for text in socket:
            # A tick holds every unit: only what can be a press is read.
            if len(text) < 2_000 and "EmergencyRaised" in text:
                heard.note(json.loads(text)["event"]["callsign"])


async def watch(url: str, clients: int, presses: int, broker: BrokerAddress) -> list[float]:
    """Seconds from the publication of each press to each client."""
    heard, up = Heard(clients), asyncio.Semaphore(0)
    tasks = [asyncio.create_task(listen(url, heard, up)) for _ in range(clients)]
    for _ in range(clients):
        await asyncio.wait_for(up.acquire(), 60)
    await asyncio.sleep(_SETTLE_S)
    link = Link(broker, client_id="bench-presses", on_message=lambda _message: None)
    link.start()
    delays_s: list[float] = []
    for number in range(presses):
        source, at = f"itsi:{number}", datetime.now(UTC)  # noqa: TID251 - the bench is the clock here
        event = Event(id=f"press{number}", type="emergency", source=source, received_at=at)
        payload, pressed_s = write_event(event, Mark()), time.monotonic()
        link.publish(event_topic("demo", source, "emergency"), payload)
        delays_s += [heard_s - pressed_s for heard_s in await heard.everybody(f"U{number}")]
        await asyncio.sleep(_BETWEEN_S)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    link.stop()
    return delays_s


def watched(url: str, clients: int, presses: int, broker: BrokerAddress) -> list[float]:
    return asyncio.run(watch(url, clients, presses, broker))


def run(units: int, rate: float, clients: int, presses: int) -> None:
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as ready:
        url, broker = ready["url"], BrokerAddress(**ready["broker"])
        book(url, units)
        seconds = _SETTLE_S + presses * (_BETWEEN_S + 1.0)
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            fixes = pool.submit(publish, broker, units, rate, seconds)
            time.sleep(2.0)
            delays_s = pool.submit(watched, url, clients, presses, broker).result()
            load = os.getloadavg()[0]
            sent = fixes.result()
        p50, p95, most = np.percentile(delays_s, [50, 95, 100]) * 1000
        print(
            f"{presses} presses to {clients} clients, {units} units, {sent / seconds:,.0f} of {rate:,.0f} fixes/s "
            f"published: p50 {p50:.0f} ms, p95 {p95:.0f} ms, most {most:.0f} ms; load {load:.1f}"
        )
        assert p95 < AIM_S * 1000, f"p95 is {p95:.0f} ms, the aim {AIM_S * 1000:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=2000)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--presses", type=int, default=40)
    wanted = parser.parse_args()
    run(wanted.units, wanted.rate, wanted.clients, wanted.presses)


if __name__ == "__main__":
    main()
