"""The camera's clock and zone, seen in everything that shows time: streams, overlays, events, recordings, log."""

from __future__ import annotations

import re
import socket
import struct
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ntp_kit import HEAD, Fields
from system_camera import RunningCamera, until
from system_rtsp import RtspClient

CLOCK = [{"kind": "text", "identity": 0, "text": "%H:%M", "size": 150, "background": "white", "color": "black", "outline": "white"}]
HOUR = timedelta(hours=1)


def wall(camera: RunningCamera) -> datetime:
    return datetime.fromisoformat(camera.get("/api/v1/time")["utc"])


def set_clock(camera: RunningCamera, text: str) -> None:
    with camera.client() as client:
        reply = client.put("/api/v1/time", json={"time": text})
    assert reply.status_code == 200, reply.text


def sender_report(camera: RunningCamera) -> datetime:
    """What the first sender report of a new stream says that the time is."""
    with closing(RtspClient.connect(camera.url("camera=2&resolution=192x72", credentials=False))) as client:
        client.play()
        while True:
            channel, data = client.packet()
            if channel == 1 and data[1] == 200:
                seconds = struct.unpack_from("!I", data, 8)[0]
                return datetime(1900, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


@pytest.mark.feature("GAP-28")
def test_a_clock_set_by_hand_shows_in_streams_events_headers_and_the_log(known: RunningCamera) -> None:
    set_clock(known, "2031-05-05T05:05:05Z")
    assert abs(wall(known) - datetime(2031, 5, 5, 5, 5, 5, tzinfo=UTC)) < timedelta(minutes=2)
    assert abs(sender_report(known) - wall(known)) < timedelta(minutes=1)
    event = known.events("Device/Clock/Set")[0]
    assert (event["data"]["by"], datetime.fromtimestamp(event["wall_ms"] / 1000, UTC).year) == ("manual", 2031)
    with known.client() as client:
        until(lambda: " May 2031 " in client.get("/api/v1/me").headers["date"])  # made anew once a second
    assert re.search(r"^2031-05-05 \S+ INFO .*the clock was set by", known.log, re.M)


def test_a_zone_shows_in_overlays_and_in_answers(known: RunningCamera) -> None:
    def picture() -> np.ndarray:
        return known.image(5, resolution="320x240")[:40, :120]

    known.change(time__zone="UTC", overlays__items=CLOCK)
    set_clock(known, "2031-05-05T05:05:00Z")
    before = picture()
    known.change(time__zone="Asia/Kolkata")
    after = picture()
    assert float(np.abs(before.astype(int) - after).mean()) > 5
    assert known.get("/api/v1/time")["local"][10:16] == "T10:35"
    set_clock(known, "2031-05-05T05:05:00+05:30")  # the same digits as at first
    assert float(np.abs(before.astype(int) - picture()).mean()) < 1


def test_servers_that_do_not_answer_are_told_and_the_clock_goes_on(known: RunningCamera) -> None:
    known.change(time__ntp_servers=["127.0.0.1:9"], time__source="ntp")
    until(lambda: known.get("/api/v1/time")["synchronisation"]["servers"][0]["standing"] == "silent")
    assert known.get("/api/v1/time")["synchronisation"]["synchronised"] is False
    conditions = known.get("/api/v1/events/conditions", topic="Device/Clock/Synchronised")["events"]
    assert [each["data"]["synchronised"] for each in conditions] == [False]
    assert known.get("/api/v1/time")["correction_s"] == 0


def test_the_servers_are_asked_again_when_somebody_wishes(known: RunningCamera) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)

        def answer() -> None:
            question, address = server.recvfrom(1000)
            now = time.time_ns()
            server.sendto(Fields(origin=HEAD.unpack(question)[10], received_ns=now, sent_ns=now).pack(), address)

        known.change(time__ntp_servers=[f"127.0.0.1:{server.getsockname()[1]}"], time__source="ntp")
        answer()
        until(lambda: known.get("/api/v1/time")["synchronisation"]["servers"][0]["standing"] != "silent")
        with known.client() as client:
            assert client.post("/api/v1/time/synchronise").status_code == 200
        answer()  # by itself it would have been asked again after a minute


