"""What a scene asks of a crew: to wait, to be silent, not to look at its terminal, to go when it is called."""

from __future__ import annotations

from arls.geo import metres_between
from gateways.simulator.crew import Crew
from tests.gateways.simulator.simulated_town import town
from tests.gateways.simulator.test_sim_force import Day, driver


def test_a_crew_that_stands_moves_only_when_it_is_sent() -> None:
    member = driver(start=town()[0].node("D"))
    day = Day([member])
    day.force.tell(member.unit.callsign, Crew.stand)
    day.live(300)
    places = [report.sight.position for _, report in day.reports]
    # What its receiver is wrong by is all that moves.
    assert max(metres_between(places[0], place) for place in places) < 40
    day.force.deploy(member.unit.callsign, "A1", town()[0].node("F"))
    day.until("arrived")


def test_a_radio_that_is_off_reports_nothing_and_at_once_when_it_is_switched_on() -> None:
    member = driver()
    day = Day([member])
    day.force.tell(member.unit.callsign, lambda crew: crew.switch(radio=False))
    day.live(30)
    assert day.reports == []
    day.force.tell(member.unit.callsign, lambda crew: crew.switch(radio=True))
    day.live(0.4)
    assert len(day.reports) == 1


def test_who_does_not_look_at_its_terminal_goes_by_voice_and_says_so_by_its_states() -> None:
    member = driver(start=town()[0].node("D"))
    day = Day([member])
    day.force.tell(member.unit.callsign, Crew.leave_terminal)
    day.force.deploy(member.unit.callsign, "A1", town()[0].node("F"))
    day.live(60)
    assert day.answers == []
    assert day.codes == [2]
    day.force.tell(member.unit.callsign, lambda crew: crew.go(town()[0].node("F")))
    day.live(600)
    assert day.answers == []
    assert day.codes[:4] == [2, 5, 6, 2]


def test_a_crew_presses_the_key_of_a_state() -> None:
    member = driver()
    day = Day([member])
    day.force.tell(member.unit.callsign, lambda crew: crew.say(9))
    assert day.live(1).codes == [2, 9]
