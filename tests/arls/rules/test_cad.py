"""Another system's incidents: each revision is taken once, wholly or not at all, and what was done here is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from arls import messages as m
from arls.cad import CadIncident, CadReport, changes_between, document_of, report_of, schema_text
from arls.dispatch import Refusal, decide
from arls.folds.fold import fold
from arls.incident import Incident, IncidentId
from arls.origin import Origin
from arls.packs.adopted import generic_policy, uk_national_states
from arls.ports import Recorded
from arls.state import State, bytes_of
from arls.unit import Callsign, Unit

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
ONE = IncidentId("INC0001")
REPORT = CadReport(system="storm", id="0302-17", revision=1, lat=52.48, lon=-1.9, grade="1", type="robbery")


def said(**fields: Any) -> dict[str, Any]:
    return {"at": NOW, "operator": "op1", "desk": "desk 4", **fields}


def done(state: State, command: m.Command) -> int:
    decision = decide(command, state)
    assert not isinstance(decision, Refusal), decision
    for entry in decision:
        fold(state, Recorded(position=state.position + 1, entry=entry))
    return len(decision)


def taken(state: State, report: CadReport, **fields: Any) -> int:
    return done(state, m.TakeCad(**said(report=replace(report, **fields))))


def refused(state: State, report: CadReport, **fields: Any) -> str:
    before = bytes_of(state)
    decision = decide(m.TakeCad(**said(report=replace(report, **fields))), state)
    assert isinstance(decision, Refusal)
    assert bytes_of(state) == before
    return decision.code


def test_an_incident_of_another_system_becomes_one_here() -> None:
    state = State()
    taken(state, REPORT, source=Origin.EMERGENCY_999, refs={"recording": "REC-1"})
    incident = state.incidents[ONE]
    assert (incident.type, incident.source, incident.refs) == ("robbery", Origin.EMERGENCY_999, {"recording": "REC-1"})
    assert [(one.system, one.id, one.revision) for one in incident.foreign] == [("storm", "0302-17", 1)]
    assert [line.text for line in incident.log] == ["created", "taken over from storm as 0302-17"]


def test_a_revision_that_comes_again_does_nothing_more() -> None:
    state = State()
    taken(state, REPORT)
    assert taken(state, REPORT) == 0


def test_an_older_revision_that_comes_late_does_nothing() -> None:
    state = State()
    taken(state, REPORT, revision=5)
    assert taken(state, REPORT, revision=4, type="theft") == 0
    assert state.incidents[ONE].type == "robbery"


def test_a_revision_says_one_thing_for_good() -> None:
    state = State()
    taken(state, REPORT)
    assert refused(state, REPORT, type="theft") == "revision_reused"


def test_a_later_revision_changes_what_the_sender_changed_and_nothing_else() -> None:
    state = State()
    taken(state, REPORT)
    done(state, m.ChangeIncident(**said(incident=ONE, lat=52.5, lon=-1.8, reason="caller rang back")))
    taken(state, REPORT, revision=2, text="two men")
    incident = state.incidents[ONE]
    assert (incident.lat, incident.lon, incident.text) == (52.5, -1.8, "two men")
    assert incident.log[-1].text == "text two men: storm revision 2"
    assert incident.foreign[0].revision == 2


def test_a_place_is_moved_by_both_its_numbers() -> None:
    after = replace(REPORT, lat=52.49)
    assert changes_between(REPORT, after) == {"lat": 52.49, "lon": -1.9}


def test_what_is_closed_there_is_closed_here_once_everybody_is_clear() -> None:
    state = State()
    taken(state, REPORT)
    done(state, m.PutUnit(**said(unit=Unit(callsign=Callsign("AB12")))))
    done(state, m.Assign(**said(incident=ONE, callsign=Callsign("AB12"))))
    assert refused(state, REPORT, revision=2, status="closed", type="theft") == "units_assigned"
    assert state.incidents[ONE].type == "robbery"
    sent = next(iter(state.assignments))
    done(state, m.Advance(**said(assignment=sent, act="clear", via="desk")))
    taken(state, REPORT, revision=2, status="closed", result="arrest", closing_type="theft")
    incident = state.incidents[ONE]
    assert (incident.closed_at, incident.result, incident.closing_type) == (NOW, "arrest", "theft")


def test_what_comes_closed_is_kept_closed() -> None:
    state = State()
    taken(state, REPORT, status="closed", result="no trace")
    assert state.incidents[ONE].closed_at == NOW


def test_what_is_closed_here_is_not_opened_by_another_system() -> None:
    state = State()
    taken(state, REPORT)
    done(state, m.CloseIncident(**said(incident=ONE)))
    assert refused(state, REPORT, revision=2) == "closed"
    assert taken(state, REPORT, revision=3, status="closed") == 1


def test_a_report_that_breaks_a_rule_leaves_nothing_half_done() -> None:
    state = State()
    assert refused(state, REPORT, grade="Z") == "unknown_grade"
    assert refused(state, REPORT, lat=0.0, lon=0.0) == "null_island"
    assert refused(state, REPORT, refs={"crm": "07700900123"}) == "wrong_ref"
    assert refused(state, REPORT, call_id="07700900123") == "no_call_id"
    assert refused(state, REPORT, called_at=NOW + timedelta(hours=1)) == "future_call"
    policy = replace(generic_policy(), version="listed", results={"A1": "arrest"})
    done(state, m.AdoptPacks(**said(policies=(policy,), states=(uk_national_states(),))))
    assert refused(state, REPORT, status="closed", result="gone home") == "unknown_result"


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
reports = st.builds(
    CadReport,
    system=st.sampled_from(["storm", "a.b-c_1"]),
    id=st.from_regex(r"[!-~]{1,12}", fullmatch=True),
    revision=st.integers(0, 2**53),
    status=st.sampled_from(["open", "closed"]),
    lat=st.floats(-89, 89).filter(bool),
    lon=st.floats(-179, 179).filter(bool),
    grade=st.sampled_from(["1", "2", "3", "4"]),
    type=texts,
    text=texts,
    source=st.sampled_from(Origin),
    refs=st.dictionaries(st.sampled_from(["crm", "recording"]), st.from_regex(r"[A-Z]{3}-[0-9]{1,9}", fullmatch=True)),
    called_at=st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)


@given(report=reports)
def test_what_is_told_can_be_taken_and_told_again_the_same(report: CadReport) -> None:
    first, second = State(), State()
    taken(first, report)
    told = told_by(first, "arlshire")
    wire = msgspec.json.decode(msgspec.json.encode(told), type=CadIncident)
    assert wire == told
    taken(second, report_of(wire))
    again = told_by(second, "elsewhere")
    assert content_of(again) == content_of(told) == content_of(report)


def told_by(state: State, system: str) -> CadIncident:
    incident: Incident = next(iter(state.incidents.values()))
    return document_of(incident, [], system=system)


def content_of(report: CadReport) -> dict[str, Any]:
    """All but who says it; what came of it only where it is over."""
    names = [name for name in CadReport.__struct_fields__ if name not in {"system", "id", "revision"}]
    content = {name: getattr(report, name) for name in names}
    return content if report.status == "closed" else content | {"result": "", "closing_type": ""}


def test_the_schema_that_is_published_is_the_codes_own() -> None:
    kept = Path(__file__).parents[3] / "docs" / "cad.schema.json"
    assert kept.read_text(encoding="utf-8") == schema_text(), "write it again: arls.cad.schema_text"
