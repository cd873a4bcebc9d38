"""The running camera signs what it sends: live streams recorded by another program, verified by the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import closing
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from system_camera import RunningCamera, panocam, until
from system_rtsp import RtspClient

from panocam.codecs.signing.envelope import AXIS_UUID, ONVIF_UUID

SMALL = "camera=2&resolution=320x180&videokeyframeinterval=12"
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def record(camera: RunningCamera, out: Path, query: str, seconds: float = 2.5) -> None:
    """As another program's recorder would: over RTSP, without touching the bits."""
    command = ["ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", camera.url(query), "-t", str(seconds), "-c", "copy", "-y", str(out)]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)


def verdict(file: Path, *more: str | Path) -> tuple[int, dict[str, Any]]:
    done = panocam("verify", "--json", file, *more)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@needs_ffmpeg
@pytest.mark.peer("ffmpeg")
@pytest.mark.feature("SIG-02", "SIG-04", "SIG-07")
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_live_stream_recorded_elsewhere_is_intact(moving: RunningCamera, tmp_path: Path, codec: str) -> None:
    record(moving, tmp_path / "clip.mp4", f"{SMALL}&videocodec={codec}&videosigned=1")
    status, report = verdict(tmp_path / "clip.mp4")
    assert (status, report["verdict"]) == (0, "intact"), report["summary"]
    assert report["tracks"][0]["identity"]["product"]["serial"] == moving.ready["serial"]


def signatures(camera: RunningCamera, query: str = "", pictures: int = 60) -> str:
    """Which format a stream is signed in, from its first pictures on the wire."""
    seen = b""
    with closing(RtspClient.connect(camera.url(f"{SMALL}&{query}", credentials=False))) as client:
        client.play()
        count = 0
        while count < pictures:
            number, data = client.packet()
            if number == 0:
                seen += data
                count += data[1] >> 7
    return "axis" if AXIS_UUID in seen else "onvif" if ONVIF_UUID in seen else ""


@pytest.mark.feature("SIG-01")
def test_the_switch_signs_the_video_and_restarts_what_runs(moving: RunningCamera) -> None:
    try:
        assert signatures(moving) == ""
        with closing(RtspClient.connect(moving.url(SMALL, credentials=False))) as client:
            client.play()
            moving.change(signing__enabled=True)
            client.drain()  # it ends, because it is not signed
        assert signatures(moving) == "axis"
        assert signatures(moving, "videosigned=0") == ""
        moving.change(signing__format="onvif")
        assert signatures(moving) == "onvif"
        assert signatures(moving, "videocodec=av1") == "axis"
        moving.change(signing__interval=0.3)
        assert signatures(moving, "videokeyframeinterval=1000", 20) == "onvif"
    finally:
        moving.change(signing__enabled=False, signing__format="axis", signing__interval=5)


def test_a_wrong_wish_is_refused_with_the_remedy(moving: RunningCamera) -> None:
    for query, word in (("videosigned=maybe", "videosigned"), ("videosigned=1&videocodec=jpeg", "Motion JPEG")):
        with closing(RtspClient.connect(moving.url(query, credentials=False))) as client:
            reply = client.ask("DESCRIBE")
        assert (reply.status, word in reply.headers["x-reason"]) == (400, True), reply


def test_verify_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video")
    for name, word in (("text.mp4", "give an MP4"), ("nowhere.mp4", "name a file")):
        done = panocam("verify", tmp_path / name)
        assert (done.returncode, word in done.stderr, done.stderr.count("\n")) == (3, True, 1), done.stderr


@needs_ffmpeg
@pytest.mark.feature("SIG-04", "SIG-09")
def test_the_camera_says_who_it_is_and_verifies_what_is_brought(moving: RunningCamera, tmp_path: Path) -> None:
    identity = moving.get("/api/v1/signed-video")
    assert (identity["serial"], identity["protection"]) == (moving.ready["serial"], "software")
    with moving.client() as client:
        (tmp_path / "camera.pem").write_bytes(client.get("/api/v1/signed-video/certificates").content)
    record(moving, tmp_path / "clip.mkv", f"{SMALL}&videosigned=1")
    status, report = verdict(tmp_path / "clip.mkv", "--trust", tmp_path / "camera.pem")
    assert status == 0
    found = report["tracks"][0]["identity"]
    assert (found["trusted"], found["fingerprint"]) == ("trusted", identity["fingerprint"])
    assert identity["serial"] in found["subject"]
    data = (tmp_path / "clip.mkv").read_bytes()
    report = upload(moving, data, "clip.mkv").json()
    assert (report["verdict"], report["tracks"][0]["identity"]["trusted"]) == ("intact", "trusted")
    with av.open(str(tmp_path / "clip.mkv")) as film:
        picture = max((bytes(packet) for packet in list(film.demux(video=0))[12:24]), key=len)  # of the second group, which is signed whole
    cut = data.index(picture) + len(picture) // 2
    broken = upload(moving, data[:cut] + bytes([data[cut] ^ 0xFF]) + data[cut + 1 :], "../clip.mkv").json()
    assert broken["verdict"] in ("altered", "incomplete")
    assert not any((moving.data / "verify").iterdir())


