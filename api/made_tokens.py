"""Tokens for operators whom nobody gave one: made up once, and the same when ARLS is started again on its data.

It decides where they are kept: beside the journal, in a file that only its user reads. A force sets its own
(`[tokens]`), and then nothing is kept here. A file that cannot be read is forgotten: others are made up.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILE = "tokens.json"


def made_tokens(folder: Path, operators: Iterable[str]) -> dict[str, str]:
    """A token of 256 bits for each of these operators. Raises OSError where the folder cannot be written."""
    file = folder / FILE
    try:
        kept = msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
        kept = {}
    made = {operator: kept.get(operator) or secrets.token_urlsafe(32) for operator in operators}
    if not made.items() <= kept.items():
        folder.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f"{file.name}.part")
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600)
        beside.write_bytes(msgspec.json.encode(kept | made))
        beside.replace(file)
    return made
