"""`arls gateway status`: how every gateway of the force is, by what it says of itself at the broker.

It decides what is asked and how it looks; what is wrong, and what to do about it, is `gateways.concerns`' to say.
"""

from __future__ import annotations

import json
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.output import WORLD_SAID_NO, as_json, console, refuse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from rich.console import RenderableType

    from api.settings import Settings
    from gateways.concerns import Concern
    from gateways.mqtt import BrokerAddress
    from gateways.statuses import GatewaySeen

_EVERY_S = 2.0

# A number that is cut off is worse than a line that a narrow terminal breaks.
_NARROWEST = 110


def status(
    config: Annotated[Path | None, typer.Option(help="arls.toml; the environment wins over it.")] = None,
    ready_file: Annotated[
        Path | None, typer.Option(help="What `arls demo` or `arls serve` wrote: it names their broker.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Again every two seconds, until Ctrl-C.")] = False,
) -> None:
    """How every gateway of the force is; exit code 1 when something is wrong, in sentences that say what to do."""
    from api.settings import read_settings
    from gateways.statuses import statuses_at

    settings = read_settings(config)
    address = _broker_of(settings, ready_file)
    with statuses_at(address, force=settings.force) as statuses:
        while True:
            seen = [statuses.seen[name] for name in sorted(statuses.seen)]
            wrong = _tell(seen, settings, as_object=json, clear=watch and not json)
            if not watch:
                break
            try:
                sleep(_EVERY_S)
            except KeyboardInterrupt:
                break
    if not seen:
        refuse(
            f"no gateway of the force {settings.force!r} has reported to the broker at {address.host}:{address.port}: "
            "start one (arls gateway run), or look at its `force` and `broker.host`"
        )
    if wrong:
        raise typer.Exit(WORLD_SAID_NO)


def _broker_of(settings: Settings, ready_file: Path | None) -> BrokerAddress:
    from api.outside import address_of
    from gateways.mqtt import BrokerAddress

    if ready_file is None:
        if settings.broker.host is None:
            refuse("no broker is set: name one in --config (broker.host), or give the demo's --ready-file")
        return address_of(settings.broker)
    try:
        broker = json.loads(ready_file.read_text(encoding="utf-8"))["broker"]
        return BrokerAddress(host=str(broker["host"]), port=int(broker["port"]))
    except OSError as error:
        refuse(f"cannot read {ready_file}: {error.strerror}")
    except (ValueError, KeyError, TypeError):
        refuse(f"{ready_file} names no broker: give the file that `arls demo --ready-file` wrote")


def _tell(seen: Iterable[GatewaySeen], settings: Settings, *, as_object: bool, clear: bool) -> bool:
    """Shows the gateways; true when something is wrong with one of them."""
    from rich.console import Console

    from gateways.clock import received_now
    from gateways.concerns import concerns_of

    now = received_now()
    told = [(one, concerns_of(one, now)) for one in seen]
    wrong = any(concern.wrong for _, concerns in told for concern in concerns)
    if as_object:
        gateways = [_object_of(one, concerns) for one, concerns in told]
        as_json({"ok": bool(told) and not wrong, "force": settings.force, "gateways": gateways})
        return wrong
    if clear:
        console.clear()
    wide = Console(highlight=False, width=max(console.width, _NARROWEST))
    if told:
        wide.print(_table(told, now))
    for one, concerns in told:
        wide.print(_lines_table(one, now))
        for concern in concerns:
            mark = "[red]wrong[/]" if concern.wrong else "[yellow]note[/] "
            console.print(f"{mark} {_plain(one.gateway)}: {_plain(concern.said)}", soft_wrap=True)
    return wrong


def _object_of(one: GatewaySeen, concerns: list[Concern]) -> dict[str, Any]:
    return {
        "gateway": one.gateway,
        "ok": not any(concern.wrong for concern in concerns),
        "concerns": concerns,
        "status": one.status,
    }


def _table(told: Iterable[tuple[GatewaySeen, list[Concern]]], now: datetime) -> RenderableType:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    for name in ("gateway", "state", "heard"):
        table.add_column(name, no_wrap=True)
    for name in ("session", "received", "decoded", "rejected", "lost", "spool", "clock"):
        table.add_column(name, justify="right", no_wrap=True)
    for one, concerns in told:
        said, counted = one.status, one.status.counters
        tone = "red" if any(concern.wrong for concern in concerns) else "green"
        sources = said.sources
        table.add_row(
            f"[{tone}]{_plain(one.gateway)}[/]",
            f"{said.state} {_ago(said.started_at if said.state == 'online' else one.said_at, now)}",
            _ago(said.last_received_at, now),
            str(said.session),
            *(str(counted.get(name, 0)) for name in ("received", "decoded", "rejected")),
            f"{sources.lost} of {sources.fresh + sources.stale + sources.lost + sources.quiet + sources.off}",
            f"{said.spool.depth}, {said.spool.oldest_s:.0f} s" if said.spool.depth else "0",
            "?" if said.clock.offset_s is None else f"{said.clock.offset_s:+.1f} s",
        )
    return table


def _lines_table(one: GatewaySeen, now: datetime) -> RenderableType:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 1))
    for name in (f"lines of {_plain(one.gateway)}", "dialect", "state", "heard"):
        table.add_column(name, overflow="fold")
    for name in ("received", "rejected", "open"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in one.status.lines:
        table.add_row(
            _plain(line.name),
            _plain(line.dialect),
            "[red]silent[/]" if line.is_silent else _plain(line.state),
            _ago(line.last_heard_at, now),
            str(line.received),
            str(line.rejected),
            "" if line.connections is None else str(line.connections),
        )
    rejected = ", ".join(f"{reason} {count}" for reason, count in sorted(one.status.rejected.items()))
    table.caption = f"rejected: {_plain(rejected)}" if rejected else None
    return table


def _ago(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "?"
    seconds = max(0, round((now - at).total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def _plain(text: str) -> str:
    """What a stranger may have named, with nothing in it that a terminal would obey."""
    from rich.markup import escape

    return escape("".join(character if character.isprintable() else "?" for character in text))
