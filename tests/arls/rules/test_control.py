"""Control of an incident: RVP, the gate before armed units, and which desk answers for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from arls import messages as m
from arls.control import HAND_OVER_LIFE, HandOverAct, Holding, Rvp
from arls.incident import Act, AssignmentId, AssignmentState, IncidentId
from arls.locality import Locality
from arls.state import State
from arls.unit import Callsign, Unit
from tests.arls.deciding import do, refused

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
ARV, CAR = Callsign("TJ1"), Callsign("AB1")
GUN, OTHER = IncidentId("INC0001"), IncidentId("INC0002")
RVP = Rvp(lat=53.21, lon=-0.03, note="from the north")
TFC = ("tfc",)


def said(second: float = 0.0, desk: str = "north", **fields: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(seconds=second), "operator": "op1", "desk": desk, **fields}


def assign(callsign: Callsign = ARV, incident: IncidentId = GUN, **fields: Any) -> m.Assign:
    return m.Assign(**said(incident=incident, callsign=callsign, **fields))


def authorise(**fields: Any) -> m.AuthoriseFirearms:
    given = {"role": "tfc", "commander": "Insp. Gale", "reason": "shots heard", "roles": TFC} | fields
    return m.AuthoriseFirearms(**said(incident=GUN, **given))


def hand_over(act: HandOverAct, desk: str = "north", **fields: Any) -> m.HandOver:
    return m.HandOver(**said(desk=desk, incident=GUN, act=act, **fields))


@pytest.fixture
def state() -> State:
    """An armed and an unarmed unit; a firearms incident and another one, both the north desk's."""
    made = State()
    for callsign, capabilities in ((ARV, ("afo", "taser")), (CAR, ())):
        unit = Unit(callsign=callsign, capabilities=capabilities)
        do(made, m.PutUnit(**said(unit=unit, sources=(f"issi:{callsign}",))))
    do(made, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1", firearms=True)))
    do(made, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="2")))
    return made


def test_an_armed_unit_waits_for_authority_and_an_unarmed_one_is_warned(state: State) -> None:
    assert refused(state, assign()) == "needs_authority"
    do(state, assign(CAR))
    assert state.assignments[AssignmentId("A00001")].warnings == (
        "firearms incident, unit not armed: stay away from the address",
    )
    do(state, authorise())
    do(state, assign())
    assert state.assignments[AssignmentId("A00002")].warnings == ()


def test_the_gate_is_on_firearms_incidents_only(state: State) -> None:
    do(state, assign(incident=OTHER))
    assert state.active == {ARV: "A00001"}


def test_an_armed_unit_may_move_to_the_rvp_before_there_is_authority(state: State) -> None:
    assert refused(state, assign(to_rvp=True)) == "no_rvp"
    do(state, m.SetRvp(**said(incident=GUN, rvp=RVP)))
    do(state, assign(to_rvp=True))
    assert state.assignments[AssignmentId("A00001")].warnings == ("firearms incident, not authorised: hold at the RVP",)
    goal = state.incidents[GUN].goal
    assert (goal.lat, goal.lon) == (RVP.lat, RVP.lon)
    do(state, m.SetRvp(**said(incident=GUN, rvp=None)))
    assert state.incidents[GUN].goal.lat == 53.2
    assert do(state, m.SetRvp(**said(incident=GUN, rvp=None))) == []


def test_a_press_of_an_officer_who_is_sent_there_opens_the_gate(state: State) -> None:
    do(state, assign(CAR))
    do(state, m.RadioEvent(**said(source="issi:AB1", kind="emergency")))
    do(state, assign())


def test_a_commanders_override_is_kept_with_its_reason(state: State) -> None:
    assert refused(state, assign(override=("supervisor",), reason="now")) == "no_role"
    assert refused(state, assign(override=TFC)) == "no_reason"
    do(state, assign(override=TFC, reason="officer down"))
    made = state.assignments[AssignmentId("A00001")]
    assert (made.against, made.reason) == ("not authorised", "officer down")
    assert state.incidents[GUN].log[-1].text == "TJ1 assigned (although not authorised): officer down"


def test_a_queued_armed_unit_is_not_sent_until_it_may_be(state: State) -> None:
    do(state, assign(incident=OTHER))
    do(state, authorise())
    do(state, assign(queue=True))
    do(state, m.WithdrawAuthority(**said(incident=GUN, reason="mistaken")))
    do(state, m.Advance(**said(assignment=AssignmentId("A00001"), act=Act.CLEAR)))
    assert state.active == {}
    do(state, authorise())
    do(state, m.TurnAssignments(**said(10)))
    assert state.active == {ARV: "A00002"}


