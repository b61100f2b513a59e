"""`arls gateway`: decode messages by hand, and run the listeners."""

from __future__ import annotations

import gc
import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.gateway_status import status
from api.cli.output import USAGE, as_json, console, refuse

_SWITCH_S = 0.0005

app = typer.Typer(no_args_is_help=True, help="Radios and trackers: decode by hand, run the listeners.")


@app.command()
def decode(
    dialect: Annotated[str, typer.Argument(help="tetra-lip, tetra-pei, nmea0183 ...; any other word lists them all.")],
    file: Annotated[Path | None, typer.Argument(help="One message a line; stdin where there is none.")] = None,
    text: Annotated[bool, typer.Option("--text", help="Lines are text.")] = False,
    digits: Annotated[
        bool, typer.Option("--hex", help="Lines are hexadecimal digits. [default: as the first line looks]")
    ] = False,
    vectors: Annotated[bool, typer.Option("--vectors", help="Lines are test vectors: JSON with the input.")] = False,
) -> None:
    """What messages of one dialect say: one JSON line each, `{"reject": reason}` for one that says nothing."""
    from gateways.decode import Mode, UnknownDialectError, decode_lines

    said = [mode for mode, is_said in ((Mode.TEXT, text), (Mode.HEX, digits), (Mode.VECTORS, vectors)) if is_said]
    if len(said) > 1:
        refuse("a line is one of --text, --hex and --vectors", code=USAGE)
    mode = said[0] if said else None
    try:
        # Any octets may stand there: they reach the decoder as they are.
        lines = file.open(encoding="utf-8", errors="surrogateescape") if file else sys.stdin
        if isinstance(lines, io.TextIOWrapper):
            lines.reconfigure(errors="surrogateescape")
        with lines:
            for answer in decode_lines(dialect, lines, mode):
                as_json(answer)
    except UnknownDialectError as error:
        refuse(str(error), code=USAGE)
    except BrokenPipeError:  # whoever read has read enough: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        refuse(f"cannot read {file}: {error.strerror}")


app.command()(status)


@app.command()
def run(
    config: Annotated[Path | None, typer.Option(help="arls.toml; the environment wins over it.")] = None,
) -> None:
    """Listen to radios and trackers and hand their fixes to the broker, until stopped."""
    from api.edge import gateway_running
    from api.outside import address_of, until_stopped
    from api.settings import read_settings

    settings = read_settings(config)
    # Whoever speaks to the broker or the disk queues for the interpreter after each call: with Python's 5 ms, a fix of
    # 600 a second came to the broker within 225 to 308 ms (p99), with this within 13 to 51 (tests/bench/bench_gateway).
    sys.setswitchinterval(_SWITCH_S)
    gc.freeze()  # what was loaded stays: looking through it for garbage stopped everything for 90 ms
    with gateway_running(
        settings.gateway, address_of(settings.broker), force=settings.force, data=settings.journal.data
    ) as edge:
        console.print(f"gateway {edge.gateway.name} runs; stop it with Ctrl-C")
        until_stopped()
