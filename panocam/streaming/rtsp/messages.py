"""RTSP messages as values, each with its one spelling on the wire (RFC 2326 §4-§7, §10.12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from panocam.errors import LocalProtocolError


class Method(StrEnum):
    """The methods this server knows (RFC 2326 §10); what it offers is computed from the handlers that exist."""

    OPTIONS = "OPTIONS"
    DESCRIBE = "DESCRIBE"
    GET_PARAMETER = "GET_PARAMETER"
    PAUSE = "PAUSE"
    PLAY = "PLAY"
    SETUP = "SETUP"
    SET_PARAMETER = "SET_PARAMETER"
    TEARDOWN = "TEARDOWN"


REASONS: Mapping[int, str] = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    413: "Request Entity Too Large",
    414: "Request-URI Too Large",
    431: "Request Header Fields Too Large",
    451: "Parameter Not Understood",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    457: "Invalid Range",
    459: "Aggregate Operation Not Allowed",
    461: "Unsupported Transport",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "RTSP Version Not Supported",
    551: "Option Not Supported",
}
"""Reason phrases: RFC 2326 §7.1.1, and 431 of RFC 6585 for what RTSP has no number of its own."""


@dataclass(frozen=True)
class Request:
    """One request. Header names are lower case; a repeated header is joined with ``", "`` (RFC 2326 §4.2 by way of HTTP)."""

    method: str
    uri: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The value of a header, by any spelling of its name."""
        return self.headers.get(name.lower())


@dataclass(frozen=True)
class Interleaved:
    """A block of RTP or RTCP inside the RTSP stream (RFC 2326 §10.12)."""

    channel: int
    payload: bytes


@dataclass(frozen=True)
class Reply:
    """One reply. ``headers`` keep their order and may repeat a name (two ``WWW-Authenticate`` lines, say)."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def encode(self) -> bytes:
        """Head and body as one block: some clients take the first TCP segment for the whole reply.

        Raises LocalProtocolError when a header would break out of its line.
        """
        lines = [f"RTSP/1.0 {self.status} {REASONS[self.status]}"]
        for name, value in (*self.headers, *((("Content-Length", str(len(self.body))),) if self.body else ())):
            if not value.isprintable():
                raise LocalProtocolError(f"header {name}: {value!r} holds a character that is not printable")
            lines.append(f"{name}: {value}")
        return "\r\n".join((*lines, "", "")).encode("utf-8", "replace") + self.body
