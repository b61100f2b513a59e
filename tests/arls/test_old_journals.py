"""A journal and its snapshots as ARLS wrote them before there were packs: they still say what they said."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from arls.engine import restored
from arls.incident import IncidentId
from arls.journal.chain import Record, verify
from arls.replay import find_snapshot_fault
from arls.state import bytes_of, state_from
from arls.unit import Availability, Callsign
from tests.fakes import MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Callable

OLD = Path(__file__).with_name("old") / "before_packs.json"


def octets(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


@pytest.fixture
def journal() -> MemoryJournal:
    kept: dict[str, Any] = json.loads(OLD.read_text(encoding="utf-8"))
    made = MemoryJournal()
    made.records = [
        Record(
            **{name: row[name] for name in ("position", "stream", "key", "request")},
            event=row["event"].encode(),
            hash=bytes.fromhex(row["hash"]),
            body=octets(row["body"]),
        )
        for row in kept["records"]
    ]
    made.states = {int(position): base64.b64decode(state) for position, state in kept["snapshots"].items()}
    return made


def test_the_chain_of_an_old_journal_holds(journal: MemoryJournal) -> None:
    verdict = verify(journal.records)
    assert verdict.fault is None
    assert verdict.head.position == len(journal.records)


def test_an_old_journal_is_read_with_the_codes_and_grades_of_its_day(journal: MemoryJournal) -> None:
    known = restored(journal, None).known()
    doing = {callsign: state.availability for callsign, state in known.states.items()}
    assert doing == {"AB12": Availability.AVAILABLE, "AB13": Availability.OFF_DUTY, "AB14": Availability.UNKNOWN}
    assert not known.states[Callsign("AB13")].tracked
    incident = known.incidents[IncidentId("INC0001")]
    assert (incident.grade, incident.result) == ("1", "reported")
    assert known.packs.policy_of(incident).id == "generic/1"
    assert known.packs.grade_of(incident).label == "Emergency"
    assert incident.graded_at == datetime(2026, 3, 2, 14, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize("newest", [min, max])
def test_an_old_snapshot_is_what_its_events_fold_to_today(
    journal: MemoryJournal, newest: Callable[[dict[int, bytes]], int]
) -> None:
    position = newest(journal.states)
    journal.states = {position: journal.states[position]}
    assert find_snapshot_fault(journal) is None
    from_snapshot, from_zero = restored(journal, journal), restored(journal, None)
    assert bytes_of(from_snapshot.state) == bytes_of(from_zero.state)


def test_a_snapshot_of_today_comes_back_as_it_went(journal: MemoryJournal) -> None:
    state = restored(journal, None).state
    assert bytes_of(state_from(bytes_of(state))) == bytes_of(state)
