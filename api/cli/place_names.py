"""`arls places`: look names up as the screen does, and import postcodes and names of Ordnance Survey."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from api.cli.output import as_json, console, progress_bar, refuse
from api.cli.places import position_of

app = typer.Typer(no_args_is_help=True, help="Places by name: look one up, import postcodes and names of OS.")

Directory = Annotated[Path, typer.Argument(help="Folder that `arls roads build` wrote.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")]


_MOST_OF_CODE_POINT: Final = 20


class Product(StrEnum):
    """What a file is; `auto` goes by its rows."""

    AUTO = "auto"
    CODE_POINT_OPEN = "code-point-open"
    OPEN_NAMES = "os-open-names"


@app.command()
def find(
    directory: Directory,
    query: Annotated[str, typer.Argument(help="What somebody says: 'High St / Mill Lane', 'M6 J10', 'SP 067 868' ...")],
    near: Annotated[str | None, typer.Option(help="LAT,LON: of equal matches the nearest comes first.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="At most so many.")] = 10,
    json: Json = False,
) -> None:
    """Where that may be, the best match first. Exit code 1: nowhere."""
    from maps import roadfile
    from maps.placebook import LONGEST_TEXT, PlaceBook

    if len(query) > LONGEST_TEXT:
        refuse(f"no place has a name of {len(query):,} characters: give {LONGEST_TEXT} at most")
    book = PlaceBook(roadfile.load(directory), directory)
    answer = book.find(query, near=position_of(near) if near else None, limit=limit)
    if json:
        as_json(answer)
    else:
        for place in answer.places:
            where = ", ".join(part for part in (place.name, place.context) if part)
            detail = f" ({place.detail})" if place.detail else ""
            ref = f"  {place.grid_ref}" if place.grid_ref else ""
            kind = place.kind.replace("_", " ")
            text = f"{where}{detail}  [{kind}]  {place.lat:.5f},{place.lon:.5f}{ref}"
            console.print(text, soft_wrap=True, markup=False)
        for note in answer.notes:
            console.print(note, soft_wrap=True, markup=False)
    if not answer.places:
        raise typer.Exit(1)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The zip as OS ships it, the folder it unpacks to, or one CSV file.")],
    into: Annotated[Path, typer.Option(help="Folder of the network that `arls roads build` wrote.")],
    product: Annotated[Product, typer.Option(help="What it is, where its rows do not tell.")] = Product.AUTO,
    json: Json = False,
) -> None:
    """Let postcodes or names of Ordnance Survey be found as well.

    [bold]Code-Point Open[/] gives postcodes: all of Great Britain are kept (27 MB on disk, mapped and not read), each
    with how good its place is. [bold]OS Open Names[/] gives names of streets, settlements, stations, hospitals and
    more: those within 5 km of the roads are kept, with the settlement they lie in. Both are free downloads of the OS
    Data Hub.

    What was imported before is replaced as a whole, and only when all of the file was read: a file that breaks off
    changes nothing. Rows that cannot be used are counted by reason. `arls roads build` into the same folder keeps what
    was imported. A running system finds it after its next start.
    """
    from arls.geo import Bounds
    from maps import roadfile
    from maps.code_point import import_code_point
    from maps.csv_rows import columns_of
    from maps.open_names import import_open_names

    west, south, east, north = roadfile.read_manifest(into).bounds
    if not file.exists():
        refuse(f"there is no {file}: give the zip of OS, its folder or a CSV file")
    if product is Product.AUTO:
        # Code-Point Open has ten columns, OS Open Names thirty-four.
        product = Product.OPEN_NAMES if columns_of(file) > _MOST_OF_CODE_POINT else Product.CODE_POINT_OPEN
    with progress_bar("places") as progress:
        if product is Product.OPEN_NAMES:
            bounds = Bounds(west=west, south=south, east=east, north=north)
            about = import_open_names(file, into, bounds, progress)
        else:
            about = import_code_point(file, into, progress)
    if json:
        as_json(about)
        return
    kept = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in about.kept.items()) or "nothing"
    console.print(f"{into}: kept {kept} of {about.source}", soft_wrap=True, markup=False)
    for reason, count in about.left_out.items():
        console.print(f"  left out {count:,}: {reason}", soft_wrap=True, markup=False)
