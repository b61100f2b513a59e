"""`arls roads`: build a network from an extract, look at it, ask it for ETAs and rankings, and have it audited."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.matching import match
from api.cli.network_info import info
from api.cli.output import as_json, console, progress_bar, refuse, table_of, warn
from api.cli.places import At, Shut, closures_of, position_of
from api.cli.reach import reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from arls.geo import Position
    from arls.roads.live import Roads
    from arls.roads.network import Floats
    from arls.roads.packs import Straight
    from arls.roads.path import Path as Way
    from arls.roads.steps import Step

app = typer.Typer(no_args_is_help=True, help="Road networks: build, look at, ask, audit.")

app.command()(match)
app.command()(reach)
app.command()(info)

Directory = Annotated[Path, typer.Argument(help="Folder that `arls roads build` wrote.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")]
ProfileName = Annotated[str, typer.Option(help="How it moves: car-response, car-normal, foot ...")]
Engine = Annotated[str, typer.Option(help="`search` or `hierarchy`: the same answers, found in two ways.")]


@app.command()
def build(
    source: Annotated[str, typer.Argument(help=".osm.pbf, .osm, .osm.gz, .graphml, or `place:Birmingham, UK`")],
    out: Annotated[Path, typer.Option(help="Folder to write the network and its base map to.")],
    tiles: Annotated[bool, typer.Option(help="Draw the base map as well.")] = True,
    json: Json = False,
) -> None:
    """Make a network, and the base map of the screen, from an OSM extract or a place by name."""
    from api.networks import build_network

    with progress_bar("roads") as progress:
        built = build_network(source, out, tiles=tiles, progress=progress)
    manifest = built.manifest
    if built.doubt:
        warn(built.doubt)
    if json:
        as_json({"out": str(out), **manifest.counts, "checksum": manifest.checksum})
        return
    counts = ", ".join(f"{count:,} {name}" for name, count in manifest.counts.items())
    console.print(f"{out}: {counts}. Try: arls demo --roads {out}", markup=False, soft_wrap=True)


def _told(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_told(part)}" for name, part in value.items()) or "none"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


@app.command()
def eta(
    directory: Directory,
    start: Annotated[str, typer.Option("--from", help="LAT,LON of the unit")],
    goal: Annotated[str, typer.Option("--to", help="LAT,LON of the incident")],
    course: Annotated[float | None, typer.Option(help="Degrees true, when it moves: which side of the road.")] = None,
    profile: ProfileName = "car-response",
    engine: Engine = "search",
    closures: Shut = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Seconds, metres and streets from one place to another."""
    roads = _roads(directory, engine)
    here, there = position_of(start), position_of(goal)
    shut = closures_of(closures, roads, at)
    mobility = roads.profile(profile)
    if mobility.kind == "water":
        refuse(f"{profile} goes by water: no ETA is known")
    if mobility.straight is not None:
        answer = _flight_answer(mobility.straight, here, there, up=course is not None)
    elif (way := roads.find_way(here, there, profile, course_deg=course, closures=shut)) is not None:
        answer = _way_answer(way, roads.steps_of(way, profile), profile)
    else:
        closed = f" under {len(shut)} closures" if shut else ""
        refuse(f"no road leads from {start} to {goal} for {profile}{closed}")
    answer |= {"profile": profile, "engine": engine if mobility.kind == "road" else None}
    if json:
        as_json(answer)
    else:
        table_of({name: _told(value) for name, value in answer.items() if name not in {"streets", "steps"}})
        for told in map(_told_step, answer["steps"]) if answer["steps"] else ("straight there",):
            console.print(told, soft_wrap=True, highlight=False)


def _told_step(step: Mapping[str, Any]) -> str:
    turn = step["turn"].replace("_", " ") + (f", exit {step['exit']}" if step["exit"] else "")
    minutes, seconds = divmod(round(step["duration_s"]), 60)
    street = step["street"] or "a road without a name"
    return f"{turn}: {street}, {step['distance_m']:,.0f} m, {minutes}:{seconds:02d}"


