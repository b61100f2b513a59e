"""Names of OS Open Names, as Ordnance Survey ships them: a folder of CSV files, one of them, or the zip.

Layout: OS, "OS Open Names Technical Specification", CSV: 34 columns without a header row in each file, the header in
`Doc/OS_Open_Names_Header.csv`; geometries and boxes in metres on the National Grid.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from arls.geo import Position, grid_degrees_of, grid_metres_of
from maps.csv_rows import rows_of, sha256_of
from maps.named import Kind, Named
from maps.placefile import FORMAT_VERSION, OPEN_NAMES, About, save_places
from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from arls.geo import Bounds
    from maps.report import Progress

# Where the columns that are read stand, from 0.
_NAME1, _NAME2, _TYPE, _LOCAL_TYPE, _X, _Y = 2, 4, 6, 7, 8, 9
_BOX: Final = (12, 13, 14, 15)  # MBR_XMIN, MBR_YMIN, MBR_XMAX, MBR_YMAX
_POPULATED_PLACE, _DISTRICT, _COUNTY = 18, 21, 24
_COLUMNS: Final = 34

# Names lie as far beyond the roads as a caller at their edge may name.
_MARGIN_M: Final = 5_000.0
_SETTLEMENTS: Final = {
    "City": "city",
    "Town": "town",
    "Suburban Area": "suburb",
    "Village": "village",
    "Hamlet": "hamlet",
    "Other Settlement": "hamlet",
}
_STREETS: Final = frozenset({"Named Road", "Section Of Named Road", "Section of Named Road"})
_NUMBERED: Final = frozenset({"Numbered Road", "Section Of Numbered Road", "Section of Numbered Road"})
_LONGEST: Final = 120  # characters of a name
_OFF_THE_MAP: Final = "beyond the roads"


def import_open_names(source: Path, directory: Path, bounds: Bounds, progress: Progress) -> About:
    """Read the names within `bounds` and write them beside a network; what lay there is replaced. Raises MapError."""
    left_out: Counter[str] = Counter()
    found: list[tuple[Kind, str, str, str]] = []
    metres: list[tuple[float, ...]] = []
    box = _grid_box(bounds)
    is_open_names = False
    for fields in rows_of(source, progress, left_out):
        read = _read(fields, box)
        is_open_names = is_open_names or not isinstance(read, str) or read == _OFF_THE_MAP
        if isinstance(read, str):
            left_out[read] += 1
        else:
            found.extend((read[0], name, read[2], read[3]) for name in read[1])
            metres.extend(read[4] for _ in read[1])
    if not is_open_names:
        raise MapError(
            f"{source.name} holds no name of OS Open Names: give its folder, one of its CSV files, or the zip"
        )
    places = _placed(found, np.array(metres, np.float64).reshape(-1, 6), source.name)
    about = About(
        format_version=FORMAT_VERSION,
        source=source.name,
        sha256=sha256_of(source),
        kept=dict(Counter(str(one.kind) for one in places)),
        left_out=dict(left_out.most_common()),
    )
    save_places(places, about, directory, OPEN_NAMES)
    return about


def _grid_box(bounds: Bounds) -> tuple[float, float, float, float]:
    """The box in metres of the National Grid round the bounds and a margin, generously: the grid is turned to them."""
    wide = bounds.grown_by(_MARGIN_M)
    eastings, northings = grid_metres_of(
        lats=[wide.south, wide.south, wide.north, wide.north], lons=[wide.west, wide.east, wide.west, wide.east]
    )
    return float(eastings.min()), float(northings.min()), float(eastings.max()), float(northings.max())


def _read(
    fields: Sequence[str], box: tuple[float, float, float, float]
) -> tuple[Kind, list[str], str, str, tuple[float, ...]] | str:
    """Kind, names, detail, context and metres of a row, or why it is left out."""
    if len(fields) != _COLUMNS:
        return "not 34 columns"
    kind, detail = _kind_of(fields[_TYPE], fields[_LOCAL_TYPE])
    if kind is None:
        return "a header" if fields[_NAME1] == "NAME1" else detail
    try:
        x, y = float(fields[_X]), float(fields[_Y])
        edges = tuple(float(fields[n]) if fields[n] else float("nan") for n in _BOX)
    except ValueError:
        return "a number that is none"
    names = [name for name in dict.fromkeys(fields[n].strip()[:_LONGEST] for n in (_NAME1, _NAME2)) if name]
    west, south, east, north = box
    if not (west <= x <= east and south <= y <= north):
        return _OFF_THE_MAP
    within = [fields[n] for n in (_POPULATED_PLACE, _DISTRICT, _COUNTY) if fields[n] and fields[n] not in names]
    known = (kind, names, detail, ", ".join(dict.fromkeys(within[:2])), (x, y, *edges))
    return known if names else "without a name"


def _kind_of(kind: str, local: str) -> tuple[Kind, str] | tuple[None, str]:
    """What a row is, and more exactly; or None and why it is left out."""
    if local == "Postcode":
        return None, "postcodes: those of Code-Point Open are imported instead"
    if local in _SETTLEMENTS:
        return Kind.SETTLEMENT, _SETTLEMENTS[local]
    if local in _STREETS:
        return Kind.STREET, ""
    if local in _NUMBERED:
        return Kind.ROAD, ""
    if kind in {"other", "transportNetwork", "landcover", "landform", "hydrography", "populatedPlace"}:
        return Kind.AMENITY, local.lower()
    return None, "of a type that does not exist"


def _placed(
    found: Sequence[tuple[Kind, str, str, str]], metres: np.ndarray[tuple[int, int], np.dtype[np.float64]], source: str
) -> list[Named]:
    lats, lons = grid_degrees_of(eastings_m=metres[:, 0], northings_m=metres[:, 1])
    souths, wests = grid_degrees_of(eastings_m=metres[:, 2], northings_m=metres[:, 3])
    norths, easts = grid_degrees_of(eastings_m=metres[:, 4], northings_m=metres[:, 5])
    places = []
    for n, (kind, name, detail, context) in enumerate(found):
        box = tuple(round(float(edge[n]), 7) for edge in (wests, souths, easts, norths))
        known = bool(np.isfinite(metres[n]).all())
        here = Position(lat=round(float(lats[n]), 7), lon=round(float(lons[n]), 7))
        places.append(
            Named(
                kind=kind,
                name=name,
                lat=here.lat,
                lon=here.lon,
                extent=(box[0], box[1], box[2], box[3]) if known else None,
                context=context,
                detail=detail,
                source=source,
            )
        )
    return places