def upload(camera: RunningCamera, data: bytes, name: str, kind: str = "application/octet-stream") -> httpx.Response:
    with camera.client() as client:
        path = "/api/v1/signed-video/verify"
        return client.post(path, params={"name": name}, content=data, headers={"Content-Type": kind}, timeout=60)


def test_an_upload_that_is_no_video_is_refused(moving: RunningCamera) -> None:
    for data, kind, status, word in (
        (b"not a video", "application/octet-stream", 400, "give an MP4"),
        (b"", "application/octet-stream", 400, "body"),
        (b"{}", "application/json", 415, "octet-stream"),
    ):
        reply = upload(moving, data, "x.mp4", kind)
        assert (reply.status_code, word in reply.text) == (status, True), reply.text


@pytest.mark.feature("SIG-01")
def test_the_switch_over_vapix(moving: RunningCamera) -> None:
    with moving.client() as client:
        name = "Image.I1.MPEG.SignedVideo.Enabled"
        assert client.get("/axis-cgi/param.cgi", params={"action": "list", "group": name}).text.strip().endswith(f"{name}=no")
        assert client.get("/axis-cgi/param.cgi", params={"action": "update", name: "yes"}).text.strip() == "OK"
        try:
            assert moving.get("/api/v1/settings")["values"]["signing.enabled"] is True
        finally:
            moving.change(signing__enabled=False)
        listed = client.post("/axis-cgi/apidiscovery.cgi", json={"apiVersion": "1.0", "method": "getApiList"}).json()
    assert "signed-video" in {api["id"] for api in listed["data"]["apiList"]}


@pytest.mark.feature("SIG-02", "SIG-03")
def test_recordings_and_exports_stay_signed(fresh: RunningCamera, tmp_path: Path) -> None:
    (tmp_path / "card").mkdir()
    fresh.start("--sd-card", str(tmp_path / "card"))
    fresh.create_administrator()
    fresh.change(signing__enabled=True)
    with fresh.client() as client:
        begun = client.post("/api/v1/recordings", json={"options": f"{SMALL}&videocodec=h264"})
        assert begun.status_code == 200, begun.text
        identity = begun.json()["id"]
        until(lambda: recorded_s(fresh) > 2.5, 20)
        client.post(f"/api/v1/recordings/{identity}/stop", json={})
        seen = client.post(f"/api/v1/recordings/{identity}/verify", json={}, timeout=30).json()
        assert (seen["verdict"], seen["tracks"][0]["identity"]["trusted"]) == ("intact", "trusted"), seen["summary"]
        assert seen["tracks"][0]["counts"]["pending"] <= 4, "a recording ends when its last signature has come"
        row = next(each for each in client.get("/api/v1/recordings").json()["recordings"] if each["id"] == identity)
        middle = datetime.fromisoformat(row["start"]) + timedelta(seconds=0.7)
        wish = {"recording": identity, "format": "mkv", "until": middle.isoformat()}
        job = client.post("/api/v1/exports", json=wish).json()["id"]
        until(lambda: fresh.get(f"/api/v1/exports/{job}")["stage"] == "done")
        (tmp_path / "part.mkv").write_bytes(client.get(f"/api/v1/exports/{job}/file").content)
        status, report = verdict(tmp_path / "part.mkv")
        counts, pictures = report["tracks"][0]["counts"], report["tracks"][0]["pictures"]
        assert status == 0
        with av.open(str(tmp_path / "part.mkv")) as film:
            times = [float(packet.pts * packet.time_base) for packet in film.demux(video=0) if packet.pts is not None]
        assert len(times) == pictures
        assert pictures - counts["pending"] >= sum(at <= 0.7 for at in times), "all that was asked for is proven"
        assert pictures < seen["tracks"][0]["pictures"]
        for box in ("mkv", "mp4"):
            job = client.post("/api/v1/exports", json={"recording": identity, "format": box}).json()["id"]
            until(lambda job=job: fresh.get(f"/api/v1/exports/{job}")["stage"] == "done")
            out = tmp_path / f"export.{box}"
            out.write_bytes(client.get(f"/api/v1/exports/{job}/file").content)
            status, report = verdict(out)
            assert (status, report["tracks"][0]["counts"]["bad"]) == (0, 0), report["summary"]


