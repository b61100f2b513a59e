"""A TAK Server as a source: this gateway is a client there, and hears whom the server lets it hear.

It decides what of the stream is for the gateway. How the server is reached and kept is `tak_line`'s.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from gateways.decoders.message import DecodeError, Ignored, OutOfStepError
from gateways.listeners.door import Door
from gateways.listeners.listener import ListenerError
from gateways.payloads import LineStatus
from gateways.tak_line import TakLine
from gateways.tls import TlsError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from gateways.decoders.message import Outcome
    from gateways.listeners.limits import Limits
    from gateways.listeners.listener import Ear
    from gateways.tak_line import Pace, TakServer

DIALECT = "cot"


def without_ours(outcomes: list[Outcome], ours: str) -> list[Outcome]:
    """What was said, with what ARLS itself told (uids that begin with `ours`) passed by: it would come in a circle."""
    return [Ignored(why="own_feed") if ours and _is_of(outcome, f"cot:{ours}") else outcome for outcome in outcomes]


class TakListener:
    """Listens at `server` under the uid `uid`; it starts also while the server is away.

    With `allowed` only those devices are heard; `ours` is how the uids begin that ARLS itself sends there.
    """

    def __init__(
        self,
        server: TakServer,
        *,
        uid: str,
        allowed: Collection[str] | None = None,
        limits: Limits | None = None,
        ours: str = "",
        pace: Pace | None = None,
    ) -> None:
        self._server = server
        self._uid = uid
        self._pace = pace
        self._door = Door(allowed, limits)
        self._ours = ours
        self._ear: Ear | None = None
        self._task: asyncio.Task[None] | None = None
        self._connection: TakLine | None = None

    @property
    def line(self) -> LineStatus:
        """Which server, and whether it is there."""
        name = f"tak {self._server.host}:{self._server.port}"
        if self._connection is not None and self._connection.fault is None:
            return LineStatus(name=name, over="tak", dialect=DIALECT, state="connected", connections=1)
        fault = self._connection.fault if self._connection else None
        return LineStatus(name=name, over="tak", dialect=DIALECT, state="down", connections=0, detail=fault or "")

    async def start(self, ear: Ear) -> None:
        """Begins to connect. Raises ListenerError for files that cannot be used."""
        self._ear = ear
        try:
            self._connection = TakLine(self._server, uid=self._uid, take=self._take, pace=self._pace)
        except TlsError as error:
            raise ListenerError(str(error)) from error
        self._task = asyncio.create_task(self._connection.run())

    async def stop(self) -> None:
        """Leaves the server."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _take(self, outcomes: list[Outcome], received_at: datetime) -> bool:
        if self._ear is None:
            return False
        # One stream carries many devices: a stranger's words end it no more than anybody else's.
        admitted = self._door.admit(without_ours(outcomes, self._ours))
        self._ear.hear(admitted.outcomes, dialect=DIALECT, received_at=received_at)
        return not any(isinstance(outcome, OutOfStepError) for outcome in outcomes)


def _is_of(outcome: Outcome, prefix: str) -> bool:
    if isinstance(outcome, DecodeError) or outcome.device_id is None:
        return False
    return outcome.device_id.startswith(prefix)
