"""kill -9 while entries are appended: nothing that was acknowledged is missing afterwards."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from arls.journal.sqlite import SqliteJournal
from arls.journal.verify import verify_file

ROOT = Path(__file__).parents[3]
KILLS = 10

# Appends batches of one to three entries for ever, and says each position once it is acknowledged.
WRITER = """
import sys
from itertools import count
from pathlib import Path
from arls.journal.sqlite import SqliteJournal
from tests.arls.journal.entries import heard, logged

journal = SqliteJournal(Path(sys.argv[1]))
position = journal.head().position
for n in count():
    batch = [logged(f"after {position}"), heard(), logged("x" * 3000)][: n % 3 + 1]
    position = journal.append(batch, after=position)
    if n % 20 == 19:
        journal.save(position=position, state=b"state" * 1000)
    print(position, flush=True)
"""


def acknowledged_before_the_kill(file: Path, *, after_s: float) -> int:
    """Start a writer, kill it `after_s` seconds after its first acknowledgement; the last position it said."""
    command = [sys.executable, "-c", WRITER, str(file)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert writer.stdout is not None
    first = writer.stdout.readline()
    time.sleep(after_s)
    writer.kill()
    rest, _ = writer.communicate()
    whole = (first + rest).rpartition("\n")[0]  # the last line may have been cut
    return int(whole.splitlines()[-1])


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    moments = random.Random(7)
    for _ in range(KILLS):
        acknowledged = acknowledged_before_the_kill(file, after_s=moments.uniform(0, 0.25))
        report = verify_file(file)  # as the crash left it, log and all
        assert report.faults == ()
        assert report.head.position >= acknowledged
    with SqliteJournal(file) as journal:
        head = journal.head()
        assert head.position >= acknowledged
        assert journal.append([], after=head.position) == head.position
    assert verify_file(file).head == head
    print(f"{KILLS} kills, {head.position} records, none acknowledged is missing")
