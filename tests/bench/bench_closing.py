"""How soon a closure that is posted has changed the open rankings: `python -m tests.bench closing`.

Porto and Rhein-Neckar in one file, 5,000 units, half of them driving, and a dozen open incidents, through the API as it
is, over HTTP. Each closure is a new one near an incident; its answer names whom it moved in which ranking. The ranking
that is asked for behind it is asserted to obey it: the search, asked apart, gives the same milliseconds.
"""

from __future__ import annotations

import tempfile
from os import getloadavg
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import httpx
import numpy as np

from api.auth import Keyring
from api.live import Hub
from api.settings import Settings
from api.survey import Survey
from api.wiring import Labels, System
from arls.board import board_of
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Roads
from gateways.mqtt import BrokerAddress
from maps.osm import import_network
from maps.placebook import PlaceBook
from tests.api.room import TOKEN, served
from tests.bench.bench_boards import Force
from tests.bench.bench_closures import NEAR_DEG, SIDE_DEG, joined

CITIES, CLOSURES, SEED = ("porto", "rhein-neckar"), 120, 2
INCIDENTS = 12
# The first few find memory, and the kernels that a new process has not used yet.
WARM = 5


def main() -> None:
    """Post, ask, compare, lift, and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        network, _ = import_network(joined(CITIES, Path(folder)))
        roads, by_search = Roads(network, order=order_of(network)), Roads(network)
        roads.prepare()
        force = Force(roads, incidents=INCIDENTS)
        (Path(folder) / "index.html").write_text("<!doctype html>")
        with (
            served(system_of(force, roads), Path(folder)) as url,
            httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60) as client,
        ):
            took = [took_ms for took_ms in (closed(client, force, by_search, n) for n in range(CLOSURES)) if took_ms]
        force.engine.stop()
    print(f"{', '.join(CITIES)}: {network.arcs:,} arcs, 5,000 units, {INCIDENTS} open incidents, {len(took)} closures")
    for what, column in zip(
        ("posted to answered", "the ranking that follows", "lifted to answered"), zip(*took, strict=True), strict=True
    ):
        p50, p90, p99 = np.percentile(column[WARM:], (50, 90, 99))
        print(f"  {what}: p50 {p50:.0f}, p90 {p90:.0f}, p99 {p99:.0f} ms")
    print(f"  load {getloadavg()[0]:.1f}")


def closed(client: httpx.Client, force: Force, by_search: Roads, number: int) -> tuple[float, float, float] | None:
    """Milliseconds of one closure: its post, the ranking behind it, and its end; None where it would shut nothing."""
    incident = list(force.known.incidents.values())[number % INCIDENTS]
    chance = np.random.default_rng((SEED, number))
    lat, lon = np.array([incident.lat, incident.lon]) + chance.uniform(-NEAR_DEG, NEAR_DEG, 2)
    ring = [[lon + SIDE_DEG * x, lat + SIDE_DEG * y] for x, y in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
    began_s = perf_counter()
    posted = client.post("/v1/closures", json={"geometry": {"type": "Polygon", "coordinates": [ring]}})
    posted_s = perf_counter()
    if posted.status_code == 422:
        assert posted.json()["code"] == "shuts_nothing"
        return None
    ranking = client.get(f"/v1/incidents/{incident.id}/ranking?k=10").raise_for_status().json()
    ranked_s = perf_counter()
    assert ranking["closures"] == [posted.raise_for_status().json()["id"]]
    order = board_of(force.known, by_search, force.at, incidents=[incident]).orders[incident.id]
    assert [round(1000 * one["eta_s"]["mid"]) for one in ranking["candidates"]] == order.eta_ms[:10].tolist()
    lifts_s = perf_counter()
    client.delete(f"/v1/closures/{posted.json()['id']}").raise_for_status()
    steps_s = (posted_s - began_s, ranked_s - posted_s, perf_counter() - lifts_s)
    return tuple(1000 * step for step in steps_s)  # type: ignore[return-value]


def system_of(force: Force, roads: Roads) -> System:
    """The force as a control room serves it."""
    return System(
        settings=Settings(),
        labels=Labels(network="bench", made_up=False, simulated=True, broker_kind="mosquitto", broker="none"),
        engine=force.engine,
        journal=cast("Any", None),
        roads=roads,
        keyring=Keyring({"bench": TOKEN}),
        hub=Hub(),
        broker=BrokerAddress(host="127.0.0.1", port=1883),
        survey=Survey(roads),
        tileset=None,
        places=PlaceBook(roads.network),
        now=lambda: force.at,
    )


if __name__ == "__main__":
    main()
