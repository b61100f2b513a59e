"""A whole roster at once, as the CSV that a spreadsheet writes: all of it, or nothing unless some is enough."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.desk import AtDesk, Desk, answer, describes
from api.problems import FieldError, Problem
from api.roster_file import Fault, Roster, RosterFileError, read_roster_file
from api.rostering import bookings_of
from api.routes.bookings import Check, booked_on
from api.shapes import RosterAnswer, RosterFault, RosterView
from api.views import unit_booked
from arls.clashes import assess

router = APIRouter(prefix="/v1", tags=["units"])

Some = Annotated[bool, Query(description="true: the good rows are booked though others are refused")]
Zone = Annotated[str, Query(max_length=64, description="IANA time zone of wall times in the file")]
_BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}


@router.get("/roster", **describes(RosterView))
def roster(desk: AtDesk) -> Response:
    """Every unit as it was booked last, on duty or not: what a shift change begins with. Without any position."""
    known = desk.known
    return answer(RosterView(units=tuple(unit_booked(known, callsign) for callsign in sorted(known.units))))


@router.put("/roster", openapi_extra=_BODY, **describes(RosterAnswer))
async def put_roster(
    desk: AtDesk, request: Request, *, check: Check = False, partial: Some = False, zone: Zone = "Europe/London"
) -> Response:
    """Book on what a roster file says, one row a unit; `check` says what would come of it."""
    try:
        roster = read_roster_file(await request.body(), zone=zone)
    except RosterFileError as error:
        raise Problem(422, str(error), code="no_roster") from None
    _move_untravelled(roster, desk)
    line_of = {body.callsign: line for line, body in roster.rows}
    bookings, refused = bookings_of(desk, (body for _, body in roster.rows))
    found = assess(bookings, desk.known, desk.now())
    faults = [
        *roster.faults,
        *(Fault(line_of[it.callsign], it.callsign, it.code, it.reason) for it in (*refused, *found.refused)),
    ]
    faults.sort()
    if faults and not (check or partial):
        errors = tuple(FieldError(pointer=f"#/{it.line}/{it.field}", detail=it.reason) for it in faults)
        lines = len({it.line for it in faults})
        detail = f"nothing was booked: {lines} rows cannot be; line {faults[0].line}: {faults[0].reason}"
        raise Problem(422, detail, code="roster_refused", errors=errors)
    said = await booked_on(desk, bookings, refused, check=check, whole=False)
    return answer(
        RosterAnswer(
            done=said.done,
            rows=len(roster.rows) + len({it.line for it in roster.faults}),
            booked=tuple(booking.unit.callsign for booking in found.now),
            planned=tuple(booking.unit.callsign for booking in found.later),
            conflicts=said.conflicts,
            refused=tuple(RosterFault(**it._asdict()) for it in faults),
        )
    )


def _move_untravelled(roster: Roster, desk: Desk) -> None:
    """Rows of a profile that these roads do not have are faults."""
    known = desk.system.roads.profiles
    for line, body in [row for row in roster.rows if row[1].profile not in known]:
        roster.rows.remove((line, body))
        reason = f"there is no profile {body.profile}; known are {', '.join(known)}"
        roster.faults.append(Fault(line, body.callsign, "profile", reason))
