"""`arls`: the command line. A family of commands is a module; this one joins them and turns errors into sentences."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from api.cli import areas, closures, export, gateway, journal, packs, place_names, roads, roster
from api.cli.output import USAGE, WORLD_SAID_NO, as_json, console, errors, progress_bar, refuse

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="ARLS, the Automatic Resource Location System: who can be there first, by road, now, and how sure are we?",
)
app.add_typer(roads.app, name="roads")
app.add_typer(gateway.app, name="gateway")
app.add_typer(closures.app, name="closures")
app.add_typer(roster.app, name="roster")
app.add_typer(areas.app, name="areas")
app.add_typer(place_names.app, name="places")
app.add_typer(journal.app, name="journal")
app.add_typer(packs.app, name="packs")
app.command()(journal.replay)
app.command()(export.export)

Config = Annotated[Path | None, typer.Option(help="arls.toml; the environment wins over it.")]
ReadyFile = Annotated[Path | None, typer.Option(help="Written when everything is up: JSON with url and token.")]


@app.command()
def demo(
    units: Annotated[int, typer.Option(min=1, max=20_000, help="How many units are on duty.")] = 250,
    seconds: Annotated[float | None, typer.Option(min=0, help="End by itself so long after it is up.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Of the screen; 0: any free one.")] = 8080,
    roads: Annotated[
        str | None, typer.Option(help="Folder of `arls roads build`, `helsinki`, or `place:Birmingham, UK`.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the journal, continued; default: a temporary one.")
    ] = None,
    no_calls: Annotated[bool, typer.Option("--no-calls", help="Nobody takes calls but you.")] = False,
    tour: Annotated[
        bool, typer.Option("--tour", help="A scene of five minutes plays itself, with captions on the screen.")
    ] = False,
    tour_pace: Annotated[float, typer.Option(min=0.01, max=10, hidden=True)] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed, another force.")] = 1,
    ready_file: ReadyFile = None,
) -> None:
    """The whole system on this machine: broker, simulated force, engine, API, screen."""
    from api.demo import Wanted, run_demo
    from api.tour.run import run_tour

    wanted = Wanted(
        data=data or Path(tempfile.mkdtemp(prefix="arls-")),
        roads=roads,
        units=units,
        seconds=seconds,
        port=port,
        calls=not no_calls,
        ready_file=ready_file,
        seed=seed,
        pace=tour_pace,
    )
    with progress_bar("building") as progress:
        run = run_tour if tour else run_demo
        run(wanted, say=lambda text: console.print(text, soft_wrap=True), progress=progress)


@app.command()
def serve(config: Config = None, ready_file: ReadyFile = None) -> None:
    """Engine, API, live feed and screen on your own roads and broker."""
    from api.serving import run_serve

    run_serve(config, ready_file, say=lambda text: console.print(text, soft_wrap=True))


@app.command()
def simulate(
    broker: Annotated[str, typer.Option(help="HOST:PORT of the MQTT broker that ARLS uses.")],
    pei: Annotated[str, typer.Option(help="HOST:PORT of a gateway's TETRA PEI listener.")],
    nmea: Annotated[str, typer.Option(help="HOST:PORT of a gateway's NMEA listener (UDP).")],
    units: Annotated[int, typer.Option(min=1, max=20_000, help="How many units are on duty.")] = 250,
    seconds: Annotated[float | None, typer.Option(min=0, help="End by itself after so long.")] = None,
    roads: Annotated[
        str | None, typer.Option(help="Folder of `arls roads build`, `helsinki`, or `place:Birmingham, UK`.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Of the API, to book the units on first.")] = None,
    token: Annotated[str | None, typer.Option(help="Bearer token for the API.", envvar="ARLS_TOKEN")] = None,
    force: Annotated[str, typer.Option(help="Tenant name in the MQTT topics.")] = "demo",
    seed: Annotated[int, typer.Option(help="Another seed, another force.")] = 1,
) -> None:
    """A made-up force that drives on the network and reports through the gateways of an ARLS that runs elsewhere."""
    from api.outside import until_stopped
    from api.simulating import Simulated, run_simulation
    from gateways.mqtt import BrokerAddress

    host, port = _peer(broker)
    wanted = Simulated(
        roads=roads,
        units=units,
        seed=seed,
        force=force,
        broker=BrokerAddress(host=host, port=port),
        pei=_peer(pei),
        nmea=_peer(nmea),
        url=url,
        token=token,
    )

    def until() -> None:
        console.print(f"{units} simulated units drive and report; stop them with Ctrl-C")
        until_stopped(seconds)

    with progress_bar("building") as progress:
        run_simulation(wanted, until=until, progress=progress)


def _peer(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        refuse(f"{text!r} is no address: write it as HOST:PORT", code=USAGE)
    return host or "127.0.0.1", int(port)


@app.command(hidden=True)
def setup() -> None:
    """Compile the kernels and build the made-up county, so that the demo starts in seconds."""
    from api.networks import build_county, read_roads
    from api.wiring import warm_up
    from maps.isochrones import isochrones_of

    warm_up()
    with progress_bar("county") as progress:
        ground = build_county(progress)
    roads = read_roads(ground.directory)
    roads.prepare()
    # Isochrones are asked for later, so the start of a system does not wait for their kernels.
    isochrones_of(roads.network, roads.spread([roads.network.bounds.centre], "foot"), [1.0])
    console.print(f"compiled kernels and {ground.name} are ready in {ground.directory}")


@app.command()
def doctor(
    config: Config = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
) -> None:
    """What is wrong with this installation, in sentences."""
    from api.doctor import examine

    findings = examine(config)
    if json:
        as_json({"ok": not any(finding.wrong for finding in findings), "findings": findings})
    else:
        for finding in findings:
            mark = "[red]wrong[/]" if finding.wrong else "[green]good[/] "
            console.print(f"{mark} {finding.what}: {finding.said}", soft_wrap=True)
    if any(finding.wrong for finding in findings):
        raise typer.Exit(WORLD_SAID_NO)


def main() -> None:
    """Run the command line; what the world refuses is one sentence and exit code 1, a wrong setting 2."""
    try:
        app()
    except Exception as error:
        code = _find_exit_code(error)
        if code is None:
            raise
        errors.print(f"arls: {error}", soft_wrap=True, markup=False)
        sys.exit(code)


def _find_exit_code(error: Exception) -> int | None:
    """The exit code of an error that is a sentence for a person; None for any other, which is our fault."""
    from api.outside import WiringError
    from api.settings import SettingsError
    from arls.journal.chain import JournalError
    from arls.packs.reader import PackError
    from arls.roads.live import UnknownProfileError
    from gateways.listeners.listener import ListenerError
    from gateways.mqtt import BrokerError
    from gateways.shelf import ShelfError
    from gateways.tls import TlsError
    from maps.report import MapError

    if isinstance(error, SettingsError | UnknownProfileError):
        return USAGE
    said = BrokerError | JournalError | ListenerError | MapError | PackError | ShelfError | TlsError | WiringError
    return WORLD_SAID_NO if isinstance(error, said) else None