def _way_answer(way: Way, steps: Iterable[Step], profile: str) -> dict[str, Any]:
    from arls.eta import certain, road_interval
    from maps.layers import rows_of

    return {
        "eta_s": way.cost_ms / 1000,
        "interval_s": _bounds(road_interval([way.cost_ms / 1000], certain(1), profile)),
        "distance_m": round(way.length_m, 1),
        "from": {"lat": round(float(way.lats[0]), 7), "lon": round(float(way.lons[0]), 7)},
        "to": {"lat": round(float(way.lats[-1]), 7), "lon": round(float(way.lons[-1]), 7)},
        "basis": "road",
        "streets": list(way.streets),
        "steps": rows_of(steps),
    }


def _flight_answer(straight: Straight, here: Position, there: Position, *, up: bool) -> dict[str, Any]:
    """Straight there; who has a course is up already."""
    import numpy as np

    from api.cli.offline import MOVING_MPS
    from arls.eta import certain, flight_interval
    from arls.geo import metres_between

    crow_m = metres_between(here, there)
    bounds = _bounds(flight_interval([crow_m], certain(1), straight, np.array([MOVING_MPS if up else 0.0])))
    return {
        "eta_s": bounds["mid"],
        "interval_s": bounds,
        "distance_m": round(crow_m, 1),
        "from": {"lat": here.lat, "lon": here.lon},
        "to": {"lat": there.lat, "lon": there.lon},
        "basis": "straight_line",
        "streets": [],
        "steps": [],
    }


def _bounds(interval: tuple[Floats, Floats, Floats]) -> dict[str, float]:
    low, mid, high = (round(float(bound[0]), 3) for bound in interval)
    return {"low": low, "mid": mid, "high": high}


@app.command()
def rank(
    directory: Directory,
    units: Annotated[Path, typer.Option(help="CSV: callsign,lat,lon[,course_deg]")],
    incidents: Annotated[Path, typer.Option(help="CSV: incident,lat,lon")],
    profile: ProfileName = "car-response",
    engine: Engine = "search",
    k: Annotated[int | None, typer.Option(min=1, help="Only the k soonest; the rest is a number.")] = None,
    closures: Shut = None,
    at: At = None,
) -> None:
    """For each incident of a file, every unit of another by its time there: one JSON line an incident."""
    from api.cli.offline import rank_offline, read_incidents, read_units

    roads = _roads(directory, engine)
    try:
        force, places = read_units(units), read_incidents(incidents)
    except (OSError, ValueError, KeyError, csv.Error) as error:
        refuse(f"cannot read the CSV files: {error}")
    shut = closures_of(closures, roads, at)
    for name, place in places:
        as_json(rank_offline(roads, force, name, place, profile, k, engine, closures=shut))


@app.command()
def check(
    directory: Directory,
    sample: Annotated[int, typer.Option(min=1, help="How many random ETAs to compare.")] = 100,
    profile: ProfileName = "car-response",
    seed: Annotated[int, typer.Option(help="Another seed, another sample.")] = 0,
    json: Json = False,
) -> None:
    """Have networkx find the same ETAs on your own network, and say what differs."""
    from api.networks import read_roads
    from arls.roads.audit import audit
    from maps import roadfile

    roadfile.load(directory, verify=True)
    roads = read_roads(directory)
    with progress_bar("networkx") as progress:
        found = audit(roads, profile, sample=sample, seed=seed, progress=lambda done: progress("audit", done))
    if json:
        as_json(found)
    else:
        console.print(f"{found.compared} ETAs compared, {found.reached} with a way, {len(found.differences)} differ")
        for difference in found.differences[:10]:
            console.print(difference)
    if found.differences:
        raise typer.Exit(1)


def _roads(directory: Path, engine: str) -> Roads:
    from api.networks import HIERARCHY, SEARCH, read_roads

    if engine not in {SEARCH, HIERARCHY}:
        refuse(f"there is no engine {engine!r}: use {SEARCH} or {HIERARCHY}", code=2)
    return read_roads(directory, engine=engine)
