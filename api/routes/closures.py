"""Closures: roads shut, seen and opened again, and what that did to the ranking of every open incident."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import structlog
from fastapi import APIRouter, Query, Response

from api.closures import asked_by, name_of, shape_of
from api.desk import GEOJSON, AtDesk, Desk, answer, describes
from api.problems import Problem
from api.schemas import ClosureBody, IdempotencyKey, InPath, Phrase  # noqa: TC001 - FastAPI reads the annotations
from api.shapes import ClosureView, ShutView
from api.views import closure_view, closure_views, shut_view
from arls import messages as m
from arls.closure import ClosureId
from arls.effect import change_of, effect_of
from arls.engine import BusyError, InDoubtError
from maps.layers import collection_of, shape_feature

if TYPE_CHECKING:
    from datetime import datetime

    from arls.effect import Change
    from arls.reordering import Reordering

router = APIRouter(prefix="/v1/closures", tags=["closures"])

_log = structlog.get_logger(__name__)


@router.post("", **describes(ClosureView, status=201))
async def close_roads(desk: AtDesk, body: ClosureBody, idempotency_key: IdempotencyKey = None) -> Response:
    """Shut roads. The answer names what is shut, and whom it moved in the ranking of each open incident."""
    roads, said = desk.system.roads, desk.said()
    fields = await asyncio.to_thread(asked_by, body, roads)
    done = await desk.ask(m.CloseRoads(**said, **fields), key=idempotency_key)
    closure = desk.known.closures.get(ClosureId(done.subject))
    if closure is None:
        raise Problem(409, f"{done.subject} was made of this and is over", code="closure_over")
    changed = desk.known.reorderings.get(closure.id)
    if changed is None:  # it was made now, or by a request that was broken off behind its commit
        at: datetime = said["at"]
        change = change_of(closure, "closed", desk.known, at, held=False, holds=closure.holds_at(at))
        changed = await _attributed(desk, change, at)
    view = await asyncio.to_thread(closure_view, closure, roads, desk.now(), changed=changed)
    return answer(view, 201, Location=f"/v1/closures/{closure.id}")


@router.post("/extent", **describes(ShutView))
def extent(desk: AtDesk, body: ClosureBody) -> Response:
    """What of the roads that would shut. Nothing is shut, and nothing is journalled."""
    roads = desk.system.roads
    return answer(shut_view(shape_of(body, roads), name_of(body), roads))


@router.get("", **describes("the closures in force and those planned, as GeoJSON", media_type=GEOJSON))
def closures(desk: AtDesk) -> Response:
    """The closures in force and those planned."""
    views = closure_views(desk.known, desk.system.roads, desk.now())
    return answer(collection_of(shape_feature(view, identity=view.id) for view in views), media_type=GEOJSON)


@router.get("/{closure}", **describes(ClosureView))
def closure(desk: AtDesk, closure: InPath) -> Response:
    """One closure that is in force or planned."""
    known, name = desk.known, ClosureId(closure)
    found = known.closures.get(name)
    if found is None:
        over = known.ended.get(name)
        said = f"{name} is over: {over.how} by {over.operator}" if over else f"there is no closure {name}"
        raise Problem(404, said, code="closure_over" if over else "no_closure")
    changed = known.reorderings.get(name, ())
    return answer(closure_view(found, desk.system.roads, desk.now(), changed=changed))


@router.delete("/{closure}", **describes(ClosureView))
async def lift_closure(
    desk: AtDesk, closure: InPath, reason: Annotated[Phrase, Query(description="why, for the record")] = ""
) -> Response:
    """Open the roads again. The answer names whom that moved in the ranking of each open incident."""
    roads, said = desk.system.roads, desk.said()
    at: datetime = said["at"]
    found = desk.known.closures.get(ClosureId(closure))
    await desk.ask(m.LiftClosure(**said, closure=ClosureId(closure), reason=reason))
    if found is None:
        raise Problem(409, f"{closure} was made and lifted at this moment: look again", code="closure_over")
    change = change_of(found, "lifted", desk.known, at, held=found.holds_at(at), holds=False)
    changed = await _attributed(desk, change, at)
    return answer(await asyncio.to_thread(closure_view, found, roads, at, changed=changed, over=True))


async def _attributed(desk: Desk, change: Change, at: datetime) -> tuple[Reordering, ...]:
    """What a change did to the open rankings; on the record before it is answered, if anything could have changed."""
    if change.before == change.after:
        return ()
    reorderings = await asyncio.to_thread(effect_of, change, desk.known, desk.system.roads, at)
    try:
        await desk.ask(m.NoteReordering(**desk.said(), closure=change.closure, act=change.act, reorderings=reorderings))
    except (BusyError, InDoubtError):
        # The closure stands and rankings obey it; only what it did to them is not on the record.
        _log.warning("not noted: what a closure did", closure=change.closure)
    return reorderings
