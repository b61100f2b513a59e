"""The gateway's own clock: the one place in this room that reads one.

It decides the receive stamp, UTC to the millisecond. Everything behind it takes time from the message.
"""

from __future__ import annotations

from datetime import UTC, datetime


def received_now() -> datetime:
    """The receive stamp of what has just come in."""
    now = datetime.now(UTC)  # noqa: TID251  # a gateway's receive stamp is where time enters the house
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
