"""The JSON envelope of VAPIX APIs: ``{apiVersion, context, method, params}`` in, ``data`` or ``error`` out, always HTTP 200.

The rules that clients depend on: ``context`` is echoed exactly when it was sent; ``method`` always; ``getSupportedVersions``
needs no ``apiVersion``; any minor version up to ours and a bare major number are accepted; ``params`` may be missing, ``{}``
or ``null``. Error codes come in families; each API declares which one it speaks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from panocam.api.endpoint import Call
from panocam.errors import Denied, InvalidValue, NotFound, PanocamError, Unauthenticated

MEDIA_TYPE = "application/json;charset=utf8"


@dataclass(frozen=True)
class Family:
    """The codes one family of APIs uses for the same few mistakes."""

    internal: int
    version: int
    method: int
    json: int
    missing: int
    value: int


FAMILY_A = Family(internal=8000, version=2003, method=2004, json=4000, missing=4002, value=1000)
FAMILY_B = Family(internal=1100, version=2100, method=2102, json=2101, missing=2103, value=2104)
FAMILY_H = Family(internal=1000, version=1000, method=1000, json=1000, missing=1000, value=1000)
FAMILY_I = Family(internal=1000, version=4001, method=4000, json=2000, missing=4003, value=4004)


class ApiError(Exception):
    """An error of the envelope; never leaves this dialect."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


Data = Mapping[str, Any]
Result = Mapping[str, Any] | list[Any]
"""What stands under ``data``: an object, in one old API a list."""

Method = Callable[[Call[None], Data], Awaitable[Result]]


@dataclass(frozen=True)
class JsonApi:
    """One JSON API: its versions (newest last), its error family and its methods. Calling it answers a request.

    ``lists``: methods whose ``params`` some clients send as the bare list that belongs under this name.
    """

    versions: tuple[str, ...]
    methods: Mapping[str, Method]
    family: Family = FAMILY_A
    invalid_json: str = "Invalid JSON"
    lists: Mapping[str, str] = field(default_factory=dict)

    async def __call__(self, call: Call[None]) -> Response:
        reply: dict[str, Any] = {"apiVersion": self.versions[-1]}
        try:
            request = self._parse(call.raw)
            reply |= {key: request[key] for key in ("context", "method") if key in request}
            reply["data"] = await self._answer(call, request, reply)
        except ApiError as error:
            reply["error"] = {"code": error.code, "message": str(error)}
        except (Denied, Unauthenticated):
            raise  # HTTP's 403 and 401: clients answer the challenge and ask again
        except PanocamError as problem:
            reply["error"] = {"code": self._code(problem), "message": str(problem)}
        ordered = {key: reply[key] for key in ("apiVersion", "context", "method", "data", "error") if key in reply}
        return Response(json.dumps(ordered), media_type=MEDIA_TYPE)

    async def _answer(self, call: Call[None], request: Data, reply: dict[str, Any]) -> Result:
        method = request.get("method")
        if not isinstance(method, str):
            raise ApiError(self.family.missing, "method: name the method as a string")
        if method == "getSupportedVersions":
            return {"apiVersions": list(self.versions)}
        reply["apiVersion"] = self._version(request.get("apiVersion", self.versions[-1]))
        handler = self.methods.get(method)
        if handler is None:
            known = ", ".join([*self.methods, "getSupportedVersions"])
            raise ApiError(self.family.method, f"method {method[:80]!r} is not supported: use one of {known}")
        params = request.get("params")
        if isinstance(params, list) and method in self.lists:
            params = {self.lists[method]: params}
        if params is not None and not isinstance(params, dict):
            raise ApiError(self.family.value, "params: use an object")
        return await handler(call, params or {})

    def _parse(self, raw: bytes) -> dict[str, Any]:
        try:
            request = json.loads(raw)
        except (ValueError, RecursionError):
            raise ApiError(self.family.json, self.invalid_json) from None
        if not isinstance(request, dict):
            raise ApiError(self.family.json, self.invalid_json)
        return request

    def _version(self, wanted: object) -> str:
        """The version to answer with: the one asked for, or our newest of the same major number."""
        match = re.fullmatch(r"(\d{1,4})(?:\.(\d{1,4}))?", wanted) if isinstance(wanted, str) else None
        if match is not None:
            mine = [(int(version.split(".")[0]), int(version.split(".")[1]), version) for version in self.versions]
            same = [(minor, version) for major, minor, version in mine if major == int(match[1])]
            if same and match[2] is None:
                return max(same)[1]
            if same and int(match[2]) <= max(same)[0]:
                return str(wanted)
        raise ApiError(self.family.version, f"apiVersion {str(wanted)[:20]!r} is not supported: use one of {', '.join(self.versions)}")

    def _code(self, problem: PanocamError) -> int:
        return self.family.value if isinstance(problem, InvalidValue | NotFound) else self.family.internal
