"""`arls packs`: the policies and state codes that come with ARLS, and whether a file of one's own can be used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import WORLD_SAID_NO, as_json, console, warn

app = typer.Typer(no_args_is_help=True, help="Policies and state codes as TOML files: list them, check one's own.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")]
Files = Annotated[list[Path], typer.Argument(help="Packs, of policies or of state codes.", show_default=False)]


@app.command()
def check(files: Files, json: Json = False) -> None:
    """Read packs as a start would: the first fault of each is named with its line and field, and what that may be."""
    from arls.packs.reader import PackError, read_either
    from arls.packs.together import find_clash
    from arls.policy import Policy

    packs, faults = [], []
    for file in files:
        try:
            packs.append(read_either(file))
        except PackError as error:
            faults.append(str(error))
    policies = [pack for pack in packs if isinstance(pack, Policy)]
    clash = find_clash(policies, [pack for pack in packs if not isinstance(pack, Policy)]) if not faults else None
    faults += [clash] if clash else []
    if json:
        as_json({"ok": not faults, "packs": [pack.id for pack in packs], "faults": faults})
    else:
        for pack in packs:
            console.print(f"{pack.id}: can be used from {pack.effective_from.isoformat()}", soft_wrap=True)
        for fault in faults:
            warn(fault)
    if faults:
        raise typer.Exit(WORLD_SAID_NO)


@app.command("list")
def list_packs(json: Json = False) -> None:
    """The packs that come with ARLS: `policy.packs` and `states.pack` take their names, or files."""
    from arls.packs.reader import POLICIES, STATES, read_either

    found = {
        setting: [read_either(path) for path in sorted(folder.glob("*.toml"))]
        for setting, folder in (("policy.packs", POLICIES), ("states.pack", STATES))
    }
    if json:
        as_json(found)
        return
    for setting, packs in found.items():
        console.print(f"[bold]{setting}[/]")
        for pack in packs:
            since = f"from {pack.effective_from.date().isoformat()}, to be reviewed by {pack.review_by.isoformat()}"
            console.print(f"  {pack.name:<28} {pack.label} (version {pack.version}, {since})", soft_wrap=True)
