"""One system outside that is told of units and incidents, from a thread of its own.

It decides when to look, and when what was not taken is tried again. It reads only what the engine has published, so
nothing that the other side does or leaves undone can hold the engine up.
"""

from __future__ import annotations

import asyncio
import random
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

import structlog

from gateways.out.parcels import Account, Parcels
from gateways.out.senders import SendError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from arls.engine import Engine
    from arls.state import Known
    from gateways.out.parcels import Parcel
    from gateways.out.senders import Sender
    from gateways.out.telling import Telling

    Write = Callable[[Sequence[Telling]], Iterable[Parcel]]

_log = structlog.get_logger(__name__)

_LOOK_EVERY_S = 1.0
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
# What is left is tried for so long at the end: a tombstone that is not sent goes stale by itself.
_FAREWELL_S = 2.0


class Looks(Protocol):
    """Finds what is to be told."""

    def look(self, known: Known, at: datetime) -> Sequence[Telling]:
        """What is to be told now, and was not told before."""


class Out:
    """Tells one system what `watch` finds, as `write` puts it, by a sender that is made in the thread that uses it.

    `make_sender` may raise; that is a fault like any other, and it is made again.
    """

    def __init__(
        self,
        account: Account,
        *,
        engine: Engine,
        watch: Looks,
        write: Write,
        make_sender: Callable[[], Sender],
        now: Callable[[], datetime],
        queue: int = 10_000,
    ) -> None:
        self._account = account
        self._engine = engine
        self._watch = watch
        self._write = write
        self._make_sender = make_sender
        self._now = now
        self._parcels = Parcels(queue)
        self._sent = self._failed = self._refused = 0
        self._last_ok_at: datetime | None = None
        self._last_error: tuple[datetime, str] | None = None
        self._waits = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begun = threading.Event()
        self._stopping = asyncio.Event()
        self._more, self._idle = asyncio.Event(), asyncio.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run()), name=f"out {account.name}", daemon=True
        )

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """Send what can be sent within two seconds, and end."""
        self._begun.wait()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def account(self) -> Account:
        """What became of it all; may be asked from any thread."""
        failed_at, fault = self._last_error or (None, "")
        return Account(
            name=self._account.name,
            kind=self._account.kind,
            to=self._account.to,
            sent=self._sent,
            failed=self._failed,
            refused=self._refused,
            dropped=self._parcels.dropped,
            overtaken=self._parcels.overtaken,
            queued=len(self._parcels),
            last_ok_at=self._last_ok_at,
            last_error_at=failed_at,
            last_error=fault,
        )

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._begun.set()
        work = [asyncio.create_task(self._look()), asyncio.create_task(self._send())]
        await self._stopping.wait()
        work[0].cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(0 if self._waits else _FAREWELL_S):
                await self._idle.wait()
        work[1].cancel()
        await asyncio.gather(*work, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            try:
                tellings = self._watch.look(self._engine.known, self._now())
                for parcel in self._write(tellings):
                    self._parcels.add(parcel)
                    self._idle.clear()
                self._more.set()
            except Exception as error:  # noqa: BLE001 - whatever broke, the next look may do better, and it is shown
                self._fault(f"what is known could not be written: {type(error).__name__} {error}")
                _log.exception("an out broke", out=self._account.name)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _send(self) -> None:
        """The oldest first; one that is not taken is tried again, with the others behind it."""
        while True:
            try:
                sender = self._make_sender()
            except Exception as error:  # noqa: BLE001 - files, names: said where whoever can mend it looks
                self._fault(str(error))
                await asyncio.sleep(self._wait_s())
                continue
            keeping = asyncio.create_task(sender.run())
            try:
                await self._serve(sender)
            finally:
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)

    async def _serve(self, sender: Sender) -> None:
        while True:
            parcel = self._parcels.find_first()
            if parcel is None:
                self._more.clear()
                self._idle.set()
                await self._more.wait()
                continue
            try:
                await sender.until_ready()
                parcel = self._parcels.find_first() or parcel  # it may be overtaken by now
                await sender.send(parcel)
            except SendError as error:
                self._failed += 1
                self._fault(str(error))
                if not error.for_good:
                    await asyncio.sleep(self._wait_s())
                    continue
                self._refused += 1
            except Exception as error:  # noqa: BLE001 - one that cannot be sent must not keep the others back
                self._refused += 1
                self._fault(f"it could not be sent: {type(error).__name__} {error}")
                _log.exception("an out broke", out=self._account.name)
            else:
                self._sent += 1
                self._waits = 0
                self._last_ok_at = self._now()
            self._parcels.done(parcel)

    def _fault(self, sentence: str) -> None:
        if self._last_error is None or self._last_error[1] != sentence:
            _log.warning("not told", out=self._account.name, why=sentence)
        self._last_error = self._now(), sentence

    def _wait_s(self) -> float:
        """Doubling, with jitter."""
        ceiling_s = min(_LONGEST_WAIT_S, _SHORTEST_WAIT_S * float(2**self._waits))
        self._waits = min(self._waits + 1, 16)
        return ceiling_s * random.uniform(0.5, 1.0)  # noqa: S311  # spread, not secrecy
