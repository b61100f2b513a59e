"""What may be posted, by dialect: by which method and in which form, by whom, and what each sender waits to hear.

It decides what a request says and whether its sender may say it. HTTP itself, limits and acknowledgement are `http`'s.
A fault of a sender is a status of 4xx, unless the sender would repeat its nonsense for ever, or is never to hear of
it: then it is counted, and answered with 2xx.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from arls.caller import is_call_id
from gateways.calls import call_of
from gateways.decoders import aml_https, aml_sms, osmand, owntracks, pidf_lo, raw_sds, traccar
from gateways.decoders.forms import fields_of
from gateways.decoders.message import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateways.decoders.caller import CallerLocated, CallerNoFix, NameCall
    from gateways.decoders.message import Message
    from gateways.listeners.accounts import Accounts

_JSON, _FORM, _TEXT = "application/json", "application/x-www-form-urlencoded", "text/plain"
_OCTETS = "application/octet-stream"

# A form that was genuine once may not place its caller a second time, when the same phone calls again another day.
REPLAY_WINDOW = timedelta(minutes=15)


class RefusedError(Exception):
    """A request that is not taken: the status and a sentence for whoever has set the sender up.

    `reason` is a word to count by, where the refusal is the sender's fault.
    """

    def __init__(
        self, status: int, detail: str, *, reason: str = "", headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.status = status
        self.detail = detail
        self.reason = reason
        self.headers = headers
        super().__init__(detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, whole. `path` is what stands behind the dialect's own."""

    method: str
    path: tuple[str, ...]
    query: str
    headers: Mapping[bytes, bytes]
    media_type: str
    body: bytes
    received_at: datetime


class Post(Protocol):
    """One dialect over HTTP."""

    methods: tuple[str, ...]
    media_types: tuple[str, ...]
    answer: bytes
    status_of_nonsense: int

    def read(self, request: Request) -> Message:
        """What a request says. Raises RefusedError or DecodeError."""
        ...


class OwnTracksPost:
    """A phone posts one object and is answered with a list of commands, which is empty.

    It repeats whatever is not answered with 2xx (booklet: owntracks.org/booklet/tech/http), nonsense included.
    """

    methods: tuple[str, ...] = ("POST",)
    media_types: tuple[str, ...] = (_JSON, _FORM, _TEXT, _OCTETS)  # curl's and urllib's own are none of JSON's
    answer = b"[]"
    status_of_nonsense = 200

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def read(self, request: Request) -> Message:
        """The object; an account may post as itself alone, from whichever of its devices it says."""
        asked = fields_of(request.query)  # as the OwnTracks Recorder's own clients do: ?u=ann&d=phone
        user = _words(request.headers.get(b"x-limit-u")) or asked.get("u") or None
        device = _words(request.headers.get(b"x-limit-d")) or asked.get("d") or None
        if not self._accounts.is_open:
            account = _account(self._accounts, request)
            if user not in {None, account}:
                raise RefusedError(403, "an account posts as itself: this user is another", reason="not_their_own")
            # Never the topic in the object: that may name somebody else.
            user, device = account, device or "phone"
        source = f"owntracks:{user}/{device}" if user and device else None
        return owntracks.decode(request.body, source=source, received_at=request.received_at)


class OsmAndPost:
    """Traccar Client and OsmAnd: a query or a form, by GET or POST, or a JSON object.

    Traccar Client sends no credentials of its own, so they may stand in the path: `/osmand/<account>/<secret>`.
    """

    methods: tuple[str, ...] = ("GET", "POST")
    media_types: tuple[str, ...] = (_JSON, _FORM, _TEXT)
    answer = b""
    status_of_nonsense = 400

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def read(self, request: Request) -> Message:
        """The report; an account is one device, whatever id was typed into it."""
        source = None
        if not self._accounts.is_open:
            match request.path:
                case (name, secret):
                    account = self._accounts.find_named(name, secret)
                    if account is None:
                        raise _unknown()
                case _:
                    account = _account(self._accounts, request)
            source = f"osmand:{account}"
        said = request.query.encode() if request.query else request.body
        return osmand.decode(said, source=source, received_at=request.received_at)


class _ServerPost:
    """A server that vouches for all of its devices posts what one of them says, as JSON."""

    methods: tuple[str, ...] = ("POST",)
    media_types: tuple[str, ...] = (_JSON,)
    answer = b""
    status_of_nonsense = 400
    _decode: Callable[..., Message]

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def read(self, request: Request) -> Message:
        """The message, of the device that it names."""
        if not self._accounts.is_open:
            _account(self._accounts, request)
        return self._decode(request.body, received_at=request.received_at)


class TraccarPost(_ServerPost):
    """Another Traccar's position forwarding as JSON."""

    _decode = staticmethod(traccar.decode)


class RawSdsPost(_ServerPost):
    """A site's own switch, or an adaptor before it, posts a TETRA short data."""

    _decode = staticmethod(raw_sds.decode)


