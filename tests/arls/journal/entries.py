"""Entries for the journal's tests: a few by name, and any at all by hypothesis."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import strategies as st

from arls.closure import Area, Closure, Line, Passer, Point, Weekly
from arls.fix import Fix
from arls.geo import Position
from arls.incident import Act, Assignment, AssignmentId, AssignmentState, Incident, IncidentId, Step
from arls.messages import (
    AssignmentAdvanced,
    CommandRefused,
    Event,
    FixBatch,
    FixesRecorded,
    IncidentCreated,
    IncidentLogged,
    Publication,
    Reject,
    RoadsClosed,
    StateSet,
    UnitAssigned,
    UnitPut,
)
from arls.ports import Entry
from arls.unit import Callsign, Unit

AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def logged(text: str = "caller rang back", *, key: str | None = None, at: datetime = AT) -> Entry:
    """A line in the log of incident 7."""
    event = IncidentLogged(at=at, operator="op-1", desk="north", incident=IncidentId("7"), text=text)
    return Entry(stream="incident/7", event=event, key=key)


def heard(batch: FixBatch | None = None, *, at: datetime = AT) -> Entry:
    """A batch of fixes (of one unit at rest, unless given), with its body."""
    batch = batch or FixBatch(fixes=(Fix(id="a1", source="tetra:1234", received_at=at, lat=52.48, lon=-1.9),))
    body = msgspec.json.encode(batch)
    rejects = {reject.reason: 1 for reject in batch.rejects}
    event = FixesRecorded(
        at=at,
        operator="gateway",
        desk="",
        sha256=hashlib.sha256(body).hexdigest(),
        fixes=len(batch.fixes),
        rejects=rejects,
        publications=(Publication(gateway="g1", session=1, seq=1),),
    )
    return Entry(stream="fixes", event=event, body=body)


def assigned(assignment: str, callsign: str) -> Entry:
    """A unit reserved for incident 7."""
    value = Assignment(
        id=AssignmentId(assignment),
        incident=IncidentId("7"),
        callsign=Callsign(callsign),
        steps=(Step(at=AT, state=AssignmentState.RESERVED, via="desk"),),
    )
    return Entry(
        stream="incident/7", event=UnitAssigned(at=AT, operator="op-1", desk="north", assignment=value), key=None
    )


def advanced(assignment: str, act: Act) -> Entry:
    """A step in the life of an assignment."""
    event = AssignmentAdvanced(
        at=AT, operator="op-1", desk="north", assignment=AssignmentId(assignment), act=act, via="desk"
    )
    return Entry(stream="incident/7", event=event)


_instants = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.sampled_from([UTC]),
)
_lats = st.floats(-90, 90)
_lons = st.floats(-180, 180)
_who = {"at": _instants, "operator": st.text(max_size=8), "desk": st.text(max_size=8)}
_rejects = st.builds(
    Reject, topic=st.text(max_size=8), reason=st.text(max_size=8), sample=st.binary(max_size=20), received_at=_instants
)
_fixes = st.builds(
    Fix,
    id=st.text(max_size=8),
    source=st.text(max_size=8),
    received_at=_instants,
    lat=_lats,
    lon=_lons,
    accuracy_m=st.none() | st.floats(0, 1e6),
    flags=st.lists(st.text(max_size=4), max_size=2).map(tuple),
)
_batches = st.builds(
    FixBatch, fixes=st.lists(_fixes, max_size=3).map(tuple), rejects=st.lists(_rejects, max_size=3).map(tuple)
)
_units = st.builds(
    Unit, callsign=st.sampled_from(["AB12", "CD34"]), capabilities=st.lists(st.text(max_size=4), max_size=2).map(tuple)
)
_incidents = st.builds(
    Incident,
    id=st.text(max_size=8),
    lat=_lats,
    lon=_lons,
    grade=st.sampled_from("1234"),
    created_at=_instants,
    text=st.text(max_size=20),
    log=st.just(()),
)
_places = st.builds(Position, lat=_lats, lon=_lons)
_lines = st.lists(_places, min_size=2, max_size=4).map(tuple)
_shapes = st.one_of(
    st.builds(Point, position=_places),
    st.builds(Line, positions=_lines),
    st.builds(Area, polygons=st.lists(st.lists(_lines, max_size=2).map(tuple), max_size=2).map(tuple)),
)
_closures = st.builds(
    Closure,
    id=st.text(max_size=8),
    shape=_shapes,
    since=_instants,
    until=st.none() | _instants,
    weekly=st.none()
    | st.builds(Weekly, days=st.lists(st.integers(1, 7)).map(tuple), begins=st.times(), ends=st.times()),
    passable=st.lists(st.sampled_from(Passer)).map(tuple),
)
_events: st.SearchStrategy[Event] = st.one_of(
    st.builds(UnitPut, **_who, unit=_units),
    st.builds(StateSet, **_who, callsign=st.just("AB12"), code=st.integers(-(2**40), 2**40), via=st.just("radio")),
    st.builds(IncidentCreated, **_who, incident=_incidents),
    st.builds(RoadsClosed, **_who, closure=_closures, holds=st.booleans()),
    st.builds(CommandRefused, **_who, command=st.text(), subject=st.text(), reason=st.text()),
)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Entries of many kinds, each with a key of its own or none."""
    drawn = draw(st.lists(st.one_of(st.builds(heard, _batches, at=_instants), _events), max_size=6))
    keyed = draw(st.lists(st.booleans(), min_size=len(drawn), max_size=len(drawn)))
    return [
        thing if isinstance(thing, Entry) else Entry(stream="s", event=thing, key=f"k{n}" if key else None, request="r")
        for n, (thing, key) in enumerate(zip(drawn, keyed, strict=True))
    ]


def later(hours: float) -> datetime:
    """So long after AT."""
    return AT + timedelta(hours=hours)
