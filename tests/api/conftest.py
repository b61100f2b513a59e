"""A served control room, with a screen of one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.room import Room, open_room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def web(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    (folder / "node_modules").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>ARLS</title>")
    (folder / "locate.html").write_text("<!doctype html><title>Where are you?</title>")
    (folder / "main.js").write_text("export {};")
    (folder / "install.mjs").write_text("")
    (folder / "package.json").write_text("{}")
    (folder / "node_modules" / "tool.js").write_text("export {};")
    return folder


@pytest.fixture
def room(web: Path) -> Iterator[Room]:
    with open_room(web) as made:
        yield made
