"""No unit is ever in two active assignments, and who lost its unit is in the queue, whatever many desks do at once.

Ten thousand schedules are run by `python -m tests.bench schedules`; here as many as a test may take.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from arls.journal.sqlite import SqliteJournal
from arls.journal.verify import verify_file
from tests.arls.schedules import Move, check, run, schedules
from tests.fakes import MemoryJournal


@settings(max_examples=600, deadline=None)
@given(schedules)
def test_desks_that_work_at_once_never_send_one_unit_to_two_places(schedule: list[list[Move]]) -> None:
    journal = MemoryJournal()
    run(schedule, journal)
    assert check(journal) > 0


@settings(max_examples=40, deadline=None)
@given(schedules)
def test_nor_over_the_journal_that_is_used(schedule: list[list[Move]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        with SqliteJournal(path) as journal:
            run(schedule, journal)
            check(journal)
        assert not verify_file(path).faults
