"""A plain RTSP client over any byte stream: what it says and hears is exactly what the test sees."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from system_camera import NAME, PASSWORD, RunningCamera


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: str


class RtspClient:
    """Blocking; logs in by digest when it is asked to. ``send`` and ``receive`` are the carrier."""

    def __init__(
        self, url: str, send: Callable[[bytes], object], receive: Callable[[], bytes], account: tuple[str, str] | None = (NAME, PASSWORD)
    ) -> None:
        self.url, self._send, self._receive, self._account = url, send, receive, account
        self._buffer, self._cseq, self._challenge = b"", 0, ""
        self.session = ""

    @classmethod
    def connect(cls, url: str, account: tuple[str, str] | None = (NAME, PASSWORD)) -> RtspClient:
        parts = urlsplit(url)
        sock = socket.create_connection((parts.hostname, parts.port), 10)
        if parts.scheme == "rtsps":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            sock = context.wrap_socket(sock)
        client = cls(url, sock.sendall, lambda: sock.recv(1 << 16), account)
        client.socket = sock
        return client

    socket: socket.socket

    def close(self) -> None:
        self.socket.close()

    def ask(self, method: str, *headers: str, url: str | None = None) -> Reply:
        """A request and its reply, the second try with the digest included."""
        reply = self._ask(method, url or self.url, headers)
        if reply.status == 401 and self._account and (challenge := reply.headers.get("www-authenticate", "")).startswith("Digest"):
            self._challenge = challenge
            reply = self._ask(method, url or self.url, headers)
        if "session" in reply.headers:
            self.session = reply.headers["session"].partition(";")[0]
        return reply

    def play(self, transport: str = "RTP/AVP/TCP;unicast;interleaved=0-1") -> Reply:
        """DESCRIBE, SETUP, PLAY; gives the answer to SETUP."""
        described = self.ask("DESCRIBE")
        assert described.status == 200, described
        control = re.findall(r"a=control:(.*stream=0\S*)", described.body)[-1]
        answer = self.ask("SETUP", f"Transport: {transport}", url=control)
        assert answer.status == 200, answer
        assert self.ask("PLAY").status == 200
        return answer

    def drain(self) -> None:
        """Read until the camera ends the connection."""
        with suppress(ConnectionError):
            while True:
                self._receive_some()

    def packet(self) -> tuple[int, bytes]:
        """The next interleaved packet with its channel."""
        assert self._take(1) == b"$"
        channel, *length = self._take(3)
        return channel, self._take(int.from_bytes(bytes(length), "big"))

    def _ask(self, method: str, url: str, headers: tuple[str, ...]) -> Reply:
        self._cseq += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._cseq}", *headers]
        if self.session:
            lines.append(f"Session: {self.session}")
        if self._challenge:
            lines.append(f"Authorization: {self._digest(method, url)}")
        self._send("\r\n".join([*lines, "", ""]).encode())
        while (first := self._take(1)) == b"$":
            _, *length = self._take(3)
            self._take(int.from_bytes(bytes(length), "big"))
        head = first
        while not head.endswith(b"\r\n\r\n"):
            head += self._take(1)
        found = {name.lower(): value for name, value in reversed(re.findall(r"^([\w-]+): (.*)\r$", head.decode(), re.M))}
        return Reply(int(head.split()[1]), found, self._take(int(found.get("content-length", 0))).decode())

    def _digest(self, method: str, url: str) -> str:
        assert self._account
        name, password = self._account
        given = dict(re.findall(r'(\w+)="([^"]*)"', self._challenge))
        secret = _md5(name, given["realm"], password)
        response = _md5(secret, given["nonce"], _md5(method, url))
        return f'Digest username="{name}", realm="{given["realm"]}", nonce="{given["nonce"]}", uri="{url}", response="{response}"'

    def _receive_some(self) -> bytes:
        data = self._receive()
        if not data:
            raise ConnectionError("the camera closed the connection")
        return data

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._buffer += self._receive_some()
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken


def _md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode()).hexdigest()


def stream_bytes(camera: RunningCamera, query: str, count: int = 12) -> int:
    with closing(RtspClient.connect(camera.url(query, credentials=False))) as client:
        client.play()
        total = pictures = 0
        while pictures < count:
            number, data = client.packet()
            if number == 0:
                total += len(data)
                pictures += data[1] >> 7
    return total
