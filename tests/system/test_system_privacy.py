"""A walk over every output: what lies under a mask is in no picture that leaves the camera, whatever door it leaves by.

The source shows a magenta disc in a grey world, under a green mask. The list of outputs is checked against the endpoint rows and the
commands, so that a new door for pictures fails here until it has been walked through.
"""

from __future__ import annotations

import io
import re
import socket
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from system_camera import NAME, PASSWORD, RunningCamera, panocam, until
from system_rtsp import RtspClient
from test_system_streams import websocket
from websockets.sync.client import connect

from panocam.api.build import endpoints
from panocam.api.endpoint import Kind
from panocam.api.web.frames import unpack
from panocam.cli import app
from panocam.codecs.decoder import packet_of
from panocam.media.codec import Codec

SIDE = 480
MASK = [{"id": 1, "name": "Disc", "corners": [[-25, 28], [25, 28], [25, 66], [-25, 66]]}]
SEEN = {"camera": "5", "resolution": "320x240", "videokeyframeinterval": "5"}
QUERY = "&".join(f"{name}={value}" for name, value in SEEN.items())

NO_PICTURES = {Kind.TEXT, Kind.XML, Kind.JSON, Kind.HTML, Kind.NOTHING, Kind.SOAP, Kind.PEM}
"""Reply kinds that hold no picture of the camera. A new kind counts as pictures until it is named here."""

ANOTHERS = {
    "/api/v1/overlay-images/{image}": "pictures that people have uploaded",
    "/vapix/ws-data-stream": "events, in JSON",
    "/api/v1/events/live": "events, in JSON",
    **dict.fromkeys((f"/axis-cgi/io/{name}.cgi" for name in ("port", "output", "input")), "states of I/O ports, as they change"),
    "/api/v1/logs/{log}/live": "lines of a log, in JSON",
}
"""Rows whose reply might hold pictures, and what it holds instead."""

QUIET_COMMANDS = {"run", "discover", "benchmark", "reset", "verify"}
"""Commands that write no picture."""

Pictures = list[np.ndarray]


