"""What a member of the made-up force can say by radio or terminal.

It decides only the words. When they are said is `crew`'s, how they sound on the wire `radios`' to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateways.simulator.roster import Member
    from gateways.simulator.writers import Sight

EMERGENCY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A member's device reports where it is."""

    member: Member
    sight: Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSaid:
    """A member sets a state code on the radio; EMERGENCY is the button."""

    member: Member
    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A member's terminal answers a deployment: delivered, accepted, refused, arrived, clear."""

    member: Member
    assignment: str
    answer: str


Saying = Report | StateSaid | Answer
