"""Every command has its rule and every event its fold: nothing of the vocabulary is deaf."""

from __future__ import annotations

from typing import get_args

from arls import messages as m
from arls.dispatch import RULES
from arls.folds.fold import FOLDS, FOLDS_WITH_BODY

# What is kept for the record and changes nothing.
FOR_THE_RECORD = {m.CommandRefused, m.ShiftBooked}


def test_every_command_has_a_rule_and_no_rule_is_without_a_command() -> None:
    assert set(RULES) == set(get_args(m.Command))


def test_every_event_is_folded_once_or_is_for_the_record() -> None:
    assert not set(FOLDS) & set(FOLDS_WITH_BODY)
    assert set(FOLDS) | set(FOLDS_WITH_BODY) | FOR_THE_RECORD == set(get_args(m.Event))
