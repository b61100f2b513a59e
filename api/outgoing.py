"""The systems outside that the settings name, told of what is known: which `Out` each table of `out` stands for.

It decides no rule of who may hear what. Beside that it writes down every few seconds what became of it all, for
`arls doctor`, which asks no running program.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from api.out import CadOut, CotOut, GeoJsonOut, TraccarOut
from api.outside import find_tls
from gateways.out.cad import CadTelling, CadWatch
from gateways.out.cot import xml_of_telling
from gateways.out.hooks import MOST_FEATURES, geojson_body, traccar_body
from gateways.out.out import Out
from gateways.out.parcels import Account, Parcel
from gateways.out.senders import DatagramSender, Hook, HookSender, Sender, SendError, TakSender, Target, place_of
from gateways.out.telling import Selection, Watch
from gateways.tak_line import TakServer
from gateways.topics import feed_prefix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from api.out import Outs
    from arls.engine import Engine
    from gateways.out.out import Looks, Write
    from gateways.out.telling import Telling

    Wanted = CotOut | TraccarOut | GeoJsonOut | CadOut

ACCOUNTS_FILE = "outs.json"
_WRITE_EVERY_S = 5.0
_TAK_PORT, _MESH_PORT = 8089, 6969
# An incident that is told again each minute holds for two and a half: one lost datagram does not grey it.
_HOLDS_REPEATS = 2.5


@contextmanager
def outs_running(
    wanted: Outs, engine: Engine, *, force: str, data: Path, now: Callable[[], datetime]
) -> Iterator[tuple[Out, ...]]:
    """Every one that is wanted, at work."""
    outs = tuple(out_of(said, engine, force=force, now=now) for said in wanted)
    ledger = _Ledger(outs, data / ACCOUNTS_FILE)
    for out in outs:
        out.start()
    ledger.start()
    try:
        yield outs
    finally:
        for out in outs:
            out.stop()
        ledger.stop()


def out_of(said: Wanted, engine: Engine, *, force: str, now: Callable[[], datetime]) -> Out:
    """What tells as a table of the settings says."""
    return Out(
        Account(name=said.name, kind=said.kind, to=where_of(said)),
        engine=engine,
        watch=_watch_of(said, force),
        write=_write_of(said),
        make_sender=lambda: sender_of(said, force=force),
        now=now,
        queue=said.queue,
    )


def _watch_of(said: Wanted, force: str) -> Looks:
    if isinstance(said, CadOut):
        return CadWatch(selection_of(said), system=force)
    return Watch(
        selection_of(said),
        prefix=feed_prefix(force),
        interval_s=said.interval_s,
        repeat_s=said.repeat_s if isinstance(said, CotOut) else None,
    )


def selection_of(said: Wanted) -> Selection:
    """What the other side may hear of."""
    return Selection(
        units=said.units,
        incidents=said.incidents,
        capabilities=None if said.capabilities is None else frozenset(said.capabilities),
        hidden=frozenset(said.hide_capabilities),
        grades=None if said.grades is None else frozenset(said.grades),
        texts=said.texts,
    )


def where_of(said: Wanted) -> str:
    """Where it goes, without a secret."""
    if isinstance(said, CotOut):
        return f"{said.over} {said.server}:{_port_of(said)}"
    return place_of(str(said.url))


def sender_of(said: Wanted, *, force: str) -> Sender:
    """The way there. Raises SendError or TlsError where a file or a variable is missing."""
    if not isinstance(said, CotOut):
        header = _secret_of(said)
        return HookSender(
            Hook(
                url=str(said.url),
                header=None if header is None else (said.secret_header, header),
                tls=find_tls(said.tls),
                timeout_s=said.timeout_s,
                content_type="application/geo+json" if isinstance(said, GeoJsonOut) else "application/json",
            )
        )
    if said.over == "udp":
        return DatagramSender(
            Target(
                host=said.server,
                port=_port_of(said),
                interface=None if said.interface is None else str(said.interface),
                hops=said.hops,
                protobuf=said.protobuf is True,
            )
        )
    server = TakServer(
        host=said.server,
        port=_port_of(said),
        tls=find_tls(said.tls),
        server_name=said.server_name,
        negotiate=said.protobuf is not False,
    )
    return TakSender(server, uid=f"{feed_prefix(force)}out.{said.name}")


def _write_of(said: Wanted) -> Write:
    match said:
        case CotOut():
            return lambda tellings: _events(tellings, holds_s=_HOLDS_REPEATS * said.repeat_s)
        case TraccarOut():
            return _positions
        case GeoJsonOut():
            return _changes
        case CadOut():
            return _documents


def _events(tellings: Sequence[Telling], *, holds_s: float) -> Iterator[Parcel]:
    """One event each; a newer one of the same uid takes the place of one that still waits."""
    for telling in tellings:
        yield Parcel(id=telling.uid, key=telling.uid, body=xml_of_telling(telling, holds_s=holds_s))


def _positions(tellings: Sequence[Telling]) -> Iterator[Parcel]:
    for telling in tellings:
        body = traccar_body(telling)
        if body is not None:
            yield _once(telling, body)


def _changes(tellings: Sequence[Telling]) -> Iterator[Parcel]:
    for start in range(0, len(tellings), MOST_FEATURES):
        some = tellings[start : start + MOST_FEATURES]
        yield _once(some[0], geojson_body(some))


def _documents(tellings: Sequence[Telling]) -> Iterator[Parcel]:
    """One incident each; a newer revision takes the place of one that still waits."""
    for telling in tellings:
        if isinstance(telling, CadTelling):
            name = f"{telling.uid}.{telling.document.revision}"
            yield Parcel(id=name, key=telling.uid, body=msgspec.json.encode(telling.document))


def _once(first: Telling, body: bytes) -> Parcel:
    """Everything is sent, in order, each under an id of its own."""
    name = blake2b(f"{first.uid} {first.at.isoformat()}".encode(), digest_size=16).hexdigest()
    return Parcel(id=name, key=name, body=body)


def _port_of(said: CotOut) -> int:
    return said.port or (_TAK_PORT if said.over == "tak" else _MESH_PORT)


def _secret_of(said: TraccarOut | GeoJsonOut | CadOut) -> str | None:
    """The value of the header that proves who we are. Raises SendError; its sentence repeats nothing of the value."""
    if said.secret_env is not None:
        where, value = f"The environment variable {said.secret_env}", os.environ.get(said.secret_env, "")
    elif said.secret_file is not None:
        where = f"The file {said.secret_file}"
        try:
            value = said.secret_file.read_text(encoding="utf-8").partition("\n")[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise SendError(f"{where} cannot be read: {why}.") from error
    else:
        return None
    if not (value and value.isascii() and value.isprintable()):
        raise SendError(f"{where} holds no value for {said.secret_header}.")
    return value


class _Ledger:
    """Writes the accounts down while there are any."""

    def __init__(self, outs: Iterable[Out], file: Path) -> None:
        self._outs = tuple(outs)
        self._file = file
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="out accounts", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        if self._outs:
            self._thread.start()
        else:
            self._file.unlink(missing_ok=True)  # of a time when there were some

    def stop(self) -> None:
        """Write a last time."""
        self._stopping.set()
        if self._outs:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(_WRITE_EVERY_S):
            self._write()
        self._write()

    def _write(self) -> None:
        beside = self._file.with_name(f"{self._file.name}.part")
        with suppress(OSError):  # a disk that is full stops more than this
            beside.write_bytes(msgspec.json.encode([out.account() for out in self._outs]))
            beside.replace(self._file)


def read_accounts(data: Path) -> tuple[Account, ...]:
    """What was last written down; nothing where nothing is told to anybody."""
    try:
        return msgspec.json.decode((data / ACCOUNTS_FILE).read_bytes(), type=tuple[Account, ...])
    except (OSError, msgspec.MsgspecError):
        return ()
