"""Radios asked where they are, once an incident is made or moved, where a site allows it.

It decides how often a radio and a gateway may be asked; whom it is worth asking is `arls.asking`'s to decide. It runs
in a thread of its own behind the engine. What is asked is in the journal before it goes out, and the answer is a fix
like any other.
"""

from __future__ import annotations

import queue
import threading
from collections import defaultdict, deque
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import structlog

from arls import messages as m
from arls.asking import AskRules, radios_to_ask
from arls.board import question_of
from arls.engine import Done
from gateways.polls import PollCommand, can_be_asked
from gateways.topics import command_topic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from typing import Protocol

    from api.settings import AskingSettings
    from arls.engine import Engine
    from arls.fix import Fix
    from arls.incident import IncidentId
    from arls.polled import RadioAsk
    from arls.ports import Recorded
    from arls.roads.live import Roads

    class Wire(Protocol):
        """What carries commands to gateways."""

        def publish(self, topic: str, payload: bytes, *, expiry_s: int) -> bool:
            """Hand one message over; False when it was not taken."""


_log = structlog.get_logger(__name__)

# The request and the report.
_MESSAGES = 2
_MINUTE = timedelta(minutes=1)
_PATIENCE_S = 10.0
_QUEUE = 1_000


class Asker:
    """An outbox that asks radios."""

    def __init__(
        self,
        engine: Engine,
        roads: Roads,
        wire: Wire,
        settings: AskingSettings,
        *,
        force: str,
        now: Callable[[], datetime],
    ) -> None:
        self._engine, self._roads, self._wire, self._settings = engine, roads, wire, settings
        self._force, self._now = force, now
        self._rules = AskRules(most=settings.radios, least_s=settings.least_s, fresh_s=settings.fresh_s)
        self._asked_at: dict[str, datetime] = {}  # by source
        self._spent: defaultdict[str, deque[datetime]] = defaultdict(deque)  # by gateway: requests of the last minute
        self._wanted: queue.Queue[IncidentId | None] = queue.Queue(_QUEUE)
        self._thread = threading.Thread(target=self._run, name="asker", daemon=True)

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        """Something was committed. Called by the engine's thread, and never waits."""
        for record in recorded:
            event = record.entry.event
            with suppress(queue.Full):  # so many at once no budget would bear anyway
                if isinstance(event, m.IncidentCreated):
                    self._wanted.put_nowait(event.incident.id)
                elif isinstance(event, m.IncidentChanged) and event.lat is not None:
                    self._wanted.put_nowait(event.incident)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """End, when what is being done is done."""
        self._wanted.put(None)
        self._thread.join()

    def step(self, name: IncidentId) -> tuple[RadioAsk, ...]:
        """Ask for one incident: the radios that were asked."""
        known, at = self._engine.known, self._now()
        incident = known.incidents.get(name)
        # Whom nobody is sent to, or not yet, nobody need be asked for.
        if incident is None or incident.closed_at is not None or incident.held_at(at):
            return ()
        if not known.packs.grade_of(incident).deploys:
            return ()
        room = {gateway: self._room(gateway, at) for gateway in known.receipts}
        asking = radios_to_ask(
            question_of(incident, at),
            known,
            self._roads,
            self._rules,
            room=room,
            may_ask=lambda fix: self._may(fix, at),
        )
        if not asking.radios:
            return ()
        command = m.NoteRadiosAsked(
            at=at,
            operator="ranking",
            desk="engine",
            incident=name,
            radios=asking.radios,
            regret_s=asking.regret_s,
            left_s=asking.left_s,
        )
        if not isinstance(self._engine.ask(command, wait_s=_PATIENCE_S).result(_PATIENCE_S), Done):
            return ()
        for radio in asking.radios:
            self._send(radio, name, at)
        return asking.radios

    def _send(self, radio: RadioAsk, name: IncidentId, at: datetime) -> None:
        self._asked_at[radio.source] = at
        self._spent[radio.gateway].append(at)
        within = timedelta(seconds=self._settings.answer_within_s)
        command = PollCommand(
            id=f"{name}-{at.timestamp():.3f}-{radio.callsign}",
            source=radio.source,
            expires_at=at + within,
            by="ranking",
        )
        topic = command_topic(self._force, radio.gateway)
        if not self._wire.publish(topic, msgspec.json.encode(command), expiry_s=round(within.total_seconds())):
            _log.warning("a radio was not asked: the queue to the broker is full", callsign=radio.callsign)

    def _may(self, fix: Fix, at: datetime) -> bool:
        before = self._asked_at.get(fix.source)
        rested = before is None or (at - before).total_seconds() >= self._settings.again_after_s
        return rested and can_be_asked(fix.source)

    def _room(self, gateway: str, at: datetime) -> int:
        """How many radios this gateway may still be asked to ask in this minute, with the emergencies' share left."""
        spent = self._spent[gateway]
        while spent and at - spent[0] >= _MINUTE:
            spent.popleft()
        messages = self._settings.per_min * (1.0 - self._settings.emergency_share)
        return max(0, int(messages) // _MESSAGES - len(spent))

    def _run(self) -> None:
        while (name := self._wanted.get()) is not None:
            try:
                self.step(name)
            except Exception:  # noqa: BLE001 - whatever broke, the next incident must be served
                _log.exception("the asker broke", incident=name)
