"""The stage of a scripted demonstration: what is shown on every screen, and what those who watch wish.

Only a tour has these routes. Anywhere else there is nothing here, as for any address that does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import APIRouter, Request, Response

from api.captions import Caption, Stage, Wish
from api.desk import AtDesk, answer
from api.problems import Problem

if TYPE_CHECKING:
    from api.desk import Desk

# Whoever holds a key down fills no memory.
_MOST_WISHES = 10_000

router = APIRouter(prefix="/v1/demo", tags=["demo"], include_in_schema=False)


class Wished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody who watches asks for."""

    wish: Wish


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """All that was asked for since the engine's process began, the oldest first, and how many screens listen."""

    wishes: tuple[Wish, ...]
    screens: int


_CAPTIONS: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Caption | None)
_WISHES = msgspec.json.Decoder(Wished)


@router.put("/caption")
async def show_caption(desk: AtDesk, request: Request) -> Response:
    """Show this on every screen, and to whoever comes; `null` takes away what is shown."""
    stage = _stage_of(desk)
    stage.caption = _decoded(await request.body(), _CAPTIONS)
    desk.system.hub.tell_caption(stage.caption)
    return Response(status_code=204)


@router.post("/wishes")
async def wish(desk: AtDesk, request: Request) -> Response:
    """Ask the tour to go on, to wait, or to end."""
    stage = _stage_of(desk)
    wished: Wished = _decoded(await request.body(), _WISHES)
    if len(stage.wishes) < _MOST_WISHES:
        stage.wishes.append(wished.wish)
    return Response(status_code=204)


@router.get("/wishes")
def wishes(desk: AtDesk) -> Response:
    """What was asked for."""
    return answer(Wishes(wishes=tuple(_stage_of(desk).wishes), screens=desk.system.hub.clients))


def _stage_of(desk: Desk) -> Stage:
    if desk.system.stage is None:
        raise Problem(404, "no tour is played here: there is one in `arls demo --tour`", code="no_tour")
    return desk.system.stage


def _decoded(body: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Problem(422, f"this cannot be read: {error}", code="not_understood") from None
