"""Gradings: no regrade forgets the one before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from arls import messages as m
from arls.dispatch import decide
from arls.folds.fold import fold
from arls.incident import IncidentId
from arls.packs.adopted import generic_policy, uk_national_states
from arls.ports import Recorded
from arls.state import State

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
INC = IncidentId("INC0001")


def done(state: State, command: m.Command) -> None:
    decision = decide(command, state)
    assert isinstance(decision, list), decision
    for entry in decision:
        fold(state, Recorded(position=state.position + 1, entry=entry))


@settings(max_examples=50)
@given(
    st.sampled_from("1234"),
    st.lists(st.tuples(st.integers(-50, 500), st.sampled_from("1234"), st.text("abc ", max_size=5), st.booleans())),
)
def test_a_regrade_keeps_every_grading_before_it_with_its_policy_and_its_reason(
    first: str, changes: list[tuple[int, str, str, bool]]
) -> None:
    state, at, version = State(), NOW, 1
    said = {"operator": "op1", "desk": "desk 1"}
    done(state, m.CreateIncident(at=at, **said, lat=53.2, lon=0.1, grade=first))
    expected = [(at, first, "generic/1", "")]
    for seconds, grade, reason, adopts in changes:
        at += timedelta(seconds=seconds)
        if adopts:
            version += 1
            policy = replace(generic_policy(), version=str(version))
            done(state, m.AdoptPacks(at=at, **said, policies=(policy,), states=(uk_national_states(),)))
        done(state, m.ChangeIncident(at=at, **said, incident=INC, grade=grade, reason=reason))
        expected.append((at, grade, f"generic/{version}", reason))
    incident = state.incidents[INC]
    assert [(one.at, one.grade, one.policy, one.reason) for one in incident.gradings] == expected
    assert (incident.grade, incident.policy, incident.graded_at) == (*expected[-1][1:3], expected[-1][0])
    assert {one.operator for one in incident.gradings} == {"op1"}
    assert state.packs.grade_of(incident).code == incident.grade
