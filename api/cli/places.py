"""Places, and the closures of a file, as people give them on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.output import USAGE, instant_of, refuse

if TYPE_CHECKING:
    from arls.closure import Closures
    from arls.geo import Position
    from arls.roads.live import Roads

Shut = Annotated[Path | None, typer.Option("--closures", help="GeoJSON of closures (docs/closures.md).")]
At = Annotated[str | None, typer.Option(help="The instant at which closures hold or do not; default: now.")]


def position_of(text: str) -> Position:
    """The place that is written LAT,LON; what is none ends the command."""
    from arls.geo import Position

    try:
        lat, lon = (float(part) for part in text.split(","))
        return Position(lat=lat, lon=lon)
    except ValueError:
        refuse(f"{text!r} is no place: write it as LAT,LON, for example 53.2021,-0.0302", code=USAGE)


def closures_of(file: Path | None, roads: Roads, at: str | None) -> Closures:
    """Those of the file that hold at that instant; a file that is none ends the command."""
    from api.cli.closure_file import ClosureFileError, closures_at
    from api.wiring import utc_now

    if file is None:
        return ()
    try:
        return closures_at(file, roads, instant_of(at) if at else utc_now())
    except ClosureFileError as error:
        refuse(str(error))
