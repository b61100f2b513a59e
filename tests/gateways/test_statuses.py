"""Which word of a gateway counts."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from gateways.mqtt import Inbound
from gateways.payloads import GatewayStatus
from gateways.statuses import Statuses
from gateways.topics import receipt_topic, status_topic

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)


def told(*words: GatewayStatus | bytes, topic: str = status_topic("demo", "yard"), retain: bool = False) -> Statuses:
    statuses = Statuses()
    for word in words:
        payload = word if isinstance(word, bytes) else msgspec.json.encode(word)
        statuses.take(Inbound(topic, payload, NOW, retain=retain, qos=1, mid=1, connection=1))
    return statuses


def online(session: int) -> GatewayStatus:
    return GatewayStatus(state="online", session=session, at=NOW, counters={"received": 7})


def will(session: int) -> GatewayStatus:
    return GatewayStatus(state="offline", session=session)


def test_the_newest_word_counts() -> None:
    assert told(online(1), will(1)).seen["yard"].status.state == "offline"
    assert told(online(1), will(1), online(2)).seen["yard"].status.state == "online"


def test_a_will_of_an_older_session_means_nothing() -> None:
    assert told(online(2), will(1)).seen["yard"].status.state == "online"


def test_a_will_leaves_what_was_counted_and_the_moment_it_came() -> None:
    seen = told(online(2), will(2)).seen["yard"]
    assert seen.status.counters == {"received": 7}
    assert seen.said_at == NOW


def test_a_will_that_was_retained_does_not_say_when() -> None:
    assert told(will(2), retain=True).seen["yard"].said_at is None


def test_what_is_cleared_away_is_gone() -> None:
    assert told(online(1), b"").seen == {}


def test_nonsense_and_other_topics_are_passed_by() -> None:
    assert told(b"nonsense", b"\xff", b'{"state":1}', b"[" * 100_000).seen == {}
    assert told(online(1), topic=receipt_topic("demo", "yard")).seen == {}


def test_forged_gateways_fill_no_memory() -> None:
    statuses = Statuses()
    payload = msgspec.json.encode(online(1))
    for n in range(1100):
        statuses.take(Inbound(status_topic("demo", f"g{n}"), payload, NOW, retain=False, qos=1, mid=1, connection=1))
    assert len(statuses.seen) == 1000
