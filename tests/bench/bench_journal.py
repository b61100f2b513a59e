"""What the journal keeps a second, each commit waiting for the disk: single, in groups, and in batches of fixes.

    python -m tests.bench.bench_journal [FOLDER]

The folder should lie on the disk that the journal will use; its fsync is what is measured.
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec

from arls.fix import Fix, fix_id_of
from arls.incident import IncidentId
from arls.journal.sqlite import SqliteJournal
from arls.journal.verify import verify_file
from arls.messages import FixBatch, FixesRecorded, IncidentLogged
from arls.ports import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
COMMITS = 300
GROUP = 50
BATCH = 200


def logged(count: int) -> list[Entry]:
    """So many lines of a log."""
    event = IncidentLogged(at=AT, operator="op-1", desk="north", incident=IncidentId("7"), text="caller rang back")
    return [Entry(stream="incident/7", event=event) for _ in range(count)]


def heard(number: int) -> Entry:
    """A batch of fixes as radios send them, every unit somewhere else."""
    fixes = tuple(
        Fix(
            id=fix_id_of(f"tetra:{unit}", AT, number),
            source=f"tetra:{unit}",
            received_at=AT + timedelta(seconds=number),
            fix_time=AT + timedelta(seconds=number),
            gateway="g1",
            protocol="tetra-lip",
            lat=round(52.1 + unit * 0.004 + number * 1e-5, 6),
            lon=round(-2.5 + unit * 0.006 - number * 1e-5, 6),
            accuracy_m=20.0,
            speed_mps=float(unit % 23),
            course_deg=float(unit * 7 % 360),
        )
        for unit in range(BATCH)
    )
    body = msgspec.json.encode(FixBatch(fixes=fixes))
    digest = hashlib.sha256(body).hexdigest()
    event = FixesRecorded(at=AT, operator="gateway", desk="", sha256=digest, fixes=BATCH, rejects={})
    return Entry(stream="fixes", event=event, body=body)


def seconds_of(journal: SqliteJournal, groups: Sequence[Sequence[Entry]]) -> float:
    """How long it takes to append these, one commit a group."""
    position = journal.head().position
    start = perf_counter()
    for group in groups:
        position = journal.append(group, after=position)
    return perf_counter() - start


def print_compression(body: bytes) -> None:
    """What zlib's levels make of a batch, and in what time."""
    for level in (1, 3, 6):
        start = perf_counter()
        size = len(zlib.compress(body, level))
        print(f"zlib {level}: {len(body)} -> {size} bytes in {(perf_counter() - start) * 1e3:.2f} ms")


def measure(folder: Path) -> None:
    """Print the rates, and assert that all of it was kept and verifies."""
    batches = [[heard(number)] for number in range(COMMITS)]
    with SqliteJournal(folder / "journal.sqlite") as journal:
        seconds_of(journal, [logged(1)] * 10)
        single = COMMITS / seconds_of(journal, [logged(1)] * COMMITS)
        grouped = COMMITS / 3 / seconds_of(journal, [logged(GROUP)] * (COMMITS // 3))
        fixes = COMMITS * BATCH / seconds_of(journal, batches)
        start = perf_counter()
        kept = sum(1 for _ in journal.read())
        read = kept / (perf_counter() - start)
    start = perf_counter()
    report = verify_file(folder)
    verified = kept / (perf_counter() - start)
    assert (report.faults, report.head.position) == ((), kept)
    assert kept == 10 + COMMITS + COMMITS // 3 * GROUP + COMMITS
    print(f"{single:.0f} commits/s of one event")
    print(f"{grouped:.0f} commits/s of {GROUP} events: {grouped * GROUP:.0f} events/s")
    print(f"{fixes:.0f} fixes/s, journalled in batches of {BATCH}")
    print(f"{read:.0f} records/s read, {verified:.0f} records/s verified")
    print_compression(batches[0][0].body or b"")


def main() -> None:
    """Measure in a folder that goes away."""
    with TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        measure(Path(folder))


if __name__ == "__main__":
    main()
