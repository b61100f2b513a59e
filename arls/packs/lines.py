"""On which line of a TOML text each value stands: tomllib tells of a value what it is and not where it came from.

It decides nothing about values; a text that is no TOML was refused before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Way = tuple[str | int, ...]

# A name in a header or before a `=`: bare, or in quotes.
_NAME = re.compile(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|([A-Za-z0-9_-]+)')
# What a value is made of, as far as its end is concerned: strings hold brackets and `#` that mean nothing.
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]', re.DOTALL
)


def lines_of(text: str) -> dict[Way, int]:
    """The line, from 1, of every table and of every key with a value, by the way to it.

    What stands within a value (a list, an inline table) is not told apart: its line is the one where the value begins.
    """
    lines: dict[Way, int] = {}
    tables: dict[Way, int] = {}  # how many of an array of tables there were
    table: Way = ()
    for line, statement in _statements(text):
        if statement.startswith("[["):
            place = _resolved(_names(statement[2 : statement.index("]]")]), tables)
            tables[place] = tables.get(place, -1) + 1
            table = (*place, tables[place])
            lines.setdefault(place, line)
            lines[table] = line
        elif statement.startswith("["):
            table = _resolved(_names(statement[1 : statement.index("]")]), tables)
            lines[table] = line
        else:
            lines[*table, *_names(statement.split("=", 1)[0])] = line
    return lines


def line_of(way: Way, lines: dict[Way, int]) -> int:
    """The line of what stands at `way`, or of the innermost thing around it that has one; 1 for the whole file."""
    return next((lines[way[:end]] for end in range(len(way), 0, -1) if way[:end] in lines), 1)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Every header and every key with its value, with the line on which it begins."""
    begin, depth = 0, 0
    for token in _TOKEN.finditer(text):
        found = token.group()
        if found in "[{":
            depth += 1
        elif found in "]}":
            depth -= 1
        elif found == "\n" and depth == 0:
            yield from _statement(text, begin, token.start())
            begin = token.end()
    yield from _statement(text, begin, len(text))


def _statement(text: str, begin: int, end: int) -> Iterator[tuple[int, str]]:
    said = text[begin:end].strip()
    if said and not said.startswith("#"):
        yield text.count("\n", 0, begin) + 1, said


def _names(dotted: str) -> Way:
    return tuple(double or single or bare for double, single, bare in _NAME.findall(dotted))


def _resolved(names: Way, tables: dict[Way, int]) -> Way:
    """The way that a header means: below an array of tables it is the last one that is meant."""
    way: Way = ()
    for place, name in enumerate(names):
        way = (*way, name)
        if way in tables and place < len(names) - 1:
            way = (*way, tables[way])
    return way
