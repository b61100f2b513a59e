"""What OSRM and Valhalla make of an extract, kept in `.cache/peers` until the extract or their version changes."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from copy import deepcopy
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import osrm
import valhalla
from valhalla.config import get_config

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CACHE = Path(__file__).resolve().parents[3] / ".cache" / "peers"
CAR = Path(osrm.__file__).parent / "share" / "profiles" / "car.lua"
# More than any question here asks.
PLENTY = 10**6


def osrm_of(source: Path, algorithm: str) -> tuple[osrm.OSRM, float]:
    """OSRM's engine on an extract with its own `car.lua`, and the seconds that getting ready took."""

    def build(folder: Path) -> None:
        base = folder / "roads.osrm"
        _osrm("extract", "-p", CAR, source, "-o", base)
        for step in ("contract",) if algorithm == "CH" else ("partition", "customize"):
            _osrm(step, base)

    folder, took_s = _kept(source, f"osrm-{algorithm.lower()}", version("osrm-bindings"), build)
    engine = osrm.OSRM(
        algorithm=algorithm,
        storage_config=str(folder / "roads.osrm"),
        use_shared_memory=False,
        max_locations_distance_table=PLENTY,
        max_locations_map_matching=PLENTY,
    )
    return engine, took_s


def valhalla_of(source: Path, **settings: Mapping[str, Any]) -> tuple[valhalla.Actor, float]:
    """Valhalla's engine on an extract with no limits and some settings, and the seconds that its tiles took."""

    def build(folder: Path) -> None:
        config = folder / "config.json"
        config.write_text(json.dumps(_config(folder)), encoding="utf-8")
        _run(_program("valhalla_build_tiles"), "-c", config, source)

    folder, took_s = _kept(source, "valhalla", version("pyvalhalla"), build)
    config = _config(folder)
    for part, own in settings.items():
        config[part] |= own
    return valhalla.Actor(config), took_s


def _kept(source: Path, engine: str, number: str, build: Callable[[Path], None]) -> tuple[Path, float]:
    key = hashlib.sha256(source.read_bytes() + number.encode()).hexdigest()[:12]
    folder = CACHE / f"{source.name.split('.')[0]}-{engine}-{key}"
    stamp = folder / "took_s.json"
    if not stamp.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        started = perf_counter()
        build(folder)
        stamp.write_text(json.dumps(perf_counter() - started), encoding="utf-8")
    return folder, float(json.loads(stamp.read_text(encoding="utf-8")))


def _config(folder: Path) -> dict[str, Any]:
    tiles = folder / "tiles"
    tiles.mkdir(exist_ok=True)
    # A copy, for `get_config` gives the same inner tables to everybody.
    config: dict[str, Any] = deepcopy(get_config(tile_dir=tiles, tile_extract=""))
    # Files that tell countries, time zones and traffic: none is at hand, and it does without.
    for name in ("admin", "timezone", "landmarks", "traffic_extract", "transit_dir", "transit_feeds_dir"):
        config["mjolnir"].pop(name, None)
    limits = config["service_limits"]["auto"]
    limits |= dict.fromkeys(limits, PLENTY * 1000)
    config["service_limits"]["trace"] |= {"max_distance": 1e7, "max_shape": PLENTY}
    return config


def _program(name: str) -> Path:
    return Path(valhalla.__file__).parent / "bin" / name


def _osrm(step: str, *arguments: Path | str) -> None:
    _run(sys.executable, "-m", "osrm", step, *arguments)


def _run(*command: Path | str) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
