"""How long a metropolis takes to import and to load, and how much memory: `python tests/bench/bench_importer.py`.

Answers are asserted before a time is printed. The peer is pyrosm, which reads the same file in the same run to edges
between neighbouring nodes, without turns or access by kind of traffic.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from time import perf_counter

HERE = Path(__file__).resolve()
PROJECT = HERE.parents[2]
sys.path.insert(0, str(PROJECT))

from maps import roadfile  # noqa: E402 - the path must be set first, for the benchmark runs from the tree
from maps.osm import import_network  # noqa: E402 - the same

PORTO = Path(os.environ.get("ARLS_SHARED_DATA", PROJECT / "../shared/data")) / "roads" / "porto.osm.pbf"
PORTO_EDGES = 148_522
AIMS = {"import_s": 10.0, "peak_rss_gb": 1.5, "load_s": 0.3}


def measure_import(directory: Path) -> dict[str, float]:
    """Seconds and gigabytes of one import of Porto, in this process."""
    started = perf_counter()
    network, report = import_network(PORTO)
    import_s = perf_counter() - started
    roadfile.save(network, report, directory)
    peak_rss_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"arcs": network.arcs, "turns": network.turns, "import_s": import_s, "peak_rss_gb": peak_rss_gb}


def measure_peer() -> float:
    """Seconds that pyrosm takes for the nodes and edges of all roads and paths."""
    from pyrosm import OSM  # noqa: PLC0415 - only where it is measured, for it would weigh on our own memory

    started = perf_counter()
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        OSM(str(PORTO)).get_network(network_type="all", nodes=True)
    return perf_counter() - started


def main() -> None:
    """Import Porto in a process of its own, load it here, and print all beside the aims and the peer."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "porto"
        done = subprocess.run([sys.executable, HERE, directory], check=True, capture_output=True, text=True)
        figures = json.loads(done.stdout)
        started = perf_counter()
        network = roadfile.load(directory)
        figures["load_s"] = perf_counter() - started
        assert network.checksum() == roadfile.read_manifest(directory).checksum
        assert network.arcs == figures["arcs"] > PORTO_EDGES
    print(f"porto: {figures['arcs']} arcs, {figures['turns']} turns")
    for name, aim in AIMS.items():
        print(f"{name:12} {figures[name]:8.3f}  {'within' if figures[name] <= aim else 'MISSES'} {aim}")
    peer_s = measure_peer()
    print(f"{'pyrosm_s':12} {peer_s:8.3f}  {peer_s / figures['import_s']:.1f} times ours")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure_import(Path(sys.argv[1]))))
    else:
        main()
