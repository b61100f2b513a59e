"""How well and how fast tracks are matched: `python tests/bench/bench_matching.py`.

The 12 tracks are those of Kubicka, Cela, Moulin, Mounier and Niculescu, "Dataset for testing and training of
map-matching algorithms", IEEE Intelligent Vehicles Symposium 2015, each with its own network and a route corrected by
hand. They carry no course, speed or accuracy: positions and times are all there is. Some begin before their route
does or end after it, which no matcher can know. What others reach on these tracks is not known to us.

Two scores stand beside each other. *Mismatch* is Newson and Krumm's (2009) route mismatch fraction: the
metres added to the route that was driven and the metres missing from it, by the metres of that route; 0 is perfect.
*F1* is the harmonic mean of precision and recall over the arcs, each weighted by its length and counted once.
"""

from __future__ import annotations

import os
import sys
import tarfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from arls.roads.assemble import Bans, Streets, assemble  # noqa: E402 - the path must be set first
from arls.roads.matching.evidence import Fixes  # noqa: E402 - the same
from arls.roads.matching.match import Matcher  # noqa: E402 - the same
from arls.roads.network import NO_ARC, Access, RoadClass  # noqa: E402 - the same
from arls.roads.profile import CAR_NORMAL, weights_of  # noqa: E402 - the same
from arls.roads.snap import Snapper  # noqa: E402 - the same
from arls.roads.streets import StreetTree  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arls.roads.network import Floats, Longs, Network

INTERVALS_S = (1, 10, 30, 60)
REPEATS = 3
# What must hold of every track before a figure is printed.
MOST_MISMATCH = {1: 0.10, 10: 0.10, 30: 0.10, 60: 0.25}
# The live place: from so many latest fixes, asked at every so-manieth.
LATEST, EVERY_NTH = 10, 7
LEAST_RIGHT = 0.8
TRACKS = Path(os.environ.get("ARLS_SHARED_DATA", PROJECT / "../shared/data")) / "matching" / "tracks.tar.gz"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Driven:
    """One track, its network, and the arcs that were driven in truth."""

    name: str
    network: Network
    lats: Floats
    lons: Floats
    times_s: Floats
    route: Longs


def driven(archive: Path = TRACKS) -> Iterator[Driven]:
    """Every track of the archive, by name."""
    with tarfile.open(archive) as files:
        texts = {Path(member.name).name: files.extractfile(member) for member in files if member.isfile()}
        tables = {name: np.loadtxt(text) for name, text in texts.items() if text}
    for name in sorted({Path(file).stem for file in tables}):
        nodes, ends, track, route = (tables[f"{name}.{kind}"] for kind in ("nodes", "arcs", "track", "route"))
        network, arc_of = network_of(nodes, ends.astype(np.int64))
        lons, lats, times_s = track.T
        yield Driven(
            name=name, network=network, lats=lats, lons=lons, times_s=times_s, route=arc_of[route.astype(np.int64)]
        )


def network_of(nodes: Floats, ends: Longs) -> tuple[Network, Longs]:
    """The network of directed pairs of nodes, and the arc that each pair became; twice the same pair is one arc."""
    low, high = ends.min(axis=1), ends.max(axis=1)
    backward = (ends[:, 0] != low).astype(np.int64)
    pairs, street = np.unique(np.column_stack((low, high)), axis=0, return_inverse=True)
    count = len(pairs)
    access = np.zeros((count, 2), np.uint16)
    access[street, backward] = Access.EVERYONE
    lon, lat = nodes.T
    nothing = np.zeros(0, np.int32)
    network = assemble(
        Streets(
            left_hand=False,
            junction_lat=lat,
            junction_lon=lon,
            junction_flags=np.zeros(len(nodes), np.uint8),
            junction_access=np.full(len(nodes), Access.EVERYONE, np.uint16),
            street_from=pairs[:, 0].astype(np.int32),
            street_to=pairs[:, 1].astype(np.int32),
            street_point_start=np.arange(count + 1) * 2,
            point_lat=lat[pairs].ravel(),
            point_lon=lon[pairs].ravel(),
            street_way=np.arange(count),
            street_name=np.zeros(count, np.int32),
            street_ref=np.zeros(count, np.int32),
            street_class=np.full(count, RoadClass.RESIDENTIAL, np.uint8),
            street_flags=np.zeros(count, np.uint16),
            street_crossings=np.zeros(count, np.uint8),
            forward_access=access[:, 0],
            backward_access=access[:, 1],
            forward_speed_kmh=np.full(count, np.nan, np.float32),
            backward_speed_kmh=np.full(count, np.nan, np.float32),
            names=("",),
            bans=Bans(
                from_street=nothing,
                via_junction=nothing,
                to_street=nothing,
                only=nothing.astype(np.bool_),
                binds=nothing.astype(np.uint16),
            ),
        )
    )
    arc_of_street = np.full((count, 2), NO_ARC, np.int64)
    arc_of_street[network.arc_street, network.arc_backward.astype(np.int64)] = np.arange(network.arcs)
    return network, arc_of_street[street, backward]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a matched route compares with the one that was driven."""

    mismatch: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score_of(network: Network, *, matched: Iterable[int], route: Iterable[int]) -> Score:
    """Both scores of a matched route."""
    length_m = network.arc_length_m
    ours, truth = Counter(map(int, matched)), Counter(map(int, route))

    def metres(arcs: Counter[int]) -> float:
        return float(sum(length_m[arc] * times for arc, times in arcs.items()))

    once, told = Counter(set(ours)), Counter(set(truth))
    right_m = metres(once & told)
    return Score(
        mismatch=(metres(ours - truth) + metres(truth - ours)) / metres(truth),
        precision=right_m / max(metres(once), 1e-9),
        recall=right_m / metres(told),
    )


def every(seconds: float, times_s: Floats) -> Longs:
    """The fixes left when the receiver reports so seldom."""
    kept = [0]
    for fix, time_s in enumerate(times_s):
        if time_s - times_s[kept[-1]] >= seconds - 0.01:
            kept.append(fix)
    return np.array(kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One track at one interval."""

    score: Score
    fixes_per_s: float


