"""Asks: what units leave open for a desk, and that somebody saw to it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.desk import AtDesk, answer, describes
from api.schemas import AnswerBody, IdempotencyKey, InPath
from api.shapes import AskList
from arls import messages as m
from arls.asks import AskId

router = APIRouter(prefix="/v1/asks", tags=["asks"])


@router.get("", **describes(AskList))
def asks(desk: AtDesk) -> Response:
    """What nobody has seen to yet, the oldest first: messages of units, and states that leave something open."""
    return answer(AskList(asks=tuple(desk.known.asks.values())))


@router.post("/{ask}/answer", **describes(AskList))
async def answer_ask(
    desk: AtDesk,
    ask: InPath,
    body: AnswerBody = AnswerBody(),  # noqa: B008 - frozen
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Say that you saw to it, and what came of it. The answer is what is still open."""
    await desk.ask(m.AnswerAsk(**desk.said(), ask=AskId(ask), text=body.text), key=idempotency_key)
    return asks(desk)
