"""Figures that people look at: how soon incidents were attended, and how old fixes were."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from api.desk import AtDesk, Desk, answer, describes
from api.fix_ages import KEPT, FixAgesView
from api.problems import Problem
from arls.attendance import Attendance, Share, attendances_of

router = APIRouter(prefix="/v1/figures", tags=["figures"])

_DEFAULT = timedelta(hours=8)  # a shift
_LONGEST = timedelta(days=7)
# So many are worked out in a third of a second (docs/figures.md).
INCIDENTS_LIMIT = 10_000

From = Annotated[AwareDatetime | None, Query(alias="from", description="default: eight hours before `to`")]
To = Annotated[AwareDatetime | None, Query(alias="to", description="up to before this instant; default: now")]


class ResponseView(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents that were created in a while, each beside its promise, and which share of them was in time."""

    start: datetime = msgspec.field(name="from")
    end: datetime = msgspec.field(name="to")
    at: datetime  # as of then
    shares: tuple[Share, ...]  # the most urgent grade first
    attendances: tuple[Attendance, ...]  # in the order in which they were created


@router.get("/response", **describes(ResponseView))
def response(desk: AtDesk, start: From = None, end: To = None) -> Response:
    """Response times per grade against target, by the policy under which each incident was graded."""
    at, known = desk.now(), desk.known
    first, last = _window(desk, start, end, longest=_LONGEST)
    chosen = [one for one in known.incidents.values() if first <= one.created_at < last]
    if len(chosen) > INCIDENTS_LIMIT:
        detail = f"{len(chosen):,} incidents were created then, and at most {INCIDENTS_LIMIT:,} are told at once"
        raise Problem(422, f"{detail}: ask for less", code="too_many")
    chosen.sort(key=lambda one: (one.created_at, one.id))
    attendances, shares = attendances_of(chosen, known.sent, known.assignments, known.packs, at)
    return answer(ResponseView(start=first, end=last, at=at, shares=shares, attendances=attendances))


@router.get("/fix-age", **describes(FixAgesView))
def fix_age(desk: AtDesk, start: From = None, end: To = None) -> Response:
    """The median and the 95th percentile of the ages of fixes, per gateway and protocol, of the last day at most."""
    first, last = _window(desk, start, end, longest=KEPT)
    return answer(desk.system.fix_ages.view(start=first, end=last))


def _window(
    desk: Desk, start: datetime | None, end: datetime | None, *, longest: timedelta
) -> tuple[datetime, datetime]:
    """From when to before when. What is created at this very instant is in it."""
    try:
        last = end if end is not None else desk.now() + timedelta(microseconds=1)
        first = start if start is not None else last - _DEFAULT
        width = last - first
    except OverflowError:
        raise Problem(422, "that is too long ago", code="bad_window") from None
    if not timedelta() < width <= longest:
        hours = longest // timedelta(hours=1)
        raise Problem(422, f"`from` lies before `to`, and at most {hours} hours before it", code="bad_window")
    return first, last
