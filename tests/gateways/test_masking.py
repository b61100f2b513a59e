"""What a status page shows of a rejected message: its shape, and nobody in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.decoders.message import DecodeError
from gateways.masking import masked, masked_address
from gateways.tally import Tally
from tests.gateways.test_decoders_under_fire import NOW

DIGITS = st.text("0123456789", min_size=7, max_size=20)
NAMES = st.sampled_from(["Kovács", "McAllister", "Ngũgĩ", "smith", "O'Donnell", "JONES"])
RAW = st.text("$GPRMC,.*+-;=>< 0123456789ABCDEF\r\nabc'\"", max_size=160) | st.text(max_size=160)


def longest_run(text: str) -> int:
    return max(map(len, re.findall(r"\d+", text)), default=0)


@given(RAW, DIGITS, RAW)
def test_no_run_of_more_than_six_digits_survives(before: str, digits: str, behind: str) -> None:
    assert longest_run(masked(before + digits + behind)) <= 6


@given(DIGITS)
def test_the_middle_of_an_identity_is_gone(digits: str) -> None:
    assert masked(f"imei:{digits}").removeprefix("imei:") == f"{digits[:2]}…{digits[-2:]}"


@given(st.lists(st.from_regex(r"\d{1,4}", fullmatch=True), min_size=8), st.sampled_from([" ", "-", ".", "/"]))
def test_a_number_written_in_groups_is_a_number(groups: list[str], between: str) -> None:
    assert sum(character.isdigit() for character in masked(between.join(groups))) <= 6


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_place_is_known_to_a_tenth_of_a_degree_at_best(lat: float, lon: float) -> None:
    said = masked(f"lat {lat:.6f}, lon {lon:.6f}")
    assert all(len(fraction) <= 1 for fraction in re.findall(r"\d\.(\d+)", said))


@given(NAMES, NAMES)
def test_a_name_is_a_letter(first: str, last: str) -> None:
    said = masked(f"name={first} {last};")
    assert not {word for word in re.split(r"[\W_]+", f"{first} {last}") if len(word) >= 4} & set(re.split(r"\W+", said))


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.20.30.40", "10.20.…"), ("2001:db8::1", "2001:db8:…"), ("", ""), ("nobody", "n…"), ("::1", "::…")],
)
def test_of_a_peer_the_network_is_shown(address: str, network: str) -> None:
    assert masked_address(address) == network


@given(RAW)
def test_masking_twice_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    "said", ["23 of 45 octets", "$GPRMC,x*7D", "77, computed 7D", "line 3, column 7", "more than 255 octets"]
)
def test_the_fault_itself_stays_readable(said: str) -> None:
    assert masked(said) == said


def test_the_samples_of_a_status_are_masked_and_few() -> None:
    tally = Tally()
    for _ in range(1000):
        tally.rejected(DecodeError("bad_identity", "imei 356307042441013"), dialect="taip", received_at=NOW)
    samples = tally.samples
    assert len(samples) == 10
    assert {sample["detail"] for sample in samples} == {"imei 35…13"}
