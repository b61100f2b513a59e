"""The live feed: the whole picture to whoever comes, then what changed, once a second, and events as they happen.

It decides what is sent, and encodes it once for all. A client that cannot keep up loses what it missed and is given
the whole picture again: an old message is worth nothing to a dispatcher, and memory is bounded.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime  # noqa: TC003 - msgspec reads the annotation
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from api.views import (
    IncidentView,
    Status,
    UnitRow,
    incident_views,
    on_duty,
    open_incidents,
    rows_of,
    status_of,
    unit_rows,
)
from arls import messages as m
from arls.track import freshness_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from api.wiring import System
    from arls.incident import IncidentId
    from arls.ports import Recorded
    from arls.state import Known
    from arls.unit import Callsign

_log = structlog.get_logger(__name__)

SCHEMA = "arls.live/1"
TICK_S = 1.0
TICKS_PER_FULL = 30
# A minute of ticks, or a burst of events: who is further behind than this gets the whole picture instead.
BACKLOG = 64

# Fixes are in the ticks; what was looked at and what was refused is nobody else's business.
_UNTOLD = (m.FixesRecorded, m.RankingShown, m.CommandRefused, m.DevicePaired, m.DeviceUnpaired)


class _Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    seq: int  # one more than the message before
    at: datetime


class Tick(_Message, frozen=True, kw_only=True, tag="tick"):
    """The heartbeat: rows that changed, and units that are not to be shown any more."""

    units: list[UnitRow]
    gone: list[Callsign]


class EventTold(_Message, frozen=True, kw_only=True, tag="event"):
    """Something happened."""

    event: m.Event


class IncidentTold(_Message, frozen=True, kw_only=True, tag="incident"):
    """An incident as it is now."""

    incident: IncidentView


class Full(_Message, frozen=True, kw_only=True, tag="full"):
    """Everything, as of the message with this `seq`."""

    schema: str = SCHEMA
    force: str
    simulated: bool
    units: list[UnitRow]
    incidents: tuple[IncidentView, ...]
    status: Status


class Hello(Full, frozen=True, kw_only=True, tag="hello"):
    """The same, to begin with."""


class Board:
    """What the clients have been shown, so that only what changed is made and sent again."""

    def __init__(self) -> None:
        self._shown: dict[Callsign, tuple[Any, ...]] = {}

    def changes(self, known: Known, at: datetime) -> tuple[list[UnitRow], list[Callsign]]:
        """The rows that changed since the last call, and the units that went. Age alone is no change."""
        traces = _traces(known, at)
        changed = [callsign for callsign, trace in traces.items() if self._shown.get(callsign) != trace]
        gone = [callsign for callsign in self._shown if callsign not in traces]
        self._shown = traces
        return rows_of(changed, known, at), gone


def _traces(known: Known, at: datetime) -> dict[Callsign, tuple[Any, ...]]:
    """What each row is made of. Comparing these costs a tenth of making the rows."""
    picture = known.picture
    columns = picture.columns
    ages_s, true_s = picture.age_s(at).tolist(), columns["true_s"].tolist()
    lats, lons = columns["lat"].tolist(), columns["lon"].tolist()
    traces: dict[Callsign, tuple[Any, ...]] = {}
    for number, callsign in enumerate(picture.callsigns):
        if not on_duty(known, callsign):
            continue
        unit, held = known.units[callsign], known.active.get(callsign)
        # A unit that was never heard has NaN here, which does not equal itself.
        heard = picture.located[number]
        traces[callsign] = (
            unit,
            known.states.get(callsign),
            callsign in known.emergencies,
            known.assignments[held] if held else None,
            (lats[number], lons[number], true_s[number]) if heard else None,
            freshness_of(ages_s[number], unit.expected_interval_s) if heard else None,
        )
    return traces


class Client:
    """Somebody who listens: what is still to be sent, or that it is the whole picture."""

    def __init__(self) -> None:
        self.whole: type[Full] | None = Hello  # what it needs before anything else
        self.waiting: deque[str] = deque()
        self._stirred = asyncio.Event()

    def offer(self, message: str) -> None:
        """Queue a message, unless the whole picture is to come: that will hold it."""
        if self.whole is None and len(self.waiting) == BACKLOG:
            self.whole = Full
            self.waiting.clear()
        if self.whole is None:
            self.waiting.append(message)
        self._stirred.set()

    async def stirred(self) -> None:
        """Return once there is something to send."""
        while self.whole is None and not self.waiting:
            self._stirred.clear()
            await self._stirred.wait()


class Hub:
    """The engine's outbox for screens, and the clients that listen. Everything but `deliver` belongs to the loop."""

    def __init__(self, *, tick_s: float = TICK_S) -> None:
        self._tick_s = tick_s
        self._system: System | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._clients: set[Client] = set()
        self._inbox: asyncio.Queue[list[m.Event]] = asyncio.Queue()
        self._turn = asyncio.Lock()  # who holds it makes messages: `seq` and the board move on in one order
        self._board = Board()
        self._seq = 0
        self._whole: tuple[type[Full], int, str] | None = None

    @property
    def clients(self) -> int:
        """How many listen."""
        return len(self._clients)

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        """Take what was committed, from the engine's thread; it is told when the loop comes round to it."""
        events: list[m.Event] = [
            record.entry.event for record in recorded if not isinstance(record.entry.event, _UNTOLD)
        ]
        loop = self._loop
        if events and loop is not None:
            with suppress(RuntimeError):  # the loop was closed in this very moment: nobody listens
                loop.call_soon_threadsafe(self._inbox.put_nowait, events)

    @asynccontextmanager
    async def serving(self, system: System) -> AsyncIterator[None]:
        """Tick and tell for as long as this lasts."""
        self._system, self._loop = system, asyncio.get_running_loop()
        tasks = [asyncio.create_task(self._beat()), asyncio.create_task(self._tell())]
        try:
            yield
        finally:
            self._loop = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @contextmanager
    def joined(self) -> Iterator[Client]:
        """A client that listens for as long as this lasts."""
        client = Client()
        self._clients.add(client)
        try:
            yield client
        finally:
            self._clients.discard(client)

    async def messages(self, client: Client) -> AsyncIterator[str]:
        """What this client is to be sent: the whole picture first."""
        while True:
            await client.stirred()
            if client.whole is None:
                yield client.waiting.popleft()
                continue
            async with self._turn:
                whole = await asyncio.to_thread(self._full, client.whole)
                client.whole = None
            yield whole

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        beats, due_s = 0, loop.time()
        while True:
            beats, due_s = beats + 1, due_s + self._tick_s
            await asyncio.sleep(max(0.0, due_s - loop.time()))
            await self._send(self._full_again if beats % TICKS_PER_FULL == 0 else self._tick)

    async def _tell(self) -> None:
        while True:
            events = await self._inbox.get()
            await self._send(partial(self._told, events))

    async def _send(self, make: Callable[[System], list[str]]) -> None:
        if not self._clients or self._system is None:
            return
        async with self._turn:
            try:
                messages = await asyncio.to_thread(make, self._system)
            except Exception:  # noqa: BLE001 - whatever broke, the heartbeat must go on
                # The next one may do better; until then the clients see that the feed is silent.
                _log.exception("the live feed broke")
                return
            for client in self._clients:
                for message in messages:
                    client.offer(message)

    # --- made in a thread, one at a time --------------------------------------------------------------------------

    def _tick(self, system: System) -> list[str]:
        at = system.now()
        units, gone = self._board.changes(system.engine.known, at)
        return [_text(Tick(seq=self._next(), at=at, units=units, gone=gone))]

    def _full_again(self, system: System) -> list[str]:
        self._board.changes(system.engine.known, system.now())
        self._next()
        return [self._full(Full)]

    def _told(self, events: list[m.Event], system: System) -> list[str]:
        known, at = system.engine.known, system.now()
        told = [_text(EventTold(seq=self._next(), at=at, event=event)) for event in events]
        touched = dict.fromkeys(filter(None, (_incident_of(event, known) for event in events)))
        views = incident_views([known.incidents[name] for name in touched], known, system.roads)
        return told + [_text(IncidentTold(seq=self._next(), at=at, incident=view)) for view in views]

    def _full(self, kind: type[Full]) -> str:
        # A room full of desks that come back together is given one text.
        if self._whole is None or self._whole[:2] != (kind, self._seq):
            self._whole = kind, self._seq, self._encoded(kind)
        return self._whole[2]

    def _encoded(self, kind: type[Full]) -> str:
        system = self._system
        if system is None:
            raise RuntimeError("nobody is served yet")
        known, at = system.engine.known, system.now()
        full = kind(
            seq=self._seq,
            at=at,
            force=system.settings.force,
            simulated=system.labels.simulated,
            units=unit_rows(known, at),
            incidents=incident_views(open_incidents(known), known, system.roads),
            status=status_of(system, known, at),
        )
        return _text(full)

    def _next(self) -> int:
        self._seq += 1
        return self._seq


def _incident_of(event: m.Event, known: Known) -> IncidentId | None:
    match event:
        case m.IncidentCreated(incident=incident):
            return incident.id
        case m.IncidentLogged() | m.IncidentChanged() | m.IncidentClosed():
            return event.incident
        case m.UnitAssigned(assignment=assignment):
            return assignment.incident
        case m.AssignmentAdvanced(assignment=name):
            return known.assignments[name].incident
        case _:
            return None


def _text(message: _Message) -> str:
    return msgspec.json.encode(message).decode()
