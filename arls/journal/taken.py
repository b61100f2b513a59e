"""Which unit is taken by which assignment: a table that follows from the events and that the store itself guards.

It decides, inside the transaction that keeps an event, whether a unit would be committed twice. Whether a unit
should be sent is `dispatch`'s to decide; this is the second wall behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import apsw

from arls.incident import ACTIVE, ASSIGNMENT_LIFE, Act, Assignment, AssignmentId, AssignmentState
from arls.messages import AssignmentAdvanced, UnitAssigned, UnitDiverted
from arls.ports import Conflict

if TYPE_CHECKING:
    from arls.messages import Event

# What is not over: of a unit any number may be queued, and one of the others.
_KEPT = ACTIVE | {AssignmentState.QUEUED}


def follow(connection: apsw.Connection, event: Event) -> None:
    """Let the table follow one event. Raises Conflict for a unit taken twice and a step that cannot happen."""
    match event:
        case UnitAssigned(assignment=assignment):
            _take(connection, assignment)
        case UnitDiverted(ended=ended, assignment=assignment):
            _advance(connection, ended, Act.DIVERT)
            _take(connection, assignment)
        case AssignmentAdvanced(assignment=assignment_id, act=act):
            _advance(connection, assignment_id, act)
        case _:
            pass


def taken(connection: apsw.Connection) -> list[tuple[str, str, str]]:
    """Every assignment that is not over with its callsign and state, in the order of the assignments' ids."""
    rows = connection.execute("SELECT assignment, callsign, state FROM taken ORDER BY assignment")
    return [(str(assignment), str(callsign), str(state)) for assignment, callsign, state in rows]


def _take(connection: apsw.Connection, assignment: Assignment) -> None:
    if assignment.state not in _KEPT:
        raise Conflict(f"assignment {assignment.id} begins as {assignment.state}")
    try:
        connection.execute(
            "INSERT INTO taken (assignment, callsign, state) VALUES (?, ?, ?)",
            (assignment.id, assignment.callsign, assignment.state),
        )
    except apsw.ConstraintError as error:
        raise Conflict(f"{assignment.callsign} is already taken, or assignment {assignment.id} is known") from error


def _advance(connection: apsw.Connection, assignment_id: AssignmentId, act: Act) -> None:
    state = connection.execute("SELECT state FROM taken WHERE assignment = ?", (assignment_id,)).get
    after = None if state is None else ASSIGNMENT_LIFE.get((AssignmentState(state), act))
    if after is None:
        raise Conflict(f"assignment {assignment_id} is {state or 'not active'}: {act} cannot happen")
    if after not in _KEPT:
        connection.execute("DELETE FROM taken WHERE assignment = ?", (assignment_id,))
        return
    try:
        connection.execute("UPDATE taken SET state = ? WHERE assignment = ?", (after, assignment_id))
    except apsw.ConstraintError as error:
        raise Conflict(f"the unit of assignment {assignment_id} is already taken") from error
