"""The command line as a person meets it: mistakes are one line and status 2, ends are clean, and the log keeps secrets."""

from __future__ import annotations

import json
import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import cv2
import httpx
import pytest
from system_camera import NAME, PASSWORD, RunningCamera, panocam, started_anew, until
from system_rtsp import RtspClient


def test_a_mistake_is_one_line_from_the_outside_too(tmp_path: Path) -> None:
    done = started_anew("run", "--data", tmp_path, "--source", tmp_path / "nothing.mp4")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"panocam: --source='.*nothing.mp4': there is no such file\n", done.stderr)


def test_ready_file_and_table_say_the_same(fresh: RunningCamera) -> None:
    fresh.ready_file.write_text("left over from a camera that was killed")
    fresh.ready_file.unlink()
    fresh.start("--serial", "0a:1b:2c:3d:4e:5f")
    facts = json.loads(fresh.ready_file.read_text())
    assert facts["serial"] == "0A1B2C3D4E5F"
    assert facts["pid"] == fresh.process.pid
    shown = until(lambda: (fresh.folder / "out").read_text().partition("Stop with")[1] and (fresh.folder / "out").read_text())
    for scheme in ("http", "https", "rtsp", "rtsps"):
        assert facts[scheme].startswith(f"{scheme}://127.0.0.1:")
        assert facts[scheme] in shown
    assert "create the administrator" in shown
    assert fresh.stop() == 0
    assert not fresh.ready_file.exists()


def test_the_ready_file_follows_what_is_open(fresh: RunningCamera) -> None:
    fresh.start()
    fresh.create_administrator()
    first = json.loads(fresh.ready_file.read_text())

    def named() -> list[str]:
        facts = json.loads(fresh.ready_file.read_text())
        assert facts.items() <= first.items()
        return [scheme for scheme in ("http", "https", "rtsp", "rtsps") if scheme in facts]

    fresh.change(network__http_policy="http", network__rtsps_enabled=False)
    assert named() == ["http", "rtsp"]
    fresh.change(network__http_policy="both")
    assert named() == ["http", "https", "rtsp"]
    with fresh.client(secure=True) as client:
        assert client.patch("/api/v1/settings", json={"network.http_policy": "https", "network.rtsps_enabled": True}).status_code == 200
    assert named() == ["https", "rtsp", "rtsps"]
    assert fresh.stop() == 0
    assert not fresh.ready_file.exists()


def test_options_come_from_the_environment(tmp_path: Path, scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"SOURCE": str(scene), "SERIAL": "0A1B2C3D4E60", "MODEL": "m4327", "MOUNT": "wall", "LOG_LEVEL": "error"}
    for name, value in given.items():
        monkeypatch.setenv(f"PANOCAM_{name}", value)
    camera = RunningCamera(tmp_path, copied=False)
    camera.start()
    try:
        with camera.client(None) as client:
            state = client.get("/api/v1/state").json()
        assert (state["serial"], state["model"]) == ("0A1B2C3D4E60", "m4327")
    finally:
        camera.close()
    assert camera.log == ""


@pytest.fixture
def crowd(moving: RunningCamera) -> Iterator[Callable[[RunningCamera, int], None]]:
    """Viewers who watch and read all the time, until the camera goes."""
    with ExitStack() as stack:

        def gather(camera: RunningCamera, count: int) -> None:
            for _ in range(count):
                client = stack.enter_context(closing(RtspClient.connect(camera.url("camera=2&resolution=192x72", credentials=False))))
                client.play()
                reader = threading.Thread(target=client.drain, daemon=True)
                reader.start()
                stack.callback(reader.join, 10)

        yield gather


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_three_seconds_with_fifty_viewers(
    fresh: RunningCamera, crowd: Callable[[RunningCamera, int], None], number: signal.Signals
) -> None:
    fresh.start()
    fresh.create_administrator()
    crowd(fresh, 50)
    assert len([c for c in fresh.get("/api/v1/status")["clients"] if c["transport"].startswith("rtsp")]) == 50
    fresh.signal(number)
    assert fresh.process.wait(3) == 0
    assert "Traceback" not in fresh.log
    assert "ERROR" not in fresh.log


LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (DEBUG  |INFO   |WARNING|ERROR  ) [\w.]+: \S.*")


def test_the_log_has_one_style_and_no_secrets(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as closed:
        port = closed.getsockname()[1]
    secrets = ["Geheim-4711", "Streng-0815", PASSWORD]
    camera = RunningCamera(tmp_path, "--source", f"rtsp://someone:{secrets[0]}@127.0.0.1:{port}/live", copied=False)
    try:
        camera.start("--log-level", "debug")
        camera.create_administrator()
        with camera.client(NAME, "wrong") as client:
            assert client.get("/api/v1/me").status_code == 401
        with camera.client() as client:
            wish = {"username": "vera", "password": secrets[1], "role": "viewer"}
            assert client.post("/api/v1/accounts", json=wish).status_code == 200
            status = client.get("/api/v1/status").text + client.get("/api/v1/settings").text + client.get("/api/v1/events").text
        until(lambda: "lost" in camera.log)
        assert camera.stop() == 0
    finally:
        camera.close()
    for secret in secrets:
        assert secret not in camera.log
        assert secret not in (camera.folder / "out").read_text()
        assert secret not in status
        kept = b"".join(path.read_bytes() for path in camera.data.rglob("*") if path.is_file())
        assert secret.encode() not in kept
    assert all(LINE.fullmatch(line) for line in camera.log.splitlines()), camera.log


def test_snapshot_writes_one_picture(tmp_path: Path, scene: Path) -> None:
    out = tmp_path / "out.jpg"
    done = started_anew(
        "snapshot", "--source", scene, "--view", "view-area_2", "--pan", "10", "--zoom", "2", "--resolution", "320x240", out
    )
    assert (done.returncode, done.stderr) == (0, "")
    picture = cv2.imread(str(out))
    assert picture is not None
    assert picture.shape == (240, 320, 3)
    other = tmp_path / "other.jpg"
    assert panocam("snapshot", "--source", scene, "--view", "5", "--resolution", "320x240", other).returncode == 0
    assert other.read_bytes() != out.read_bytes()


def test_help_lists_every_command_and_environment_variable() -> None:
    said = started_anew("--help", env={"COLUMNS": "200", "NO_COLOR": "1"}).stdout
    assert all(command in said for command in ("run", "snapshot", "discover", "benchmark", "reset"))
    options = started_anew("run", "--help", env={"COLUMNS": "200", "NO_COLOR": "1"}).stdout
    for option in re.findall(r"--([a-z-]+)", options):
        if option != "help":
            assert f"PANOCAM_{option.replace('-', '_').upper()}" in options


def test_a_new_name_is_announced_and_discover_finds_it(fresh: RunningCamera) -> None:
    fresh.start()
    fresh.create_administrator()
    fresh.change(device__name="Front door")
    said = until(lambda: (text := panocam("discover", "--seconds", "1").stdout) and "Front door" in text and text, 30)
    row = next(line for line in said.splitlines() if "Front door" in line)
    assert fresh.ready["serial"] in row
    assert f":{fresh.port('http')}/" in row


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_two_colons_listen_on_both_kinds_of_addresses(fresh: RunningCamera) -> None:
    fresh.start("--host", "::")
    for scheme in ("http", "https", "rtsp", "rtsps"):
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, fresh.port(scheme)), 5).close()
    with httpx.Client(verify=False) as client:
        assert client.get(f"http://[::1]:{fresh.port('http')}/api/v1/state").status_code == 200
    with closing(RtspClient.connect(f"rtsp://[::1]:{fresh.port('rtsp')}/axis-media/media.amp")) as client:
        assert client.ask("OPTIONS").status == 200
