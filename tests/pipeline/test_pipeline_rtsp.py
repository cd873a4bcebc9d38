from __future__ import annotations

import itertools
import threading
from pathlib import Path

import pytest
from clips import SIZE, clip
from rtsp_peer import needs_gstreamer, rtsp_peer

from panocam.clock import SystemClock
from panocam.errors import Unavailable
from panocam.pipeline.sources import SourceOptions, open_source

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
