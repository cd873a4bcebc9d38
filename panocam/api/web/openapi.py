"""The OpenAPI 3.1 document, made from the rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import panocam
from panocam.api.endpoint import WEBSOCKET, Dialect, Endpoint, Kind
from panocam.api.faults import STATUSES

Refs = dict[Any, Any]
"""Model to the reference that stands for it."""

_REF = "#/components/schemas/{model}"


def document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """The description of every REST and VAPIX row (pages and catch-alls are left out)."""
    rows = [row for row in endpoints if row.dialect is not Dialect.PAGE and "{path:path}" not in row.path]
    models = {model for row in rows for model in (row.request, row.reply) if isinstance(model, type) and issubclass(model, BaseModel)}
    ordered: list[tuple[type[BaseModel], Any]] = [(model, "validation") for model in sorted(models, key=lambda model: model.__name__)]
    refs, schemas = models_json_schema(ordered, ref_template=_REF)
    by_model: Refs = {model: schema for (model, _), schema in refs.items()}
    paths: dict[str, dict[str, Any]] = {}
    for row in rows:
        for method in row.methods:
            name = "get" if method == WEBSOCKET else method.lower()
            paths.setdefault(row.path, {})[name] = _operation(row, method, by_model)
    return {
        "openapi": "3.1.0",
        "info": {"title": "panocam", "version": panocam.__version__, "description": "A panoramic network camera made of software."},
        "paths": paths,
        "components": {
            "schemas": {**schemas.get("$defs", {}), "Error": _ERROR},
            "securitySchemes": {
                "digest": {"type": "http", "scheme": "digest"},
                "basic": {"type": "http", "scheme": "basic"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-panocam_SERIAL", "description": "over HTTP: panocam_SERIAL"},
            },
        },
    }


_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["status", "message"],
            "properties": {
                "status": {"type": "integer"},
                "message": {"type": "string", "description": "What is wrong and how to mend it"},
                "name": {"type": "string", "description": "The argument to blame"},
                "value": {"type": "string"},
            },
        }
    },
}


def _operation(row: Endpoint, method: str, refs: Refs) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": row.title,
        "operationId": _identifier(row.path, method),
        "tags": [str(row.dialect)],
        "responses": {**_success(row, method, refs), **_failures(row)},
        "x-role": str(row.role) if row.role else "none",
        "security": [{"digest": []}, {"basic": []}, {"session": []}] if row.role else [],
    }
    names = re.findall(r"\{(\w+)\}", row.path)
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    if row.request is not None and method in ("GET", WEBSOCKET):
        parameters += _query(row.request)
    elif row.request is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": refs[row.request]}}}
    if row.streamed:
        operation["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    if parameters:
        operation["parameters"] = parameters
    return operation


def _query(model: type[BaseModel]) -> Sequence[dict[str, Any]]:
    schema = model.model_json_schema()
    required, parts = schema.get("required", []), schema.get("properties", {})
    return [{"name": name, "in": "query", "required": name in required, "schema": part} for name, part in parts.items()]


def _success(row: Endpoint, method: str, refs: Refs) -> dict[str, Any]:
    if method == WEBSOCKET:
        return {"101": {"description": "Switching to the WebSocket protocol"}}
    if row.reply is Kind.NOTHING:
        return {"204": {"description": "Done"}}
    if isinstance(row.reply, Kind):
        return {"200": {"description": row.title, "content": {str(kind): {} for kind in (row.reply, *row.also)}}}
    return {"200": {"description": row.title, "content": {"application/json": {"schema": refs[row.reply]}}}}


def _failures(row: Endpoint) -> dict[str, Any]:
    kind = "application/json" if row.dialect is Dialect.REST else "text/plain"
    schema: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Error"}} if row.dialect is Dialect.REST else {}
    statuses = {str(status): error.__name__ for error, status in STATUSES if row.role or status not in (401, 403)}
    if row.request is not None or row.streamed:
        statuses |= {"413": "The body is too large", "415": "The body is not what it must be"}
    return {status: {"description": name, "content": {kind: schema}} for status, name in sorted(statuses.items())}


def _identifier(path: str, method: str) -> str:
    return method.lower() + "_" + re.sub(r"\W+", "_", path).strip("_")
