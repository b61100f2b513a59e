"""How soon a place is found by its name in a city, as it is typed: `python -m tests.bench places`.

Every tenth street is found by its own name, and the plain edit distance over all names has no nearer one for a name
with a letter wrong, before a time is printed.
"""

from __future__ import annotations

import os
import random
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from rapidfuzz.distance import OSA  # noqa: E402 - the path must be set first, for the benchmark runs from the tree

from maps.gazetteer import Gazetteer  # noqa: E402 - the same
from maps.named import Kind, Localities, with_contexts  # noqa: E402 - the same
from maps.named_roads import named_roads  # noqa: E402 - the same
from maps.osm import import_network  # noqa: E402 - the same
from maps.osm_names import read_names  # noqa: E402 - the same
from maps.spelling import fold, has_digit  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Iterable

DATA = Path(os.environ.get("ARLS_SHARED_DATA", PROJECT.parent / "shared" / "data")) / "roads"
CITIES = ("porto.osm.pbf", "milan.osm.pbf")
SEED, ASKED = 1, 300


def gazetteer_of(city: str) -> Gazetteer:
    network, _ = import_network(DATA / city)
    started = time.perf_counter()
    places = named_roads(network, source=city) + read_names(DATA / city, network, source=city)
    places = with_contexts(places, Localities(one for one in places if one.kind is Kind.SETTLEMENT))
    print(f"  {len(places):,} places read and put where they lie in {time.perf_counter() - started:.1f} s")
    gazetteer, started = Gazetteer(places, network), time.perf_counter()
    gazetteer.prepare()
    print(f"  index made in {1000 * (time.perf_counter() - started):.0f} ms")
    return gazetteer


def with_a_typo(name: str, chance: random.Random) -> str:
    place = chance.choice([place for place, letter in enumerate(name) if letter.isalpha()])
    return name[:place] + chance.choice(["", name[place] * 2, chance.choice("aeinrst")]) + name[place + 1 :]


def assert_found(gazetteer: Gazetteer, names: list[str], typed: list[str]) -> None:
    for name in names:
        assert gazetteer.find(name, limit=1)[0].cost == 0.0, name
    known = sorted({fold(one.name) for one in gazetteer.places if one.kind is Kind.STREET})
    for text in typed:
        nearest = min(OSA.distance(fold(text), name) for name in known)
        assert int(gazetteer.find(text, limit=10)[0].cost) <= nearest, text


def tell(what: str, gazetteer: Gazetteer, texts: Iterable[str]) -> None:
    took_ms = []
    for text in texts:
        started = time.perf_counter()
        gazetteer.find(text, limit=10)
        took_ms.append(1000 * (time.perf_counter() - started))
    p50, p95 = np.percentile(took_ms, [50, 95])
    print(f"  {what:<44} p50 {p50:6.2f} ms  p95 {p95:6.2f} ms  max {max(took_ms):6.2f} ms  ({len(took_ms)})")


def main() -> None:
    chance = random.Random(SEED)
    for city in CITIES:
        print(city)
        gazetteer = gazetteer_of(city)
        streets = sorted({one.name for one in gazetteer.places if one.kind is Kind.STREET})
        long = [name for name in streets if len(fold(name)) >= 5 and not has_digit(name)]
        names = chance.sample(long, min(ASKED, len(long)))
        wrong = [with_a_typo(name, chance) for name in names]
        assert_found(gazetteer, streets[::10], wrong[:100])
        tell("a whole name", gazetteer, names)
        tell(
            "as it is typed, each letter from the third",
            gazetteer,
            (n[:k] for n in names[:40] for k in range(3, len(n))),
        )
        tell("with a letter wrong", gazetteer, wrong)
        tell("two streets", gazetteer, (f"{a} / {b}" for a, b in pairwise(names)))


if __name__ == "__main__":
    main()
