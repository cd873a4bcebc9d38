"""Set-up, roles, restarts, power cuts and the reset, as they happen to a camera in service."""

from __future__ import annotations

import random
import threading
from contextlib import closing

import httpx
import pytest
from system_camera import NAME, PASSWORD, RunningCamera, panocam, started_anew, until
from system_rtsp import RtspClient

VIEWER = ("vera", "nur-schauen-1")


def rtsp_status(camera: RunningCamera, account: tuple[str, str] | None, query: str = "camera=2&resolution=192x72") -> int:
    with closing(RtspClient.connect(camera.url(query, credentials=False), account)) as client:
        return client.ask("DESCRIBE").status


def state(camera: RunningCamera) -> dict[str, object]:
    with camera.client(None) as client:
        return dict(client.get("/api/v1/state").json())


@pytest.mark.feature("INS-01", "INS-02", "GET-09")
def test_preview_until_the_first_administrator(fresh: RunningCamera) -> None:
    fresh.start()
    before = state(fresh)
    assert (before["setup_needed"], before["ready"]) == (True, True)
    assert 7000 < int(str(before["preview_seconds"])) <= 7200
    with fresh.client(None) as client:
        assert client.get("/api/v1/views").status_code == 200
        assert client.get("/api/v1/status").status_code == 401
    assert rtsp_status(fresh, (NAME, PASSWORD)) == 401
    fresh.create_administrator()
    with fresh.client(None) as client:
        assert client.get("/api/v1/views").status_code == 401
        again = client.post("/api/v1/setup", json={"username": "eve", "password": "x", "licence_accepted": True})
    assert again.status_code == 409
    after = state(fresh)
    assert (after["setup_needed"], after["preview_seconds"]) == (False, 0)
    assert rtsp_status(fresh, (NAME, PASSWORD)) == 200


@pytest.mark.feature("GET-10")
def test_the_first_administrator_by_vapix(fresh: RunningCamera) -> None:
    fresh.start()
    with fresh.client(None) as client:
        wrong = client.get("/axis-cgi/pwdgrp.cgi", params={"action": "add", "user": "eve", "pwd": "x", "sgrp": "viewer"})
        right = {"action": "add", "user": NAME, "pwd": PASSWORD, "grp": "root", "sgrp": "admin:operator:viewer:ptz"}
        made = client.get("/axis-cgi/pwdgrp.cgi", params=right)
    assert (wrong.status_code, made.status_code) == (401, 200)
    assert f"Created account {NAME}" in made.text
    assert fresh.image(2, resolution="192x72").shape == (72, 192, 3)


@pytest.mark.feature("GET-12", "GET-13")
def test_roles_over_http_and_rtsp(moving: RunningCamera) -> None:
    with moving.client() as admin:
        wish = {"username": VIEWER[0], "password": VIEWER[1], "role": "viewer"}
        assert admin.post("/api/v1/accounts", json=wish).status_code == 200
        try:
            with moving.client(*VIEWER) as viewer:
                assert viewer.get("/axis-cgi/jpg/image.cgi?camera=2&resolution=192x72").status_code == 200
                assert viewer.get("/api/v1/accounts").status_code == 403
                assert viewer.patch("/api/v1/settings", json={"installation.roll": 5}).status_code == 403
                assert viewer.post("/api/v1/views/4/home", json={"type": "home"}).status_code == 403
            assert rtsp_status(moving, VIEWER) == 200
            assert rtsp_status(moving, (VIEWER[0], "wrong")) == 401
            assert rtsp_status(moving, None) == 401
        finally:
            assert admin.delete(f"/api/v1/accounts/{VIEWER[0]}").status_code == 204
    assert rtsp_status(moving, VIEWER) == 401


@pytest.mark.feature("GET-15")
def test_guessing_passwords_gets_slow_and_is_an_event(fresh: RunningCamera) -> None:
    fresh.start()
    fresh.create_administrator()
    with closing(RtspClient.connect(fresh.url(credentials=False), (NAME, "guess"))) as client:
        statuses = [client.ask("DESCRIBE").status for _ in range(7)]
    assert statuses[0] == 401
    assert statuses[-1] not in (200, 401)
    until(lambda: _status(fresh) == 200, 10)  # the wait is short at first
    failures = fresh.events("Device/Access/AuthenticationFailed")
    assert {(event["data"]["account"], event["data"]["protocol"]) for event in failures} == {(NAME, "rtsp")}
    assert {event["data"]["peer"] for event in failures} == {"127.0.0.1"}


def _status(camera: RunningCamera) -> int:
    with camera.client() as client:
        return client.get("/api/v1/me").status_code


def test_events_tell_what_happened(fresh: RunningCamera) -> None:
    fresh.start()
    fresh.create_administrator()
    assert fresh.events("Device/Status/SystemReady")[0]["data"] == {"ready": True}
    assert fresh.events("VideoSource/LiveStreamAccessed") == []
    with fresh.watching("camera=2&resolution=192x72") as frames:
        next(frames)
        assert fresh.events("VideoSource/LiveStreamAccessed")[0]["data"] == {"accessed": True}
    until(lambda: fresh.events("VideoSource/LiveStreamAccessed")[0]["data"] == {"accessed": False}, 15)
    fresh.change(installation__roll=3)
    changed = fresh.events("Device/Configuration/Changed")[0]
    assert changed["data"] == {"paths": "installation.roll", "by": NAME}


def test_a_restart_keeps_everything_and_a_reset_only_the_serial_number(fresh: RunningCamera) -> None:
    fresh.start()
    serial = fresh.ready["serial"]
    fresh.create_administrator()
    fresh.change(installation__mount="wall", views__0__name="Hall")
    assert fresh.stop() == 0
    fresh.start()
    values = fresh.get("/api/v1/settings")["values"]
    assert (values["installation.mount"], values["views.0.name"], fresh.ready["serial"]) == ("wall", "Hall", serial)
    assert fresh.stop() == 0

    unsure = started_anew("reset", "--data", fresh.data, input="")
    assert (unsure.returncode, "--yes" in unsure.stderr) == (2, True)
    assert panocam("reset", "--yes", "--data", fresh.data).returncode == 0
    fresh.start()
    assert state(fresh)["setup_needed"] is True
    assert fresh.ready["serial"] == serial
    fresh.create_administrator()
    assert fresh.get("/api/v1/settings")["values"]["installation.mount"] == "ceiling"


def _turn_until_dead(camera: RunningCamera, roll: float, cut: threading.Timer) -> float:
    """Turn the picture by half a degree again and again; the last roll that was acknowledged."""
    with camera.client() as client:
        client.get("/api/v1/me")
        cut.start()
        try:
            while roll < 170:
                assert client.patch("/api/v1/settings", json={"installation.roll": roll + 0.5}).status_code == 200
                roll += 0.5
        except httpx.TransportError:
            pass
    return roll


def test_power_cuts_while_settings_change(fresh: RunningCamera) -> None:
    """Killed at random moments while the roll counts up: it comes back with the last acknowledged value, or the one being saved."""
    fresh.start()
    fresh.create_administrator()
    seeded = random.Random(4)
    known = 0.0
    for _ in range(3):
        cut = threading.Timer(seeded.uniform(0.05, 0.4), fresh.kill)
        known = _turn_until_dead(fresh, known, cut)
        cut.join()
        fresh.start()
        kept = fresh.get("/api/v1/settings")["values"]["installation.roll"]
        assert kept in (known, known + 0.5)
        known = kept
    assert fresh.image(2, resolution="192x72").shape == (72, 192, 3)
