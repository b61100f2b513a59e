"""Sessions that outlive the process: a desk stays signed in when ARLS is started again, or was killed.

It decides what is written: the hash of each session's secret, whose it is, under which token it was given out, and
when it ends. Nobody can sign in by what stands there, and a token that is changed ends what was given out under it. A
file that cannot be read is no session; whoever had one signs in again.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_log = structlog.get_logger(__name__)


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One session."""

    digest: bytes
    seal: bytes  # of the digest, by the operator's token
    operator: str
    until: datetime


_ROWS = msgspec.json.Decoder(list[_Kept])


class SessionFile:
    """The sessions of one installation, in a file that only its user reads."""

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        self._file = file
        self._now = now

    def read(self, tokens: Mapping[str, bytes]) -> dict[bytes, tuple[str, float]]:
        """Operator and seconds left by the hash of the secret, of those that have not ended.

        `tokens` are the hashes of the operators' tokens: who is none any more, or has another, has no session either.
        """
        try:
            rows = _ROWS.decode(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            _log.warning("the kept sessions cannot be read: everybody signs in again", file=str(self._file))
            return {}
        now = self._now()
        good = [row for row in rows if row.operator in tokens and _is_sealed(row, tokens[row.operator])]
        left = {row.digest: (row.operator, (_aware(row.until) - now).total_seconds()) for row in good}
        return {digest: held for digest, held in left.items() if held[1] > 0}

    def write(self, held: Mapping[bytes, tuple[str, float]], tokens: Mapping[str, bytes]) -> None:
        """Keep these, with the seconds that each has left. Who cannot be kept signs in again after a restart."""
        now = self._now().timestamp()
        rows = [
            _Kept(
                digest=digest,
                seal=_seal(tokens[operator], digest),
                operator=operator,
                until=datetime.fromtimestamp(now + left_s, UTC),
            )
            for digest, (operator, left_s) in held.items()
        ]
        beside = self._file.with_name(f"{self._file.name}.part")
        try:
            beside.touch(mode=0o600)
            beside.write_bytes(msgspec.json.encode(rows))
            beside.replace(self._file)
        except OSError as error:
            _log.warning("sessions are not kept", file=str(self._file), error=str(error))


def _seal(token: bytes, digest: bytes) -> bytes:
    return hmac.digest(token, digest, "sha256")


def _is_sealed(row: _Kept, token: bytes) -> bool:
    return hmac.compare_digest(row.seal, _seal(token, row.digest))


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
