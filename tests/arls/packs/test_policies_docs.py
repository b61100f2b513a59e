"""docs/policies.md is drawn from the packs and worked out by the code; every field of a pack is explained there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from arls.clocks import Reading, clocks_of, judged_by, readings_of
from arls.incident import Assignment, AssignmentId, AssignmentState, Grading, Incident, IncidentId, Step
from arls.locality import Locality, Setting
from arls.packs.adopted import generic_policy
from arls.packs.reader import POLICIES, STATES, read_policy, read_states
from arls.policy import ClockStart, ClockStop, Grade, Policy
from arls.state_codes import StateCode, StatePack
from arls.unit import Callsign

if TYPE_CHECKING:
    from arls.clocks import Clocks

DOCS = Path(__file__).parents[3] / "docs" / "policies.md"

DAY = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
# The worked example: what happened, in seconds after 14:00:00.
CALLED, CREATED, SENT, ARRIVED = 0, 40, 180, 990

STOPS = (ClockStop.FIRST_ANY, ClockStop.FIRST_SUITABLE_ARRIVED)


def after(second: float) -> datetime:
    return DAY + timedelta(seconds=second)


def long(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 120 and rest == 0 and minutes % 60 == 0:
        return f"{minutes // 60} h"
    return f"{minutes} min" if rest == 0 else f"{minutes}:{rest:02d} min"


def table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def target_of(grade: Grade) -> str:
    if grade.target_s is None:
        return ""
    urban, rural = long(grade.target_s.urban), long(grade.target_s.rural)
    return urban if urban == rural else f"{urban} urban, {rural} rural"


def clock_of(grade: Grade) -> str:
    if grade.clock_start is None or grade.clock_stop is None:
        return "not published" if grade.target_s else ""
    return f"{grade.clock_start} to {grade.clock_stop}"


def grades_of(policy: Policy) -> str:
    head = ["grade", "label", "clock", "target", "first dispatch", "escalated after", "interruptible by"]
    rows = [
        [
            f"**{grade.code}**",
            grade.label,
            clock_of(grade),
            target_of(grade),
            long(grade.deploy_target_s),
            long(grade.escalate_after_s),
            ", ".join(grade.interruptible_by),
        ]
        for grade in policy.grades
    ]
    return table(head, rows)


def example(policy: Policy) -> tuple[Incident, Assignment]:
    """A call of the most urgent grade to a village, and one unit that attends."""
    grade = policy.grades[0].code
    incident = Incident(
        id=IncidentId("INC0001"),
        lat=53.2,
        lon=0.0,
        grade=grade,
        created_at=after(CREATED),
        called_at=after(CALLED),
        gradings=(Grading(at=after(CREATED), grade=grade, policy=policy.id, operator="op1"),),
        locality=Locality(setting=Setting.RURAL),
    )
    steps = tuple(
        Step(at=after(second), state=state, via="voice")
        for second, state in ((SENT, AssignmentState.RESERVED), (ARRIVED, AssignmentState.AT_SCENE))
    )
    return incident, Assignment(
        id=AssignmentId("A00001"), incident=incident.id, callsign=Callsign("BX21"), steps=steps, crew=1
    )


def elapsed(clocks: Clocks, start: ClockStart, stop: ClockStop) -> str:
    read = next(one for one in clocks.clocks if (one.start, one.stop) == (start, stop))
    said = long(read.elapsed_s)
    return f"**{said}: {read.state.value}**" if read.claimed else said


def worked(policy: Policy) -> str:
    incident, sent = example(policy)
    clocks = clocks_of(incident, [sent], policy, after(3_600))
    rows = [[f"from {start.value}", *(elapsed(clocks, start, stop) for stop in STOPS)] for start in ClockStart]
    lines = [table([f"grade {incident.grade}", "to the first unit", "to the first suitable unit"], rows), ""]
    lines.append(judged(judged_by(incident, [sent], policy, after(3_600))))
    lines += [f"- {note}" for note in clocks.notes]
    return "\n".join(lines)


def judged(read: Reading) -> str:
    how = "Judged by its own clock" if read.claimed else "No clock is claimed; for the queue the strictest counts"
    due = f"due at {read.due_at:%H:%M:%S}" if read.due_at else "no target"
    counted = f"{read.start} to {read.stop}: {long(read.elapsed_s)}"
    return f"- {how}, {counted}, target {long(read.target_s)}, {due}: {read.state}"


def regraded() -> str:
    grading = {"policy": "generic/1", "operator": "op1"}
    rows = []
    for rule in ("continue", "restart"):
        policy = replace(generic_policy(), on_regrade=rule)
        case, _ = example(policy)
        case = replace(
            case,
            gradings=(Grading(at=after(40), grade="2", **grading), Grading(at=after(600), grade="1", **grading)),
        )
        read = readings_of(case, [], policy, after(700))
        rows.append([f"`{rule}`", *(f"{one.due_at:%H:%M:%S}" for one in read)])
    return table(["`on_regrade`", "due", "first dispatch due"], rows)


def yes(value: object) -> str:
    return "yes" if value else ""


def codes_of(pack: StatePack) -> str:
    head = ["code", "says", "availability", "may be taken for", "clock", "message", "tracked", "gets going in"]
    rows = [
        [
            f"**{row.code}**",
            row.label,
            row.availability.value if row.availability else "as before",
            "any grade" if "*" in row.divertible_for else ", ".join(row.divertible_for),
            row.clock_event.value if row.clock_event else "",
            "urgent" if row.urgent else yes(row.message_only),
            yes(row.track) or "no",
            f"{row.mobilise_s} s" if row.mobilise_s else "",
        ]
        for row in pack.codes
    ]
    return table(head, rows)


def head_of(pack: Policy | StatePack) -> str:
    return f"{pack.label}. Version {pack.version}, to be reviewed by {pack.review_by.isoformat()} ({pack.owner})."


def drawings() -> dict[str, str]:
    found = {"regrade": regraded()}
    for path in sorted(POLICIES.glob("*.toml")):
        policy = read_policy(path)
        found[f"policy {policy.name}"] = f"{head_of(policy)}\n\n{grades_of(policy)}"
        found[f"example {policy.name}"] = worked(policy)
    for path in sorted(STATES.glob("*.toml")):
        pack = read_states(path)
        found[f"states {pack.name}"] = f"{head_of(pack)}\n\n{codes_of(pack)}"
    return found


@pytest.mark.parametrize(("name", "drawing"), drawings().items(), ids=list(drawings()))
def test_what_the_docs_show_is_what_the_packs_say_and_the_code_works_out(name: str, drawing: str) -> None:
    _, begun, rest = DOCS.read_text(encoding="utf-8").partition(f"<!-- drawn from the code: {name} -->\n")
    assert begun, f"docs/policies.md has no drawing of {name}"
    assert rest.partition("\n<!-- end -->")[0] == drawing, f"docs/policies.md should hold\n{drawing}"


@pytest.mark.parametrize("kind", [Policy, Grade, StatePack, StateCode])
def test_every_field_of_a_pack_is_explained(kind: type[Policy]) -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in kind.__struct_fields__ if f"`{name}`" not in text] == []
