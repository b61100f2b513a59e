"""Units: booked on, paired with devices, in a state, in an emergency."""

from __future__ import annotations

from datetime import datetime

from arls.booking import Booking, Clash, Ending, Refused
from arls.messages.said import Said, Via
from arls.unit import Callsign, Pairing, PairingDoubt, Unit

# --- commands -----------------------------------------------------------------------------------------------------


class PutUnit(Said, frozen=True, kw_only=True):
    """Book a unit on, or change what is on board; `sources` are the devices it carries from now on."""

    unit: Unit
    sources: tuple[str, ...] | None = None  # None: as they are


class SetState(Said, frozen=True, kw_only=True):
    """A state code for a unit, by its radio or by hand."""

    callsign: Callsign
    code: int
    via: Via = "desk"


class BookOn(Said, frozen=True, kw_only=True):
    """Book a shift on, all of it at once; lines that are refused are left out, or with `whole` all are."""

    bookings: tuple[Booking, ...]
    refused: tuple[Refused, ...] = ()  # at the door: what no force's words allow
    whole: bool = False


class BookOff(Said, frozen=True, kw_only=True):
    """Put units off duty, and drop what is planned for them; with `whole` all or none."""

    callsigns: tuple[Callsign, ...]
    whole: bool = False


class TurnCrews(Said, frozen=True, kw_only=True):
    """Let what is due by `at` happen: people board and leave, planned bookings begin, shifts end."""

    put_off_duty: bool = False  # whoever is free at the end of a shift; else somebody is asked


class MoveUnits(Said, frozen=True, kw_only=True):
    """Lend units to another station, operation or talk group; None leaves it as it is."""

    callsigns: tuple[Callsign, ...]
    station: str | None = None
    operation: str | None = None
    talk_group: str | None = None
    reason: str = ""


class NoteMisfits(Said, frozen=True, kw_only=True):
    """Everything that speaks against pairings now, and has for a while."""

    doubts: tuple[PairingDoubt, ...]


class CancelEmergency(Said, frozen=True, kw_only=True):
    """A named operator ends an emergency."""

    callsign: Callsign


# --- events -------------------------------------------------------------------------------------------------------


class UnitPut(Said, frozen=True, kw_only=True):
    """A unit was booked on or changed."""

    unit: Unit


class ShiftBooked(Said, frozen=True, kw_only=True):
    """Many units were booked on by one decision: whom, what was odd, and what was refused."""

    booked: tuple[Callsign, ...]
    planned: tuple[Callsign, ...] = ()
    clashes: tuple[Clash, ...] = ()
    refused: tuple[Refused, ...] = ()


class BookingPlanned(Said, frozen=True, kw_only=True):
    """A unit is to be booked on later."""

    booking: Booking


class BookingEnded(Said, frozen=True, kw_only=True):
    """A planned booking is planned no more: it has begun, or was dropped."""

    callsign: Callsign
    begins_at: datetime


class CrewTurned(Said, frozen=True, kw_only=True):
    """Somebody boarded or left, as was booked: the unit as it is with those on board now."""

    unit: Unit
    boarded: tuple[str, ...] = ()  # members by their ids
    left: tuple[str, ...] = ()


class ShiftEnded(Said, frozen=True, kw_only=True):
    """The shift of a unit is over; who was `asked` is still on duty."""

    callsign: Callsign
    ending: Ending


class UnitMoved(Said, frozen=True, kw_only=True):
    """A unit was lent to another station, operation or talk group."""

    callsign: Callsign
    station: str
    operation: str
    talk_group: str
    reason: str = ""


class PairingDoubted(Said, frozen=True, kw_only=True):
    """Something speaks against a pairing: somebody should look."""

    doubt: PairingDoubt


class PairingTrusted(Said, frozen=True, kw_only=True):
    """Nothing speaks against it any more."""

    doubt: PairingDoubt


class DevicePaired(Said, frozen=True, kw_only=True):
    """A device belongs to a unit from its `since`; an earlier pairing of that device ended there."""

    pairing: Pairing


class DeviceUnpaired(Said, frozen=True, kw_only=True):
    """A device belongs to nobody from `at` on."""

    source: str


class StateSet(Said, frozen=True, kw_only=True):
    """A unit's radio, or someone for it, said what it is doing."""

    callsign: Callsign
    code: int
    via: Via


class EmergencyRaised(Said, frozen=True, kw_only=True):
    """An officer needs help. One press by several paths is one alarm."""

    callsign: Callsign
    source: str
    overrides: str = ""  # the state in which it was not tracked, and now is until somebody cancels


class EmergencyCancelled(Said, frozen=True, kw_only=True):
    """A named operator ended it."""

    callsign: Callsign