def film(path: Path) -> Path:
    """Grey noise with a magenta disc that trembles at azimuth 0, 45 degrees off the axis."""
    random = np.random.default_rng(3)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=15)
        stream.width = stream.height = SIDE
        stream.pix_fmt, stream.gop_size = "yuv420p", 15
        for number in range(30):
            picture = np.repeat(random.integers(60, 120, (SIDE, SIDE, 1), np.uint8), 3, axis=2)
            circle = np.zeros((SIDE, SIDE), np.uint8)
            cv2.circle(circle, (SIDE // 2, SIDE // 2), SIDE // 2 - 2, 255, -1)
            picture[circle == 0] = 0
            at = (SIDE // 2 + number % 5 - 2, round(SIDE / 2 - 45 / 91 * SIDE / 2))
            cv2.circle(picture, at, 24, (255, 0, 255), -1)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 15)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def secret(picture: np.ndarray) -> int:
    """Magenta pixels of a BGR picture. AV1 makes some of grey noise, by a little over 50 of 255, disc or no disc; a disc has 255."""
    b, g, r = (picture[..., i].astype(int) for i in range(3))
    return int((np.minimum(b, r) - g > 80).sum())


def cover(picture: np.ndarray) -> int:
    """Green ones."""
    b, g, r = (picture[..., i].astype(int) for i in range(3))
    return int((g - np.maximum(b, r) > 40).sum())


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCamera]:
    folder = tmp_path_factory.mktemp("masked")
    (folder / "card").mkdir()
    camera = RunningCamera(folder, "--source", film(folder / "disc.mp4"), "--sd-card", folder / "card")
    camera.start()
    camera.create_administrator()
    camera.change(source__circle=[SIDE / 2, SIDE / 2, SIDE / 2 - 2])
    assert all(secret(camera.image(view, resolution=size)) > 20 for view, size in ((1, "320x320"), (5, "320x240"))), "the disc must be seen"
    camera.change(privacy__masks=MASK, privacy__color="green")
    yield camera
    camera.close()


# --- one way to look through each door


def decoded(data: bytes, most: int = 20) -> Pictures:
    """Of a file or the beginning of one; FFmpeg's own picture where it is a still."""
    found: Pictures = []
    try:
        with av.open(io.BytesIO(data)) as container:
            for frame in container.decode(video=0):
                found.append(frame.to_ndarray(format="bgr24"))
                if len(found) >= most:
                    break
    except av.error.FFmpegError:
        pass  # the end is cut off
    return found


def still(path: str) -> Callable[[RunningCamera], Pictures]:
    def look(camera: RunningCamera) -> Pictures:
        with camera.client() as client:
            reply = client.get(path, params=SEEN)
        assert reply.status_code == 200, reply.text
        return [cv2.imdecode(np.frombuffer(reply.content, np.uint8), cv2.IMREAD_COLOR)]

    return look


def motion(path: str) -> Callable[[RunningCamera], Pictures]:
    def look(camera: RunningCamera) -> Pictures:
        with camera.client() as client:
            body = client.get(path, params={**SEEN, "nbrofframes": "4"}).content
        parts = [part[part.index(b"\xff\xd8") :] for part in body.split(b"--myboundary") if b"\xff\xd8" in part]
        return [cv2.imdecode(np.frombuffer(part, np.uint8), cv2.IMREAD_COLOR) for part in parts]

    return look


def container(**arguments: str) -> Callable[[RunningCamera], Pictures]:
    def look(camera: RunningCamera) -> Pictures:
        data = bytearray()
        with camera.client() as client, client.stream("GET", "/axis-cgi/media.cgi", params={**SEEN, **arguments}) as reply:
            assert reply.status_code == 200
            for piece in reply.iter_bytes():
                data += piece
                if len(found := decoded(bytes(data))) >= 6:
                    return found
        return []

    return look


def rtsp(transport: str = "tcp", scheme: str = "rtsp", **arguments: str) -> Callable[[RunningCamera], Pictures]:
    def look(camera: RunningCamera) -> Pictures:
        query = "&".join(f"{name}={value}" for name, value in {**SEEN, **arguments}.items())
        url, options = camera.url(query, scheme=scheme), {"rtsp_transport": transport, "analyzeduration": "200000", "fpsprobesize": "0"}
        with av.open(url, options=options, timeout=15) as source:
            frames = source.decode(video=0)
            return [next(frames).to_ndarray(format="bgr24") for _ in range(4)]

    return look


def first(camera: RunningCamera, query: str) -> np.ndarray:
    """The first picture that a newcomer gets."""
    with camera.watching(query) as frames:
        return next(frames).to_ndarray(format="bgr24")


def unpacked(packets: list[bytes]) -> Pictures:
    """H.264 of RTP packets (RFC 6184): single units, STAP-A and FU-A, as Annex B."""
    stream = bytearray()
    for packet in packets:
        payload = packet[12 + 4 * (packet[0] & 15) :]
        match payload[0] & 31:
            case 24:
                at = 1
                while at + 2 < len(payload):
                    (size,) = struct.unpack_from(">H", payload, at)
                    stream += b"\0\0\0\1" + payload[at + 2 : at + 2 + size]
                    at += 2 + size
            case 28:
                if payload[1] & 128:
                    stream += b"\0\0\0\1" + bytes([payload[0] & 0xE0 | payload[1] & 31])
                stream += payload[2:]
            case _:
                stream += b"\0\0\0\1" + payload
    codec = av.CodecContext.create("h264", "r")
    begin = re.search(rb"\x00\x00\x00\x01[\x07\x27\x47\x67]", stream)  # parameter sets: whoever joins a group begins there
    assert begin
    frames = [frame for chunk in codec.parse(bytes(stream[begin.start() :])) for frame in codec.decode(chunk)]
    return [frame.to_ndarray(format="bgr24") for frame in frames]


def multicast(camera: RunningCamera) -> Pictures:
    with closing(RtspClient.connect(camera.url(f"{QUERY}&videocodec=h264", credentials=False))) as client:
        answer = client.play("RTP/AVP;multicast").headers["transport"]
        said = dict(part.split("=") for part in answer.split(";") if "=" in part)
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as listener:
            listener.settimeout(10)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            listener.bind((said["destination"], int(said["port"].split("-")[0])))
            group = socket.inet_aton(said["destination"]) + socket.inet_aton("127.0.0.1")
            listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
            return unpacked([listener.recv(2048) for _ in range(150)])


def over_websocket(camera: RunningCamera) -> Pictures:
    with websocket(camera, False) as client:
        client.url = camera.url(f"{QUERY}&videocodec=h264", credentials=False)
        client.play()
        return unpacked([data for number, data in (client.packet() for _ in range(150)) if number == 0])


def live(codec: str, *, known: bool = True) -> Callable[[RunningCamera], Pictures]:
    """Over the page's WebSocket; ``known``: by somebody who has logged in."""

    def look(camera: RunningCamera) -> Pictures:
        host = f"127.0.0.1:{camera.port('http')}"
        headers = {"Origin": f"http://{host}"}
        if known:
            with camera.client() as client:
                client.post("/api/v1/login", json={"username": NAME, "password": PASSWORD})
                headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        context = av.CodecContext.create(DECODERS[codec], "r")
        found: Pictures = []
        with connect(f"ws://{host}/api/v1/live?view=4&codec={codec}&resolution=320x240", additional_headers=headers) as channel:
            while len(found) < 4:
                message = channel.recv(10)
                if isinstance(message, bytes):
                    units = context.decode(packet_of(unpack(message).data))
                    found += [frame.to_ndarray(format="bgr24") for frame in units]
        return found

    return look


DECODERS = {"jpeg": "mjpeg", "h264": "h264", "av1": "libdav1d"}


def played(camera: RunningCamera) -> Pictures:
    """A recording, played over RTSP."""
    url = camera.url(f"recordingid=%22{recording(camera)}%22")
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=15) as source:
        frames = source.decode(video=0)
        return [next(frames).to_ndarray(format="bgr24") for _ in range(4)]


