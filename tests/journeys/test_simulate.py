"""`arls serve`, `arls gateway run` and `arls simulate` as three programs: a force elsewhere is ranked here."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from gateways.broker import find_mosquitto, free_port
from tests.drawing import draw
from tests.journeys.running import ARLS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed"),
]

TOWN = """
    A-B---C-D
    |     | |
    E     F |
    |     | |
    G--H--I-J
"""


@contextmanager
def program(*words: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([*ARLS, *words], env={**os.environ, **env}, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_three_programs_make_one_picture(tmp_path: Path) -> None:
    ways = {name: {"highway": "residential", "name": f"{name} Road"} for name in ("ABCD", "AEG", "CFI", "DJ", "GHIJ")}
    drawn = draw(TOWN, ways=ways)
    (tmp_path / "town.osm").write_bytes(drawn.osm)
    network, ready = str(tmp_path / "net"), tmp_path / "ready"
    subprocess.run([*ARLS, "roads", "build", str(tmp_path / "town.osm"), "--out", network], check=True)
    (tmp_path / "arls.toml").write_text(
        f'[http]\nport = 0\n[roads]\nnetwork = "{network}"\n[journal]\ndata = "{tmp_path / "data"}"\n'
    )
    with program("serve", "--config", str(tmp_path / "arls.toml"), "--ready-file", str(ready)):
        until = time.monotonic() + 40
        while not ready.exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        facts = json.loads(ready.read_text())
        pei, nmea = free_port(), free_port()
        listen = [
            {"over": "tcp", "dialect": "tetra-pei", "port": pei},
            {"over": "udp", "dialect": "nmea0183", "port": nmea},
            {"over": "mqtt"},
        ]
        wired = {
            "ARLS_BROKER__HOST": facts["broker"]["host"],
            "ARLS_BROKER__PORT": str(facts["broker"]["port"]),
            "ARLS_GATEWAY__LISTEN": json.dumps(listen),
            "ARLS_JOURNAL__DATA": str(tmp_path / "edge"),
        }
        broker = f"{facts['broker']['host']}:{facts['broker']['port']}"
        there = ["--broker", broker, "--pei", f"127.0.0.1:{pei}", "--nmea", f"127.0.0.1:{nmea}"]
        known = ["--url", facts["url"], "--roads", network, "--units", "12"]
        with program("gateway", "run", **wired), program("simulate", *there, *known, ARLS_TOKEN=facts["token"]):
            api = httpx.Client(base_url=facts["url"], headers={"Authorization": f"Bearer {facts['token']}"}, timeout=20)
            until = time.monotonic() + 40
            ranked: list[str] = []
            while len(ranked) < 12 and time.monotonic() < until:
                time.sleep(0.3)
                place = drawn.node("F")
                answer = api.post("/v1/nearest", json={"lat": place.lat, "lon": place.lon}).json()
                ranked = [candidate["callsign"] for candidate in answer["candidates"]]
            api.close()
    assert len(ranked) == 12
