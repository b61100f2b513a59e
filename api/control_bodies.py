"""What clients may send about the control of an incident.

It decides shapes and sizes. Whether what is asked may be done is the rules' to decide.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from api.schemas import Phrase, Place, Sayable, Sent
from arls.control import HandOverAct

RoleText = Annotated[str, Field(pattern=r"^[a-z]{1,16}$", description="of the commander: `tfc` or `sfc`")]
Commander = Annotated[str, Field(min_length=1, max_length=100), Sayable]
Why = Annotated[str, Field(min_length=1, max_length=1000), Sayable]
# As X-Desk may be.
DeskText = Annotated[str, Field(pattern=r"^[A-Za-z0-9_ .:-]{1,32}$")]


class HandOverPath(StrEnum):
    """What a desk may do about an offer."""

    ACCEPT = HandOverAct.ACCEPT.value
    REFUSE = HandOverAct.REFUSE.value
    RECALL = HandOverAct.RECALL.value
    TAKE_OVER = HandOverAct.TAKE_OVER.value


class RvpBody(Place):
    """Where units meet, and how to approach."""

    note: Phrase = ""


class AuthoriseBody(Sent):
    """Who commands, in which role, and why armed units are sent."""

    role: RoleText
    commander: Commander
    reason: Why


class CommandBody(Sent):
    """Who commands from now on, in which role, and what was handed over."""

    role: RoleText
    commander: Commander
    note: Why


class ReasonBody(Sent):
    """Why."""

    reason: Why


class HandOverBody(Sent):
    """To which desk, and what it should know."""

    desk: DeskText
    note: Phrase = ""


class NoteBody(Sent):
    """What the other desk should know; to take over, why."""

    note: Phrase = ""
