"""Every codec over every carrier, played by real programs; and what the arguments of an address do to the stream."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import struct
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import httpx
import numpy as np
import pytest
import simplejpeg
from system_camera import NAME, PASSWORD, RunningCamera
from system_rtsp import RtspClient
from websockets.sync.client import connect

needs_ffmpeg = [pytest.mark.peer("ffmpeg"), pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffmpeg is not installed")]
needs_gstreamer = [
    pytest.mark.peer("gstreamer"),
    pytest.mark.skipif(not shutil.which("gst-launch-1.0"), reason="GStreamer is not installed"),
]
QUICK = ("-fpsprobesize", "0", "-analyzeduration", "300000")


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=40)
    assert done.returncode == 0, done.stderr
    return done.stdout


def probe(url: str, *options: str, frames: int = 0) -> dict[str, object]:
    """What ffprobe says of the video stream; with ``frames``, also of its first frames."""
    shown = ["-show_frames", "-read_intervals", f"%+#{frames}"] if frames else []
    asked = ["ffprobe", "-v", "error", *QUICK, *options, "-select_streams", "v", "-show_streams", *shown, "-of", "json", url]
    found = json.loads(run(*asked))
    return {**found["streams"][0], "frames": found.get("frames", [])}


class TestFfmpeg:
    pytestmark = needs_ffmpeg

    @pytest.mark.feature("STR-01", "STR-02", "STR-03")
    @pytest.mark.parametrize(("codec", "name"), [("h264", "h264"), ("h265", "hevc"), ("jpeg", "mjpeg")])
    def test_every_codec_over_tcp(self, moving: RunningCamera, codec: str, name: str) -> None:
        found = probe(moving.url(f"camera=2&videocodec={codec}&resolution=320x120"), "-rtsp_transport", "tcp")
        assert (found["codec_name"], found["width"], found["height"]) == (name, 320, 120)

    @pytest.mark.parametrize("transport", ["udp", "http"])
    def test_over_udp_and_http(self, moving: RunningCamera, transport: str) -> None:
        scheme = "http" if transport == "http" else "rtsp"
        found = probe(moving.url("camera=2&resolution=320x180", scheme=scheme), "-rtsp_transport", transport, frames=3)
        assert (found["codec_name"], len(found["frames"])) == ("h264", 3)  # type: ignore[arg-type]

    def test_over_http_on_the_rtsp_port(self, moving: RunningCamera) -> None:
        found = probe(moving.url("camera=2&resolution=320x180"), "-rtsp_transport", "http", frames=3)
        assert found["codec_name"] == "h264"

    def test_encrypted(self, moving: RunningCamera) -> None:
        found = probe(moving.url("camera=2&resolution=320x180", scheme="rtsps"), frames=3)
        assert found["codec_name"] == "h264"

    def test_motion_jpeg_over_http(self, moving: RunningCamera) -> None:
        moving.change(access__plain_login="both")
        try:
            url = f"http://{NAME}:{PASSWORD}@127.0.0.1:{moving.port('http')}/axis-cgi/mjpg/video.cgi?camera=2&resolution=320x180"
            found = probe(url, "-f", "mpjpeg", frames=3)
        finally:
            moving.change(access__plain_login="digest")
        assert (found["codec_name"], found["width"], len(found["frames"])) == ("mjpeg", 320, 3)  # type: ignore[arg-type]

    def test_the_key_frame_interval_is_kept(self, moving: RunningCamera) -> None:
        found = probe(moving.url("camera=2&resolution=320x180&videokeyframeinterval=5"), "-rtsp_transport", "tcp", frames=20)
        kinds = "".join(frame["pict_type"] for frame in found["frames"])  # type: ignore[attr-defined]
        assert "IPPPPI" in kinds  # a viewer who comes may have asked for a key frame in between


@pytest.mark.parametrize("codec", ["h264", "h265", "av1", "jpeg"])
def test_every_codec_is_decoded_by_libav(moving: RunningCamera, codec: str) -> None:
    pictures = moving.pictures(f"camera=2&videocodec={codec}&resolution=320x120", 3)
    assert {picture.shape for picture in pictures} == {(120, 320)}
    assert pictures[0].std() > 20


@pytest.mark.peer("gstreamer")
@pytest.mark.skipif(not shutil.which("gst-launch-1.0"), reason="GStreamer is not installed")
@pytest.mark.parametrize("way", ["tcp", "udp", "udp-mcast", "http", "tls"])
def test_gstreamer_plays(moving: RunningCamera, way: str) -> None:
    scheme = {"http": "http", "tls": "rtsps"}.get(way, "rtsp")
    location = moving.url("camera=2&resolution=320x180", scheme=scheme, credentials=False)
    if way == "http":
        location = location.replace("rtsp:", "rtsph:")
    protocols = "tcp" if way in ("http", "tls") else way
    source = ["rtspsrc", f"location={location}", f"user-id={NAME}", f"user-pw={PASSWORD}", f"protocols={protocols}", "latency=0"]
    source += ["multicast-iface=lo", "tls-validation-flags=0"]
    run("gst-launch-1.0", "-q", *source, "!", "rtph264depay", "!", "h264parse", "!", "fakesink", "num-buffers=10", "sync=false")


def sizes(camera: RunningCamera, query: str, count: int = 20) -> tuple[float, float]:
    """(bytes a packet, packets a second of media time) of a stream."""
    with camera.watching(query) as _, closing(RtspClient.connect(camera.url(query, credentials=False))) as client:
        client.play()
        total, stamps = 0, list[int]()
        while len(stamps) <= count:
            channel, data = client.packet()
            if channel != 0:
                continue
            stamp = struct.unpack("!I", data[4:8])[0]
            if not stamps or stamps[-1] != stamp:
                stamps.append(stamp)
            total += len(data) - 12 if len(stamps) <= count else 0
    return total / count, 90_000 * (len(stamps) - 1) / ((stamps[-1] - stamps[0]) % 2**32)


@pytest.mark.feature("PRE-04")
def test_stream_settings_count_for_the_next_stream(moving: RunningCamera) -> None:
    """Somebody who watches goes on with what he has."""
    query = "camera=2&resolution=320x120"
    values = moving.get("/api/v1/settings")["values"]
    with moving.watching(query) as frames, closing(RtspClient.connect(moving.url(query, credentials=False))) as next_one:
        next(frames)
        moving.change(stream__codec="h265", stream__gop=5)
        try:
            assert "H265/90000" in next_one.ask("DESCRIBE").body
            after = [next(frames) for _ in range(20)]  # a stream that ends would raise here
        finally:
            moving.change(stream__codec=values["stream.codec"], stream__gop=values["stream.gop"])
    assert sum(frame.key_frame for frame in after) <= 2


@pytest.mark.feature("STR-05")
def test_the_frame_rate_is_limited(moving: RunningCamera) -> None:
    base = "camera=2&videocodec=jpeg&resolution=320x180"
    free, limited = sizes(moving, base)[1], sizes(moving, base + "&fps=5", 8)[1]
    assert limited < min(6, free / 2)  # a busy machine may give less than was asked for, never more
    assert free <= 27


@pytest.mark.feature("STR-06")
@pytest.mark.parametrize("codec", ["h264", "jpeg"])
def test_compression_makes_it_smaller(moving: RunningCamera, codec: str) -> None:
    base = f"camera=2&videocodec={codec}&resolution=320x180"
    fine, usual, coarse = (sizes(moving, f"{base}&compression={level}")[0] for level in (0, 30, 90))
    assert fine > 1.5 * usual
    assert usual > 1.5 * coarse


@pytest.mark.feature("STR-07")
def test_the_maximum_bitrate_is_kept(moving: RunningCamera) -> None:
    base = "camera=2&resolution=480x270&compression=10"
    free, rate = sizes(moving, base, 50)
    held, _ = sizes(moving, base + "&videobitratemode=mbr&videomaxbitrate=300", 50)
    assert free * 8 * rate > 900_000
    assert held * 8 * rate < 1.3 * 300_000


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("camera=5&resolution=641x480", "View Area 1 offers"),
        ("camera=13", "views are numbered 0 to 11"),
        ("camera=0", "camera='0'"),
        ("videocodec=mpeg2", "give h264, h265, av1, jpeg"),
        ("fps=fast", "fps='fast'"),
        ("compression=101", "0 to 100"),
        ("videomaxbitrate=300", "videobitratemode=mbr"),
    ],
)
def test_wrong_arguments_are_refused_with_the_reason(moving: RunningCamera, query: str, words: str) -> None:
    with closing(RtspClient.connect(moving.url(query, credentials=False))) as client:
        reply = client.ask("DESCRIBE")
    assert (reply.status, words in reply.headers["x-reason"]) == (400, True), reply
    if query.startswith(("camera", "compression")):
        with moving.client() as http:
            still = http.get(f"/axis-cgi/jpg/image.cgi?{query}")
        assert (still.status_code, words in still.text) == (400, True), still.text


@contextmanager
def websocket(camera: RunningCamera, secure: bool) -> Iterator[RtspClient]:
    with camera.client() as client:
        ticket = client.get("/axis-cgi/rtspwssession.cgi").text.strip()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    url = f"{'wss' if secure else 'ws'}://127.0.0.1:{camera.port('https' if secure else 'http')}/rtsp-over-websocket?rtspwssession={ticket}"
    with connect(url, subprotocols=["binary"], ssl=context if secure else None) as socket:  # type: ignore[list-item]
        yield RtspClient(
            camera.url("camera=2&resolution=320x180&videocodec=jpeg", credentials=False),
            socket.send,
            lambda: bytes(socket.recv(10)),  # type: ignore[arg-type]
            None,
        )


@pytest.mark.parametrize("secure", [False, True])
def test_over_websocket(moving: RunningCamera, secure: bool) -> None:
    with websocket(moving, secure) as client:
        client.play()
        channels = [client.packet() for _ in range(10)]
    assert {data[1] & 0x7F for channel, data in channels if channel == 0} == {26}  # RTP payload type of JPEG


@pytest.mark.feature("TRB-13", "TRB-14")
def test_multicast(moving: RunningCamera) -> None:
    with closing(RtspClient.connect(moving.url("camera=2&resolution=320x180&videocodec=jpeg", credentials=False))) as client:
        answer = client.play("RTP/AVP;multicast").headers["transport"]
        said = dict(part.split("=") for part in answer.split(";") if "=" in part)
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as listener:
            listener.settimeout(10)
            listener.bind((said["destination"], int(said["port"].split("-")[0])))
            group = socket.inet_aton(said["destination"]) + socket.inet_aton("127.0.0.1")
            listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
            packets = [listener.recv(2048) for _ in range(5)]
    assert said["destination"] == "239.192.0.1"
    assert {packet[1] & 0x7F for packet in packets} == {26}


def test_stills_are_what_was_asked_for(moving: RunningCamera) -> None:
    with moving.client() as client:
        fine, coarse = (
            client.get("/axis-cgi/jpg/image.cgi", params={"camera": 2, "resolution": "320x180", "compression": level}) for level in (10, 90)
        )
    assert fine.headers["content-type"] == "image/jpeg"
    assert len(fine.content) > 2 * len(coarse.content)
    assert simplejpeg.decode_jpeg_header(coarse.content)[:2] == (180, 320)


def test_many_viewers_see_the_same_bytes_of_one_encode(moving: RunningCamera) -> None:
    query = "camera=3&resolution=384x288"
    with ExitStack() as stack:
        clients = [stack.enter_context(closing(RtspClient.connect(moving.url(query, credentials=False)))) for _ in range(2)]
        for client in clients:
            client.play()
        packets = [[client.packet() for _ in range(60)] for client in clients]
        running = [channel for channel in moving.get("/api/v1/status")["channels"] if channel["view"] == 2 and channel["running"]]
    streams = [{data[2:4]: data for channel, data in received if channel == 0} for received in packets]
    common = streams[0].keys() & streams[1].keys()
    assert len(common) > 5
    assert all(streams[0][number] == streams[1][number] for number in common)
    assert [channel["subscribers"] for channel in running] == [1]


def test_the_status_of_streams_tells_what_goes_where(moving: RunningCamera) -> None:
    ask = {"apiVersion": "1.0", "context": "7", "method": "getAllStreams"}
    with (
        closing(RtspClient.connect(moving.url("camera=3&resolution=384x288&event=on", credentials=False))) as client,
        moving.client() as http,
    ):
        client.play()
        with http.stream("GET", "/axis-cgi/mjpg/video.cgi?camera=2&resolution=320x120") as video:
            pieces = video.iter_raw()  # which ends the stream when it is forgotten
            next(pieces)
            with moving.client() as other:
                reply = other.post("/axis-cgi/streamstatus.cgi", json=ask).json()
        here = client.socket.getsockname()
    rows = [row for row in reply["data"]["streams"] if row.get("destination_port", here[1]) == here[1]]
    shown = {(row["media"], row["mime"], row["stream_protocol"], row["transport_protocol"], row["state"]) for row in rows}
    assert shown == {
        ("video", "video/x-h264", "RTP", "TCP", "playing"),
        ("video", "image/jpeg", "HTTP", "TCP", "playing"),
    }
    first = next(row for row in rows if row["mime"] == "video/x-h264")
    assert first["path"].startswith("/axis-media/media.amp?camera=3")
    assert (first["source_port"], first["encrypted"], first["multicast"]) == (moving.port("rtsp"), False, False)
    assert reply["context"] == "7"


def test_the_live_websocket_serves_pictures(moving: RunningCamera) -> None:
    with moving.client() as client:
        client.post("/api/v1/login", json={"username": NAME, "password": PASSWORD})
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    host = f"127.0.0.1:{moving.port('http')}"
    headers = {"Cookie": cookie, "Origin": f"http://{host}"}
    with connect(f"ws://{host}/api/v1/live?view=1&codec=jpeg&resolution=320x180", additional_headers=headers) as socket:
        hello = json.loads(socket.recv(10))
        picture = bytes(socket.recv(10))  # type: ignore[arg-type]
    assert (hello["codec"], hello["width"], hello["height"]) == ("jpeg", 320, 180)
    assert np.frombuffer(picture[40:42], ">u2")[0] == 0xFFD8


def test_an_http_client_without_a_right_is_told(moving: RunningCamera) -> None:
    with httpx.Client(base_url=moving.ready["http"], verify=False) as client:
        reply = client.get("/axis-cgi/jpg/image.cgi")
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Digest")
