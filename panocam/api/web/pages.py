"""The web interface's files, and which page a person is led to.

The build output is read once and kept in memory with its tags, and with compressed copies as soon as somebody asked for them, so a path
can only ever name a file that was there at start. Files under ``assets/`` carry a hash in their names and may be cached for ever; all
else is asked for again. Any other path is the single-page app's own business and gets ``index.html``.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.responses import RedirectResponse, Response

from panocam.api.endpoint import Call, Dialect, Endpoint, Kind
from panocam.api.faults import HttpFault
from panocam.api.replies import page
from panocam.errors import NotFound

STATIC = Path(__file__).parent / "static"
SETUP, PREVIEW = "setup", "preview"
"""Paths of the app's pages that need no account: the set-up page, and the live view of preview mode."""

NOT_BUILT = (
    "The web interface is not built. Run “make web” (or “make setup”) in the project's folder and start panocam again."
    " Streams and APIs work without it."
)

_TEXTS = frozenset({".html", ".js", ".css", ".svg", ".json", ".txt", ".map", ".wasm"})


@dataclass(frozen=True)
class StaticFile:
    """One file as it is sent."""

    body: bytes
    media_type: str
    tag: str
    forever: bool
    text: bool

    @cached_property
    def packed(self) -> bytes | None:
        """The gzip form, where that is smaller. It takes a while to make."""
        packed = gzip.compress(self.body, 6, mtime=0) if self.text else self.body
        return packed if len(packed) < len(self.body) else None


def load(folder: Path) -> dict[str, StaticFile]:
    """All files below ``folder`` by their path with forward slashes; empty when there is no such folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            name = path.relative_to(folder).as_posix()
            found[name] = _static_file(name, path.read_bytes())
    return found


def _static_file(name: str, body: bytes) -> StaticFile:
    return StaticFile(
        body,
        mimetypes.guess_type(name)[0] or "application/octet-stream",
        '"' + hashlib.sha256(body).hexdigest()[:32] + '"',
        forever=name.startswith("assets/"),
        text=Path(name).suffix in _TEXTS,
    )


class Pages:
    """Serves the app from ``folder``."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._files = load(folder)

    def endpoints(self) -> tuple[Endpoint, ...]:
        """The catch-all row; it must come after all others."""
        return (Endpoint("/{path:path}", "The web interface", self.show, None, Dialect.PAGE, reply=Kind.HTML),)

    async def show(self, call: Call[None]) -> Response:
        """A file, the app, or the way to the set-up page."""
        path = call.path("path")
        found = self._files.get(path)
        if found is not None and path != "index.html":
            return await _send(call, found)
        if Path(path).suffix and not path.endswith(".html"):
            raise NotFound(f"/{path} is not part of the web interface")
        way = self._way(call, path.rstrip("/"))
        if way is not None:
            return RedirectResponse(way, 307, {"Cache-Control": "no-store"})
        index = self._files.get("index.html")
        return page("panocam", NOT_BUILT, 503) if index is None else await _send(call, index)

    @staticmethod
    def _way(call: Call[None], path: str) -> str | None:
        """Where a person must go first: every page leads to the set-up page while there is no account."""
        if call.services.needs_setup:
            allowed = {SETUP, PREVIEW} if call.services.preview.open else {SETUP}
            return None if path in allowed else f"/{SETUP}"
        return "/" if path == SETUP else None


async def _send(call: Call[None], file: StaticFile) -> Response:
    caching = "public, max-age=31536000, immutable" if file.forever else "no-cache"
    headers = {"ETag": file.tag, "Cache-Control": caching, "Vary": "Accept-Encoding"}
    if call.connection.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in call.connection.headers.get("accept-encoding", ""):
        packed = await asyncio.to_thread(lambda: file.packed)
        if packed is not None:
            return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.media_type)
    return Response(file.body, headers=headers, media_type=file.media_type)


async def _nothing(call: Call[None]) -> Response:
    path = call.connection.scope["path"]
    raise HttpFault(404, f"{path[:200]} is not here")


_ANY = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

NOT_FOUND = (
    Endpoint("/api/{path:path}", "Anything else under /api", _nothing, None, Dialect.REST, _ANY),
    Endpoint("/axis-cgi/{path:path}", "Anything else under /axis-cgi", _nothing, None, Dialect.VAPIX, _ANY),
    Endpoint("/vapix/{path:path}", "Anything else under /vapix", _nothing, None, Dialect.VAPIX, _ANY),
    Endpoint("/config/{path:path}", "Anything under /config", _nothing, None, Dialect.VAPIX, _ANY),
    Endpoint("/onvif/{path:path}", "Anything under /onvif", _nothing, None, Dialect.VAPIX, _ANY),
)
"""Unknown API paths are never answered with the app's page."""
