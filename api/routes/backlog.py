"""The backlog: what waits for somebody to be sent, how long by every clock, and more units asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Response

from api.desk import AtDesk, answer, describes
from api.packs import shipped
from api.problems import Problem
from api.routes.incidents import shown
from api.schemas import IdempotencyKey, InPath, MoreUnitsBody, WithdrawBody
from api.shapes import IncidentView, QueueList
from arls import messages as m
from arls.backlog import backlog_of
from arls.clocks import Clocks, clocks_of
from arls.incident import IncidentId
from arls.packs.reader import POLICIES, read_policy
from arls.state import assignments_of

if TYPE_CHECKING:
    from arls.policy import Policy
    from arls.state import Known

router = APIRouter(prefix="/v1", tags=["backlog"])

_PolicyName = Annotated[
    str | None, Query(max_length=100, description="another policy to count by: name/version, or a name that is shipped")
]


@router.get("/queue", **describes(QueueList))
def queue(desk: AtDesk) -> Response:
    """Open incidents that nobody is on, or that want more units than they have: the most pressing first."""
    at = desk.now()
    return answer(QueueList(at=at, queue=backlog_of(desk.known, at)))


@router.get("/incidents/{incident}/clocks", **describes(Clocks))
def clocks(desk: AtDesk, incident: InPath, policy: _PolicyName = None) -> Response:
    """Every definition of a clock for one incident, from its stored instants: by its own policy, or by another."""
    found, known = desk.get_incident(incident), desk.known
    counted_by = known.packs.policy_of(found) if policy is None else _get_policy(policy, known)
    return answer(clocks_of(found, assignments_of(known, found.id), counted_by, desk.now()))


@router.post("/incidents/{incident}/more-units", **describes(IncidentView, status=201))
async def ask_more_units(
    desk: AtDesk, incident: InPath, body: MoreUnitsBody, idempotency_key: IdempotencyKey = None
) -> Response:
    """More units are needed: it stands in the queue until they are sent, or it is withdrawn."""
    command = m.AskMoreUnits(
        **desk.said(),
        incident=IncidentId(incident),
        n=body.n,
        capabilities=tuple(body.capabilities),
        reason=body.reason,
    )
    await desk.ask(command, key=idempotency_key)
    return shown(desk, incident, status=201)


@router.post("/incidents/{incident}/more-units/{request}/withdraw", **describes(IncidentView))
async def withdraw_more_units(
    desk: AtDesk,
    incident: InPath,
    request: InPath,
    body: WithdrawBody = WithdrawBody(),  # noqa: B008 - frozen
) -> Response:
    """They are needed no more."""
    command = m.WithdrawMoreUnits(**desk.said(), incident=IncidentId(incident), request=request, reason=body.reason)
    await desk.ask(command)
    return shown(desk, incident)


def _get_policy(name: str, known: Known) -> Policy:
    """The policy of that id, or the shipped one of that name. Raises Problem where there is none."""
    try:
        return known.packs.policy(name)
    except KeyError:
        if name in shipped(POLICIES):
            return read_policy(POLICIES / f"{name}.toml")
    ids = sorted({policy.id for policy in known.packs.policies} | set(shipped(POLICIES)))
    raise Problem(422, f"there is no policy {name}; known are {', '.join(ids)}", code="unknown_policy")
