"""From the moment a source hands over a picture to its last RTP packet at a client's socket, in another process of the same machine.

The camera plays a 2992x2992 file at its own pace and encodes a view area. Two clients watch the one stream, over TCP (interleaved) and
over UDP, and note when the packet with the marker bit came. The monotonic clock is the same for all processes. Which packet belongs to
which picture the sender reports say: they tie an RTP time to the UTC of a capture, and the camera's own record has that UTC with the stamps
of all stages. Stages tell where the time went.
"""

from __future__ import annotations

import json
import re
import select
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.chain import FPS, film
from panocam.media.codec import Codec
from panocam.streaming.rtcp import ntp_timestamp
from panocam.streaming.rtp.packer import rtp_time

SIZE = (1280, 960)
PICTURES = {Codec.H264: 1100, Codec.JPEG: 300}
WARM = 2 * FPS
"""The first pictures, while meshes, encoder and caches are new, are a start and no stream; what a start costs is another benchmark."""

MEDIAN_MS, P99_MS = 40.0, 80.0
SERVER = Path(__file__).parent / "latency_server.py"


class Client:
    """An RTSP session. ``arrivals`` maps RTP time to when the picture's last packet came; ``reports`` NTP time to RTP time."""

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        self.url, self._rest = url, b""
        self.sock = socket.create_connection((str(at.hostname), at.port or 554), 10)
        self.arrivals: dict[int, int] = {}
        self.reports: list[tuple[int, int]] = []
        head, sdp = self.ask(f"DESCRIBE {url}")
        control = re.findall(r"a=control:(\S+)", sdp)[-1]
        base = re.search(r"Content-Base: *(\S+)", head, re.I)
        self._control = control if control.startswith("rtsp") or not base else base[1].rstrip("/") + "/" + control

    def ask(self, request: str, headers: str = "") -> tuple[str, str]:
        self.sock.sendall(f"{request} RTSP/1.0\r\nCSeq: 1\r\n{headers}\r\n".encode())
        while b"\r\n\r\n" not in self._rest:
            self._rest += self.sock.recv(65536)
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        assert head.startswith(b"RTSP/1.0 200"), head
        length = re.search(rb"Content-Length: *(\d+)", head, re.I)
        while length and len(self._rest) < int(length[1]):
            self._rest += self.sock.recv(65536)
        size = int(length[1]) if length else 0
        body, self._rest = self._rest[:size], self._rest[size:]
        return head.decode(), body.decode()

    def play(self, transport: str) -> None:
        head, _ = self.ask(f"SETUP {self._control}", f"Transport: {transport}\r\n")
        session = re.search(r"Session: *([^;\r\n]+)", head, re.I)
        assert session
        self.ask(f"PLAY {self.url}", f"Session: {session[1]}\r\n")

    def packet(self, data: bytes, now: int) -> None:
        if data[1] & 0x80:
            self.arrivals.setdefault(struct.unpack_from("!I", data, 4)[0], now)

    def control(self, data: bytes) -> None:
        if data[1] == 200:
            self.reports.append(struct.unpack_from("!QI", data, 8))

    def capture_to_arrival(self, rows: list[Row]) -> Iterator[tuple[Row, float]]:
        """Each picture with the milliseconds from its capture to its last packet here."""
        ntp, timestamp = self.reports[-1]
        named = {ntp_timestamp(row.wall_ns): row for row in rows}[ntp]
        offset = timestamp - rtp_time(named.pts_ns)
        for row in rows:
            arrived = self.arrivals.get((rtp_time(row.pts_ns) + offset) & 0xFFFFFFFF)
            if arrived is not None:
                yield row, (arrived - row.stamps[0][1]) / 1e6


