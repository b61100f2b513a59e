"""How long the base map of Porto takes to draw, and how soon a tile of it is handed out.

python -m tests.bench.bench_tiles [EXTRACT]     (by default `porto.osm.pbf` of ARLS_SHARED_DATA)
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from pmtiles import reader

from maps.tiles import build_tiles
from maps.tileset import Tileset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


PEER: Any = reader  # which has no types


def main() -> None:
    """Draw, then read every tile ten times, beside the reader of the pmtiles package."""
    shared = Path(os.environ.get("ARLS_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else shared / "roads" / "porto.osm.pbf"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "map.pmtiles"
        started = perf_counter()
        report = build_tiles(source, out)
        seconds = perf_counter() - started
        print(f"{source.name}: {seconds:.1f} s, {report.size_bytes / 1e6:.1f} MB, {report.tiles} tiles")
        with out.open("rb") as file:
            get_bytes = PEER.MmapSource(file)
        places = [zxy for zxy, _ in PEER.all_tiles(get_bytes)] * 10
        tileset, peer = Tileset(out), PEER.Reader(get_bytes)
        assert all(tileset.find_tile(*zxy) == peer.get(*zxy) for zxy in places[:: len(places) // 50])
        ours_ms, peer_ms = _times_ms(tileset.find_tile, places), _times_ms(peer.get, places[:500])
        p50_ms, p99_ms = np.quantile(ours_ms, [0.5, 0.99])
        print(f"a tile: p50 {p50_ms:.4f} ms, p99 {p99_ms:.4f} ms")
        print(f"pmtiles.reader: p50 {np.median(peer_ms):.4f} ms, {np.median(peer_ms) / p50_ms:.0f} times as long")


def _times_ms(find: Callable[[int, int, int], bytes | None], places: Iterable[tuple[int, int, int]]) -> list[float]:
    times: list[float] = []
    for zxy in places:
        started = perf_counter()
        find(*zxy)
        times.append((perf_counter() - started) * 1e3)
    return times


if __name__ == "__main__":
    main()
