"""What clients may send: every field bounded, every unknown field refused, nothing converted on the quiet.

It decides shapes and sizes. Whether what is asked may be done is the rules' to decide.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated, Any, Literal, Self

from fastapi import Header, Path, Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from arls.caller import is_call_id
from arls.closure import Passer
from arls.dispatch import TEXT_LIMIT
from arls.filling import MOST_SLOTS
from arls.origin import MOST_REFS, Origin
from arls.plan import MOST_CREW
from arls.rules.sets import MOST_AT_ONCE
from arls.unit import UnitKind
from maps.outlines import GEOMETRY_SCHEMA, shape_of


def _sayable(text: str) -> str:
    # JSON can write half of a surrogate pair, which no UTF-8 can hold; a NUL ends texts in other people's software.
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in text):
        raise ValueError("it holds characters that are none")
    return text


def _call_id(text: str) -> str:
    if text and not is_call_id(text):
        raise ValueError("a call id is up to 60 letters, digits and . _ - @, and never a caller's number")
    return text


def _instant(text: object) -> datetime:
    # A number, or a time without its zone, would be taken for another instant than was meant.
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
        if at is not None and at.tzinfo is not None:
            return at.astimezone(UTC)
    except (OverflowError, ValueError):
        pass
    raise ValueError("an instant is written with its zone, as 2026-03-02T14:05:00Z")


def _wall_time(text: object) -> time:
    try:
        clock = time.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        clock = None
    if clock is None or clock.tzinfo is not None:
        raise ValueError("a time of day is written as 08:15, by the clocks of `zone`")
    return clock


Sayable = AfterValidator(_sayable)

Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, description="degrees, WGS 84")]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, description="degrees, WGS 84")]
K = Annotated[int, Field(ge=1, le=1000, description="how many candidates; the rest is counted in `omitted`")]
CallsignText = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,15}$")]
Identity = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$", description="of a profile, grade or capability")]
Source = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,15}:[!-~]{1,64}$", description="`scheme:id` of a device")]
Words = Annotated[str, Field(max_length=TEXT_LIMIT), Sayable]
Phrase = Annotated[str, Field(max_length=1000), Sayable]
CallIdText = Annotated[
    str,
    Field(max_length=60, description="of the call-taking system, never a number; empty: none"),
    AfterValidator(_call_id),
]
SourceName = Annotated[Origin, Field(strict=False, description="how it became known; empty: not said")]
Refs = Annotated[
    dict[str, str],
    Field(max_length=MOST_REFS, description="what other systems call it (a recording, a customer record); no numbers"),
]
StreetName = Annotated[str, Field(min_length=1, max_length=200), Sayable]
Capabilities = Annotated[list[Name], Field(max_length=32)]

Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
WallTime = Annotated[
    time,
    BeforeValidator(_wall_time),
    WithJsonSchema({"type": "string", "description": "by the clocks of `zone`: 08:15"}),
]
Drawn = Annotated[Any, PlainValidator(shape_of), WithJsonSchema(GEOMETRY_SCHEMA)]

InPath = Annotated[Identity, Path()]
CallIdInPath = Annotated[CallIdText, Path()]
CallsignInPath = Annotated[CallsignText, Path()]
IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern=r"^[!-~]{1,255}$", description="the same key asks for the same thing once, however often it is sent"
    ),
]
IfMatch = Annotated[
    str | None, Header(pattern=r'^(\*|(W/)?"?[0-9]{1,9}"?)$', description="the version that you saw, or `*`")
]
LatQuery = Annotated[Lat, Query()]
LonQuery = Annotated[Lon, Query()]
PlaceQuery = Annotated[str, Field(pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,15})?,-?[0-9]{1,3}(\.[0-9]{1,15})?$")]


class Sent(BaseModel):
    """A body."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Place(Sent):
    """Where."""

    lat: Lat
    lon: Lon


class StateBody(Sent):
    """A state code, by hand or passed on for a radio."""

    code: Annotated[int, Field(ge=0, le=999)]
    via: Literal["desk", "voice", "terminal", "radio"] = "desk"


class RequirementBody(Sent):
    """`n` units, each with all of `capabilities` and one of `any_of`, and one of what else is named; empty: any."""

    n: Annotated[int, Field(ge=1, le=MOST_SLOTS)] = 1
    label: Annotated[str, Field(max_length=80), Sayable] = ""
    capabilities: Capabilities = []
    any_of: Capabilities = []
    kinds: Annotated[list[Annotated[UnitKind, Field(strict=False)]], Field(max_length=len(UnitKind))] = []
    roles: Capabilities = []
    profiles: Capabilities = []
    min_crew: Annotated[int, Field(ge=1, le=MOST_CREW)] = 1
    shared: Annotated[bool, Field(description="a unit that fills another requirement may fill this one as well")] = (
        False
    )


Requirements = Annotated[list[RequirementBody], Field(max_length=MOST_SLOTS)]


