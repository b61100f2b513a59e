"""The live feed over a WebSocket, and over server-sent events where only HTTP gets through."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response, WebSocket, WebSocketDisconnect, status
from starlette.responses import StreamingResponse

from api.desk import AtDesk, Desk, describes
from api.feed import Full

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.live import Client

router = APIRouter(prefix="/v1/live", tags=["live"])


@router.websocket("")
async def live(socket: WebSocket, desk: AtDesk) -> None:
    """Hello with the whole picture, then ticks and events, until either side leaves."""
    await socket.accept()
    with desk.system.hub.joined() as client:
        tasks = {asyncio.create_task(_speak(socket, desk, client)), asyncio.create_task(_listen(socket))}
        done, others = await asyncio.wait(tasks, timeout=desk.principal.left_s, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
    for task in done:
        task.result()
    if not done:
        await socket.close(status.WS_1008_POLICY_VIOLATION, "the session has expired")


@router.get("/sse", **describes(Full, media_type="text/event-stream"))
async def live_sse(desk: AtDesk) -> Response:
    """The same messages, one in each `data:` line."""
    return StreamingResponse(_events(desk), media_type="text/event-stream")


async def _speak(socket: WebSocket, desk: Desk, client: Client) -> None:
    with suppress(WebSocketDisconnect):
        async for message in desk.system.hub.messages(client, desk.system):
            await socket.send_text(message)


async def _listen(socket: WebSocket) -> None:
    # What a client says means nothing; that it leaves does.
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _events(desk: Desk) -> AsyncIterator[str]:
    hub = desk.system.hub
    with suppress(TimeoutError), hub.joined() as client:
        async with asyncio.timeout(desk.principal.left_s):
            async for message in hub.messages(client, desk.system):
                yield f"data: {message}\n\n"
