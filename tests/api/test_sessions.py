"""A session outlives the process that gave it out, and nobody can sign in by what is kept of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from starlette.requests import HTTPConnection

from api.auth import COOKIE, SESSION_S, Keyring
from api.problems import Problem
from api.sessions import SessionFile
from tests.fakes import Clock

if TYPE_CHECKING:
    from pathlib import Path

TOKENS = {"op1": "a-token", "op2": "another-token"}


class Started:
    """ARLS on one folder, again and again; its steady clock begins anew each time, as a machine's may."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "sessions.json"
        self.clock = Clock()

    def keyring(self, tokens: dict[str, str] = TOKENS) -> Keyring:
        return Keyring(tokens, clock=lambda: self.clock().timestamp() % 1e6, kept=SessionFile(self.file, self.clock))


def whose(keyring: Keyring, session: str) -> str:
    headers = [(b"cookie", f"{COOKIE}={session}".encode())]
    return keyring.admit(HTTPConnection({"type": "http", "method": "GET", "headers": headers})).operator


@pytest.fixture
def started(tmp_path: Path) -> Started:
    return Started(tmp_path)


def signed_in(keyring: Keyring, operator: str = "op1") -> str:
    session = keyring.find_session(keyring.mint_ticket(operator))
    assert session is not None
    return session


def test_a_desk_stays_signed_in_when_arls_is_started_again(started: Started) -> None:
    first = started.keyring()
    sessions = {operator: signed_in(first, operator) for operator in TOKENS}
    again = started.keyring()
    assert {operator: whose(again, session) for operator, session in sessions.items()} == {
        "op1": "op1",
        "op2": "op2",
    }


def test_a_kept_session_ends_when_it_would_have(started: Started) -> None:
    session = signed_in(started.keyring())
    started.clock.advance(seconds=SESSION_S - 1)
    assert whose(started.keyring(), session) == "op1"
    started.clock.advance(seconds=2)
    with pytest.raises(Problem):
        whose(started.keyring(), session)


def test_a_wall_clock_set_back_prolongs_no_session_beyond_a_new_one(started: Started) -> None:
    session = signed_in(started.keyring())
    started.clock.advance(seconds=-timedelta(days=3).total_seconds())
    again = started.keyring()
    started.clock.advance(seconds=SESSION_S + 1)
    with pytest.raises(Problem):
        whose(again, session)


def test_who_is_no_operator_any_more_is_signed_out(started: Started) -> None:
    session = signed_in(started.keyring())
    with pytest.raises(Problem):
        whose(started.keyring({"op2": "another-token"}), session)


def test_a_changed_token_ends_what_was_given_out_under_the_old_one(started: Started) -> None:
    session = signed_in(started.keyring())
    with pytest.raises(Problem):
        whose(started.keyring({"op1": "a-new-token", "op2": "another-token"}), session)


def test_what_is_kept_signs_nobody_in_and_nobody_else_reads_it(started: Started) -> None:
    session = signed_in(started.keyring())
    assert session not in started.file.read_text()
    assert started.file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("held", [b"", b"{}", b"[1]", b"\xff", b'[{"digest": "AA==", "operator": "op1"}]'])
def test_a_file_that_cannot_be_read_is_no_session(started: Started, held: bytes) -> None:
    started.file.write_bytes(held)
    keyring = started.keyring()
    assert whose(keyring, signed_in(keyring)) == "op1"
