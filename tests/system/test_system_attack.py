"""Crowds, guessers and slow clients at a running camera: streams lose nothing, memory stays, everybody else is served."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from system_camera import RunningCamera, until
from system_rtsp import RtspClient

STREAM = "camera=2&resolution=192x72&videocodec=jpeg&fps=25"
PEOPLE = 40
MEMORY_KB = 150_000
"""What 500 logins may cost; one password hash takes 19 MB, 500 at once would take 9.5 GB."""


def memory(camera: RunningCamera, what: str) -> int:
    """``VmRSS`` now or ``VmHWM`` at most, in kilobytes."""
    lines = Path(f"/proc/{camera.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))


@contextmanager
def watcher(camera: RunningCamera) -> Iterator[RtspClient]:
    """Somebody who watches over RTSP and reads all the time."""
    with closing(RtspClient.connect(camera.url(STREAM, credentials=False))) as client:
        client.play()
        yield client


def pictures(camera: RunningCamera) -> tuple[int, int]:
    """(delivered, dropped) of the one who watches."""
    [row] = [row for row in camera.get("/api/v1/status")["clients"] if row["transport"].startswith("rtsp")]
    return row["delivered"], row["dropped"]


@pytest.fixture
def guarded(fresh: RunningCamera) -> RunningCamera:
    fresh.start()
    fresh.create_administrator()
    return fresh


async def storm(camera: RunningCamera) -> Counter[int]:
    """500 logins at once, from several addresses: right ones of many accounts, and wrong ones."""
    clients = [
        httpx.AsyncClient(
            base_url=camera.ready["http"], transport=httpx.AsyncHTTPTransport(local_address=f"127.0.0.{10 + number}"), timeout=60
        )
        for number in range(5)
    ]

    async def login(number: int) -> int:
        right = number % 2 == 0
        body = {"username": f"v{number % PEOPLE}", "password": f"Look-{number % PEOPLE}" if right else f"bad-{number}"}
        return (await clients[number % 5].post("/api/v1/login", json=body)).status_code

    codes = Counter(await asyncio.gather(*(login(number) for number in range(500))))
    for client in clients:
        await client.aclose()
    return codes


@pytest.mark.feature("GAP-26")
def test_five_hundred_logins_at_once_hurt_neither_streams_nor_memory(guarded: RunningCamera) -> None:
    with guarded.client(secure=True) as admin:
        for number in range(0, PEOPLE, 2):
            account = {"username": f"v{number}", "password": f"Look-{number}", "role": "viewer"}
            admin.post("/api/v1/accounts", json=account).raise_for_status()
    with watcher(guarded) as client:
        client.packet()
        before, rss = pictures(guarded), memory(guarded, "VmRSS")
        loop = asyncio.new_event_loop()
        try:
            attack = loop.create_task(storm(guarded))
            reading = loop.run_in_executor(None, lambda: [client.packet() for _ in range(50)])
            codes = loop.run_until_complete(attack)
            loop.run_until_complete(reading)
        finally:
            loop.close()
        assert set(codes) <= {200, 401, 429, 503}
        assert codes[200] > 0
        assert sum(codes.values()) == 500
        after = pictures(guarded)
        assert after[0] > before[0]
        assert after[1] == before[1] == 0
        assert memory(guarded, "VmHWM") - rss < MEMORY_KB
    with guarded.client() as admin:  # the administrator was not locked out by the others
        assert admin.get("/api/v1/me").status_code == 200
        waiting = admin.get("/api/v1/password-guessing").json()["guessers"]
        assert {row["address"] for row in waiting} <= {f"127.0.0.{10 + number}" for number in range(5)}
        assert "too many wrong passwords" in guarded.log


def test_slow_silent_and_half_open_connections_disturb_nobody(guarded: RunningCamera) -> None:
    crowd: list[socket.socket] = []
    try:
        with watcher(guarded) as client:
            client.packet()
            before = pictures(guarded)
            for scheme, said in (
                ("http", b"GET /api/v1/state HTTP/1.1\r\nX-Slow: "),
                ("http", b"POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"),
                ("https", b"\x16\x03\x01"),
                ("rtsp", b""),
                ("rtsp", b"DESCRIBE rtsp://"),
                ("rtsps", b"\x16\x03\x01"),
            ):
                for _ in range(100):
                    each = socket.create_connection(("127.0.0.1", guarded.port(scheme)), 10)
                    each.sendall(said)
                    crowd.append(each)
            for _ in range(50):
                client.packet()
            for secure in (False, True):
                with guarded.client(secure=secure) as other:
                    assert other.get("/api/v1/me").status_code == 200
            with closing(RtspClient.connect(guarded.url(STREAM, scheme="rtsps", credentials=False))) as other_watcher:
                other_watcher.play()
                other_watcher.packet()
            [mine] = [row for row in guarded.get("/api/v1/status")["clients"] if row["transport"] == "rtsp/tcp/tcp"]
            assert mine["delivered"] > before[0]
            assert mine["dropped"] == 0
    finally:
        for each in crowd:
            each.close()


def test_plain_rtsp_at_the_encrypted_port_is_told(guarded: RunningCamera) -> None:
    with socket.create_connection(("127.0.0.1", guarded.port("rtsps")), 10) as plain:
        plain.sendall(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        answer = b""
        while more := plain.recv(1000):
            answer += more
        assert answer.startswith(b"RTSP/1.0 400")
        assert answer.endswith(b"\r\n\r\nthis port speaks encrypted RTSPS")


def exchange_for_ever(camera: RunningCamera, done: list[str]) -> None:
    """Choose one certificate after the other, and make and delete more, until the camera is gone."""
    with camera.client(secure=True) as admin:
        try:
            while True:
                for name in ("one", "two"):
                    admin.patch("/api/v1/settings", json={"tls.https_certificate": name}).raise_for_status()
                    done.append(name)
                    wish = {"name": f"more-{time.monotonic_ns()}", "names": ["localhost"]}  # one of a life that was cut short may be left
                    admin.post("/api/v1/self-signed-certificates", json=wish).raise_for_status()
                    admin.delete(f"/api/v1/certificates/{wish['name']}").raise_for_status()
        except httpx.TransportError:
            return


@pytest.mark.feature("GAP-36")
def test_a_kill_while_certificates_change_leaves_a_camera_that_shows_one(guarded: RunningCamera) -> None:
    with guarded.client(secure=True) as admin:
        for name in ("one", "two"):
            admin.post("/api/v1/self-signed-certificates", json={"name": name, "names": ["localhost"]}).raise_for_status()
    for round_ in range(3):
        done: list[str] = []
        changing = threading.Thread(target=exchange_for_ever, args=(guarded, done))
        changing.start()
        until(lambda done=done, round_=round_: len(done) > 2 + round_)
        guarded.kill()
        changing.join()
        guarded.start()
        with guarded.client(secure=True) as admin:
            chosen = admin.get("/api/v1/settings").json()["values"]["tls.https_certificate"]
            kept = admin.get("/api/v1/certificates").json()["certificates"]
        assert [each["name"] for each in kept if "https" in each["used_by"]] == [chosen]
        assert chosen in ("one", "two")
        assert {"camera", "one", "two"} <= {each["name"] for each in kept}
