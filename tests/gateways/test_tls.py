"""TLS over real sockets: who is heard, who is not, and what is said of files that TLS cannot be made of."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from gateways.decoders.message import Login
from gateways.listeners.http import HttpListener
from gateways.listeners.limits import Limits
from gateways.listeners.tcp import TcpListener
from gateways.tls import Tls, TlsError, client_context_of, server_context_of
from tests.gateways.ears import PATIENCE_S, Ear
from tests.gateways.teltonika_frames import login

NAME = "gateway.example"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Authority:
    """A certificate authority, with files."""

    def __init__(self, folder: Path, name: str) -> None:
        self._authority = trustme.CA()
        self._folder = folder / name
        self._folder.mkdir()
        self.file = str(self._folder / "ca.pem")
        self._authority.cert_pem.write_to_path(self.file)

    def issued(self, name: str = NAME, not_after: datetime | None = None) -> Tls:
        """A certificate of that name with its key, and ourselves as whom its owner trusts."""
        made = self._authority.issue_cert(name, not_after=not_after)
        certificate, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        made.cert_chain_pems[0].write_to_path(str(certificate))
        made.private_key_pem.write_to_path(str(key))
        return Tls(ca_file=self.file, certificate_file=str(certificate), key_file=str(key))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"), "ours")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"), "theirs")


def open_to_all(tls: Tls) -> Tls:
    return replace(tls, ca_file=None)


async def greeted(port: int, tls: Tls) -> bytes:
    """What a tracker hears when it logs in over TLS. Raises OSError where no TLS comes about."""
    context = client_context_of(tls)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=NAME)
    writer.write(login())
    try:
        return await asyncio.wait_for(reader.read(1), PATIENCE_S)
    finally:
        writer.close()


async def listening(ear: Ear, tls: Tls, limits: Limits | None = None) -> TcpListener:
    listener = TcpListener("teltonika", tls=tls, limits=limits)
    await listener.start(ear)
    return listener


async def last_words(reader: asyncio.StreamReader) -> bytes:
    """What comes until the other end hangs up, in whatever way."""
    with suppress(ConnectionError):
        return await asyncio.wait_for(reader.read(), PATIENCE_S)
    return b""


def test_a_tracker_that_trusts_our_authority_is_heard(ours: Authority) -> None:
    async def session() -> None:
        ear = Ear()
        listener = await listening(ear, open_to_all(ours.issued()))
        assert await greeted(listener.port, Tls(ca_file=ours.file)) == b"\x01"
        assert [type(it) for it in ear.heard] == [Login]
        await listener.stop()

    asyncio.run(session())


def test_a_certificate_that_has_run_out_is_refused_by_the_tracker_and_counted_by_us(ours: Authority) -> None:
    async def session() -> None:
        ear = Ear()
        listener = await listening(ear, open_to_all(ours.issued("old.example", not_after=LONG_AGO)))
        context = client_context_of(Tls(ca_file=ours.file))
        with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
            await asyncio.open_connection("127.0.0.1", listener.port, ssl=context, server_hostname="old.example")
        assert await ear.until_fault("tls_failed") == "hung_up"
        await listener.stop()

    asyncio.run(session())


def test_a_tracker_that_trusts_somebody_else_leaves_and_is_counted(ours: Authority, theirs: Authority) -> None:
    async def session() -> None:
        ear = Ear()
        listener = await listening(ear, open_to_all(ours.issued()))
        with pytest.raises(ssl.SSLCertVerificationError):
            await greeted(listener.port, Tls(ca_file=theirs.file))
        assert await ear.until_fault("tls_failed") == "hung_up"
        await listener.stop()

    asyncio.run(session())


def test_with_mutual_tls_only_who_has_a_certificate_of_our_authority_is_heard(
    ours: Authority, theirs: Authority
) -> None:
    async def session() -> None:
        ear = Ear()
        listener = await listening(ear, ours.issued())
        assert await greeted(listener.port, ours.issued("tracker.example")) == b"\x01"
        strangers = (
            Tls(ca_file=ours.file),
            replace(theirs.issued("tracker.example"), ca_file=ours.file),
            ours.issued("late.example", not_after=LONG_AGO),
        )
        for stranger in strangers:
            ear.heard.clear()
            # TLS 1.3 lets a client talk before it hears that it is not wanted.
            with suppress(OSError):
                assert await greeted(listener.port, stranger) == b""
            assert await ear.until_fault("tls_failed")
            assert len(ear.heard) == 1
        await listener.stop()

    asyncio.run(session())


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken(ours: Authority, newest: ssl.TLSVersion) -> None:
    async def session() -> None:
        listener = await listening(Ear(), open_to_all(ours.issued()))
        context = client_context_of(Tls(ca_file=ours.file))
        context.maximum_version = newest
        _, writer = await asyncio.open_connection("127.0.0.1", listener.port, ssl=context, server_hostname=NAME)
        assert writer.get_extra_info("ssl_object").version() == newest.name.replace("_", ".")
        writer.close()
        await listener.stop()

    asyncio.run(session())


def test_older_tls_is_not_spoken(ours: Authority) -> None:
    for context in (server_context_of(ours.issued()), client_context_of(Tls())):
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_whoever_speaks_plainly_to_a_tls_port_is_hung_up_on_and_counted(ours: Authority) -> None:
    async def session() -> None:
        ear = Ear()
        listener = await listening(ear, open_to_all(ours.issued()))
        for words in (login(), b"$GPRMC,120000,A,5312.0,N,00002.0,W,20.0,90.0,020326,,,A\r\n", b"\xff" * 4000):
            ear.heard.clear()
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            writer.write(words)
            assert b"\x01" not in await last_words(reader)
            assert await ear.until_fault("tls_failed")
            writer.close()
        # A neighbour that does as it should is heard all the same.
        assert await greeted(listener.port, Tls(ca_file=ours.file)) == b"\x01"
        await listener.stop()

    asyncio.run(session())


def test_a_handshake_that_is_never_finished_is_given_up(ours: Authority) -> None:
    async def session() -> None:
        ear = Ear()
        listener = await listening(ear, open_to_all(ours.issued()), Limits(handshake_s=0.05))
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b"\x16\x03\x01")  # how a handshake begins
        assert await ear.until_fault("tls_failed") == "handshake_timed_out"
        assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
        writer.close()
        await listener.stop()

    asyncio.run(session())


def test_unfinished_handshakes_count_as_connections(ours: Authority) -> None:
    async def session() -> None:
        ear = Ear()
        listener = await listening(ear, open_to_all(ours.issued()), Limits(connections=2))
        lines = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(3)]
        assert await ear.until_fault("too_many_connections") == "127.0.0.1"
        for _, writer in lines:
            writer.close()
        await listener.stop()

    asyncio.run(session())


def test_phones_post_over_tls(ours: Authority) -> None:
    async def session() -> None:
        ear = Ear()
        listener = HttpListener(tls=open_to_all(ours.issued()))
        await listener.start(ear)
        context = client_context_of(Tls(ca_file=ours.file))
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port, ssl=context, server_hostname=NAME)
        body = b'{"_type":"location","lat":52.0,"lon":-1.0,"tst":1780000000}'
        head = f"POST / HTTP/1.1\r\nHost: {NAME}\r\nX-Limit-U: a\r\nX-Limit-D: b\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        assert await asyncio.wait_for(reader.readline(), PATIENCE_S) == b"HTTP/1.1 200 \r\n"
        writer.close()
        await listener.stop()

    asyncio.run(session())


def test_a_server_without_a_certificate_says_which_setting_is_missing() -> None:
    with pytest.raises(TlsError, match="needs a certificate: set certificate_file"):
        server_context_of(Tls(ca_file="ca.pem"))


def test_files_that_cannot_be_used_are_named_in_a_sentence(ours: Authority, theirs: Authority, tmp_path: Path) -> None:
    good, other = ours.issued(), theirs.issued("other.example")
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no certificate at all")
    nowhere = str(tmp_path / "nowhere.pem")
    wrong = {
        f"The certificate {nowhere} cannot be read: No such file or directory.": replace(
            good, certificate_file=nowhere
        ),
        f"The key {nowhere} cannot be read: No such file or directory.": replace(good, key_file=nowhere),
        f"The certificate authority {nowhere} cannot be read: No such file or directory.": replace(
            good, ca_file=nowhere
        ),
        f"The key {other.key_file} cannot be used for TLS: the key belongs to another certificate.": replace(
            good, key_file=other.key_file
        ),
        f"The key {nonsense} cannot be used for TLS: it is no PEM file of such a thing.": replace(
            good, key_file=str(nonsense)
        ),
        f"The certificate authority {nonsense} cannot be used for TLS: it is no PEM file of such a thing.": replace(
            good, ca_file=str(nonsense)
        ),
    }
    for sentence, tls in wrong.items():
        with pytest.raises(TlsError) as caught:
            server_context_of(tls)
        assert str(caught.value) == sentence


def test_an_encrypted_key_asks_nobody_for_its_passphrase(ours: Authority, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization as s  # noqa: PLC0415

    good = ours.issued()
    key = s.load_pem_private_key(Path(str(good.key_file)).read_bytes(), None)
    locked = tmp_path / "locked.key"
    passphrase = s.BestAvailableEncryption(b"secret")
    locked.write_bytes(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, passphrase))
    with pytest.raises(TlsError, match=r"locked\.key cannot be used for TLS: it is encrypted, and nobody is there"):
        server_context_of(replace(good, key_file=str(locked)))


def test_a_certificate_may_bring_its_key_in_one_file(ours: Authority, tmp_path: Path) -> None:
    good = ours.issued()
    both = tmp_path / "both.pem"
    both.write_text("".join(Path(str(file)).read_text() for file in (good.key_file, good.certificate_file)))
    server_context_of(Tls(certificate_file=str(both)))
