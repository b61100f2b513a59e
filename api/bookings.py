"""What clients may send of units: who and what is on board, and a shift of them at once.

It decides shapes and sizes. Whether a unit may be booked so is the rules' to decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from api.schemas import CallsignText, Capabilities, Instant, Name, Phrase, Sayable, Sent, Source
from arls.crew import Driver, Member, Mobility, Shift, Vehicle
from arls.unit import UnitKind

if TYPE_CHECKING:
    from datetime import datetime

PersonId = Annotated[str, Field(min_length=1, max_length=32, description="opaque: a number or a pseudonym"), Sayable]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,32}$", description="of the catalogue; empty: none")]
Short = Annotated[str, Field(max_length=64), Sayable]


class Lasting(Sent):
    """Something from one instant to another; null: all along."""

    begins_at: Instant | None = None
    ends_at: Instant | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.begins_at is not None and self.ends_at is not None and self.begins_at >= self.ends_at:
            raise ValueError("it ends before it begins")
        return self


class MemberBody(Lasting):
    """Somebody of a crew, and while aboard."""

    id: PersonId
    capabilities: Capabilities = Field(default_factory=list)
    driver: Annotated[Driver | None, Field(strict=False, description="null: nobody said")] = None
    devices: Annotated[list[Source], Field(max_length=8, description="that they carry")] = Field(default_factory=list)


class VehicleBody(Sent):
    """What carries a crew, by its fleet or roof number, and what is in it."""

    id: PersonId
    mobility: Annotated[Mobility, Field(strict=False)] = Mobility.CAR
    capabilities: Capabilities = Field(default_factory=list)
    seats: Annotated[int | None, Field(ge=1, le=100)] = None
    devices: Annotated[list[Source], Field(max_length=8, description="fixed in it")] = Field(default_factory=list)


class ShiftBody(Lasting):
    """A turn of duty."""

    begins_at: Instant
    ends_at: Instant


class UnitBody(Sent):
    """What is on board. `sources` are the devices it carries from now on, besides those of crew and vehicle.

    Where none is named anywhere they stay as they are.
    """

    kind: Annotated[UnitKind, Field(strict=False)] = UnitKind.CAR
    profile: Name = "car-response"
    capabilities: Capabilities = Field(default_factory=list)
    crew: Annotated[int, Field(ge=0, le=100)] = 1
    station: Short = ""
    expected_interval_s: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    reports_every_m: Annotated[float | None, Field(gt=0, le=100_000, description="null: no such trigger")] = None
    sources: Annotated[list[Source], Field(max_length=16)] | None = None
    role: Word = ""
    organisation: Annotated[Short, Field(description="whose, of a neighbour's; empty: ours")] = ""
    operation: Annotated[Short, Field(description="that rings it off; empty: none")] = ""
    talk_group: Short = ""
    members: Annotated[list[MemberBody], Field(max_length=32)] = Field(default_factory=list)
    vehicle: VehicleBody | None = None
    shift: ShiftBody | None = None


class BookingBody(UnitBody):
    """One line of a shift change: a unit, what is on board, its state code, and when that begins (null: now)."""

    callsign: CallsignText
    code: Annotated[int, Field(ge=0, le=999)] | None = None
    begins_at: Instant | None = None


class BookOn(Sent):
    """Many units at once."""

    units: Annotated[list[BookingBody], Field(min_length=1, max_length=500)]


class BookOff(Sent):
    """Units whose duty is over, and why."""

    units: Annotated[list[CallsignText], Field(min_length=1, max_length=500)]


class MoveBody(Sent):
    """Units to be lent; what is null stays, an empty text takes it away."""

    units: Annotated[list[CallsignText], Field(min_length=1, max_length=500)]
    station: Short | None = None
    operation: Annotated[Short | None, Field(description="that rings them off")] = None
    talk_group: Short | None = None
    reason: Phrase = ""


def member_of(body: MemberBody) -> Member:
    """Somebody of a crew as the engine has them."""
    return Member(**body.model_dump() | _sorted_fields(body))


def vehicle_of(body: VehicleBody) -> Vehicle:
    """The vehicle as the engine has it."""
    return Vehicle(**body.model_dump() | _sorted_fields(body))


def shift_of(body: ShiftBody) -> Shift:
    """The turn of duty, of which no break is known yet."""
    return Shift(begins_at=body.begins_at, ends_at=body.ends_at)


def sources_of(body: UnitBody, at: datetime) -> tuple[str, ...] | None:
    """The devices that a unit carries at the UTC instant `at`; None where none is named: as they are.

    What somebody carries who boards later is the unit's from then on.
    """
    aboard = [member for member in body.members if member.begins_at is None or member.begins_at <= at]
    devices = [device for member in aboard for device in member.devices]
    devices += body.vehicle.devices if body.vehicle else []
    if body.sources is None and not devices:
        return None
    return sorted_of([*(body.sources or ()), *devices])


def sorted_of(words: list[str]) -> tuple[str, ...]:
    """Each word once."""
    return tuple(sorted(set(words)))


def _sorted_fields(body: MemberBody | VehicleBody) -> dict[str, tuple[str, ...]]:
    return {"capabilities": sorted_of(body.capabilities), "devices": sorted_of(body.devices)}
