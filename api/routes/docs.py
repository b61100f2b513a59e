"""A page that lists the API, written from its OpenAPI, with nothing fetched from anywhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
summary {{ cursor: pointer; padding: .3rem 0 }}
code {{ font: 14px ui-monospace, monospace }}
table {{ border-collapse: collapse; margin: .3rem 0 1rem 1.2rem }}
td {{ padding: .1rem .8rem .1rem 0; vertical-align: top }}
</style>
<h1>{title}</h1>
<p>Machine-readable: <a href="/openapi.json">/openapi.json</a>. Every request carries <code>Authorization: Bearer</code>
with a token; every error is problem+json.</p>
{routes}
</html>
"""


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """The page."""
    schema = request.app.openapi()
    title = f"{schema['info']['title']} {schema['info']['version']}"
    return HTMLResponse(_PAGE.format(title=escape(title), routes="\n".join(_routes(schema))))


def _routes(schema: dict[str, Any]) -> Iterator[str]:
    for path, methods in schema["paths"].items():
        for method, route in methods.items():
            called = f"{method.upper()} {path}"
            yield f"<details><summary><code>{escape(called)}</code> {escape(_answers(route))}</summary>"
            yield f"<p>{escape(route.get('description', ''))}</p><table>"
            yield from (_line(p["name"], p["in"], p.get("description", "")) for p in route.get("parameters", ()))
            yield from (_line(name, "body", said) for name, said in _fields(route, schema))
            yield "</table></details>"


def _answers(route: dict[str, Any]) -> str:
    return next((str(said["description"]) for code, said in route["responses"].items() if code.startswith("2")), "")


def _fields(route: dict[str, Any], schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    sent = route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = sent.get("$ref", "").rpartition("/")[2]
    for field, said in schema["components"]["schemas"].get(name, {}).get("properties", {}).items():
        yield field, said.get("description", said.get("type", ""))


def _line(name: str, where: str, said: str) -> str:
    return f"<tr><td><code>{escape(name)}</code><td>{where}<td>{escape(said)}</tr>"
