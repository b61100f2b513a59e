"""kill -9 under load, and start again: nothing that was acknowledged is missing."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from arls import messages as m
from arls.journal.sqlite import open_read_only
from gateways.broker import find_mosquitto
from gateways.mqtt import BrokerAddress, Inbound, Link
from gateways.payloads import Receipt, read_receipt
from gateways.topics import receipt_topic
from tests.journeys.running import ARLS, Running, demo

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed"),
]


class Desk(threading.Thread):
    """Creates incidents and assigns units as fast as it is answered, and notes what was acknowledged."""

    def __init__(self, running: Running, callsigns: list[str]) -> None:
        super().__init__(daemon=True)
        self.incidents: list[str] = []
        self.assigned: list[tuple[str, str]] = []
        self._running = running
        self._callsigns = callsigns

    def run(self) -> None:
        with self._running.client() as api:
            for number, callsign in enumerate(self._callsigns):
                try:
                    made = api.post(
                        "/v1/incidents", json={"lat": 54.6, "lon": -0.05, "grade": "1", "text": str(number)}
                    )
                    incident = made.raise_for_status().json()["id"]
                    self.incidents.append(incident)
                    answer = api.post(
                        f"/v1/incidents/{incident}/assignments",
                        json={"callsign": callsign},
                        headers={"Idempotency-Key": f"{callsign}-{number}"},
                    )
                except httpx.HTTPError:
                    return  # it was killed
                if answer.status_code == 201:
                    self.assigned.append((incident, callsign))


class Receipts:
    """What the engine told the gateway is journalled."""

    def __init__(self, broker: dict[str, Any]) -> None:
        self.newest: Receipt | None = None
        address = BrokerAddress(host=broker["host"], port=broker["port"])
        self._link = Link(
            address, client_id="receipts", on_message=self._heard, subscriptions=(receipt_topic("demo", "gw1"),)
        )
        self._link.start()

    def _heard(self, message: Inbound) -> None:
        self.newest = read_receipt(message.payload) or self.newest

    def stop(self) -> None:
        self._link.stop()


def callsigns_of(running: Running) -> list[str]:
    with running.client() as api:
        return [feature["id"] for feature in api.get("/v1/units").json()["features"]]


def close_bridge(api: httpx.Client, **said: str) -> str:
    """Shut Arlshire's bridge; the closure's id, once it is acknowledged."""
    line = {"type": "LineString", "coordinates": [[-0.0379652, 54.5934667], [-0.0381016, 54.5926193]]}
    made = api.post("/v1/closures", json={"geometry": line, "name": "Old Bridge", **said}).raise_for_status()
    return str(made.json()["id"])


def test_kill_9_under_load_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    acknowledged: list[str] = []
    assigned: list[tuple[str, str]] = []
    receipts: list[Receipt] = []
    shut: list[str] = []
    for _ in range(2):
        with demo(data, "--units", "80", "--no-calls") as running:
            heard = Receipts(running.facts["broker"])
            free = [name for name in callsigns_of(running) if name not in {callsign for _, callsign in assigned}]
            desk = Desk(running, free)
            desk.start()
            until = time.monotonic() + 20
            while (len(desk.assigned) < 12 or heard.newest is None) and time.monotonic() < until:
                time.sleep(0.05)
            with running.client() as api:
                shut.append(close_bridge(api))
            running.kill()
            desk.join(timeout=10)
            heard.stop()
            acknowledged += desk.incidents
            assigned += desk.assigned
            assert heard.newest is not None, "no fix was acknowledged"
            receipts.append(heard.newest)
    assert len(assigned) >= 24

    with demo(data, "--units", "80", "--no-calls") as running, running.client() as api:
        known = {incident["id"]: incident for incident in api.get("/v1/incidents").json()["incidents"]}
        ranking = api.get(f"/v1/incidents/{acknowledged[0]}/ranking", params={"k": 1}).json()
        assert running.stop() == 0
    assert set(acknowledged) <= set(known)
    assert ranking["closures"] == shut == ["C0001", "C0002"]
    for incident, callsign in assigned:
        assert callsign in {assignment["callsign"] for assignment in known[incident]["assignments"]}

    journalled = [
        publication
        for record in open_read_only(data).read()
        if isinstance(record.entry.event, m.FixesRecorded)
        for publication in record.entry.event.publications
    ]
    for receipt in receipts:
        seqs = {publication.seq for publication in journalled if publication.session == receipt.session}
        assert set(range(1, receipt.seq + 1)) <= seqs
    assert not list(data.glob("*-wal"))
    verified = subprocess.run([*ARLS, "journal", "verify", str(data), "--json"], capture_output=True, check=False)
    report = json.loads(verified.stdout)
    assert (verified.returncode, report["faults"]) == (0, [])


def test_a_flipped_byte_is_found_and_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with demo(data, "--units", "20", "--no-calls", "--seconds", "600") as running:
        time.sleep(1)
        assert running.stop() == 0
        assert "Traceback" not in running.log.read_text()
    file = data / "journal.sqlite"
    held = bytearray(file.read_bytes())
    at = held.rindex(b'"message":"StateSet"')
    held[at + 14] ^= 1
    file.write_bytes(held)
    verified = subprocess.run([*ARLS, "journal", "verify", str(data)], capture_output=True, check=False, text=True)
    assert verified.returncode == 1
    assert "record" in verified.stdout


def test_a_closure_that_ends_is_over_by_itself_and_the_record_says_when(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with demo(data, "--units", "20", "--no-calls") as running, running.client() as api:
        until = datetime.now(UTC) + timedelta(seconds=1)  # noqa: TID251 - a dispatcher has a clock
        closure = close_bridge(api, until=until.isoformat())
        within = time.monotonic() + 10
        while api.get(f"/v1/closures/{closure}").status_code == 200 and time.monotonic() < within:
            time.sleep(0.1)
        assert api.get(f"/v1/closures/{closure}").json()["code"] == "closure_over"
        assert running.stop() == 0
    turns = [
        record.entry.event for record in open_read_only(data).read() if isinstance(record.entry.event, m.ClosureTurned)
    ]
    assert [(turn.closure, turn.turn, turn.operator) for turn in turns] == [(closure, "expired", "clock")]
    assert until <= turns[0].at < until + timedelta(seconds=5)