class AmlHttpsPost:
    """A caller's phone posts a form; its sender stands in the path (`/aml-https/<sender>`) and signs the whole body.

    ELS, HTTP specification: an endpoint answers 2xx also to what it throws out, and may say so by which 2xx. Here that
    is 202, for a form that is not signed, too old or nonsense.
    """

    methods: tuple[str, ...] = ("POST",)
    media_types: tuple[str, ...] = (_FORM,)
    answer = b""
    status_of_nonsense = 202

    def __init__(self, accounts: Accounts, key: bytes | None) -> None:
        self._accounts = accounts
        self._name_call = _naming(key)

    def read(self, request: Request) -> Message:
        """The location; the signature is checked over the body as it came."""
        secret = None
        if not self._accounts.is_open:
            sender = request.path[0] if request.path else self._accounts.find_only()
            secret = self._accounts.find_secret(sender or "")
            if secret is None:
                raise RefusedError(404, "nobody signs under that name here", reason="sender_unknown")
        key = None if secret is None else secret.encode()
        message = aml_https.decode(request.body, key=key, received_at=request.received_at, name_call=self._name_call)
        newest = aml_https.find_newest(request.body) if key else None
        if newest and request.received_at - newest > REPLAY_WINDOW:
            raise DecodeError("form_too_old")
        return _of_call(message, request)


class AmlSmsPost:
    """An SMS centre hands on what callers' phones sent: the text alone, or a form with `text` or `hex`, and `from`."""

    methods: tuple[str, ...] = ("POST",)
    media_types: tuple[str, ...] = (_TEXT, _OCTETS, _FORM)
    answer = b""
    status_of_nonsense = 400

    def __init__(self, accounts: Accounts, key: bytes | None) -> None:
        self._accounts = accounts
        self._name_call = _naming(key)

    def read(self, request: Request) -> Message:
        """The location. Whose number it came from names the call, and is dropped."""
        if not self._accounts.is_open:
            _account(self._accounts, request)
        payload, sender = request.body, ""
        if request.media_type == _FORM:
            words = fields_of(request.body.decode("utf-8", "replace"))
            sender = words.get("from", "")
            payload = _octets(words["hex"]) if "hex" in words else words.get("text", "").encode()
        message = aml_sms.decode(payload, received_at=request.received_at, name_call=self._name_call)
        if sender and self._name_call:
            message = replace(message, call_id=self._name_call(sender))
        return _of_call(message, request)


class PidfLoPost:
    """A call's document, from whoever routes it: RFC 4119 says which media type it has."""

    methods: tuple[str, ...] = ("POST",)
    media_types: tuple[str, ...] = ("application/pidf+xml", "application/xml", "text/xml")
    answer = b""
    status_of_nonsense = 400

    def __init__(self, accounts: Accounts, key: bytes | None) -> None:
        self._accounts = accounts
        self._name_call = _naming(key)

    def read(self, request: Request) -> Message:
        """The location."""
        if not self._accounts.is_open:
            _account(self._accounts, request)
        message = pidf_lo.decode(request.body, received_at=request.received_at, name_call=self._name_call)
        return _of_call(message, request)


# Those that say where callers are name their calls under the site's key.
_OF_DEVICES: dict[str, Callable[[Accounts], Post]] = {
    "owntracks": OwnTracksPost,
    "osmand": OsmAndPost,
    "traccar": TraccarPost,
    "raw-sds": RawSdsPost,
}
_OF_CALLERS: dict[str, Callable[[Accounts, bytes | None], Post]] = {
    "aml-https": AmlHttpsPost,
    "aml-sms": AmlSmsPost,
    "pidf-lo": PidfLoPost,
}
POSTED = (*_OF_DEVICES, *_OF_CALLERS)


def post_of(dialect: str, accounts: Accounts, *, caller_key: bytes | None) -> Post:
    """What reads the requests of a dialect of `POSTED`."""
    if dialect in _OF_DEVICES:
        return _OF_DEVICES[dialect](accounts)
    return _OF_CALLERS[dialect](accounts, caller_key)


def _account(accounts: Accounts, request: Request) -> str:
    account = accounts.find(request.headers.get(b"authorization", b""))
    if account is None:
        raise _unknown()
    return account


def _unknown() -> RefusedError:
    challenge = ("WWW-Authenticate", 'Basic realm="arls", charset="UTF-8"')
    return RefusedError(
        401, "name and secret are not those of an account", reason="account_refused", headers=(challenge,)
    )


def _naming(key: bytes | None) -> NameCall | None:
    return None if key is None else partial(call_of, key=key)


def _of_call(message: CallerLocated | CallerNoFix, request: Request) -> Message:
    """The message under the id of its call that the sender gives (`?call=...`), which goes before any that was made."""
    stated = fields_of(request.query).get("call")
    if not stated:
        return message
    if not is_call_id(stated):
        raise RefusedError(400, "`call` is the id of a call, and never a number", reason="no_call_id")
    return replace(message, call_id=stated)


def _octets(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError as error:
        raise DecodeError("not_hexadecimal") from error


def _words(header: bytes | None) -> str | None:
    return header.decode("utf-8", "replace") if header else None
