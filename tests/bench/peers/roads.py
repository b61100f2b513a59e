"""The table of the roads: who ranks 5,000 units for one incident how soon, on the same extract in the same run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.peers import graphs, ours, routers
from tests.bench.peers.city import PROFILE, UNITS, City
from tests.bench.peers.contest import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.bench.peers.contest import Contestant

PROJECT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("ARLS_SHARED_DATA", PROJECT / "../shared/data")) / "roads"
CITIES = ("porto", "rhein-neckar", "milan", "liechtenstein")


def print_tables(cities: Sequence[str] = CITIES) -> None:
    """One city after the other, as Markdown."""
    ours.warm_up()
    for name in cities:
        source = DATA / f"{name}.osm.pbf"
        if not source.is_file():
            print(f"{name} is left out: there is no {source}")
            continue
        city = City.of(source)
        contestants = [
            *ours.contestants(city),
            *graphs.contestants(city),
            *routers.of_osrm(city),
            *routers.of_valhalla(city),
        ]
        run(city, contestants)
        _print_table(city, {contestant.name: contestant for contestant in contestants})


def _print_table(city: City, by_name: Mapping[str, Contestant]) -> None:
    network = city.network
    ready = ", ".join(f"{what} {took_s:.2f} s" for what, took_s in city.took_s.items())
    print(f"\n### {city.source.name}: {network.arcs:,} arcs, {network.turns:,} turns\n")
    print(f"{UNITS:,} units, {PROFILE.name}. ARLS got ready: {ready}. Load now {os.getloadavg()[0]:.1f}.\n")
    print("| who | median (least) ms | x ranked | x from its place | answers |\n|---|---|---|---|---|")
    base_ms = [by_name[name].median_ms for name in (ours.RANKED, ours.FROM_PLACE)]
    for contestant in by_name.values():
        _print_row(contestant.name, contestant.median_ms, base_ms, _judged(contestant), contestant.least_ms)
    for algorithm in routers.ROUNDS:
        whole, snapping = by_name[routers.TABLE.format(algorithm)], by_name[routers.SNAPPED.format(algorithm)]
        name = f"OSRM {algorithm} /table less its snapping"
        _print_row(name, whole.median_ms - snapping.median_ms, base_ms, "the difference of two rows", None)


def _judged(contestant: Contestant) -> str:
    said = []
    if contestant.exact is not None:
        said.append("equal to the ms")
    if contestant.correlations:
        share, correlation = np.mean(contestant.reached), min(contestant.correlations)
        said.append(f"rank correlation >= {correlation:.3f}, reached {share:.1%}")
    return "; ".join([*said, contestant.aside] if contestant.aside else said)


def _print_row(name: str, median_ms: float, base_ms: Sequence[float], judged: str, least_ms: float | None) -> None:
    least = "" if least_ms is None else f" ({least_ms:.3g})"
    ratios = " | ".join(f"{median_ms / base:,.3g}" for base in base_ms)
    print(f"| {name} | {median_ms:.3g}{least} | {ratios} | {judged} |", flush=True)
