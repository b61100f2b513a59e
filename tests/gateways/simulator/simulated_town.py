"""A small town for the made-up force: a block of streets, a one-way, a banned turn, a signal, a cul-de-sac."""

from __future__ import annotations

from functools import cache

from arls.roads.live import Roads
from tests.drawing import Drawn, draw, turn_restriction


@cache
def town() -> tuple[Drawn, Roads]:
    """The drawing and the roads on it, made once."""
    drawn = draw(
        """
        A-----B-----C
        |     |     |
        D--X--E-----F
              |
              G
        """,
        ways={
            "ABC": {"highway": "primary", "name": "North Street", "maxspeed": "30 mph"},
            "DXEF": {"highway": "residential", "name": "South Street"},
            "AD": {"highway": "residential", "name": "West Lane"},
            "BE": {"highway": "secondary", "oneway": "yes", "name": "Mid Lane"},
            "CF": {"highway": "residential", "name": "East Lane"},
            "EG": {"highway": "service", "name": "Yard"},
        },
        nodes={"B": {"highway": "traffic_signals"}},
        relations=[turn_restriction("no_left_turn", "BE", "E", "DXEF")],
    )
    return drawn, Roads(drawn.network)