def test_authority_withdrawn_recalls_nobody_and_stops_the_next(state: State) -> None:
    do(state, authorise())
    do(state, assign())
    do(state, m.WithdrawAuthority(**said(incident=GUN, reason="toy gun")))
    assert state.assignments[AssignmentId("A00001")].state is AssignmentState.RESERVED
    do(state, m.Advance(**said(assignment=AssignmentId("A00001"), act=Act.CLEAR)))
    assert refused(state, assign()) == "needs_authority"
    assert "authority for firearms withdrawn: toy gun" in [line.text for line in state.incidents[GUN].log]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (authorise(role="ofc", roles=("ofc",)), "no_such_role"),
        (authorise(role="sfc"), "no_role"),
        (authorise(commander=" "), "no_reason"),
        (m.WithdrawAuthority(**said(incident=GUN, reason="so")), "not_authorised"),
        (m.AuthoriseFirearms(**said(incident=OTHER, role="tfc", commander="x", reason="y", roles=TFC)), "no_firearms"),
        (m.SetRvp(**said(incident=GUN, rvp=Rvp(lat=95.0, lon=0.0))), "no_such_place"),
        (m.SetRvp(**said(incident=GUN, rvp=Rvp(lat=53.0, lon=0.0, note="x" * 10_001))), "too_long"),
        (m.SetRvp(**said(incident="INC9", rvp=None)), "no_incident"),
    ],
)
def test_each_refusal_has_its_cause(state: State, command: m.Command, code: str) -> None:
    assert refused(state, command) == code


def test_the_command_is_handed_over_and_not_authorised_twice(state: State) -> None:
    do(state, authorise())
    assert refused(state, authorise(commander="Ch. Insp. Moor")) == "authorised"
    given = {"incident": GUN, "commander": "Ch. Insp. Moor", "note": "relieved"}
    do(state, m.HandOverCommand(**said(**given, role="sfc", roles=("sfc",))))
    held = state.incidents[GUN].authorised
    assert held is not None
    assert (held.commander, held.role) == ("Ch. Insp. Moor", "sfc")


def test_who_answers_is_the_desk_of_the_place_or_that_which_made_the_incident(state: State) -> None:
    assert state.incidents[GUN].desk == "north"
    place = Locality(desk="motorways")
    do(state, m.CreateIncident(**said(lat=53.2, lon=-0.03, grade="1", locality=place)))
    assert state.incidents[IncidentId("INC0003")].desk == "motorways"


def test_an_incident_is_offered_and_accepted_and_until_then_the_first_desk_answers(state: State) -> None:
    do(state, hand_over(HandOverAct.OFFER, to="south", note="crossed the river"))
    incident = state.incidents[GUN]
    assert (incident.desk, incident.concerns("south"), incident.concerns("east")) == ("north", True, False)
    do(state, hand_over(HandOverAct.ACCEPT, "south"))
    assert (state.incidents[GUN].desk, state.incidents[GUN].offer) == ("south", None)


def test_a_desk_that_is_out_is_relieved_by_another_with_a_reason(state: State) -> None:
    do(state, hand_over(HandOverAct.OFFER, to="south"))
    assert refused(state, hand_over(HandOverAct.TAKE_OVER, "east")) == "no_reason"
    do(state, hand_over(HandOverAct.TAKE_OVER, "east", note="north has no power"))
    assert (state.incidents[GUN].desk, state.incidents[GUN].offer) == ("east", None)
    line = state.incidents[GUN].log[-1]
    assert (line.desk, line.text) == ("east", "taken over by east from north: north has no power")


@pytest.mark.parametrize("act", list(HandOverAct))
@pytest.mark.parametrize("offered", [False, True])
def test_a_hand_over_takes_the_steps_of_its_table_and_no_other(
    state: State, act: HandOverAct, *, offered: bool
) -> None:
    if offered:
        do(state, hand_over(HandOverAct.OFFER, to="south"))
    now = Holding.OFFERED if offered else Holding.HELD
    desk = {HandOverAct.OFFER: "north", HandOverAct.RECALL: "north"}.get(act, "south")
    wanted = hand_over(act, desk, to="south" if act is HandOverAct.OFFER else "", note="so")
    if (now, act) in HAND_OVER_LIFE:
        do(state, wanted)
        assert (state.incidents[GUN].offer is not None) is (HAND_OVER_LIFE[now, act] is Holding.OFFERED)
    else:
        assert refused(state, wanted) == "illegal_step"


@pytest.mark.parametrize(
    ("act", "desk", "to", "code"),
    [
        (HandOverAct.OFFER, "east", "south", "other_desk"),
        (HandOverAct.OFFER, "north", "north", "own_desk"),
        (HandOverAct.TAKE_OVER, "north", "", "own_desk"),
    ],
)
def test_only_the_desk_whose_turn_it_is_may_say(state: State, act: HandOverAct, desk: str, to: str, code: str) -> None:
    assert refused(state, hand_over(act, desk, to=to, note="so")) == code


def test_only_the_desk_that_is_asked_answers_an_offer(state: State) -> None:
    do(state, hand_over(HandOverAct.OFFER, to="south"))
    assert refused(state, hand_over(HandOverAct.ACCEPT, "east")) == "other_desk"
    assert refused(state, hand_over(HandOverAct.RECALL, "south")) == "other_desk"
