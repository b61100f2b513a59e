"""What all rules share: the no that a dispatcher can read, who asked, and how long a text may be.

It decides nothing; the rules are `dispatch`'s and `closing`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from arls.ports import Entry

if TYPE_CHECKING:
    from arls import messages as m

# A dispatcher's text is bounded so that no client can fill the journal with one command.
TEXT_LIMIT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The rules say no. `code` is stable for machines, `reason` is for a dispatcher."""

    code: str
    reason: str


Decision = list[Entry] | Refusal


def who(command: m.Said) -> dict[str, Any]:
    """What an event takes over from its command: when, who, from which desk."""
    return {"at": command.at, "operator": command.operator, "desk": command.desk}


def find_too_long(text: str) -> Refusal | None:
    """A refusal of a text that is longer than any dispatcher's."""
    if len(text) <= TEXT_LIMIT:
        return None
    return Refusal(code="too_long", reason=f"a text has at most {TEXT_LIMIT} characters, not {len(text)}")
