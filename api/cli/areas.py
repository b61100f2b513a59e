"""`arls areas`: what a file of areas holds, or what is wrong with it, before anybody relies on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from api.cli.output import USAGE, WORLD_SAID_NO, as_json, console, refuse, table_of, warn

if TYPE_CHECKING:
    from maps.areas import AreaBook

app = typer.Typer(no_args_is_help=True, help="Areas: who polices where, and what to know there.")

_SHOWN = 20


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="GeoPackage, Shapefile (.shp or .zip) or GeoJSON.", show_default=False)],
    layer: Annotated[str | None, typer.Option(help="Of a file with several.")] = None,
    kind: Annotated[str | None, typer.Option(help="Of all its areas; else its field `kind` says.")] = None,
    field: Annotated[list[str], typer.Option(help="OURS=THEIRS, as id=WD13CD; once for each.")] = [],  # noqa: B006 - Typer copies it
    kinds: Annotated[list[str], typer.Option(help="THEIRS=OURS, as Ward=beat; once for each.")] = [],  # noqa: B006 - the same
    crs: Annotated[str | None, typer.Option(help="What its coordinates are, over what it says: EPSG:27700.")] = None,
    level: Annotated[list[str], typer.Option(help="The levels of policing, the widest first.")] = [],  # noqa: B006 - the same
    zone: Annotated[str, typer.Option(help="By whose clocks its days begin.")] = "Europe/London",
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
) -> None:
    """Read a file as `arls serve` would, and say what it holds. Exit code 1 names what is wrong with it."""
    from maps.area_files import AreaFile, read_areas
    from maps.area_rows import AreaError

    said = AreaFile(path=file, layer=layer, kind=kind, fields=_pairs(field), kinds=_pairs(kinds), crs=crs)
    try:
        clocks = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        refuse(f"{zone!r} is no time zone: write it as Europe/London", code=USAGE)
    try:
        book = read_areas([said], zone=clocks, **({"levels": level} if level else {}))
    except AreaError as error:
        if json:
            as_json({"ok": False, "wrong": str(error)})
            raise typer.Exit(WORLD_SAID_NO) from None
        refuse(str(error))
    _tell(file, book, json=json)


def _tell(file: Path, book: AreaBook, *, json: bool) -> None:
    from maps.area_files import counts_of, doubts_of

    counts, doubts, box = counts_of(book), doubts_of(book), book.bounds
    if json:
        bounds = [box.west, box.south, box.east, box.north] if box else None
        as_json({"ok": True, "counts": counts, "bounds": bounds, "doubts": doubts})
        return
    dated = sum(area.since is not None or area.until is not None for area in book.areas)
    rows: dict[str, object] = {name: f"{number:,}" for name, number in counts.items()}
    if box is not None:
        rows["latitude"] = f"{box.south:.4f} to {box.north:.4f}"
        rows["longitude"] = f"{box.west:.4f} to {box.east:.4f}"
    rows |= {
        "with a note": sum(bool(area.note) for area in book.areas),
        "with dates": dated,
        "with a contact": sum(bool(area.contact) for area in book.areas),
        "with a review date": sum(area.review_by is not None for area in book.areas),
    }
    console.print(f"[green]{file.name} can be used[/]")
    table_of(rows)
    for doubt in doubts[:_SHOWN]:
        warn(doubt)
    if len(doubts) > _SHOWN:
        warn(f"and {len(doubts) - _SHOWN:,} more such doubts")


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            refuse(f"{text!r} is no pair: write it as id=WD13CD", code=USAGE)
        pairs[name] = value
    return pairs
