"""An ARLS that runs elsewhere, as commands ask it: where it is, who asks, and its refusals as sentences."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.output import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

Url = Annotated[str, typer.Option(help="Of the running ARLS.", envvar="ARLS_URL")]
Token = Annotated[str, typer.Option(help="Bearer token of an operator.", envvar="ARLS_TOKEN")]

HERE = "http://127.0.0.1:8080"
_TIMEOUT_S = 30.0


@contextmanager
def remote(url: str, token: str) -> Iterator[httpx.Client]:
    """A client of the ARLS at `url`; where none answers, the command ends with one sentence."""
    import httpx

    # A header holds no line break and no other alphabet: who types one hears that the token is wrong.
    plain = token.encode("ascii", "replace").decode().strip()
    headers = {"Authorization": f"Bearer {plain}"} if plain else {}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=_TIMEOUT_S) as api:
            yield api
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        refuse(f"no ARLS answers at {url} ({error}): start one, or name another --url")


def get_json(answer: httpx.Response) -> Any:
    """What was answered; a refusal ends the command with its sentence."""
    if not answer.is_success:
        refuse(find_refusal(answer) or answer.reason_phrase)
    return answer.json()


def find_refusal(answer: httpx.Response) -> str | None:
    """Why it was refused, in the server's words; None: it was not."""
    if answer.is_success:
        return None
    said = f"{answer.status_code} {answer.reason_phrase}"
    if "problem+json" in answer.headers.get("content-type", ""):
        said = str(answer.json().get("detail", said))
    return f"{said} (say who you are with --token or ARLS_TOKEN)" if answer.status_code == 401 else said
