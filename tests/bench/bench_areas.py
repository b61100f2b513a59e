"""Areas: which hold a place, out of a metropolis's wards, boroughs and force, beside asking every polygon."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from arls.geo import Position
from maps.area_files import AreaFile, read_areas

if TYPE_CHECKING:
    from maps.areas import AreaBook

SHARED = Path(os.environ.get("ARLS_SHARED_DATA", Path(__file__).parents[2] / ".." / "shared" / "data")) / "areas"
AT = datetime(2026, 3, 2, 14, tzinfo=UTC)
PLACES, CHECKED = 20_000, 500


def west_midlands() -> AreaBook:
    return read_areas(
        [
            AreaFile(path=SHARED / "wm_force_area.geojson", kind="force"),
            AreaFile(path=SHARED / "wm_boroughs_lpu.geojson", kind="lpu", fields={"id": "LAD13CD", "name": "LAD13NM"}),
            AreaFile(path=SHARED / "wm_wards.geojson", kind="beat", fields={"id": "WD13CD", "name": "WD13NM"}),
        ],
        zone=ZoneInfo("Europe/London"),
    )


def main() -> None:
    if not SHARED.is_dir():
        print(f"no {SHARED}: nothing was measured")
        return
    began = perf_counter()
    book = west_midlands()
    print(f"read and indexed {len(book.areas)} areas in {1000 * (perf_counter() - began):.0f} ms")
    box, rng = book.bounds, np.random.default_rng(1)
    assert box is not None
    lats, lons = rng.uniform(box.south, box.north, PLACES), rng.uniform(box.west, box.east, PLACES)
    places = [Position(lat=float(lat), lon=float(lon)) for lat, lon in zip(lats, lons, strict=True)]
    began = perf_counter()
    for place in places[:CHECKED]:
        plain = {area.id for area, shape in book.at(AT) if shapely.covers(shape, shapely.Point(place.lon, place.lat))}
        # Away from edges, where every random place is, one area of a level holds it.
        assert {area.id for area in book.holding(place, AT)} == plain
    print(f"every polygon asked (and compared): {1e6 * (perf_counter() - began) / CHECKED:.0f} us a place")
    took = []
    for place in places:
        began = perf_counter()
        book.holding(place, AT)
        took.append(perf_counter() - began)
    print(
        "by the tree, a place: p50 {:.0f}, p95 {:.0f}, p99 {:.0f} us".format(*(1e6 * np.percentile(took, [50, 95, 99])))
    )
    began = perf_counter()
    inside = book.inside("lpu:E08000025", lats=lats, lons=lons, at=AT)
    print(f"{PLACES:,} places in one borough ({inside.sum():,}): {1000 * (perf_counter() - began):.1f} ms")


if __name__ == "__main__":
    main()