def card(camera: RunningCamera) -> Pictures:
    """The files on the card, for whoever takes it out."""
    recording(camera)
    files = [path for path in (camera.folder / "card").rglob("*") if path.suffix in (".mkv", ".mp4", ".jpg")]
    return [picture for path in files for picture in decoded(path.read_bytes())]


def decoded_recording(camera: RunningCamera, **more: float) -> Pictures:
    identity = recording(camera, **more)
    with camera.client() as client:
        return decoded(client.get(f"/api/v1/recordings/{identity}/media.mkv").content, 500)


def recording(camera: RunningCamera, **more: float) -> str:
    """A finished recording of a second."""
    with camera.client() as client:
        identity = str(client.post("/api/v1/recordings", json={"options": QUERY, "duration": 1.0, **more}).json()["id"])

        def done() -> bool:
            reply = client.get(f"/api/v1/recordings/{identity}")
            return reply.status_code == 200 and not reply.json()["running"]

        until(done)
    return identity


def recorded(path: str) -> Callable[[RunningCamera], Pictures]:
    def look(camera: RunningCamera) -> Pictures:
        identity = recording(camera)
        with camera.client() as client:
            data = client.get(path.format(recording=identity), params={"recordingid": identity, "exportformat": "matroska"}).content
        if path.endswith("pictures"):
            at, units = 0, []
            while at < len(data):
                size = int.from_bytes(data[at : at + 4], "big")
                units.append(unpack(data[at + 4 : at + 4 + size]).data)
                at += 4 + size
            codec = av.CodecContext.create("h264", "r")
            return [frame.to_ndarray(format="bgr24") for unit in units for frame in codec.decode(packet_of(unit))]
        return decoded(data)

    return look


def exported(camera: RunningCamera) -> Pictures:
    found: Pictures = []
    identity = recording(camera)
    with camera.client() as client:
        for box in ("mkv", "mp4"):
            job = client.post("/api/v1/exports", json={"recording": identity, "format": box}).json()["id"]
            until(lambda job=job: client.get(f"/api/v1/exports/{job}").json()["stage"] == "done")
            found += decoded(client.get(f"/api/v1/exports/{job}/file").content)
    return found


