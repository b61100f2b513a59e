"""What the record says: read from its file, as anybody may, while the engine runs or after it was killed."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec

from arls import messages as m
from arls.journal.sqlite import open_read_only

if TYPE_CHECKING:
    from pathlib import Path


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What `arls journal verify --json` answers."""

    ok: bool
    records: int
    head: str
    faults: list[str]

    @property
    def said(self) -> str:
        """As a person reads it."""
        return f"{self.records:,} records, whole; head {self.head[:16]}" if self.ok else "; ".join(self.faults)


def verify(data: Path) -> Verdict:
    """The answer of the command itself, run as anybody would."""
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-m", "api", "journal", "verify", str(data), "--json"], capture_output=True, check=False
    )
    return msgspec.json.decode(done.stdout, type=Verdict)


def records_in(data: Path) -> int:
    """How many records the journal has."""
    return open_read_only(data).head().position


def missing_of(data: Path, session: int, seq: int) -> int:
    """How many of a gateway's publications 1 to `seq` of one session are not in the journal."""
    kept = {
        publication.seq
        for record in open_read_only(data).read()
        if isinstance(record.entry.event, m.FixesRecorded)
        for publication in record.entry.event.publications
        if publication.session == session
    }
    return len(set(range(1, seq + 1)) - kept)
