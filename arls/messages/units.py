"""Units: booked on, paired with devices, in a state, in an emergency."""

from __future__ import annotations

from arls.messages.said import Said, Via
from arls.unit import Callsign, Pairing, Unit

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


class CancelEmergency(Said, frozen=True, kw_only=True):
    """A named operator ends an emergency."""

    callsign: Callsign


# --- events -------------------------------------------------------------------------------------------------------


class UnitPut(Said, frozen=True, kw_only=True):
    """A unit was booked on or changed."""

    unit: Unit


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
