"""Desks that assign, divert, queue, answer and clear at the same time, over a real engine; and what must hold.

A schedule is what each desk does, as drawn by hypothesis; in which order the engine hears them is up to the threads.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from arls import messages as m
from arls.engine import Engine, Memory
from arls.incident import Act, AssignmentId, AssignmentState, IncidentId, find_waiting_since
from arls.state import assignments_of
from arls.unit import Callsign, Unit
from tests.fakes import ListOutbox

if TYPE_CHECKING:
    from arls.ports import Journal
    from arls.state import Known, State

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
UNITS = (Callsign("AB1"), Callsign("AB2"), Callsign("AB3"))
GRADES = ("1", "2", "3", "1")
_REPORTED = (Act.DELIVER, Act.ACCEPT, Act.REFUSE, Act.EN_ROUTE, Act.ARRIVE, Act.CLEAR, Act.CANCEL)


class Move(NamedTuple):
    """One thing that a desk does; `n` chooses among what there is."""

    what: str
    unit: int
    n: int


_moves = st.builds(
    Move,
    st.sampled_from(("assign", "assign", "divert", "queue", "override", "step", "step", "code", "clock", "close")),
    st.integers(0, len(UNITS) - 1),
    st.integers(0, 27),
)
schedules = st.lists(st.lists(_moves, min_size=1, max_size=5), min_size=2, max_size=4)


def run(schedule: list[list[Move]], journal: Journal) -> Engine:
    """The engine after all desks have done what they wanted, each in a thread of its own."""
    engine = Engine(journal, ListOutbox())
    engine.start()
    for callsign in UNITS:
        engine.ask(m.PutUnit(**_said(0), unit=Unit(callsign=callsign), sources=()))
    made = [engine.ask(m.CreateIncident(**_said(0), lat=53.2, lon=-0.03, grade=grade)) for grade in GRADES]
    made[-1].result(10)
    ready = threading.Barrier(len(schedule))
    desks = [threading.Thread(target=_work, args=(engine, moves, ready)) for moves in schedule]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    engine.stop()
    return engine


def _work(engine: Engine, moves: list[Move], ready: threading.Barrier) -> None:
    ready.wait()
    for second, move in enumerate(moves):
        # In view of what is known now, which the other desks are changing.
        engine.ask(_command(move, engine.known, second * 40)).result(10)


def _command(move: Move, known: Known, second: float) -> m.Command:  # noqa: PLR0911 - one arm a move
    callsign, incident = UNITS[move.unit], IncidentId(f"INC{move.n % len(GRADES) + 1:04d}")
    said = _said(second)
    assign: dict[str, Any] = {**said, "incident": incident, "callsign": callsign}
    match move.what:
        case "assign":
            return m.Assign(**assign)
        case "queue":
            return m.Assign(**assign, queue=True)
        case "divert":
            return m.Assign(**assign, divert=True)
        case "override":
            return m.Assign(**assign, divert=True, override=("supervisor",), reason="now")
        case "code":
            return m.SetState(**said, callsign=callsign, code=(2, 5, 6, 3)[move.n % 4])
        case "clock":
            return m.TurnAssignments(**said)
        case "close":
            return m.CloseIncident(**said, incident=incident)
    held = known.active.get(callsign) or AssignmentId("A00001")
    return m.Advance(**said, assignment=held, act=_REPORTED[move.n % len(_REPORTED)], via="voice")


def _said(second: float) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "op", "desk": "desk"}


def check(journal: Journal) -> int:
    """Fold what was kept, event by event, and look after each: how many events there were."""
    memory, events = Memory(), 0
    for recorded in journal.read():
        memory.fold([recorded])
        events += 1
        nobody_is_in_two_places(memory.state)
        if isinstance(recorded.entry.event, m.IncidentAbandoned | m.DeploymentEscalated):
            who_lost_its_unit_is_in_the_queue(memory.state, recorded.entry.event)
    nobody_is_on_the_way_to_what_is_closed(memory.state)
    return events


def nobody_is_in_two_places(state: State) -> None:
    """No unit in two active assignments; and the tables of who is taken say the same."""
    active = [one for one in state.assignments.values() if one.active]
    callsigns = [one.callsign for one in active]
    assert len(callsigns) == len(set(callsigns)), active
    assert {one.callsign: one.id for one in active} == state.active
    queued = {one.id for one in state.assignments.values() if one.state is AssignmentState.QUEUED}
    assert queued == {name for names in state.next_jobs.values() for name in names}


def who_lost_its_unit_is_in_the_queue(state: State, event: m.IncidentAbandoned | m.DeploymentEscalated) -> None:
    """An incident waits from the instant at which it was told that nobody attends it."""
    sent = assignments_of(state, event.incident)
    assert sum(one.attends for one in sent) == event.left
    since = find_waiting_since(state.incidents[event.incident], sent)
    assert (since is None) == (event.left > 0)


def nobody_is_on_the_way_to_what_is_closed(state: State) -> None:
    """Nothing active and nothing queued for a closed incident."""
    for one in state.assignments.values():
        if state.incidents[one.incident].closed_at is not None:
            assert not one.active, one
            assert one.state is not AssignmentState.QUEUED, one
