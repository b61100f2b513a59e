"""What is too much: buckets by the plain algorithm, and what the door does with it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.decoders.message import Alarm, Answer, DecodeError, KeepAlive, Located, Login, Message, NoFix, Status
from gateways.listeners.door import Door
from gateways.listeners.limits import Buckets, Limits

RADIO, OTHER = "imei:356307042441013", "imei:356307042449999"
HOME, AWAY = "10.0.0.1", "10.0.0.2"


class PlainBucket:
    """Tokens in a bucket, and more as time goes on."""

    def __init__(self, per_s: float, burst: int) -> None:
        self._per_s, self._burst = per_s, burst
        self._tokens, self._at_s = float(burst), 0.0

    def take(self, count: int, now_s: float) -> bool:
        self._tokens = min(self._burst, self._tokens + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if self._tokens <= 0.5:  # half a token is none
            return False
        self._tokens -= count
        return True


moments = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 9), st.integers(0, 40)), max_size=60)


# Binary fractions, so that neither algorithm rounds.
@given(moments, st.sampled_from([0.25, 1, 4]), st.integers(1, 8))
def test_a_bucket_is_the_plain_one_however_many_are_forgotten(
    taken: list[tuple[str, int, int]], per_s: float, burst: int
) -> None:
    buckets, plain, now_s = Buckets(per_s=per_s, burst=burst, most=5), {}, 0.0
    for source, count, eighths in taken:
        now_s += eighths / 8
        buckets._has_swept(now_s)  # forgets, if a second has gone by
        bucket = plain.setdefault(source, PlainBucket(per_s, burst))
        assert buckets.take(source, count, now_s=now_s) == bucket.take(count, now_s)


def test_forged_sources_fill_no_memory_and_shut_nobody_out_who_is_known() -> None:
    buckets = Buckets(per_s=1, burst=2, most=100)
    assert buckets.take("known", 1, now_s=0.0)
    let_in = sum(buckets.take(f"forged {n}", 2, now_s=0.5) for n in range(10_000))
    assert len(buckets) == 100
    assert let_in == 99 + 1  # and one for the bucket that all the others share
    assert buckets.take("known", 1, now_s=0.5)
    assert buckets.take("newcomer", 1, now_s=60.0)
    assert len(buckets) == 1


@dataclass
class Clock:
    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


def located(device: str = RADIO, reason: str | None = None) -> Located:
    return Located(device_id=device, lat=52.0, lon=-1.0, reason=reason)


def acknowledged(count: int, device: str = RADIO) -> list[Message | DecodeError]:
    return [*[located(device)] * count, Answer(device_id=device, octets=bytes([count]))]


def faults(outcomes: list[Message | DecodeError]) -> list[str]:
    return [outcome.reason for outcome in outcomes if isinstance(outcome, DecodeError)]


def door(clock: Clock | None = None, *, device_burst: int = 3, address_burst: int = 100) -> Door:
    limits = Limits(device_per_s=1, device_burst=device_burst, address_per_s=1, address_burst=address_burst)
    return Door(None, limits, clock=clock or Clock())


def test_what_is_too_much_of_a_device_is_counted_and_not_acknowledged_and_its_neighbour_is_heard() -> None:
    at = door()
    assert at.admit(acknowledged(2), HOME).answer == b"\x02"
    assert at.admit(acknowledged(2), HOME).answer == b"\x02"  # what comes together stays together
    refused = at.admit([*acknowledged(2), *acknowledged(1, OTHER)], HOME)
    assert faults(refused.outcomes) == ["rate_of_device"] * 2
    assert refused.outcomes[0].detail == "...1013"
    assert refused.answer == b"\x01"
    assert not refused.is_over


def test_a_device_that_has_gone_wild_takes_nothing_from_its_neighbours_behind_one_address() -> None:
    at = door(address_burst=10)
    for _ in range(100):
        at.admit([located()], HOME)
    assert not faults(at.admit([located(OTHER)], HOME).outcomes)


def test_a_device_is_heard_again_once_it_has_been_quiet_for_long_enough() -> None:
    clock = Clock()
    at = door(clock)
    assert not faults(at.admit([located()] * 4, HOME).outcomes)
    clock.now_s = 1.0
    assert faults(at.admit([located()], HOME).outcomes)
    clock.now_s = 2.0
    assert not faults(at.admit([located()], HOME).outcomes)


def test_too_much_from_an_address_is_counted_whichever_devices_it_names() -> None:
    at = door(address_burst=5)
    assert not faults(at.admit([located(f"imei:{n}") for n in range(5)], HOME).outcomes)
    assert faults(at.admit([located("imei:77"), located("imei:78")], HOME).outcomes) == ["rate_of_address"] * 2
    assert not faults(at.admit([located("imei:77")], AWAY).outcomes)


@pytest.mark.parametrize(
    "cry",
    [
        located(reason="emergency"),
        NoFix(device_id=RADIO, reason="emergency"),
        Status(device_id=RADIO, code=0),
        Alarm(device_id=RADIO, reason="emergency"),
    ],
)
def test_a_call_for_help_is_never_too_much(cry: Message) -> None:
    at = door()
    at.admit([located()] * 10, HOME)
    for _ in range(50):
        admitted = at.admit([located(), cry, located()], HOME)
        assert cry in admitted.outcomes
        assert faults(admitted.outcomes) == ["rate_of_device"] * 2


def test_calls_for_help_use_up_nothing() -> None:
    at = door()
    at.admit([located(reason="emergency")] * 1_000, HOME)
    assert not faults(at.admit([located()], HOME).outcomes)


def test_whoever_logs_in_too_often_is_answered_and_not_announced() -> None:
    """A tracker that is not let in cannot call for help either."""
    at = door()
    login: list[Message | DecodeError] = [Login(device_id=RADIO), Answer(device_id=RADIO, octets=b"\x01")]
    admitted = [at.admit(login, HOME) for _ in range(10)]
    assert {one.answer for one in admitted} == {b"\x01"}
    assert [faults(one.outcomes) for one in admitted[3:]] == [["rate_of_device"]] * 7


def test_what_costs_the_core_nothing_uses_up_nothing() -> None:
    at = door()
    at.admit([KeepAlive(device_id=RADIO), DecodeError("not_ascii")] * 100, HOME)
    assert not faults(at.admit([located()], HOME).outcomes)


def test_a_fault_says_which_address_it_came_from() -> None:
    (fault,) = Door().admit([DecodeError("no_start")], "10.0.0.7").outcomes
    (stranger,) = Door({"imei:1"}).admit([Located(device_id="imei:2", lat=52.0, lon=-1.0)], "10.0.0.8").outcomes
    assert isinstance(fault, DecodeError)
    assert isinstance(stranger, DecodeError)
    assert (fault.peer, stranger.peer) == ("10.0.0.7", "10.0.0.8")