def measured(matcher: Matcher, track: Driven, seconds: int) -> Row:
    """The best of a few runs, its answer asserted: each arc leads on to the next, and all runs agree."""
    kept = every(seconds, track.times_s)
    fixes = Fixes(lats=track.lats[kept], lons=track.lons[kept], times_s=track.times_s[kept])
    took_s, answers = [], []
    for _ in range(REPEATS):
        started = perf_counter()
        answers.append(matcher.match(fixes))
        took_s.append(perf_counter() - started)
    matched, network = answers[0], track.network
    assert all(np.array_equal(answer.arcs, matched.arcs) for answer in answers)
    for drive in matched.drives:
        assert (network.arc_to[drive.arcs[:-1]] == network.arc_from[drive.arcs[1:]]).all()
    score = score_of(network, matched=matched.arcs, route=track.route)
    assert score.mismatch < MOST_MISMATCH[seconds], f"{track.name} at {seconds} s: {score.mismatch:.3f}"
    return Row(score=score, fixes_per_s=len(kept) / min(took_s))


def cell_of(mismatch: float, f1: float, fixes_per_s: float) -> str:
    """Three figures of the table."""
    return f" | {mismatch:14.4f} {f1:5.3f} {fixes_per_s:8,.0f}"


def main() -> None:
    """Match every track at every interval and print the tables."""
    if not TRACKS.is_file():
        sys.exit(f"the tracks are not on this machine: {TRACKS}")
    tracks = [(track, Matcher(StreetTree(track.network), weights_of(track.network, CAR_NORMAL))) for track in driven()]
    print_matches(tracks)
    print_whereabouts(tracks)


def print_matches(tracks: list[tuple[Driven, Matcher]]) -> None:
    """Every track at every interval."""
    columns: dict[int, list[Row]] = {seconds: [] for seconds in INTERVALS_S}
    print(
        "track      arcs  fixes  km" + "".join(f" | {seconds:2} s: mismatch    F1  fixes/s" for seconds in INTERVALS_S)
    )
    for track, matcher in tracks:
        matcher.match(Fixes(lats=track.lats[:9], lons=track.lons[:9], times_s=track.times_s[:9]))
        km = track.network.arc_length_m[track.route].sum() / 1000
        line = f"{track.name} {track.network.arcs:6} {len(track.lats):6} {km:3.0f}"
        for seconds, rows in columns.items():
            rows.append(measured(matcher, track, seconds))
            line += cell_of(rows[-1].score.mismatch, rows[-1].score.f1, rows[-1].fixes_per_s)
        print(line)
    for name, of in (("mean", np.mean), ("median", np.median)):
        told = f"{name:26}"
        for rows in columns.values():
            figures = np.array([(row.score.mismatch, row.score.f1, row.fixes_per_s) for row in rows])
            told += cell_of(*of(figures, axis=0))
        print(told)


def print_whereabouts(tracks: list[tuple[Driven, Matcher]]) -> None:
    """How often the most probable place now, by the last few fixes, is on an arc that was driven.

    Beside it how often the street nearest to the fix is one that was driven, in whichever direction.
    """
    print(f"track      by the last {LATEST} fixes  ms each  by the nearest street")
    shares = []
    for track, matcher in tracks:
        at = np.arange(LATEST, len(track.lats), EVERY_NTH)
        started = perf_counter()
        places = [
            matcher.whereabouts(Fixes(lats=track.lats[i:j], lons=track.lons[i:j], times_s=track.times_s[i:j]))
            for i, j in zip(at - LATEST + 1, at + 1, strict=True)
        ]
        each_ms = (perf_counter() - started) / len(at) * 1000
        assert all(np.isclose(place.probability.sum(), 1.0) for place in places if len(place.arc))
        now = [place.arc[0] if len(place.arc) else NO_ARC for place in places]
        weights = weights_of(track.network, CAR_NORMAL)
        nearest = Snapper(track.network).snap(lats=track.lats[at], lons=track.lons[at], weights=weights)
        streets = track.network.arc_street[nearest.arc[nearest.start[:-1][np.diff(nearest.start) > 0]]]
        right = np.isin(now, track.route).mean()
        nearest_right = np.isin(streets, track.network.arc_street[track.route]).sum() / len(at)
        assert right > LEAST_RIGHT, f"{track.name}: {right:.3f}"
        shares.append((right, each_ms, nearest_right))
        print(f"{track.name} {right:22.3f} {each_ms:8.2f} {nearest_right:22.3f}")
    right, each_ms, nearest_right = np.mean(shares, axis=0)
    print(f"mean     {right:22.3f} {each_ms:8.2f} {nearest_right:22.3f}")


if __name__ == "__main__":
    main()
