"""Bytes in, requests and interleaved blocks out; or one RemoteProtocolError, never anything else.

The parser never looks ahead of what it has: it may be fed whole messages, halves or single bytes and answers the same.
Every length is bounded before memory is spent on it. After its first error it is dead: in a broken byte stream there is no
place from which to go on, so the connection must be closed after the error was answered.
"""

from __future__ import annotations

import re

from panocam.errors import RemoteProtocolError
from panocam.streaming.rtsp.messages import Interleaved, Request

MAX_LINE = 4096
"""Bytes of one line; a longer request line is answered 414, a longer header line 431."""

MAX_HEAD = 16 * 1024
"""Bytes of request line and headers together (431)."""

MAX_HEADERS = 64
"""Header lines in one request (431)."""

MAX_BODY = 64 * 1024
"""Bytes of a request body (413): parameters are a few lines."""

_REQUEST_LINE = re.compile(rb"([A-Z_]{1,32}) ([!-~]+) RTSP/(\d{1,3})\.(\d{1,3})")
_HEADER_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*([\t -~\x80-\xff]*)")
_FIRST_BYTE = re.compile(rb"[A-Z_$\r\n]")


class Parser:
    """One direction of one RTSP connection."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0  # no end of head lies before this offset: single bytes must not cost a search from the start
        self._head: Request | None = None
        self._body_length = 0
        self._broken: RemoteProtocolError | None = None

    @property
    def pending(self) -> int:
        """Bytes received and not yet given out."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take bytes as they came from the network."""
        if self._broken is None:
            self._buffer += data

    def next(self) -> Request | Interleaved | None:
        """The next whole message, or None when more bytes are needed. Raises RemoteProtocolError, then always the same one."""
        if self._broken is not None:
            raise self._broken
        try:
            return self._next()
        except RemoteProtocolError as error:
            self._broken = error
            self._buffer.clear()
            raise

    def _next(self) -> Request | Interleaved | None:
        if self._head is None:
            self._skip_blank_lines()
            if not self._buffer:
                return None
            if self._buffer[0] == 0x24:
                return self._interleaved()
            if not _FIRST_BYTE.match(self._buffer):
                raise RemoteProtocolError(f"a message cannot begin with byte {self._buffer[0]:#04x}")
            head = self._take_head()
            if head is None:
                return None
            self._head = _parse_head(head)
            self._body_length = _content_length(self._head)
        if len(self._buffer) < self._body_length:
            return None
        request, self._head = self._head, None
        return Request(request.method, request.uri, request.headers, self._take(self._body_length))

    def _skip_blank_lines(self) -> None:
        # RFC 2326 §4.1 by way of HTTP: blank lines before a request line are to be ignored.
        start = 0
        while start < len(self._buffer) and self._buffer[start] in b"\r\n":
            start += 1
        if start:
            del self._buffer[:start]
            self._searched = 0

    def _interleaved(self) -> Interleaved | None:
        if len(self._buffer) < 4:
            return None
        length = int.from_bytes(self._buffer[2:4], "big")
        if len(self._buffer) < 4 + length:
            return None
        block = self._take(4 + length)
        return Interleaved(block[1], block[4:])

    def _take_head(self) -> bytes | None:
        end = self._buffer.find(b"\r\n\r\n", max(0, self._searched - 3))
        if end < 0:
            self._searched = len(self._buffer)
            if len(self._buffer) > MAX_LINE and b"\r\n" not in self._buffer[: MAX_LINE + 2]:
                raise RemoteProtocolError(f"the request line is longer than {MAX_LINE} bytes", 414)
            if len(self._buffer) > MAX_HEAD:
                raise RemoteProtocolError(f"the request's head is longer than {MAX_HEAD} bytes", 431)
            return None
        if end > MAX_HEAD:
            raise RemoteProtocolError(f"the request's head is longer than {MAX_HEAD} bytes", 431)
        return self._take(end + 4)[:-4]

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._searched = 0
        return taken


def _parse_head(head: bytes) -> Request:
    first, *lines = head.split(b"\r\n")
    if len(first) > MAX_LINE:
        raise RemoteProtocolError(f"the request line is longer than {MAX_LINE} bytes", 414)
    found = _REQUEST_LINE.fullmatch(first)
    if found is None:
        raise RemoteProtocolError(f"not a request line: {first[:60]!r}; expected METHOD URI RTSP/1.0")
    if (int(found[3]), int(found[4])) != (1, 0):
        raise RemoteProtocolError(f"RTSP/{found[3].decode()}.{found[4].decode()} is not spoken here, RTSP/1.0 is", 505)
    if len(lines) > MAX_HEADERS:
        raise RemoteProtocolError(f"{len(lines)} header lines; at most {MAX_HEADERS} are read", 431)
    return Request(found[1].decode(), found[2].decode(), _parse_headers(lines))


def _parse_headers(lines: list[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        if len(line) > MAX_LINE:
            raise RemoteProtocolError(f"a header line is longer than {MAX_LINE} bytes", 431)
        found = _HEADER_LINE.fullmatch(line)
        if found is None:
            raise RemoteProtocolError(f"not a header line: {line[:60]!r}; expected Name: value")
        name, value = found[1].decode().lower(), found[2].decode("latin-1").strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _content_length(request: Request) -> int:
    value = request.header("Content-Length")
    if value is None:
        return 0
    if not (value.isascii() and value.isdigit()):
        raise RemoteProtocolError(f"Content-Length {value[:40]!r} is not a number of bytes")
    if len(value) > 9 or int(value) > MAX_BODY:
        raise RemoteProtocolError(f"a body of {value[:20]} bytes is too large; at most {MAX_BODY} are read", 413)
    return int(value)
