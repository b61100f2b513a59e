"""The tables of lives in docs/dispatch.md are drawn from the code, and say what the code does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from arls.control import HAND_OVER_LIFE, HandOverAct, Holding
from arls.incident import ACTIVE, ASSIGNMENT_LIFE, ATTENDING, Act, AssignmentState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import StrEnum

DOCS = Path(__file__).parents[2] / "docs" / "dispatch.md"


def drawn(states: Iterable[StrEnum], acts: Iterable[StrEnum], life: Mapping[tuple[StrEnum, StrEnum], StrEnum]) -> str:
    """A life as a table: a row a state, a column an act, in each field the state that follows."""
    acts = list(acts)
    rows = [f"| | {' | '.join(f'`{act}`' for act in acts)} |", f"|---|{'---|' * len(acts)}"]
    for state in states:
        after = (life.get((state, act)) for act in acts)
        rows.append(f"| **{state}** | {' | '.join(new or '' for new in after)} |")
    return "\n".join(rows)


TABLES = {
    "assignments": drawn(AssignmentState, Act, ASSIGNMENT_LIFE),
    "hand-over": drawn(Holding, HandOverAct, HAND_OVER_LIFE),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_table_in_the_docs_is_that_of_the_code(name: str) -> None:
    text = DOCS.read_text(encoding="utf-8")
    _, begun, rest = text.partition(f"<!-- drawn from the code: {name} -->\n")
    assert begun, f"docs/dispatch.md has no table of {name}"
    assert rest.partition("\n<!-- end -->")[0] == TABLES[name], f"docs/dispatch.md should hold\n{TABLES[name]}"


def test_what_is_over_stays_over_and_what_is_not_can_end() -> None:
    for state in AssignmentState:
        after = {new for (old, _), new in ASSIGNMENT_LIFE.items() if old is state}
        if state in ACTIVE:
            assert {AssignmentState.CLEARED, AssignmentState.CANCELLED, AssignmentState.DIVERTED} <= after
        elif state is AssignmentState.QUEUED:
            assert after == {AssignmentState.RESERVED, AssignmentState.CANCELLED}
        else:
            assert after == set()


def test_only_who_is_taken_attends() -> None:
    assert ATTENDING < ACTIVE
