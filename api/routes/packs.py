"""Packs: the policy, the state codes and the response plans in force, for whoever draws forms and legends."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.desk import AtDesk, answer, describes
from api.packs import overdue
from api.shapes import PacksInForce

router = APIRouter(prefix="/v1/packs", tags=["packs"])


@router.get("", **describes(PacksInForce))
def packs(desk: AtDesk) -> Response:
    """What is in force now: grades, the most urgent first, state codes, plans; and which pack nobody has reviewed."""
    at = desk.now()
    policy, states, plans = held = desk.known.packs.in_force(at)
    return answer(PacksInForce(at=at, policy=policy, states=states, plans=plans, overdue=overdue(held, at.date())))
