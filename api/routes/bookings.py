"""Shifts: booked on and off as one, checked beforehand, and units lent to where they are needed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.bookings import BookOff, BookOn, MoveBody  # noqa: TC001 - FastAPI reads them
from api.desk import AtDesk, Desk, answer, describes
from api.problems import problem_of
from api.rostering import bookings_of
from api.shapes import DoubtList, OffAnswer, PlannedView, ShiftAnswer
from api.views import unit_booked
from arls import messages as m
from arls.booking import Booking, Refused
from arls.clashes import assess, find_kept_on
from arls.dispatch import Refusal
from arls.engine import Done
from arls.unit import Callsign

router = APIRouter(prefix="/v1", tags=["units"])

Check = Annotated[bool, Query(description="true: nothing is done, and the answer says what would be")]
Partial = Annotated[bool, Query(description="false: all of it or nothing")]


@router.post("/book-on", **describes(ShiftAnswer))
async def book_on(desk: AtDesk, body: BookOn, *, check: Check = False, partial: Partial = True) -> Response:
    """Crew, vehicle and radios of many units at shift change, as one decision; the last word on a device stands."""
    bookings, refused = bookings_of(desk, body.units)
    return answer(await booked_on(desk, bookings, refused, check=check, whole=not partial))


async def booked_on(
    desk: Desk, bookings: tuple[Booking, ...], refused: tuple[Refused, ...], *, check: bool, whole: bool
) -> ShiftAnswer:
    """What came, or with `check` would come, of a shift change; `refused` were turned away at the door."""
    command = m.BookOn(**desk.said(), bookings=bookings, refused=refused, whole=whole)
    found = assess(bookings, desk.known, command.at)
    outcome = None if check else await desk.outcome(command)
    if whole and isinstance(outcome, Refusal):
        raise problem_of(outcome)
    done = isinstance(outcome, Done)
    known = desk.known
    return ShiftAnswer(
        done=done,
        booked=tuple(unit_booked(known, booking.unit.callsign) for booking in found.now) if done else (),
        planned=tuple(
            PlannedView(callsign=booking.unit.callsign, begins_at=booking.begins_at or command.at)
            for booking in found.later
            if done
        ),
        conflicts=found.clashes,
        refused=(*refused, *found.refused),
    )


@router.post("/book-off", **describes(OffAnswer))
async def book_off(desk: AtDesk, body: BookOff) -> Response:
    """Put units off duty, and drop what is planned for them; nobody who is assigned or needs help."""
    command = m.BookOff(**desk.said(), callsigns=tuple(map(Callsign, dict.fromkeys(body.units))))
    kept = {callsign: find_kept_on(callsign, desk.known) for callsign in command.callsigns}
    await desk.ask(command)
    off = tuple(callsign for callsign, why in kept.items() if why is None)
    refused = tuple(Refused(callsign=it, code=why[0], reason=why[1]) for it, why in kept.items() if why)
    return answer(OffAnswer(off=off, refused=refused))


@router.post("/units/move", **describes("the units as they are now"))
async def move_units(desk: AtDesk, body: MoveBody) -> Response:
    """Lend units to another station, operation or talk group, all or none of them."""
    told = body.model_dump(exclude={"units"})
    await desk.ask(m.MoveUnits(**desk.said(), callsigns=tuple(map(Callsign, body.units)), **told))
    return answer({"units": [unit_booked(desk.known, Callsign(callsign)) for callsign in body.units]})


@router.get("/pairings/doubts", **describes(DoubtList))
def doubts(desk: AtDesk) -> Response:
    """Radios that may be on the wrong unit, that nobody carries, or that were never heard: for somebody to look at."""
    return answer(DoubtList(doubts=tuple(desk.known.doubts.values())))
