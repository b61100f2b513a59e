"""What a made-up force costs: the share of one core that 500 and 5,000 members use, moved five times a second.

python -m tests.bench.bench_simulator [EXTRACT]
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

from arls.roads.live import Roads
from gateways.simulator.force import Force
from gateways.simulator.roster import made_roster
from maps.osm import import_network

COUNTY = Path(__file__).parents[2] / "fixtures" / "arlshire.osm.pbf"
STEP_S, STEPS = 0.2, 150
START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def measure(roads: Roads, members: int) -> str:
    """A line about a force of that size, after its first second, in which everybody reports."""
    force = Force(roads, made_roster(members, seed=1), seed=1)
    said = [sum(1 for _ in force.step(STEP_S, START)) for _ in range(6)]
    assert sum(said) >= members
    began_s, sayings = process_time(), 0
    for step in range(STEPS):
        sayings += sum(1 for _ in force.step(STEP_S, START + timedelta(seconds=step * STEP_S)))
    used_s, lived_s = process_time() - began_s, STEPS * STEP_S
    return f"{members:,} members: {used_s / lived_s:.1%} of a core, {sayings / lived_s:,.0f} sayings a second"


def main() -> None:
    """Prints one line a size."""
    network, _ = import_network(Path(sys.argv[1]) if len(sys.argv) > 1 else COUNTY)
    roads = Roads(network)
    print(f"{network.arcs:,} arcs")
    for members in (500, 5_000):
        print(measure(roads, members))


if __name__ == "__main__":
    main()
