"""docs/ranking.md tells every step and every reason, as the code has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from arls.lists import STANDS
from arls.pipeline import PIPELINE
from arls.reasons import BARS, NOTES, Bar, Note

DOC = Path(__file__).parents[2] / "docs" / "ranking.md"


def rows(table: dict[str, str]) -> list[str]:
    return [f"| `{name}` | {meaning} |" for name, meaning in table.items()]


STEPS = [f"{place}. **{step.name}**: {step.says}." for place, step in enumerate(PIPELINE, 1)]
TABLES = {
    "steps": STEPS,
    "candidates": rows({note.value: meaning for note, meaning in NOTES.items()}),
    "exclusions": rows({bar.value: meaning for bar, meaning in BARS.items()}),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_page_is_drawn_from_the_code(name: str) -> None:
    page = DOC.read_text(encoding="utf-8")
    assert "\n".join(TABLES[name]) in page, "write it again:\n" + "\n".join(TABLES[name])


def test_every_code_has_a_meaning() -> None:
    assert set(BARS) == set(Bar)
    assert set(NOTES) == set(Note)
    assert [stand.tier for stand in STANDS] == sorted(stand.tier for stand in STANDS)
