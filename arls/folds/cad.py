"""What it means that another system's incident was taken: under its name it is known from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.cad import Taken, key_of
from arls.folds.incidents import log
from arls.origin import Foreign

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State


def taken(state: State, event: m.CadTaken) -> None:
    """The newest revision of it; the first stands in the log."""
    report, incident = event.report, state.incidents[event.incident]
    others = tuple(one for one in incident.foreign if (one.system, one.id) != (report.system, report.id))
    foreign = Foreign(system=report.system, id=report.id, revision=report.revision)
    state.incidents[incident.id] = replace(incident, foreign=(*others, foreign))
    if key_of(report) not in state.cad:
        log(state, incident.id, event, f"taken over from {report.system} as {report.id}")
    state.cad[key_of(report)] = Taken(incident=event.incident, report=report)
