"""How time and memory grow with the network, over four extracts: `make bench ARGS=growth`.

Each is imported, ordered, customised, and asked the same; what grows is told an arc. The first ranking of each is
asserted to be the search's.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from arls.roads.hierarchy import warm  # noqa: E402 - the path must be set first, for the benchmark runs from the tree
from arls.roads.hierarchy.arrival import arrival_of  # noqa: E402 - the same
from arls.roads.hierarchy.customise import customise  # noqa: E402 - the same
from arls.roads.hierarchy.departures import Departures  # noqa: E402 - the same
from arls.roads.hierarchy.order import order_of  # noqa: E402 - the same
from arls.roads.search import eta_to, reverse_of  # noqa: E402 - the same
from maps.osm import import_network  # noqa: E402 - the same
from tests.bench.bench_hierarchy import DATA, Times, asked, bytes_per_arc  # noqa: E402 - the same

EXTRACTS = ("central-london", "liechtenstein", "rhein-neckar", "porto")
ROUNDS = 3
COLUMNS = "extract | arcs | import us/arc | order us/arc | customise us/arc | label us/unit | rank 5,000 ms | bytes/arc"


def main() -> None:
    """A row for each extract, as Markdown."""
    warm.warm_up()
    print(f"load {os.getloadavg()[0]:.1f}\n\n| {COLUMNS} |\n|" + "---|" * (COLUMNS.count("|") + 1))
    for name in EXTRACTS:
        print(f"| {name} | {row_of(f'{name}.osm.pbf')} |", flush=True)


def row_of(city: str) -> str:
    """What one extract takes."""
    times = Times()
    network, _ = times.of("import", partial(import_network, DATA / city))
    question = asked(city)
    for _ in range(ROUNDS):
        order = times.of("order", partial(order_of, question.network))
        ready = times.of("customise", partial(customise, order, question.weights))
        standing = times.of("label", partial(Departures, ready, question.units))
    arrivals = [arrival_of(ready, goal) for goal in question.goals]
    reverse = reverse_of(question.network)
    searched = eta_to(question.weights, reverse, goal=question.goals[0], units=question.units)
    assert np.array_equal(standing.eta_to(arrivals[0]), searched.cost_ms)
    for arrival in arrivals:
        times.of("rank", partial(standing.eta_to, arrival))
    per_arc = [f"{times.least_ms(what) * 1e3 / network.arcs:.2f}" for what in ("import", "order", "customise")]
    own = [f"{times.least_ms('label') * 1e3 / len(question.units):.1f}", f"{times.median_ms('rank'):.2f}"]
    held = " + ".join(f"{size:.0f}" for size in bytes_per_arc(ready).values())
    return " | ".join([f"{network.arcs:,}", *per_arc, *own, held])


if __name__ == "__main__":
    main()
