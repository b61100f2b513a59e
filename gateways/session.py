"""The session number of a gateway: raised on each start, so that words of an earlier life are known as such."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def next_session(path: Path) -> int:
    """One more than the number kept in `path`, and kept there from now on; a file that is lost starts over at 1."""
    last = 0
    with suppress(FileNotFoundError, ValueError):
        last = int(path.read_text(encoding="ascii"))
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(str(last + 1), encoding="ascii")
    new.replace(path)
    return last + 1
