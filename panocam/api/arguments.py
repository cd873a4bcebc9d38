"""Request bodies and form arguments, bounded, as VAPIX clients really send them.

Clients of this family post ``a=b&c=d`` with ``text/plain``, ``text/xml`` or no type at all, so a form is a form whatever
its label says. Query and body count alike; the last value of a name wins. Text is UTF-8; what cannot be is ISO-8859-1, as older clients
send names.
"""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from panocam.api.faults import HttpFault
from panocam.errors import InvalidValue, RemoteProtocolError

MAX_ARGUMENTS = 256
BODY_SECONDS = 30.0


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises HttpFault 413 beyond ``limit`` bytes, 408 when it does not arrive in time."""
    declared = request.headers.get("content-length", "0")
    body = bytearray()
    try:
        if declared.isdigit() and int(declared[:18]) > limit:
            raise _too_large(limit)
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > limit:
                    raise _too_large(limit)
    except TimeoutError:
        raise HttpFault(408, f"the request body did not arrive within {BODY_SECONDS:.0f} s", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise RemoteProtocolError("the client went away inside its request") from None
    return bytes(body)


def form(query: str, body: bytes = b"") -> dict[str, str]:
    """Query and form arguments as one mapping. Raises InvalidValue beyond ``MAX_ARGUMENTS`` arguments."""
    text = body.decode("utf-8", "surrogateescape").strip()
    joined = "&".join(part for part in (query, text) if part)
    try:
        pairs = parse_qsl(joined, keep_blank_values=True, max_num_fields=MAX_ARGUMENTS, errors="surrogateescape")
    except ValueError:
        raise InvalidValue("arguments", f"{joined.count('&') + 1} arguments", f"send at most {MAX_ARGUMENTS}") from None
    return {_readable(name): _readable(value) for name, value in pairs}


def _readable(text: str) -> str:
    """``text`` whose bytes that are not UTF-8 stand as surrogates: then all of it was ISO-8859-1."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("iso-8859-1")
    return text


def _too_large(limit: int) -> HttpFault:
    return HttpFault(413, f"the request body is larger than the {limit} bytes accepted here", {"Connection": "close"})
