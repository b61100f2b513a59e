"""`arls closures`: shut the roads of a GeoJSON file in a running ARLS, see what is shut, and open it again."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.output import USAGE, WORLD_SAID_NO, as_json, console, progress_bar, refuse
from api.cli.remote import HERE, Token, Url, find_refusal, get_json, remote

if TYPE_CHECKING:
    import httpx

    from api.cli.closure_file import Wish

app = typer.Typer(no_args_is_help=True, help="Closures of a running ARLS: import, list, lift.")

Json = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]

# A server that is busy for a moment is asked again, under the same key.
_TRIES = 3


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="GeoJSON: a FeatureCollection.", show_default=False)],
    url: Url = HERE,
    token: Token = "",
    json: Json = False,
) -> None:
    """Shut the roads of each feature. Its properties say when, to whom not, and why: see docs/closures.md."""
    from api.cli.closure_file import ClosureFileError, read_wishes

    try:
        wishes = read_wishes(file)
    except ClosureFileError as error:
        refuse(str(error), code=USAGE)
    refused, run = 0, uuid.uuid4().hex
    with remote(url, token) as api, progress_bar("closures") as progress:
        for wish in wishes:
            answer = _close(api, wish, key=f"{run}-{wish.number}")
            refused += "refused" in answer
            progress(wish.name, wish.number / len(wishes))
            if json:
                as_json(answer)
            else:
                console.print(_told(answer, wish), soft_wrap=True, markup=False)
    if not json:
        console.print(f"{len(wishes) - refused} shut, {refused} refused")
    if refused:
        raise typer.Exit(WORLD_SAID_NO)


@app.command("list")
def list_all(url: Url = HERE, token: Token = "", json: Json = False) -> None:
    """The closures in force and those planned."""
    with remote(url, token) as api:
        found = get_json(api.get("/v1/closures"))
    if json:
        as_json(found)
        return
    for feature in found["features"]:
        said = feature["properties"]
        until = f"until {said['until']}" if said["until"] else "until it is lifted"
        where = said["name"] or ", ".join(said["streets"][:3]) or "roads without a name"
        console.print(
            f"{feature['id']} {said['status'].replace('_', ' ')}, {until}: {where}", soft_wrap=True, markup=False
        )
    console.print(f"{len(found['features'])} closures")


@app.command()
def lift(
    closure: Annotated[str, typer.Argument(help="For example C0017.", show_default=False)],
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    url: Url = HERE,
    token: Token = "",
    json: Json = False,
) -> None:
    """Open the roads of a closure again."""
    from urllib.parse import quote

    with remote(url, token) as api:
        answer = get_json(api.delete(f"/v1/closures/{quote(closure, safe='')}", params={"reason": reason}))
    if json:
        as_json(answer)
        return
    console.print(f"{answer['id']} is lifted: {_extent(answer)} open again", soft_wrap=True, markup=False)
    for changed in answer["changed"]:
        console.print(f"{changed['incident']}: {changed['text']}", soft_wrap=True, markup=False)


def _close(api: httpx.Client, wish: Wish, *, key: str) -> dict[str, Any]:
    """The closure as the server answers it, or why it was refused."""
    from api.cli.closure_file import find_fault

    fault = find_fault(wish)
    if fault is None:
        for _ in range(_TRIES):
            answer = api.post("/v1/closures", json=wish.body, headers={"Idempotency-Key": key})
            if answer.status_code != 503:
                break
        fault = find_refusal(answer)
        if fault is None:
            return {"feature": wish.number, **answer.json()}
    return {"feature": wish.number, "refused": fault}


def _told(answer: dict[str, Any], wish: Wish) -> str:
    if "refused" in answer:
        return f"{wish.name}: refused: {answer['refused']}"
    changed = "".join(f"; {one['incident']}: {one['text']}" for one in answer["changed"])
    return f"{wish.name}: {answer['id']} shuts {_extent(answer)}{changed}"


def _extent(answer: dict[str, Any]) -> str:
    named = ", ".join(answer["streets"][:3])
    return f"{answer['length_m']:.0f} m" + (f" of {named}" if named else "")
