"""media.cgi as clients use it: both containers, every codec, decoded."""

from __future__ import annotations

import io

import av
import pytest
from system_camera import RunningCamera

CASES = [("matroska", codec) for codec in ("h264", "h265", "av1", "jpeg")] + [("mp4", codec) for codec in ("h264", "h265", "av1")]


@pytest.mark.parametrize(("container", "codec"), CASES)
def test_a_stream_in_a_container_is_decoded(moving: RunningCamera, container: str, codec: str) -> None:
    data = bytearray()
    query = {"container": container, "videocodec": codec, "camera": "5", "resolution": "320x240", "videokeyframeinterval": "5"}
    with moving.client() as client, client.stream("GET", "/axis-cgi/media.cgi", params=query) as reply:
        assert reply.status_code == 200
        kind = reply.headers["content-type"]
        for piece in reply.iter_bytes():
            data += piece
            if decoded(bytes(data)) >= 12:
                break
    assert kind.startswith("video/mp4" if container == "mp4" else "video/x-matroska")
    assert 'codecs="' in kind


def decoded(data: bytes) -> int:
    """Pictures that can be decoded of what has come."""
    try:
        with av.open(io.BytesIO(data)) as film:
            pictures = list(film.decode(video=0))
    except av.error.FFmpegError:
        return 0
    assert all((picture.width, picture.height) == (320, 240) for picture in pictures)
    return len(pictures)


def test_what_cannot_be_is_refused_with_a_reason(moving: RunningCamera) -> None:
    with moving.client() as client:
        for query, word in (("container=avi", "matroska"), ("container=mp4&videocodec=jpeg", "matroska"), ("camera=99", "view")):
            reply = client.get(f"/axis-cgi/media.cgi?{query}")
            assert reply.status_code in (400, 404)
            assert word in reply.text
