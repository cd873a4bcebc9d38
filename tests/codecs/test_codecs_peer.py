"""What a real player's tools read in our streams."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from codecs_kit import drawn, encode, picture, psnr

from panocam.codecs.encoder import Encoder, open_encoder
from panocam.media.codec import Codec, EncoderProfile, H264Profile
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Color

pytestmark = [
    pytest.mark.peer("ffmpeg"),
    pytest.mark.skipif(not (shutil.which("ffmpeg") and shutil.which("ffprobe")), reason="ffmpeg is not installed"),
]
RAW = {Codec.H264: "h264", Codec.H265: "hevc", Codec.AV1: "obu", Codec.JPEG: "mjpeg"}
NAMES = {Codec.H264: "h264", Codec.H265: "hevc", Codec.AV1: "av1", Codec.JPEG: "mjpeg"}


def run(*command: str | Path) -> bytes:
    done = subprocess.run([str(c) for c in command], capture_output=True, check=True, timeout=60)
    assert done.stderr == b"", done.stderr.decode()
    return done.stdout


@pytest.mark.feature("STR-12", "STR-15", "STR-18", "TRB-17")
@pytest.mark.parametrize("color", [VIDEO_COLOR, JPEG_COLOR], ids=["limited-709", "full-601"])
def test_ffprobe_and_ffmpeg_read_our_streams(codec: Codec, color: Color, tmp_path: Path, opened: Callable[[Encoder], Encoder]) -> None:
    profile = EncoderProfile(codec, 320, 240, gop=4, compression=10, h264_profile=H264Profile.MAIN)
    encoder = opened(open_encoder(profile, 25, color))
    source = [picture(i, color=color) for i in range(10)]
    packets = encode(encoder, source, frozenset({6}))
    path = tmp_path / "stream"
    path.write_bytes(b"".join(p.data for p in packets))
    about = json.loads(run("ffprobe", "-v", "error", "-f", RAW[codec], "-of", "json", "-show_streams", "-show_frames", path))
    stream, frames = about["streams"][0], about["frames"]
    assert (stream["codec_name"], stream["width"], stream["height"]) == (NAMES[codec], 320, 240)
    if codec in (Codec.H264, Codec.H265):
        assert (stream["profile"], stream["has_b_frames"], stream["r_frame_rate"]) == ("Main", 0, "25/1")
    full, bt601 = (True, True) if codec is Codec.JPEG else (color.full, color is JPEG_COLOR)
    assert frames[0]["color_range"] == ("pc" if full else "tv")
    assert frames[0]["color_space"] == (("bt470bg" if codec is Codec.JPEG else "smpte170m") if bt601 else "bt709")
    if codec is not Codec.JPEG:
        assert (frames[0]["color_primaries"], frames[0]["color_transfer"]) == ("bt709", "bt709")
        assert "".join("I" if f["key_frame"] else "P" for f in frames) == drawn(packets) == "IPPPIPIPPP"
        assert [f["pict_type"] for f in frames] == list("IPPPIPIPPP")
        pixels = run(
            "ffmpeg", "-v", "error", "-f", RAW[codec], "-i", path, "-f", "rawvideo", "-pix_fmt", "yuv420p" if not full else "yuvj420p", "-"
        )
        luma = np.frombuffer(pixels, np.uint8).reshape(10, -1)[:, : 320 * 240].reshape(10, 240, 320)
        assert min(psnr(a, b.y) for a, b in zip(luma, source, strict=True)) > 36