class NearestBody(Place):
    """Who can be here first? `profile` puts everybody on the same wheels; `requirement` names capabilities of each.

    `requirements` are a plan: who fills it is in `plan`, and who could not be had in `shortfalls`.
    """

    k: K | None = None
    profile: Name | None = None
    requirement: Capabilities = []
    radius_m: Annotated[
        float | None, Field(gt=0, le=50_000, description="somewhere within so many metres: ranked for the whole circle")
    ] = None
    requirements: Requirements | None = None


class PlanBody(Sent):
    """What this incident needs, and why; null: what its plan says after all."""

    requirements: Requirements | None
    reason: Phrase


class AssignSetBody(Sent):
    """Which units, all of them or none, and why these."""

    callsigns: Annotated[list[CallsignText], Field(min_length=1, max_length=MOST_AT_ONCE)]
    reason: Phrase = ""


class AppointmentBody(Sent):
    """When somebody will come. Units may be sent from `release_at` on; left out, an hour before it begins."""

    begins_at: Instant
    ends_at: Instant
    release_at: Instant | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_at <= self.begins_at:
            raise ValueError("an appointment ends after it begins")
        return self


class IncidentBody(Place):
    """Something is to be attended."""

    grade: Name
    type: Phrase = ""
    text: Words = ""
    call_id: CallIdText = ""
    source: SourceName = Origin.UNKNOWN
    refs: Refs = {}
    called_at: Instant | None = Field(default=None, description="by the call-taking system; not later than now")
    appointment: AppointmentBody | None = Field(default=None, description="of a grade that is by appointment")
    firearms: bool = Field(default=False, description="armed units need authority")


class ChangeBody(Sent):
    """What to change; what is left out stays."""

    lat: Lat | None = None
    lon: Lon | None = None
    grade: Name | None = None
    type: Phrase | None = None
    text: Words | None = None
    call_id: CallIdText | None = None
    source: SourceName | None = None
    refs: Refs | None = None
    firearms: bool | None = None
    reason: Phrase = ""


class RegradeBody(Sent):
    """Another grade, and why."""

    grade: Name
    reason: Phrase = ""


class RelocateBody(Place):
    """Another place, and why."""

    reason: Phrase = ""


class LogBody(Sent):
    """A line for the running log."""

    text: Words


class MoreUnitsBody(Sent):
    """How many more units are needed, what each must be able to do, and why."""

    n: int = Field(ge=1, le=100)
    capabilities: Capabilities = []
    reason: Phrase = ""


class WithdrawBody(Sent):
    """Why they are needed no more."""

    reason: Phrase = ""


class AnswerBody(Sent):
    """What came of it."""

    text: Words = ""


class LinkBody(Sent):
    """Another incident that this one belongs with."""

    incident: Identity
    reason: Phrase = ""


class CloseBody(Sent):
    """What came of it."""

    result: Phrase = ""
    closing_type: Phrase = ""


class AssignBody(Sent):
    """Which unit, and why this one.

    `queue`: as its next job if it is taken; `divert`: away from what it does; `to_rvp`: no further than the RVP until
    firearms are authorised. `override` sends it although a rule
    speaks against it: by somebody whose role may, and with a reason.
    """

    callsign: CallsignText
    reason: Phrase = ""
    queue: bool = False
    divert: bool = False
    to_rvp: bool = False
    override: bool = False


class AdvanceBody(Sent):
    """By what way the step became known, and why it was taken."""

    via: Literal["terminal", "voice", "state_code", "geofence", "desk"] = "desk"
    reason: Phrase = ""


class WeeklyBody(Sent):
    """On these days of the week (1 Monday to 7 Sunday) between these times; before `begins`, `ends` is a day later."""

    days: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)]
    begins: WallTime
    ends: WallTime
    zone: Annotated[str, Field(max_length=64, description="an IANA time zone"), Sayable] = "Europe/London"


class ClosureBody(Sent):
    """Roads to be shut: those of a `geometry`, a `street` from one to another, or its junction with a `crossing` one.

    `near` a place chooses between streets of the same name.

    Left out, `since` is now, `until` is when it is lifted, `weekly` is all the time, and nobody may pass.
    """

    model_config = ConfigDict(validate_by_name=False, validate_by_alias=True)

    geometry: Annotated[Drawn, Field(description="GeoJSON, RFC 7946: [longitude, latitude]")] = None
    street: StreetName | None = None
    first: Annotated[StreetName | None, Field(alias="from", description="the street at one end")] = None
    last: Annotated[StreetName | None, Field(alias="to", description="the street at the other end")] = None
    crossing: Annotated[StreetName | None, Field(description="the other street of a junction")] = None
    near: Place | None = None
    since: Instant | None = None
    until: Instant | None = None
    weekly: WeeklyBody | None = None
    passable: Annotated[list[Annotated[Passer, Field(strict=False)]], Field(max_length=len(Passer))] = []
    name: Phrase = ""
    reason: Phrase = ""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        said = {name for name in ("geometry", "street", "first", "last", "crossing") if getattr(self, name) is not None}
        if said not in ({"geometry"}, {"street", "first", "last"}, {"street", "crossing"}):
            raise ValueError(
                "say what is shut, once: a `geometry`, or a `street` with `from` and `to` or with its `crossing`"
            )
        return self
