"""What radios may be asked, and the bits of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.decoders import lrrp, tetra_sds
from gateways.decoders.bits import Bits
from gateways.decoders.message import Control
from gateways.polls import (
    REASONS,
    Budget,
    PollCommand,
    PollRefusedError,
    PollRules,
    must_be_valid,
    read_command,
    ssi_of,
)
from gateways.requests import lip_request, lrrp_document, lrrp_request

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
COMMAND = {"id": "1", "source": "issi:4711", "expires_at": "2026-06-06T14:01:00Z"}


def test_the_request_of_lip_is_that_of_the_vector() -> None:
    said = lip_request(9999)  # the sheet's example, laid out as sdspdu's get_ImmLocReq does
    assert (said.digits, said.bits) == ("0A4588013878", 45)


@given(st.integers(1, 0xFFFFFF))
def test_a_request_of_lip_is_understood_as_it_was_meant(ssi: int) -> None:
    data = lip_request(ssi)
    said = tetra_sds.decode(Bits(data.digits, length=data.bits))
    assert said == Control(
        pdu="immediate_location_report_request", report_type="short_location_report_preferred", destination_ssi=ssi
    )


def test_the_request_of_lrrp_is_that_of_a_capture() -> None:
    # TRBOnet asks 05 09 22 03 000007 51 54 62 57 with an id of three octets and the height (node-dmr-lib).
    assert lrrp_document(0x2468ACE0).hex() == "050922042468ace0516257"


@given(st.integers(0, 0xFFFFFFFF))
def test_a_request_of_lrrp_is_understood_as_it_was_meant(request_id: int) -> None:
    data = lrrp_request(request_id)
    assert data.digits.startswith(f"8300{request_id & 0xFF:02X}8005")
    assert lrrp.decode(lrrp_document(request_id)) == Control(pdu="immediate_location_request")
    said = tetra_sds.decode(Bits(data.digits, length=data.bits))
    assert said == Control(pdu="immediate_location_request", protocol="tetra-lrrp")


@pytest.mark.parametrize(
    ("source", "own", "ssi"),
    [
        ("itsi:234009900004711", "234009900001000", 4711),
        ("itsi:234009900004711", None, 4711),
        ("itsi:2340000900004711", "2340000900001000", 4711),
        ("issi:16777215", "234009900001000", 16_777_215),
    ],
)
def test_a_radio_is_asked_by_its_subscriber_number(source: str, own: str | None, ssi: int) -> None:
    assert ssi_of(source, own) == ssi


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("imei:356307042441013", "not_a_tetra_radio"),
        ("issi:0", "not_a_tetra_radio"),
        ("issi:16777216", "not_a_tetra_radio"),
        ("issi:4711,8\r\nATD112", "not_a_tetra_radio"),
        ("issi:٤٧١١", "not_a_tetra_radio"),
        ("itsi:262010100004711", "foreign_network"),
    ],
)
def test_nobody_else_is_asked(source: str, reason: str) -> None:
    with pytest.raises(PollRefusedError) as refused:
        ssi_of(source, "234009900001000")
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"a":' * 700,
        json.dumps(COMMAND | {"expires_at": "2026-06-06T14:01:00"}).encode(),
        json.dumps(COMMAND | {"every_s": 1}).encode(),
        json.dumps(COMMAND | {"for_s": -1}).encode(),
        json.dumps(COMMAND | {"for_s": float("nan")}).encode(),
        json.dumps(COMMAND | {"act": "explode"}).encode(),
        json.dumps(COMMAND | {"schema": "arls.poll/2"}).encode(),
        json.dumps(COMMAND | {"id": "x" * 65}).encode(),
    ],
)
def test_what_is_no_command_is_refused_in_a_sentence(payload: bytes) -> None:
    with pytest.raises(PollRefusedError) as refused:
        read_command(payload)
    assert refused.value.reason == "not_a_command"
    assert refused.value.detail


@pytest.mark.parametrize(
    ("words", "is_retained", "reason"),
    [
        ({}, True, "retained"),
        ({"expires_at": "2026-06-06T13:59:59Z"}, False, "expired"),
        ({"act": "rate", "for_s": 3_601}, False, "too_long"),
        ({"act": "rate", "for_s": 3_600}, False, None),
        ({"by": "ranking", "protocol": "lrrp"}, False, None),
    ],
)
def test_a_command_is_valid_while_it_has_not_expired(
    words: dict[str, object], *, is_retained: bool, reason: str | None
) -> None:
    command = read_command(json.dumps(COMMAND | words).encode())
    if reason is None:
        must_be_valid(command, PollRules(), NOW, is_retained=is_retained)
        return
    with pytest.raises(PollRefusedError) as refused:
        must_be_valid(command, PollRules(), NOW, is_retained=is_retained)
    assert refused.value.reason == reason
    assert reason in REASONS


@given(st.integers(2, 30), st.lists(st.tuples(st.floats(0, 20), st.integers(0, 10)), max_size=60))
def test_no_minute_has_more_requests_than_the_budget_leaves_beside_what_came(
    per_min: int, steps: list[tuple[float, int]]
) -> None:
    budget, now_s, taken_s = Budget(per_min), 0.0, []
    for waited_s, delivered in steps:
        now_s += waited_s
        of_this_minute = sum(at_s > now_s - 60 for at_s in taken_s)
        if delivered + of_this_minute + 2 <= per_min:
            budget.take(delivered, now_s)
            taken_s.append(now_s)
        else:
            with pytest.raises(PollRefusedError, match="radio_budget"):
                budget.take(delivered, now_s)


def test_a_command_goes_over_the_wire_as_it_was() -> None:
    command = PollCommand(id="1", source="issi:1", expires_at=NOW + timedelta(minutes=1), act="rate")
    assert read_command(msgspec.json.encode(command)) == command
