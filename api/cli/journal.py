"""`arls journal` and `arls replay`: is the record whole, and what was known at an instant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.output import as_json, console, instant_of

app = typer.Typer(no_args_is_help=True, help="The record of everything: verify it.")

Record = Annotated[Path, typer.Argument(help="Data folder or journal.sqlite.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")]


@app.command()
def verify(path: Record, json: Json = False) -> None:
    """Check the chain, the bodies, the store itself, and what follows from the events; name the first bad record."""
    from arls.journal.sqlite import open_read_only
    from arls.journal.verify import verify_file
    from arls.replay import find_snapshot_fault

    report = verify_file(path)
    faults = list(report.faults)
    if not faults:
        fault = find_snapshot_fault(open_read_only(path))
        faults += [fault] if fault else []
    if json:
        as_json(
            {
                "ok": not faults,
                "records": report.head.position,
                "head": report.head.hash.hex(),
                "erased": report.erased,
                "faults": faults,
            }
        )
    elif faults:
        console.print(f"{report.path}: {faults[0]}", soft_wrap=True)
    else:
        console.print(f"{report.path}: {report.head.position:,} records, whole; head {report.head.hash.hex()[:16]}")
    if faults:
        raise typer.Exit(1)


def replay(
    path: Record,
    at: Annotated[str, typer.Option(help="RFC 3339 instant, for example 2026-03-02T14:05:00Z")],
    json: Json = False,
) -> None:
    """What was known at an instant: units with their places, open incidents, assignments, closures in force."""
    from arls.journal.sqlite import open_read_only
    from arls.replay import known_at

    journal = open_read_only(path)
    when = instant_of(at)
    known = known_at(journal, when)
    located = known.picture.located
    units: list[dict[str, Any]] = [
        {
            "callsign": callsign,
            "lat": float(known.picture.columns["lat"][number]) if located[number] else None,
            "lon": float(known.picture.columns["lon"][number]) if located[number] else None,
            "state": known.states[callsign].label if callsign in known.states else None,
            "assignment": known.active.get(callsign),
        }
        for number, callsign in enumerate(known.picture.callsigns)
    ]
    if json:
        as_json(
            {
                "at": at,
                "position": known.position,
                "units": units,
                "incidents": list(known.incidents.values()),
                "assignments": list(known.assignments.values()),
                "closures": list(known.closures_at(when)),
            }
        )
        return
    still_open = [incident for incident in known.incidents.values() if incident.closed_at is None]
    console.print(f"after record {known.position}: {len(units)} units, {int(located.sum())} with a place")
    for incident in still_open:
        sent = [a.callsign for a in known.assignments.values() if a.incident == incident.id and a.active]
        console.print(f"{incident.id} grade {incident.grade} {incident.type}: {', '.join(sent) or 'nobody assigned'}")
    for closure in known.closures_at(when):
        since = f"{closure.since:%Y-%m-%d %H:%M:%S} UTC"
        console.print(f"{closure.id} in force since {since}: {closure.name or 'roads shut'}", markup=False)
