"""What is wrong with an installation, in sentences that name the fix.

It decides what is looked at. It changes nothing and starts nothing.
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import maps
from api.networks import find_ground
from api.outgoing import read_accounts, sender_of, where_of
from api.outside import address_of
from api.packs import choose_packs, overdue
from api.settings import Settings, SettingsError, read_settings
from api.survey import read_area_book
from arls.journal.sqlite import store_version
from arls.packs.reader import PackError
from gateways.broker import find_mosquitto
from gateways.clock import received_now
from gateways.clockcheck import kernel_clock
from gateways.concerns import concerns_of
from gateways.mqtt import BrokerError
from gateways.out.senders import SendError
from gateways.statuses import statuses_at
from gateways.tls import TlsError
from maps.area_files import counts_of, doubts_of
from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Iterator

_OLDEST_SQLITE = (3, 51, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    said: str
    wrong: bool = False


def examine(config: Path | None) -> list[Finding]:
    """Everything worth knowing before a shift relies on this machine."""
    return list(_findings(config))


def _findings(config: Path | None) -> Iterator[Finding]:
    yield Finding(what="python", said=f"{platform.python_version()} at {sys.executable}")
    yield _sqlite()
    yield _mosquitto()
    yield _browser_files()
    try:
        settings = read_settings(config)
    except SettingsError as error:
        yield Finding(what="settings", said=str(error), wrong=True)
        return
    yield Finding(what="settings", said=f"force {settings.force}, {config or 'defaults and environment'}")
    yield _network(settings)
    yield _areas(settings)
    yield _data(settings.journal.data)
    yield from _packs(settings)
    yield _clock(settings)
    if settings.broker.host is not None:
        yield from _gateways(settings)
    yield from _outs(settings)


def _sqlite() -> Finding:
    # SQLite before 3.51.3 may corrupt a WAL that two connections reset at once; apsw brings its own.
    version = store_version()
    said = ".".join(map(str, version))
    if version < _OLDEST_SQLITE:
        return Finding(what="sqlite", said=f"{said} may corrupt its log: install apsw 3.51.3 or newer", wrong=True)
    return Finding(what="sqlite", said=said)


def _mosquitto() -> Finding:
    found = find_mosquitto()
    if found is None:
        said = "not here, and the Python broker may lose messages: apt-get install mosquitto, or set broker.host"
        return Finding(what="mosquitto", said=said, wrong=True)
    return Finding(what="mosquitto", said=found)


def _browser_files() -> Finding:
    if (Path(maps.__file__).parent / "web" / "vendor" / "VENDOR.json").is_file():
        return Finding(what="screen", said="browser files are in place")
    return Finding(what="screen", said="browser files are missing: run `make assets`", wrong=True)


def _network(settings: Settings) -> Finding:
    if settings.roads.network is None:
        return Finding(what="roads", said="roads.network is not set: `arls demo` has its own, `arls serve` needs one")
    try:
        ground = find_ground(settings.roads.network, progress=lambda _step, _done: None)
    except MapError as error:
        return Finding(what="roads", said=str(error), wrong=True)
    if ground.base_map is None:
        return Finding(what="roads", said=f"{ground.name} has no base map: build it again", wrong=True)
    return Finding(what="roads", said=ground.name)


def _areas(settings: Settings) -> Finding:
    try:
        book = read_area_book(settings.areas)
    except MapError as error:
        return Finding(what="areas", said=str(error), wrong=True)
    if not book.areas:
        return Finding(what="areas", said="none are set: urban or rural, warnings and desks by area are not known")
    doubts = doubts_of(book)
    said = ", ".join(f"{number} {kind}" for kind, number in counts_of(book).items())
    return Finding(what="areas", said=said + (f"; {len(doubts)} doubtful: see `arls areas check`" if doubts else ""))


def _data(folder: Path) -> Finding:
    parent = next(place for place in (folder, *folder.resolve().parents) if place.exists())
    try:
        probe = parent / ".arls-doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Finding(
            what="journal", said=f"{parent} cannot be written ({error.strerror}): set journal.data", wrong=True
        )
    return Finding(what="journal", said=f"{folder} can be written")


def _packs(settings: Settings) -> Iterator[Finding]:
    """Whether the packs can be used, and which of them somebody was to look at again."""
    try:
        chosen = choose_packs(settings)
    except PackError as error:
        yield Finding(what="packs", said=str(error), wrong=True)
        return
    said = ", ".join(pack.id for pack in chosen.every)
    yield Finding(what="packs", said=f"{said} can be used")
    for late in overdue(chosen.every, received_now().date()):
        yield Finding(what="packs", said=late, wrong=True)


def _clock(settings: Settings) -> Finding:
    match kernel_clock().is_synchronised:
        case True:
            return Finding(what="clock", said="synchronised, says the kernel")
        case None:
            return Finding(what="clock", said="the kernel does not say whether it is synchronised")
        case False:
            said = "not synchronised, says the kernel: start chrony or the like, or reports without a time are misdated"
            return Finding(what="clock", said=said, wrong=settings.gateway.require_clock)


def _gateways(settings: Settings) -> Iterator[Finding]:
    """What the gateways of this force say of themselves at the broker."""
    try:
        with statuses_at(address_of(settings.broker), force=settings.force) as statuses:
            seen = list(statuses.seen.values())
    except (BrokerError, TlsError) as error:
        yield Finding(what="broker", said=str(error), wrong=True)
        return
    yield Finding(what="broker", said=f"answers at {settings.broker.host}:{settings.broker.port}")
    if not seen:
        said = f"none has reported for the force {settings.force!r}: start one (arls gateway run)"
        yield Finding(what="gateways", said=said)
    for one in seen:
        concerns = concerns_of(one, received_now())
        for concern in concerns:
            yield Finding(what=f"gateway {one.gateway}", said=concern.said, wrong=concern.wrong)
        if not concerns:
            yield Finding(what=f"gateway {one.gateway}", said="is well")


def _outs(settings: Settings) -> Iterator[Finding]:
    """Who outside is told, whether what that needs is there, and how it went of late."""
    accounts = {account.name: account for account in read_accounts(settings.journal.data)}
    for said in settings.out:
        what, where = f"out {said.name}", f"{said.kind} to {where_of(said)}"
        try:
            sender_of(said, force=settings.force)
        except (SendError, TlsError) as error:
            yield Finding(what=what, said=f"{where}: {error}", wrong=True)
            continue
        account = accounts.get(said.name)
        if account is None:
            yield Finding(what=what, said=f"{where}; nothing was told yet")
            continue
        told = f"{where}: {account.sent} sent, {account.queued} waiting, {account.dropped + account.refused} lost"
        broken = account.last_error_at is not None and (
            account.last_ok_at is None or account.last_error_at > account.last_ok_at
        )
        yield Finding(what=what, said=f"{told}; {account.last_error}" if broken else told, wrong=broken)
