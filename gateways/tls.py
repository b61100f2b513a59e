"""TLS for whatever speaks TCP, both ends of it: the files that are needed, and what is made of them.

It decides which versions are spoken and who must show a certificate, and it says in a sentence what is wrong with a
file. Where the files lie is the settings'.
"""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_PEM = "it is no PEM file of such a thing"
_SAID = {
    "KEY_VALUES_MISMATCH": "the key belongs to another certificate",
    "NO_CERTIFICATE_OR_CRL_FOUND": _NOT_PEM,
    "PEM_LIB": _NOT_PEM,
    "EE_KEY_TOO_SMALL": "the key is too short to be safe",
    "CA_MD_TOO_WEAK": "it is signed with a hash that is not safe",
}


class TlsError(Exception):
    """Files that TLS cannot be made of; the text is a sentence for the person who named them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Paths of PEM files. `certificate_file` is our own, with its key behind it or in `key_file`.

    `ca_file` signs the other end: a server with one lets in nobody who has no certificate of it, a client without one
    trusts whom the system trusts.
    """

    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None


def server_context_of(tls: Tls) -> ssl.SSLContext:
    """For whoever listens. Raises TlsError."""
    if tls.certificate_file is None:
        raise TlsError("Whoever listens with TLS needs a certificate: set certificate_file.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # A client that asks again and again for new keys has us do its sums.
    context.options |= ssl.OP_NO_RENEGOTIATION
    if tls.ca_file is not None:
        context.verify_mode = ssl.CERT_REQUIRED
    return _with_files(context, tls)


def client_context_of(tls: Tls) -> ssl.SSLContext:
    """For whoever connects; the server must prove its name. Raises TlsError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if tls.ca_file is None:
        context.load_default_certs()
    return _with_files(context, tls)


def why_failed(error: OSError) -> str:
    """What a handshake failed of: OpenSSL's words (`CERTIFICATE_VERIFY_FAILED`), or what the peer did."""
    if isinstance(error, ConnectionAbortedError):
        return "handshake_timed_out"  # what asyncio calls it
    return getattr(error, "reason", None) or error.strerror or "hung_up"


def _with_files(context: ssl.SSLContext, tls: Tls) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.certificate_file is not None:
        key_file = tls.key_file or tls.certificate_file
        with _sentence_for("certificate", tls.certificate_file):
            # Opened by ourselves first: OpenSSL does not say which of the two files it misses.
            _must_open(tls.certificate_file)
        with _sentence_for("key", key_file):
            _must_open(key_file)
            context.load_cert_chain(tls.certificate_file, key_file, _no_passphrase)
    if tls.ca_file is not None:
        with _sentence_for("certificate authority", tls.ca_file):
            context.load_verify_locations(tls.ca_file)
    return context


def _must_open(path: str) -> None:
    with open(path, "rb"):  # noqa: PTH123 - what OpenSSL does with the same words
        pass


def _no_passphrase() -> NoReturn:
    # OpenSSL would ask the terminal, and wait for it.
    raise TlsError("it is encrypted, and nobody is there to give its passphrase")


@contextmanager
def _sentence_for(what: str, path: str) -> Iterator[None]:
    try:
        yield
    except ssl.SSLError as error:
        why = _SAID.get(error.reason or "", error.reason or _NOT_PEM)
        raise TlsError(f"The {what} {path} cannot be used for TLS: {why}.") from error
    except OSError as error:
        raise TlsError(f"The {what} {path} cannot be read: {error.strerror}.") from error
    except TlsError as error:
        raise TlsError(f"The {what} {path} cannot be used for TLS: {error}.") from error
