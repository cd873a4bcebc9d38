"""SDP: the lines that clients parse, for each codec."""

import base64

import pytest
from streaming_clips import clip, description

from panocam.media import nal
from panocam.media.codec import Codec
from panocam.streaming import sdp
from panocam.streaming.rtsp.target import parse_target

URL = "rtsp://cam:554/axis-media/media.amp?camera=2"


def lines(codec, width=320, height=240, url=URL, host="192.0.2.7"):
    body = sdp.build(parse_target(url, host), [sdp.Media(0, description(codec, width, height))], host)
    assert body.endswith(b"\r\n")
    return body.decode().split("\r\n")


def test_the_shape_that_every_client_reads():
    found = lines(Codec.H264)
    assert found[0] == "v=0"
    assert found[1].startswith("o=- ")
    assert found[1].endswith(" IN IP4 192.0.2.7")
    assert f"a=control:{URL}" in found
    assert "a=control:rtsp://cam:554/axis-media/media.amp/stream=0?camera=2" in found
    for line in ("t=0 0", "a=range:npt=now-", "m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", "a=framerate:25.000000"):
        assert line in found
    assert any(line.startswith("a=transform:1.000000,0.000000,0.000000;") for line in found)
    assert found.index("a=range:npt=now-") < found.index("m=video 0 RTP/AVP 96")


def test_h264_parameter_sets_are_those_of_the_stream():
    line = next(line for line in lines(Codec.H264) if line.startswith("a=fmtp:96 "))
    parameters = dict(part.split("=", 1) for part in line.removeprefix("a=fmtp:96 ").split(";"))
    sets = [base64.b64decode(text) for text in parameters["sprop-parameter-sets"].split(",")]
    assert sets == [bytes(unit) for unit in nal.split(clip(Codec.H264)[0][0])][: len(sets)]
    assert parameters["packetization-mode"] == "1"
    assert parameters["profile-level-id"] == sets[0][1:4].hex()


def test_h265_names_its_three_sets():
    line = next(line for line in lines(Codec.H265) if line.startswith("a=fmtp:96 "))
    assert [part.split("=")[0] for part in line.removeprefix("a=fmtp:96 ").split(";")] == ["sprop-vps", "sprop-sps", "sprop-pps"]


def test_av1_says_profile_level_and_tier():
    found = lines(Codec.AV1)
    assert "a=rtpmap:96 AV1/90000" in found
    assert any(line.startswith("a=fmtp:96 profile=0;level-idx=") and line.endswith(";tier=0") for line in found)


@pytest.mark.parametrize(("width", "height", "said"), [(320, 240, False), (2560, 1440, True)])
def test_jpeg_says_its_size_only_where_rtp_cannot(width, height, said):
    found = lines(Codec.JPEG, width, height)
    assert "m=video 0 RTP/AVP 26" in found
    assert (f"a=framesize:26 {width}-{height}" in found) is said
    assert (f"a=fmtp:26 x-dimensions={width},{height}" in found) is said


def test_ipv6_is_named_as_such():
    found = lines(Codec.H264, url="rtsp://[fd00::2]/axis-media/media.amp", host="fd00::2")
    assert found[1].endswith(" IN IP6 fd00::2")
    assert "a=control:rtsp://[fd00::2]/axis-media/media.amp" in found
