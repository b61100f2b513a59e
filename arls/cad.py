"""An incident as two command and control systems tell each other of it: one document in, the same out.

It decides the document (schema `arls.cad/1`, published as docs/cad.schema.json) and what of it is new against an
earlier revision. What may be done with it is decided by the rules of incidents.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from arls.incident import AssignmentState, IncidentId
from arls.origin import MOST_REFS, Foreign, Origin
from arls.unit import Callsign

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arls.incident import Assignment, Incident

SCHEMA: Final = "arls.cad/1"

SystemName = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9._-]{0,31}$", description="who tells: the sender's own name")]
ForeignId = Annotated[str, Meta(pattern="^[!-~]{1,64}$", description="what the sender calls the incident, for good")]
Revision = Annotated[int, Meta(ge=0, le=2**53, description="grows with every change at the sender")]
Lat = Annotated[float, Meta(ge=-90, le=90, description="degrees, WGS 84")]
Lon = Annotated[float, Meta(ge=-180, le=180, description="degrees, WGS 84")]
Phrase = Annotated[str, Meta(max_length=1000)]
Instant = Annotated[datetime, Meta(tz=True)]

# What a later revision may change, in the words of `ChangeIncident`.
_CHANGEABLE: Final = ("grade", "lat", "lon", "type", "text", "call_id", "source", "refs")


class CadReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one system says of an incident at one revision."""

    system: SystemName
    id: ForeignId
    revision: Revision
    status: Literal["open", "closed"] = "open"
    lat: Lat
    lon: Lon
    grade: Annotated[str, Meta(min_length=1, max_length=32, description="a code of the receiver's policy")]
    type: Phrase = ""
    text: Annotated[str, Meta(max_length=10_000)] = ""
    source: Annotated[Origin, Meta(description="how it became known; empty: not said")] = Origin.UNKNOWN
    refs: Annotated[
        dict[str, str], Meta(max_length=MOST_REFS, description="opaque references; never a caller's number")
    ] = {}
    call_id: Annotated[str, Meta(max_length=60, description="of the call-taking system, never a number")] = ""
    called_at: Annotated[Instant | None, Meta(description="when the call came; taken when the incident is new")] = None
    result: Annotated[Phrase, Meta(description="of a closed one: a result of the receiver's policy")] = ""
    closing_type: Annotated[Phrase, Meta(description="what it turned out to be")] = ""


class CadAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that was sent, and where it is in that."""

    callsign: Callsign
    state: AssignmentState
    at: datetime  # since when, UTC


class CadLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the running log."""

    at: datetime
    operator: str
    text: str


class CadRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What ARLS did with the incident: told, never taken."""

    created_at: datetime
    closed_at: datetime | None
    policy: str  # name/version by which it is graded
    foreign: tuple[Foreign, ...]  # the systems it came from
    links: tuple[IncidentId, ...]
    assignments: tuple[CadAssignment, ...]
    log: tuple[CadLine, ...]


class CadIncident(CadReport, frozen=True, kw_only=True):
    """An incident with its revision, as one system tells another. Unknown fields are left out, and said to be."""

    schema: Literal["arls.cad/1"] = SCHEMA
    arls: CadRecord | None = None


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken last of one incident of another system, and which incident it is here."""

    incident: IncidentId
    report: CadReport


def key_of(report: CadReport) -> str:
    """Under which the incident is known, whichever its revision."""
    return f"{report.system}/{report.id}"


def report_of(document: CadIncident) -> CadReport:
    """What of a document is taken."""
    return CadReport(**{name: getattr(document, name) for name in CadReport.__struct_fields__})


def changes_between(before: CadReport, after: CadReport) -> dict[str, Any]:
    """What the sender changed, and only that: what was changed here meanwhile stays. A place is both its numbers."""
    new = {name: getattr(after, name) for name in _CHANGEABLE if getattr(after, name) != getattr(before, name)}
    if new.keys() & {"lat", "lon"}:
        new |= {"lat": after.lat, "lon": after.lon}
    return new


def document_of(incident: Incident, assignments: Iterable[Assignment], *, system: str) -> CadIncident:
    """The incident as `system`, which is us, tells of it; its version is the revision."""
    return CadIncident(
        system=system,
        id=incident.id,
        revision=incident.version,
        status="open" if incident.closed_at is None else "closed",
        lat=incident.lat,
        lon=incident.lon,
        grade=incident.grade,
        type=incident.type,
        text=incident.text,
        source=incident.source,
        refs=incident.refs,
        call_id=incident.call_id,
        called_at=incident.called_at,
        result=incident.result,
        closing_type=incident.closing_type,
        arls=CadRecord(
            created_at=incident.created_at,
            closed_at=incident.closed_at,
            policy=incident.policy,
            foreign=incident.foreign,
            links=incident.links,
            assignments=tuple(
                CadAssignment(callsign=sent.callsign, state=sent.state, at=sent.steps[-1].at) for sent in assignments
            ),
            log=tuple(CadLine(at=line.at, operator=line.operator, text=line.text) for line in incident.log),
        ),
    )


def schema_text() -> str:
    """The JSON Schema (2020-12) of a document, as it is kept in docs/cad.schema.json."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA}
    return msgspec.json.format(msgspec.json.encode(schema | msgspec.json.schema(CadIncident)), indent=2).decode() + "\n"
