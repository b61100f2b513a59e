"""The desk that the tour plays: a client of the API like any other, and the stage on which its captions stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from api.captions import Wish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.captions import Caption

    Json = Mapping[str, Any]

_DESK = "tour"
_ANSWERED_WITHIN_S = 10.0


class TourError(Exception):
    """The scene cannot go on; one sentence."""


class TourDesk:
    """Asks the API. What is refused raises TourError; nobody there to answer raises httpx.TransportError."""

    def __init__(self, url: str, token: str) -> None:
        self._api = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}", "X-Desk": _DESK},
            timeout=_ANSWERED_WITHIN_S,
            trust_env=False,  # never by way of a proxy
        )

    def close(self) -> None:
        """Leave."""
        self._api.close()

    def get(self, path: str, **params: str | int) -> dict[str, Any]:
        """What a route says."""
        return self._said(self._api.get(f"/v1/{path}", params=params))

    def post(self, path: str, body: Json | None = None, *, key: str | None = None) -> dict[str, Any]:
        """What a command came to."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return self._said(self._api.post(f"/v1/{path}", json=body or {}, headers=headers))

    def units(self) -> dict[str, dict[str, Any]]:
        """Every unit on duty as a GeoJSON feature, by callsign."""
        return {feature["id"]: feature for feature in self.get("units")["features"]}

    def ranking(self, incident: str) -> dict[str, Any]:
        """Everybody, ranked or excluded."""
        return self.get(f"incidents/{incident}/ranking")

    def assignment(self, incident: str, name: str) -> dict[str, Any]:
        """One assignment as it is now."""
        return next(one for one in self.get(f"incidents/{incident}")["assignments"] if one["id"] == name)

    def show(self, caption: Caption | None) -> None:
        """Put a caption on every screen, or take it away."""
        self._said(self._api.put("/v1/demo/caption", content=msgspec.json.encode(caption)))

    def wishes(self) -> Sequence[Wish]:
        """What those who watch have asked for since the engine's process began."""
        return [Wish(wish) for wish in self.get("demo/wishes")["wishes"]]

    def screens(self) -> int:
        """How many listen to the live feed."""
        return int(self.get("demo/wishes")["screens"])

    def _said(self, response: httpx.Response) -> dict[str, Any]:
        if not response.is_success:
            raise TourError(f"{response.request.method} {response.request.url.path}: {response.text[:300]}")
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer
