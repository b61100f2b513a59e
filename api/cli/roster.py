"""`arls roster`: book a whole shift on in a running ARLS from the CSV that a spreadsheet writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.output import USAGE, WORLD_SAID_NO, as_json, console, refuse
from api.cli.remote import HERE, Token, Url, find_refusal, remote

if TYPE_CHECKING:
    import httpx

app = typer.Typer(no_args_is_help=True, help="The roster of a running ARLS: import.")


@app.callback()
def _roster() -> None:
    """The roster of a running ARLS."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, one row a unit: see docs/units.md.", show_default=False)],
    check: Annotated[bool, typer.Option("--check", help="Say what would come of it, and do nothing.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Book the good rows though others are refused.")] = False,
    zone: Annotated[str, typer.Option(help="IANA time zone of wall times in the file.")] = "Europe/London",
    url: Url = HERE,
    token: Token = "",
    json: Annotated[bool, typer.Option("--json", help="JSON instead of text.")] = False,
) -> None:
    """Book on every unit of a roster: all of it, or nothing unless --partial."""
    from api.roster_file import RosterFileError, read_roster_file

    try:
        data = file.read_bytes()
        rows = read_roster_file(data, zone=zone)
    except (OSError, RosterFileError) as error:
        refuse(f"cannot read {file}: {error}", code=USAGE)
    with remote(url, token) as api, console.status(f"{len(rows.rows)} rows of {file.name} ..."):
        # What would come of it is asked first, so that every row that cannot be is told by its line.
        said = _sent(api, data, check="true", partial="true", zone=zone)
        if not check and (partial or not said["refused"]) and (said["booked"] or said["planned"]):
            said = _sent(api, data, check="false", partial=str(partial).lower(), zone=zone)
    if json:
        as_json(said)
    else:
        _report(said, check=check)
    if said["refused"]:
        raise typer.Exit(WORLD_SAID_NO)


def _sent(api: httpx.Client, data: bytes, **asked: str) -> dict[str, Any]:
    answer = api.put("/v1/roster", content=data, params=asked, headers={"Content-Type": "text/csv"})
    why = find_refusal(answer)
    if why is not None:
        refuse(why)
    return dict(answer.json())


def _report(said: dict[str, Any], *, check: bool) -> None:
    for row in said["refused"]:
        where = ", ".join(filter(None, (f"line {row['line']}", row["callsign"], row["field"])))
        console.print(f"{where}: refused: {row['reason']}", soft_wrap=True, markup=False, highlight=False)
    for clash in said["conflicts"]:
        console.print(f"{clash['callsign']}: {clash['text']}", soft_wrap=True, markup=False, highlight=False)
    counts = f"{len(said['booked'])} booked on, {len(said['planned'])} planned"
    if not said["done"]:
        counts = f"nothing was done: {'would be ' if check else 'could be '}{counts}"
    lines = len({row["line"] for row in said["refused"]})
    odd = len(said["conflicts"])
    console.print(f"{said['rows']} rows: {counts}, {lines} refused, {odd} odd", soft_wrap=True, markup=False)
