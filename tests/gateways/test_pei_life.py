"""The life of a PEI line, without a port and with a clock that is moved by hand."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateways.listeners.pei_life import REGISTRATIONS, PeiLife, PeiSetup
from gateways.listeners.pei_states import LIFE, Happening, LineState
from tests.gateways.scripted_radio import BANNER, SDS, ScriptedRadio

SET_UP = ["AT", "ATE0", "AT+CNUMF?", *[f"AT+CTSP={words}" for words in REGISTRATIONS]]


class Table:
    """A line and a radio on a table, and a clock."""

    def __init__(self, radio: ScriptedRadio | None = None, **setup: Any) -> None:
        self.radio = radio or ScriptedRadio()
        self.life = PeiLife(PeiSetup(**setup))
        self.now_s = 1_000.0
        self.life.opened(self.now_s)

    def hear(self, octets: bytes) -> None:
        self.life.heard(octets, self.now_s)
        self._talk()

    def run(self, seconds: float) -> None:
        """Lets time pass, from one thing that is due to the next."""
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.life.tick(self.now_s)
            self._talk()
            self.now_s = min(until_s, max(self.life.next_s, self.now_s + 0.01))

    def _talk(self) -> None:
        while said := self.life.take():
            if answer := self.radio.hear(said):
                self.life.heard(answer, self.now_s)


def test_a_radio_is_set_up_command_by_command_and_registered() -> None:
    table = Table()
    table.run(2)
    assert table.life.state is LineState.REGISTERED
    assert table.radio.said == SET_UP
    assert table.radio.registered == set(REGISTRATIONS)
    assert table.life.own_identity == "234009900001000"
    assert table.life.detail == ""


def test_no_command_goes_out_before_the_last_is_answered() -> None:
    life = PeiLife(PeiSetup(pause_s=0.1))
    life.opened(0.0)
    life.tick(0.0)
    assert life.take() == b"AT\r\n"
    life.heard(SDS, 1.0)  # it has other things to say, too
    assert life.take() == b""
    life.heard(b"\r\nOK\r\n", 1.1)
    assert life.take() == b""  # some radios need a pause
    life.tick(1.21)
    assert life.take() == b"ATE0\r\n"


def test_registrations_are_sent_again_when_it_is_time() -> None:
    table = Table(renew_s=300, silent_s=10_000)
    table.run(2)
    table.run(301)
    assert table.radio.said == SET_UP + SET_UP[3:]
    assert table.life.state is LineState.REGISTERED


def test_a_radio_that_forgot_its_registration_in_silence_is_registered_again() -> None:
    table = Table(silent_s=60)
    table.run(2)
    table.radio.registered.clear()
    table.run(57)
    assert table.radio.registered == set()
    table.run(5)
    assert table.radio.registered == set(REGISTRATIONS)


def test_whoever_speaks_is_not_silent() -> None:
    table = Table(silent_s=60, renew_s=10_000)
    table.run(2)
    for _ in range(10):
        table.run(30)
        table.hear(SDS)
    assert table.radio.said == SET_UP


def test_a_radio_that_restarts_is_set_up_anew() -> None:
    table = Table()
    table.run(2)
    table.hear(table.radio.restart())
    assert table.life.state is LineState.INITIALISING
    table.run(3)
    assert table.radio.said == SET_UP * 2
    assert table.life.state is LineState.REGISTERED


def test_a_radio_that_does_not_answer_is_lost_and_found_again() -> None:
    table = Table()
    table.run(2)
    table.radio.is_mute = True
    table.run(200)
    assert table.life.state is LineState.LOST
    assert "does not answer" in table.life.detail
    table.radio.is_mute = False
    table.run(61 + 3)
    assert table.life.state is LineState.REGISTERED
    assert table.life.detail == ""


def test_attempts_at_a_lost_radio_become_rare() -> None:
    table = Table()
    table.radio.is_mute = True
    table.run(3_600)
    assert 2 * 3_600 / 70 <= table.life.unanswered <= 2 * 3_600 / 30


def test_what_a_radio_refuses_is_said_and_the_rest_is_registered() -> None:
    table = Table(ScriptedRadio(**{"CTSP=1,3,131": "+CME ERROR: 35", "CTSP=1,2,20": "ERROR"}))
    table.run(2)
    assert table.life.state is LineState.REGISTERED
    assert table.life.refused == 2
    assert "AT+CTSP=1,3,131 (+CME ERROR: 35), AT+CTSP=1,2,20 (ERROR)" in table.life.detail


def test_a_radio_that_refuses_everything_is_asked_again_later() -> None:
    table = Table(ScriptedRadio(**{f"CTSP={words}": "+CME ERROR: 35" for words in REGISTRATIONS}))
    table.run(2)
    assert table.life.state is LineState.REFUSED
    assert "will deliver nothing" in table.life.detail
    table.radio.answers.clear()  # somebody has put its codeplug right
    table.run(10)
    assert table.life.state is LineState.REGISTERED


def test_the_first_command_is_said_twice_before_a_radio_is_lost() -> None:
    life = PeiLife(PeiSetup(answer_s=3))
    life.opened(0.0)
    life.tick(0.0)
    life.tick(3.0)
    assert life.take() == b"AT\r\nAT\r\n"
    life.heard(b"OK\r\n", 3.5)
    life.tick(4.0)
    assert life.take() == b"ATE0\r\n"


def test_a_line_that_registers_for_nothing_still_asks_whether_anybody_is_there() -> None:
    table = Table(silent_s=60, registrations=())
    table.run(2)
    assert (table.life.state, table.radio.said) == (LineState.REGISTERED, ["AT", "ATE0", "AT+CNUMF?", "AT"])
    table.radio.is_mute = True
    table.run(70)
    assert table.life.state is LineState.LOST


def test_user_data_is_sent_as_the_standard_says_and_its_end_is_told() -> None:
    table, told = Table(), []
    table.run(2)
    table.life.send(4711, "0A4588009338", 45, told.append, now_s=table.now_s, until_s=table.now_s + 60)
    table.run(2)
    assert table.radio.said[-2:] == ["AT+CTSDS=12,0,0,0,1", "AT+CMGS=4711,45"]
    assert table.radio.sent == ["0A4588009338"]
    assert told == [None]


def test_user_data_that_the_radio_refuses_is_told_of() -> None:
    table, told = Table(ScriptedRadio(**{"CMGS=4711,45": "+CME ERROR: 35"})), []
    table.run(2)
    table.life.send(4711, "0A4588009338", 45, told.append, now_s=table.now_s, until_s=table.now_s + 60)
    table.run(40)
    assert told == ["+CME ERROR: 35"]
    assert table.life.state is LineState.REGISTERED


def test_user_data_without_an_answer_is_told_of_and_never_sent_twice() -> None:
    table, told = Table(silent_s=10_000, renew_s=10_000), []
    table.run(2)
    table.radio.is_mute = True
    table.life.send(4711, "0A4588009338", 45, told.append, now_s=table.now_s, until_s=table.now_s + 60)
    table.life.heard(b"\r\nOK\r\n", table.now_s)  # the service is chosen; what follows is not answered
    said = b""
    for _ in range(40):
        table.now_s += 1
        table.life.tick(table.now_s)
        said += table.life.take()
    assert said.count(b"AT+CMGS=4711,45\r\n0A4588009338\x1a") == 1
    assert told == ["unanswered"]
    assert table.life.state is LineState.LOST


def test_user_data_that_waits_for_its_turn_too_long_is_not_sent() -> None:
    table, told = Table(silent_s=10_000, renew_s=10_000), []
    table.run(2)
    for ssi, wait_s in ((4711, 60), (4712, 5), (4713, 60)):
        table.life.send(ssi, "0A4588009338", 45, told.append, now_s=table.now_s, until_s=table.now_s + wait_s)
    assert table.life.take() == b"AT+CTSDS=12,0,0,0,1\r\n"
    table.now_s += 6  # the radio takes its time
    table.hear(b"\r\nOK\r\n")
    table.run(2)
    assert [said for said in table.radio.said if "CMGS" in said] == ["AT+CMGS=4711,45", "AT+CMGS=4713,45"]
    assert sorted(told, key=str) == [None, None, "expired"]


def test_nothing_is_sent_over_a_line_that_is_not_ready() -> None:
    table, told = Table(), []
    table.life.send(4711, "0A", 8, told.append, now_s=table.now_s, until_s=table.now_s + 60)
    table.run(2)
    table.life.send(4711, "0A", 8, told.append, now_s=table.now_s, until_s=table.now_s + 60)
    table.life.closed(table.now_s)
    assert told == ["line_initialising", "line_closed"]
    assert table.radio.sent == []


@given(st.lists(st.integers(0, 400), max_size=20))
def test_a_radio_is_understood_however_its_octets_are_cut(cuts: list[int]) -> None:
    octets = b"\r\nOK\r\n" + SDS + b"\r\nOK\r\n+CTXG: 1,3\r\n\r\n+CME ERROR: 35\r\n" + BANNER
    edges = [0, *sorted(min(cut, len(octets)) for cut in cuts), len(octets)]

    def heard(pieces: list[bytes]) -> tuple[LineState, int, bytes]:
        life = PeiLife(PeiSetup(pause_s=10))  # or the next command would already be out when the last pieces come
        life.opened(0.0)
        life.tick(0.0)
        for piece in pieces:
            life.heard(piece, 1.0)
        return life.state, life.refused, life.take()

    assert heard([octets[start:end] for start, end in pairwise(edges)]) == heard([octets])


@given(st.lists(st.binary(max_size=40) | st.sampled_from([b"OK\r\n", b"ERROR\r\n", SDS, BANNER]), max_size=30))
def test_whatever_a_line_brings_its_life_goes_on(pieces: list[bytes]) -> None:
    table = Table()
    for piece in pieces:
        table.hear(piece)
        table.run(1)
    table.hear(b"\r\n")
    table.run(130)
    assert table.life.state is LineState.REGISTERED


def test_every_state_can_be_left_and_a_closed_line_begins_anew() -> None:
    assert {state for state, _ in LIFE} == set(LineState)
    assert {LIFE[state, Happening.CLOSED] for state in LineState if state is not LineState.CONNECTING} == {
        LineState.CONNECTING
    }


def test_the_page_for_those_who_look_after_a_line_tells_every_state() -> None:
    page = (Path(__file__).parents[2] / "docs" / "gateways" / "tetra-pei.md").read_text(encoding="utf-8")
    assert [state for state in LineState if f"`{state}`" not in page] == []
    assert [words for words in REGISTRATIONS if f"`AT+CTSP={words}`" not in page] == []
