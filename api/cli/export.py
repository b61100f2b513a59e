"""`arls export`: the picture and the incidents of a running ARLS as a file for other people's maps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import console, refuse
from api.cli.remote import HERE, Token, Url, find_refusal, remote


def export(
    gpkg: Annotated[Path, typer.Option(help="The GeoPackage to write.", show_default=False)],
    url: Url = HERE,
    token: Token = "",
) -> None:
    """Write units, incidents, closures and areas, as they are now, to a GeoPackage (QGIS and GDAL open it)."""
    with remote(url, token) as api:
        answer = api.get("/v1/export.gpkg")
    refusal = find_refusal(answer)
    if refusal is not None:
        refuse(refusal)
    # Whole or not at all: nobody's last export is lost to half a new one.
    beside = gpkg.with_name(f"{gpkg.name}.part")
    try:
        beside.write_bytes(answer.content)
        beside.replace(gpkg)
    except OSError as error:
        refuse(f"cannot write {gpkg}: {error.strerror}")
    console.print(f"{gpkg}: {len(answer.content):,} bytes", soft_wrap=True)