def test_the_clock_and_the_zone_survive_a_restart(fresh: RunningCamera) -> None:
    fresh.start()
    fresh.create_administrator()
    fresh.change(time__zone="Asia/Tokyo")
    set_clock(fresh, "2040-02-02T02:02:02")
    fresh.kill()
    fresh.start()
    found = fresh.get("/api/v1/time")
    assert (found["local"][:10], found["local"][-6:], found["source"]) == ("2040-02-02", "+09:00", "manual")
    assert fresh.stop() == 0


def test_a_recording_marks_where_the_clock_was_set(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "card").mkdir()
    camera = RunningCamera(tmp_path, "--source", clip, "--sd-card", tmp_path / "card")
    camera.start()
    try:
        camera.create_administrator()
        with camera.client() as client:
            assert client.patch("/api/v1/settings", json={"storage.retention_days": 0}).is_success  # seven years are more than a week
            wish = {"options": "camera=5&resolution=320x240&videokeyframeinterval=10"}
            identity = client.post("/api/v1/recordings", json=wish).json()["id"]

        def segments() -> list[dict[str, Any]]:
            return list(camera.get(f"/api/v1/recordings/{identity}")["segments"])

        until(lambda: sum(row["pictures"] for row in segments()) >= 10)
        set_clock(camera, "2033-03-03T03:03:03Z")
        until(lambda: len(segments()) > 1 and segments()[-1]["pictures"] > 5)
        assert [row["began"] for row in segments()] == ["start", "clock"]
        assert segments()[-1]["start"][:10] == "2033-03-03"

        def marks() -> list[dict[str, Any]]:
            moments = {"since": "2033-03-03T00:00:00Z", "until": "2033-03-04T00:00:00Z"}
            return list(camera.get("/api/v1/recording-marks", recording=identity, **moments)["marks"])

        with camera.client() as client:
            assert client.get("/axis-cgi/virtualinput/activate.cgi", params={"schemaversion": "1", "port": "3"}).status_code == 200
        [mark] = until(lambda: [mark for mark in marks() if "VirtualInput" in mark["topic"]])
        assert mark["at"][:10] == "2033-03-03"
    finally:
        camera.close()


def test_a_clock_set_far_ahead_removes_no_recording(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "card").mkdir()
    camera = RunningCamera(tmp_path, "--source", clip, "--sd-card", tmp_path / "card")
    camera.start()
    try:
        camera.create_administrator()
        with camera.client() as client:
            account = {"username": "olga", "password": "Olga-4711-pass", "role": "operator"}
            assert client.post("/api/v1/accounts", json=account).is_success
            wish = {"options": "camera=5&resolution=320x240&videokeyframeinterval=10"}
            identity = client.post("/api/v1/recordings", json=wish).json()["id"]
            until(lambda: sum(row["pictures"] for row in camera.get(f"/api/v1/recordings/{identity}")["segments"]) >= 10)
            assert client.post(f"/api/v1/recordings/{identity}/stop", json={}).is_success
            assert camera.get("/api/v1/storage/ageing")["paused"] is False
            set_clock(camera, "2039-03-03T03:03:03Z")
            assert client.post("/api/v1/storage/disks/SD_DISK", json={"action": "check"}).is_success
            told = camera.get("/api/v1/storage/ageing")
            assert told["paused"]
            assert told["ahead"] > 365 * 86_400
            assert len(camera.get(f"/api/v1/recordings/{identity}")["segments"]) == 1, "older than a week by the clock alone"
            assert until(lambda: camera.events("Storage/AgeingPaused"))[0]["data"]["paused"] is True
            with camera.client("olga", "Olga-4711-pass") as lesser:
                assert lesser.get("/api/v1/storage/ageing").json()["paused"]
                assert lesser.post("/api/v1/storage/ageing", json={"action": "confirm"}).status_code == 403
            assert client.post("/api/v1/storage/ageing", json={"action": "confirm"}).json()["paused"] is False
            assert client.post("/api/v1/storage/disks/SD_DISK", json={"action": "check"}).is_success
            assert client.get(f"/api/v1/recordings/{identity}").status_code == 404
    finally:
        camera.close()
