"""Postcodes of Code-Point Open, as Ordnance Survey ships them: a folder of CSV files, one of them, or the zip.

Layout: OS, "Code-Point Open Technical Specification", CSV: postcode, positional quality indicator, easting, northing
(metres on the National Grid), then six codes of areas; no header row. Quality 10 is in the building, 60 the middle of
the postcode's sector, 90 no place at all.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from maps.csv_rows import rows_of, sha256_of
from maps.placefile import FORMAT_VERSION, POSTCODE, About, save_postcodes
from maps.placetext import find_postcode
from maps.report import MapError

if TYPE_CHECKING:
    from pathlib import Path

    from maps.report import Progress

_FIELDS: Final = 4  # that are read
_QUALITIES: Final = frozenset({10, 20, 30, 40, 50, 60, 90})
_NO_PLACE: Final = 90
_EASTINGS_M: Final = range(700_000)
_NORTHINGS_M: Final = range(1_300_000)

# How far off a postcode may be, in metres, by its quality; the specification gives a number for 30 alone.
SAID_OF_QUALITY: Final = {
    10: "at the building nearest to the middle of the postcode",
    20: "at the building nearest to the middle of the postcode",
    30: "within about 50 m (100 m where it is being built)",
    40: "the middle of addresses that are no longer all there: may be hundreds of metres off",
    50: "by the postcodes around it: may be hundreds of metres off",
    60: "the middle of the whole postcode sector: may be a kilometre off or more",
}


def import_code_point(source: Path, directory: Path, progress: Progress) -> About:
    """Read the postcodes and write them beside a network; what lay there before is replaced. Raises MapError."""
    left_out: Counter[str] = Counter()
    rows: dict[bytes, tuple[int, int, int]] = {}
    for fields in rows_of(source, progress, left_out):
        row = _read(fields)
        if isinstance(row, str):
            left_out[row] += 1
        elif row[0] in rows:
            left_out["its postcode came before"] += 1
        else:
            rows[row[0]] = row[1:]
    if not rows:
        raise MapError(
            f"{source.name} holds no postcode of Code-Point Open: give its folder, one of its CSV files, or the zip"
        )
    table = np.array([(postcode, *rest) for postcode, rest in sorted(rows.items())], POSTCODE)
    about = About(
        format_version=FORMAT_VERSION,
        source=source.name,
        sha256=sha256_of(source),
        kept={"postcode": len(table)},
        left_out=dict(left_out.most_common()),
    )
    save_postcodes(table, about, directory)
    return about


def _read(fields: list[str]) -> tuple[bytes, int, int, int] | str:
    """Postcode, easting, northing and quality of a row, or why it is none."""
    if len(fields) < _FIELDS:
        return "too few columns"
    postcode = find_postcode(fields[0])
    if postcode is None:
        return "a header" if fields[0].strip().lower() in {"pc", "postcode"} else "no postcode"
    try:
        quality, easting_m, northing_m = (int(field) for field in fields[1:_FIELDS])
    except ValueError:
        return "a number that is none"
    wrong = _find_wrong(quality, easting_m, northing_m)
    return wrong or (postcode.replace(" ", "").encode(), easting_m, northing_m, quality)


def _find_wrong(quality: int, easting_m: int, northing_m: int) -> str | None:
    if quality not in _QUALITIES:
        return "a quality that does not exist"
    if quality == _NO_PLACE or not (easting_m or northing_m):
        return "without a place (quality 90)"
    return None if easting_m in _EASTINGS_M and northing_m in _NORTHINGS_M else "off the National Grid"
