"""Many RTSP/TCP viewers in one epoll loop: ``fanout_reader.py URL VIEWERS FROZEN SECONDS``.

Prints ``ready`` when all viewers play, waits for a line on standard input, counts for SECONDS, prints the result as JSON. The last FROZEN
viewers stop reading when they play. The first few healthy ones are walked through packet by packet for gaps in the sequence.
"""

import json
import re
import resource
import select
import socket
import sys
import time
from urllib.parse import urlsplit

WALKED = 5


class Viewer:
    """An RTSP session; ``rest`` are the bytes that came behind the last reply."""

    def __init__(self, url, small):
        at = urlsplit(url)
        self.url, self.rest = url, b""
        self.sock = socket.socket()
        self.sock.settimeout(20)
        if small:
            # A viewer that is to freeze must not have megabytes of patience in its own kernel.
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.sock.connect((at.hostname, at.port))
        head, sdp = self.described(url)
        control = re.findall(r"a=control:(\S+)", sdp)[-1]
        if not control.startswith("rtsp"):
            control = re.search(r"Content-Base: *(\S+)", head, re.I)[1].rstrip("/") + "/" + control
        head, _ = self.ask(f"SETUP {control}", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")
        self.session = re.search(r"Session: *([^;\r\n]+)", head, re.I)[1]

    def described(self, url):
        """A server that is still putting its stream together says 503, and some say it more than once."""
        for _ in range(8):
            try:
                return self.ask(f"DESCRIBE {url}")
            except AssertionError as refused:
                if "503" not in str(refused):
                    raise
                self.rest = b""
                time.sleep(1)
        return self.ask(f"DESCRIBE {url}")

    def play(self):
        """Ask for the stream; the reply comes among the packets, because a server may wait for a key picture first."""
        self.send(f"PLAY {self.url}", f"Session: {self.session}\r\n")
        self.sock.setblocking(False)

    def send(self, request, headers=""):
        self.sock.sendall(f"{request} RTSP/1.0\r\nCSeq: 1\r\n{headers}\r\n".encode())

    def ask(self, request, headers=""):
        self.send(request, headers)
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.sock.recv(65536)
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        head = head.decode()
        assert head.startswith("RTSP/1.0 200"), head
        length = re.search(r"Content-Length: *(\d+)", head, re.I)
        length = int(length[1]) if length else 0
        while len(self.rest) < length:
            self.rest += self.sock.recv(65536)
        body, self.rest = self.rest[:length].decode(), self.rest[length:]
        return head, body


class Walk:
    """Counts gaps in the RTP sequence of an interleaved stream."""

    def __init__(self, rest):
        self.rest, self.last, self.gaps, self.packets = rest, None, 0, 0

    def feed(self, data):
        self.rest += data
        at, size = 0, len(self.rest)
        while size - at >= 4:
            if self.rest[at : at + 4] == b"RTSP":
                end = self.rest.find(b"\r\n\r\n", at)
                if end < 0:
                    break
                assert self.rest[at:end].startswith(b"RTSP/1.0 200"), self.rest[at:end]
                at = end + 4
                continue
            length = int.from_bytes(self.rest[at + 2 : at + 4], "big")
            if size - at < 4 + length:
                break
            if self.rest[at] != 0x24:
                self.gaps += 1
                at += 1
                continue
            if self.rest[at + 1] == 0:
                number = int.from_bytes(self.rest[at + 6 : at + 8], "big")
                self.gaps += self.last is not None and number != (self.last + 1) & 0xFFFF
                self.last = number
                self.packets += 1
            at += 4 + length
        self.rest = self.rest[at:]


def main(url, viewers, frozen, seconds):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    poll, socks, counts, walks = select.epoll(), {}, {}, {}
    buffer = bytearray(1 << 18)
    view = memoryview(buffer)

    def drain(until, timeout=0.05):
        while time.monotonic() < until:
            for fd, _ in poll.poll(timeout):
                # Bytes that nobody looks at are counted and thrown away inside the kernel: the reader must not be what is measured.
                size = socks[fd].recv_into(buffer, 0, 0 if fd in walks else socket.MSG_TRUNC)
                if not size:
                    poll.unregister(fd)
                counts[fd] += size
                if fd in walks:
                    walks[fd].feed(bytes(view[:size]))

    crowd = [Viewer(url, small=number >= viewers - frozen) for number in range(viewers)]
    for number, viewer in enumerate(crowd):
        viewer.play()
        if number < viewers - frozen:
            fd = viewer.sock.fileno()
            socks[fd], counts[fd] = viewer.sock, 0
            if number < WALKED:
                walks[fd] = Walk(viewer.rest)
            poll.register(fd, select.EPOLLIN)
        drain(time.monotonic() + 0.0005, 0)
    while not all(counts.values()):
        drain(time.monotonic() + 0.1)
    drain(time.monotonic() + 1.5)
    print("ready", flush=True)
    sys.stdin.readline()
    before, start = dict(counts), time.monotonic()
    drain(start + seconds)
    elapsed = time.monotonic() - start
    got = sorted(counts[fd] - before[fd] for fd in counts)
    walked = sum(walk.packets for walk in walks.values())
    gaps = sum(walk.gaps for walk in walks.values())
    print(json.dumps({"seconds": elapsed, "total": sum(got), "least": got[0], "most": got[-1], "gaps": gaps, "walked": walked}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]), float(sys.argv[4]))
