"""Fixes from the broker to a queryable picture, journalled: how many a second, and how long each takes.

    python -m tests.bench.bench_ingest [--units 5000] [--rate 2000] [--seconds 10]

The way is the product's own: Mosquitto, intake, engine, SQLite with `synchronous=FULL`. Every fix must arrive.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from arls import messages as m
from arls.engine import Engine
from arls.fix import Fix
from arls.folds.fixes import BODY
from arls.journal.sqlite import SqliteJournal
from arls.unit import Callsign, Unit
from gateways.broker import start_broker
from gateways.intake import Intake
from gateways.mqtt import Link
from gateways.payloads import Mark, write_fixes
from gateways.topics import fix_topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arls.ports import Recorded
    from gateways.mqtt import BrokerAddress


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the bench is the clock here


class Stopwatch:
    """An outbox that notes how old each fix is when the picture that holds it is out."""

    def __init__(self) -> None:
        self.ages_s: list[float] = []
        self.last_at = now()

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        self.last_at = now()
        for record in recorded:
            if record.entry.body is not None:
                fixes = BODY.decode(record.entry.body).fixes
                self.ages_s += [(self.last_at - fix.received_at).total_seconds() for fix in fixes]


def publish(address: BrokerAddress, units: int, rate: float, seconds: float) -> int:
    link = Link(address, client_id="bench", on_message=lambda _message: None)
    link.start()
    chance, sent, started = random.Random(1), 0, time.monotonic()
    while (elapsed := time.monotonic() - started) < seconds:
        while sent < min(elapsed, seconds) * rate:
            at, number = now(), chance.randrange(units)
            fix = Fix(
                id=f"{sent}",
                source=f"itsi:{number}",
                gateway="bench",
                protocol="bench",
                received_at=at,
                fix_time=at,
                lat=53.2 + chance.random() / 10,
                lon=-0.05 + chance.random() / 10,
                accuracy_m=8.0,
                speed_mps=9.0,
                course_deg=45.0,
            )
            sent += 1
            link.publish(fix_topic("demo", fix.source), write_fixes([fix], Mark(gw_session=1, gw_seq=sent)))
        time.sleep(0.002)
    link.stop()
    return sent


def run(units: int, rate: float, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data, watch = Path(folder), Stopwatch()
        broker = start_broker(data / "broker")
        journal = SqliteJournal(data / "journal.sqlite")
        engine = Engine(journal, watch, journal)
        engine.start()
        who = {"at": now(), "operator": "bench", "desk": "bench"}
        booked = [
            engine.ask(m.PutUnit(**who, unit=Unit(callsign=Callsign(f"U{n}")), sources=(f"itsi:{n}",)), wait_s=10)
            for n in range(units)
        ]
        for future in booked:
            future.result()
        intake = Intake(engine, broker.address, force="demo")
        intake.start()
        started = now()
        # In a process of its own, as a gateway is.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            sent = pool.submit(publish, broker.address, units, rate, seconds).result()
        deadline = time.monotonic() + 60
        while len(watch.ages_s) < sent and time.monotonic() < deadline:
            time.sleep(0.05)
        took_s = (watch.last_at - started).total_seconds()
        assert len(watch.ages_s) == sent, f"{sent} published, {len(watch.ages_s)} arrived"
        assert engine.known.receipts["bench"].seq == sent
        p50, p99 = np.percentile(watch.ages_s, [50, 99]) * 1000
        print(
            f"{sent} fixes at {rate:,.0f}/s wanted: {sent / took_s:,.0f}/s journalled and pictured, {units} units, "
            f"start of the publisher included; from publish to picture p50 {p50:.0f} ms, p99 {p99:.0f} ms"
        )
        intake.stop()
        engine.stop()
        journal.close()
        broker.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=5000)
    parser.add_argument("--rate", type=float, default=2000)
    parser.add_argument("--seconds", type=float, default=10)
    wanted = parser.parse_args()
    run(wanted.units, wanted.rate, wanted.seconds)


if __name__ == "__main__":
    main()
