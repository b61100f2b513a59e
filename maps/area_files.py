"""Areas from GeoPackage, Shapefile and GeoJSON, in British National Grid or degrees: all of a file, or a sentence.

It decides what a file of areas may hold. A file with one feature that cannot be understood is refused whole, with the
feature and what is wrong: half of a map of who polices where is worse than none.
"""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas
import pyogrio
import shapely

from arls.locality import KINDS, LEVELS, Setting
from maps.area_ground import grounded
from maps.area_rows import FIELDS, AreaError, area_of, cell_of
from maps.areas import Area, AreaBook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

SUFFIXES = (".gpkg", ".shp", ".zip", ".geojson", ".json")
# Words for a kind that say more than the kind.
_SETTINGS = {"urban": Setting.URBAN, "rural": Setting.RURAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFile:
    """A file of areas, and how its words are ours."""

    path: Path
    layer: str | None = None  # of a file with several
    kind: str | None = None  # of all its features; None: the field `kind` says
    kinds: Mapping[str, str] = field(default_factory=dict)  # its words for kinds to ours
    fields: Mapping[str, str] = field(default_factory=dict)  # our names of fields to its
    crs: str | None = None  # what it should say of its coordinates, where it does not or says wrong


def read_areas(files: Sequence[AreaFile], *, zone: ZoneInfo, levels: Sequence[str] = LEVELS) -> AreaBook:
    """The areas of all files together; dates in them are those of `zone`. Raises AreaError for any that is wrong."""
    areas: list[Area] = []
    shapes: list[object] = []
    for file in files:
        more, drawn = _read(file, zone=zone, levels=levels)
        areas += more
        shapes += drawn
    _refuse_twice(areas)
    return AreaBook(areas, shapes, levels)


def _read(file: AreaFile, *, zone: ZoneInfo, levels: Sequence[str]) -> tuple[list[Area], list[object]]:
    frame = _frame_of(file)
    columns = _columns_of(file, list(map(str, frame.columns)))
    rows = [
        {ours: cell_of(frame[theirs].iloc[number]) for ours, theirs in columns.items()} for number in range(len(frame))
    ]
    names = [_called(number, row) for number, row in enumerate(rows)]
    shapes = grounded(frame, file.path.name, names, crs=file.crs, radii_m=[row.get("radius_m") for row in rows])
    areas = [
        area_of(row | _kind_of(file, row, levels, where), where=where, source=file.path.name, zone=zone)
        for row, where in zip(rows, (f"{file.path.name}: {name}" for name in names), strict=True)
    ]
    return areas, list(shapes)


def _frame_of(file: AreaFile) -> geopandas.GeoDataFrame:
    path = file.path
    if path.suffix.lower() not in SUFFIXES:
        raise AreaError(f"{path.name} is no file of areas: use a GeoPackage, a Shapefile (.shp or .zip) or GeoJSON")
    if not path.is_file():
        raise AreaError(f"there is no area file {path}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whatever GDAL warns of is found below, and named
            layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
            layer = _layer_of(file, layers)
            # A ring that GEOS cannot hold comes as None, and is named then with all other shapes that are none.
            frame = geopandas.read_file(path, layer=layer, engine="pyogrio", on_invalid="ignore")
    except (RuntimeError, ValueError):  # pyogrio's own are one or the other
        raise AreaError(
            f"{path.name} cannot be read: it is no GeoPackage, Shapefile or GeoJSON, or a broken one"
        ) from None
    if frame.empty:
        raise AreaError(f"{path.name} holds no areas")
    return frame


def _layer_of(file: AreaFile, layers: list[str]) -> str | None:
    if file.layer is not None and file.layer not in layers:
        raise AreaError(f"{file.path.name} has no layer {file.layer}; it has {', '.join(layers)}")
    if file.layer is None and len(layers) > 1:
        raise AreaError(f"{file.path.name} has several layers: say which, of {', '.join(layers)}")
    return file.layer


def _columns_of(file: AreaFile, held: list[str]) -> dict[str, str]:
    """Our names of fields to those of the file; the names of a Shapefile are cut after ten letters."""
    for ours, theirs in file.fields.items():
        if ours not in FIELDS:
            raise AreaError(f"{file.path.name}: there is no field {ours} of an area; fields are {', '.join(FIELDS)}")
        if theirs not in held:
            raise AreaError(f"{file.path.name} has no field {theirs}; it has {', '.join(held)}")
    found = {ours: theirs for ours in FIELDS for theirs in (ours[:10], ours) if theirs in held}
    return found | dict(file.fields)


def _called(number: int, row: Mapping[str, Any]) -> str:
    """How a person finds a feature again: its number in the file from 1, and its name or id."""
    said = next((str(row[name]) for name in ("name", "id") if row.get(name) is not None), "")
    return f"feature {number + 1}" + (f" ({said})" if said else "")


def _kind_of(file: AreaFile, row: Mapping[str, Any], levels: Sequence[str], where: str) -> dict[str, Any]:
    said = file.kind or str(row.get("kind") or "")
    kind = file.kinds.get(said, said)
    if not kind:
        raise AreaError(f"{where} has no kind: say `kind` for the file, or in each feature")
    setting = _SETTINGS.get(kind)
    if setting is not None:
        return {"kind": "setting", "setting": setting.value}
    known = (*levels, *KINDS, *_SETTINGS)
    if kind not in known:
        raise AreaError(f"{where} is of the kind {kind!r}; kinds are {', '.join(known)}: map it by `kinds`")
    return {"kind": kind}


def _refuse_twice(areas: Sequence[Area]) -> None:
    """An id may come again only when the earlier area of it has ended."""
    seen: dict[tuple[str, str], list[Area]] = {}
    for area in areas:
        for other in seen.setdefault((area.kind, area.id), []):
            if area.meets(other):
                raise AreaError(
                    f"{area.source}: the {area.kind} {area.id} ({area.name}) stands twice for one time, "
                    f"first in {other.source}: make it one MultiPolygon, or date both by `since` and `until`"
                )
        seen[area.kind, area.id].append(area)


def doubts_of(book: AreaBook) -> list[str]:
    """What may be read and is likely not meant: areas of one level that overlap."""
    doubts = []
    for level in book.levels:
        numbers = [number for number, area in enumerate(book.areas) if area.kind == level]
        if not numbers:
            continue
        first, second = shapely.STRtree(book.shapes[numbers]).query(book.shapes[numbers], predicate="overlaps")
        for a, b in zip(first.tolist(), second.tolist(), strict=True):
            one, other = book.areas[numbers[a]], book.areas[numbers[b]]
            if a < b and one.meets(other):
                doubts.append(
                    f"the {level}s {one.id} and {other.id} overlap: where they do, {min(one.id, other.id)} has it"
                )
    return doubts


def counts_of(book: AreaBook) -> dict[str, int]:
    """How many areas of each kind there are."""
    counts = Counter(area.kind for area in book.areas)
    return {kind: counts[kind] for kind in (*book.levels, *KINDS) if counts[kind]}
