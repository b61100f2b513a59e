"""In which order messages are taken: what presses first, and everything once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from gateways.inbox import Inbox, Taken
from gateways.mqtt import Inbound

NOW = datetime(2026, 6, 6, tzinfo=UTC)


def message(number: int) -> Inbound:
    return Inbound(str(number), b"", NOW, retain=False, qos=1, mid=number, connection=1)


def taken_from(inbox: Inbox) -> list[Taken]:
    inbox.end()
    return list(iter(inbox.take, None))


def numbers(messages: list[Inbound]) -> list[int]:
    return [message.mid for message in messages]


@given(st.lists(st.booleans(), max_size=40))
def test_everything_is_taken_once_and_each_kind_in_its_order(presses: list[bool]) -> None:
    inbox = Inbox()
    for number, does in enumerate(presses):
        (inbox.press if does else inbox.put)(message(number))
    taken = taken_from(inbox)
    pressing = [number for one in taken for number in numbers(one.pressing)]
    ordinary = [number for one in taken for number in numbers(one.ordinary)]
    assert pressing == [number for number, does in enumerate(presses) if does]
    assert ordinary == [number for number, does in enumerate(presses) if not does]


def test_what_presses_is_in_the_very_next_batch_however_much_waits() -> None:
    inbox = Inbox()
    for number in range(2_000):
        inbox.put(message(number))
    inbox.press(message(2_000))
    first, *rest = taken_from(inbox)
    assert numbers(first.pressing) == [2_000]
    assert len(first.ordinary) <= 501
    assert not any(one.pressing for one in rest)


def test_whoever_waits_is_woken_by_what_presses() -> None:
    inbox, taken = Inbox(), []
    waiting = threading.Thread(target=lambda: taken.append(inbox.take()))
    waiting.start()
    inbox.press(message(1))
    waiting.join(5)
    assert taken == [Taken([message(1)], [])]


def test_an_inbox_that_has_ended_says_so_to_whoever_waits() -> None:
    inbox, taken = Inbox(), []
    waiting = threading.Thread(target=lambda: taken.append(inbox.take()))
    waiting.start()
    inbox.end()
    waiting.join(5)
    assert taken == [None]
