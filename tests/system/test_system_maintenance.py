"""Restart, factory default, the logs and the server report of a real camera."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
import signal
import socket
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import system_camera
from system_camera import NAME, PASSWORD, RunningCamera, until
from system_rtsp import RtspClient

from panocam.access import KeyStore
from panocam.access.reset import PLACES
from panocam.settings import DataFolder, Store

RESTART_S = 60


def state(camera: RunningCamera) -> dict[str, Any]:
    with camera.client(None) as client:
        return dict(client.get("/api/v1/state").json())


def back(camera: RunningCamera, before: str) -> dict[str, Any]:
    """The state of the next run: the ready file is written anew, with other ports where any free one will do."""

    def another() -> dict[str, Any] | None:
        try:
            camera.ready = json.loads(camera.ready_file.read_text())
            now = state(camera)
        except (OSError, ValueError, KeyError, httpx.HTTPError):
            return None
        return now if now["boot_id"] != before and now["ready"] else None

    found: dict[str, Any] = until(another, RESTART_S, camera.process)
    return found


def text(camera: RunningCamera, path: str, **params: str) -> str:
    with camera.client() as client:
        reply = client.get(path, params=params)
    assert reply.status_code == 200, reply.text
    return reply.text


def start_recording(client: httpx.Client) -> str:
    reply = client.post("/api/v1/recordings", json={"options": "camera=5&resolution=320x240&videokeyframeinterval=10"})
    assert reply.status_code == 200, reply.text
    return str(reply.json()["id"])


def recorded(camera: RunningCamera, identity: str) -> int:
    """Pictures of a recording that lie on the disk."""
    return sum(segment["pictures"] for segment in camera.get(f"/api/v1/recordings/{identity}")["segments"])


@pytest.fixture
def recording(tmp_path: Path, clip: Path) -> Iterator[RunningCamera]:
    """A camera with a card, set up."""
    (tmp_path / "card").mkdir()
    camera = RunningCamera(tmp_path, "--source", clip, "--sd-card", tmp_path / "card")
    camera.start()
    camera.create_administrator()
    yield camera
    camera.close()


async def save(folder: Path, changes: dict[str, Any]) -> None:
    """Settings of a camera that has not been started yet."""
    data = DataFolder(folder)
    await Store.open(data, KeyStore.open(data)).patch(changes)


@pytest.fixture
def waiting(tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningCamera]:
    """A camera with a card, set up, whose RTSPS port is a setting and not an option."""
    monkeypatch.setattr(system_camera, "FREE_PORTS", system_camera.FREE_PORTS[:-2])
    (tmp_path / "card").mkdir()
    camera = RunningCamera(tmp_path, "--source", clip, "--sd-card", tmp_path / "card", copied=False)
    asyncio.run(save(camera.data, {"network.rtsps_port": 0}))
    camera.start()
    camera.create_administrator()
    yield camera
    camera.close()


@pytest.mark.feature("GAP-38")
def test_a_restart_is_one_and_recordings_survive_it(waiting: RunningCamera) -> None:
    camera, pid, before = waiting, waiting.process.pid, state(waiting)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    camera.change(network__rtsps_port=port)
    assert camera.get("/api/v1/settings")["restart_needed"] == ["network.rtsps_port"]
    assert camera.port("rtsps") != port
    with camera.client() as client:
        reply = client.get("/axis-cgi/restart.cgi")
    assert (reply.status_code, "The camera restarts" in reply.text) == (200, True)
    after = back(camera, before["boot_id"])
    assert (camera.process.pid, camera.ready["pid"]) == (pid, pid)
    assert (after["serial"], after["setup_needed"]) == (before["serial"], False)
    assert camera.get("/api/v1/settings")["restart_needed"] == []
    assert camera.port("rtsps") == port
    socket.create_connection(("127.0.0.1", port), 5).close()
    assert camera.get("/api/v1/maintenance")["started_because"] == f"restart asked for by {NAME} at 127.0.0.1"
    assert camera.get("/api/v1/status")["started"] == "restart asked for"
    with camera.client() as client:
        identity = start_recording(client)
        until(lambda: recorded(camera, identity) > 10, 30)
        wish = {"apiVersion": "1.0", "method": "reboot"}
        assert client.post("/axis-cgi/firmwaremanagement.cgi", json=wish).json()["data"] == {}
    again = back(camera, after["boot_id"])
    assert again["boot_id"] not in (before["boot_id"], after["boot_id"])
    assert [(row["id"], row["running"]) for row in camera.get("/api/v1/recordings")["recordings"]] == [(identity, False)]
    assert recorded(camera, identity) > 10
    with camera.client() as client:
        assert client.patch(f"/api/v1/recordings/{identity}", json={"locked": True}).status_code == 204
        client.get("/axis-cgi/record/lock.cgi", params={"recordingid": identity, "action": "unlock"})
        assert client.post("/api/v1/exports", json={"recording": identity, "format": "mkv"}).status_code == 200
        client.get("/axis-cgi/record/remove.cgi", params={"recordingid": identity})
    audit = text(camera, "/axis-cgi/auditlog.cgi")
    done = re.findall(rf"{NAME} at 127.0.0.1: recording {identity} (\w+)", audit)
    assert done == ["locked", "unlocked", "exported", "removed"]
    assert f"{NAME} at 127.0.0.1: network.rtsps_port from 0 to {port}" in audit
    assert audit.count("system: the camera stops") == 2
    assert camera.stop() == 0


@pytest.mark.feature("RST-08", "RST-09", "SPEC-17", "GET-25")
def test_factory_default_leads_to_the_first_visit_and_leaves_the_recordings(recording: RunningCamera) -> None:
    camera, before = recording, state(recording)
    camera.change(installation__mount="wall", network__multicast_port=52000)
    with camera.client() as client:
        identity = start_recording(client)
        until(lambda: recorded(camera, identity) > 10, 30)
        assert client.get("/axis-cgi/factorydefault.cgi").status_code == 200
    soft = back(camera, before["boot_id"])
    assert (soft["setup_needed"], soft["serial"]) == (True, before["serial"])
    assert 7000 < soft["preview_seconds"] <= 7200
    camera.create_administrator()
    values = camera.get("/api/v1/settings")["values"]
    assert (values["installation.mount"], values["network.multicast_port"]) == ("ceiling", 52000)
    assert len(camera.get("/api/v1/recordings")["recordings"]) == 1
    assert "network.multicast_port" not in text(camera, "/axis-cgi/auditlog.cgi")
    wish = {"mode": "hard", "confirm": before["serial"]}
    with camera.client() as client:
        assert client.post("/api/v1/maintenance/factory-default", json=wish).status_code == 200
    hard = back(camera, soft["boot_id"])
    assert (hard["setup_needed"], hard["serial"]) == (True, before["serial"])
    camera.create_administrator()
    values = camera.get("/api/v1/settings")["values"]
    assert values["network.multicast_port"] == 51000
    until(lambda: len(camera.get("/api/v1/recordings")["recordings"]) == 1, 10)
    assert camera.get("/api/v1/maintenance")["started_because"] == "factory default, hard"
    known = {place.name.split("/")[0] for place in PLACES} | {"keystore"}
    there = {path.name for path in camera.data.iterdir() if not path.name.startswith((".", "settings.", "accounts."))}
    assert there <= known, "declare what a reset does with it in access.reset.PLACES"


@pytest.fixture
def talkative(tmp_path: Path) -> Iterator[RunningCamera]:
    """A camera that says all it has to say."""
    camera = RunningCamera(tmp_path, "--log-level", "debug")
    yield camera
    camera.close()


def unreadable(camera: RunningCamera) -> bool:
    """Whether the source is being tried in vain, which is when its address gets into the log."""
    return "gone" in camera.log or "cannot" in camera.log or "refused" in camera.log


@pytest.mark.feature("GET-21", "TRB-24")
def test_no_secret_is_in_any_log_report_or_crash_output(talkative: RunningCamera) -> None:
    camera = talkative
    secrets = {"source": "Qu3lle~geh/im", "pin": "P1n-Geheim9", "viewer": "V1ewer-Wort", "new": "N3ues-Wort", "wrong": "F4lsch-Wort"}
    camera.start()
    camera.create_administrator()
    with camera.client() as client:
        changes = {
            "source.uri": f"rtsp://kamera:{quote(secrets['source'], safe='')}@127.0.0.1:9/x",
            "signing.pkcs11_pin": secrets["pin"],
        }
        assert client.patch("/api/v1/settings", json=changes).status_code == 200
        client.post("/api/v1/accounts", json={"username": "vera", "password": secrets["viewer"], "role": "viewer"})
        client.get("/axis-cgi/pwdgrp.cgi", params={"action": "update", "user": "vera", "pwd": secrets["new"]})
        client.get("/axis-cgi/jpg/image.cgi", params={"camera": secrets["wrong"]})
        secrets["ticket"] = client.get("/axis-cgi/wssession.cgi").text.strip()
    with camera.client(None, secure=True) as page:
        page.post("/api/v1/login", json={"username": secrets["wrong"], "password": secrets["wrong"]})
        me = page.post("/api/v1/login", json={"username": NAME, "password": PASSWORD}).json()
        secrets["csrf"], secrets["cookie"] = me["csrf"], next(iter(page.cookies.values()))
        page.get("/api/v1/me", auth=("vera", secrets["new"]))
        page.get(f"/api/v1/live?wssession={secrets['ticket']}")
    with closing(RtspClient.connect(camera.url(credentials=False), (NAME, secrets["wrong"]))) as rtsp:
        rtsp.ask("DESCRIBE")
    secrets["administrator"] = PASSWORD
    until(lambda: unreadable(camera), 20)

    camera.signal(signal.SIGSEGV)
    assert camera.process.wait(20) != 0
    camera.start()
    because = camera.get("/api/v1/maintenance")
    assert (because["crash_report"], because["orderly"], "crash" in because["started_because"]) == (True, False, True)
    assert "logged in" in text(camera, "/axis-cgi/auditlog.cgi"), "the logs survive a crash"
    with camera.client() as client:
        tar = client.get("/axis-cgi/serverreport.cgi?mode=tar_all").content
        plain = client.get("/axis-cgi/serverreport.cgi").content
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        files = {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]
    assert b"Fatal Python error" in files["crash.txt"]
    assert {"picture.jpg", "picture.txt"} & set(files)
    kept = {path.name: path.read_bytes() for path in (camera.data / "logs").iterdir()}
    spoken = {name: (camera.folder / name).read_bytes() for name in ("log", "out")}
    everything = {**files, "plain report": plain, **kept, **spoken}
    assert b"kamera" not in everything["settings.json"] or b"***" in everything["settings.json"]
    for name, secret in secrets.items():
        spellings = {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("=")}
        for where, data in everything.items():
            found = [spelling for spelling in spellings if spelling.encode() in data]
            assert not found, f"the {name} secret is in {where}"
