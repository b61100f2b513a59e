"""What was known at an instant: the journal folded up to it, by the same hands as the live engine's.

It decides where to stop. Nothing is decided again, so the picture and every ranking made from it are the same, to
the byte.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from arls.engine import Memory

if TYPE_CHECKING:
    from datetime import datetime

    from arls.ports import Journal
    from arls.state import Known


def known_at(journal: Journal, at: datetime) -> Known:
    """What was known at the UTC instant `at`: every event that the journal took up to then.

    The journal's order stands: an event stamped a moment earlier than the one before it comes after it.
    """
    memory = Memory()
    memory.fold(takewhile(lambda record: record.entry.event.at <= at, journal.read()))
    return memory.known()


def known_after(journal: Journal, position: int) -> Known:
    """What was known after the event at `position`."""
    memory = Memory()
    memory.fold(takewhile(lambda record: record.position <= position, journal.read()))
    return memory.known()
