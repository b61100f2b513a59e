"""Links that ask a caller's phone where it is: made, listed and revoked at a desk. Sending them is somebody else's."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.desk import AtDesk, Desk, answer, describes
from api.location_links import TooManyError
from api.problems import Problem
from api.schemas import InPath, Sayable, Sent
from arls import messages as m
from arls.incident import IncidentId

router = APIRouter(prefix="/v1/incidents/{incident}/location-links", tags=["callers"])

PAGE = "/locate"
_WHY = "You are on the telephone with us. We want to know where to send help."


class LinkWanted(Sent):
    """How long the link is good, and what the caller reads of why it is asked."""

    expires_min: Annotated[float, Field(gt=0, le=60)] = 15.0
    why: Annotated[str, Field(min_length=1, max_length=200), Sayable] = _WHY


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A link that is open: who made it and until when it is good. Its token is told once, when it is made."""

    id: str
    operator: str
    made_at: datetime
    expires_at: datetime


class LinkMade(msgspec.Struct, frozen=True, kw_only=True):
    """A new link: send the `text`, or the `url`, to the caller's phone."""

    id: str
    url: str
    text: str
    expires_at: datetime


class LinkList(msgspec.Struct, frozen=True, kw_only=True):
    """The open links of an incident, the oldest first."""

    links: tuple[LinkView, ...]


@router.post("", **describes(LinkMade, status=201))
async def make(desk: AtDesk, request: Request, incident: InPath, body: LinkWanted = LinkWanted()) -> Response:  # noqa: B008 - frozen
    """A link for one answer, to be sent to the caller's phone by whatever sends messages here."""
    await _call_of(desk, incident)
    callers = desk.system.settings.callers
    try:
        link, token = desk.system.links.mint(
            IncidentId(incident),
            operator=desk.principal.operator,
            desk=desk.principal.desk,
            asked_by=callers.asked_by,
            why=body.why,
            now=desk.now(),
            life=timedelta(minutes=body.expires_min),
        )
    except TooManyError as error:
        raise Problem(429, str(error), code="too_many") from None
    said = f"location link {link.id} made, good until {link.expires_at:%H:%M} UTC"
    await desk.ask(m.LogIncident(**desk.said(), incident=link.incident, text=said, typed=False))
    base = str(callers.public_url or request.base_url).rstrip("/")
    # Behind the # no server, proxy or log sees the token, and whoever looks at the link beforehand uses nothing up.
    url = f"{base}{PAGE}#{token}"
    made = LinkMade(id=link.id, url=url, text=f"{callers.asked_by}: {body.why} {url}", expires_at=link.expires_at)
    return answer(made, 201)


@router.get("", **describes(LinkList))
def links(desk: AtDesk, incident: InPath) -> Response:
    """The links that can still be answered."""
    found = desk.get_incident(incident)
    views = (
        LinkView(id=link.id, operator=link.operator, made_at=link.made_at, expires_at=link.expires_at)
        for link in desk.system.links.of(found.id, desk.now())
    )
    return answer(LinkList(links=tuple(views)))


@router.delete("/{link}", **describes("revoked: it can be answered no more", status=204))
async def revoke(desk: AtDesk, incident: InPath, link: InPath) -> Response:
    """Nobody can answer it any more."""
    found = desk.get_incident(incident)
    if desk.system.links.revoke(found.id, link) is None:
        raise Problem(404, f"there is no open link {link} of {incident}", code="no_link")
    await desk.ask(m.LogIncident(**desk.said(), incident=found.id, text=f"location link {link} revoked", typed=False))
    return Response(None, 204)


async def _call_of(desk: Desk, incident: str) -> None:
    """See to it that the open incident has a call to which a location can belong. Raises Problem."""
    found = desk.get_incident(incident)
    if found.closed_at is not None:
        raise Problem(409, f"{incident} is closed", code="closed")
    if not found.call_id:
        made = f"link-{secrets.token_hex(8)}"
        await desk.ask(
            m.ChangeIncident(**desk.said(), incident=found.id, call_id=made, reason="for the caller's location")
        )
