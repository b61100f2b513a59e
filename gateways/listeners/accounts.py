"""Who may post: accounts with their secrets, found by RFC 7617 or 6750 or in a path, and compared in constant time.

It decides who somebody is. What a phone of that account may say is each dialect's own.
"""

from __future__ import annotations

import hmac
from base64 import b64decode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Compared with where there is no such account, so that the time tells nobody which names exist.
_NOBODY = "no such account"


class Accounts:
    """Names and their secrets; with None of them everybody may post, and nobody is known."""

    def __init__(self, secrets: Mapping[str, str] | None = None) -> None:
        self._secrets = secrets

    @property
    def is_open(self) -> bool:
        """True where nobody is asked who they are."""
        return self._secrets is None

    def find(self, authorization: bytes) -> str | None:
        """The account of an Authorization header, `Basic` or `Bearer`; None for a wrong one."""
        scheme, _, words = authorization.partition(b" ")
        match scheme.lower():
            case b"basic":
                try:
                    name, _, secret = b64decode(words, validate=True).decode().partition(":")
                except ValueError:
                    return None
                return self.find_named(name, secret)
            case b"bearer":
                token = words.strip()
                right = [name for name, known in self._known() if hmac.compare_digest(token, known.encode())]
                return next(iter(right), None)
            case _:
                return None

    def find_named(self, name: str, secret: str) -> str | None:
        """The account of that name, if the secret is its own."""
        known = self.find_secret(name)
        right = hmac.compare_digest(secret.encode(), (known or _NOBODY).encode())
        return name if right and known else None

    def find_secret(self, name: str) -> str | None:
        """The secret of an account; None where there is no such account, or where it has none."""
        return (self._secrets or {}).get(name) or None

    def find_only(self) -> str | None:
        """The name of the one account that there is; None when there are more, or none."""
        names = [name for name, _ in self._known()]
        return names[0] if len(names) == 1 else None

    def _known(self) -> list[tuple[str, str]]:
        return [(name, secret) for name, secret in (self._secrets or {}).items() if secret]
