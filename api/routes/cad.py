"""Another command and control system's incidents in, and ours out, as one documented JSON (docs/cad.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from api.desk import AtDesk, Desk, answer, describes
from api.problems import Problem
from api.schemas import Instant  # noqa: TC001 - FastAPI reads it
from arls import messages as m
from arls.cad import CadIncident, CadReport, document_of, key_of, report_of
from arls.geo import Position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.cad import Taken
    from arls.incident import Incident

router = APIRouter(prefix="/v1/cad", tags=["cad"])

_NOT_TAKEN = {"arls": "what ARLS says of an incident is told and never taken"}


class CadIgnored(msgspec.Struct, frozen=True, kw_only=True):
    """A field that was left out, and why."""

    pointer: str
    reason: str


class CadAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a document: created, changed, closed, unchanged, or older than what was taken already."""

    incident: str
    act: str
    document: CadIncident  # the incident as it is here now
    ignored: tuple[CadIgnored, ...]


class CadList(msgspec.Struct, frozen=True, kw_only=True):
    """Our incidents as other systems read them, the oldest first."""

    incidents: tuple[CadIncident, ...]


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CadIncident"}}},
    }
}


@router.post("/incidents", **describes(CadAnswer), openapi_extra=_BODY)
async def take(desk: AtDesk, request: Request) -> Response:
    """Create, change or close an incident by its system, id and revision: repeated, it does nothing more."""
    document, ignored = _read(await request.body())
    report = report_of(document)
    before = desk.known.cad.get(key_of(report))
    there = Position(lat=report.lat, lon=report.lon)
    command = m.TakeCad(
        **desk.said(),
        report=report,
        locality=desk.locality_of(there),
        place=desk.system.roads.find_street(there) or "",
    )
    done = await desk.ask(command)
    taken = desk.known.cad[key_of(report)]
    told = CadAnswer(
        incident=taken.incident,
        act=_act(before, report, taken, journalled=bool(done.subject)),
        document=_document(desk, desk.get_incident(taken.incident)),
        ignored=tuple(ignored),
    )
    return answer(told, 201 if told.act == "created" else 200)


@router.get("/incidents", **describes(CadList))
def tell(
    desk: AtDesk,
    closed: Annotated[bool, Query(description="those that are closed as well")] = False,  # noqa: FBT002 - a query
    since: Annotated[Instant | None, Query(description="only those of which something was logged since")] = None,
) -> Response:
    """Our incidents in the same schema: `system` is the force, `id` and `revision` are ours."""
    wanted = [
        incident
        for incident in desk.known.incidents.values()
        if (closed or incident.closed_at is None) and (since is None or incident.log[-1].at >= since)
    ]
    return answer(CadList(incidents=tuple(_document(desk, incident) for incident in wanted)))


def _read(body: bytes) -> tuple[CadIncident, list[CadIgnored]]:
    """The document, and what of it is not taken. Raises Problem where it is none."""
    try:
        raw = msgspec.json.decode(body)
        document = msgspec.json.decode(body, type=CadIncident)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Problem(422, f"this is no arls.cad/1 document: {error}", code="no_cad") from None
    if not isinstance(raw, dict) or any(_unsayable(value) for value in raw.values()):
        raise Problem(422, "it holds characters that are none", code="no_cad")
    return document, list(_ignored(raw))


def _ignored(raw: dict[str, Any]) -> Iterator[CadIgnored]:
    known = {*CadReport.__struct_fields__, "schema"}
    for name in raw:
        if name not in known:
            reason = _NOT_TAKEN.get(name, "there is no such field in arls.cad/1")
            yield CadIgnored(pointer=f"#/{name[:64]}", reason=reason)


def _unsayable(value: object) -> bool:
    texts = [value] if isinstance(value, str) else list(value.values()) if isinstance(value, dict) else []
    return any(isinstance(text, str) and "\0" in text for text in texts)


def _act(before: Taken | None, said: CadReport, now: Taken, *, journalled: bool) -> str:
    if not journalled:
        return "older" if said.revision < now.report.revision else "unchanged"
    if before is None:
        return "created"
    return "closed" if said.status == "closed" else "changed"


def _document(desk: Desk, incident: Incident) -> CadIncident:
    assignments = [sent for sent in desk.known.assignments.values() if sent.incident == incident.id]
    return document_of(incident, assignments, system=desk.system.settings.force)
