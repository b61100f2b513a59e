"""Which desk answers for a place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from arls.locality import AreaRef
from arls.responsibility import Responsibility, responsible_desk

AT = datetime(2026, 3, 2, 14, tzinfo=UTC)
HERE = (AreaRef(kind="force", id="A", name="Arlshire"), AreaRef(kind="beat", id="AC", name="Centre"))


def row(desk: str, areas: str = "", roads: str = "", since: datetime | None = None) -> Responsibility:
    return Responsibility(desk=desk, areas=frozenset(areas.split()), road_classes=frozenset(roads.split()), since=since)


def test_a_desk_that_names_neither_area_nor_road_answers_for_all() -> None:
    assert responsible_desk([row("all")], (), "", AT) == "all"


def test_motorways_are_their_own_desks_wherever_they_run() -> None:
    rows = [row("centre", areas="AC"), row("roads", roads="motorway motorway_link")]
    assert responsible_desk(rows, HERE, "motorway", AT) == "roads"
    assert responsible_desk(rows, HERE, "residential", AT) == "centre"


def test_the_deeper_area_has_the_word_and_then_the_earlier_row() -> None:
    rows = [row("force", areas="A"), row("centre", areas="AC"), row("late", areas="AC")]
    assert responsible_desk(rows, HERE, "residential", AT) == "centre"
    assert responsible_desk(rows, HERE[:1], "residential", AT) == "force"


def test_nobody_answers_for_a_place_that_no_row_names() -> None:
    assert not responsible_desk([row("elsewhere", areas="XX"), row("roads", roads="motorway")], HERE, "primary", AT)


def test_a_desks_later_rows_replace_its_earlier_ones_once_they_begin() -> None:
    soon = AT + timedelta(days=1)
    rows = [row("east", areas="AC"), row("east", areas="XX", since=soon), row("west", areas="A")]
    assert responsible_desk(rows, HERE, "", AT) == "east"
    assert responsible_desk(rows, HERE, "", soon) == "west"
