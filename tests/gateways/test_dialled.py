"""Lines that a gateway opens by itself: a radio at a real pseudo-terminal, a device server over TCP; their faults."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any

import trustme

from gateways.decoders.message import DecodeError, Located
from gateways.listeners.dial import Dialled
from gateways.listeners.door import Door
from gateways.listeners.limits import Limits
from gateways.listeners.pei_life import REGISTRATIONS, PeiSetup
from gateways.listeners.ports import SerialPort, TcpPort
from gateways.listeners.tcp import TcpListener
from gateways.tls import Tls, client_context_of
from tests.gateways.ears import Ear
from tests.gateways.scripted_radio import SDS, ScriptedRadio, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

QUICK = PeiSetup(answer_s=0.3, pause_s=0.01, silent_s=0.4, renew_s=60)
RMC = b"$GPRMC,142530.50,A,5228.7820,N,00154.1560,W,24.5,270.5,060626,,,A*7D\r\n"


def reports(ear: Ear) -> list[Located]:
    return [outcome for outcome in ear.heard if isinstance(outcome, Located)]


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


def is_now(dialled: Dialled, state: str) -> Callable[[], bool]:
    return lambda: dialled.line.state == state


def test_a_radio_on_a_serial_line_is_registered_heard_and_registered_again() -> None:
    async def script() -> None:
        ear, radio = Ear(), ScriptedRadio(**{"CTSP=1,3,131": "+CME ERROR: 35"})
        with Terminal(radio) as terminal:
            dialled = Dialled("tetra-pei", SerialPort(device=terminal.device), pei=QUICK)
            await dialled.start(ear)
            await until(is_now(dialled, "registered"))
            assert radio.registered == set(REGISTRATIONS) - {"1,3,131"}
            assert "AT+CTSP=1,3,131 (+CME ERROR: 35)" in dialled.line.detail
            half = radio.deliver()
            terminal.say(half[:20])
            await asyncio.sleep(0.02)
            terminal.say(half[20:])
            await until(lambda: len(reports(ear)) == 1)

            radio.registered.clear()  # in silence
            await until(lambda: "1,3,10" in radio.registered)
            await until(is_now(dialled, "registered"))
            terminal.say(radio.restart())
            assert radio.deliver() == b""
            await until(is_now(dialled, "initialising"))
            await until(is_now(dialled, "registered"))
            terminal.say(radio.deliver())
            await until(lambda: len(reports(ear)) == 2)

            radio.is_mute = True
            await until(is_now(dialled, "lost"))
            terminal.say(SDS)  # its transmit wire is broken, not its receiver
            await until(lambda: len(reports(ear)) == 3)
            await dialled.stop()
        faults = [outcome.reason for outcome in ear.heard if isinstance(outcome, DecodeError)]
        assert set(faults) <= {"unexpected_line"}  # the banner
        assert {report.device_id for report in reports(ear)} == {"itsi:234009900004711"}

    asyncio.run(script())


def test_a_device_that_is_not_there_yet_is_opened_when_it_comes(tmp_path: Path) -> None:
    async def script() -> None:
        ear, device = Ear(), tmp_path / "ttyUSB0"
        dialled = Dialled("nmea0183", SerialPort(device=str(device), baud=4800))
        await dialled.start(ear)
        await until(lambda: "No such file" in dialled.line.detail)
        assert (dialled.line.name, dialled.line.state) == ("serial ttyUSB0", "connecting")
        with Terminal(ScriptedRadio()) as terminal:
            device.symlink_to(terminal.device)
            await until(is_now(dialled, "connected"))
            terminal.say(RMC)
            await until(lambda: len(reports(ear)) == 1)
            assert reports(ear)[0].device_id == "nmea0183:ttyUSB0"
        await until(is_now(dialled, "connecting"))  # pulled out
        assert "It broke" in dialled.line.detail
        await dialled.stop()

    asyncio.run(script())


def test_of_a_device_that_somebody_else_has_open_it_is_said() -> None:
    async def script() -> None:
        with Terminal(ScriptedRadio()) as terminal:
            first, second = (Dialled("nmea0183", SerialPort(device=terminal.device)) for _ in range(2))
            await first.start(Ear())
            await until(is_now(first, "connected"))
            await second.start(Ear())
            await until(lambda: "already locked by another process" in second.line.detail)
            await second.stop()
            await first.stop()

    asyncio.run(script())


class DeviceServer:
    """A serial device server: one radio behind a TCP port, which hangs up when told."""

    def __init__(self, radio: ScriptedRadio) -> None:
        self.radio = radio
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            while data := await reader.read(100):
                writer.write(self.radio.hear(data))
        except ConnectionError:
            pass
        finally:
            writer.close()

    def hang_up(self) -> None:
        self.writers[-1].transport.abort()


def test_a_radio_behind_a_device_server_is_registered_again_after_every_reconnection() -> None:
    async def script() -> None:
        ear, behind = Ear(), DeviceServer(ScriptedRadio())
        server = await asyncio.start_server(behind.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        dialled = Dialled("tetra-pei", TcpPort(host="127.0.0.1", port=port), pei=QUICK)
        await dialled.start(ear)
        for connections in (1, 2):
            await until(lambda: len(behind.writers) == connections)  # noqa: B023
            await until(is_now(dialled, "registered"))
            behind.writers[-1].write(behind.radio.deliver())
            await until(lambda: len(reports(ear)) == connections)  # noqa: B023
            behind.radio.restart()
            behind.hang_up()
            await until(is_now(dialled, "connecting"))
        await dialled.stop()
        server.close()

    asyncio.run(script())


def test_a_device_server_that_dials_us_has_its_radio_registered_when_we_are_told_to() -> None:
    async def script() -> None:
        ear, behind = Ear(), DeviceServer(ScriptedRadio())
        listener = TcpListener("tetra-pei", pei=QUICK)
        await listener.start(ear)
        serving = asyncio.create_task(behind.serve(*await asyncio.open_connection("127.0.0.1", listener.port)))
        await until(lambda: "1 of 1 radios are registered" in listener.line.detail)
        assert behind.radio.registered == set(REGISTRATIONS)
        behind.radio.is_mute = True
        await until(lambda: "is lost. The radio does not answer" in listener.line.detail)
        assert listener.line.state == "lost"
        behind.hang_up()
        await serving
        await until(lambda: not listener.talks)
        assert listener.line.detail == ""
        await listener.stop()

    asyncio.run(script())


def test_a_radio_that_only_chats_is_not_taken_for_one_that_never_ends_a_message() -> None:
    async def script() -> None:
        ear = Ear()
        listener = TcpListener("tetra-pei", limits=Limits(message_s=0.05))
        await listener.start(ear)
        _, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        for _ in range(5):
            writer.write(b"\r\nOK\r\n+CREG: 1\r\n")
            await asyncio.sleep(0.03)
        writer.write(SDS)
        await until(lambda: reports(ear))
        writer.close()
        await listener.stop()

    asyncio.run(script())


def test_a_radio_over_a_port_that_only_listens_hears_nothing() -> None:
    async def script() -> None:
        ear = Ear()
        listener = TcpListener("tetra-pei")
        await listener.start(ear)
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(SDS)
        await until(lambda: reports(ear))
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await listener.stop()

    asyncio.run(script())


def test_a_server_that_does_not_prove_its_name_is_not_listened_to(tmp_path: Path) -> None:
    async def script() -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        trusting = client_context_of(Tls(ca_file=str(tmp_path / "ca.pem")))

        accepted: list[asyncio.StreamWriter] = []  # a writer that nobody holds is closed

        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted.append(writer)
            writer.write(RMC)

        for name, state in (("127.0.0.1", "connected"), ("10.0.0.1", "connecting")):
            ear, context = Ear(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(name).configure_cert(context)
            server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
            port = TcpPort(host="127.0.0.1", port=server.sockets[0].getsockname()[1], context=trusting)
            dialled = Dialled("nmea0183", port)
            await dialled.start(ear)
            if state == "connected":
                await until(lambda: ear.heard)  # noqa: B023
            else:
                await until(lambda: "CERTIFICATE_VERIFY_FAILED" in dialled.line.detail)  # noqa: B023
                assert ear.heard == []
            assert dialled.line.state == state
            await dialled.stop()
            for writer in accepted:
                writer.close()
            server.close()

    asyncio.run(script())


def test_a_stream_that_falls_silent_is_opened_again() -> None:
    async def script() -> None:
        ear, accepted = Ear(), []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted.append(writer)
            writer.write(RMC)
            await reader.read()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        dialled = Dialled("nmea0183", TcpPort(host="127.0.0.1", port=port), limits=Limits(idle_s=0.1))
        await dialled.start(ear)
        await until(lambda: len(accepted) == 2)
        await until(lambda: len(reports(ear)) == 2)
        await dialled.stop()
        server.close()

    asyncio.run(script())


def test_a_stranger_on_a_shared_line_does_not_end_it_for_the_others() -> None:
    outcomes = [Located(device_id=f"issi:{ssi}", lat=52.0, lon=-1.0) for ssi in (1, 2)]
    shared = Door({"issi:2"}, is_shared=True).admit(outcomes)
    alone = Door({"issi:2"}).admit(outcomes)
    assert [type(outcome) for outcome in shared.outcomes] == [DecodeError, Located]
    assert (shared.is_over, alone.is_over) == (False, True)
