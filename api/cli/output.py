"""How the command line speaks: tables and sentences for people, JSON for machines, and the exit codes of the contract.

It decides how an answer looks and that an error is one sentence. What is said is decided by each command.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OK, WORLD_SAID_NO, USAGE = 0, 1, 2

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def refuse(sentence: str, *, code: int = WORLD_SAID_NO) -> NoReturn:
    """End with one sentence on stderr."""
    warn(sentence)
    raise typer.Exit(code)


def instant_of(text: str) -> datetime:
    """The instant that somebody typed, UTC where no zone is named; what is none ends the command."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"{text!r} is no instant: write it as 2026-03-02T14:05:00Z", code=USAGE)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def warn(sentence: str) -> None:
    """Say one sentence on stderr, and go on."""
    errors.print(f"[bold red]arls:[/] {escape(sentence)}", soft_wrap=True)


def as_json(value: object) -> None:
    """One line of JSON on stdout."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.flush()


def table_of(rows: dict[str, Any]) -> None:
    """Names and values in two columns."""
    width = max(map(len, rows), default=0)
    for name, value in rows.items():
        console.print(f"[dim]{name:<{width}}[/]  {escape(str(value))}", soft_wrap=True)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[str, float], None]]:
    """A bar on stderr that is told each step and how much is done, 0 to 1; silent where nobody looks."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, disable=not errors.is_terminal) as progress:
        task = progress.add_task(title, total=1.0)

        def told(step: str, done: float) -> None:
            progress.update(task, description=f"{title}: {step}", completed=done)

        yield told
