"""The table of matching: the 12 tracks of Kubicka et al. by ARLS, OSRM and Valhalla, by one scorer in the same run."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.matching.evidence import Fixes
from arls.roads.matching.match import Matcher
from arls.roads.profile import CAR_NORMAL, weights_of
from arls.roads.streets import StreetTree
from tests.bench.bench_matching import INTERVALS_S, TRACKS, driven, every, score_of
from tests.bench.bench_search import timed
from tests.bench.peers.engines import CACHE
from tests.bench.peers.matchers import matchers_on
from tests.bench.peers.tracks import written

if TYPE_CHECKING:
    from tests.bench.bench_matching import Driven
    from tests.bench.peers.matchers import Match

REPEATS = 3


def print_table() -> None:
    """A row for each matcher, as Markdown."""
    if not TRACKS.is_file():
        print(f"matching is left out: there is no {TRACKS}")
        return
    rows: dict[str, dict[int, list[tuple[float, float, float]]]] = defaultdict(lambda: defaultdict(list))
    failed: dict[str, int] = defaultdict(int)
    CACHE.mkdir(parents=True, exist_ok=True)
    for track in driven():
        source = written(track.network, CACHE / f"track{track.name}.osm.pbf")
        for name, match in {"ARLS": _ours(track), **matchers_on(track.network, source)}.items():
            for seconds in INTERVALS_S:
                row = _row(match, track, seconds)
                failed[name] += row is None
                rows[name][seconds].append(row or (1.0, 0.0, np.nan))
    print(f"\n### Map matching, 12 tracks. Load now {os.getloadavg()[0]:.1f}\n")
    print("| who |" + "".join(f" {seconds} s: mismatch, F1; fixes/s |" for seconds in INTERVALS_S) + " not matched |")
    print("|---" * (len(INTERVALS_S) + 2) + "|")
    for name, columns in rows.items():
        cells = "".join(f" {_cell(columns[seconds])} |" for seconds in INTERVALS_S)
        print(f"| {name} |{cells} {failed[name]} |", flush=True)


def _ours(track: Driven) -> Match:
    matcher = Matcher(StreetTree(track.network), weights_of(track.network, CAR_NORMAL))

    def match(track: Driven, kept: np.ndarray) -> tuple[list[int], float]:
        fixes = Fixes(lats=track.lats[kept], lons=track.lons[kept], times_s=track.times_s[kept])
        found, ms = timed(lambda: matcher.match(fixes))
        return found.arcs.tolist(), ms

    match(track, np.arange(9))
    return match


def _row(match: Match, track: Driven, seconds: int) -> tuple[float, float, float] | None:
    """Mismatch, F1 and fixes/s; None where it gives up. A match must be the same each time."""
    kept = every(seconds, track.times_s)
    try:
        answers = [match(track, kept) for _ in range(REPEATS)]
    except (RuntimeError, ValueError) as error:
        print(f"{track.name} at {seconds} s: {error}")
        return None
    assert all(arcs == answers[0][0] for arcs, _ in answers)
    score = score_of(track.network, matched=answers[0][0], route=track.route)
    return score.mismatch, score.f1, len(kept) / min(ms for _, ms in answers) * 1e3


def _cell(rows: list[tuple[float, float, float]]) -> str:
    """Mean / median of mismatch and F1, mean of fixes/s."""
    (mismatch, f1, fixes), (mid_mismatch, mid_f1, _) = np.nanmean(rows, axis=0), np.nanmedian(rows, axis=0)
    return f"{mismatch:.3f} / {mid_mismatch:.3f}, {f1:.3f} / {mid_f1:.3f}; {fixes:,.0f}"