def report(path: str) -> Callable[[RunningCamera], Pictures]:
    """The picture in a server report."""

    def look(camera: RunningCamera) -> Pictures:
        with camera.client() as client:
            data = client.get(path, params={"mode": "zip_with_image"}).content
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [cv2.imdecode(np.frombuffer(archive.read("picture.jpg"), np.uint8), cv2.IMREAD_COLOR)]

    return look


OUTPUTS: dict[str, Callable[[RunningCamera], Pictures]] = {
    "/axis-cgi/jpg/image.cgi": still("/axis-cgi/jpg/image.cgi"),
    "/jpg/image.jpg": still("/jpg/image.jpg"),
    "/jpg/{number}/image.jpg": still("/jpg/5/image.jpg"),
    "/axis-cgi/mjpg/video.cgi": motion("/axis-cgi/mjpg/video.cgi"),
    "/mjpg/video.mjpg": motion("/mjpg/video.mjpg"),
    "/mjpg/{number}/video.mjpg": motion("/mjpg/5/video.mjpg"),
    "/axis-cgi/media.cgi": container(),
    "/rtsp-over-websocket": over_websocket,
    "/api/v1/live": live("jpeg"),
    "/axis-cgi/record/export/exportrecording.cgi": recorded("/axis-cgi/record/export/exportrecording.cgi"),
    "/api/v1/recordings/{recording}/media.mkv": recorded("/api/v1/recordings/{recording}/media.mkv"),
    "/api/v1/recordings/{recording}/pictures": recorded("/api/v1/recordings/{recording}/pictures"),
    "/api/v1/recordings/{recording}/still.jpg": recorded("/api/v1/recordings/{recording}/still.jpg"),
    "/api/v1/exports/{export}/file": exported,
    "/axis-cgi/serverreport.cgi": report("/axis-cgi/serverreport.cgi"),
    "/api/v1/maintenance/report": report("/api/v1/maintenance/report"),
}
"""For each endpoint row that gives pictures, what comes out of it."""

CARRIERS: dict[str, Callable[[RunningCamera], Pictures]] = {
    **{f"RTSP, {codec}": rtsp(videocodec=str(codec)) for codec in Codec},
    "RTSP over UDP": rtsp("udp"),
    "RTSP, encrypted": rtsp(scheme="rtsps"),
    "RTSP in HTTP": rtsp("http", scheme="http"),
    "RTSP, multicast": multicast,
    "RTSP, signed": rtsp(videosigned="1"),
    "RTSP, a recording": played,
    "MP4": container(container="mp4"),
    **{f"Matroska, {codec}": container(container="matroska", videocodec=codec) for codec in ("h265", "av1")},
    **{f"the page, {codec}": live(codec) for codec in ("h264", "av1")},
    "the card itself": card,
}
"""The ways around HTTP, every codec, and what others than our own programs may read."""


def test_no_door_is_left_out() -> None:
    giving = {row.path for row in endpoints() if {row.reply, *row.also} & (set(Kind) - NO_PICTURES)}
    assert giving == OUTPUTS.keys() | ANOTHERS.keys(), "walk through the new door in OUTPUTS, or say in ANOTHERS whose pictures it shows"
    commands = {command.name for command in app.registered_commands}
    assert commands == QUIET_COMMANDS | {"snapshot"}, "say in QUIET_COMMANDS that the new command writes no picture, or walk through it"


@pytest.mark.feature("PRV-01", "PRV-08")
@pytest.mark.parametrize("door", [*OUTPUTS, *CARRIERS])
def test_nothing_under_the_mask_leaves_by(masked: RunningCamera, door: str) -> None:
    pictures = ({**OUTPUTS, **CARRIERS}[door])(masked)
    assert pictures, "no picture came"
    assert max(map(secret, pictures)) == 0
    assert min(map(cover, pictures)) > 500


@pytest.mark.feature("PRV-08")
@pytest.mark.parametrize("camera", range(1, 13))
def test_nothing_under_the_mask_is_in_view(masked: RunningCamera, camera: int) -> None:
    size = masked.get("/api/v1/views")["views"][camera - 1]["resolutions"][-1]
    assert secret(masked.image(camera, resolution=size)) == 0


