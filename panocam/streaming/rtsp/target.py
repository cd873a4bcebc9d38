"""What a request URI points at: a presentation, or one stream of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from panocam.errors import NotFound, RemoteProtocolError

PATHS = ("/axis-media/media.amp", "/onvif-media/media.amp")
"""The entry points: VAPIX' own, and its twin under the name ONVIF clients are given."""

_STREAM = re.compile(r"/stream=(\d{1,3})$")
_HOST = re.compile(r"[A-Za-z0-9._~%-]+|\[[0-9A-Fa-f:.%A-Za-z]+\]")


@dataclass(frozen=True)
class Target:
    """``base`` is the presentation's URL without query and stream; ``stream`` is None for the presentation as a whole."""

    base: str
    query: str
    stream: int | None = None

    @property
    def aggregate(self) -> str:
        """The presentation's own URL, absolute."""
        return f"{self.base}?{self.query}" if self.query else self.base

    def stream_url(self, index: int) -> str:
        """The control URL of one stream, absolute: some clients only find ``a=control:rtsp…``."""
        return f"{self.base}/stream={index}" + (f"?{self.query}" if self.query else "")


def parse_target(uri: str, fallback_host: str) -> Target:
    """Read a request URI. The host is the one the client used, so that the URLs it gets back work from where it stands.

    Raises NotFound for an unknown path, RemoteProtocolError(400) for what is no RTSP URL.
    """
    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise RemoteProtocolError(f"not a URL: {uri[:80]!r} ({error})") from None
    if parts.scheme.lower() not in ("rtsp", "rtsps", "rtspu", ""):
        raise RemoteProtocolError(f"not an RTSP URL: {uri[:80]!r}")
    scheme = "rtsps" if parts.scheme.lower() == "rtsps" else "rtsp"
    host = parts.netloc.rpartition("@")[2]
    if not _HOST.fullmatch(host.rpartition(":")[0] if re.search(r":\d{1,5}$", host) else host):
        host = fallback_host
    path, query = parts.path, parts.query
    stream = None
    # A client that appends to the aggregate URL itself puts the stream behind the query.
    for text in (path, query):
        if found := _STREAM.search(text):
            stream = int(found[1])
    path, query = _STREAM.sub("", path), _STREAM.sub("", query)
    path = unquote(path).rstrip("/")
    if path not in PATHS:
        raise NotFound(f"{path or '/'}: streams are at {' and '.join(PATHS)}")
    return Target(f"{scheme}://{host}{path}", query, stream)
