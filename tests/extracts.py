"""The real extracts of ARLS_SHARED_DATA, each imported once for all the tests of a run that look at it."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from maps.osm import import_network

if TYPE_CHECKING:
    from arls.roads.network import Network
    from maps.report import Report

ROADS = Path(os.environ.get("ARLS_SHARED_DATA", Path(__file__).parents[1] / "../shared/data")) / "roads"

on_real_roads = [
    pytest.mark.real_roads,
    pytest.mark.skipif(not ROADS.is_dir(), reason="the extracts of ARLS_SHARED_DATA are not on this machine"),
]


@cache
def imported(name: str) -> tuple[Network, Report]:
    """The network of an extract, and what became of its roads."""
    return import_network(ROADS / name)
