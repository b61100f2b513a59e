"""The live feed: the whole picture to whoever comes, then what changed, once a second, and events as they happen.

It decides what is sent, and encodes it once for all. A client that cannot keep up loses what it missed and is given
the whole picture again: an old message is worth nothing to a dispatcher, and memory is bounded.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import structlog

from api.feed import UNTOLD, Full, Hello
from api.telling import Teller

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

    from api.captions import Caption
    from api.wiring import System
    from arls import messages as m
    from arls.incident import IncidentId
    from arls.ports import Recorded
    from arls.unit import Callsign

_log = structlog.get_logger(__name__)

TICK_S = 1.0
TICKS_PER_FULL = 30
# A minute of ticks, or a burst of events: who is further behind than this gets the whole picture instead.
BACKLOG = 64


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
        self._loop: asyncio.AbstractEventLoop | None = None
        self._clients: set[Client] = set()
        self._inbox: asyncio.Queue[Callable[[System], list[str]]] = asyncio.Queue()
        self._turn = asyncio.Lock()  # who holds it makes messages: what was told moves on in one order
        self.teller = Teller()  # in a thread, one at a time

    @property
    def clients(self) -> int:
        """How many listen."""
        return len(self._clients)

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        """Take what was committed, from the engine's thread; it is told when the loop comes round to it."""
        events: list[m.Event] = [
            record.entry.event for record in recorded if not isinstance(record.entry.event, UNTOLD)
        ]
        if events:
            self._put(partial(self.teller.told, events))

    def tell_firsts(self, firsts: Mapping[IncidentId, Callsign | None]) -> None:
        """Take who would now be first where that has changed, from any thread."""
        self._put(partial(self.teller.told_firsts, firsts))

    def tell_caption(self, caption: Caption | None) -> None:
        """Take what a scripted demonstration says now, from any thread."""
        self._put(partial(self.teller.told_caption, caption))

    def _put(self, make: Callable[[System], list[str]]) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop was closed in this very moment: nobody listens
                loop.call_soon_threadsafe(self._inbox.put_nowait, make)

    @asynccontextmanager
    async def serving(self, system: System) -> AsyncIterator[None]:
        """Tick and tell for as long as this lasts."""
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(self._beat(system)), asyncio.create_task(self._tell(system))]
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

    async def messages(self, client: Client, system: System) -> AsyncIterator[str]:
        """What this client is to be sent: the whole picture first."""
        while True:
            await client.stirred()
            if client.whole is None:
                yield client.waiting.popleft()
                continue
            async with self._turn:
                picture = await asyncio.to_thread(self.teller.full, client.whole, system)
                client.whole = None
            yield picture

    async def _beat(self, system: System) -> None:
        loop = asyncio.get_running_loop()
        beats, due_s = 0, loop.time()
        while True:
            beats, due_s = beats + 1, due_s + self._tick_s
            await asyncio.sleep(max(0.0, due_s - loop.time()))
            make = self.teller.full_again if beats % TICKS_PER_FULL == 0 else self.teller.tick
            await self._send(partial(make, system))

    async def _tell(self, system: System) -> None:
        while True:
            make = await self._inbox.get()
            await self._send(partial(make, system))

    async def _send(self, make: Callable[[], list[str]]) -> None:
        if not self._clients:
            self.teller.forget_asks()
            return
        async with self._turn:
            try:
                messages = await asyncio.to_thread(make)
            except Exception:  # noqa: BLE001 - whatever broke, the heartbeat must go on
                # The next one may do better; until then the clients see that the feed is silent.
                _log.exception("the live feed broke")
                return
            for client in self._clients:
                for message in messages:
                    client.offer(message)
