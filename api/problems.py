"""Every way to say no over HTTP, as problem+json (RFC 9457), in words that a dispatcher can read.

It decides the status of each refusal. Why something is refused was decided by the rules.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from arls.engine import BusyError, InDoubtError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arls.dispatch import Refusal

MEDIA_TYPE = "application/problem+json"

# What a code of `arls.dispatch` is over HTTP; any other is 422: well-formed, and not to be done.
STATUS_OF_CODE = {
    "no_unit": 404,
    "no_incident": 404,
    "no_assignment": 404,
    "no_ask": 404,
    "no_request": 404,
    "withdrawn": 409,
    "no_emergency": 404,
    "no_closure": 404,
    "no_operation": 404,
    "taken": 409,
    "illegal_step": 409,
    "units_assigned": 409,
    "assigned": 409,
    "in_emergency": 409,
    "closed": 409,
    "off_duty": 409,
    "emergency": 409,
    "closure_over": 409,
    "operation_over": 409,
    "ringed": 409,
    "not_ringed": 409,
    "ring_fenced": 409,
    "held": 409,
    "not_held": 409,
    "not_interruptible": 409,
    "needs_authority": 409,
    "authorised": 409,
    "not_authorised": 409,
    "no_firearms": 409,
    "other_desk": 409,
    "own_desk": 409,
    "no_rvp": 409,
    "no_role": 403,
    "revision_reused": 409,
    "stale": 412,
}


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field: where it stands, and a sentence."""

    pointer: str
    detail: str


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem on the wire; `code` and `errors` are members of our own (RFC 9457, section 3.2)."""

    type: Literal["about:blank"]  # section 4.2.1: the title is the status in words
    title: str
    status: int
    detail: str  # a sentence for a dispatcher
    code: str | None = None  # of the rule that refused
    errors: tuple[FieldError, ...] = ()  # each wrong field


class Problem(HTTPException):
    """A refusal on its way out."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        code: str | None = None,
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status_code=status, detail=detail, headers=headers)
        self.code = code
        self.errors = errors


def problem_of(refusal: Refusal) -> Problem:
    """The rules' no, with its code for machines and its reason for people."""
    return Problem(STATUS_OF_CODE.get(refusal.code, 422), refusal.reason, code=refusal.code)


def response_of(error: HTTPException) -> Response:
    """A problem, or what the framework refused, as problem+json."""
    body = ProblemDetails(
        type="about:blank",
        title=HTTPStatus(error.status_code).phrase,
        status=error.status_code,
        detail=error.detail,
        code=getattr(error, "code", None),
        errors=getattr(error, "errors", ()),
    )
    return Response(msgspec.json.encode(body), error.status_code, error.headers, media_type=MEDIA_TYPE)


def answer_with_problems(app: FastAPI, *, headers: Mapping[str, str]) -> None:
    """Every error of the app becomes a problem.

    A failure of our own is answered outside of every middleware, so the headers of all answers are given to it here.
    """

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        return response_of(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return response_of(_invalid(error))

    @app.exception_handler(BusyError)
    async def busy(_: Request, error: BusyError) -> Response:
        return response_of(Problem(503, str(error), headers={"Retry-After": "1"}))

    @app.exception_handler(InDoubtError)
    async def in_doubt(_: Request, __: InDoubtError) -> Response:
        detail = "whether this was kept is not known: ask again under the same Idempotency-Key"
        return response_of(Problem(503, detail, headers={"Retry-After": "1"}))

    @app.exception_handler(Exception)
    async def failed(_: Request, __: Exception) -> Response:
        return response_of(Problem(500, "an error of ours; the log has it", headers=headers))


def _invalid(error: RequestValidationError) -> Problem:
    # What was sent is not repeated: it may be huge, personal, or not even JSON (NaN).
    errors = tuple(
        FieldError(pointer="/".join(["#", *map(str, found["loc"])]), detail=_sentence(found))
        for found in error.errors()
    )
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Problem(422, f"{errors[0].pointer}: {errors[0].detail}{more}", errors=errors)


def _sentence(found: Mapping[str, Any]) -> str:
    if found["type"] == "json_invalid":
        return "this is not JSON"
    message = str(found["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
