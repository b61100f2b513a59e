"""What a gateway has to hand over: fixes of a device, an event, where a caller is; as kept on the disk and published.

It decides what is urgent, what a late delivery is marked with, and how cargo is written down. When it is sent, and
under which number, is `manifest`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from arls.caller import CallerLocation
from arls.fix import Fix
from gateways.caller_payloads import CALLER_EXPIRY_S, write_call
from gateways.calls import CallReport
from gateways.payloads import (
    EVENT_EXPIRY_S,
    FIX_EXPIRY_S,
    Event,
    write_event,
    write_fixes,
)
from gateways.topics import caller_topic, event_topic, fix_topic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateways.payloads import Mark

Cargo = tuple[Fix, ...] | Event | CallReport

# operations.md: batching is the lever; 50 fixes of a device are far below what a broker takes (payloads.MOST_OCTETS).
MOST_FIXES = 50

EMERGENCY = "emergency"  # the type of an event

# protocols.md 13: what goes out late says so.
BACKLOG = "backlog"

_T = TypeVar("_T", Fix, Event, CallerLocation)


class _Kept(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """Cargo on the disk."""

    fixes: tuple[Fix, ...] = ()
    event: Event | None = None
    call: CallReport | None = None


_KEPT = msgspec.msgpack.Decoder(_Kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Cargo under a number of its gateway's session."""

    cargo: Cargo
    mark: Mark

    def topic(self, force: str) -> str:
        """Where it goes."""
        if isinstance(self.cargo, tuple):
            return fix_topic(force, self.cargo[0].source)
        if isinstance(self.cargo, CallReport):
            return caller_topic(force, self.cargo.call)
        return event_topic(force, self.cargo.source, self.cargo.type)

    def payload(self) -> bytes:
        """What is sent."""
        if isinstance(self.cargo, tuple):
            return write_fixes(self.cargo, self.mark)
        if isinstance(self.cargo, CallReport):
            return write_call(self.cargo, self.mark)
        return write_event(self.cargo, self.mark)

    @property
    def expiry_s(self) -> int:
        """How long the broker may keep it."""
        if isinstance(self.cargo, CallReport):
            return CALLER_EXPIRY_S
        return FIX_EXPIRY_S if isinstance(self.cargo, tuple) else EVENT_EXPIRY_S


def loads_of(fixes: Sequence[Fix]) -> Iterator[Cargo]:
    """Fixes of one device as cargo, bounded each."""
    for start in range(0, len(fixes), MOST_FIXES):
        yield tuple(fixes[start : start + MOST_FIXES])


def is_urgent(cargo: Cargo) -> bool:
    """True for an emergency, as an event or as a flag of a fix, and for who calls in one: before everything else."""
    if isinstance(cargo, tuple):
        return any(fix.emergency for fix in cargo)
    return isinstance(cargo, CallReport) or cargo.type == EMERGENCY


def reports_in(cargo: Cargo) -> int:
    """How many fixes, events or callers it holds."""
    return len(cargo) if isinstance(cargo, tuple) else 1


def as_backlog(cargo: Cargo) -> Cargo:
    """The same, said to be late: ids stay, so that what arrived before is known again."""
    if isinstance(cargo, CallReport):
        return replace(cargo, location=_late(cargo.location))
    return tuple(map(_late, cargo)) if isinstance(cargo, tuple) else _late(cargo)


def kept_of(cargo: Cargo) -> bytes:
    """Cargo as it lies on the disk."""
    match cargo:
        case tuple():
            kept = _Kept(fixes=cargo)
        case CallReport():
            kept = _Kept(call=cargo)
        case _:
            kept = _Kept(event=cargo)
    return msgspec.msgpack.encode(kept)


def find_cargo(kept: bytes) -> Cargo | None:
    """What `kept_of` wrote; None for anything else."""
    try:
        found = _KEPT.decode(kept)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found.call or found.event or found.fixes or None


def _late(report: _T) -> _T:
    return report if BACKLOG in report.flags else replace(report, flags=(*report.flags, BACKLOG))