class Tcp(Client):
    """RTP inside the RTSP connection."""

    name = "TCP"

    def start(self) -> list[socket.socket]:
        self.play("RTP/AVP/TCP;unicast;interleaved=0-1")
        return [self.sock]

    def read(self, sock: socket.socket) -> None:
        self._rest += sock.recv(1 << 18)
        now, at = time.monotonic_ns(), 0
        while len(self._rest) - at >= 4:
            size = int.from_bytes(self._rest[at + 2 : at + 4], "big")
            if len(self._rest) - at < 4 + size:
                break
            payload = self._rest[at + 4 : at + 4 + size]
            self.control(payload) if self._rest[at + 1] else self.packet(payload, now)
            at += 4 + size
        self._rest = self._rest[at:]


class Udp(Client):
    """RTP and RTCP as datagrams."""

    name = "UDP"

    def start(self) -> list[socket.socket]:
        self._pair = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for sock in self._pair:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            sock.bind(("127.0.0.1", 0))
        ports = "-".join(str(sock.getsockname()[1]) for sock in self._pair)
        self.play(f"RTP/AVP;unicast;client_port={ports}")
        return self._pair

    def read(self, sock: socket.socket) -> None:
        data = sock.recv(65536)
        if sock is self._pair[1]:
            self.control(data)
        else:
            self.packet(data, time.monotonic_ns())


@dataclass(frozen=True)
class Row:
    """One packet of the camera's record."""

    wall_ns: int
    pts_ns: int
    stamps: list[tuple[str, int]]


def record(source: str, codec: Codec) -> tuple[list[Client], list[Row], int]:
    """Watch until ``PICTURES`` have come; the clients, the camera's record, and how many pictures it left out."""
    command = [sys.executable, str(SERVER), source, str(codec), "{}x{}".format(*SIZE), str(FPS)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        url = server.stdout.readline().strip()
        clients: list[Tcp | Udp] = [Tcp(url), Udp(url)]
        poll, readers = select.epoll(), {}
        for client in clients:
            for sock in client.start():
                readers[sock.fileno()] = (client, sock)
                poll.register(sock.fileno(), select.EPOLLIN)
        end = time.monotonic() + 4 * PICTURES[codec] / FPS
        while min(len(client.arrivals) for client in clients) < WARM + PICTURES[codec]:
            assert time.monotonic() < end, [len(client.arrivals) for client in clients]
            for number, _ in poll.poll(1):
                client, sock = readers[number]
                client.read(sock)
        said = json.loads(server.communicate("stop\n", 20)[0])
    finally:
        server.kill()
    return list(clients), [Row(*row) for row in said["rows"]], said["missed"]


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def stages(rows: list[Row], part: float) -> dict[str, float]:
    """Milliseconds of each stage at a percentile."""
    found: dict[str, list[float]] = {}
    for row in rows:
        for (_, before), (stage, at) in zip(row.stamps, row.stamps[1:], strict=False):
            found.setdefault(stage, []).append((at - before) / 1e6)
    return {stage: round(percentile(values, part), 2) for stage, values in found.items()}


def run() -> list[dict[str, object]]:
    """A row for each codec and transport, in milliseconds, and rows of the stages at the median and the 99th percentile."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as name:
        source = str(film(Path(name)))
        for codec in PICTURES:
            clients, record_of, missed = record(source, codec)
            for client in clients:
                pairs = list(client.capture_to_arrival(record_of))[WARM:]
                times = [ms for _, ms in pairs]
                median, p99 = statistics.median(times), percentile(times, 0.99)
                row: dict[str, object] = {"benchmark": "latency", "codec": str(codec), "size": "{}x{}".format(*SIZE)}
                row |= {"transport": client.name, "pictures": len(times), "left out": missed}
                row |= {"median ms": round(median, 1), "p99 ms": round(p99, 1), "worst ms": round(max(times), 1)}
                rows.append(row | {"goal met": median < MEDIAN_MS and p99 < P99_MS})
            kept = record_of[WARM:]
            rows += [
                {"benchmark": "latency", "codec": str(codec), "stages at": at, **stages(kept, part)}
                for at, part in (("median", 0.5), ("p99", 0.99))
            ]
    return rows


if __name__ == "__main__":
    for row in run():
        print(json.dumps(row))
