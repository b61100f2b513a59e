"""Spellings: what is the same name however it is written."""

from __future__ import annotations

import pytest

from maps.spelling import fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("High St", "high street"),
        ("HIGH STREET", "high street"),
        ("Mill Ln.", "mill lane"),
        ("St. Mary's Rd", "saint marys road"),
        ("St John\u2019s St, Bexton", "saint johns street bexton"),
        ("High St North", "high street north"),
        ("Church of St Peter", "church of saint peter"),
        ("Elm Ave", "elm avenue"),
        ("Bro\u00ebn Gdns", "broen gardens"),
        ("\u0141\u00f3d\u017a Sq", "lodz square"),
        ("Stra\u00dfe", "strasse"),
        ("Marks & Son", "marks and son"),
        ("M6 J10", "m6 j10"),
        ("m6j10", "m6 j10"),
        ("M6 Junction 10A", "m6 j10a"),
        ("junction 10 of the M6", "j10 m6"),
        ("A1(M) J45", "a1m j45"),
        ("A1 (M) jct 45", "a1m j45"),
        ("\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627"),
        ("\U0001f600 !?", ""),
        ("", ""),
    ],
)
def test_a_name_is_folded_however_it_is_written(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize("written", ["High St", "St Mary's Rd", "A1(M) J45", "Church of St Peter", "x\u0301y"])
def test_what_is_folded_stays_as_it_is(written: str) -> None:
    assert fold(fold(written)) == fold(written)
