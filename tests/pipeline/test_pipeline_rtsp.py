from __future__ import annotations

import asyncio
import itertools
import threading
from pathlib import Path

import pytest
from clips import SIZE, clip
from rtsp_peer import needs_gstreamer, rtsp_peer

from panocam.clock import SystemClock
from panocam.errors import Unavailable
from panocam.media.codec import Codec
from panocam.pipeline.camera import PanoramicCamera
from panocam.pipeline.config import CameraConfig
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.service import DropPolicy
from panocam.pipeline.sources import SourceOptions, open_source
from panocam.pipeline.supervisor import RestartPolicy, SourceState

pytestmark = needs_gstreamer


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("film") / "film.mp4", range(0, 20_000, 40), gop=10)


@pytest.mark.parametrize(("server", "expected"), [("any", "tcp"), ("udp", "udp")])
def test_tcp_first_then_udp(film: Path, server: str, expected: str) -> None:
    with rtsp_peer(film, server) as peer:
        source = open_source(peer.url, SourceOptions(timeout=3))
        taken = list(itertools.islice(source.frames(), 8))
    assert source.size == SIZE
    assert getattr(source, "transport", "") == expected
    gaps = [b.pts_ns - a.pts_ns for a, b in itertools.pairwise(taken)]
    assert all(abs(gap - 40_000_000) < 1_000_000 for gap in gaps)
    assert all(frame.stamps.total() < 0.5 for frame in taken)


def test_a_peer_that_dies_in_the_middle_of_a_group(film: Path) -> None:
    with rtsp_peer(film) as peer:
        frames = open_source(peer.url, SourceOptions(timeout=3)).frames()
        assert len(list(itertools.islice(frames, 14))) == 14
        peer.kill()
        with pytest.raises(Unavailable, match=r"rtsp://\*\*\*@127\.0\.0\.1") as caught:
            list(frames)
    assert "geheim" not in str(caught.value)


def test_a_peer_that_hangs_is_given_up(film: Path) -> None:
    clock = SystemClock()
    with rtsp_peer(film) as peer:
        frames = open_source(peer.url, SourceOptions(timeout=1)).frames()
        next(frames)
        peer.freeze()
        started = clock.monotonic_ns()
        with pytest.raises(Unavailable, match="no answer in time"):
            list(frames)
        assert clock.monotonic_ns() - started < 5e9
        with pytest.raises(Unavailable, match="no answer in time"):
            open_source(peer.url, SourceOptions(timeout=1))


def test_close_from_another_thread(film: Path) -> None:
    with rtsp_peer(film) as peer:
        source = open_source(peer.url, SourceOptions(timeout=3))
        threading.Timer(0.2, source.close).start()
        assert len(list(source.frames())) < 100


@pytest.mark.parametrize("fault", ["killed", "frozen"])
async def test_streams_outlive_a_source_that_fails_and_returns_at_another_size(film: Path, tmp_path: Path, fault: str) -> None:
    events: asyncio.Queue[tuple[str, dict[str, object]]] = asyncio.Queue()
    policy = RestartPolicy(shortest=0.1, longest=0.3, stall=3, patience=0.3, notice=0.1)
    options = SourceOptions(timeout=1)
    other = clip(tmp_path / "other.mp4", range(0, 20_000, 40), (320, 240), gop=10)
    with rtsp_peer(film) as peer:
        config = CameraConfig(peer.url)
        camera = PanoramicCamera(
            config,
            policy=policy,
            options=options,
            on_event=lambda name, data: name.startswith("source") and events.put_nowait((name, data)),
        )
        async with camera, asyncio.timeout(30):
            spec = camera.plan(StreamRequest(1, Codec.JPEG, (192, 72)))
            async with camera.subscribe(spec, DropPolicy.LOSSLESS, 10_000) as reader:
                while camera.source_size != SIZE:
                    await anext(reader)
                if fault == "killed":
                    peer.kill()
                else:
                    peer.freeze()
                name, data = await events.get()
                assert name == "source-lost"
                assert "geheim" not in str(data)
                reason = camera.status().source.reason
                assert reason
                sent = camera.status().channels[0].packets
                while camera.status().channels[0].packets < sent + 3:  # the stream goes on with words
                    await anext(reader)
                assert camera.source_state is SourceState.LOST
                if fault == "frozen":
                    peer.kill()
                peer.start(other)
                assert (await events.get())[0] == "source-back"
                while camera.source_size != (320, 240):
                    await anext(reader)
                packets = [await anext(reader) for _ in range(5)]
                assert all(b.pts_ns > a.pts_ns and b.sequence == a.sequence + 1 for a, b in itertools.pairwise(packets))
