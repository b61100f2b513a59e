"""What is told arrives at real peers: pytak on the mesh, a TAK Server over mutual TLS, and a web server."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import warnings
from configparser import ConfigParser
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from api.out import Outs
from api.outgoing import out_of, sender_of
from gateways import tak_line
from gateways.decoders.xml_tree import parse
from gateways.listeners.multicast import MulticastListener
from gateways.out import out as out_module
from gateways.out.parcels import Parcel
from gateways.out.senders import DatagramSender, Hook, HookSender, SendError, Target
from gateways.tls import server_context_of
from tests.fakes import Clock
from tests.gateways.ears import Ear
from tests.gateways.out_room import AB1, NOW, OFF_DUTY, room_open
from tests.gateways.tak_server import TakServerFake
from tests.gateways.test_tls import NAME, Authority

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # that it could also speak HTTP, with a package that it need not have
    import pytak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateways.out.out import Out
    from tests.gateways.out_room import Room

LOOPBACK, GROUP = "127.0.0.1", "239.2.3.1"
PATIENCE_S = 10.0


@pytest.fixture
def room() -> Iterator[Room]:
    with room_open() as made:
        yield made


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_module, "_LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(out_module, "_SHORTEST_WAIT_S", 0.02)
    monkeypatch.setattr(out_module, "_LONGEST_WAIT_S", 0.05)


def wanted(**words: Any) -> Any:
    (said,) = TypeAdapter(Outs).validate_python([{"name": "partner", "units": True} | words])
    return said


@contextmanager
def telling(room: Room, clock: Clock | None = None, **words: Any) -> Iterator[Out]:
    out = out_of(wanted(**words), room.engine, force="demo", now=clock or Clock(NOW))
    out.start()
    try:
        yield out
    finally:
        out.stop()


def until(true: Callable[[], object]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end_s, "it did not come about"
        time.sleep(0.01)


# --- a web server --------------------------------------------------------------------------------------------------


@dataclass
class Web:
    """A real web server that answers as told, and remembers what came."""

    answers: list[int] = field(default_factory=list)  # one a request; 200 when there are no more
    came: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    url: str = ""

    def keys(self) -> list[str]:
        return [headers["Idempotency-Key"] for headers, _ in self.came]


@contextmanager
def web_open() -> Iterator[Web]:
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            web.came.append((dict(self.headers), json.loads(body)))
            self.send_response(web.answers.pop(0) if web.answers else 200)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    web.url = f"http://{LOOPBACK}:{server.server_address[1]}/hook"
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_change_is_posted_with_its_secret_and_counted(room: Room, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("Bearer abc\n", encoding="utf-8")
    room.is_at("cot:A", 53.2)
    with (
        web_open() as web,
        telling(room, kind="geojson", url=web.url, incidents=True, secret_file=str(secret)) as out,
    ):
        until(lambda: web.came)
        headers, body = web.came[0]
        assert (headers["Authorization"], headers["Content-Type"]) == ("Bearer abc", "application/geo+json")
        assert [feature["id"] for feature in body["features"]] == ["arls.demo.unit.AB1"]
        room.says(AB1, OFF_DUTY)
        until(lambda: len(web.came) == 2)
        assert web.came[1][1]["features"][0]["properties"]["gone"] is True
        until(lambda: out.account().sent == 2)
    account = out.account()
    assert (account.failed, account.queued, account.last_error) == (0, 0, "")
    assert account.last_ok_at == NOW
    assert (account.to, "abc" in str(account)) == (web.url.removesuffix("/hook"), False)


def test_what_is_not_taken_is_sent_again_in_order_and_under_the_same_id(room: Room) -> None:
    with web_open() as web:
        web.answers += [503, 302, 401, 200]
        clock = Clock(NOW)
        room.is_at("cot:A", 53.2)
        with telling(room, clock, kind="traccar", url=web.url) as out:
            until(lambda: len(web.came) >= 2)
            clock.advance(seconds=6)
            room.is_at("cot:A", 53.2001, seconds=6)
            until(lambda: out.account().sent == 2)
        keys = web.keys()
        assert keys[:4] == [keys[0]] * 4
        assert keys[4] != keys[0]
        assert [body["position"]["latitude"] for _, body in web.came[3:]] == [53.2, 53.2001]
        account = out.account()
        assert (account.failed, account.refused, account.dropped) == (3, 0, 0)
        assert account.last_error.endswith("answers 401.")


def test_what_is_refused_for_good_does_not_keep_the_rest_back(room: Room) -> None:
    with web_open() as web:
        web.answers += [422]
        room.is_at("cot:A", 53.2)
        room.is_at("cot:B", 53.2)
        with telling(room, kind="traccar", url=web.url) as out:
            until(lambda: out.account().sent == 1)
        assert (out.account().refused, len(web.came)) == (1, 2)


def test_while_nobody_is_there_the_oldest_gives_way_and_the_engine_goes_on(room: Room) -> None:
    clock = Clock(NOW)
    with telling(room, clock, kind="geojson", url="http://127.0.0.1:9/", queue=2) as out:
        for step in range(4):
            room.is_at("cot:A", 53.2 + step / 10_000, seconds=6 * step)
            until(lambda step=step: out.account().queued + out.account().dropped == step + 1)
            clock.advance(seconds=6)
        account = out.account()
    assert (account.queued, account.dropped, account.sent) == (2, 2, 0)
    assert account.failed > 0
    assert account.last_error.startswith("http://127.0.0.1:9 does not take it")


def test_a_server_that_takes_and_never_answers_holds_nobody_up() -> None:
    async def session() -> None:
        async def sit(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(0.5)
            writer.close()

        server = await asyncio.start_server(sit, LOOPBACK, 0)
        port = server.sockets[0].getsockname()[1]
        sender = HookSender(Hook(url=f"http://{LOOPBACK}:{port}/", timeout_s=0.1))
        keeping = asyncio.create_task(sender.run())
        with pytest.raises(SendError, match="ReadTimeout"):
            await asyncio.wait_for(sender.send(Parcel(id="1", key="1", body=b"{}")), 5)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        server.close()
        await asyncio.sleep(0.6)

    asyncio.run(session())


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"secret_env": "NOT_SET_ANYWHERE"}, "NOT_SET_ANYWHERE"),
        ({"secret_file": "/nonexistent/secret"}, "cannot be read"),
    ],
)
def test_a_secret_that_is_not_there_is_said_and_nothing_goes_without_it(
    room: Room, words: dict[str, str], why: str
) -> None:
    room.is_at("cot:A", 53.2)
    with web_open() as web, telling(room, kind="geojson", url=web.url, **words) as out:
        until(lambda: why in out.account().last_error)
        assert out.account().sent == 0
        assert web.came == []


def test_a_secret_that_is_no_header_is_not_repeated(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("Bearer hunter2\x01", encoding="utf-8")
    said = wanted(kind="geojson", url="http://localhost/", secret_file=str(secret))
    with pytest.raises(SendError) as error:
        sender_of(said, force="demo")
    assert "hunter2" not in str(error.value)


# --- Cursor on Target ----------------------------------------------------------------------------------------------


def test_pytak_reads_the_mesh_that_we_speak_in_xml_and_in_protobuf(room: Room) -> None:
    room.is_at("cot:A", 53.2)

    async def heard(port: int, protocol: str) -> Any:
        parser = ConfigParser()
        parser["pytak"] = {
            "COT_URL": f"udp+ro://{GROUP}:{port}",
            "TAK_PROTO": protocol,
            "PYTAK_MULTICAST_LOCAL_ADDR": LOOPBACK,
        }
        config = parser["pytak"]
        reader, _ = await pytak.protocol_factory(config)
        words = {"over": "udp", "server": GROUP, "port": port, "interface": LOOPBACK, "protobuf": protocol == "1"}
        out = out_of(wanted(kind="cot", **words), room.engine, force="demo", now=Clock(NOW))
        out.start()
        try:
            return await asyncio.wait_for(pytak.RXWorker(asyncio.Queue(), config, reader).readcot(), PATIENCE_S)
        finally:
            await asyncio.to_thread(out.stop)
            reader.close()

    async def free_port() -> int:
        listener = MulticastListener(group=GROUP, port=0, interfaces=[LOOPBACK])
        await listener.start(Ear())
        await listener.stop()
        return listener.port

    port = asyncio.run(free_port())
    event = parse(asyncio.run(heard(port, "0")))
    assert (event.get("uid"), event.get("type")) == ("arls.demo.unit.AB1", "a-f-G-E-V-C")
    message = asyncio.run(heard(port, "1"))
    assert (message.cotEvent.uid, message.cotEvent.lat) == ("arls.demo.unit.AB1", 53.2)


def test_a_tak_server_is_told_over_mutual_tls_in_protobuf_and_units_are_taken_off_again(
    room: Room, tmp_path: Path
) -> None:
    ours = Authority(tmp_path, "ours")
    tls = ours.issued("arls.example")
    files = {"ca_file": tls.ca_file, "certificate_file": tls.certificate_file, "key_file": tls.key_file}
    room.is_at("cot:A", 53.2)

    def uids() -> list[str]:
        return [message.cotEvent.uid for message in server.framed]

    server = TakServerFake(offers=True)

    async def session() -> None:
        port = await server.start(server_context_of(ours.issued()))
        said = wanted(kind="cot", server=LOOPBACK, port=port, server_name=NAME, tls=files)
        out = out_of(said, room.engine, force="demo", now=Clock(NOW))
        await asyncio.to_thread(out.start)
        await server.until(lambda: "arls.demo.unit.AB1" in [*uids(), *(it.get("uid") for it in server.heard)])
        await server.until(lambda: "t-x-takp-q" in server.types())
        await asyncio.to_thread(room.says, AB1, OFF_DUTY)
        await server.until(lambda: "t-x-d-d" in [message.cotEvent.type for message in server.framed])
        assert 'uid="arls.demo.unit.AB1"' in server.framed[-1].cotEvent.detail.xmlDetail
        await asyncio.to_thread(out.stop)
        await server.stop()
        assert out.account().sent == 2

    asyncio.run(session())


def test_a_tak_server_that_is_away_hears_where_units_are_and_not_where_they_were(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(NOW)
    brisk = tak_line.Pace(connect_s=0.2, shortest_wait_s=0.05, longest_wait_s=0.1)
    monkeypatch.setattr(tak_line, "Pace", lambda: brisk)

    async def session() -> None:
        server = TakServerFake()
        port = await server.start()
        await server.stop()
        room_task = wanted(kind="cot", server=LOOPBACK, port=port)
        out = out_of(room_task, room.engine, force="demo", now=clock)
        await asyncio.to_thread(out.start)
        for step in range(3):
            await asyncio.to_thread(room.is_at, "cot:A", 53.2 + step / 10_000, seconds=6 * step)
            await asyncio.to_thread(
                until, lambda step=step: (out.account().queued, out.account().overtaken) == (1, step)
            )
            clock.advance(seconds=6)
        again = TakServerFake()
        await again.start(port=port)
        await again.until(lambda: "a-f-G-E-V-C" in again.types())
        told = [it.find("point") for it in again.heard if it.get("type") == "a-f-G-E-V-C"]
        assert [point.get("lat") for point in told if point is not None] == ["53.2002000"]
        await asyncio.to_thread(out.stop)
        await again.stop()
        assert (out.account().overtaken, out.account().sent) == (2, 1)

    asyncio.run(session())


def test_what_no_datagram_can_hold_is_refused_for_good() -> None:
    async def session() -> None:
        sender = DatagramSender(Target(host=LOOPBACK, port=9))
        keeping = asyncio.create_task(sender.run())
        with pytest.raises(SendError, match="Message too long") as error:
            await sender.send(Parcel(id="1", key="1", body=b"a" * 70_000))
        assert error.value.for_good
        await asyncio.sleep(0)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    asyncio.run(session())


def test_a_name_that_cannot_be_is_said(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    server = "a" * 64 + ".example"
    brisk = tak_line.Pace(connect_s=0.2, shortest_wait_s=0.05, longest_wait_s=0.1)
    monkeypatch.setattr(tak_line, "Pace", lambda: brisk)
    room.is_at("cot:A", 53.2)
    with telling(room, kind="cot", server=server, plain=True) as out:
        until(lambda: f"the TAK Server at {server}:8089" in out.account().last_error)


def test_an_out_that_has_only_just_begun_can_be_stopped(room: Room) -> None:
    for _ in range(20):
        with telling(room, kind="cot", server=LOOPBACK, port=9):
            pass


# --- settings and the account --------------------------------------------------------------------------------------
