"""The rules of what radios send: which fixes are kept, when a fix is an alarm, and what a device's code is worth.

It decides what is discarded before anything keeps it: the routine fixes of a unit off duty, and nothing else.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from arls import messages as m
from arls.ports import Entry
from arls.rules.codes import raise_emergency, state_entries
from arls.rules.refusal import Decision, Refusal, who

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from arls.fix import Fix
    from arls.state import State
    from arls.unit import Callsign


def record_fixes(command: m.RecordFixes, state: State) -> Decision:
    """A batch kept as one event; presses among its fixes raise alarms."""
    # Routine fixes of a unit off duty are discarded before anything keeps them (domain.md C2); an emergency never, and
    # whoever needs help is tracked until somebody cancels it.
    pressing = state.emergencies.keys() | _pressed(command.fixes, state)
    kept = [fix for fix in command.fixes if fix.emergency or not _withheld(fix, state, pressing)]
    body = msgspec.msgpack.encode(m.FixBatch(fixes=tuple(kept), rejects=command.rejects))
    rejects: dict[str, int] = {}
    for reject in command.rejects:
        rejects[reject.reason] = rejects.get(reject.reason, 0) + 1
    batch = m.FixesRecorded(
        **who(command),
        sha256=hashlib.sha256(body).hexdigest(),
        fixes=len(kept),
        rejects=rejects,
        withheld=len(command.fixes) - len(kept),
        publications=command.publications,
    )
    return [Entry(stream="fixes", event=batch, body=body), *_alarms(command, state)]


def _withheld(fix: Fix, state: State, pressing: AbstractSet[Callsign]) -> bool:
    carrier = state.find_carrier(fix.source, fix.received_at)
    if carrier is None or carrier in pressing or not state.off_duty(carrier):
        return False
    # What a gateway heard while the unit was on duty is kept, also when it comes late.
    return fix.received_at >= state.states[carrier].since


def _alarms(command: m.RecordFixes, state: State) -> list[Entry]:
    pressed = _pressed(command.fixes, state)
    return [
        entry for callsign, fix in pressed.items() for entry in raise_emergency(command, callsign, fix.source, state)
    ]


def _pressed(fixes: Sequence[Fix], state: State) -> dict[Callsign, Fix]:
    """Who asks for help in these fixes, each with the first fix that says so."""
    pressed: dict[Callsign, Fix] = {}
    for fix in fixes:
        if not fix.emergency:
            continue
        carrier = state.find_carrier(fix.source, fix.received_at)
        ended_at = state.cancelled_at.get(carrier) if carrier else None
        # One press repeats itself in later fixes: what was true before it was cancelled is the old press.
        if carrier and not (ended_at and fix.true_at <= ended_at):
            pressed.setdefault(carrier, fix)
    return pressed


def radio_event(command: m.RadioEvent, state: State) -> Decision:
    """A press or a code of a device, for whoever carries it."""
    carrier = state.find_carrier(command.source, command.happened_at or command.at)
    if carrier is None:
        return Refusal(code="unknown_device", reason=f"no unit carries the device {command.source}")
    if _is_overtaken(command, carrier, state):
        return []
    if _is_press(command, state):
        return raise_emergency(command, carrier, command.source, state)
    if command.code is None:
        return Refusal(code="no_code", reason=f"the device {command.source} sent a state without a code")
    return state_entries(command, carrier, command.code, "radio", state)


def _is_press(command: m.RadioEvent, state: State) -> bool:
    return command.kind == "emergency" or state.packs.states_at(command.at).is_emergency(command.code)


def _is_overtaken(command: m.RadioEvent, carrier: Callsign, state: State) -> bool:
    """True for a late press that an operator has ended since, and a late code that a newer one has replaced.

    Only what its gateway says is late is judged by its time: clocks differ, and no new press may be taken for an old.
    """
    if command.happened_at is None:
        return False
    if _is_press(command, state):
        ended_at = state.cancelled_at.get(carrier)
        return ended_at is not None and command.happened_at <= ended_at
    held = state.states.get(carrier)
    return held is not None and command.happened_at < held.since
