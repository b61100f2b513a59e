"""The screen's pages and files, and the sign-in by a single-use link. None of them holds data."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api.auth import PAGES
from api.routes.sign_in import set_session

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from starlette.types import Scope

# What a browser is given; the folder also holds what the screen is made and checked with.
_SERVED = frozenset({".css", ".html", ".js", ".mjs", ".png", ".svg", ".txt", ".webmanifest", ".woff2"})
_UNSERVED = frozenset({"node_modules", "install.mjs"})

# Asked for again by its tag every time: an updated screen is seen at the next reload.
_CACHE = {"Cache-Control": "no-cache"}


class ScreenFiles(StaticFiles):
    """The files of the screen, with ETag; anything else in the folder is not there."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """The file, if it is one for browsers."""
        parts = PurePath(path)
        if parts.suffix not in _SERVED or _UNSERVED & set(parts.parts):
            return "", None
        return super().lookup_path(path)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be asked for again each time."""
        response = await super().get_response(path, scope)
        response.headers.update(_CACHE)
        return response


def screen_router(web: Path) -> APIRouter:
    """The pages of the screen that lies in the folder `web`."""
    router = APIRouter(include_in_schema=False)

    async def page(request: Request, ticket: Annotated[str | None, Query(max_length=256)] = None) -> Response:
        """The screen. With a ticket: the sign-in, once."""
        if ticket is None:
            return FileResponse(web / "index.html", headers=_CACHE)
        session = request.app.state.system.keyring.find_session(ticket)
        if session is None:
            # Whoever is signed in already goes on; a stranger sees the page, which says what to do.
            return FileResponse(web / "index.html", 401, _CACHE | {"WWW-Authenticate": "Bearer"})
        response = RedirectResponse(request.url.path, 303)
        set_session(response, session, request)
        return response

    for path in PAGES:
        router.add_api_route(path, page, name=f"page {path}")
    return router
