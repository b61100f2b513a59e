"""`arls packs`: the policies, state codes and plans that come with ARLS; whether a file of one's own can be used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import WORLD_SAID_NO, as_json, console, warn

app = typer.Typer(
    no_args_is_help=True, help="Policies, state codes and plans as TOML files: list them, check one's own."
)

Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")]
Files = Annotated[
    list[Path], typer.Argument(help="Packs, of policies, of state codes or of plans.", show_default=False)
]


@app.command()
def check(files: Files, json: Json = False) -> None:
    """Read packs as a start would: the first fault of each is named with its line and field, and what that may be."""
    from arls.packs.reader import PackError, read_any
    from arls.packs.together import find_clash
    from arls.plan import PlanPack
    from arls.policy import Policy
    from arls.state_codes import StatePack

    packs, faults = [], []
    for file in files:
        try:
            packs.append(read_any(file))
        except PackError as error:
            faults.append(str(error))
    clash = find_clash(
        [pack for pack in packs if isinstance(pack, Policy)],
        [pack for pack in packs if isinstance(pack, StatePack)],
        [pack for pack in packs if isinstance(pack, PlanPack)],
    )
    clash = None if faults else clash
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
    """The packs that come with ARLS: `policy.packs`, `states.pack` and `plans.pack` take their names, or files."""
    from arls.packs.reader import PLANS, POLICIES, STATES, read_any

    found = {
        setting: [read_any(path) for path in sorted(folder.glob("*.toml"))]
        for setting, folder in (("policy.packs", POLICIES), ("states.pack", STATES), ("plans.pack", PLANS))
    }
    if json:
        as_json(found)
        return
    for setting, packs in found.items():
        console.print(f"[bold]{setting}[/]")
        for pack in packs:
            since = f"from {pack.effective_from.date().isoformat()}, to be reviewed by {pack.review_by.isoformat()}"
            console.print(f"  {pack.name:<28} {pack.label} (version {pack.version}, {since})", soft_wrap=True)