@pytest.mark.feature("PRV-08")
@pytest.mark.parametrize("camera", range(1, 13))
def test_nothing_under_the_mask_is_in_a_stream_of_view(masked: RunningCamera, camera: int) -> None:
    """Streams are drawn by other threads than stills; those of the overview could be the source's own pictures."""
    sizes = masked.get("/api/v1/views")["views"][camera - 1]["resolutions"]
    with masked.watching(f"camera={camera}&resolution={sizes[0] if camera == 1 else sizes[-1]}&videokeyframeinterval=5") as frames:
        assert max(secret(next(frames).to_ndarray(format="bgr24")) for _ in range(3)) == 0


@pytest.mark.feature("PRV-08")
def test_nothing_under_the_mask_is_in_a_snapshot_of_the_command_line(masked: RunningCamera, tmp_path: Path) -> None:
    arguments = ("--view", "view area 1", "--resolution", "320x240")
    for out, more in (("masked.jpg", ("--data", masked.data)), ("open.jpg", ("--source", masked.folder / "disc.mp4"))):
        done = panocam("snapshot", *more, *arguments, tmp_path / out)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert secret(cv2.imread(str(tmp_path / "masked.jpg"))) == 0
    assert secret(cv2.imread(str(tmp_path / "open.jpg"))) > 20


@pytest.mark.feature("PRV-08", "PRV-09")
def test_a_mask_holds_from_the_next_picture_on_and_after_a_kill(masked: RunningCamera) -> None:
    """Hide and show again while people watch: newcomers never get a picture from before, and the first one after a start is masked."""
    masked.change(storage__buffers=[{"options": QUERY, "seconds": 5}])
    with masked.watching(QUERY), masked.watching(f"{QUERY}&videocodec=jpeg"):  # channels that keep their last group of pictures
        for _ in range(3):
            masked.change(privacy__enabled=False)
            until(lambda: secret(masked.image(5, resolution="320x240")) > 20)
            until(lambda: secret(first(masked, QUERY)) > 20)
            masked.change(privacy__enabled=True)
            assert secret(masked.image(5, resolution="320x240")) == 0
            assert secret(first(masked, QUERY)) == 0
            assert secret(first(masked, f"{QUERY}&videocodec=jpeg")) == 0
    assert max(map(secret, decoded_recording(masked, pre=5))) == 0  # the buffer has forgotten what was open
    events = masked.events("VideoSource/PrivacyMasks")
    assert [event["data"]["hidden"] for event in events[:2]] == [False, True]
    assert events[0]["data"]["by"] == NAME
    assert "privacy masks hidden by root: Disc" in masked.log
    kept = masked.get("/api/v1/logs/audit", text="privacy.enabled")["entries"]
    assert all(
        word in str(kept)
        for word in ("root at 127.0.0.1: privacy.enabled from true to false", "root at 127.0.0.1: privacy.enabled from false to true")
    )
    masked.kill()
    masked.start()
    assert secret(first(masked, QUERY)) == 0
    assert masked.get("/api/v1/privacy")["masks"][0]["name"] == "Disc"


@pytest.mark.feature("PRV-08")
def test_nothing_under_the_mask_is_seen_in_preview_mode(masked: RunningCamera, tmp_path: Path) -> None:
    """Settings that were brought to a camera without accounts: whoever installs it may look, at what everybody may see."""
    other = RunningCamera(tmp_path, "--source", masked.folder / "disc.mp4")
    other.start()
    other.create_administrator()
    other.change(source__circle=[SIDE / 2, SIDE / 2, SIDE / 2 - 2], privacy__masks=MASK, privacy__color="green")
    assert other.stop() == 0
    (other.data / "accounts.json").unlink()
    for spare in other.data.glob("accounts*"):
        spare.unlink()
    other.start()
    pictures = live("jpeg", known=False)(other)
    assert other.stop() == 0
    assert max(map(secret, pictures)) == 0
    assert min(map(cover, pictures)) > 500