@pytest.mark.feature("SIG-02")
def test_a_recording_that_runs_is_signed_from_the_moment_of_the_switch_on(fresh: RunningCamera, tmp_path: Path) -> None:
    (tmp_path / "card").mkdir()
    fresh.start("--sd-card", str(tmp_path / "card"))
    fresh.create_administrator()
    options = f"{SMALL}&videocodec=h264&videokeyframeinterval=10"
    fresh.change(storage__continuous=[{"profile": 1, "disk": "SD_DISK", "options": options}])
    until(lambda: fresh.get("/api/v1/recordings")["recordings"])
    with fresh.client() as client:
        byhand = client.post("/api/v1/recordings", json={"options": options}).json()["id"]

    def newest() -> list[dict]:
        """The file that each running recording is at."""
        running = [row["id"] for row in fresh.get("/api/v1/recordings")["recordings"] if row["running"]]
        files = {identity: fresh.get(f"/api/v1/recordings/{identity}")["segments"] for identity in running}
        return [{"id": identity, **there[-1]} for identity, there in files.items() if there]

    until(lambda: len(newest()) == 2 and all(file["pictures"] > 20 for file in newest()))
    since = max(file["stop"] for file in newest())
    fresh.change(signing__enabled=True)
    until(lambda: len(newest()) == 2 and all(file["start"] > since and file["pictures"] > 40 for file in newest()), 60)
    assert byhand in [file["id"] for file in newest()]
    with fresh.client() as client:
        for file in newest():
            seen = client.post(f"/api/v1/recordings/{file['id']}/verify", json={"since": file["start"]}, timeout=30).json()
            assert (seen["verdict"], seen["exit_status"]) == ("intact", 0), seen["summary"]


def recorded_s(camera: RunningCamera) -> float:
    (row,) = camera.get("/api/v1/recordings")["recordings"]
    return (datetime.fromisoformat(row["stop"]) - datetime.fromisoformat(row["start"])).total_seconds()


MODULE = next((p for p in ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so") if Path(p).exists()), "")


@needs_ffmpeg
@pytest.mark.peer("softhsm2-util")
@pytest.mark.feature("SIG-06")
@pytest.mark.skipif(not (MODULE and shutil.which("softhsm2-util") and find_spec("pkcs11")), reason="needs softhsm2 and python-pkcs11")
def test_a_key_in_a_token_signs_live_streams(fresh: RunningCamera, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    command = ["softhsm2-util", "--init-token", "--free", "--label", "camera", "--so-pin", "12345678", "--pin", "4711"]
    subprocess.run(command, check=True, capture_output=True)
    fresh.start()
    fresh.create_administrator()
    assert "pkcs11_module" in fresh.patch(signing__key_store="pkcs11").text
    place = {"signing__pkcs11_module": MODULE, "signing__pkcs11_token": "camera"}
    fresh.change(signing__key_store="pkcs11", signing__pkcs11_pin="4711", **place)
    fresh.stop()
    fresh.start()
    assert fresh.get("/api/v1/signed-video")["key_store"] == "PKCS#11 token camera"
    record(fresh, tmp_path / "clip.mp4", f"{SMALL}&videosigned=1")
    assert verdict(tmp_path / "clip.mp4")[0] == 0
    fresh.change(signing__pkcs11_pin="0815")
    fresh.stop()
    fresh.start()
    with closing(RtspClient.connect(fresh.url(f"{SMALL}&videosigned=1", credentials=False))) as client:
        refused = client.ask("DESCRIBE")
    assert (refused.status, "check library, label and PIN" in refused.headers["x-reason"]) == (503, True), refused
    assert signatures(fresh, "videosigned=0", 5) == ""  # what needs no key goes on
    assert "4711" not in fresh.log
    assert "0815" not in fresh.log
