"""Recordings of the real camera: made, found, exported, kept, and there again after the worst."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import av
import pytest
from system_camera import RunningCamera, refusal, until

STREAM = "camera=5&resolution=320x240&videokeyframeinterval=10"


@pytest.fixture
def recording(tmp_path: Path, clip: Path) -> Iterator[RunningCamera]:
    """A camera with a card, on the moving clip."""
    (tmp_path / "card").mkdir()
    camera = RunningCamera(tmp_path, "--source", clip, "--sd-card", tmp_path / "card")
    camera.start()
    camera.create_administrator()
    yield camera
    camera.close()


def call(camera: RunningCamera, method: str, path: str, **body: Any) -> Any:
    with camera.client() as client:
        reply = client.request(method, path, json=body or None)
    assert reply.status_code in (200, 204), reply.text
    return reply.json() if reply.content else None


def start(camera: RunningCamera, **more: Any) -> str:
    return str(call(camera, "POST", "/api/v1/recordings", options=STREAM, **more)["id"])


def rows(camera: RunningCamera, **which: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = camera.get("/api/v1/recordings", **which)["recordings"]
    return found


def recorded(camera: RunningCamera, identity: str, count: int) -> None:
    """Wait until so many pictures lie on the disk."""
    until(lambda: sum(segment["pictures"] for segment in camera.get(f"/api/v1/recordings/{identity}")["segments"]) >= count)


def pictures(camera: RunningCamera, identity: str, box: str = "mkv") -> int:
    """Decoded pictures of an export."""
    job = call(camera, "POST", "/api/v1/exports", recording=identity, format=box)
    until(lambda: camera.get(f"/api/v1/exports/{job['id']}")["stage"] == "done")
    with camera.client() as client:
        data = client.get(f"/api/v1/exports/{job['id']}/file").content
    file = camera.folder / f"export.{box}"
    file.write_bytes(data)
    with av.open(str(file)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.feature("REC-01", "REC-03", "STO-01", "SPEC-11")
def test_record_play_lock_and_remove(recording: RunningCamera) -> None:
    identity = start(recording)
    assert rows(recording)[0]["running"]
    event = recording.events("Storage/Recording")[0]
    assert event["data"] == {"recording": True}
    recorded(recording, identity, 30)
    call(recording, "POST", f"/api/v1/recordings/{identity}/stop")
    detail = recording.get(f"/api/v1/recordings/{identity}")
    count = sum(segment["pictures"] for segment in detail["segments"])
    assert not detail["running"]
    assert count >= 25
    assert pictures(recording, identity) == count
    assert pictures(recording, identity, "mp4") == count
    with recording.client() as client:
        still = client.get(f"/api/v1/recordings/{identity}/still.jpg", params={"width": 160})
        assert still.content[:2] == b"\xff\xd8"
        stored = client.get(f"/api/v1/recordings/{identity}/pictures").content
        assert int.from_bytes(stored[:4], "big") > 40
        call(recording, "PATCH", f"/api/v1/recordings/{identity}", locked=True)
        refused = client.delete(f"/api/v1/recordings/{identity}")
        assert (refused.status_code, "locked" in refusal(refused)) == (400, True)
    call(recording, "PATCH", f"/api/v1/recordings/{identity}", locked=False)
    call(recording, "DELETE", f"/api/v1/recordings/{identity}")
    assert rows(recording) == []
    assert [p.name for p in (recording.folder / "card").iterdir()] == [".panocam-storage"]


def test_what_is_kept_follows_the_settings(recording: RunningCamera) -> None:
    identity = start(recording, duration=1.0)
    until(lambda: rows(recording) and not rows(recording)[0]["running"] and rows(recording)[0]["stop"] > rows(recording)[0]["start"])

    def check() -> int:
        call(recording, "POST", "/api/v1/storage/disks/SD_DISK", action="check")
        return len(rows(recording))

    recording.change(storage__retention_days=0.00001, storage__remove_oldest=False)
    assert check() == 1
    recording.change(storage__retention_days=0, storage__remove_oldest=True)
    assert check() == 1
    recording.change(storage__most_mb=1000)
    assert check() == 1
    recording.change(storage__retention_days=0.00001)
    until(lambda: check() == 0)
    with recording.client() as client:
        assert client.get(f"/api/v1/recordings/{identity}").status_code == 404


def test_recordings_of_different_views_by_hand_and_by_named_actions_at_once(recording: RunningCamera) -> None:
    other = {"options": "camera=6&resolution=320x240&videocodec=h265&videokeyframeinterval=10"}
    byhand = start(recording)
    door = call(recording, "POST", "/api/v1/recordings", action="front door", **other)["id"]
    mail = start(recording, action="mail")
    assert len({byhand, door, mail}) == 3
    for identity in (byhand, door, mail):
        recorded(recording, identity, 20)
    shown = {row["id"]: (row["kind"], row["trigger"], row["view"], row["codec"], row["running"]) for row in rows(recording)}
    assert shown == {
        byhand: ("manual", "root", 4, "h264", True),
        door: ("action", "front door", 5, "h265", True),
        mail: ("action", "mail", 4, "h264", True),
    }
    assert [row["id"] for row in rows(recording, trigger="front door")] == [door]
    assert len([c for c in recording.get("/api/v1/status")["channels"] if c["running"]]) == 2, "the same stream is coded once"
    listed = xml(recording, "record/list", eventid="front door")
    assert [(each.get("recordingid"), each.get("eventid"), each.get("recordingtype")) for each in listed] == [
        (door, "front door", "triggered")
    ]
    for identity in (byhand, door, mail):
        call(recording, "POST", f"/api/v1/recordings/{identity}/stop")
        assert pictures(recording, identity) >= 20
    with recording.client() as client:
        refused = client.post("/api/v1/recordings", json={"options": STREAM, "action": "a\nb"})
    assert refused.status_code in (400, 422)


def test_a_buffered_recording_begins_before_its_start(recording: RunningCamera) -> None:
    recording.change(storage__buffers=[{"options": STREAM, "seconds": 3}])

    def lead() -> float:
        """Seconds by which a recording that is started now begins before its start."""
        asked = datetime.now(UTC)
        identity = start(recording, pre=2)
        until(lambda: recording.get(f"/api/v1/recordings/{identity}")["segments"])
        call(recording, "POST", f"/api/v1/recordings/{identity}/stop")
        return (asked - datetime.fromisoformat(recording.get(f"/api/v1/recordings/{identity}")["start"])).total_seconds()

    assert 1.5 < until(lambda: found if (found := lead()) > 1.5 else 0.0, 20) < 4  # at first the past that is asked for has not been


def test_a_post_buffer_ends_later(recording: RunningCamera) -> None:
    identity = start(recording)
    recorded(recording, identity, 5)
    call(recording, "POST", f"/api/v1/recordings/{identity}/stop", after=1.5)
    asked = datetime.now(UTC)
    assert rows(recording)[0]["running"]
    until(lambda: not rows(recording)[0]["running"])
    assert (datetime.fromisoformat(rows(recording)[0]["stop"]) - asked).total_seconds() > 0.5
    assert "postbuffer" in (xml(recording, "record/stop", recordingid=identity, postbuffer="soon").get("errormsg") or "")


def test_downloads_go_on_where_they_were_broken_off(recording: RunningCamera) -> None:
    identity = start(recording)
    recorded(recording, identity, 30)
    path = f"/api/v1/recordings/{identity}/media.mkv"
    with recording.client() as client:
        growing = client.get(path, headers={"Range": "bytes=100-"})
        assert (growing.status_code, "etag" in growing.headers) == (200, False), "it has no size yet"
        call(recording, "POST", f"/api/v1/recordings/{identity}/stop")
        whole = client.get(path)
        size, tag = len(whole.content), whole.headers["etag"]
        assert (whole.headers["content-length"], whole.headers["accept-ranges"]) == (str(size), "bytes")
        rest = client.get(path, headers={"Range": f"bytes={size // 2}-", "If-Range": tag})
        assert (rest.status_code, rest.headers["content-range"]) == (206, f"bytes {size // 2}-{size - 1}/{size}")
        assert rest.content == whole.content[size // 2 :]
        assert client.get(path, headers={"Range": "bytes=5-9", "If-Range": '"other"'}).status_code == 200
        assert client.get(path, headers={"Range": "bytes=1-2,5-9"}).status_code == 200
        beyond = client.get(path, headers={"Range": f"bytes={size}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
        job = call(recording, "POST", "/api/v1/exports", recording=identity, format="mp4")
        until(lambda: recording.get(f"/api/v1/exports/{job['id']}")["stage"] == "done")
        part = client.get(f"/api/v1/exports/{job['id']}/file", headers={"Range": "bytes=4-7"})
        assert (part.status_code, part.content) == (206, b"ftyp")


@pytest.mark.feature("SPEC-13")
def test_continuous_recordings_outlive_restart_and_kill(recording: RunningCamera) -> None:
    recording.change(storage__continuous=[{"profile": 1, "disk": "SD_DISK", "options": STREAM}])
    until(lambda: rows(recording, kind="continuous"))
    recorded(recording, rows(recording)[0]["id"], 50)
    before = time.time()
    recording.kill()
    recording.start()
    killed, running = rows(recording, kind="continuous", oldest_first=True)[0], until(lambda: len(rows(recording)) == 2)
    assert running
    assert not killed["running"]
    assert before - datetime.fromisoformat(killed["stop"]).timestamp() < 1.2, "at most the last second is missing"
    assert pictures(recording, killed["id"]) >= 25
    assert recording.stop() == 0
    recording.start()
    until(lambda: len(rows(recording)) == 3)
    recording.change(storage__continuous=[])
    until(lambda: not any(row["running"] for row in rows(recording)))


def test_bad_requests_name_what_is_wrong(recording: RunningCamera, known: RunningCamera) -> None:
    with recording.client() as client:
        cases = {
            ("POST", "/api/v1/recordings", '{"options":"camera=99"}'): (404, "view"),
            ("POST", "/api/v1/recordings", '{"disk":"USB"}'): (404, "SD_DISK"),
            ("POST", "/api/v1/recordings", '{"options":"fps=fast"}'): (400, "fps"),
            ("GET", "/api/v1/recordings/..%2F..%2Fetc", ""): (404, ""),
            ("GET", "/api/v1/recordings/nonsense", ""): (400, "recordingid"),
            ("GET", "/api/v1/recordings/20260101_000000_ABCD_0242AC110002", ""): (404, "no recording"),
            ("POST", "/api/v1/storage/disks/SD_DISK", '{"action":"format"}'): (400, "SD_DISK"),
            ("POST", "/api/v1/exports", '{"recording":"20260101_000000_ABCD_0242AC110002"}'): (404, "no recording"),
            ("GET", "/api/v1/exports/none", ""): (404, "no export"),
        }
        for (method, path, body), (status, word) in cases.items():
            reply = client.request(method, path, content=body, headers={"Content-Type": "application/json"} if body else {})
            assert reply.status_code == status, (path, reply.text)
            assert word in reply.text
    refused = recording.patch(storage__continuous=[{"profile": 1, "options": "compression=900"}])
    assert (refused.status_code, "compression" in refusal(refused)) == (400, True)
    with known.client() as client:
        none = client.post("/api/v1/recordings", json={"options": STREAM})
    assert (none.status_code, "set one up" in refusal(none)) == (404, True)


def xml(camera: RunningCamera, path: str, **arguments: str) -> ElementTree.Element:
    with camera.client() as client:
        reply = client.get(f"/axis-cgi/{path}.cgi", params=arguments)
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"].startswith("text/xml")
    return ElementTree.fromstring(reply.content)[0]


def to_disk(camera: RunningCamera, identity: str) -> None:
    """An export to the card itself: its progress, the file, and that nothing is written over or elsewhere."""
    where = {"recordingid": identity, "diskid": "SD_DISK", "externaldiskid": "SD_DISK", "exportformat": "matroska"}
    (begun,) = xml(camera, "record/export/exporttoexternal", filepath="hall.mkv", **where)
    assert begun.get("FilePath") == "hall.mkv"
    status = lambda: xml(camera, "record/export/getjobstatus", jobid=begun.get("JobId") or "")[0]  # noqa: E731
    until(lambda: status().get("Status") != "In Progress")
    assert (status().get("Status"), status().get("Progress")) == ("Done", "100")
    film = camera.folder / "card" / "exports" / "hall.mkv"
    with av.open(str(film)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 25
    before = film.read_bytes()
    (again,) = xml(camera, "record/export/exporttoexternal", filepath="hall.mkv", **where)
    begun = again
    until(lambda: status().get("Status") == "Failed")
    assert film.read_bytes() == before, "nothing is written over"
    for wrong in ("../hall.mkv", "a/b.mkv", ".hidden", "a\\b"):
        refused = xml(camera, "record/export/exporttoexternal", filepath=wrong, **where)
        assert (refused.tag, refused.findtext("ErrorCode")) == ("GeneralError", "20"), wrong
    assert xml(camera, "record/export/capabilities")[0].get("ExportFormat") == "matroska"
    film.unlink()


def test_recordings_as_vapix_clients_make_them(recording: RunningCamera) -> None:
    disks = xml(recording, "disks/list", diskid="all")
    assert disks.get("numberofdisks") == "1"
    assert (disks[0].get("diskid"), disks[0].get("status")) == ("SD_DISK", "OK")
    assert int(disks[0].get("totalsize") or 0) > int(disks[0].get("freesize") or 0) > 0
    begun = xml(recording, "record/record", diskid="SD_DISK", options=STREAM)
    identity = begun.get("recordingid") or ""
    assert begun.get("result") == "OK"
    recorded(recording, identity, 40)
    shown = xml(recording, "record/list", recordingid="all")
    assert shown.get("totalnumberofrecordings") == "1"
    row = shown[0]
    assert (row.get("recordingid"), row.get("recordingstatus"), row.get("source")) == (identity, "recording", "5")
    assert (row.get("starttime") or "").endswith("Z")
    assert (row[0].get("mimetype"), row[0].get("resolution"), row[0].get("framerate")) == ("video/x-h264", "320x240", "25:1")
    assert xml(recording, "record/stop", recordingid=identity).get("result") == "OK"
    (expected,) = xml(recording, "record/export/properties", recordingid=identity, diskid="SD_DISK")
    assert (expected.tag, expected.get("RecordingId"), expected.get("ExportFormat")) == ("ExportProperties", identity, "matroska")
    assert int(expected.get("EstimatedFileSize") or 0) > 1000
    assert (expected.get("Starttime"), expected.get("Stoptime")) == (
        row.get("starttime"), xml(recording, "record/list", recordingid=identity)[0].get("stoptime")
    )  # fmt: skip
    assert [each.text for each in xml(recording, "record/list", listentity="eventid")] == ["manual"]
    assert [each.text for each in xml(recording, "record/list", listentity="source")] == ["5"]
    assert xml(recording, "record/list", eventid="manual").get("numberofrecordings") == "1"
    assert xml(recording, "record/list", eventid="motion").get("numberofrecordings") == "0"
    to_disk(recording, identity)
    with recording.client() as client:
        film = client.get("/axis-cgi/record/export/exportrecording.cgi", params={"recordingid": identity, "exportformat": "matroska"})
        assert film.headers["content-disposition"].endswith(f'{identity}.mkv"')
    with av.open(io.BytesIO(film.content)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 25
    assert xml(recording, "record/lock", recordingid=identity).get("result") == "OK"
    assert "locked" in (xml(recording, "record/remove", recordingid=identity).get("errormsg") or "")
    xml(recording, "record/lock", recordingid=identity, action="unlock")
    assert xml(recording, "record/remove", recordingid=identity).get("result") == "OK"
    assert xml(recording, "record/list").get("totalnumberofrecordings") == "0"


def test_continuous_recordings_as_vapix_clients_set_them(recording: RunningCamera) -> None:
    added = xml(recording, "record/continuous/addconfiguration", diskid="SD_DISK", options=STREAM)
    assert (added.get("result"), added.get("profile")) == ("OK", "1")
    listed = xml(recording, "record/continuous/listconfiguration", profile="all")
    assert [(row.get("profile"), row.get("diskid"), row.get("options")) for row in listed] == [("1", "SD_DISK", STREAM)]
    until(lambda: rows(recording, kind="continuous"))
    assert xml(recording, "record/continuous/removeconfiguration", profile="7").get("result") == "ERROR"
    assert xml(recording, "record/continuous/removeconfiguration", profile="1").get("result") == "OK"
    until(lambda: not any(row["running"] for row in rows(recording)))
    assert xml(recording, "disks/mount", action="UNMOUNT", diskid="SD_DISK").get("result") == "OK"
    assert xml(recording, "disks/list")[0].get("status") == "disconnected"
    assert xml(recording, "record/record", diskid="SD_DISK").get("result") == "ERROR"
    assert xml(recording, "disks/mount", action="MOUNT", diskid="SD_DISK").get("result") == "OK"
    assert xml(recording, "disks/gethealth", diskid="SD_DISK")[0].get("wear") == "-1"
