"""Control of an incident: its RVP, authority for firearms, and the desk that answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response

from api.control_bodies import AuthoriseBody, CommandBody, HandOverBody, HandOverPath, NoteBody, ReasonBody, RvpBody
from api.desk import AtDesk, Desk, answer, describes
from api.schemas import InPath  # noqa: TC001 - FastAPI reads the annotation
from api.shapes import IncidentView
from api.views import incident_view
from arls import messages as m
from arls.control import HandOverAct, Rvp
from arls.incident import IncidentId

if TYPE_CHECKING:
    from arls.messages import Command

router = APIRouter(prefix="/v1/incidents", tags=["control"])


@router.put("/{incident}/rvp", **describes(IncidentView))
async def set_rvp(desk: AtDesk, incident: InPath, body: RvpBody) -> Response:
    """Units go to this place first: rankings, routes and terminals lead there, and not past the incident."""
    rvp = Rvp(lat=body.lat, lon=body.lon, note=body.note)
    return await _done(desk, incident, m.SetRvp(**desk.said(), incident=IncidentId(incident), rvp=rvp))


@router.delete("/{incident}/rvp", **describes(IncidentView))
async def lift_rvp(desk: AtDesk, incident: InPath) -> Response:
    """Units go straight to the incident again."""
    return await _done(desk, incident, m.SetRvp(**desk.said(), incident=IncidentId(incident), rvp=None))


@router.post("/{incident}/authorise", **describes(IncidentView))
async def authorise(desk: AtDesk, incident: InPath, body: AuthoriseBody) -> Response:
    """Armed units may be sent to a firearms incident. 403: your roles do not hold the one that decides."""
    command = m.AuthoriseFirearms(**desk.said(), incident=IncidentId(incident), roles=desk.roles, **body.model_dump())
    return await _done(desk, incident, command)


@router.post("/{incident}/withdraw-authority", **describes(IncidentView))
async def withdraw_authority(desk: AtDesk, incident: InPath, body: ReasonBody) -> Response:
    """No more armed units are to be sent; nobody is recalled by this."""
    command = m.WithdrawAuthority(**desk.said(), incident=IncidentId(incident), reason=body.reason)
    return await _done(desk, incident, command)


@router.post("/{incident}/hand-over-command", **describes(IncidentView))
async def hand_over_command(desk: AtDesk, incident: InPath, body: CommandBody) -> Response:
    """Another commander has what is authorised."""
    command = m.HandOverCommand(**desk.said(), incident=IncidentId(incident), roles=desk.roles, **body.model_dump())
    return await _done(desk, incident, command)


@router.post("/{incident}/hand-over", **describes(IncidentView))
async def offer(desk: AtDesk, incident: InPath, body: HandOverBody) -> Response:
    """Offer an incident to another desk; until that accepts, yours answers for it."""
    command = m.HandOver(
        **desk.said(), incident=IncidentId(incident), act=HandOverAct.OFFER, to=body.desk, note=body.note
    )
    return await _done(desk, incident, command)


@router.post("/{incident}/hand-over/{act}", **describes(IncidentView))
async def hand_over(desk: AtDesk, incident: InPath, act: HandOverPath, body: NoteBody = NoteBody()) -> Response:  # noqa: B008 - frozen
    """Accept or refuse what is offered to your desk, recall your offer, or take an incident over with a reason."""
    command = m.HandOver(**desk.said(), incident=IncidentId(incident), act=HandOverAct(act.value), note=body.note)
    return await _done(desk, incident, command)


async def _done(desk: Desk, incident: str, command: Command) -> Response:
    await desk.ask(command)
    found = desk.get_incident(incident)
    return answer(incident_view(found, desk.known, desk.system.roads), ETag=f'"{found.version}"')
