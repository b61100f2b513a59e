"""The tables beside the peers: `make bench-peers`, or `make bench-peers ARGS="roads --cities milan"` for one.

Each peer is given the same extract or the same graph in the same run, and its answers are judged before a time is
printed. Nothing listens anywhere: OSRM and Valhalla are embedded in this process.
"""

from __future__ import annotations

import argparse
import os
import platform
from importlib.metadata import version

from tests.bench.peers import matching, roads

TABLES = ("roads", "matching")
PACKAGES = ("osrm-bindings", "pyvalhalla", "igraph", "networkx", "pandana", "scipy", "numba", "numpy")


def main() -> None:
    """All tables, or those that are asked for."""
    parser = argparse.ArgumentParser(prog="make bench-peers", description=__doc__)
    parser.add_argument(
        "tables", nargs="*", metavar="TABLE", choices=[[], *TABLES], help=f"of {', '.join(TABLES)}; all by default"
    )
    parser.add_argument("--cities", nargs="+", default=roads.CITIES, help="names of extracts")
    asked = parser.parse_args()
    said = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    print(f"Python {platform.python_version()}, {said}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    tables = asked.tables or TABLES
    if unknown := sorted(set(tables) - set(TABLES)):
        parser.error(f"there is no table {', '.join(unknown)}; there are {', '.join(TABLES)}")
    if "roads" in tables:
        roads.print_tables(asked.cities)
    if "matching" in tables:
        matching.print_table()


if __name__ == "__main__":
    main()
