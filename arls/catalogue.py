"""The words that a force has for skills and roles, as a pack of data: what is not in it is refused, the nearest named.

It decides what is a word, and what no callsign looks like. A force without a catalogue uses any words.
"""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).with_name("catalogues")

# An ISSI has up to eight digits and an ITSI fifteen (ETSI EN 300 392-1, 7.2); no callsign is so many and no letter.
_ISSI = re.compile(r"[0-9]{6,15}")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,32}")


class CatalogueError(ValueError):
    """A catalogue that cannot be used: one sentence, which names the file and the key."""


class Catalogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Codes with what each means."""

    capabilities: dict[str, str]
    roles: dict[str, str] = {}


def read_catalogue(name: str) -> Catalogue:
    """A catalogue by the name of one that comes with ARLS, or by its path. Raises CatalogueError."""
    file = FOLDER / f"{name}.toml" if _WORD.fullmatch(name) else Path(name)
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        catalogue = msgspec.convert(table, Catalogue)
    except OSError as error:
        ours = ", ".join(sorted(path.stem for path in FOLDER.glob("*.toml")))
        raise CatalogueError(f"cannot read {file}: {error.strerror}; with ARLS come {ours}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{file} is not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise CatalogueError(f"{file}: {error}") from None
    for code in (*catalogue.capabilities, *catalogue.roles):
        if not _WORD.fullmatch(code):
            raise CatalogueError(f"{file}: {code!r} is no code: those are up to 32 letters, digits, _ and -")
    return catalogue


def find_unknown(words: Iterable[str], known: dict[str, str], what: str) -> str | None:
    """A sentence on the first of these words that is not known, with the nearest that are; None when all are."""
    odd = next((word for word in words if word not in known), None)
    if odd is None:
        return None
    near = get_close_matches(odd.lower(), known, n=3, cutoff=0.6)
    hint = f"is it {' or '.join(near)}?" if near else f"known are {', '.join(sorted(known))}"
    return f"there is no {what} {odd} in the catalogue: {hint}"


def find_misnamed(callsign: str, pattern: re.Pattern[str] | None) -> str | None:
    """A sentence on a callsign that is none of the force's, or is a radio's number; None for a good one."""
    if pattern is not None and pattern.fullmatch(callsign):
        return None
    if _ISSI.fullmatch(callsign):
        return f"{callsign} looks like the number of a radio (ISSI): that goes among the unit's devices"
    return f"{callsign} is no callsign of this force ({pattern.pattern})" if pattern is not None else None
