"""Whether a unit may be taken from what it attends: by the policy of that incident, and by what its own state says.

It decides that and nothing else: what else speaks for or against the unit is `eligibility`'s to say, and what taking it
leads to `rules`'. Where it is at the scene already, only its own state can release it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from arls.state_codes import ANY_GRADE
from arls.unit import Availability, UnitState

if TYPE_CHECKING:
    from arls.incident import IncidentId
    from arls.policy import Diversion, Grade


class Task(NamedTuple):
    """What a unit is assigned to, and what the policy of that incident says of taking it away."""

    incident: IncidentId
    grade: str
    at_scene: bool
    interruptible_by: tuple[str, ...]  # grades
    diversion: Diversion


def task_of(incident: IncidentId, code: str, grade: Grade | None, *, at_scene: bool) -> Task:
    """The task of a unit assigned to an incident graded `code`; a grade that no policy knows is never interrupted."""
    return Task(
        incident=incident,
        grade=code,
        at_scene=at_scene,
        interruptible_by=grade.interruptible_by if grade else (),
        diversion=grade.diversion if grade else "after",
    )


def releases(state: UnitState | None, taking: str | None) -> bool:
    """Whether what the unit says it is doing lets an incident of the grade `taking` have it."""
    said = state.divertible_for if state is not None else ()
    return taking is not None and (taking in said or ANY_GRADE in said)


def find_hold(task: Task, state: UnitState | None, taking: str | None) -> str | None:
    """Why the unit may not be taken for an incident of the grade `taking`; None when it may.

    `taking` None is no incident at all, for which nobody is taken from one.
    """
    if taking is None:
        return f"assigned to {task.incident}"
    if releases(state, taking):
        return None
    if task.at_scene or (state is not None and state.availability is Availability.AT_SCENE):
        return f"at the scene of {task.incident} (grade {task.grade}): it stays until it is clear"
    if taking in task.interruptible_by:
        return None
    bar = f"grade {taking} does not interrupt" if task.interruptible_by else "nothing interrupts"
    return f"assigned to {task.incident} (grade {task.grade}), which {bar}"
