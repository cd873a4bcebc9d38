"""How a handler's result and a refusal look on the wire, by dialect."""

from __future__ import annotations

import html
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from panocam.api.endpoint import Dialect
from panocam.api.faults import Fault


def reply(result: Any) -> Response:
    """A response for what a handler returned."""
    match result:
        case Response():
            return result
        case None:
            return Response(status_code=204)
        case str():
            return Response(result, media_type="text/plain")
        case BaseModel():
            return Response(result.model_dump_json(by_alias=True), media_type="application/json")
        case _:
            return JSONResponse(result)


def refusal(fault: Fault, dialect: Dialect) -> Response:
    """A response for a fault. REST says it in JSON; VAPIX clients look for ``Error``; people get a small page."""
    response: Response
    if dialect is Dialect.REST:
        response = JSONResponse({"error": describe(fault)}, fault.status)
    elif dialect is Dialect.PAGE:
        response = page(HTTPStatus(fault.status).phrase, fault.message, fault.status)
    elif fault.status in (401, 404):  # cameras of this family answer these as HTML
        response = Response(f"Error: {html.escape(fault.message, quote=False)}\n", fault.status, media_type="text/html")
    else:
        response = Response(f"Error: {fault.message}\n", fault.status, media_type="text/plain")
    for name, value in fault.headers:  # one line for each challenge
        response.headers.append(name, value)
    return response


def describe(fault: Fault) -> dict[str, Any]:
    """The JSON form of a fault, in REST replies and live messages."""
    extra = {"name": fault.name, "value": fault.value} if fault.name is not None else {}
    return {"status": fault.status, "message": fault.message, **extra}


def page(title: str, text: str, status: int = 200) -> Response:
    """A page for a person when the web interface cannot be shown."""
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title>'
    body = f"<h1>{html.escape(title)}</h1><p>{html.escape(text)}</p>"
    return Response(f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>\n', status, media_type="text/html")
