"""Real players against the real server: FFmpeg, GStreamer, FFmpeg's library for what the program does not know yet."""

import asyncio
import hashlib
import itertools
import shutil
import socket
from functools import lru_cache

import av
import pytest
from streaming_clips import clip
from test_streaming_limits import certificate

from panocam.access import Accounts, Authenticator, KeyStore
from panocam.clock import SystemClock
from panocam.codecs.decoder import packet_of
from panocam.errors import Unavailable
from panocam.media.codec import Codec
from panocam.settings import DataFolder, Role
from panocam.settings.system import Access
from panocam.streaming.server import RtspServer

FRAMES = 12
PATH = "/axis-media/media.amp"

ffmpeg = [pytest.mark.peer("ffmpeg"), pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")]
gstreamer = [pytest.mark.peer("gstreamer"), pytest.mark.skipif(not shutil.which("gst-launch-1.0"), reason="GStreamer is not installed")]


async def run(*command: str) -> str:
    """A program's standard output. Fails with what it said when it fails, complains or takes too long."""
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(25):
            out, complaints = await process.communicate()
    except TimeoutError:
        process.kill()
        out, complaints = await process.communicate()
        pytest.fail(f"{command} took too long: {complaints.decode()}")
    assert process.returncode == 0, complaints.decode()
    return out.decode()


@lru_cache
def pictures(codec):
    """The MD5 of each picture of the clip, decoded from the very access units that are sent."""
    decoder = av.CodecContext.create({Codec.H264: "h264", Codec.H265: "hevc"}[codec], "r")
    decoder.thread_count = 1
    frames = [frame for data, _ in clip(codec) for frame in decoder.decode(packet_of(data))] + decoder.decode(None)
    return [hashlib.md5(frame.to_ndarray().tobytes()).hexdigest() for frame in frames]


def assert_consecutive(seen, camera, codec=Codec.H264):
    """All pictures are the clip's, one after the other as they were published: the clip repeats, and begins anew for a key picture that was
    asked for (a reader who comes on a busy machine may have begun with another one meanwhile)."""
    known = pictures(codec)
    assert len(seen) == FRAMES
    places = [known.index(one) for one in seen]
    published = {((place - 1) % len(known), place) for place in range(len(known))}.union(*(each.jumps for each in camera.channels.values()))
    assert [step for step in itertools.pairwise(places) if step not in published] == [], places


async def play_with_ffmpeg(url, transport, *options):
    command = ["ffmpeg", "-v", "error", "-xerror", "-rtsp_transport", transport, *options, "-i", url]
    out = await run(*command, "-frames:v", str(FRAMES), "-pix_fmt", "yuv420p", "-f", "framemd5", "-")
    return [line.rpartition(",")[2].strip() for line in out.splitlines() if not line.startswith("#")]


class TestFfmpeg:
    pytestmark = ffmpeg

    @pytest.mark.feature("STR-15", "STR-18")
    @pytest.mark.parametrize("transport", ["tcp", "udp", "http"])
    @pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
    async def test_every_picture_arrives_bit_for_bit(self, server, camera, codec, transport):
        url = f"rtsp://127.0.0.1:{server.port}{PATH}?videocodec={codec}"
        assert_consecutive(await play_with_ffmpeg(url, transport), camera, codec)

    @pytest.mark.feature("STR-12")
    @pytest.mark.parametrize("transport", ["tcp", "udp", "http"])
    async def test_jpeg(self, server, transport):
        url = f"rtsp://127.0.0.1:{server.port}{PATH}?videocodec=jpeg"
        assert len(await play_with_ffmpeg(url, transport)) == FRAMES

    async def test_over_tls(self, server, camera, tmp_path):
        port = await server.listen("127.0.0.1", 0, certificate("first", tmp_path)[0])
        assert_consecutive(await play_with_ffmpeg(f"rtsps://127.0.0.1:{port}{PATH}", "tcp"), camera)

    @pytest.mark.feature("TRB-13", "TRB-14")
    async def test_multicast(self, server, camera):
        address = own_address()
        port = await server.listen(address, 0)
        assert_consecutive(await play_with_ffmpeg(f"rtsp://{address}:{port}{PATH}", "udp_multicast"), camera)

    async def test_over_ipv6(self, server, camera):
        try:
            port = await server.listen("::1", 0)
        except Unavailable:
            pytest.skip("no IPv6 here")
        for transport in ("tcp", "udp"):
            assert_consecutive(await play_with_ffmpeg(f"rtsp://[::1]:{port}{PATH}", transport), camera)

    async def test_ffprobe_reads_the_description(self, server):
        url = f"rtsp://127.0.0.1:{server.port}{PATH}?videocodec=h265"
        out = await run(
            "ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", url
        )
        assert out.strip() == "hevc,320,240"


class TestGstreamer:
    pytestmark = gstreamer

    @pytest.mark.parametrize("protocol", ["tcp", "udp", "http", "udp-mcast"])
    @pytest.mark.parametrize("codec", [Codec.H264, Codec.H265, Codec.JPEG])
    async def test_plays(self, server, codec, protocol):
        scheme, protocols = ("rtsph", "tcp") if protocol == "http" else ("rtsp", protocol)
        url = f"{scheme}://127.0.0.1:{server.port}{PATH}?videocodec={codec}"
        source = ["rtspsrc", f"location={url}", f"protocols={protocols}", "multicast-iface=lo", "latency=50"]
        await run("gst-launch-1.0", "-q", *source, "!", "decodebin", "!", "fakesink", f"num-buffers={FRAMES}")

    async def test_a_jpeg_wider_than_rtp_can_say(self, server):
        url = f"rtsp://127.0.0.1:{server.port}{PATH}?videocodec=jpeg&resolution=2560x1440"
        source = ["rtspsrc", f"location={url}", "protocols=tcp", "latency=50"]
        caps = "video/x-raw,width=2560,height=1440"
        await run("gst-launch-1.0", "-q", *source, "!", "rtpjpegdepay", "!", "jpegdec", "!", caps, "!", "fakesink", "num-buffers=4")


@pytest.fixture
async def guarded(camera, tmp_path):
    """A server behind real accounts: one viewer with a password."""
    clock, folder = SystemClock(), DataFolder(tmp_path / "data")
    accounts = Accounts.open(folder, KeyStore.open(folder), clock, "0200DEADBEEF")
    await accounts.add_first("root", "pass word")
    await accounts.add("vera", "v:3@/", Role.VIEWER)
    async with RtspServer(camera, Authenticator(accounts, Access, clock), clock) as server:
        server.port = await server.listen("127.0.0.1", 0)
        yield server


class TestPasswords:
    pytestmark = ffmpeg

    @pytest.mark.parametrize("transport", ["tcp", "http"])
    async def test_ffmpeg_logs_in_by_digest(self, guarded, camera, transport):
        url = f"rtsp://vera:v%3A3%40%2F@127.0.0.1:{guarded.port}{PATH}?camera=2"
        assert_consecutive(await play_with_ffmpeg(url, transport), camera)

    @pytest.mark.skipif(not shutil.which("gst-launch-1.0"), reason="GStreamer is not installed")
    async def test_gstreamer_logs_in_by_digest(self, guarded):
        source = ["rtspsrc", f"location=rtsp://127.0.0.1:{guarded.port}{PATH}?camera=2", "user-id=vera", "user-pw=v:3@/", "protocols=tcp"]
        await run("gst-launch-1.0", "-q", *source, "!", "decodebin", "!", "fakesink", f"num-buffers={FRAMES}")

    async def test_a_wrong_password_gets_nothing(self, guarded):
        with pytest.raises(AssertionError, match="401"):
            await play_with_ffmpeg(f"rtsp://vera:wrong@127.0.0.1:{guarded.port}{PATH}", "tcp")
        assert guarded.sessions() == []


@pytest.mark.feature("STR-01")
@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_av1_with_ffmpegs_library(server, transport):
    def decode(url):
        with av.open(url, options={"rtsp_transport": transport}, timeout=15) as container:
            frames = []
            for frame in container.decode(video=0):
                frames.append((frame.width, frame.height))
                if len(frames) == FRAMES:
                    break
            return container.streams.video[0].codec_context.name, frames

    name, frames = await asyncio.to_thread(decode, f"rtsp://127.0.0.1:{server.port}{PATH}?videocodec=av1")
    assert "av1" in name or "dav1d" in name
    assert frames == [(320, 240)] * FRAMES


def own_address() -> str:
    """An address of this machine that is not the loopback; group membership needs an interface that can do multicast."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("no network interface but the loopback")
        return str(probe.getsockname()[0])
